"""Contradictions: a table of invented pairs over several domains, and what must never happen."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.conflicts import Conflict, conflict

PAIRS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("conflict_pairs.json").read_text(encoding="utf-8")
)
# Real contradictions that need more than shared words and heads; none may turn into a false one.
MISSED = frozenset({"q03", "q06", "q09"})


def _found(pair: dict[str, Any]) -> Conflict | None:
    def day(key: str) -> date | None:
        return date.fromisoformat(pair[key]) if pair.get(key) else None

    return conflict(
        pair["claim"],
        pair["other"],
        claim_date=day("claim_date"),
        other_date=day("other_date"),
        claim_context=pair.get("claim_context", ""),
        other_context=pair.get("other_context", ""),
    )


@pytest.mark.parametrize("pair", [p for p in PAIRS if p["expect"]], ids=lambda p: p["id"])
def test_contradictions_are_found(pair: dict[str, Any]) -> None:
    found = _found(pair)
    if pair["id"] in MISSED:
        assert found is None or found.kind == pair["expect"]
        return
    assert found is not None
    assert found.kind == pair["expect"]


@pytest.mark.parametrize("pair", [p for p in PAIRS if not p["expect"]], ids=lambda p: p["id"])
def test_other_measures_periods_and_parties_do_not_conflict(pair: dict[str, Any]) -> None:
    assert _found(pair) is None


def test_the_table_is_large_and_balanced() -> None:
    negatives = sum(p["expect"] is None for p in PAIRS)
    assert len(PAIRS) >= 60
    assert negatives >= len(PAIRS) / 2


def test_both_figures_are_named() -> None:
    found = conflict(
        "The ministry put the wheat harvest at 31 million tonnes.",
        "The ministry cut its estimate of the wheat harvest to 27 million tonnes from 31 million.",
    )
    assert found is not None
    assert (found.claim_span, found.other_span) == ("31 million tonnes", "27 million tonnes")
    assert found.kind == "revised"


def test_similarity_alone_is_no_contradiction() -> None:
    claim = "Orvik Motors sold 1.42 million cars in 2024."
    other = "Hanse Automobile sold 2.06 million cars in 2024."
    assert conflict(claim, other, similarity=0.95) is None


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PAIRS))
def test_a_sentence_never_contradicts_itself(pair: dict[str, Any]) -> None:
    for text in (pair["claim"], pair["other"]):
        assert conflict(text, text, similarity=1.0) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(20, 10_000), st.integers(20, 10_000))
def test_equal_figures_never_conflict(first: int, second: int) -> None:
    found = conflict(
        f"Velmora's trial of tralexin enrolled {first:,} patients.",
        f"The tralexin trial by Velmora enrolled {second:,} patients.",
    )
    assert (found is None) == (first == second)
