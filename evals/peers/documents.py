"""The corpus as a folder of text files, which every peer reads, and the questions as put to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from agents.evidence import Document
from evals.data import Question

__all__ = ["Passage", "as_file", "citation", "header", "known_by", "passage", "wording", "write"]

_MONTHS = (
    "January February March April May June July August September October November December".split()
)


class Passage(NamedTuple):
    """Where words that a peer shows stand in the stored text, [start, end) in code points."""

    start: int
    end: int


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def header(document: Document) -> str:
    """Title, then publisher, author and day: a peer sees what the desk sees."""
    when = _day(document.published_date) if document.published_date else ""
    by = " | ".join(part for part in (document.publisher, document.author, when) if part)
    return f"{document.title}\n{by}\n\n"


def citation(document: Document) -> str:
    """A reference in MLA's order, for peers that want one beside each file."""
    when = _day(document.published_date) if document.published_date else ""
    parts = (document.author, f'"{document.title}."', document.publisher, when)
    return ", ".join(part for part in parts if part.strip('". ')) + "."


def as_file(document: Document) -> str:
    return f"{document.source_id or document.id}.txt"


def write(documents: Iterable[Document], folder: Path) -> None:
    """One file a document, line ends as stored. The folder holds nothing else afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {as_file(document): header(document) + document.text for document in documents}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            out.write(text)


def known_by(documents: Sequence[Document], as_of: str | None) -> list[Document]:
    """Documents published on or before the day; undated ones stay out of a window."""
    if as_of is None:
        return list(documents)
    last = date.fromisoformat(as_of[:10])
    return [d for d in documents if d.published_date is not None and d.published_date <= last]


def wording(question: Question) -> str:
    """The question with its day in words: no peer takes the day as a setting."""
    if question.as_of is None:
        return question.question
    return f"As of {_day(date.fromisoformat(question.as_of[:10]))}: {question.question}"


def passage(document: Document, shown: str) -> Passage | None:
    """Where a shown passage stands, white space aside and without the file's header.

    None when nothing of the document's own text is in it.
    """
    words = shown.split()
    if not words:
        return None
    found = _find(document.text, words)
    if found is None:
        # The passage may begin anywhere in the header.
        top = header(document).split()
        for skipped in range(1, min(len(top), len(words)) + 1):
            if top[len(top) - skipped :] == words[:skipped]:
                found = _find(document.text, words[skipped:])
    return found


def _find(text: str, words: Sequence[str]) -> Passage | None:
    if not words:
        return None
    found = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return Passage(*found.span()) if found else None
