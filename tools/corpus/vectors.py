"""Passage vectors in Chroma: a folder of this machine, or a server by URL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from agents.ports import CorpusUnusable
from tools.corpus.embedding import Vectors

__all__ = ["UNDATED", "VectorStore"]

UNDATED = 99_999_999
"""Day of an undated document: after every as-of date, so that the filter leaves it out."""

# Exact enough that the top of a list does not depend on the graph: recall of the first 100 among
# 15,000 passages is 0.98 and more (docs/benchmarks/corpus.md).
_HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 200,
    "max_neighbors": 32,
    "ef_search": 1000,
}
_PAGE = 2000


class VectorStore:
    """One collection. Raises CorpusUnusable when Chroma cannot be reached or read.

    folder: used when url is empty; Chroma's embedded client is safe for one process at a time,
    so the caller holds a lock and calls `reopen` after another process wrote.
    """

    def __init__(self, name: str, folder: Path, url: str, facts: dict[str, str]) -> None:
        self._name, self._folder, self._url, self._facts = name, folder, url, facts
        self._open()

    def _open(self) -> None:
        settings = Settings(anonymized_telemetry=False)
        try:
            if self._url:
                parts = urlsplit(self._url if "//" in self._url else f"http://{self._url}")
                secure = parts.scheme == "https"
                self._client: Any = chromadb.HttpClient(
                    host=parts.hostname or "localhost",
                    port=parts.port or (443 if secure else 8000),
                    ssl=secure,
                    settings=settings,
                )
            else:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._client = chromadb.PersistentClient(path=self._folder, settings=settings)
            self._collection = self._get_or_create()
        except CorpusUnusable:
            raise
        except Exception as error:  # Chroma raises plain ValueError and its own Rust errors here
            where = f"{self._url} (UNDERWRITE_CHROMA_URL)" if self._url else str(self._folder)
            raise CorpusUnusable(
                f"the vector store at {where} cannot be opened: {error}"
            ) from error

    def _get_or_create(self) -> Any:
        try:
            collection = self._client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return self._client.create_collection(
                self._name,
                metadata=dict(self._facts),
                configuration={"hnsw": _HNSW},
                embedding_function=None,
            )
        held = collection.metadata or {}
        if any(held.get(key) != value for key, value in self._facts.items()):
            raise CorpusUnusable(
                f"the vector collection {self._name} was made with {held}, not {self._facts}"
            )
        return collection

    def reopen(self) -> None:
        """See what another process wrote."""
        if not self._url:
            self.close()
            self._open()

    def close(self) -> None:
        self._client.close()

    def put(
        self, ids: Sequence[str], vectors: Vectors, documents: Sequence[str], days: Sequence[int]
    ) -> None:
        """Write vectors; those already there are replaced."""
        batch = min(_PAGE, self._client.get_max_batch_size())
        for at in range(0, len(ids), batch):
            cut = slice(at, at + batch)
            self._collection.upsert(
                ids=list(ids[cut]),
                embeddings=vectors[cut],
                metadatas=[
                    {"document": document, "day": day}
                    for document, day in zip(documents[cut], days[cut], strict=True)
                ],
            )

    def drop_document(self, document_id: str) -> None:
        self._collection.delete(where={"document": document_id})

    def drop(self, ids: Sequence[str]) -> None:
        for at in range(0, len(ids), _PAGE):
            self._collection.delete(ids=list(ids[at : at + _PAGE]))

    def count(self) -> int:
        return int(self._collection.count())

    def ids(self) -> set[str]:
        found: set[str] = set()
        while True:
            page = self._collection.get(limit=_PAGE, offset=len(found), include=[])["ids"]
            found.update(page)
            if len(page) < _PAGE:
                return found

    def nearest(self, vector: Vectors, limit: int, day: int | None) -> dict[str, Vectors]:
        """Passage id to vector of about the `limit` nearest; day: dated on or before it."""
        try:
            reply = self._collection.query(
                query_embeddings=vector[None, :],
                n_results=limit,
                where=None if day is None else {"day": {"$lte": day}},
                include=["embeddings"],
            )
        except ChromaError as error:
            raise CorpusUnusable(f"vector search failed: {error}") from error
        vectors = np.asarray(reply["embeddings"][0], dtype=np.float32)
        return dict(zip(reply["ids"][0], vectors, strict=True))

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Stored vectors by passage id."""
        if not ids:
            return {}
        reply = self._collection.get(ids=list(ids), include=["embeddings"])
        vectors = np.asarray(reply["embeddings"], dtype=np.float32)
        return dict(zip(reply["ids"], vectors, strict=True))
