from __future__ import annotations

import hashlib

import pytest

import prompts
from prompts import (
    InvalidPrompt,
    MissingVariables,
    UnknownPrompt,
    UnknownVariables,
    all_digests,
    load,
    parse,
)


def test_every_prompt_of_the_package_loads_and_renders() -> None:
    digests = all_digests()
    assert digests
    for name in digests:
        prompt = load(name)
        rendered = prompt.render(**dict.fromkeys(prompt.variables, "x"))
        assert rendered.strip() == rendered


def test_variables_are_replaced_and_dollars_kept() -> None:
    prompt = parse("p", "Costs $$5: $line\n")
    assert prompt.render(line="a $name and ${other} stay") == "Costs $5: a $name and ${other} stay"


def test_missing_and_unknown_variables_are_named() -> None:
    prompt = parse("p", "$a and $b")
    with pytest.raises(MissingVariables, match="needs b") as missing:
        prompt.render(a=1)
    assert missing.value.names == {"b"}
    with pytest.raises(UnknownVariables, match="does not use c") as unknown:
        prompt.render(a=1, b=2, c=3)
    assert unknown.value.names == {"c"}


def test_a_declaration_must_agree_with_the_text() -> None:
    assert parse("p", "---\nvariables: a, b\n---\n$a $b").variables == {"a", "b"}
    assert parse("p", "---\nvariables:\n---\nnone").variables == frozenset()
    with pytest.raises(InvalidPrompt, match="differ: b"):
        parse("p", "---\nvariables: a\n---\n$a $b")
    with pytest.raises(InvalidPrompt, match="front block"):
        parse("p", "---\nvars: a\n---\n$a")


@pytest.mark.parametrize("content", ["", "  \n", "price $ 5", "---\nvariables:\n---\n"])
def test_unusable_files_are_refused_when_loaded(content: str) -> None:
    with pytest.raises(InvalidPrompt):
        parse("p", content)


@pytest.mark.parametrize("name", ["no_such_prompt", "../pyproject", "System", ""])
def test_only_prompts_of_the_folder_can_be_loaded(name: str) -> None:
    with pytest.raises(UnknownPrompt):
        load(name)


def test_the_digest_is_of_the_file() -> None:
    name = next(iter(all_digests()))
    content = (prompts.FOLDER / f"{name}.md").read_bytes()
    assert load(name).digest == hashlib.sha256(content).hexdigest()[:16]
    assert parse("p", "a").digest != parse("p", "b").digest
    assert parse("p", "a\r\nb").digest == parse("p", "a\nb").digest
