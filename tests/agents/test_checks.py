"""Checks of a claim against evidence, and the rule that fuses them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.checks import check, combine, judge
from agents.evidence import Check, Label, Probabilities

# claim, evidence, check name, outcome
CASES = [
    ("Talos sold 9.8 billion euros of kit.", "Talos sold EUR 9,751 million of kit.",
     "quantity", "agrees"),
    ("The tunnel is 19 miles long.", "The tunnel is 30 kilometres long.", "quantity", "agrees"),
    ("The tunnel is 30 miles long.", "The tunnel is 30 kilometres long.", "quantity", "conflicts"),
    ("Sales rose 36 percent.", "Sales: 9,751 (2023: 7,176), +35.9%", "quantity", "agrees"),
    ("In all 500 ships sailed.", "In all 450 ships sailed.", "quantity", "conflicts"),
    ("More than 90 ships sailed.", "In all 95 ships sailed.", "quantity", "agrees"),
    ("At least 99 ships sailed.", "In all 95 ships sailed.", "quantity", "conflicts"),
    ("Two thirds of the farms were flooded.", "Of the 69 farms, 46 were flooded.",
     "quantity", "agrees"),
    ("Half of the farms were flooded.", "Of the 84 farms, 63 were flooded.",
     "quantity", "conflicts"),
    ("Every farm was flooded.", "Of the 84 farms, 63 were flooded.", "quantity", "conflicts"),
    ("The grant was worth about EUR 51 million.",
     "The ministry made a grant of NOK 600 million. The krone traded at 11.70 to the euro.",
     "quantity", "agrees"),
    ("Orders at Talos rose 30 percent.", "Talos took orders worth EUR 546 million, up from EUR 420 "
     "million.", "quantity", "agrees"),
    ("Orders at Talos rose 17 percent.", "Talos took orders worth EUR 546 million, up from EUR 420 "
     "million.", "quantity", "conflicts"),
    ("Norway spends more on ferries than Sweden does.",
     "Ferry spending last year: Norway $34 million, Sweden $51 million.", "quantity", "conflicts"),
    ("Oslo spends less on ferries than Sweden does.",
     "Ferry spending last year: Norway $34 million, Sweden $51 million.", "quantity", "agrees"),
    ("The bond's yield rose by 80 percentage points.",
     "The bond's yield rose by 80 basis points.", "quantity", "conflicts"),
    ("The bridge costs $8.9 billion.", "The bridge costs SEK 8.9 billion.",
     "quantity", "conflicts"),
    ("The rule came into force in September 2024.",
     "The rule came into force on 1 September 2024.", "date", "agrees"),
    ("The rule came into force in September 2023.",
     "The rule came into force on 1 September 2024.", "date", "conflicts"),
    ("The mill closed on 3 May.", "The mill did not close.", "date", "silent"),
    ("Talos breached the contract.", "Talos never breached the contract.",
     "negation", "conflicts"),
    ("Talos will close the mill.", "Talos may close the mill.", "hedge", "conflicts"),
    ("Talos opened a mill in Turku.", "Vantor opened a mill in Turku.", "entity", "silent"),
    ("The strike caused the shortage.", "There was a strike in May. A shortage was seen in June.",
     "scope", "conflicts"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "evidence", "name", "outcome"), CASES)
def test_check(claim: str, evidence: str, name: str, outcome: str) -> None:
    found = [c for c in check(claim, evidence) if c.name == name]
    assert outcome in [c.outcome for c in found], found


def test_a_number_the_evidence_does_not_state_is_silent_and_named() -> None:
    [found] = [c for c in check("Talos fired 40 people.", "Talos closed a mill.")
               if c.name == "quantity"]  # fmt: skip
    assert (found.outcome, found.claim_span) == ("silent", "40")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(13, 900),
    st.sampled_from(["trucks", "percent of its shares", "tonnes of ore", "million dollars"]),
)
def test_a_claim_agrees_with_itself(number: int, what: str) -> None:
    claim = f"Talos sold {number} {what} in May."
    assert not [c for c in check(claim, claim) if c.outcome == "conflicts"]
    assert judge(claim, [claim]).published is Label.SUPPORTED


def _check(name: str, outcome: str, span: str = "x") -> Check:
    return Check.model_validate({"name": name, "outcome": outcome, "claim_span": span})


SURE = Probabilities(supported=0.97, refuted=0.02, insufficient=0.01)


def test_a_conflict_overrules_a_sure_model() -> None:
    judged = combine([_check("quantity", "conflicts")], SURE, lexical=1.0)
    assert judged.published is Label.REFUTED
    assert judged.probabilities.refuted > judged.probabilities.supported


@pytest.mark.parametrize("name", ["hedge", "scope"])
def test_a_dropped_hedge_or_scope_is_not_enough(name: str) -> None:
    assert combine([_check(name, "conflicts")], SURE, lexical=1.0).published is Label.INSUFFICIENT


def test_a_number_that_is_nowhere_is_not_enough() -> None:
    assert combine([_check("quantity", "silent")], SURE, lexical=1.0).published is (
        Label.INSUFFICIENT
    )


def test_agreeing_numbers_need_the_words_too() -> None:
    agreeing = [_check("quantity", "agrees")]
    assert combine(agreeing, None, lexical=0.9).published is Label.SUPPORTED
    assert combine(agreeing, None, lexical=0.2).published is Label.INSUFFICIENT


def test_an_unsure_model_publishes_nothing() -> None:
    unsure = Probabilities(supported=0.6, refuted=0.3, insufficient=0.1)
    judged = combine([], unsure, lexical=0.3)
    assert judged.label is Label.SUPPORTED
    assert judged.published is Label.INSUFFICIENT


def test_precision_on_the_shared_claims() -> None:
    folder = os.environ.get("UNDERWRITE_DEV_DATA")
    path = Path(folder or "") / "evals/claims_dev.jsonl"
    if not folder or not path.exists():
        pytest.skip("UNDERWRITE_DEV_DATA does not name the shared development data")
    from evals.measure_checks import NAMES, rows

    published = [
        (NAMES[judged.published], row["label"])
        for row in rows(path)
        if (judged := judge(row["claim"], row["evidence"])).published is not Label.INSUFFICIENT
    ]
    right = sum(shown == want for shown, want in published)
    assert right / len(published) >= 0.9
    assert len(published) >= 18
