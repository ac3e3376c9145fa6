"""Invariant 6: a ticker is stated by a cited quote or resolved from the securities list."""

from __future__ import annotations

import pytest

import agents.position
from agents.context import Context
from agents.evidence import Claim, ClaimKind, Label, Verdict
from agents.lines import citation, document_lines, source_of
from agents.ports import Security
from agents.position import Desk as Positioning
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import FERRIES, PlainTone, document, errors, kinds, obliging
from tools.corpus.store import Corpus
from tools.model.entailment import ModelEntailment
from tools.securities import Securities

TEXT = (
    "Shares of Kestrel Marine (NYSE: KSTL) gained 6 percent on Friday. Siemens supplies the"
    " chargers for the ferries of Kestrel Marine. Brandvold Fuels loses its largest customer."
    " A spokesman of Alphabet Soup Kitchens declined to comment."
)


@pytest.fixture
def positioning(shared: Corpus) -> Positioning:
    model = obliging()
    context = Context(
        run_id="r",
        model=model,
        corpus=shared,
        entailment=ModelEntailment(model),
        sentiment=PlainTone(),
        securities=Securities(),
    )
    paper = document("p", "Ferries", "Fjord Ledger", "2025-03-14", TEXT)
    lines = document_lines(paper)
    claims = [
        Claim(text=line.text, kind=ClaimKind.FACT, citations=(citation(line),)) for line in lines
    ]
    return Positioning(
        context=context,
        claims=claims,
        lines=lines,
        verdicts={
            c.id: Verdict(claim_id=c.id, label=Label.INSUFFICIENT, independent_sources=1, why="-")
            for c in claims
        },
        sources={paper.id: source_of(paper, paper.id)},
    )


def test_a_ticker_is_stated_where_a_line_states_it(positioning: Positioning) -> None:
    stated, chargers, *_ = positioning.claims
    for claim in (stated, chargers):
        ticker, source, quote = positioning.ticker("Kestrel Marine", claim)
        assert (ticker, source) == ("KSTL", "stated")
        assert quote is not None
        assert "NYSE: KSTL" in quote.quote


def test_a_listed_name_is_resolved_and_says_so(positioning: Positioning) -> None:
    ticker, source, quote = positioning.ticker("Siemens", positioning.claims[1])
    listed = Securities().resolve("Siemens")
    assert isinstance(listed, Security)
    assert (ticker, source, quote) == (listed.ticker, "resolved", None)


@pytest.mark.parametrize("name", ["Brandvold Fuels", "Alphabet Soup Kitchens", "the council"])
def test_other_names_have_no_ticker(name: str, positioning: Positioning) -> None:
    for claim in positioning.claims:
        assert positioning.ticker(name, claim) == (None, None, None)


def test_the_stated_ticker_is_quoted_in_the_brief(ferries: Told) -> None:
    brief = ferries.brief
    [kestrel] = [e for e in brief.exposures if e.name == "Kestrel Marine"]
    assert (kestrel.ticker, kestrel.ticker_source) == ("KSTL", "stated")
    assert any("KSTL" in brief.citations[k].quote for k in kestrel.mechanism.citations)
    for exposure in brief.exposures:
        assert (exposure.ticker is None) == (exposure.ticker_source is None)
    assert "6.ticker" not in kinds(errors(brief))


async def test_an_invented_ticker_is_reported(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.position, "stated_ticker", lambda *_: "ZZZQ")
    async with desk() as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert any(e.ticker == "ZZZQ" for e in brief.exposures)
    assert "6.ticker" in kinds(errors(brief))


async def test_a_ticker_the_model_writes_is_refused(desk: OpenDesk) -> None:
    model = obliging(
        fill={
            "write": lambda request: {
                "sentence": "Kestrel Marine (NYSE: KSM) will build 42 electric ferries."
            }
        }
    )
    async with desk(model) as opened:
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert "KSM" not in brief.model_dump_json(include={"headline", "summary", "ideas"})
    assert any("KSM" in d.text for d in brief.dropped)
