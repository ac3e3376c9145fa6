"""Prompts are files: `prompts/<name>.md`, with `$name` variables (`string.Template`).

A file may begin with a front block that declares its variables, one line between two `---`
lines: `variables: line, question`. Then text and declaration must agree, which is checked when
the prompt is loaded, not when the model is asked. Without a block the variables are those of the
text. A literal dollar sign is written `$$`.

The digest is of the whole file, and every run records the digests of all prompts, so that a
changed word is seen in the record.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template

__all__ = [
    "InvalidPrompt",
    "MissingVariables",
    "Prompt",
    "PromptError",
    "UnknownPrompt",
    "UnknownVariables",
    "all_digests",
    "load",
    "parse",
]

FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FRONT = re.compile(r"\A---\n(?P<head>.*?)^---\n", re.DOTALL | re.MULTILINE)
_DECLARED = re.compile(r"variables:[ \t]*(?P<names>[a-z0-9_, \t]*)\n?")


class PromptError(ValueError):
    """Root of the errors of this package: mistakes of a programmer, not of a user."""


class UnknownPrompt(PromptError):
    """There is no prompt of that name."""


class InvalidPrompt(PromptError):
    """A prompt file cannot be used: stray `$`, bad front block, or undeclared variables."""


class MissingVariables(PromptError):
    """A prompt was rendered without values for `names`."""

    def __init__(self, prompt: str, names: frozenset[str]) -> None:
        super().__init__(f"prompt {prompt!r} needs {', '.join(sorted(names))}")
        self.names = names


class UnknownVariables(PromptError):
    """A prompt was rendered with values for `names`, which it does not use."""

    def __init__(self, prompt: str, names: frozenset[str]) -> None:
        super().__init__(f"prompt {prompt!r} does not use {', '.join(sorted(names))}")
        self.names = names


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt, checked."""

    name: str
    text: str
    """What is rendered: the file without its front block and outer blank lines."""
    variables: frozenset[str]
    digest: str
    """First 16 hex digits of the SHA-256 of the file."""
    _template: Template = field(repr=False, compare=False)

    def render(self, **values: object) -> str:
        """The text with every variable replaced; values are inserted as they are, once.

        A `$name` inside a value stays as it is, so document text cannot reach other variables.
        Raises MissingVariables or UnknownVariables.
        """
        given = frozenset(values)
        if missing := self.variables - given:
            raise MissingVariables(self.name, missing)
        if unknown := given - self.variables:
            raise UnknownVariables(self.name, unknown)
        return self._template.substitute(values)


def parse(name: str, content: str) -> Prompt:
    """A prompt from a file's content. Raises InvalidPrompt."""
    content = content.replace("\r\n", "\n")
    digest = hashlib.sha256(content.encode("utf-8")).hexdigest()[:16]
    text = content
    declared: frozenset[str] | None = None
    if front := _FRONT.match(content):
        text = content[front.end() :]
        found = _DECLARED.fullmatch(front["head"])
        if found is None:
            raise InvalidPrompt(f"prompt {name!r}: the front block is not `variables: a, b`")
        declared = frozenset(re.findall(r"[a-z0-9_]+", found["names"]))
    text = text.strip()
    if not text:
        raise InvalidPrompt(f"prompt {name!r} is empty")
    template = Template(text)
    if not template.is_valid():
        raise InvalidPrompt(f"prompt {name!r} has a `$` that starts no variable; write `$$`")
    used = frozenset(template.get_identifiers())
    if declared is not None and declared != used:
        differing = ", ".join(sorted(declared ^ used))
        raise InvalidPrompt(f"prompt {name!r}: declared and used variables differ: {differing}")
    return Prompt(name=name, text=text, variables=used, digest=digest, _template=template)


@cache
def load(name: str) -> Prompt:
    """The prompt `prompts/<name>.md`, read once. Raises UnknownPrompt or InvalidPrompt."""
    path = FOLDER / f"{name}.md"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise UnknownPrompt(f"there is no prompt {name!r} in {FOLDER}")
    return parse(name, path.read_text(encoding="utf-8"))


def all_digests() -> dict[str, str]:
    """Digest of every prompt by name, in order of names."""
    names = sorted(path.stem for path in FOLDER.glob("*.md") if _NAME.fullmatch(path.stem))
    return {name: load(name).digest for name in names}
