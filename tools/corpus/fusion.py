"""One ranking from three: vectors, lexical passages and lexical documents.

Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): score = sum of weight / (K + rank).
The best passage of a document inherits the rank of the document (the second half of it, and so
on), which finds the right report where its passages alone say too little. Figures are in
docs/benchmarks/retrieval.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

__all__ = ["COPY", "Weights", "capped", "demoted", "fuse"]

COPY = 0.5
"""What a copy's score is multiplied with."""

Key = TypeVar("Key")


class Weights(NamedTuple):
    """Tuned once on the development queries, the same for every corpus."""

    vectors: float = 0.7
    passages: float = 0.6
    documents: float = 1.0
    k: float = 10.0


def fuse(
    vectors: Sequence[int],
    passages: Sequence[int],
    documents: Sequence[int],
    document_of: Mapping[int, int],
    weights: Weights,
) -> dict[int, float]:
    """Passage number to fused score.

    vectors, passages: passage numbers, best first; documents: document numbers, best first;
    document_of: the document of every passage that can score (those of no list included).
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for weight, ranking in ((weights.vectors, vectors), (weights.passages, passages)):
        for rank, number in enumerate(ranking, 1):
            scores[number] += weight / (weights.k + rank)
    ranks = {number: rank for rank, number in enumerate(documents, 1)}
    place: Counter[int] = Counter()
    for number in sorted(document_of, key=lambda n: (-scores[n], n)):
        document = document_of[number]
        place[document] += 1
        if document in ranks:
            # The best passage speaks for its document; the next ones must rank by themselves.
            scores[number] += weights.documents / (weights.k + ranks[document]) / place[document]
    return dict(scores)


def capped(
    ranking: Sequence[Key], document_of: Callable[[Key], int], per_document: int | None
) -> list[Key]:
    """At most `per_document` of each document, in order."""
    seen: Counter[int] = Counter()
    kept: list[Key] = []
    for key in ranking:
        document = document_of(key)
        if per_document is None or seen[document] < per_document:
            seen[document] += 1
            kept.append(key)
    return kept


def demoted(
    ranking: Sequence[tuple[Key, float]],
    is_copy: Callable[[Key, Key], bool],
    is_original: Callable[[Key], bool],
) -> list[tuple[Key, float]]:
    """Scores with copies of better-ranked entries lowered.

    An entry is compared with the first entries of their kind before it, not with other copies.
    Where one of the copies is an original (`is_original`), it takes the place and score of the
    best-ranked one.
    """
    leaders: list[int] = []
    scored: list[tuple[Key, float]] = []
    for key, score in ranking:
        leader = next((at for at in leaders if is_copy(key, scored[at][0])), None)
        if leader is None:
            leaders.append(len(scored))
            scored.append((key, score))
        elif is_original(key) and not is_original(scored[leader][0]):
            held, best = scored[leader]
            scored[leader] = (key, best)
            scored.append((held, score * COPY))
        else:
            scored.append((key, score * COPY))
    return scored
