"""Figures of the model cards, over a desk that says what it is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.brief import Brief
from evals.public_sets import measure, plain
from evals.results import Suite


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


async def _measured(folder: Path, desk: Told, **files: list[dict[str, Any]]) -> dict[str, Suite]:
    (folder / "dev").mkdir()
    for name, rows in files.items():
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / "dev" / f"{name}.jsonl").write_text(text, "utf-8")
    return await measure(desk, folder)


async def test_a_citation_is_good_only_when_its_claim_is_supported(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "claim": "A", "references": ["x"], "label": "attributable"},
        {"id": "b", "claim": "B", "references": ["y"], "label": "attributable"},
        {"id": "c", "claim": "C", "references": ["z"], "label": "not attributable"},
        {"id": "d", "claim": "D", "references": ["z"], "label": "not attributable"},
    ]
    desk = Told({"a": {"label": "SUPPORTED"}, "b": {"label": "NEI"}, "c": {"label": "REFUTED"}})
    found = (await _measured(tmp_path, desk, citation_quality=rows))["citation_quality"]
    figure = found.figures["attribution_f1"]
    # One of two attributable ones is found; of the others one has no answer and is not judged.
    assert figure.value == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert (figure.n, found.unscored) == (3, 1)
    assert "macro_f1" not in found.figures
    assert {"id": "a", "claim": "A", "evidence": ["x"]} in desk.sent


async def test_each_entity_of_a_headline_is_a_row(tmp_path: Path) -> None:
    rows = [{"id": "h", "text": "A beats B", "label": "conflicting",
             "entities": {"A": "positive", "B": "negative"}}]  # fmt: skip
    desk = Told({"h A": {"label": "positive", "score": 0.4}, "h B": {"label": "neutral",
                                                                     "score": 0}})  # fmt: skip
    found = (await _measured(tmp_path, desk, sentiment_sentfin=rows))["sentiment_sentfin"]
    assert found.figures["accuracy"].value == 0.5
    assert found.figures["accuracy"].n == 2
    assert [row["target"] for row in desk.sent[-2:]] == ["A", "B"]


async def test_scores_are_compared_with_scores(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "up", "target": "X", "label": "positive", "score": 0.5},
        {"id": "2", "text": "down", "target": "Y", "label": "negative", "score": -0.5},
    ]
    desk = Told({"1": {"score": 0.5, "label": "positive"}, "2": {"score": 0.1, "label": "neutral"}})
    found = plain((await _measured(tmp_path, desk, sentiment_fiqa=rows))["sentiment_fiqa"])
    assert found["mse"]["value"] == pytest.approx(0.18)
    assert found["r2"]["value"] == pytest.approx(1 - 0.36 / 0.5)


async def test_the_phrase_bank_has_no_targets(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": "Sales rose.", "label": "positive"}]
    desk = Told({"1": {"label": "positive", "score": 0.5}})
    found = await _measured(tmp_path, desk, sentiment_fpb=rows)
    assert found["sentiment_fpb"].figures["accuracy"].value == 1.0
    assert "target" not in desk.sent[-1]
    # The sets of the package are measured too, and what has no answer is unscored there.
    assert found["claims_dev"].unscored == 120
