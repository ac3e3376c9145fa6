"""Documents to lines: the sentences the desk may read, quote and reason about.

Text that addresses machines, page furniture and bare headings never become lines; that is where
invariant 7 (text in a document is data) begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from agents.chrome import chrome_spans
from agents.evidence import Citation, Document, Passage, cite
from agents.sentences import Span, sentence_spans
from agents.state import Line, Source
from agents.trust import addresses_machines, sponsored

__all__ = ["citation", "document_lines", "passage_lines", "source_of"]

_BULLET = re.compile(r"^(?:[-*•–—‣▪¹²³]|\d{1,3}[.)])\s+")
_DATELINE = re.compile(
    r"^(?:[A-Z][A-Z.'’-]+(?:[ /][A-Z][A-Z.'’-]+)*)"  # the place, in capitals
    r"(?:,\s+[^()\n]{0,30}?)?"
    # A wire's name may follow, a ticker may not: "ACME AG (ACM GY) - results" is a heading.
    r"(?:\s*\((?![A-Z .:]{2,12}\))[^()\n]{2,40}\))?\s+[-–—]{1,2}\s+"
    r"|^\([A-Z][^()\n]{2,40}\)\s+[-–—]{1,2}\s+"
)
_LABEL = re.compile(
    r"^(?:Investment (?:thesis|theme|case)|Figure \d+|(?:The |Key )?[Tt]akeaways?|Bottom line|"
    r"Key point|Final (?:verdict|call)|Our (?:view|take)|In short|Note)(?: \d+)?:\s+(?=[A-Z])"
)
_MINIMUM_WORDS = 3
REMEMBERED = 64
"""Texts whose readings are kept; a run reads some twenty."""
LONGEST = 1200
"""Code points; a longer "sentence" is a table or a broken extraction, no unit of evidence."""


def source_of(document: Document, origin_id: str, *, article: bool = False) -> Source:
    # Title, publisher and author stand in prompts and prose; one that gives orders is left out.
    orders = [bool(addresses_machines(t)) for t in (document.title, document.publisher,
                                                   document.author)]  # fmt: skip
    return Source(
        document_id=document.id,
        source_id=document.source_id,
        origin_id=origin_id,
        title="" if orders[0] else document.title,
        publisher="" if orders[1] else document.publisher,
        author="" if orders[2] else document.author,
        author_kind=document.author_kind,
        published_at=document.published_at,
        url=document.url,
        sponsored=_paid_for(document.text),
        instructs_machines=any(orders) or bool(_orders(document.text)),
        article=article,
    )


def _line(document: Document, passage: Passage | None, span: Span, before: str = "") -> Line | None:
    # A bullet, a dateline or a label is no part of what the sentence says.
    furniture = _BULLET.match(span.text) or _DATELINE.match(span.text) or _LABEL.match(span.text)
    start = span.start + (furniture.end() if furniture else 0)
    text = document.text[start : span.end]
    if len(text.split()) < _MINIMUM_WORDS or len(text) > LONGEST:
        return None
    if passage is None:
        passage = Passage(document_id=document.id, start=start, end=span.end, text=text)
    return Line(
        key=f"{document.id}:{start:08d}",
        document_id=document.id,
        passage=passage,
        start=start,
        end=span.end,
        text=text,
        lead=before if before.endswith("?") else "",
    )


# One document is met once for each claim that it bears on; its text is read once.
@lru_cache(maxsize=REMEMBERED)
def _orders(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((s.start, s.end) for s in addresses_machines(text))


@lru_cache(maxsize=REMEMBERED)
def _unreadable(text: str) -> tuple[tuple[int, int], ...]:
    return _orders(text) + tuple((s.start, s.end) for s in chrome_spans(text))


@lru_cache(maxsize=REMEMBERED)
def _paid_for(text: str) -> bool:
    return sponsored(text) is not None


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < right and left < end for left, right in spans)


def document_lines(document: Document) -> list[Line]:
    """All lines of a document that is not in the corpus, in text order; a passage each."""
    hidden = _unreadable(document.text)
    spans = sentence_spans(document.text)
    lines = [
        _line(document, None, span, before)
        for before, span in zip(["", *(s.text for s in spans)], spans, strict=False)
        if not _overlaps(span.start, span.end, hidden)
    ]
    return [line for line in lines if line is not None]


def passage_lines(document: Document, passages: Sequence[Passage]) -> list[Line]:
    """The lines of the given passages of a stored document, in text order, each once."""
    hidden = _unreadable(document.text)
    found: dict[str, Line] = {}
    for passage in sorted(passages, key=lambda p: p.start):
        spans = sentence_spans(passage.text)
        for before, span in zip(["", *(s.text for s in spans)], spans, strict=False):
            moved = Span(span.start + passage.start, span.end + passage.start, span.text)
            if _overlaps(moved.start, moved.end, hidden):
                continue
            line = _line(document, passage, moved, before)
            if line is not None:
                found.setdefault(line.key, line)
    return [found[key] for key in sorted(found)]


def citation(line: Line, quote: str | None = None) -> Citation:
    """The exact quote of a line, or of part of it (the whole line when the part is not in it)."""
    words = quote if quote and quote in line.text else line.text
    return cite(line.passage, words, near=line.start + line.text.find(words))
