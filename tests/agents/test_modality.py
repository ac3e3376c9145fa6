"""Fact, forecast and opinion on invented sentences, with floors that a worse rule set fails."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from agents.language import causal, directions, hedges, modality, negations, scopes

_SENTENCES = Path(__file__).parent / "modality_sentences.tsv"


def _labelled() -> list[tuple[str, str]]:
    rows = []
    for line in _SENTENCES.read_text(encoding="utf-8").splitlines():
        label, _, sentence = line.partition("\t")
        rows.append((label, sentence))
    return rows


def test_labelled_set_is_large_and_balanced() -> None:
    counts = Counter(label for label, _ in _labelled())
    assert sum(counts.values()) >= 120
    assert min(counts.values()) >= 35


def test_accuracy_on_labelled_sentences() -> None:
    rows = _labelled()
    right = Counter[str](label for label, s in rows if modality(s).kind == label)
    total = Counter(label for label, _ in rows)
    assert sum(right.values()) / len(rows) >= 0.93
    for label, count in total.items():
        assert right[label] / count >= 0.88, label


def test_plan_of_a_company_is_fact_and_prediction_of_author_is_forecast() -> None:
    assert modality("The group guides to revenue of 3 billion euros for 2027.").kind == "fact"
    assert modality("Revenue will reach 3 billion euros in 2027.").kind == "forecast"


def test_confidence_is_a_probability() -> None:
    for _, sentence in _labelled():
        assert 0.5 <= modality(sentence).confidence <= 0.97


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bank reportedly asked for help.", ["reportedly"]),
        ("The plant may close.", ["may"]),
        ("It closed in May 2026.", []),
        ("Ferries are said to be full.", ["are said"]),
    ],
)
def test_hedges(text: str, found: list[str]) -> None:
    assert [s.text for s in hedges(text)] == found


def test_negations_cover_verbs_and_contractions() -> None:
    assert [s.text for s in negations("It didn't pay and failed to file.")] == [
        "didn't",
        "failed to",
    ]
    assert negations("It paid and filed.") == []


def test_directions_causes_and_scope() -> None:
    found = directions("Sales rose while margins were lower.")
    assert [(d, s.text) for d, s in found] == [("up", "rose"), ("down", "lower")]
    assert [s.text for s in causal("Output fell because of a strike.")] == ["because of"]
    assert [s.text for s in scopes("Only the largest plant closed.")] == ["Only", "largest"]
