"""Invariant 5: nothing after the as-of date is read, and nothing undated but the article."""

from __future__ import annotations

from typing import Any

import pytest

from agents.brief import Brief
from agents.evidence import Document
from agents.ports import ModelRequest
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import (
    ARTICLE,
    DOCUMENTS,
    FERRIES,
    document,
    errors,
    kinds,
    obliging,
    prose,
)

LATER = "after the council vote"
UNDATED = "cables and dust"


def seen(asked: list[ModelRequest], words: str) -> bool:
    return any(words in request.model_dump_json() for request in asked)


def cited(brief: Brief) -> set[str | None]:
    return {c.source_id for c in brief.citations.values()}


@pytest.mark.parametrize("name", ["ferries", "note"])
def test_what_is_later_or_undated_is_not_read(name: str, request: pytest.FixtureRequest) -> None:
    told: Told = request.getfixturevalue(name)
    assert told.brief.as_of == "2025-04-01"
    assert not cited(told.brief) & {"later", "undated"}
    assert not seen(told.asked, LATER)
    assert not seen(told.asked, UNDATED)
    assert not [v for v in errors(told.brief, article=ARTICLE.id) if v.invariant[0] == "5"]


async def test_without_an_as_of_date_both_are_read(desk: OpenDesk) -> None:
    async with desk() as opened:
        hits = await opened.search(FERRIES, k=30)
        brief = await opened.ask(FERRIES)
    assert {"later", "undated"} <= {hit.document.source_id for hit in hits}
    assert brief.as_of is None
    assert "later" in cited(brief)


@pytest.mark.parametrize(
    ("as_of", "read"),
    [("2025-06-19", False), ("2025-06-20", True), ("2025-06-21", True)],
)
async def test_the_day_itself_is_included(as_of: str, read: bool, desk: OpenDesk) -> None:
    async with desk() as opened:
        hits = await opened.search(FERRIES, k=30, as_of=as_of)
    assert ("later" in {hit.document.source_id for hit in hits}) is read


async def test_an_undated_or_later_article_is_read_all_the_same(desk: OpenDesk) -> None:
    undated = Document(
        source_id="mine", title="A private note", text=ARTICLE.text, publisher="Skipper Weekly"
    )
    later = document("late", "Ferries again", "Skipper Weekly", "2025-12-01", ARTICLE.text)
    async with desk() as opened:
        first = await opened.analyze(undated, as_of="2025-04-01")
        second = await opened.analyze(later, as_of="2025-04-01")
    for brief, article in ((first, undated), (second, later)):
        assert brief.claims
        assert brief.headline is not None
        assert article.source_id in cited(brief)
        documents = (*DOCUMENTS, undated, later)
        assert "5" not in {k[0] for k in kinds(errors(brief, documents, article=article.id))}
        assert not cited(brief) & {"later", "undated"}


async def test_a_leak_is_dropped_by_the_audit_and_reported_by_the_reader(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = obliging()
    async with desk(model) as opened:
        search = opened.corpus.search

        async def careless(*args: Any, **kwargs: Any) -> Any:
            return await search(*args, **{**kwargs, "as_of": None})

        monkeypatch.setattr(opened.corpus, "search", careless)
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    reasons = " ".join(d.reason for d in brief.dropped)
    assert "after the as-of date" in reasons or "undated document" in reasons
    assert not [text for text in prose(brief) if LATER in text or UNDATED in text]
    # Claims are not sentences: what the audit does not see, the independent reader does.
    assert {"5.as_of", "5.undated"} & kinds(errors(brief))


async def test_before_everything_nothing_is_found(desk: OpenDesk) -> None:
    model = obliging()
    async with desk(model) as opened:
        brief = await opened.ask(FERRIES, as_of="1999-12-31")
        note = await opened.analyze(ARTICLE, as_of="1999-12-31")
    assert brief.status == "insufficient_evidence"
    assert brief.notes
    assert not brief.citations
    assert not brief.claims
    assert note.headline is not None
    assert cited(note) == {"article"}
    assert {c.verdict.independent_sources for c in note.claims} == {1}


async def test_rows_are_verified_against_what_could_be_read_then(desk: OpenDesk) -> None:
    row = {"id": "r", "claim": "The port of Rosvik has ordered 30 electric ferries."}
    model = obliging()
    async with desk(model) as opened:
        early = [r async for r in opened.verify([row], as_of="2025-04-01")]
        assert not seen(model.asked, LATER)
        late = [r async for r in opened.verify([row], as_of="2025-12-31")]
    assert early[0]["published"] != "SUPPORTED"
    assert late[0]["published"] == "SUPPORTED"
