"""A small correct brief on invented documents, as plain JSON that tests break on purpose."""

from __future__ import annotations

from typing import Any

from agents.evidence import Document

REPORT = Document(
    source_id="t1",
    title="Alder Tin posts higher sales",
    publisher="Hill Gazette",
    author="Nora Quist",
    author_kind="human",
    published_at="2024-05-14",
    text=(
        "Alder Tin (ALD) sold 41,000 tonnes of tin in 2023, up 12 percent.\r\n"
        "Its chief executive expects a new smelter to open in the third quarter of 2025. "
        "The smelter costs EUR 310 million. Rival Beck Metals may lose customers. "
        "The board could cancel the smelter if tin prices fall again."
    ),
)
SURVEY = Document(
    source_id="t2",
    title="Tin output in 2023",
    publisher="Ore Ledger",
    author="Ore Ledger data desk",
    author_kind="agency",
    published_at="2024-06-02",
    text=(
        "Our annual survey counts forty-one thousand tonnes of tin sold by Alder Tin in 2023. "
        "Beck Metals sold 9,500 tonnes."
    ),
)
DENIAL = Document(
    source_id="t3",
    title="Smelter cost queried",
    publisher="Quarry Post",
    author="Ivo Lind",
    author_kind="human",
    published_at="2024-06-20",
    text="Contract papers put the cost of the Alder Tin smelter at EUR 420 million, not lower.",
)
DOCUMENTS = {d.id: d for d in (REPORT, SURVEY, DENIAL)}


def citation(document: Document, quote: str) -> dict[str, Any]:
    start = document.text.index(quote)
    return {
        "document_id": document.id,
        "source_id": document.source_id,
        "origin_id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "author_kind": document.author_kind.value,
        "published_at": document.published_at,
        "url": "",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
    }


def sentence(text: str, keys: list[str], claims: list[str] | None = None) -> dict[str, Any]:
    return {"text": text, "citations": keys, "claim_ids": claims or [], "calculation": None}


def claim(name: str, text: str, key: str, label: str | None, **verdict: Any) -> dict[str, Any]:
    return {
        "id": name,
        "text": text,
        "kind": "fact",
        "speaker": "",
        "citations": [key],
        "verdict": {
            "label": label,
            "probabilities": None,
            "independent_sources": 1,
            "supporting": [],
            "opposing": [],
            "checks": [],
            "why": "one source says so",
            **verdict,
        },
    }


def good_brief() -> dict[str, Any]:
    """A fresh copy each time; every invariant holds."""
    forecast = claim(
        "c3",
        "A new smelter of Alder Tin will open in the third quarter of 2025.",
        "3",
        None,
        why="a forecast is reported with its owner",
    )
    return {
        "schema_version": 1,
        "question": "How much tin did Alder Tin sell in 2023, and what does its smelter cost?",
        "as_of": "2024-07-01",
        "status": "answered",
        "headline": sentence("Alder Tin sold 41,000 tonnes of tin in 2023", ["1", "2"], ["c1"]),
        "notes": ["No document gives the sales of 2022."],
        "summary": [
            sentence("Sales of tin rose 12 percent, Hill Gazette reported on 14 May 2024.", ["1"]),
            {
                **sentence("Two outlets put the sales at 41,000 tonnes.", ["1", "2"], ["c1"]),
                "calculation": "2 outlets: Hill Gazette, Ore Ledger",
            },
        ],
        "implications": [
            {
                "order": "first",
                "sentence": sentence(
                    "The chief executive of Alder Tin expects it in Q3 2025.", ["3"], ["c3"]
                ),
            }
        ],
        "variant_view": [],
        "opposing_case": [
            sentence("The board could cancel the smelter if prices fall again.", ["6"])
        ],
        "risks": [],
        "exposures": [
            {
                "name": "Alder Tin",
                "ticker": "ALD",
                "ticker_source": "stated",
                "effect": "benefits",
                "order": "first",
                "mechanism": sentence("Alder Tin sold more tin than before.", ["1"], ["c1"]),
            }
        ],
        "sentiment": {
            "overall": {"name": None, "score": 0.4, "label": "moderately positive",
                        "citations": ["1"]},
            "entities": [
                {"name": "Alder Tin", "score": 0.5, "label": "moderately positive",
                 "citations": ["1"]},
                {"name": "Beck Metals", "score": -0.25, "label": "mildly negative",
                 "citations": ["5"]},
            ],
        },
        "claims": [
            claim("c1", "Alder Tin sold 41,000 tonnes of tin in 2023.", "1", "supported",
                  supporting=["2"], independent_sources=2, why="two independent sources agree"),
            claim("c2", "The smelter costs EUR 310 million.", "4", "contested",
                  opposing=["7"], why="another document gives a higher figure"),
            {**forecast, "kind": "forecast", "speaker": "chief executive"},
        ],
        "contradictions": [
            {
                "claim_ids": ["c2"],
                "kind": "contested",
                "supporting": ["4"],
                "opposing": ["7"],
                "sentence": sentence(
                    "Hill Gazette says that it costs EUR 310 million, Quarry Post EUR 420 million.",
                    ["4", "7"],
                    ["c2"],
                ),
            }
        ],
        "ideas": [
            {
                "title": "Long Alder Tin if the smelter opens",
                "conditional": True,
                "legs": [
                    {"side": "long", "name": "Alder Tin", "ticker": "ALD",
                     "ticker_source": "stated"},
                    {"side": "short", "name": "Beck Metals", "ticker": None, "ticker_source": None},
                ],
                "horizon": "to the third quarter of 2025",
                "catalysts": [
                    {
                        "when": "third quarter of 2025",
                        "sentence": sentence("The smelter is expected to open.", ["3"], ["c3"]),
                    }
                ],
                "invalidation": sentence("The board cancels the smelter as prices fall.", ["6"]),
                "thesis": [
                    sentence("If the smelter opens, Beck Metals may lose customers.", ["5"], ["c3"])
                ],
                "risks": [],
                "claim_ids": ["c2", "c3"],
                "conviction": 1,
                "conviction_why": ["conditional: at most 1"],
            }
        ],
        "citations": {
            "1": citation(REPORT, REPORT.text.split("\r\n")[0]),
            "2": citation(SURVEY, "forty-one thousand tonnes of tin sold by Alder Tin in 2023"),
            "3": citation(
                REPORT, "expects a new smelter to open in the third quarter of 2025"
            ),
            "4": citation(REPORT, "The smelter costs EUR 310 million."),
            "5": citation(REPORT, "Rival Beck Metals may lose customers."),
            "6": citation(REPORT, "The board could cancel the smelter if tin prices fall again."),
            "7": citation(
                DENIAL, "Contract papers put the cost of the Alder Tin smelter at EUR 420 million"
            ),
        },
        "dropped": [],
        "failures": [],
        "run": {
            "id": "run1",
            "model": "scripted",
            "prompts": {},
            "corpus": "digest",
            "seconds": 1.0,
            "stages": [{"name": "plan", "seconds": 0.5, "calls": 1, "prompt_tokens": 100,
                        "cached_tokens": 40, "completion_tokens": 10}],
        },
    }  # fmt: skip
