"""What citations put before a reader: quotes, the text around them, and who published it when."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from agents.evidence import Document
from agents.sentences import Span, sentence_spans
from evals.answers import AnswerCitation, AnswerSentence, Library

__all__ = ["Located", "Shown", "around", "locate", "shown"]

_MONTHS = (
    "January February March April May June July August September October November December".split()
)


class Located(NamedTuple):
    """A citation held against the stored text."""

    document: Document | None
    quote: str
    span: tuple[int, int] | None
    """Where the quote stands, code points; None when it stands nowhere in the document."""
    exact: bool
    """The quote is the stored text, character for character, at its offsets where it gives them."""


class Shown(NamedTuple):
    """The evidence of some citations of one sentence."""

    quotes: tuple[str, ...]
    context: str
    """Titles and publication, then the whole cited sentences with their neighbours."""
    about: tuple[str, ...]
    """Publisher, author and date of the documents, and any calculation shown: they count as part
    of the quotes they belong to."""


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(sentence_spans(text))


def locate(citation: AnswerCitation, library: Library) -> Located:
    """Where a citation points. White space may differ from the stored text, which is not exact."""
    document = library.get(citation.document_id)
    quote = citation.quote
    if document is None or not quote.strip():
        return Located(document, quote, None, False)
    text = document.text
    if citation.start is not None and citation.end is not None:
        if text[citation.start : citation.end] == quote:
            return Located(document, quote, (citation.start, citation.end), True)
        span = _find(text, quote)
        return Located(document, quote, span, False)
    at = text.find(quote)
    if at >= 0:
        return Located(document, quote, (at, at + len(quote)), True)
    return Located(document, quote, _find(text, quote), False)


def _find(text: str, quote: str) -> tuple[int, int] | None:
    words = [re.escape(word) for word in quote.split()]
    found = re.search(r"\s+".join(words), text)
    return found.span() if found else None


def around(found: Located, neighbours: int = 1) -> tuple[str, str, str]:
    """The text before a quote, the whole sentences that hold it, and the text after it."""
    if found.document is None or found.span is None:
        return "", found.quote, ""
    spans = _sentences(found.document.text)
    inside = _holding(spans, found.span)
    if not inside:
        return "", found.quote, ""
    first, last = inside[0], inside[-1]
    before = spans[max(0, first - neighbours) : first]
    after = spans[last + 1 : last + 1 + neighbours]
    return _words(before), _words(spans[first : last + 1]), _words(after)


def shown(
    sentence: AnswerSentence,
    located: list[Located],
    chosen: Collection[int],
    *,
    neighbours: int = 1,
) -> Shown:
    """The evidence of the chosen citations (indices into `located`), and of none of the others.

    A neighbouring sentence that only a citation outside the choice quotes is left out: else taking
    a citation away would leave its words in place. A quote that is not in its document is shown as
    it is; a citation of no stored document shows nothing.
    """
    quotes: list[str] = []
    about: list[str] = []
    blocks: list[str] = []
    documents: dict[str, tuple[Document, list[int]]] = {}
    for index in sorted(chosen):
        document = located[index].document
        if document is not None:
            quotes.append(located[index].quote)
            documents.setdefault(document.id, (document, []))[1].append(index)
    for document, indices in documents.values():
        spans = _sentences(document.text)
        wanted: set[int] = set()
        loose: list[str] = []
        for index in indices:
            span = located[index].span
            inside = _holding(spans, span) if span is not None else []
            if inside:
                wanted |= set(range(inside[0] - neighbours, inside[-1] + neighbours + 1))
            else:
                loose.append(located[index].quote)
        foreign = _quoted(located, spans, document, set(range(len(located))) - set(chosen))
        own = _quoted(located, spans, document, set(chosen))
        kept = [s for i, s in enumerate(spans) if i in wanted and (i in own or i not in foreign)]
        blocks.append("\n".join(part for part in (_about(document), *loose, _words(kept)) if part))
        about += [document.publisher, document.author, (document.published_at or "")[:10],
                  _day(document)]  # fmt: skip
    if sentence.calculation and documents:
        about.append(sentence.calculation)
        blocks.append(sentence.calculation)
    return Shown(tuple(quotes), "\n\n".join(blocks), tuple(part for part in about if part))


def _holding(spans: Iterable[Span], span: tuple[int, int]) -> list[int]:
    return [i for i, s in enumerate(spans) if s.start < span[1] and span[0] < s.end]


def _quoted(
    located: list[Located], spans: Iterable[Span], document: Document, chosen: Collection[int]
) -> set[int]:
    """Sentences of a document that hold a quote of the chosen citations."""
    every = list(spans)
    return {
        i
        for index in chosen
        if (found := located[index]).span is not None
        and found.document is not None
        and found.document.id == document.id
        for i in _holding(every, found.span or (0, 0))
    }


def _words(spans: Iterable[Span]) -> str:
    return " ".join(" ".join(s.text.split()) for s in spans)


def _day(document: Document) -> str:
    day = document.published_date
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def _about(document: Document) -> str:
    by = document.publisher or document.author
    when = _day(document)
    said = " ".join(part for part in (by and f"Published by {by}", when and f"on {when}") if part)
    title = document.title.rstrip(".")
    return "\n".join(f"{part}." for part in (title, said) if part)
