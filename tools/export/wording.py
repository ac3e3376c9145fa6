"""What every renderer says in the same words: marks, labels, counts.

Facts come from the brief alone; nothing here is computed from document text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from agents.brief import (
    Brief,
    Implication,
    PublishedCitation,
    PublishedClaim,
    PublishedSentence,
    RunRecord,
    SentimentScore,
    StageUsage,
    TickerSource,
)
from agents.evidence import AuthorKind, Label

__all__ = [
    "EFFECT_SIGNS",
    "KIND_OF_CONTRADICTION",
    "NOTICE",
    "ORDER_TITLES",
    "Mark",
    "claim_numbers",
    "documents_line",
    "implications",
    "mark_of",
    "origin_line",
    "owner_of",
    "printable",
    "score_words",
    "source_line",
    "sources_words",
    "status_words",
    "ticker_words",
    "totals",
]

NOTICE: Final = "Research support, not investment advice."

ORDER_TITLES: Final = {"first": "What follows, first order", "second": "Second order"}
EFFECT_SIGNS: Final = {"benefits": "▲ benefits", "hurt": "▼ hurt", "mixed": "◆ mixed"}
KIND_OF_CONTRADICTION: Final = {
    "contested": "contested: sources disagree",
    "revised": "revised: a later figure replaces an earlier one",
    "denied": "denied: a party rejects the report",
}
_STATUS: Final = {
    "answered": "Answered",
    "partial": "Answered in part",
    "insufficient_evidence": "Not answered: the documents do not say",
}


class Mark(NamedTuple):
    """A verdict in a shape and a word, so that colour is never needed to read it."""

    sign: str
    word: str
    tone: str
    """supported, refuted, contested, insufficient or reported: for colours."""


_MARKS: Final = {
    Label.SUPPORTED: Mark("✓", "supported", "supported"),
    Label.REFUTED: Mark("✗", "refuted", "refuted"),
    Label.CONTESTED: Mark("≠", "contested", "contested"),
    Label.INSUFFICIENT: Mark("○", "insufficient", "insufficient"),
}

# Control characters move a terminal's cursor, and bidi overrides make text read as what it is
# not; both can come from a document. Tab and newline stay.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str, *, one_line: bool = True) -> str:
    """`text` without characters that could act on the reader's screen; for display only."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _UNPRINTABLE.sub("", text)
    return " ".join(cleaned.split()) if one_line else cleaned


def mark_of(claim: PublishedClaim) -> Mark:
    """The verdict's mark; an opinion or forecast is reported, not judged."""
    if claim.verdict.label is None:
        return Mark("”", f"reported as {claim.kind}", "reported")
    return _MARKS[claim.verdict.label]


def owner_of(claim: PublishedClaim) -> str:
    """Kind and speaker: "fact, European officials"."""
    return f"{claim.kind}, {claim.speaker}" if claim.speaker else str(claim.kind)


def sources_words(count: int) -> str:
    return f"{count} independent source" + ("" if count == 1 else "s")


def status_words(brief: Brief) -> str:
    return _STATUS[brief.status]


def score_words(score: SentimentScore) -> str:
    """"moderately negative, -0.35"."""
    number = f"{score.score:+.2f}" if abs(score.score) >= 0.005 else "0.00"
    return f"{score.label}, {number}"


def ticker_words(ticker: str | None, source: TickerSource | None) -> str:
    """"KTOS (stated in a source)", or nothing."""
    if not ticker:
        return ""
    how = "stated in a source" if source == "stated" else "from the securities list"
    return f"{ticker} ({how})"


def documents_line(brief: Brief) -> str:
    """How many documents are cited, of how many origins, and which of them to be wary of."""
    documents = {c.document_id: c for c in brief.citations.values()}
    if not documents:
        return "no documents cited"
    origins = {c.origin_id for c in documents.values()}
    line = _count(len(documents), "document") + " cited"
    if len(origins) < len(documents):
        line += f", {_count(len(origins), 'independent origin')}"
    remarks = []
    if machine := sum(c.author_kind is AuthorKind.AI for c in documents.values()):
        remarks.append(f"{machine} machine-written")
    if undated := sum(c.published_at is None for c in documents.values()):
        remarks.append(f"{undated} undated")
    return f"{line} ({', '.join(remarks)})" if remarks else line


def source_line(citation: PublishedCitation) -> str:
    """Publisher, date and a warning where a machine wrote it."""
    parts = [
        printable(citation.publisher) or "unknown publisher",
        citation.published_at[:10] if citation.published_at else "undated",
    ]
    if citation.author_kind is AuthorKind.AI:
        parts.append("machine-written")
    return " · ".join(parts)


def origin_line(brief: Brief, citation: PublishedCitation) -> str:
    """Says when a document is a copy of another, empty otherwise."""
    if citation.origin_id == citation.document_id:
        return ""
    for other in brief.citations.values():
        if other.document_id == citation.origin_id:
            return f"same story as {printable(other.publisher) or printable(other.title)}"
    return "a copy of an earlier document"


def claim_numbers(brief: Brief) -> dict[str, int]:
    """Claim id to its number in the table, from 1."""
    return {claim.id: number for number, claim in enumerate(brief.claims, 1)}


def implications(brief: Brief, order: str) -> list[PublishedSentence]:
    found: Sequence[Implication] = brief.implications
    return [item.sentence for item in found if item.order == order]


def totals(run: RunRecord) -> StageUsage:
    """The sums over all stages; `seconds` is the run's wall time.

    Stages that run side by side wait for the model together, so their sum can be longer.
    """
    stages = run.stages
    return StageUsage(
        name="all",
        seconds=run.seconds,
        calls=sum(s.calls for s in stages),
        prompt_tokens=sum(s.prompt_tokens for s in stages),
        cached_tokens=sum(s.cached_tokens for s in stages),
        completion_tokens=sum(s.completion_tokens for s in stages),
        model_seconds=min(run.seconds, sum(s.model_seconds for s in stages)),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
