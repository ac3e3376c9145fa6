"""Conviction by arithmetic, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.conviction import conviction
from agents.evidence import Claim, ClaimKind, Label, Passage, Verdict, cite

S, C, I, R = Label.SUPPORTED, Label.CONTESTED, Label.INSUFFICIENT, Label.REFUTED  # noqa: E741
VIEW = None
Row = tuple[Label | None, int]


def pair(label: Label | None, origins: int, number: int = 0) -> tuple[Claim, Verdict]:
    text = f"The yard delivered boat number {number}."
    passage = Passage(document_id="doc_1", start=0, end=len(text), text=text)
    kind = ClaimKind.OPINION if label is None else ClaimKind.FACT
    claim = Claim(text=text, kind=kind, citations=(cite(passage, text),))
    verdict = Verdict(claim_id=claim.id, label=label, independent_sources=origins, why="-")
    return claim, verdict


def scored(
    rows: list[Row], *, dated: bool = False, opposed: bool = False
) -> tuple[int, bool, tuple[str, ...]]:
    resting = [pair(label, origins, n) for n, (label, origins) in enumerate(rows)]
    return conviction(resting, dated_catalyst=dated, opposed=opposed)


@pytest.mark.parametrize(
    ("rows", "dated", "opposed", "points", "conditional"),
    [
        ([(S, 2)], False, False, 2, False),
        ([(S, 2)], True, False, 3, False),
        ([(S, 2)], True, True, 2, False),
        ([(S, 3)], True, False, 4, False),
        ([(S, 9)], False, False, 3, False),
        ([(S, 3), (S, 2)], True, False, 5, False),
        ([(S, 3), (S, 3), (S, 3)], True, False, 5, False),
        ([(S, 3), (S, 2)], True, True, 4, False),
        ([(S, 2)], False, True, 1, False),
        ([(I, 1)], False, False, 0, True),
        ([(I, 1)], True, False, 1, True),
        ([(I, 1)], False, True, 0, True),
        ([(S, 3), (I, 1)], True, False, 1, True),
        ([(S, 3), (C, 2)], True, False, 1, True),
        ([(C, 2)], False, False, 0, True),
        ([(C, 4)], True, False, 1, True),
        ([(S, 3), (VIEW, 1)], True, False, 1, True),
        ([(VIEW, 1)], True, False, 1, True),
        ([(I, 5)], True, False, 1, True),
        ([], True, False, 1, True),
    ],
)
def test_arithmetic(
    rows: list[Row], dated: bool, opposed: bool, points: int, conditional: bool
) -> None:
    score, conditioned, why = scored(rows, dated=dated, opposed=opposed)
    assert (score, conditioned) == (points, conditional)
    assert why[-1] == f"= {points} of 5"


def test_every_step_is_shown_and_adds_up() -> None:
    score, _, why = scored([(S, 3), (S, 2)], dated=True, opposed=True)
    steps = [int(line.split(":")[0]) for line in why if line[0] in "+-"]
    assert sum(steps) == score == 4
    assert any("2 confirmed claims" in line for line in why)
    assert any("3 independent sources" in line for line in why)
    assert any("dated catalyst" in line for line in why)
    assert any("a risk that the sources state" in line for line in why)


def test_the_cap_says_what_it_rests_on() -> None:
    _, _, why = scored([(S, 3), (I, 1), (C, 2), (VIEW, 1)], dated=True)
    text = " ".join(why)
    assert "1 unconfirmed claim" in text
    assert "1 contested claim" in text
    assert "1 opinion or forecast" in text
    assert "cap" in text


@given(
    st.lists(st.tuples(st.sampled_from([S, C, I, VIEW]), st.integers(1, 9)), max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_invariant_3_whatever_the_rest(rows: list[Row], dated: bool, opposed: bool) -> None:
    score, conditional, why = scored(rows, dated=dated, opposed=opposed)
    assert 0 <= score <= 5
    assert why
    if {label for label, _ in rows} != {S}:
        assert conditional
        assert score <= 1
    if conditional:
        assert score <= 1


def test_a_refuted_claim_never_leaves_an_idea_unconditional() -> None:
    score, conditional, _ = scored([(S, 3), (R, 1)], dated=True)
    assert conditional
    assert score <= 1
