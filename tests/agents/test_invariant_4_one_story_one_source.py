"""Invariant 4: copies are one source; machine-written text never carries a verdict alone."""

from __future__ import annotations

from typing import Any

import pytest

from agents.brief import Brief, PublishedClaim
from agents.evidence import AuthorKind, Label
from agents.state import Source
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import ARTICLE, FERRIES, LAMPS, document, errors, kinds, stored


def order(brief: Brief) -> PublishedClaim:
    return next(c for c in brief.claims if "$310 million" in c.text)


def test_a_wire_and_its_rewrites_count_once(ferries: Told) -> None:
    verdict = order(ferries.brief).verdict
    assert verdict.label is Label.SUPPORTED
    assert verdict.independent_sources == 2
    assert "Fjord Ledger" in verdict.why
    assert "3 copies of one story count once" in verdict.why
    assert "4.origin" not in kinds(errors(ferries.brief))


async def test_copies_alone_confirm_nothing(desk: OpenDesk) -> None:
    wire = [stored(name) for name in ("wire", "rewrite-1", "rewrite-2")]
    async with desk(documents=wire) as opened:
        brief = await opened.ask(FERRIES)
    for claim in brief.claims:
        assert claim.verdict.label is Label.INSUFFICIENT
        assert claim.verdict.independent_sources == 1
    assert brief.claims


async def test_if_copies_had_origins_of_their_own_the_reader_would_report_it(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk() as opened:
        search = opened.corpus.search

        async def ungrouped(*args: Any, **kwargs: Any) -> Any:
            return [
                hit.model_copy(update={"origin_id": hit.document.id})
                for hit in await search(*args, **kwargs)
            ]

        monkeypatch.setattr(opened.corpus, "search", ungrouped)
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert order(brief).verdict.independent_sources > 2
    assert "4.origin" in kinds(errors(brief))


async def test_machine_written_support_alone_is_insufficient(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(LAMPS)
    [claim] = brief.claims
    assert claim.verdict.label is Label.INSUFFICIENT
    assert "machine-written" in claim.verdict.why
    quoted = {brief.citations[k].source_id for k in claim.citations}
    assert quoted == {"lamp-human"}, "a machine-written line may not be the claim's own"


async def test_the_rule_is_what_keeps_it_insufficient(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Source, "independent_voice", property(lambda _: True))
    async with desk() as opened:
        brief = await opened.ask(LAMPS)
    assert any(c.verdict.label is Label.SUPPORTED for c in brief.claims)


async def test_machines_that_agree_with_each_other_support_nothing(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = document(
        "bot",
        "Lighting digest",
        "Digest Engine",
        "2025-02-01",
        "Street lights are back in fashion with planners everywhere. Lumenta employs 640 people at"
        " its lamp factory in Tarvik. Towns like the softer colours of the newest models.",
        AuthorKind.AI,
    )
    machine = stored("lamp-machine")
    async with desk(documents=[machine]) as opened:
        brief = await opened.analyze(article)
        assert {c.verdict.label for c in brief.claims} == {Label.INSUFFICIENT}
        assert "4.ai" not in kinds(errors(brief, [machine, article], article=article.id))
        monkeypatch.setattr(Source, "independent_voice", property(lambda _: True))
        brief = await opened.analyze(article)
    assert "4.ai" in kinds(errors(brief, [machine, article], article=article.id))


async def test_a_question_only_a_machine_answers_is_not_answered(desk: OpenDesk) -> None:
    async with desk(documents=[stored("lamp-machine")]) as opened:
        brief = await opened.ask(LAMPS)
    assert brief.status == "insufficient_evidence"


async def test_the_analysed_article_never_corroborates_itself(desk: OpenDesk) -> None:
    async with desk(documents=[ARTICLE]) as opened:
        brief = await opened.analyze(ARTICLE)
    facts = [c for c in brief.claims if c.verdict.label is not None]
    assert facts
    assert {c.verdict.label for c in facts} == {Label.INSUFFICIENT}
    assert {c.verdict.independent_sources for c in facts} == {1}


@pytest.mark.parametrize("day", ["2025-03-15", "2025-03-18", "2025-03-19"])
async def test_a_copy_of_the_article_in_the_corpus_does_not_corroborate_it(
    day: str, desk: OpenDesk
) -> None:
    copy = document("copy", "Ferries explained", "Sailor's Daily", day, ARTICLE.text)
    async with desk(documents=[copy]) as opened:
        brief = await opened.analyze(ARTICLE)
    facts = [c for c in brief.claims if c.verdict.label is not None]
    assert {c.verdict.label for c in facts} == {Label.INSUFFICIENT}
    assert {c.verdict.independent_sources for c in facts} == {1}
