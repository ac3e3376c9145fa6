"""BM25 over the FTS5 tables, with the statistics of what the query may read.

FTS5 finds candidates; they are scored again here because its own bm25() takes document counts
and mean length from the whole table, and a search with an as-of date must not change when a
later document is added. Okapi BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009).
"""

# ruff: noqa: S608 - only fixed fragments and question marks are put into statements

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from tools.corpus.ledger import Ledger

__all__ = ["Lexical"]

_K1, _B = 1.2, 0.75
_MOST_TERMS = 48
"""A longer query keeps its rarest terms."""

Unit = Literal["passage", "document"]


class Lexical:
    """Lexical search of one ledger; keeps statistics until the ledger's generation changes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._generation = -1
        self._frequencies: dict[tuple[Unit, int | None, str], int] = {}
        self._sizes: dict[tuple[Unit, int | None], tuple[int, float]] = {}

    def search(
        self,
        terms: Sequence[str],
        unit: Unit,
        limit: int,
        *,
        day: int | None = None,
        without: Sequence[int] = (),
        within: Sequence[int] = (),
    ) -> list[tuple[int, float]]:
        """(row number, score), best first, ties by row number.

        terms: distinct index terms, any of which may match. day: only rows dated on or before.
        without, within: document numbers left out, or the only ones looked at.
        """
        self._refresh()
        count, mean = self._size(unit, day)
        if not terms or not count:
            return []
        weights = {t: self._weight(unit, day, t, count) for t in terms}
        known = [t for t in terms if weights[t] > 0]
        known = sorted(known, key=lambda t: (-weights[t], t))[:_MOST_TERMS]
        if not known:
            return []
        document = "number" if unit == "document" else "document"
        where, values = [f"{unit}_terms MATCH ?"], [_match(known)]
        conditions: list[int] = []
        if day is not None:
            where.append("r.day <= ?")
            conditions.append(day)
        for numbers, operator in ((without, "NOT IN"), (within, "IN")):
            if numbers:
                where.append(f"r.{document} {operator} ({','.join('?' * len(numbers))})")
                conditions.extend(numbers)
        rows = self._ledger.connection.execute(
            f"SELECT r.number, r.words, f.terms FROM {unit}_terms f"
            f" JOIN {unit} r ON r.number = f.rowid WHERE {' AND '.join(where)}"
            f" ORDER BY bm25({unit}_terms), r.number LIMIT ?",
            [*values, *conditions, 3 * limit],
        )
        scored = []
        for number, length, text in rows:
            norm = _K1 * (1 - _B + _B * length / mean)
            held = ((weights[t], text.count(f" {t} ")) for t in known)
            score = sum(w * n * (_K1 + 1) / (n + norm) for w, n in held)
            scored.append((int(number), score))
        scored.sort(key=lambda row: (-row[1], row[0]))
        return scored[:limit]

    def _refresh(self) -> None:
        generation = self._ledger.generation()
        if generation != self._generation:
            self._generation = generation
            self._frequencies.clear()
            self._sizes.clear()

    def _size(self, unit: Unit, day: int | None) -> tuple[int, float]:
        key = (unit, day)
        if key not in self._sizes:
            where, values = ("", ()) if day is None else (" WHERE day <= ?", (day,))
            row = self._ledger.connection.execute(
                f"SELECT count(*), avg(words) FROM {unit}{where}", values
            ).fetchone()
            self._sizes[key] = (int(row[0]), max(float(row[1] or 0), 1.0))
        return self._sizes[key]

    def _weight(self, unit: Unit, day: int | None, term: str, count: int) -> float:
        key = (unit, day, term)
        if key not in self._frequencies:
            join, values = "", [_match([term])]
            if day is not None:
                join = f" JOIN {unit} r ON r.number = f.rowid AND r.day <= {int(day)}"
            row = self._ledger.connection.execute(
                f"SELECT count(*) FROM {unit}_terms f{join} WHERE {unit}_terms MATCH ?", values
            ).fetchone()
            self._frequencies[key] = int(row[0])
        found = self._frequencies[key]
        return math.log(1 + (count - found + 0.5) / (found + 0.5)) if found else 0.0


def _match(terms: Sequence[str]) -> str:
    """An FTS5 expression for any of the terms; quoted, so that none is read as syntax."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
