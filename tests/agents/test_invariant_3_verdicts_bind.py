"""Invariant 3: refuted claims support nothing, unconfirmed ones are owned, disputes show both."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import agents.finish
import agents.phrasing
import agents.position
from agents.brief import Brief
from agents.context import Context
from agents.evidence import Claim, ClaimKind, Effect, Exposure, Label, Verdict
from agents.lines import citation, document_lines, source_of
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import (
    FERRIES,
    GROWTH,
    LAMPS,
    PLANT,
    SMELTER,
    PlainTone,
    document,
    errors,
    kinds,
    line_of,
    obliging,
)
from tools.corpus.store import Corpus
from tools.model.entailment import ModelEntailment
from tools.securities import Securities


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
    assert "Petra Lund" in claim.verdict.why
    assert "not confirmed elsewhere" in claim.verdict.why
    assert brief.headline is not None
    assert "Petra Lund" in brief.headline.text
    assert not [v for v in errors(brief) if v.invariant.startswith("3.")]


async def test_an_unconfirmed_claim_without_owner_is_reported_by_the_reader(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.phrasing, "reported", lambda text, *_, **__: text)
    silent = obliging(fill={"write": lambda request: {"sentence": "No sentence that can stand."}})
    async with desk(silent) as opened:
        brief = await opened.ask(LAMPS)
    assert labelled(brief, Label.INSUFFICIENT)
    assert "3.attribution" in kinds(errors(brief))


async def test_a_model_may_not_tell_an_unconfirmed_claim_as_a_fact(desk: OpenDesk) -> None:
    bare = obliging(fill={"write": lambda request: {"sentence": line_of(request)}})
    async with desk(bare) as opened:
        brief = await opened.ask(LAMPS)
    assert not labelled(brief, Label.SUPPORTED)
    assert "3.attribution" not in kinds(errors(brief))


async def test_two_figures_that_disagree_are_contested_and_both_shown(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(SMELTER)
    assert labelled(brief, Label.CONTESTED) == {c.id for c in brief.claims}
    [dispute] = brief.contradictions
    assert dispute.kind == "contested"
    assert "120,000 tonnes" in dispute.sentence.text
    assert "95,000 tonnes" in dispute.sentence.text
    assert "Ore Gazette" in dispute.sentence.text
    assert "Metal Courier" in dispute.sentence.text
    sides = [brief.citations[k].source_id for k in (*dispute.supporting, *dispute.opposing)]
    assert sorted(str(s) for s in sides) == ["smelter-high", "smelter-low"]


def test_an_idea_on_unconfirmed_claims_is_conditional_and_weak(ferries: Told) -> None:
    brief = ferries.brief
    assert brief.ideas
    confirmed = labelled(brief, Label.SUPPORTED)
    for idea in brief.ideas:
        assert not set(idea.claim_ids) <= confirmed
        assert idea.conditional
        assert idea.conviction <= 1
        assert "if the" in idea.title
    assert not [v for v in errors(brief) if v.invariant.startswith("3.")]


async def test_without_the_arithmetic_the_independent_reader_reports_the_idea(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.position, "conviction", lambda *_, **__: (4, False, ("+4: sure",)))
    async with desk() as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert {"3.conditional", "3.conviction"} <= kinds(errors(brief))


@pytest.fixture
def positioning(shared: Corpus) -> Callable[[dict[str, Label]], agents.position.Desk]:
    """A desk that has to position itself on a paper of four lines, labelled by a word of each."""
    paper = document(
        "paper", "Ferries", "Fjord Ledger", "2025-03-14",
        "Brandvold Fuels loses its largest customer. Kestrel Marine gains an order for 42 ferries."
        " The trade plays out over the next six months. The main risk is a shortage of welders.",
    )  # fmt: skip

    def made(labels: dict[str, Label]) -> agents.position.Desk:
        model = obliging()
        lines = document_lines(paper)
        claims = [
            Claim(text=line.text, kind=ClaimKind.FACT, citations=(citation(line),))
            for line in lines
        ]
        return agents.position.Desk(
            context=Context(
                run_id="r",
                model=model,
                corpus=shared,
                entailment=ModelEntailment(model),
                sentiment=PlainTone(),
                securities=Securities(),
            ),
            claims=claims,
            lines=lines,
            verdicts={
                c.id: Verdict(
                    claim_id=c.id,
                    label=next((v for k, v in labels.items() if k in c.text), Label.SUPPORTED),
                    independent_sources=3,
                    why="-",
                )
                for c in claims
            },
            sources={paper.id: source_of(paper, paper.id)},
        )

    return made


def exposed(desk: agents.position.Desk) -> list[Exposure]:
    return [
        Exposure(name=name, effect=effect, order="first", mechanism=desk.sentence(claim))
        for name, effect, claim in (
            ("Brandvold Fuels", Effect.HURT, desk.claims[0]),
            ("Kestrel Marine", Effect.BENEFITS, desk.claims[1]),
        )
    ]


async def test_an_idea_on_confirmed_claims_alone_is_unconditional(
    positioning: Callable[[dict[str, Label]], agents.position.Desk],
) -> None:
    desk = positioning({})
    [idea] = agents.position.ideas(desk, exposed(desk), {})
    assert not idea.conditional
    assert idea.conviction > 1
    assert "if the" not in idea.title


@pytest.mark.parametrize("label", [Label.INSUFFICIENT, Label.CONTESTED])
async def test_one_unconfirmed_leg_makes_it_conditional(
    label: Label, positioning: Callable[[dict[str, Label]], agents.position.Desk]
) -> None:
    desk = positioning({"Brandvold": label})
    [idea] = agents.position.ideas(desk, exposed(desk), {})
    assert idea.conditional
    assert idea.conviction <= 1
    assert "if the report is right" in idea.title


async def test_a_refuted_claim_proposes_nobody(
    positioning: Callable[[dict[str, Label]], agents.position.Desk],
) -> None:
    desk = positioning({"Brandvold": Label.REFUTED, "Kestrel": Label.REFUTED})
    assert await agents.position.exposures(desk, ()) == ()


async def test_every_sentence_of_the_thesis_counts(
    positioning: Callable[[dict[str, Label]], agents.position.Desk],
) -> None:
    desk = positioning({"next six months": Label.INSUFFICIENT})
    [idea] = agents.position.ideas(desk, exposed(desk), {})
    assert {i for s in idea.thesis for i in s.claim_ids} <= set(idea.claim_ids)
    assert idea.conditional
    assert idea.conviction <= 1
