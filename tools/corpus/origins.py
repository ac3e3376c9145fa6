"""Which documents tell one story in one wording: copies and rewrites of one wire.

Candidates share sampled shingles (every fourth hash of three-word shingles, Broder 1997, kept in
the ledger): unlike a MinHash, the sample finds a short copy inside a long text. Each candidate
is then compared exactly, on three things that were chosen by reading pairs of
`docs/benchmarks/corpus.md`:

- shared wording: a rewrite keeps whole phrases; two reports of one event do not;
- replaced specifics: forms filled in anew (notices, earnings templates) share their wording but
  each has names and numbers that the other lacks, while a rewrite drops some and adds few;
- time: copies run within weeks; a series by one publisher repeats itself for years.

Links are between two documents only and dated by both, so an as-of date just hides the later
ones; an origin is the earliest document of what remains linked.
"""

# ruff: noqa: S608 - only fixed fragments and question marks are put into statements

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import regex

from agents.evidence import AuthorKind, Document
from tools.corpus.ledger import Ledger, day_number
from tools.corpus.words import plain_words

__all__ = ["Features", "Origins", "earliest_first", "features", "same_story"]

_SHINGLE = 3
_SAMPLE = 4
_SHORT = 150
"""Shingles below which a text is a notice rather than an article."""
_KEPT = 400_000
"""Shingles of recent documents kept in memory while others are added, some 100 bytes each."""

_SPECIFIC = regex.compile(r"\d[\d,.]*\d|\d|\p{L}[\p{L}\p{M}\d’'-]*")
_OPENING = frozenset(".!?:;\"“”‘'’)(-–—•*\n\r")
_DATELINE = regex.compile(r"\(([^()\n]{2,40})\)\s*[-–—]")
_CREDIT = regex.compile(
    r"(?:originally (?:published|appeared|reported) (?:by|in|on|at)|first (?:published|appeared)"
    r" (?:by|in|on|at)|source:|credit:|copyright|©)\s*(?:\d{4}\s*)?([^\n.;,()]{2,40})",
    regex.IGNORECASE,
)


class Features(NamedTuple):
    """What is compared of a document."""

    wording: bytes
    """Digest of the folded words."""
    shingles: frozenset[int]
    specifics: frozenset[str]
    """Numbers, and words capitalised inside a sentence, folded."""
    words: frozenset[str]
    publisher: str
    credits: frozenset[str]
    """Folded names that the text or the by-line credits, other than its own publisher."""
    day: int | None
    """Day of publication, yyyymmdd."""


def _fold(name: str) -> str:
    return " ".join(plain_words(name))


@lru_cache(maxsize=10_000)
def _fold_bytes(name: bytes) -> str:
    return _fold(name.decode("utf-8", "surrogatepass"))


