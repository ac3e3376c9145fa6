# ruff: noqa: S608 - only fixed fragments and question marks are put into statements
"""BM25 over the FTS5 tables, with the statistics of what the query may read.

FTS5 keeps the postings; they are read through fts5vocab and scored here, because FTS5's own
bm25() takes document counts and mean length from the whole table, and a search with an as-of
date must not change when a later document is added. Okapi BM25 with k1 = 1.2 and b = 0.75
(Robertson and Zaragoza 2009), exact: every row that holds a term is scored.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Literal

from tools.corpus.ledger import Ledger

__all__ = ["Lexical"]

_K1, _B = 1.2, 0.75
_READ_TERMS, _MOST_TERMS = 128, 48
"""Of a long query the first terms are read, and the rarest of these are used."""

Unit = Literal["passage", "document"]


class Lexical:
    """Lexical search of one ledger; keeps its sizes until the ledger's generation changes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._generation = -1
        self._sizes: dict[tuple[Unit, int | None], tuple[int, float]] = {}

    def search(
        self,
        terms: Sequence[str],
        unit: Unit,
        limit: int,
        *,
        day: int | None = None,
        without: Collection[int] = (),
        within: Collection[int] | None = None,
    ) -> list[tuple[int, float]]:
        """(row number, score), best first, ties by row id, whatever the order of adding.

        terms: distinct index terms, any of which may match. day: only rows dated on or before
        it, in the statistics too. without, within: document numbers left out, or the only ones
        looked at.
        """
        count, mean = self._size(unit, day)
        if not count:
            return []
        weighted = []
        for term in terms[:_READ_TERMS]:
            if postings := self._postings(unit, term, day):
                found = len(postings)
                weight = math.log(1 + (count - found + 0.5) / (found + 0.5))
                weighted.append((weight, term, postings))
        weighted.sort(key=lambda one: (-one[0], one[1]))
        scores: defaultdict[int, float] = defaultdict(float)
        ids: dict[int, str] = {}
        for weight, _, postings in weighted[:_MOST_TERMS]:
            for number, identity, document, length, times in postings:
                if document not in without and (within is None or document in within):
                    ids[number] = identity
                    norm = _K1 * (1 - _B + _B * length / mean)
                    scores[number] += weight * times * (_K1 + 1) / (times + norm)
        return sorted(scores.items(), key=lambda row: (-row[1], ids[row[0]]))[:limit]

    def _postings(
        self, unit: Unit, term: str, day: int | None
    ) -> list[tuple[int, str, int, int, int]]:
        """(number, id, document number, length in terms, occurrences) of the rows with a term."""
        document = "number" if unit == "document" else "document"
        dated = "" if day is None else " AND r.day <= ?"
        rows = self._ledger.connection.execute(
            f"SELECT r.number, r.id, r.{document}, r.words, count(*) FROM {unit}_vocabulary v"
            f" JOIN {unit} r ON r.number = v.doc WHERE v.term = ?{dated} GROUP BY v.doc",
            (term,) if day is None else (term, day),
        )
        return rows.fetchall()

    def _size(self, unit: Unit, day: int | None) -> tuple[int, float]:
        """How many rows there are and their mean length."""
        generation = self._ledger.generation()
        if generation != self._generation:
            self._generation = generation
            self._sizes.clear()
        key = (unit, day)
        if key not in self._sizes:
            dated = "" if day is None else " WHERE day <= ?"
            row = self._ledger.connection.execute(
                f"SELECT count(*), avg(words) FROM {unit}{dated}", () if day is None else (day,)
            ).fetchone()
            self._sizes[key] = (int(row[0]), max(float(row[1] or 0), 1.0))
        return self._sizes[key]
