"""Invariant 2: every number in a published sentence is in its quotes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import agents.finish
from agents.ports import ModelRequest
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import ARTICLE, FERRIES, errors, kinds, obliging, prose, written

CHANGED: dict[str, Callable[[str], str]] = {
    "number": lambda s: s.replace("42", "52"),
    "number word": lambda s: s.replace("42", "fifty-two"),
    "currency": lambda s: s.replace("$310", "EUR 310"),
    "scale": lambda s: s.replace("310 million", "310 billion"),
    "unit": lambda s: s.replace("$310 million", "310 percent"),
    "date": lambda s: s.replace(" has ordered", " on 3 May 2019 has ordered"),
    "added percent": lambda s: s.replace(", according", " with a margin of 12 percent, according"),
}
WRONG = {
    "number": "52",
    "number word": "fifty-two",
    "currency": "EUR 310",
    "scale": "310 billion",
    "unit": "310 percent",
    "date": "2019",
    "added percent": "12 percent",
}


def changing(how: Callable[[str], str]) -> Callable[[ModelRequest], dict[str, Any]]:
    return lambda request: {"sentence": how(written(request)["sentence"])}


@pytest.mark.parametrize("name", ["ferries", "note"])
def test_the_independent_reader_finds_nothing(name: str, request: pytest.FixtureRequest) -> None:
    told: Told = request.getfixturevalue(name)
    assert not [v for v in errors(told.brief, article=ARTICLE.id) if v.invariant.startswith("2.")]


@pytest.mark.parametrize("how", CHANGED)
async def test_a_sentence_with_a_changed_figure_is_never_published(
    how: str, desk: OpenDesk
) -> None:
    model = obliging(fill={"write": changing(CHANGED[how])})
    async with desk(model) as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert not [text for text in prose(brief) if WRONG[how] in text]
    assert any(WRONG[how] in d.text and "not in its quotes" in d.reason for d in brief.dropped)
    assert brief.headline is not None
    assert "42" in brief.headline.text
    assert not [v for v in errors(brief) if v.invariant.startswith("2.")]


@pytest.mark.parametrize("how", ["number", "currency", "scale", "date"])
async def test_without_the_audit_the_independent_reader_reports_it(
    how: str, desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.finish, "refusals", lambda *_, **__: [])
    monkeypatch.setattr(agents.finish, "unfaithful", lambda *_, **__: [])
    model = obliging(fill={"write": changing(CHANGED[how])})
    async with desk(model) as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert any(WRONG[how] in text for text in prose(brief))
    assert "2.figure" in kinds(errors(brief))
