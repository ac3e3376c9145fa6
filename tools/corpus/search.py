"""A search over both stores: gather, fuse, cap, order copies behind originals."""

from __future__ import annotations

import numpy as np

from agents.evidence import Document, Passage
from agents.ports import Hit
from tools.corpus.embedding import Vectors
from tools.corpus.fusion import Weights, capped, demoted, fuse
from tools.corpus.ledger import Ledger, Stored
from tools.corpus.lexical import Lexical
from tools.corpus.origins import Origins, earliest_first
from tools.corpus.vectors import VectorStore
from tools.corpus.words import query_tokens

__all__ = ["Search"]

_CANDIDATES = 100
"""Passages taken from each ranking, and documents from theirs."""
_COPY_SIMILARITY = 0.65
"""Cosine from which two passages of one story say the same."""


class Search:
    """Searches of one corpus. Not for two threads at once: the caller holds the lock."""

    def __init__(
        self,
        ledger: Ledger,
        lexical: Lexical,
        vectors: VectorStore,
        origins: Origins,
        weights: Weights | None = None,
    ) -> None:
        self._ledger, self._lexical = ledger, lexical
        self._vectors, self._origins = vectors, origins
        self._weights = weights or Weights()
        self._origin_ids: dict[tuple[int, int | None], str] = {}
        self._generation = -1

    def run(
        self,
        query: str,
        vector: Vectors,
        *,
        k: int,
        day: int | None,
        exclude: frozenset[str],
        per_document: int | None,
    ) -> list[Hit]:
        """See `CorpusPort.search`; vector: the query's embedding, day: yyyymmdd."""
        left_out = sorted(
            n for n in (self._ledger.number(i) for i in sorted(exclude)) if n is not None
        )
        rows, scores, known = self._candidates(query, vector, day, left_out, max(_CANDIDATES, k))
        ranking = sorted(rows, key=lambda n: (-scores[n], rows[n].id))
        ranking = capped(ranking, lambda n: rows[n].document, per_document)
        # Copies move down by half their score at most: what is far below cannot come up.
        ranking = ranking[: max(4 * k, 24)]
        missing = [rows[n].id for n in ranking if rows[n].id not in known]
        known.update(self._vectors.vectors(missing))
        origins = {n: self.origin(rows[n].document, day) for n in ranking}

        def is_copy(one: int, original: int) -> bool:
            return (
                rows[one].document != rows[original].document
                and origins[one] == origins[original]
                and float(known[rows[one].id] @ known[rows[original].id]) >= _COPY_SIMILARITY
            )

        def is_original(one: int) -> bool:
            return origins[one] == ids[rows[one].document]

        ids = self._ledger.ids({rows[n].document for n in ranking})
        final = demoted([(n, scores[n]) for n in ranking], is_copy, is_original)
        final.sort(key=lambda item: (-item[1], rows[item[0]].id))
        documents: dict[int, Document] = {}
        hits: list[Hit] = []
        for number, score in final[:k]:
            row = rows[number]
            if row.document not in documents:
                documents[row.document] = self._ledger.document(row.document)
            document = documents[row.document]
            hits.append(
                Hit(
                    passage=Passage(
                        id=row.id,
                        document_id=document.id,
                        start=row.start,
                        end=row.end,
                        text=document.text[row.start : row.end],
                    ),
                    document=document,
                    origin_id=origins[number],
                    score=round(score, 6),
                    similarity=_cosine(known[row.id], vector),
                )
            )
        return hits

    def origin(self, number: int, day: int | None) -> str:
        """Document id of the earliest document of its story that a run may read."""
        generation = self._ledger.generation()
        if generation != self._generation:
            self._generation = generation
            self._origin_ids.clear()
        key = (number, day)
        if key not in self._origin_ids:
            group = [self._ledger.document(n) for n in self._origins.group(number, day)]
            self._origin_ids[key] = earliest_first(group)[0].id
        return self._origin_ids[key]

    def _candidates(
        self, query: str, vector: Vectors, day: int | None, left_out: list[int], limit: int
    ) -> tuple[dict[int, Stored], dict[int, float], dict[str, Vectors]]:
        """Passage rows and fused scores by number, and the vectors that came with them."""
        terms = query_tokens(query)
        extra = self._ledger.passages_in(left_out)
        # Chroma's filter costs ten times the search: leave it out where it would not filter.
        filters = day is not None and self._ledger.count(day) < self._ledger.count()
        known = self._vectors.nearest(vector, limit + extra, day if filters else None)
        near = {row.number: row for row in self._ledger.stored_passages(ids=list(known))}
        near = {n: row for n, row in near.items() if row.document not in left_out}
        by_vector = sorted(near, key=lambda n: (-_cosine(known[near[n].id], vector), near[n].id))
        by_vector = by_vector[:limit]
        by_words = [
            n for n, _ in self._lexical.search(terms, "passage", limit, day=day, without=left_out)
        ]
        by_document = [
            n for n, _ in self._lexical.search(terms, "document", limit, day=day, without=left_out)
        ]
        rows = {n: near[n] for n in by_vector}
        rows.update(
            (row.number, row)
            for row in self._ledger.stored_passages(numbers=[n for n in by_words if n not in rows])
        )
        # A document found by its words as a whole is shown by its best passage.
        have = {row.document for row in rows.values()}
        lacking = [n for n in by_document if n not in have]
        if lacking:
            within = self._lexical.search(
                terms, "passage", 4 * limit, day=day, within=frozenset(lacking)
            )
            added = self._ledger.stored_passages(numbers=[n for n, _ in within])
            order = {n: at for at, (n, _) in enumerate(within)}
            for row in sorted(added, key=lambda r: order[r.number]):
                if row.document not in have:
                    have.add(row.document)
                    rows[row.number] = row
        scores = fuse(
            by_vector,
            by_words,
            by_document,
            {n: row.document for n, row in rows.items()},
            self._weights,
        )
        return rows, scores, known


def _cosine(one: Vectors, other: Vectors) -> float:
    """Cosine of unit vectors, rounded so that equal texts compare equal."""
    return round(float(np.clip(one @ other, -1.0, 1.0)), 6)
