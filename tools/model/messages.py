"""From a ModelRequest to chat messages, and where their shared beginnings end.

The layout is that of `agents.ports.ModelRequest`: system; then shared, passages and task as one
user message, with blank lines between. What many requests share comes first.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Literal, NamedTuple, TypedDict

from agents.ports import ModelRequest

__all__ = ["Message", "Prompt", "one_line", "prompt_of", "request_key"]

# Every character that str.splitlines breaks at: a passage with one of them inside could
# otherwise pretend to be two evidence lines.
_BREAKS = re.compile(r"[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")


class Message(TypedDict):
    role: Literal["system", "user"]
    content: str


class Prompt(NamedTuple):
    messages: list[Message]
    splits: tuple[int, ...]
    """Offsets in the user message where text that other requests may share ends: after `shared`,
    after the passages, after the task's first paragraph. 0 is the end of the system message."""
    scale: float | None = None
    """How strongly the engine's adapter applies; None: it has none."""


def one_line(passage: str) -> str:
    """The passage with line breaks as spaces; other characters as they are."""
    return _BREAKS.sub(" ", passage).strip()


def prompt_of(request: ModelRequest, kept: int | None = None) -> Prompt:
    """The messages of a request with its first `kept` passages (None: all)."""
    passages = request.passages if kept is None else request.passages[:kept]
    user = ""
    splits = [0]
    for part in (request.shared, "\n".join(one_line(p) for p in passages)):
        if part:
            user += f"{part}\n\n"
            splits.append(len(user))
    # Instructions come first in most tasks, and many tasks share them.
    instructions, gap, rest = request.task.partition("\n\n")
    if gap and rest:
        splits.append(len(user) + len(instructions) + len(gap))
    user += request.task
    messages: list[Message] = []
    if request.system:
        messages.append({"role": "system", "content": request.system})
    messages.append({"role": "user", "content": user})
    return Prompt(messages, tuple(splits))


def request_key(model: str, request: ModelRequest, *extra: str) -> str:
    """SHA-256 of everything an answer depends on: model, messages, schema, length, extra."""
    content = json.dumps(
        [
            model,
            prompt_of(request).messages,
            # Order of properties matters to a constrained answer, so keys are not sorted.
            request.answer_schema,
            request.max_tokens,
            *extra,
        ],
        ensure_ascii=False,
        default=dict,
    )
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
