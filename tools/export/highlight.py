"""Document text cut at the edges of the quotes in it, so that a page can mark them.

Quotes may overlap or contain each other; every piece knows all the quotes it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from agents.brief import PublishedCitation
from agents.evidence import Document

__all__ = ["Piece", "highlight", "misplaced"]

# A document longer than this is shown as windows around its quotes: a page is to be read, and
# a five-megabyte article would make it unusable.
WHOLE = 60_000
WINDOW = 5_000


class Piece(NamedTuple):
    """A run of text. `keys` are the citations it is part of; `skipped` is the length of text
    that was left out (then `text` is empty)."""

    text: str
    keys: tuple[str, ...] = ()
    skipped: int = 0


def misplaced(document: Document, citations: Mapping[str, PublishedCitation]) -> list[str]:
    """Keys whose quote is not, character for character, at its offsets in the document."""
    return [
        key for key, cited in citations.items()
        if document.text[cited.start : cited.end] != cited.quote
    ]  # fmt: skip


def highlight(document: Document, citations: Mapping[str, PublishedCitation]) -> list[Piece]:
    """The document's text in order, cut where a quote begins or ends.

    citations: those of this document, by key. A quote that is not at its offsets is not marked.
    """
    wrong = set(misplaced(document, citations))
    spans = [(c.start, c.end, key) for key, c in citations.items() if key not in wrong]
    length = len(document.text)
    edges = {0, length, *(edge for start, end, _ in spans for edge in (start, end))}
    shown = _windows(length, spans)
    edges.update(edge for window in shown for edge in window)
    ordered = sorted(edges)
    pieces: list[Piece] = []
    for start, end in pairwise(ordered):
        if not any(left <= start and end <= right for left, right in shown):
            pieces.append(Piece("", skipped=end - start))
            continue
        keys = tuple(key for left, right, key in spans if left <= start and end <= right)
        pieces.append(Piece(document.text[start:end], keys))
    return pieces


def _windows(length: int, spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Which parts of a text of `length` are shown: all of it unless it is very long."""
    if length <= WHOLE:
        return [(0, length)]
    windows = [(0, min(length, WINDOW))]
    for start, end, _ in sorted(spans):
        left, right = max(0, start - WINDOW), min(length, end + WINDOW)
        if left <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(right, windows[-1][1]))
        else:
            windows.append((left, right))
    return windows
