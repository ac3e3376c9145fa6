"""The citations of a gpt-researcher report.

Its prompt asks for in-text citations in APA style with a link, and for the names of the documents
at the end. A small model writes any mixture of that: links to file names, file names in brackets,
`(Harrow Street Notes, 2025)`, numbers into its list of references, or links to nowhere.
"""

from __future__ import annotations

import re
from typing import Final

from agents.evidence import Document
from evals.answers import AnswerCitation, Library
from evals.peers.documents import passage
from evals.peers.prose import Mark, references_of

__all__ = ["ReportReader"]

_LINK: Final = r"\[(?P<label{n}>[^\]\n]*)\]\((?P<target{n}>[^()\n]*)\)"
_LINKED: Final = re.compile(rf"\({_LINK.format(n=1)}\)|{_LINK.format(n=2)}")
_ROUND: Final = re.compile(r"\(([^()\n]{3,200})\)")
_SQUARE: Final = re.compile(r"\[([^\[\]\n]{1,120})\](?!\()")
_FILE: Final = re.compile(r"\b([\w-]+)\.txt\b")
_BARE: Final = re.compile(r"\b[\w-]+\.txt\b")
_YEAR: Final = re.compile(r"\b((?:19|20)\d\d)[a-z]?\b")
_AUTHOR_YEAR: Final = re.compile(
    r"^(?:see |source: |e\.g\.,? )?(?P<name>[A-Z][\w.&'’ -]+?(?: et al\.?)?),?\s+"
    r"(?:(?:19|20)\d\d[a-z]?|n\.d\.)\b"
)
_MONTH: Final = re.compile(
    r"^(?:in |on |by |from |since )?(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Q[1-4]|FY|H[12])\b",
    re.IGNORECASE,
)
_CHUNK: Final = re.compile(r"^Source: (?P<source>.*)\nTitle: .*\nContent: ", re.MULTILINE)
_SEPARATOR: Final = "\x1f"
_SUFFIXES: Final = {"cfa", "jr", "sr", "phd", "desk", "team", "bureau"}


class ReportReader:
    """Finds the marks of a report and what they cite among the documents it was given."""

    def __init__(self, report: str, context: str, library: Library) -> None:
        """context: the passages of the prompt, as `Source: FILE`, `Title:` and `Content:`."""
        self._spans = _shown(context, library)
        found = {name: library.get(name) for name in self._spans}
        self._documents = {name: d for name, d in found.items() if d is not None}
        self._references: dict[str, str] = {}
        for position, entry in enumerate(references_of(report), start=1):
            number = re.match(r"\W*(\d{1,2})[\].):]", entry)
            self._references.setdefault(number[1] if number else str(position), entry)

    def marks(self, line: str) -> list[Mark]:
        marks: list[Mark] = []
        for found in _LINKED.finditer(line):
            target = (found["target1"] or found["target2"] or "").strip()
            label = (found["label1"] or found["label2"] or "").strip()
            keys: tuple[str, ...] = (f"{target}{_SEPARATOR}{label}",)
            if found["label2"] and not self._is_mark(label) and not label.isdigit():
                # A link on words of the sentence: they stay, and only the link goes.
                cut = found.start() + 1 + len(found["label2"])
                marks += [Mark(found.start(), found.start() + 1, ()), Mark(cut, found.end(), keys)]
            else:
                marks.append(Mark(*found.span(), keys))
        for pattern in (_ROUND, _SQUARE):
            for found in pattern.finditer(line):
                keys = tuple(part for part in re.split(r"\s*;\s*", found[1]) if self._is_mark(part))
                if pattern is _SQUARE and re.fullmatch(r"\^?\d{1,2}(?:\s*,\s*\d{1,2})*", found[1]):
                    keys = tuple(re.findall(r"\d{1,2}", found[1]))
                if keys and not _inside(marks, found.start()):
                    marks.append(Mark(*found.span(), keys))
        for found in _BARE.finditer(line):
            if not _inside(marks, found.start()):
                marks.append(Mark(*found.span(), (found[0],), words=found[0]))
        return marks

    def _is_mark(self, text: str) -> bool:
        if _FILE.search(text) or re.match(r"(?:https?://|www\.|source:)", text, re.IGNORECASE):
            return True
        if _MONTH.match(text):
            return False
        return bool(_AUTHOR_YEAR.match(text)) or any(
            d.publisher and text.casefold() == d.publisher.casefold()
            for d in self._documents.values()
        )

    def cite(self, key: str, sentence: str) -> AnswerCitation:
        name = self._named(key, sentence)
        if name is None and key in self._references:
            name = self._named(self._references[key], sentence)
        if name is None:
            shown = " ".join(key.replace(_SEPARATOR, " ").split())
            return AnswerCitation(document_id=f"unknown {shown}"[:120], quote="")
        start, end = self._spans[name]
        text = self._documents[name].text
        return AnswerCitation(document_id=name, quote=text[start:end], start=start, end=end)

    def _named(self, key: str, sentence: str) -> str | None:
        """The document that a mark names: its file, else its title, publisher or author."""
        for found in _FILE.finditer(key):
            if found[1] in self._documents:
                return found[1]
        words = key.casefold()
        year = _YEAR.search(key)
        named = [
            name
            for name, document in self._documents.items()
            if any(part in words for part in _names(document))
            and (not year or not document.published_at or document.published_at[:4] == year[1])
        ]
        titled = [
            name for name in named or self._documents
            if (title := self._documents[name].title.casefold()) and title in words
        ]  # fmt: skip
        # Several texts of one publisher: the one that shares most with the sentence, which is
        # the reading that serves the peer best.
        ranked = sorted(titled or named, key=lambda n: -_shared(sentence, self._documents[n].text))
        return ranked[0] if ranked else None


def _inside(marks: list[Mark], at: int) -> bool:
    return any(mark.start <= at < mark.end for mark in marks)


def _names(document: Document) -> list[str]:
    """Names a citation may use, case-folded; surnames count for authors of two words or more."""
    names = [document.publisher, document.author]
    words = [w for w in re.findall(r"[^\W\d_]+", document.author) if w.casefold() not in _SUFFIXES]
    if len(words) > 1:
        names.append(words[-1])
    return [name.casefold() for name in names if len(name) > 3]


def _shared(sentence: str, text: str) -> float:
    words = {w for w in re.findall(r"\w+", sentence.casefold()) if len(w) > 3 or w.isdigit()}
    return len(words & set(re.findall(r"\w+", text.casefold()))) / max(1, len(words))


def _shown(context: str, library: Library) -> dict[str, tuple[int, int]]:
    """By document, the stretch of its text from the first passage of the prompt to the last."""
    heads = list(_CHUNK.finditer(context))
    spans: dict[str, tuple[int, int]] = {}
    ends = [*(head.start() for head in heads[1:]), len(context)]
    for head, end_of_shown in zip(heads, ends[: len(heads)], strict=True):
        name = head["source"].strip().removesuffix(".txt")
        document = library.get(name)
        shown = context[head.end() : end_of_shown]
        found = passage(document, shown) if document is not None else None
        if found is not None:
            start, end = spans.get(name, found)
            spans[name] = (min(start, found.start), max(end, found.end))
    return spans
