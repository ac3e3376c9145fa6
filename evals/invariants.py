"""An independent reader of published briefs: what the design promises, checked on the JSON.

Nothing here uses the desk's own checks. The contract of the Brief (field names and value sets)
is the only thing shared. Semantics, such as whether a quote entails its sentence, are not
checked; whatever can be checked by reading characters, figures and labels is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from agents.brief import Brief, PublishedCitation
from agents.evidence import Document
from evals.calculation import calculation_error, operands
from evals.copies import overlap
from evals.figures import normalise
from evals.grounding import Evidence
from evals.lints import duplicate_violations, instruction_violations, sentence_violations
from evals.published import placed_sentences, quotes
from evals.verdict_rules import (
    contradiction_violations,
    idea_violations,
    sentiment_violations,
    status_violations,
    verdict_violations,
)
from evals.violation import Violation

__all__ = ["Violation", "check_brief", "counts"]

Documents = Mapping[str, str | Document]
"""Document id to stored text, or to the whole record, which also checks what citations say."""

_COPY = 0.5
_UNLIKE = 0.02


def check_brief(
    brief: Brief | Mapping[str, Any],
    documents: Documents,
    *,
    article: str | None = None,
    forbidden: Iterable[str] = (),
) -> list[Violation]:
    """What is wrong with a brief, in order of its parts; empty when nothing is.

    documents: everything citable; for an analysed article, the article as well.
    article: document id of the analysed article, which the as-of date does not bind.
    forbidden: strings that may occur nowhere in the desk's own words (planted instructions).
    """
    if not isinstance(brief, Brief):
        try:
            brief = Brief.model_validate(brief)
        except ValidationError as error:
            return [
                Violation("schema", ".".join(map(str, e["loc"])) or "brief", e["msg"])
                for e in error.errors()
            ]
    return [
        *_citation_violations(brief, documents),
        *_reference_violations(brief),
        *_figure_violations(brief, documents),
        *verdict_violations(brief),
        *contradiction_violations(brief),
        *_copy_violations(brief, documents),
        *_as_of_violations(brief, article),
        *_ticker_violations(brief),
        *sentiment_violations(brief),
        *idea_violations(brief),
        *status_violations(brief),
        *instruction_violations(brief, forbidden),
        *duplicate_violations(brief),
        *sentence_violations(brief),
    ]


def counts(violations: Iterable[Violation]) -> dict[str, int]:
    """Violations by invariant, most frequent first."""
    return dict(Counter(v.invariant for v in violations).most_common())


def _text(documents: Documents, document_id: str) -> str | None:
    stored = documents.get(document_id)
    return stored.text if isinstance(stored, Document) else stored


def _citation_violations(brief: Brief, documents: Documents) -> Iterator[Violation]:
    """Invariant 1: quotes are exactly the stored text at their offsets."""
    for key, citation in brief.citations.items():
        where = f"citations.{key}"
        text = _text(documents, citation.document_id)
        if text is None:
            yield Violation("1.document", where, f"{citation.document_id} is not stored")
            continue
        if not citation.quote.strip():
            yield Violation("1.quote", where, "the quote is empty")
        elif text[citation.start : citation.end] != citation.quote:
            there = text[citation.start : citation.end]
            yield Violation(
                "1.quote",
                where,
                f"[{citation.start}:{citation.end}] of {citation.document_id} is {there[:80]!r},"
                f" not {citation.quote[:80]!r}",
            )
        stored = documents[citation.document_id]
        if isinstance(stored, Document):
            for name in ("source_id", "title", "publisher", "author_kind", "published_at", "url"):
                said, known = getattr(citation, name), getattr(stored, name)
                if said != known:
                    yield Violation("1.metadata", where, f"{name} is {said!r}, stored {known!r}")


def _reference_violations(brief: Brief) -> Iterator[Violation]:
    """Invariant 1: every sentence cites, and every key and claim id exists."""
    claim_ids = [claim.id for claim in brief.claims]
    for claim_id, times in Counter(claim_ids).items():
        if times > 1:
            yield Violation("ids.claim", "claims", f"{claim_id} occurs {times} times")
    known = set(claim_ids)
    used: set[str] = set()

    def keys(where: str, cited: Iterable[str]) -> Iterator[Violation]:
        for key in cited:
            used.add(key)
            if key not in brief.citations:
                yield Violation("1.key", where, f"citation {key!r} does not exist")

    def claims(where: str, ids: Iterable[str]) -> Iterator[Violation]:
        for claim_id in ids:
            if claim_id not in known:
                yield Violation("ids.claim", where, f"claim {claim_id!r} does not exist")

    for placed in placed_sentences(brief):
        if not placed.sentence.citations:
            yield Violation("1.cited", placed.where, "no citation")
        yield from keys(placed.where, placed.sentence.citations)
        yield from claims(placed.where, placed.sentence.claim_ids)
    for i, claim in enumerate(brief.claims):
        if not claim.citations:
            yield Violation("1.cited", f"claims[{i}]", "no citation")
        yield from keys(f"claims[{i}]", claim.citations)
        yield from keys(f"claims[{i}].verdict.supporting", claim.verdict.supporting)
        yield from keys(f"claims[{i}].verdict.opposing", claim.verdict.opposing)
    for i, contradiction in enumerate(brief.contradictions):
        where = f"contradictions[{i}]"
        yield from keys(where, (*contradiction.supporting, *contradiction.opposing))
        yield from claims(where, contradiction.claim_ids)
    for i, idea in enumerate(brief.ideas):
        yield from claims(f"ideas[{i}].claim_ids", idea.claim_ids)
    for i, score in enumerate(brief.sentiment.entities):
        yield from keys(f"sentiment.entities[{i}]", score.citations)
    if brief.sentiment.overall:
        yield from keys("sentiment.overall", brief.sentiment.overall.citations)
    for key in brief.citations.keys() - used:
        yield Violation("1.unused", f"citations.{key}", "nothing cites it", "warning")


def _evidence(
    brief: Brief, documents: Documents, keys: tuple[str, ...], *calculations: str | None
) -> Evidence:
    """Quotes under `keys`, with publisher, author and date of their documents."""
    cited = quotes(brief, keys)
    extra: list[str] = [c for c in calculations if c]
    for citation in cited:
        extra += [citation.publisher, (citation.published_at or "")[:10]]
        stored = documents.get(citation.document_id)
        if isinstance(stored, Document):
            extra.append(stored.author)
    return Evidence([c.quote for c in cited], extra)


def _figure_violations(brief: Brief, documents: Documents) -> Iterator[Violation]:
    """Invariant 2: numbers, dates and percentages are in the quotes or a shown calculation."""
    for placed in placed_sentences(brief):
        sentence = placed.sentence
        evidence = _evidence(brief, documents, sentence.citations, sentence.calculation)
        for figure in evidence.missing(sentence.text):
            yield Violation(
                "2.figure", placed.where, f"{figure.text!r} is in no quote: {sentence.text[:160]}"
            )
        if not sentence.calculation:
            continue
        if wrong := calculation_error(sentence.calculation):
            yield Violation("2.calculation", placed.where, wrong)
        quoted = _evidence(brief, documents, sentence.citations)
        for figure in operands(sentence.calculation):
            if not quoted.states(figure) and not quoted.states(figure._replace(kind="number")):
                yield Violation(
                    "2.operand", placed.where, f"calculates from {figure.text!r}, in no quote"
                )
    for i, claim in enumerate(brief.claims):
        for figure in _evidence(brief, documents, claim.citations).missing(claim.text):
            yield Violation(
                "2.figure", f"claims[{i}].text", f"{figure.text!r} is in no quote: {claim.text}"
            )
    for i, idea in enumerate(brief.ideas):
        every: tuple[str, ...] = ()
        for j, catalyst in enumerate(idea.catalysts):
            cited = catalyst.sentence.citations
            every += cited
            evidence = _evidence(brief, documents, cited, catalyst.sentence.calculation)
            for figure in evidence.missing(catalyst.when):
                where = f"ideas[{i}].catalysts[{j}].when"
                yield Violation("2.figure", where, f"{figure.text!r} is in no quote")
        parts = [*idea.thesis, *idea.risks, idea.invalidation]
        every += tuple(key for sentence in parts for key in sentence.citations)
        whole = _evidence(brief, documents, every, *(s.calculation for s in parts))
        for figure in whole.missing(idea.title):
            yield Violation("2.figure", f"ideas[{i}].title", f"{figure.text!r} is in no quote")
        for figure in whole.missing(idea.horizon):
            yield Violation(
                "2.horizon", f"ideas[{i}].horizon", f"{figure.text!r} is in no quote", "warning"
            )


def _copy_violations(brief: Brief, documents: Documents) -> Iterator[Violation]:
    """Invariant 4: near-identical documents have one origin, and unlike ones do not."""
    cited: dict[str, PublishedCitation] = {}
    for citation in brief.citations.values():
        first = cited.setdefault(citation.document_id, citation)
        if first.origin_id != citation.origin_id:
            yield Violation("4.origin", "citations", f"{citation.document_id} has two origins")
    ids = sorted(cited)
    for n, a in enumerate(ids):
        for b in ids[n + 1 :]:
            left, right = _text(documents, a), _text(documents, b)
            if left is None or right is None:
                continue
            shared = overlap(left, right)
            same = cited[a].origin_id == cited[b].origin_id
            if shared >= _COPY and not same:
                yield Violation("4.origin", "citations", f"{a} and {b} are copies ({shared:.2f})")
            elif shared <= _UNLIKE and same:
                yield Violation("4.origin", "citations", f"{a} and {b} are no copies", "warning")


def _as_of_violations(brief: Brief, article: str | None) -> Iterator[Violation]:
    """Invariant 5."""
    if brief.as_of is None:
        return
    for key, citation in brief.citations.items():
        if citation.document_id == article:
            continue
        if citation.published_at is None:
            yield Violation("5.undated", f"citations.{key}", f"{citation.title!r} has no date")
        elif citation.published_at[:10] > brief.as_of[:10]:
            yield Violation(
                "5.as_of", f"citations.{key}", f"{citation.published_at} is after {brief.as_of}"
            )


_CASHTAG = re.compile(
    r"(?<!\w)\$[A-Z]{1,5}\b|\b(?:NYSE|NASDAQ|Nasdaq|LSE|XETRA|HKEX):\s?[A-Z0-9.]+"
)


def _ticker_violations(brief: Brief) -> Iterator[Violation]:
    """Invariant 6."""
    words = "\n".join(normalise(c.quote) for c in brief.citations.values())
    named = [(f"exposures[{i}]", e.ticker, e.ticker_source) for i, e in enumerate(brief.exposures)]
    named += [
        (f"ideas[{i}].legs[{j}]", leg.ticker, leg.ticker_source)
        for i, idea in enumerate(brief.ideas)
        for j, leg in enumerate(idea.legs)
    ]
    for where, ticker, source in named:
        if (ticker is None) != (source is None):
            yield Violation("6.ticker", where, f"ticker {ticker!r} with source {source!r}")
        if source != "stated" or ticker is None:
            continue
        if not re.search(rf"(?<![A-Za-z0-9]){re.escape(ticker)}(?![A-Za-z0-9])", words):
            yield Violation("6.ticker", where, f"no cited quote states {ticker!r}")
    for placed in placed_sentences(brief):
        own = "\n".join(normalise(c.quote) for c in quotes(brief, placed.sentence.citations))
        for match in _CASHTAG.finditer(normalise(placed.sentence.text)):
            if match.group().lstrip("$") not in own:
                yield Violation("6.ticker", placed.where, f"{match.group()} is in no quote")
