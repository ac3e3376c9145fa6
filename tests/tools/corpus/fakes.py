"""A small embedding for tests: hashed words, so that texts with common words are near."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from tools.corpus.embedding import Vectors
from tools.corpus.words import plain_words


class Words:
    """Deterministic unit vectors of word counts; counts how many texts it was given."""

    def __init__(self, identity: str = "words dim:64", dimension: int = 64) -> None:
        self.identity = identity
        self._dimension = dimension
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        vectors = np.full((len(texts), self._dimension), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in plain_words(text):
                digest = zlib.crc32(word.encode("utf-8", "surrogatepass"))
                vectors[row, digest % self._dimension] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / norms, dtype=np.float32)
