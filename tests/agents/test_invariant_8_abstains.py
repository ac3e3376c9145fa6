"""Invariant 8: where nothing answers the question, the brief says so and says nothing else."""

from __future__ import annotations

import pytest

import agents.compose
from tests.agents.conftest import OpenDesk
from tests.agents.world import FERRIES, GROWTH, UNANSWERED, document, errors, kinds, obliging

NO_ANSWER = (
    UNANSWERED,
    "How many seats does the parliament of Vesland have?",
    "When will the Mellby airport reopen?",
    "What did the central bank of Orland decide about interest rates?",
)


def refusing() -> object:
    """A model that reads: nothing it is shown answers."""
    return obliging(choose={"retrieve": lambda *_: {"no": 1.0}})


@pytest.mark.parametrize("question", NO_ANSWER)
async def test_an_unanswerable_question_gets_no_claims_and_no_ideas(
    question: str, desk: OpenDesk
) -> None:
    async with desk(refusing()) as opened:
        brief = await opened.ask(question)
    assert brief.status == "insufficient_evidence"
    assert brief.headline is None
    assert not (brief.claims)
    assert not (brief.ideas)
    assert not (brief.exposures)
    assert not (brief.contradictions)
    assert not (brief.implications)
    assert not (brief.variant_view)
    assert not (brief.opposing_case)
    assert not (brief.risks)
    assert brief.sentiment.overall is None
    assert not brief.sentiment.entities
    assert any(question in note for note in brief.notes), "the notes say what is missing"
    assert not [v for v in errors(brief) if v.invariant[0].isdigit()]


async def test_what_is_near_is_quoted_with_its_owner_and_called_near(desk: OpenDesk) -> None:
    silent = document(
        "silent",
        "Costumes at the opera",
        "Stage Post",
        "2024-02-01",
        "The Rosvik opera did not disclose how much it spent on costumes in 2023.",
    )
    async with desk(refusing(), documents=[silent]) as opened:
        brief = await opened.ask(UNANSWERED)
    assert brief.status == "insufficient_evidence"
    [near] = brief.summary
    assert "did not disclose" in near.text
    assert near.citations
    assert not near.claim_ids
    assert any("nearest" in note for note in brief.notes)


async def test_a_line_that_says_it_is_not_known_is_no_answer_whatever_the_model_says(
    desk: OpenDesk,
) -> None:
    silent = document(
        "silent",
        "Costumes at the opera",
        "Stage Post",
        "2024-02-01",
        "The Rosvik opera did not disclose how much it spent on costumes in 2023.",
    )
    async with desk(documents=[silent]) as opened:
        brief = await opened.ask(UNANSWERED)
    assert brief.status == "insufficient_evidence"
    assert not brief.claims


async def test_a_question_answered_in_part_is_partial_and_says_what_is_missing(
    desk: OpenDesk,
) -> None:
    model = obliging(
        choose={
            "retrieve": lambda request, _: {
                "no" if "opera" in request.task.split("Line")[0] else "yes": 1.0
            }
        }
    )
    async with desk(model) as opened:
        brief = await opened.ask(f"{GROWTH} {UNANSWERED}")
    assert brief.status == "partial"
    assert any("opera" in note for note in brief.notes)
    assert brief.claims


async def test_without_its_notes_the_independent_reader_reports_it(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.compose, "notes", lambda *_: ())
    async with desk(refusing()) as opened:
        brief = await opened.ask(UNANSWERED)
    assert "8.notes" in kinds(errors(brief))


async def test_an_answer_without_evidence_is_reported(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.compose, "abstains", lambda *_: False)
    monkeypatch.setattr(agents.compose, "status", lambda *_: "answered")
    async with desk(refusing()) as opened:
        brief = await opened.ask(UNANSWERED)
    assert "8.empty" in kinds(errors(brief))


async def test_one_unconfirmed_report_is_an_answer(desk: OpenDesk) -> None:
    lone = document(
        "lone", "A count", "Port Post", "2025-03-01",
        "The port of Rosvik has ordered 42 electric ferries from Kestrel Marine.",
    )  # fmt: skip
    async with desk(documents=[lone]) as opened:
        brief = await opened.ask(FERRIES)
    assert brief.status == "answered"
    assert [c.verdict.label for c in brief.claims] == ["insufficient"]


async def test_a_brief_is_never_called_answered_with_nothing_said(desk: OpenDesk) -> None:
    first = document(
        "first", "Growth", "Vesland Statistics Office", "2025-01-15",
        "The Vesland economy grew 2.4 percent in 2024.",
    )  # fmt: skip
    later = document(
        "later", "Growth again", "Vesland Statistics Office", "2025-03-20",
        "Construction was weaker than first counted in most of the regions of the country. The"
        " Vesland economy grew 1.9 percent in 2024, revised from an earlier estimate of 2.4"
        " percent.",
    )  # fmt: skip
    async with desk(documents=[later]) as opened:
        brief = await opened.analyze(first)
    assert [c.verdict.label for c in brief.claims] == ["refuted"]
    assert "8.empty" not in kinds(errors(brief, [first, later], article=first.id))
