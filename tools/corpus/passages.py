"""Passages: runs of whole sentences of one document, long enough to say something.

A passage ends at a sentence end once it holds enough, sooner at a paragraph end. A sentence is
never cut unless it is longer than anyone writes (`_LONGEST`); then it is cut at a clause, a
space, or at last between two characters that are not one grapheme.
`document.text[p.start:p.end] == p.text` holds for every passage.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from agents.evidence import Document, Passage
from agents.sentences import sentence_spans

__all__ = ["split"]

TARGET = 80
"""Size at which a passage is full, in size units: about 75 words of English prose."""
PARAGRAPH = 50
"""Size at which a paragraph end closes a passage."""
_LONGEST = 2000
"""Characters of one sentence that are kept together."""
_WIDEST = 4000
"""Characters of one passage, white space included."""
_WINDOW = 20_000
"""Characters given to the sentence splitter at once, so that its time stays linear."""

_SIZE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]|\d{1,3}|[^\W\d_]{1,12}")
_PARAGRAPH_END = regex.compile(r"(?:\r\n|\n|\r)[ \t\u00a0]*(?:\r\n|\n|\r)")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
_CUTS = (
    regex.compile(r"[;:。；：]\s*|\r?\n"),
    regex.compile(r"[,，、]\s*"),
    regex.compile(r"\s+"),
    regex.compile(r"\X"),
)


def size(text: str) -> int:
    """Length in words, near enough to what the embedding model reads: a CJK or Thai character
    counts as one, a number as one for each three digits, a word as one for each twelve letters."""
    return sum(1 for _ in _SIZE.finditer(text))


def _last_cut(text: str, start: int, low: int, high: int) -> int:
    """The best place to cut in (low, high]: after a clause, else a space, else a grapheme."""
    for cut in _CUTS:
        ends = [m.end() for m in cut.finditer(text, low, high) if m.end() < high]
        if ends:
            return max(ends)
    return high


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Parts of at most `_WINDOW` characters, cut between paragraphs where there are any."""
    start = 0
    while len(text) - start > _WINDOW:
        low, high = start + _WINDOW // 2, start + _WINDOW
        ends = [m.end() for m in _PARAGRAPH_END.finditer(text, low, high)]
        end = ends[-1] if ends else _last_cut(text, start, low, high)
        yield start, end
        start = end
    yield start, len(text)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Sentence spans in order, those over `_LONGEST` cut."""
    for left, right in _windows(text):
        for span in sentence_spans(text[left:right]):
            start, end = left + span.start, left + span.end
            while end - start > _LONGEST:
                cut = _last_cut(text, start, start + _LONGEST // 2, start + _LONGEST)
                yield start, cut
                start = cut
            if start < end:
                yield start, end


def split(document: Document, *, target: int = TARGET, paragraph: int = PARAGRAPH) -> list[Passage]:
    """The passages of a document, in order, without overlap; none when it has no words.

    target: size at which a passage is full; paragraph: size from which a paragraph end closes
    it (`size` gives the unit). Time is linear in the length of the text.
    """
    # The sentence splitter refuses lone surrogates; a stand-in keeps every offset.
    text = _SURROGATE.sub("\ufffd", document.text)
    spans: list[tuple[int, int]] = []
    start, end, held = 0, 0, 0
    for left, right in _pieces(text):
        new = max(1, size(text[left:right]))
        if held:
            closes = held >= paragraph and _PARAGRAPH_END.search(text, end, left) is not None
            # Full enough, or fuller with this sentence than it would be short without.
            overfull = held + new - target > target - held or right - start > _WIDEST
            if closes or held >= target or overfull:
                spans.append((start, end))
                held = 0
        if not held:
            start = left
        end, held = right, held + new
    if held:
        spans.append((start, end))
    return [
        Passage(document_id=document.id, start=s, end=e, text=document.text[s:e])
        for s, e in ((s, s + len(text[s:e].rstrip())) for s, e in spans)
        if s < e
    ]
