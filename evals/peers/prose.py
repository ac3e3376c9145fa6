"""A peer's answer cut into sentences, each with the citation marks that stand in it.

Marks become single private-use characters before the text is split, so that the points and
brackets in them cannot mislead the splitter; a mark after a full stop belongs to the sentence
before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from agents.sentences import sentence_spans

__all__ = ["Mark", "Marked", "lines_of", "marked_sentences", "references_of", "without_day"]

_FIRST = 0xE000
_PRIVATE = "\ue000-\uf8ff"
_ANY = re.compile(f"[{_PRIVATE}]")
_AFTER_STOP = re.compile(rf"([.!?][\"”’')\]]*)((?:\s*[{_PRIVATE}])+)")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]{1,80}\*\*:?\s*$|[-=_*]{3,}\s*$)")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-{3,}[\s:|-]*$")
_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)])\s+|^\s*>\s?")
_REFERENCES = re.compile(
    r"^\W*(?:references?|reference list|sources?|bibliography|works cited)\W*$", re.IGNORECASE
)


class Mark(NamedTuple):
    """A citation mark at [start, end) of a line."""

    start: int
    end: int
    keys: tuple[str, ...]
    words: str = ""
    """What stays in its place, where it is part of the sentence ("Source 2 confirms")."""


class Marked(NamedTuple):
    text: str
    """Without its marks."""
    keys: tuple[str, ...]
    """Distinct, in order."""
    line: int


def _split(text: str) -> tuple[list[str], list[str]]:
    """Lines of the answer, and those of the list of references that closes it."""
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        # A list opens with its heading and runs to the end; "Sources:" may also open an answer.
        if number and _REFERENCES.match(line) and line.strip():
            return lines[:number], lines[number + 1 :]
    return lines, []


def references_of(text: str) -> list[str]:
    """The entries of the list of references that closes an answer."""
    return [line.strip() for line in _split(text)[1] if line.strip()]


def lines_of(text: str) -> list[str]:
    """The lines that say something: no headings, rules, code fences or table heads; no markup."""
    body = [line for line in _split(text)[0] if not _FENCE.match(line)]
    kept: list[str] = []
    for number, line in enumerate(body):
        head = number + 1 < len(body) and "|" in line and _RULE.match(body[number + 1])
        if head or not line.strip() or _HEADING.match(line) or _RULE.match(line):
            continue
        line = _BULLET.sub("", line)
        if line.strip().startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            line = "; ".join(cell for cell in cells if cell)
        line = re.sub(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|`|<br\s*/?>", "", line)
        line = _ANY.sub("", line).strip()
        if re.search(r"\w", line):
            kept.append(line)
    return kept


def marked_sentences(
    lines: Iterable[str], marks: Callable[[str], Iterable[Mark]]
) -> list[Marked]:
    """Sentences of the lines. marks: finds the marks of one line, in any order."""
    found: list[Marked] = []
    for number, line in enumerate(lines):
        own: list[tuple[str, ...]] = []
        parts: list[str] = []
        at = 0
        for mark in sorted(marks(line)):
            if mark.start < at or len(own) > 0xF8FF - _FIRST:
                continue  # overlaps an earlier one
            parts.append(line[at : mark.start] + mark.words)
            parts.append(chr(_FIRST + len(own)))
            own.append(mark.keys)
            at = mark.end
        joined = "".join([*parts, line[at:]])
        joined = _AFTER_STOP.sub(lambda m: re.sub(r"\s+", "", m[2]) + m[1], joined)
        for span in sentence_spans(joined):
            indices = [ord(c) - _FIRST for c in _ANY.findall(span.text)]
            keys = tuple(dict.fromkeys(key for i in indices for key in own[i]))
            text = _tidy(_ANY.sub("", span.text))
            if re.search(r"\w", text):
                found.append(Marked(text, keys, number))
            elif keys and found and found[-1].line == number:
                last = found[-1]
                found[-1] = last._replace(keys=tuple(dict.fromkeys((*last.keys, *keys))))
    return found


def _tidy(text: str) -> str:
    text = re.sub(r"\(\s*[,;]?\s*\)|\[\s*[,;]?\s*\]", "", text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
    return re.sub(r"([.!?])\1+$", r"\1", text) if not text.endswith("...") else text


def without_day(text: str, asked: str) -> str:
    """A sentence without the question's own "As of 31 July 2025", which is no claim of a source."""
    day = re.match(r"As of (\d{1,2}) (\w+) (\d{4}):", asked)
    if day is None:
        return text
    dated = rf"(?:{day[1]} {day[2]},? {day[3]}|{day[2]} {day[1]},? {day[3]})"
    opened = re.sub(rf"^as of {dated}[,:]?\s+", "", text, flags=re.IGNORECASE)
    if opened != text:
        return opened[:1].upper() + opened[1:]
    return re.sub(rf",? \(?as of {dated}\)?(?:,(?= ))?", "", text, flags=re.IGNORECASE)
