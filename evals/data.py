"""Evaluation sets: their schema, and where they are.

A set is a folder with any of `documents.jsonl`, `questions.jsonl`, `claims*.jsonl` and
`sentiment*.jsonl`, at its top or in a folder `desk` or `dev` of it. Without a folder the set that
comes with the package is used (`evals/DATA.md` describes it).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.evidence import Document, Effect
from agents.ports import BadInput

__all__ = [
    "CLAIM_FILES",
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
    "numbered_rows",
    "package_data",
    "rows",
]


class DatasetError(BadInput, ValueError):
    """An evaluation set is missing or not as its schema says; the message names file and line."""


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
    claim: str = Field(min_length=1)
    evidence: tuple[str, ...] = ()
    label: Literal["SUPPORTED", "REFUTED", "NEI", "NOT_SUPPORTED"]
    """NOT_SUPPORTED in sets of two classes: refuted or not enough, nobody says which."""
    trap: str = ""
    group: str = ""
    """The file it came from, without its ending."""


class SentimentRow(Row):
    id: str
    text: str = Field(min_length=1)
    target: str | None = None
    label: Literal["negative", "neutral", "positive"]
    score: float | None = Field(default=None, ge=-1, le=1)
    min: float | None = None
    max: float | None = None
    group: str = ""


R = TypeVar("R", bound=Row)
Expand = Callable[[dict[str, Any]], list[dict[str, Any]]]

CLAIM_FILES = ("claims*.jsonl", "claim_verification*.jsonl", "citation_quality*.jsonl")


def package_data() -> Path:
    """The folder of the set that comes with the package."""
    return Path(__file__).parent


def find(folder: Path | None, *patterns: str) -> list[Path]:
    """Files of a set by patterns, at its top or else in `desk` or `dev`, in order of name."""
    root = folder or package_data()
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        raise DatasetError(f"{root} {what}; --data takes a folder of evaluation files")
    for place in ("", "desk/", "dev/"):
        found = {path for pattern in patterns for path in root.glob(place + pattern)}
        if found:
            return sorted(found)
    return []


def numbered_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSONL file with their places, `FILE:LINE`; blank lines are skipped.

    Raises DatasetError with the place, what is wrong there and what to do.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        place = f"{path}:{number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise DatasetError(f"{place}: not UTF-8: save the file as UTF-8") from error
        except ValueError as error:
            raise DatasetError(
                f"{place}: not JSON ({error}): write one object a line, without line breaks in it"
            ) from error
        if not isinstance(row, dict):
            raise DatasetError(f"{place}: a {type(row).__name__}, not an object {{…}}")
        yield place, row


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file. Raises DatasetError with the line."""
    return [row for _, row in numbered_rows(path)]


def _wrong(place: str, error: ValidationError, schema: str) -> DatasetError:
    """What is wrong with a row, in one line for each field."""
    found = []
    for one in error.errors(include_url=False):
        name = ".".join(str(part) for part in one["loc"]) or "row"
        given = "" if one["type"] == "missing" else f", not {repr(one['input'])[:60]}"
        found.append(f"{name}: {one['msg'][0].lower()}{one['msg'][1:]}{given}")
    return DatasetError(f"{place}: {'; '.join(found)} (the schema: {schema} in evals/DATA.md)")


def _load(paths: Sequence[Path], model: type[R], schema: str, expand: Expand) -> list[R]:
    loaded: list[R] = []
    places: dict[str, str] = {}
    for path in paths:
        for place, given in numbered_rows(path):
            for row in expand(given):
                if not str(row.get("id") or ""):
                    raise DatasetError(f"{place}: no id: give each row an id of its own")
                name = str(row["id"])
                if name in places:
                    raise DatasetError(f"{place}: id {name!r} is taken by {places[name]}")
                places[name] = place
                fields = {**row, "id": name}
                if "group" in model.model_fields:
                    fields["group"] = path.stem
                try:
                    loaded.append(model.model_validate(fields))
                except ValidationError as error:
                    raise _wrong(place, error, schema) from error
    return loaded


def _as_is(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [row]


def _claim(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Sets of attribution name their evidence `references` and have two labels."""
    attribution = {"attributable": "SUPPORTED", "not attributable": "NOT_SUPPORTED"}
    label = row.get("label")
    if isinstance(label, str) and label in attribution:
        row = {**row, "label": attribution[label]}
    if "evidence" not in row and "references" in row:
        row = {**row, "evidence": row["references"]}
    return [{**row, "trap": row.get("trap") or row.get("source") or ""}]


def _entities(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A headline with a label for each entity is a row for each."""
    entities = row.get("entities")
    if not isinstance(entities, dict):
        return [row]
    return [
        {**row, "id": f"{row.get('id')} {name}", "target": name, "label": label}
        for name, label in entities.items()
    ]


def load_questions(folder: Path | None = None) -> list[Question]:
    return _load(find(folder, "questions*.jsonl"), Question, "questions", _as_is)


def load_claims(folder: Path | None = None) -> list[ClaimRow]:
    """Empty when the set has none."""
    return _load(find(folder, *CLAIM_FILES), ClaimRow, "claims", _claim)


def load_sentiment(folder: Path | None = None) -> list[SentimentRow]:
    return _load(find(folder, "sentiment*.jsonl"), SentimentRow, "sentiment", _entities)


def load_documents(folder: Path | None = None) -> list[Document]:
    """The set's documents as stored records: `id` is the source's id, `date` and `source` are
    accepted for `published_at` and `publisher`, other keys are ignored."""
    loaded: list[Document] = []
    places: dict[str, str] = {}
    for path in find(folder, "documents*.jsonl"):
        for place, row in numbered_rows(path):
            published = row.get("published_at") or row.get("date")
            fields = {
                "source_id": str(row["id"]) if row.get("id") is not None else None,
                "title": row.get("title") or "",
                "publisher": row.get("publisher") or row.get("source") or "",
                "author": row.get("author") or "",
                "author_kind": row.get("author_kind") or "unknown",
                "published_at": None if published is None else str(published),
                "url": row.get("url") or "",
                "text": row.get("text"),
            }
            name = fields["source_id"]
            if name in places:
                raise DatasetError(f"{place}: id {name!r} is taken by {places[name]}")
            if name is not None:
                places[name] = place
            try:
                loaded.append(Document.model_validate(fields))
            except ValidationError as error:
                raise _wrong(place, error, "documents") from error
    return loaded
