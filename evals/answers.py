"""Answers in one neutral form, so that the same scorer reads this desk and any other system.

One JSON object per answer: `{"system", "question_id", "sentences": [{"text", "citations":
[{"document_id", "quote"}]}], "abstained", "seconds", "tokens", "error"}`. A document is named by
the id that its source gave it or by its id in the corpus; an empty `error` means it answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from agents.brief import Brief
from agents.evidence import Document, Record
from evals.data import DatasetError, rows
from evals.published import placed_sentences, quotes

__all__ = [
    "Answer",
    "AnswerCitation",
    "AnswerSentence",
    "Library",
    "Tokens",
    "answer_of_brief",
    "load_answers",
    "reason_kinds",
]


class AnswerCitation(Record):
    document_id: str
    """The source's id (`d12`) or the store's."""
    quote: str
    """The words that the system shows as evidence; a passage where it shows passages."""
    start: int | None = None
    end: int | None = None
    """Offsets of the quote in the stored text, code points, where the system gives them."""


class AnswerSentence(Record):
    text: str
    citations: tuple[AnswerCitation, ...] = ()
    where: str = ""
    """Place in the answer, for people: `summary[1]`."""
    calculation: str | None = None
    """Arithmetic that the system shows beside the sentence."""


class Tokens(Record):
    calls: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0


class Answer(Record):
    """What one system answered to one question."""

    system: str
    question_id: str
    sentences: tuple[AnswerSentence, ...] = ()
    abstained: bool = False
    """It says that it cannot answer; sentences without citations are then not scored."""
    seconds: float = Field(default=0.0, ge=0)
    tokens: Tokens = Tokens()
    dropped: tuple[str, ...] = ()
    """Why sentences were held back before publication, one entry a sentence."""
    error: str = ""
    """Why there is no answer: an answer with an error is unscored."""


class Library:
    """Stored documents by either of their ids."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_id: dict[str, Document] = {}
        for document in documents:
            self._by_id[document.id] = document
            if document.source_id:
                self._by_id[document.source_id] = document

    def get(self, document_id: str) -> Document | None:
        return self._by_id.get(document_id)


def answer_of_brief(brief: Brief, question_id: str, system: str = "underwrite") -> Answer:
    """A brief in the neutral form: each distinct sentence once, with the quotes it cites.

    The headline and the sections are taken in reading order; a sentence that stands in two
    places with the same citations counts once. Quotes are as published, not as stored.
    """
    seen: set[tuple[str, tuple[str, ...]]] = set()
    sentences: list[AnswerSentence] = []
    for placed in placed_sentences(brief):
        sentence = placed.sentence
        known = (sentence.text, sentence.citations)
        if known in seen:
            continue
        seen.add(known)
        missing = [key for key in sentence.citations if key not in brief.citations]
        cited = [
            AnswerCitation(document_id=c.document_id, quote=c.quote, start=c.start, end=c.end)
            for c in quotes(brief, sentence.citations)
        ]
        # A key that names no citation is a citation that does not resolve.
        cited += [AnswerCitation(document_id=f"unknown key {key}", quote="") for key in missing]
        sentences.append(
            AnswerSentence(
                text=sentence.text, citations=tuple(cited), where=placed.where,
                calculation=sentence.calculation,
            )
        )  # fmt: skip
    stages = brief.run.stages
    return Answer(
        system=system,
        question_id=question_id,
        sentences=tuple(sentences),
        abstained=brief.status == "insufficient_evidence",
        seconds=brief.run.seconds,
        tokens=Tokens(
            calls=sum(s.calls for s in stages),
            prompt=sum(s.prompt_tokens for s in stages),
            cached=sum(s.cached_tokens for s in stages),
            completion=sum(s.completion_tokens for s in stages),
        ),
        dropped=tuple(d.reason for d in brief.dropped),
    )


_PLACE = re.compile(r"^(?:exposure|idea): ")


def reason_kinds(reason: str) -> tuple[str, ...]:
    """The kinds of a drop's reasons, without the words that differ from case to case.

    "drops the hedge: may; 41 words" is ("drops the hedge", "length").
    """
    kinds: list[str] = []
    for part in _PLACE.sub("", reason).split("; "):
        kind = re.sub(r"\s*\(.*", "", part.split(":")[0]).strip()
        if re.fullmatch(r"\d+ words", kind):
            kind = "length"
        if re.match(r"[\"“']", kind):
            kind = "figure differs"
        if kind and kind not in kinds:
            kinds.append(kind)
    return tuple(kinds)


def load_answers(path: Path, system: str = "underwrite") -> list[Answer]:
    """Answers of a JSONL or JSON file, or of a folder of them, in order of file name.

    A file that holds a saved brief is read as the answer of `system` to the question that the
    file is named after. Raises DatasetError for anything else, with the file and what is wrong.
    """
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix in {".json", ".jsonl"})
        return [answer for file in files for answer in load_answers(file, system)]
    if not path.is_file():
        raise DatasetError(f"{path}: no such file or folder of answers")
    if path.suffix == ".jsonl":
        found: Sequence[Any] = rows(path)
    else:
        try:
            whole = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise DatasetError(f"{path}: {error}") from error
        found = whole if isinstance(whole, list) else [whole]
    return [_answer(path, number, row, system) for number, row in enumerate(found, start=1)]


def _answer(path: Path, number: int, row: Any, system: str) -> Answer:
    try:
        if isinstance(row, Mapping) and "schema_version" in row:
            return answer_of_brief(Brief.model_validate(row), path.stem, system)
        return Answer.model_validate(row)
    except ValidationError as error:
        raise DatasetError(f"{path}: answer {number}: {error}") from error
