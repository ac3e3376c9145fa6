"""The rules of the audit, one by one, with sentences that break each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agents.audit import refusals, unfaithful
from agents.evidence import Claim, ClaimKind, Document, Label, Sentence, Verdict
from agents.lines import citation, document_lines, source_of
from agents.state import Source

PAPER = Document(
    publisher="Fjord Ledger",
    author="Nora Quist",
    published_at="2025-03-14",
    title="On boats",
    text=(
        "The port has ordered 42 ferries for $310 million. Deliveries may start in September 2026,"
        " its director Ingrid Moe said. The yard has not hired welders yet."
    ),
)
LINES = document_lines(PAPER)
QUOTE = citation(LINES[0])


def claim(label: Label | None = Label.INSUFFICIENT) -> tuple[Claim, Verdict]:
    made = Claim(text=LINES[0].text, kind=ClaimKind.FACT, citations=(QUOTE,))
    return made, Verdict(claim_id=made.id, label=label, independent_sources=1, why="-")


def refused(text: str, *, label: Label = Label.INSUFFICIENT, **changes: Any) -> list[str]:
    made, verdict = claim(label)
    sentence = Sentence.model_validate(
        {
            "text": text,
            "citations": changes.pop("citations", (QUOTE,)),
            "claim_ids": changes.pop("claim_ids", (made.id,)),
            "calculation": changes.pop("calculation", None),
        }
    )
    source: Source = changes.pop("source", source_of(PAPER, PAPER.id))
    given: dict[str, Any] = {
        "texts": {PAPER.id: PAPER.text},
        "sources": {PAPER.id: source},
        "claims": {made.id: made},
        "verdicts": {made.id: verdict},
        "as_of": None,
    }
    return refusals(sentence, **{**given, **changes})


@pytest.mark.parametrize(
    "text",
    [
        "The port has ordered 42 ferries for $310 million.",
        "According to Fjord Ledger, the port has ordered forty-two ferries.",
        "Nora Quist wrote on 14 March 2025 that the port has ordered 42 ferries.",
        "The port has ordered ferries.",
    ],
)
def test_what_the_quote_states_may_be_published(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The port has ordered 43 ferries.",
        "The port has ordered 42 ferries for EUR 310 million.",
        "The port has ordered 42 ferries for $310 billion.",
        "The port has ordered 42 ferries on 3 May 2024.",
        "The port has ordered forty-three ferries.",
        "The port has ordered 42 ferries, 8 percent more.",
    ],
)
def test_what_the_quote_does_not_state_may_not(text: str) -> None:
    [reason] = refused(text)
    assert reason.startswith("not in its quotes")


def test_a_figure_with_a_calculation_is_left_to_whoever_calculates() -> None:
    text = "Each of the ferries costs about $7.4 million."
    assert refused(text, calculation="310 / 42 = 7.4") == []
    assert refused(text)


@pytest.mark.parametrize(
    "changes",
    [{"start": 1, "end": 50}, {"quote": "The port has ordered 43 ferries for $310 million."}],
)
def test_a_quote_must_be_exact(changes: dict[str, Any]) -> None:
    cited = QUOTE.model_copy(update=changes)
    assert "a quote is not exact at its offsets" in refused("The port.", citations=(cited,))


def test_a_document_must_be_stored() -> None:
    assert any("not stored" in r for r in refused("The port.", texts={}))
    assert any("not stored" in r for r in refused("The port.", sources={}))


@pytest.mark.parametrize(
    ("published_at", "as_of", "allowed"),
    [
        ("2025-03-14", "2025-03-14", True),
        ("2025-03-14T23:59:59Z", "2025-03-14", True),
        ("2025-03-15", "2025-03-14", False),
        (None, "2025-03-14", False),
        (None, None, True),
        ("2031-01-01", None, True),
    ],
)
def test_the_as_of_date(published_at: str | None, as_of: str | None, allowed: bool) -> None:
    source = source_of(PAPER, PAPER.id).model_copy(update={"published_at": published_at})
    when = date.fromisoformat(as_of) if as_of else None
    assert (refused("The port.", source=source, as_of=when) == []) is allowed


def test_the_article_itself_is_not_bound_by_it() -> None:
    source = source_of(PAPER, PAPER.id, article=True).model_copy(update={"published_at": None})
    assert refused("The port.", source=source, as_of=date(2020, 1, 1)) == []


def test_a_refuted_claim_supports_nothing_but_a_report_of_the_dispute() -> None:
    assert refused("The port.", label=Label.REFUTED) == ["rests on a refuted claim"]
    assert refused("The port.", label=Label.REFUTED, reports_dispute=True) == []
    for label in (Label.SUPPORTED, Label.CONTESTED, Label.INSUFFICIENT):
        assert refused("The port.", label=label) == []


def test_a_claim_must_exist() -> None:
    assert refused("The port.", claim_ids=("clm_0",)) == ["names an unknown claim (clm_0)"]


ORDER = LINES[0].text
DELIVERY = LINES[1].text
WELDERS = LINES[2].text


def unfaithful_to(text: str, line: str, confirmed: bool = False) -> list[str]:
    return unfaithful(text, line, speaker="Fjord Ledger", confirmed=confirmed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("The port has ordered 42 ferries, according to Fjord Ledger.", ORDER),
        ("Fjord Ledger says the port has ordered 42 ferries for $310 million.", ORDER),
        ("Deliveries may start in September 2026, Ingrid Moe said.", DELIVERY),
        ("The yard has not hired welders yet, Fjord Ledger reports.", WELDERS),
    ],
)
def test_a_rewriting_that_says_less_may_stand(text: str, line: str) -> None:
    assert unfaithful_to(text, line) == []


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("Ferries.", ORDER, "words"),
        ("The port has ordered ferries " * 12, ORDER, "words"),
        ("In line 3, the port has ordered 42 ferries.", ORDER, "line number"),
        ("The port **has ordered** 42 ferries for the city.", ORDER, "markup"),
        ("The port has ordered 42 ferries, see https://a.example", ORDER, "markup"),
        ("The port has ordered 42 ferries from Kestrel Marine.", ORDER, "names not in the line"),
        (
            "The port has ordered ferries because residents demanded cleaner air and silence.",
            ORDER,
            "says more",
        ),
        ("Deliveries start in September 2026, Ingrid Moe said.", DELIVERY, "drops the hedge"),
        ("The yard has hired welders, Fjord Ledger reports.", WELDERS, "negation"),
        ("The port has not ordered 42 ferries for $310 million.", ORDER, "negation"),
        ("Deliveries may start in September 2026, it emerged.", DELIVERY, "drops who says it"),
    ],
)
def test_a_rewriting_that_says_more_may_not(text: str, line: str, why: str) -> None:
    assert why in "; ".join(unfaithful_to(text, line))


def test_the_owner_of_a_confirmed_claim_may_be_left_out() -> None:
    line = "The port has ordered 42 ferries, its director Ingrid Moe said."
    assert unfaithful_to("The port has ordered 42 ferries.", line, confirmed=True) == []
    assert unfaithful_to("The port has ordered 42 ferries.", line)


def test_the_owner_of_an_unconfirmed_claim_may_not_be_left_out() -> None:
    assert unfaithful_to("The port has ordered 42 ferries for $310 million.", ORDER)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "Beck Metals bought the mine from Alder Tin, Fjord Ledger says.",
            "Alder Tin bought the mine from Beck Metals.",
        ),
        (
            "Sales fell from 9 percent to 4 percent, Fjord Ledger says.",
            "Sales fell from 4 percent to 9 percent.",
        ),
    ],
)
def test_who_did_it_to_whom_may_not_change(text: str, line: str) -> None:
    assert unfaithful_to(text, line)
