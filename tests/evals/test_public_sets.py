"""Figures of the model cards, over a desk that says what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import pytest

from agents.brief import Brief
from evals.public_sets import citation_quality, fiqa, phrasebank, sentfin


class Told:
    """A desk whose answers are given, by row id; others are errors."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.answers = answers
        self.sent: list[Mapping[str, Any]] = []

    async def ask(self, question: str, *, as_of: str | None = None) -> Brief:
        raise NotImplementedError

    async def verify(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        async for answer in self._each(rows):
            yield answer

    async def sentiment(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        async for answer in self._each(rows):
            yield answer

    async def _each(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        for row in rows:
            self.sent.append(row)
            error = {"error": {"type": "bad_row", "message": "-"}}
            yield {"id": row["id"], **self.answers.get(str(row["id"]), error)}


async def test_a_citation_is_good_only_when_its_claim_is_supported() -> None:
    rows = [
        {"id": "a", "claim": "A", "references": ["x"], "label": "attributable"},
        {"id": "b", "claim": "B", "references": ["y"], "label": "attributable"},
        {"id": "c", "claim": "C", "references": ["z"], "label": "not attributable"},
        {"id": "d", "claim": "D", "references": ["z"], "label": "not attributable"},
    ]
    desk = Told({"a": {"label": "SUPPORTED"}, "b": {"label": "NEI"}, "c": {"label": "REFUTED"}})
    figures = await citation_quality(desk, rows)
    assert figures["macro_f1"]["value"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert figures["errors"] == 1
    assert desk.sent[0] == {"id": "a", "claim": "A", "evidence": ["x"]}


async def test_each_entity_of_a_headline_is_a_row() -> None:
    rows = [{"id": "h", "text": "A beats B", "entities": {"A": "positive", "B": "negative"}}]
    desk = Told({"h A": {"label": "positive"}, "h B": {"label": "neutral"}})
    figures = await sentfin(desk, rows)
    assert figures["rows"] == 2
    assert figures["accuracy"]["value"] == 0.5
    assert [row["target"] for row in desk.sent] == ["A", "B"]


async def test_scores_are_compared_with_scores() -> None:
    rows = [
        {"id": "1", "text": "up", "target": "X", "score": 0.5},
        {"id": "2", "text": "down", "target": "Y", "score": -0.5},
    ]
    desk = Told({"1": {"score": 0.5}, "2": {"score": 0.1}})
    figures = await fiqa(desk, rows)
    assert figures["mse"]["value"] == pytest.approx(0.18)
    assert figures["r2"]["value"] == pytest.approx(1 - 0.36 / 0.5)


async def test_the_phrase_bank_has_no_targets() -> None:
    rows = [{"id": "1", "text": "Sales rose.", "label": "positive"}]
    desk = Told({"1": {"label": "positive"}})
    assert (await phrasebank(desk, rows))["accuracy"]["value"] == 1.0
    assert "target" not in desk.sent[0]
