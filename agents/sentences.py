"""Sentence spans of untouched text.

Boundaries come from `sentencex` (Wikimedia, rule-based, some 240 languages); this module turns
them into exact offsets, splits at list lines and blank lines (which are boundaries in articles
whatever the punctuation), and rejoins what abbreviations of finance split ("EUR 9.7 bn. came").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sentencex import get_sentence_boundaries

__all__ = ["Span", "sentence_spans"]

_LINE = re.compile(r"[^\r\n]+")
# A wrapped line of prose goes on in the next line; a heading, list item or blank line does not.
_LIST_ITEM = re.compile(r"\s*(?:[-*•–—‣▪]|\d{1,3}[.)]|[A-Za-z][.)])\s+")
_ABBREVIATION = re.compile(r"\b(?:bn|mn|tn|m|k|approx|incl|est|No|vs|cf|ca|p\.a|Q[1-4])\.\s*$")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NUMBERING = re.compile(r"\s*(?:\d{1,3}|[A-Za-z])[.)]\s*")
_INITIALISM = (re.compile(r"\b[A-Z]\.$"), re.compile(r"[A-Z]\."))
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*\s*$")


class Span(NamedTuple):
    """Half-open [start, end) in code points, and the words there."""

    start: int
    end: int
    text: str


def _blocks(text: str) -> list[tuple[int, int]]:
    """Paragraphs, with hard-wrapped lines kept together and list lines apart."""
    blocks: list[tuple[int, int]] = []
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text)]
    previous = ""
    widest = max((end - start for start, end in lines), default=0)
    for start, end in lines:
        line = text[start:end]
        if not line.strip():
            continue
        if blocks:
            last_start, last_end = blocks[-1]
            gap = text[last_end:start]
            breaks = gap.count("\n") or gap.count("\r")
            wrapped = (
                breaks == 1
                and not _LIST_ITEM.match(line)
                and not _ENDS.search(previous)
                and 40 <= widest <= 120
                and len(previous) > 0.7 * widest
            )
            if wrapped:
                blocks[-1] = (last_start, end)
                previous = line
                continue
        blocks.append((start, end))
        previous = line
    return blocks


def _goes_on(piece: str, following: str) -> bool:
    """Whether the library split inside a sentence: after "1.", "bn." or inside "non-U.S."."""
    return bool(
        _NUMBERING.fullmatch(piece)
        or _ABBREVIATION.search(piece)
        or (_INITIALISM[0].search(piece) and _INITIALISM[1].match(following))
        or following.lstrip()[:1].islower()
    )


def sentence_spans(text: str, language: str = "en") -> list[Span]:
    """The sentences of `text`, in order, without surrounding white space.

    `text[s.start:s.end] == s.text` for each. Text without letters or digits yields none.
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        block = text[start:end]
        pieces: list[tuple[int, int]] = []
        at = 0
        # The library takes no lone surrogates; one code point for another keeps the offsets.
        for boundary in get_sentence_boundaries(language, _SURROGATE.sub("\ufffd", block)):
            # The library's own indices count bytes in some releases; its pieces are exact.
            size = len(boundary["text"])
            found, at = at, at + size
            piece = block[found:at]
            if not piece:
                continue
            if pieces and _goes_on(block[slice(*pieces[-1])], piece):
                pieces[-1] = (pieces[-1][0], found + len(piece))
            else:
                pieces.append((found, found + len(piece)))
        if not pieces or pieces[-1][1] < len(block.rstrip()):
            pieces = [*pieces, (pieces[-1][1] if pieces else 0, len(block))]
        for left, right in pieces:
            raw = block[left:right]
            words = raw.strip()
            if not any(c.isalnum() for c in words):
                continue
            offset = start + left + (len(raw) - len(raw.lstrip()))
            spans.append(Span(offset, offset + len(words), words))
    return spans
