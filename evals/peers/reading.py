"""What each peer answered, from the peer's own form into the neutral one.

A mark that leads to no source the peer was shown is a citation of nothing: it stays, as a
citation of an unknown document, because its reader sees it. Where the peer itself takes such a
mark out of what it shows (paper-qa does), there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from evals.answers import Answer, AnswerCitation, AnswerSentence, Library
from evals.peers.documents import passage
from evals.peers.prose import Mark, Marked, lines_of, marked_sentences
from evals.peers.refusals import abstains
from evals.peers.reports import ReportReader

__all__ = ["READERS", "cited", "read_gpt_researcher", "read_llamaindex", "read_paperqa"]

_NUMBERS: Final = r"(?:[Ss]ources?\s*)?\d{1,2}"
_BRACKETED: Final = re.compile(
    rf"[\[【(]\^?\s*({_NUMBERS}(?:\s*(?:,|;|&|-|–|and)\s*(?:and\s+)?\^?{_NUMBERS})*)\s*[\]】)]"
)
# A list in running text ends in "and": in "Source 4, 83% of …" the second number is no source.
_NAMED: Final = re.compile(
    r"\b[Ss]ources?\s+\d{1,2}\b(?!%)"
    r"(?:(?:\s*,\s*(?:[Ss]ource\s+)?\d{1,2}\b)*\s*,?\s*(?:and|&)\s*(?:[Ss]ource\s+)?\d{1,2}\b(?!%))?"
)
_KEYED: Final = re.compile(
    r"\(?\s*\bpqac-[a-zA-Z0-9]{8}\b(?:[\s,;]*(?:and\s+)?pqac-[a-zA-Z0-9]{8}\b)*\s*\)?"
)

Cite = Callable[[str, str], AnswerCitation | None]
"""A mark's key and its sentence to what it cites; None where the peer shows nothing."""


def cited(document_id: str, shown: str, library: Library) -> AnswerCitation:
    """A citation of a shown passage: the stored words where it is found in the document."""
    document = library.get(document_id)
    found = passage(document, shown) if document is not None else None
    if document is None or found is None:
        return AnswerCitation(document_id=document_id, quote=shown.strip())
    return AnswerCitation(
        document_id=document_id, quote=document.text[found.start : found.end],
        start=found.start, end=found.end,
    )  # fmt: skip


def _answer(
    system: str, question_id: str, marked: Sequence[Marked], cite: Cite
) -> Answer:
    sentences: list[AnswerSentence] = []
    for number, sentence in enumerate(marked):
        found = [cite(key, sentence.text) for key in sentence.keys]
        distinct = tuple(dict.fromkeys(c for c in found if c is not None))
        sentences.append(
            AnswerSentence(text=sentence.text, citations=distinct, where=f"sentence[{number}]")
        )
    return Answer(
        system=system,
        question_id=question_id,
        sentences=tuple(sentences),
        abstained=abstains([sentence.text for sentence in sentences]),
    )


def _expanded(numbers: str) -> tuple[str, ...]:
    """`1, 3-5` to its numbers."""
    found: list[str] = []
    for first, last in re.findall(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?", numbers):
        high = int(last) if last and int(first) <= int(last) <= int(first) + 20 else int(first)
        found += [str(n) for n in range(int(first), high + 1)]
    return tuple(found)


def _numbered(line: str, names: Mapping[str, str]) -> list[Mark]:
    marks: list[Mark] = []
    for found in _BRACKETED.finditer(line):
        bare = found[0].startswith("(") and "ource" not in found[0]
        if not bare:  # "(3)" numbers a point of a list as often as a source
            marks.append(Mark(*found.span(), _expanded(found[1])))
    taken = [(mark.start, mark.end) for mark in marks]
    for found in _NAMED.finditer(line):
        if not any(start <= found.start() < end for start, end in taken):
            keys = _expanded(found[0])
            known = list(dict.fromkeys(names[key] for key in keys if key in names))
            words = " and ".join([", ".join(known[:-1]), known[-1]] if known[1:] else known)
            marks.append(Mark(*found.span(), keys, words=words or found[0]))
    return marks


def read_llamaindex(question_id: str, raw: Mapping[str, Any], library: Library) -> Answer:
    """`[n]`, `[n, m]` and "Source n" name the numbered sources of the prompt.

    In running text the source's publisher takes the place of "Source n", as its reader would read.
    """
    sources = {
        str(number): (str(row["document"]), re.sub(r"^Source \d+:\n", "", str(row["text"])))
        for number, row in enumerate(raw["sources"], start=1)
    }

    documents = {key: library.get(name) for key, (name, _) in sources.items()}
    names = {key: d.publisher for key, d in documents.items() if d is not None and d.publisher}

    def cite(key: str, sentence: str) -> AnswerCitation:
        if key not in sources:
            return AnswerCitation(document_id=f"unknown source {key}", quote="")
        return cited(*sources[key], library)

    marked = marked_sentences(lines_of(str(raw["answer"])), lambda line: _numbered(line, names))
    return _answer("llamaindex", question_id, marked, cite)


def read_paperqa(question_id: str, raw: Mapping[str, Any], library: Library) -> Answer:
    """Keys of contexts stand in brackets; a key of no context is taken out before it is shown."""
    contexts = {str(row["id"]): row for row in raw["contexts"]}

    def cite(key: str, sentence: str) -> AnswerCitation | None:
        row = contexts.get(key)
        return cited(str(row["document"]), str(row["text"]), library) if row else None

    def marks(line: str) -> list[Mark]:
        return [
            Mark(*found.span(), tuple(re.findall(r"pqac-[a-zA-Z0-9]{8}", found[0])))
            for found in _KEYED.finditer(line)
        ]

    marked = marked_sentences(lines_of(str(raw["raw_answer"] or raw["answer"])), marks)
    return _answer("paperqa", question_id, marked, cite)


def read_gpt_researcher(question_id: str, raw: Mapping[str, Any], library: Library) -> Answer:
    """Links, file names, `(Author, year)` and numbers of the list of references.

    Its prompt asks for a citation "at the end of the sentence or paragraph", so marks that stand
    in a paragraph's last sentence only are those of all its sentences.
    """
    reader = ReportReader(str(raw["report"]), str(raw["context"]), library)
    marked = marked_sentences(lines_of(str(raw["report"])), reader.marks)
    return _answer("gpt_researcher", question_id, _by_paragraph(marked), reader.cite)


def _by_paragraph(marked: Sequence[Marked]) -> list[Marked]:
    lines: dict[int, list[Marked]] = {}
    for sentence in marked:
        lines.setdefault(sentence.line, []).append(sentence)
    spread: list[Marked] = []
    for sentences in lines.values():
        *before, last = sentences
        shared = last.keys if not any(sentence.keys for sentence in before) else ()
        spread += [sentence._replace(keys=sentence.keys or shared) for sentence in sentences]
    return spread


READERS: Final[Mapping[str, Callable[[str, Mapping[str, Any], Library], Answer]]] = {
    "llamaindex": read_llamaindex,
    "paperqa": read_paperqa,
    "gpt_researcher": read_gpt_researcher,
}
