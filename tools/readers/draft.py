"""What a reader returns before ids and overrides: the words, and what the source says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agents.evidence import AuthorKind
from agents.ports import BadInput

__all__ = ["Draft", "Reading", "RowProblem", "Unreadable"]

ErrorKind = Literal[
    "missing",
    "unsupported",
    "binary",
    "empty",
    "no_text",
    "broken",
    "encrypted",
    "too_large",
    "bad_row",
    "unreachable",
    "address_refused",
    "permission",
    "several_documents",
]


class Unreadable(BadInput):
    """One source cannot become a document; the message says what to do about it.

    One type, because a caller has one reaction (report it and go on); `kind` is for reports.
    """

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before it is stored: `text` is final, the rest may be overridden by the caller."""

    text: str
    title: str = ""
    publisher: str = ""
    author: str = ""
    author_kind: AuthorKind | None = None
    """Only when the source states it in a field of its own."""
    ai_marked: bool = False
    """The source marks the text as machine-written outside `text` and `author` (a page's byline
    that extraction leaves out)."""
    published_at: str | None = None
    """ISO date or timestamp, as `agents.evidence.parse_timestamp` accepts."""
    url: str = ""
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One row, entry or attachment that could not be read while the rest could."""

    where: str
    """What to add to the path so that a person finds it: "12" for line 12, an attachment name."""
    kind: ErrorKind
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    drafts: tuple[Draft, ...]
    problems: tuple[RowProblem, ...] = ()
