"""Invariant 3: refuted claims support nothing, unconfirmed ones are owned, disputes show both."""

from __future__ import annotations

import pytest

import agents.compose
import agents.finish
import agents.position
from agents.brief import Brief
from agents.evidence import Label
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import (
    FERRIES,
    GROWTH,
    PLANT,
    SMELTER,
    errors,
    kinds,
    obliging,
)


def labelled(brief: Brief, label: Label) -> set[str]:
    return {c.id for c in brief.claims if c.verdict.label is label}


def rests_on(brief: Brief, ids: set[str]) -> list[str]:
    """Sentences and ideas, contradictions aside, that rest on one of the claims."""
    argued = [
        *([brief.headline] if brief.headline else []),
        *brief.summary,
        *(i.sentence for i in brief.implications),
        *(e.mechanism for e in brief.exposures),
        *(s for i in brief.ideas for s in (*i.thesis, i.invalidation, *i.risks)),
    ]
    return [s.text for s in argued if ids & set(s.claim_ids)]


async def test_a_refuted_claim_supports_nothing(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(GROWTH)
    refuted = labelled(brief, Label.REFUTED)
    assert refuted
    assert not rests_on(brief, refuted)
    assert [c.kind for c in brief.contradictions] == ["revised"]
    assert not [v for v in errors(brief) if v.invariant.startswith("3.")]


async def test_the_audit_drops_what_rests_on_a_refuted_claim(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.compose, "_usable", lambda *_: True)
    async with desk() as opened:
        brief = await opened.ask(GROWTH)
    assert not rests_on(brief, labelled(brief, Label.REFUTED))
    assert any("rests on a refuted claim" in d.reason for d in brief.dropped)


async def test_without_either_guard_the_independent_reader_reports_it(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.compose, "_usable", lambda *_: True)
    monkeypatch.setattr(agents.finish, "refusals", lambda *_, **__: [])
    async with desk() as opened:
        brief = await opened.ask(GROWTH)
    assert rests_on(brief, labelled(brief, Label.REFUTED))
    assert "3.refuted" in kinds(errors(brief))


async def test_an_unconfirmed_claim_is_reported_with_its_owner(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(PLANT)
    assert brief.status == "answered"
    [claim] = brief.claims
    assert claim.verdict.label is Label.INSUFFICIENT
    assert "Petra Lund" in claim.verdict.why and "not confirmed elsewhere" in claim.verdict.why
    assert brief.headline is not None and "Petra Lund" in brief.headline.text
    assert not [v for v in errors(brief) if v.invariant.startswith("3.")]


async def test_an_unconfirmed_claim_without_owner_is_reported_by_the_reader(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.compose, "reported", lambda text, *_, **__: text)
    silent = obliging(fill={"write": lambda request: {"sentence": "No sentence that can stand."}})
    async with desk(silent) as opened:
        brief = await opened.ask("How many people does Lumenta employ in Tarvik?")
    assert labelled(brief, Label.INSUFFICIENT)
    assert "3.attribution" in kinds(errors(brief))


async def test_two_figures_that_disagree_are_contested_and_both_shown(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(SMELTER)
    assert labelled(brief, Label.CONTESTED) == {c.id for c in brief.claims}
    [dispute] = brief.contradictions
    assert dispute.kind == "contested"
    assert "120,000 tonnes" in dispute.sentence.text and "95,000 tonnes" in dispute.sentence.text
    assert "Ore Gazette" in dispute.sentence.text and "Metal Courier" in dispute.sentence.text
    sides = [brief.citations[k].source_id for k in (*dispute.supporting, *dispute.opposing)]
    assert sorted(str(s) for s in sides) == ["smelter-high", "smelter-low"]


def test_an_idea_on_unconfirmed_claims_is_conditional_and_weak(ferries: Told) -> None:
    brief = ferries.brief
    assert brief.ideas
    confirmed = labelled(brief, Label.SUPPORTED)
    for idea in brief.ideas:
        assert not set(idea.claim_ids) <= confirmed
        assert idea.conditional and idea.conviction <= 1
        assert "if the" in idea.title
    assert not [v for v in errors(brief) if v.invariant.startswith("3.")]


async def test_without_the_arithmetic_the_independent_reader_reports_the_idea(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.position, "conviction", lambda *_, **__: (4, False, ("+4: sure",)))
    async with desk() as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert {"3.conditional", "3.conviction"} <= kinds(errors(brief))
