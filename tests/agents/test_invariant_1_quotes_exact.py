"""Invariant 1: every published sentence has a quote that is exactly the stored text."""

from __future__ import annotations

from typing import Any

import pytest

import agents.extract
import agents.finish
from agents.evidence import Citation, Passage, QuoteNotFound, cite
from agents.lines import citation
from agents.state import Line
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import ARTICLE, DOCUMENTS, FERRIES, errors, kinds

TEXTS = {d.id: d.text for d in (*DOCUMENTS, ARTICLE)}


@pytest.fixture(params=["ferries", "note"])
def told(request: pytest.FixtureRequest) -> Told:
    found: Told = request.getfixturevalue(request.param)
    return found


def test_every_quote_is_the_text_at_its_offsets(told: Told) -> None:
    assert told.brief.citations
    for cited in told.brief.citations.values():
        assert TEXTS[cited.document_id][cited.start : cited.end] == cited.quote
        assert cited.quote.strip()


def test_the_independent_reader_finds_nothing(told: Told) -> None:
    found = errors(told.brief, article=ARTICLE.id)
    assert not [v for v in found if v.invariant.startswith(("1.", "ids."))]


def _misplaced(line: Line, quote: str | None = None) -> Citation:
    right = citation(line, quote)
    return right.model_copy(update={"start": right.start + 1, "end": right.end + 1})


def _altered(line: Line, quote: str | None = None) -> Citation:
    right = citation(line, quote)
    return right.model_copy(update={"quote": right.quote.replace(" ", "  ", 1)})


@pytest.mark.parametrize("broken", [_misplaced, _altered])
async def test_the_audit_drops_a_sentence_whose_quote_is_not_exact(
    broken: Any, desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.extract, "citation", broken)
    async with desk() as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert brief.headline is None
    assert not (*brief.summary, *brief.implications, *brief.risks, *brief.exposures, *brief.ideas)
    assert any("not exact" in d.reason for d in brief.dropped)


async def test_without_the_audit_the_independent_reader_reports_it(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.extract, "citation", _altered)
    monkeypatch.setattr(agents.finish, "refusals", lambda *_, **__: [])
    async with desk() as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert brief.headline is not None
    assert "1.quote" in kinds(errors(brief))


def test_offsets_are_those_of_the_untouched_text() -> None:
    text = "Head\u00ading:\r\nShares  of \ufb01ne Aldo rose — by 4½ percent.\r\n"
    passage = Passage(document_id="doc_1", start=0, end=len(text), text=text)
    made = cite(passage, "\ufb01ne Aldo rose — by 4½ percent.")
    assert text[made.start : made.end] == made.quote


@pytest.mark.parametrize("quote", ["", "  ", "fine Aldo", "aldo rose", "Aldo rose by"])
def test_what_is_not_in_the_passage_cannot_be_cited(quote: str) -> None:
    text = "Shares of \ufb01ne Aldo rose."
    passage = Passage(document_id="doc_1", start=0, end=len(text), text=text)
    with pytest.raises(QuoteNotFound):
        cite(passage, quote)
