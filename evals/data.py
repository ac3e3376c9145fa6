"""Evaluation sets: their schema, and where they are.

A set is a folder with any of `documents.jsonl`, `questions.jsonl`, `claims*.jsonl` and
`sentiment*.jsonl`, at its top or in a folder `desk` of it. Without a folder the set that comes
with the package is used (`evals/DATA.md` describes it).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.evidence import Document, Effect

__all__ = [
    "ClaimRow",
    "DatasetError",
    "Expect",
    "Question",
    "SentimentRow",
    "find",
    "load_claims",
    "load_documents",
    "load_questions",
    "load_sentiment",
    "package_data",
    "rows",
]


class DatasetError(ValueError):
    """An evaluation set is missing or not as its schema says; the message names file and row."""


class Row(BaseModel):
    """Sets of other makers carry more keys than are scored, so unknown ones are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Row):
    text: str
    numbers: tuple[str, ...] = ()
    doc_ids: tuple[str, ...] = ()


class ExpectedContradiction(Row):
    claim: str
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]


class ExpectedSentiment(Row):
    target: str | None = None
    label: Literal["negative", "neutral", "positive"]
    min: float = -1.0
    max: float = 1.0


class ExpectedExposure(Row):
    name: str
    effect: Effect


class Expect(Row):
    """What an answer must hold; keys that are absent are not scored."""

    status: str | None = None
    facts: tuple[Fact, ...] = ()
    must_cite: tuple[str, ...] = ()
    must_not_cite: tuple[str, ...] = ()
    contradictions: tuple[ExpectedContradiction, ...] = ()
    independent_sources: dict[str, int] = Field(default_factory=dict)
    sentiment: ExpectedSentiment | None = None
    exposures: tuple[ExpectedExposure, ...] = ()
    forbidden_strings: tuple[str, ...] = ()
    notes: str = ""


class Question(Row):
    id: str
    question: str
    as_of: str | None = None
    expect: Expect = Expect()

    @property
    def kind(self) -> str:
        """The word in brackets that opens the notes: plain, unanswerable, as_of, …"""
        notes = self.expect.notes
        return notes[1:].split("]")[0].split(",")[0] if notes.startswith("[") else "plain"


class ClaimRow(Row):
    id: str
    claim: str
    evidence: tuple[str, ...] = ()
    label: Literal["SUPPORTED", "REFUTED", "NEI"]
    trap: str = ""


class SentimentRow(Row):
    id: str
    text: str
    target: str | None = None
    label: Literal["negative", "neutral", "positive"]
    score: float | None = None
    min: float | None = None
    max: float | None = None


R = TypeVar("R", bound=Row)


def package_data() -> Path:
    """The folder of the set that comes with the package."""
    return Path(__file__).parent


def find(folder: Path | None, pattern: str) -> list[Path]:
    """Files of a set by pattern, at its top or under `desk`, in order of name."""
    root = folder or package_data()
    if not root.is_dir():
        raise DatasetError(f"{root} is not a folder; --data takes a folder of evaluation files")
    return sorted(root.glob(pattern)) or sorted(root.glob(f"desk/{pattern}"))


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file; blank lines are skipped. Raises DatasetError with the line."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DatasetError(f"{path}:{number}: {error}") from error
        if not isinstance(row, dict):
            raise DatasetError(f"{path}:{number}: not an object")
        found.append(row)
    return found


def _load(folder: Path | None, pattern: str, model: type[R]) -> list[R]:
    loaded: list[R] = []
    for path in find(folder, pattern):
        for row in rows(path):
            try:
                loaded.append(model.model_validate({**row, "id": str(row.get("id", ""))}))
            except ValidationError as error:
                raise DatasetError(f"{path}: row {row.get('id')!r}: {error}") from error
    return loaded


def load_questions(folder: Path | None = None) -> list[Question]:
    return _load(folder, "questions*.jsonl", Question)


def load_claims(folder: Path | None = None) -> list[ClaimRow]:
    """Empty when the set has none."""
    return _load(folder, "claims*.jsonl", ClaimRow)


def load_sentiment(folder: Path | None = None) -> list[SentimentRow]:
    return _load(folder, "sentiment*.jsonl", SentimentRow)


def load_documents(folder: Path | None = None) -> list[Document]:
    """The set's documents as stored records: `id` is the source's id, `date` and `source` are
    accepted for `published_at` and `publisher`, other keys are ignored."""
    loaded: list[Document] = []
    for path in find(folder, "documents*.jsonl"):
        for row in rows(path):
            fields = {
                "source_id": str(row["id"]) if row.get("id") is not None else None,
                "title": row.get("title") or "",
                "publisher": row.get("publisher") or row.get("source") or "",
                "author": row.get("author") or "",
                "author_kind": row.get("author_kind") or "unknown",
                "published_at": row.get("published_at") or row.get("date"),
                "url": row.get("url") or "",
                "text": row.get("text", ""),
            }
            try:
                loaded.append(Document.model_validate(fields))
            except ValidationError as error:
                raise DatasetError(f"{path}: row {row.get('id')!r}: {error}") from error
    return loaded
