"""From records to the brief: citations are interned once, in reading order, nothing is added."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.brief import Brief, RunRecord
from agents.evidence import (
    Citation,
    Claim,
    ClaimKind,
    Contradiction,
    Document,
    Effect,
    Exposure,
    Label,
    Leg,
    Sentence,
    Sentiment,
    TradeIdea,
    Verdict,
)
from agents.lines import citation, document_lines, source_of
from agents.ports import Usage
from agents.publish import Contents, assemble, stage_usage
from tests.agents.conftest import Told

PAPER = Document(
    source_id="paper",
    publisher="Fjord Ledger",
    published_at="2025-03-14",
    url="https://fjord.example/boats",
    text="The port ordered 42 ferries. The yard hires welders. The council may refuse.",
)
OTHER = Document(source_id="other", publisher="Post", text="The port ordered 30 ferries, not 42.")
SOURCES = {d.id: source_of(d, d.id) for d in (PAPER, OTHER)}
ORDER, HIRES, REFUSES = (citation(line) for line in document_lines(PAPER))
[DENIED] = (citation(line) for line in document_lines(OTHER))
CLAIM = Claim(text="The port ordered 42 ferries.", kind=ClaimKind.FACT, citations=(ORDER,))
VERDICT = Verdict(
    claim_id=CLAIM.id,
    label=Label.CONTESTED,
    supporting=(ORDER,),
    opposing=(DENIED,),
    independent_sources=1,
    why="Post says otherwise",
)
RUN = RunRecord(id="r", model="m", prompts={}, corpus="c", seconds=0.0)


def sentence(text: str, *cited: Citation, claims: tuple[str, ...] = ()) -> Sentence:
    return Sentence(text=text, citations=cited, claim_ids=claims)


def contents(**changes: Any) -> Contents:
    values: dict[str, Any] = {
        "question": "How many ferries?",
        "as_of": None,
        "status": "answered",
        "headline": None,
        "notes": (),
        "summary": (),
        "implications": (),
        "variant_view": (),
        "opposing_case": (),
        "risks": (),
        "exposures": (),
        "sentiments": (),
        "claims": (),
        "contradictions": (),
        "ideas": (),
        "dropped": (),
        "failures": (),
    }
    return Contents(**{**values, **changes})


@pytest.fixture
def full() -> Brief:
    told = sentence("The port ordered 42 ferries.", ORDER, claims=(CLAIM.id,))
    hired = sentence("The yard hires welders.", HIRES)
    refused = sentence("The council may refuse.", REFUSES)
    idea = TradeIdea(
        title="Long the yard, if the report is right",
        conditional=True,
        legs=(Leg(side="long", name="the yard"),),
        horizon="not stated in the sources",
        invalidation=refused,
        thesis=(hired,),
        claim_ids=(CLAIM.id,),
        conviction=1,
        conviction_why=("= 1 of 5",),
    )
    disputed = Contradiction(
        claim_ids=(CLAIM.id,), kind="contested", supporting=(ORDER,), opposing=(DENIED,)
    )
    return assemble(
        contents(
            headline=told,
            summary=(told,),
            implications=(("second", hired),),
            opposing_case=(refused,),
            exposures=(Exposure(name="the yard", effect=Effect.BENEFITS, order="first",
                                mechanism=hired),),
            sentiments=(
                Sentiment(target=None, score=0.4, label="moderately positive", citations=(HIRES,)),
                Sentiment(target="the yard", score=0.1, label="neutral"),
            ),
            claims=((CLAIM, VERDICT),),
            contradictions=((disputed, sentence("They differ.", ORDER, DENIED)),),
            ideas=(idea,),
        ),
        SOURCES,
        RUN,
    )  # fmt: skip


def test_citations_are_numbered_in_reading_order_and_each_once(full: Brief) -> None:
    assert list(full.citations) == ["1", "2", "3", "4"]
    quotes = [c.quote for c in full.citations.values()]
    assert quotes == [ORDER.quote, DENIED.quote, HIRES.quote, REFUSES.quote]
    assert full.headline is not None
    assert full.headline.citations == ("1",) == full.summary[0].citations


def test_every_key_exists_and_every_citation_is_used(full: Brief) -> None:
    text = json.dumps(full.model_dump(mode="json", exclude={"citations"}))
    for key in full.citations:
        assert f'"{key}"' in text
    [claim] = full.claims
    used = (*claim.citations, *claim.verdict.supporting, *claim.verdict.opposing)
    assert set(used) <= set(full.citations)


def test_a_citation_carries_its_document(full: Brief) -> None:
    cited = full.citations["1"]
    assert cited.document_id == PAPER.id
    assert (cited.source_id, cited.publisher, cited.published_at, cited.url, cited.title) == (
        "paper", "Fjord Ledger", "2025-03-14", "https://fjord.example/boats", "",
    )  # fmt: skip
    assert PAPER.text[cited.start : cited.end] == cited.quote


def test_overall_and_entities_are_kept_apart(full: Brief) -> None:
    assert full.sentiment.overall is not None
    assert full.sentiment.overall.name is None
    assert full.sentiment.overall.citations == ("3",)
    assert [e.name for e in full.sentiment.entities] == ["the yard"]


def test_the_parts_arrive_as_they_were(full: Brief) -> None:
    [implication] = full.implications
    assert implication.order == "second"
    [dispute] = full.contradictions
    assert (dispute.supporting, dispute.opposing) == (("1",), ("2",))
    [idea] = full.ideas
    assert (idea.conviction, idea.conditional, idea.legs[0].ticker) == (1, True, None)
    assert full.claims[0].verdict.label is Label.CONTESTED


def test_a_repeated_quote_in_a_sentence_is_cited_once() -> None:
    told = sentence("The port ordered 42 ferries.", ORDER, ORDER, HIRES)
    brief = assemble(contents(summary=(told,)), SOURCES, RUN)
    assert brief.summary[0].citations == ("1", "2")


def test_a_document_the_run_does_not_know_is_an_error() -> None:
    told = sentence("The port ordered 42 ferries.", ORDER)
    with pytest.raises(KeyError):
        assemble(contents(summary=(told,)), {}, RUN)


def test_an_empty_brief_is_a_brief() -> None:
    brief = assemble(contents(status="insufficient_evidence"), {}, RUN)
    assert brief.citations == {}
    assert brief.sentiment.overall is None
    assert brief.schema_version == 1


def test_the_json_is_the_contract(ferries: Told) -> None:
    content = json.loads(ferries.brief.model_dump_json())
    assert list(content) == [
        "schema_version", "question", "as_of", "status", "headline", "notes", "summary",
        "implications", "variant_view", "opposing_case", "risks", "exposures", "sentiment",
        "claims", "contradictions", "ideas", "citations", "dropped", "failures", "run",
    ]  # fmt: skip
    assert set(content["headline"]) == {"text", "citations", "claim_ids", "calculation"}
    assert set(content["claims"][0]["verdict"]) == {
        "label", "probabilities", "independent_sources", "supporting", "opposing", "checks", "why",
    }  # fmt: skip
    assert Brief.model_validate(content) == ferries.brief


def test_usage_and_time_stand_side_by_side() -> None:
    rows = stage_usage(
        {"plan": 0.12345, "write": 2.0},
        {"write": Usage(prompt_tokens=9, cached_tokens=4, completion_tokens=3, seconds=1.5,
                        calls=2), "verify": Usage(calls=1)},
    )  # fmt: skip
    assert [r.name for r in rows] == ["plan", "write", "verify"]
    assert (rows[0].seconds, rows[0].calls) == (0.123, 0)
    assert (rows[1].prompt_tokens, rows[1].cached_tokens, rows[1].completion_tokens) == (9, 4, 3)
    assert (rows[1].model_seconds, rows[1].calls) == (1.5, 2)
