"""How much of one text is in another, for finding rewrites without the desk's own method."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from evals.figures import normalise

__all__ = ["copies_of", "overlap"]

_SIZE = 4


@lru_cache(maxsize=512)
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", normalise(text).casefold())
    return frozenset(tuple(words[i : i + _SIZE]) for i in range(max(1, len(words) - _SIZE + 1)))


def overlap(left: str, right: str) -> float:
    """Share of the shorter text's word 4-grams that the other has, 0..1.

    Containment of Broder (1997), which finds a shortened copy where resemblance does not.
    """
    a, b = _shingles(left), _shingles(right)
    return len(a & b) / max(1, min(len(a), len(b)))


def copies_of(
    ids: Iterable[str], texts: Mapping[str, str], threshold: float = 0.4
) -> frozenset[str]:
    """`ids` and every text that overlaps one of them by at least `threshold`."""
    chosen = frozenset(i for i in ids if i in texts)
    return chosen | {
        other
        for other, text in texts.items()
        if any(overlap(text, texts[i]) >= threshold for i in chosen)
    }