def _apart(one: int | None, other: int | None) -> int | None:
    """Days between two days as yyyymmdd; None when either is unknown."""
    if one is None or other is None:
        return None
    first, second = (date(d // 10_000, d // 100 % 100, d % 100) for d in (one, other))
    return abs((first - second).days)


def _close(one: int | None, other: int | None) -> bool:
    apart = _apart(one, other)
    return apart is not None and apart <= 7


def _hash(words: Sequence[str]) -> int:
    digest = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big") >> 1  # SQLite integers are signed


def _specifics(text: str) -> frozenset[str]:
    found: set[str] = set()
    for match in _SPECIFIC.finditer(text):
        value = match.group()
        if value[0].isdigit():
            found.add(value.replace(",", ""))
        elif value[0].isupper():
            # A capital at the start of a sentence, a quote or a line says nothing.
            before = text[max(0, match.start() - 3) : match.start()]
            opening = before.strip(" \t\u00a0")[-1:]
            if before and opening and opening not in _OPENING:
                found.add(value.casefold().removesuffix("'s").removesuffix("’s"))
    return frozenset(found)


def features(document: Document) -> Features:
    """What `same_story` compares; time linear in the text."""
    words = plain_words(document.text)
    last = max(1, len(words) - _SHINGLE + 1) if words else 0
    publisher = _fold(document.publisher)
    credited = {_fold(document.author)}
    credited.update(_fold(m.group(1)) for m in _DATELINE.finditer(document.text[:300]))
    ends = document.text[:600] + "\n" + document.text[-600:]
    credited.update(_fold(m.group(1)) for m in _CREDIT.finditer(ends))
    day = document.published_date
    return Features(
        wording=hashlib.blake2b(
            " ".join(words).encode("utf-8", "surrogatepass"), digest_size=16
        ).digest(),
        shingles=frozenset(_hash(words[at : at + _SHINGLE]) for at in range(last)),
        specifics=_specifics(document.text),
        words=frozenset(words),
        publisher=publisher,
        credits=frozenset(c for c in credited if c and c != publisher),
        day=day_number(day) if day else None,
    )


def _credited(a: Features, b: Features) -> bool:
    """Whether one credits the other's publisher, or both credit one name."""
    return bool(
        (a.publisher and a.publisher in b.credits)
        or (b.publisher and b.publisher in a.credits)
        or (a.credits & b.credits)
    )


def same_story(a: Features, b: Features) -> bool:
    """Whether one text is a copy or a rewrite of the other."""
    if not a.words or not b.words:
        return False
    if a.wording == b.wording:
        return True
    shared = len(a.shingles & b.shingles)
    containment = shared / min(len(a.shingles), len(b.shingles))
    jaccard = shared / (len(a.shingles) + len(b.shingles) - shared)
    # In a.specifics and nowhere in b, and the other way round: a rewrite has few on one side.
    replaced = min(
        len(a.specifics - b.specifics - b.words), len(b.specifics - a.specifics - a.words)
    )
    if a.publisher and a.publisher == b.publisher:
        if min(len(a.shingles), len(b.shingles)) < _SHORT:
            # Too few specifics to tell a form from a copy: a form replaces other words as well.
            swapped = min(len(a.words - b.words), len(b.words - a.words))
            if swapped > 0.02 * min(len(a.words), len(b.words)):
                return False
        return replaced == 0 and jaccard >= (0.5 if _close(a.day, b.day) else 0.97)
    apart = _apart(a.day, b.day)
    if apart is not None and apart > 45 and jaccard < 0.8:
        return False
    fewest = min(len(a.specifics), len(b.specifics))
    own = max(0, replaced - 1) / max(fewest, 1)  # one changed figure does not make a new text
    if own > 0.25:
        return False
    # Who adds no name or number has rewritten, even in other words; the more is added, the more
    # wording must be shared. Texts with hardly any specifics are judged by their wording alone.
    least = 0.12 + 2.2 * own if fewest >= 5 else 0.45
    if _credited(a, b):
        least *= 0.6
    return containment >= least and jaccard >= 0.45 * least


def earliest_first(documents: Iterable[Document]) -> list[Document]:
    """Copies of one story in the order in which they can have come from each other.

    By day, undated last; within a day first the publisher that others credit, then agencies,
    machine-written ones last; then by time and id.
    """
    group = list(documents)
    credited: set[str] = set()
    if len(group) > 1:
        for document in group:
            credited |= features(document).credits

    def order(document: Document) -> tuple[bool, str, int, str, str]:
        rank = {AuthorKind.AGENCY: 1, AuthorKind.AI: 3}.get(document.author_kind, 2)
        if document.publisher and _fold(document.publisher) in credited:
            rank = 0
        published = document.published_at or ""
        return not published, published[:10], rank, published, document.id

    return sorted(group, key=order)


class Origins:
    """Links of near-duplicates in one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._kept = 0
        self._features: OrderedDict[int, Features] = OrderedDict()

    @staticmethod
    def sample(found: Features) -> list[int]:
        """The shingles kept in the ledger."""
        return [s for s in found.shingles if s % _SAMPLE == 0]

    def link(self, number: int, found: Features) -> None:
        """Record which stored documents tell the same story as this new one (in a transaction)."""
        self._keep(number, found)
        for other in self._kin(found, number, None):
            self._ledger.connection.executemany(
                "INSERT OR IGNORE INTO kin VALUES (?, ?)", ((number, other), (other, number))
            )

    def forget(self) -> None:
        """Drop what is kept in memory, after documents were removed."""
        self._features.clear()
        self._kept = 0

    def group(self, number: int, day: int | None) -> list[int]:
        """Numbers of the documents of one story, itself included, that a run may read."""
        return self._closure([number], day)

    def foreign(self, document: Document, day: int | None) -> list[int]:
        """Numbers of the stored documents that tell the story of a document not stored."""
        kin = self._kin(features(document), None, day)
        return self._closure(kin, day) if kin else []

    def _closure(self, seeds: Sequence[int], day: int | None) -> list[int]:
        limit = "" if day is None else " JOIN document d ON d.number = k.other AND d.day <= ?"
        rows = self._ledger.connection.execute(
            "WITH RECURSIVE story (n) AS (SELECT value FROM json_each(?) UNION"
            f" SELECT k.other FROM story JOIN kin k ON k.document = story.n{limit})"
            " SELECT n FROM story ORDER BY n",
            (json.dumps(list(seeds)), *(() if day is None else (day,))),
        )
        return [int(row[0]) for row in rows]

    def _kin(self, found: Features, number: int | None, day: int | None) -> list[int]:
        """Stored documents, dated on or before `day`, that tell the same story."""
        sample = self.sample(found)
        rows = self._ledger.connection.execute(
            "SELECT d.number, d.publisher, d.day, d.sample, s.shared, d.wording = :wording"
            " FROM (SELECT document, count(*) AS shared FROM shingle"
            " WHERE hash IN (SELECT value FROM json_each(:sample)) GROUP BY document"
            " UNION SELECT number, 0 FROM document WHERE wording = :wording) s"
            " JOIN document d ON d.number = s.document"
            " WHERE d.number IS NOT :number AND (:day IS NULL OR d.day <= :day)"
            " ORDER BY d.number",
            {
                "sample": json.dumps(sample),
                "wording": found.wording,
                "number": number,
                "day": day,
            },
        ).fetchall()
        kin: dict[int, None] = {}
        for other, publisher, other_day, size, shared, equal in rows:
            if other in kin:
                continue
            if equal:
                near = True
            elif shared < 2:
                continue
            else:
                # What the samples say, with room for their error, spares most texts a reading.
                union = len(sample) + size - shared
                if found.publisher and found.publisher == _fold_bytes(publisher):
                    least = 0.25 if _close(found.day, other_day) else 0.8
                    near = shared >= least * union
                else:
                    near = shared >= 0.05 * min(len(sample), size)
            if near and same_story(found, self._of(int(other))):
                kin[int(other)] = None
        return list(kin)

    def _of(self, number: int) -> Features:
        if number not in self._features:
            self._keep(number, features(self._ledger.document(number)))
        self._features.move_to_end(number)
        return self._features[number]

    def _keep(self, number: int, found: Features) -> None:
        self._features[number] = found
        self._kept += len(found.shingles)
        while self._kept > _KEPT and len(self._features) > 1:
            _, dropped = self._features.popitem(last=False)
            self._kept -= len(dropped.shingles)
