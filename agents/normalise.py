"""One reading of a text for matching, with the way back to the stored characters.

Nothing here is shown or stored: quotes and offsets are always those of the untouched text.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import NamedTuple

__all__ = ["Normalised", "normalise"]

_DROPPED = dict.fromkeys(
    # soft hyphen, zero-width characters, joiners, marks of trade and direction
    "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u2122\u00ae\u00a9\u2120"
)
_FOLDED = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d\u2043", "-"),
    # An em dash ends a clause; a hyphen may join a range. They stay apart.
    **dict.fromkeys("\u2014\u2015", " \u2014 "),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    "\u2044": "/",
    "\u2215": "/",
    "\u223c": "~",
    "\u2248": "~",
    "\u2243": "~",
}
_SUPERSCRIPTS = frozenset("\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079")
_BREAKS = frozenset("\r\n\u0085\u2028\u2029\x0b\x0c")


class Normalised(NamedTuple):
    """`text` for matching; character i of it came from `source[starts[i]:ends[i]]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    source: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source span of the non-empty normalised span [start, end)."""
        return self.starts[start], self.ends[end - 1]

    def position(self, source_offset: int) -> int:
        """The normalised offset at or before a source offset."""
        return max(0, bisect_right(self.starts, source_offset) - 1)


def _unit_before(source: str, at: int) -> bool:
    """Whether a superscript at `at` belongs to m² or km³ and is not a footnote mark."""
    start = at
    while start > 0 and source[start - 1].isalpha():
        start -= 1
    return source[start:at] in {"m", "km", "cm", "mm", "ft", "in", "mi"}


def _fold(source: str, at: int, cluster: str) -> str:
    first = cluster[0]
    if first in _FOLDED:
        return _FOLDED[first]
    if first in _SUPERSCRIPTS:
        return unicodedata.normalize("NFKC", first) if _unit_before(source, at) else " "
    folded = unicodedata.normalize("NFKC", cluster)
    if len(folded) > 1 and "\u2044" in folded:
        # "12½" is twelve and a half, not 121/2.
        folded = " " + folded.replace("\u2044", "/") + " "
    return folded


def normalise(text: str) -> Normalised:
    """NFKC by cluster; soft hyphens and ™ dropped; dashes and quotes folded; white space runs
    become one space, or one newline when the run holds a line break. Case is kept."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(piece: str, start: int, end: int) -> None:
        for character in piece:
            space = character.isspace()
            if space and characters and characters[-1] in " \n":
                if character == "\n":
                    characters[-1] = "\n"
                ends[-1] = max(ends[-1], end)
                continue
            characters.append(" " if space and character != "\n" else character)
            starts.append(start)
            ends.append(end)

    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if text[at] in _BREAKS:
            put("\n", at, at + 1)
            end = at + 1
        elif text[at] not in _DROPPED:
            put(_fold(text, at, text[at:end]), at, end)
        at = end
    return Normalised("".join(characters), tuple(starts), tuple(ends), text)
