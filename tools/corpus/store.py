"""The corpus on disk: `Corpus` implements `agents.ports.CorpusPort`.

Blocking work runs in threads. The lock of the stores (`keeper`) is held for one search or one
batch; embedding, the slow part, happens outside it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from agents.evidence import Document, Passage, Record, content_id
from agents.ports import Hit
from tools.corpus import passages as passages_of
from tools.corpus.embedding import Embedding, MiniLM, Vectors
from tools.corpus.keeper import Keeper, Prepared
from tools.corpus.ledger import day_number
from tools.corpus.lexical import Lexical
from tools.corpus.origins import earliest_first, features
from tools.corpus.search import Search
from tools.corpus.words import tokens

__all__ = ["AddReport", "Corpus"]

_BATCH = 256
"""Passages that are written together."""
_REMEMBERED = 4096
"""Embeddings of queries and sentences kept in memory, 1.5 KB each."""


class AddReport(Record):
    """What `Corpus.add` did."""

    added: tuple[str, ...] = ()
    """Ids of the documents that are new, in the order given."""
    present: tuple[str, ...] = ()
    """Ids of those already stored, or given twice."""
    passages: int = 0
    """Passages written."""


class Corpus:
    """Documents and passages, searched by vectors and words together.

    home: folder of the corpus, made when missing. chroma_url: a Chroma server for the vectors;
    documents and the lexical index stay in `home`, so one home is one corpus, and each has a
    collection of its own on the server. embedding: default `MiniLM()`, loaded here. wait: seconds
    to wait for another process that is writing.

    Raises CorpusUnusable when the folder holds a corpus of another version or embedding, is
    locked for longer than `wait`, or Chroma cannot be used.
    """

    def __init__(
        self,
        home: Path,
        *,
        embedding: Embedding | None = None,
        chroma_url: str = "",
        wait: float = 120.0,
    ) -> None:
        self.home = home
        self._embedding: Embedding = embedding if embedding is not None else MiniLM()
        self._remembered: OrderedDict[str, Vectors] = OrderedDict()
        self._remembering = threading.Lock()
        self._keeper = Keeper(home, self._embedding, chroma_url, wait)
        self._ledger, self._origins = self._keeper.ledger, self._keeper.origins
        self._search = Search(
            self._ledger, Lexical(self._ledger), self._keeper.vectors, self._origins
        )

    # -- writing

    async def add(
        self,
        documents: Sequence[Document],
        progress: Callable[[int, int], None] | None = None,
    ) -> AddReport:
        """Store documents, in batches; each batch is there whole or not at all.

        A document already stored (same id) is left as it is. progress: called with the documents
        done and their total. Searches may run in between.
        """
        added: list[str] = []
        present: list[str] = []
        passages = 0
        done = 0
        batch: list[Document] = []
        size = 0
        for document in [*documents, None]:
            if document is not None:
                batch.append(document)
                size += len(document.text)
            if batch and (document is None or size >= _BATCH * 500 or len(batch) >= _BATCH):
                new, old, written = await asyncio.to_thread(self._add_batch, batch)
                added += new
                present += old
                passages += written
                done += len(batch)
                batch, size = [], 0
                if progress is not None:
                    progress(done, len(documents))
        return AddReport(added=tuple(added), present=tuple(present), passages=passages)

    def _add_batch(self, documents: Sequence[Document]) -> tuple[list[str], list[str], int]:
        with self._keeper.only_us():
            known = self._ledger.present(d.id for d in documents)
        new: dict[str, Document] = {}
        old: list[str] = []
        for document in documents:
            if document.id in known or document.id in new:
                old.append(document.id)
            else:
                new[document.id] = document
        prepared = self._prepare(list(new.values()))
        with self._keeper.only_us():
            late = self._ledger.present(new)  # another process may have been faster
            prepared = [p for p in prepared if p.document.id not in late]
            self._keeper.write(prepared)
        ids = [p.document.id for p in prepared]
        return ids, [*old, *sorted(late)], sum(len(p.passages) for p in prepared)

    def _prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Everything slow, without any lock."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        split = [passages_of.split(document) for document in documents]
        vectors = self._embedding.embed([p.text for group in split for p in group])
        prepared: list[Prepared] = []
        at = 0
        for document, group in zip(documents, split, strict=True):
            if document.ingested_at is None:
                document = document.model_copy(update={"ingested_at": now})
            part = vectors[at : at + len(group)]
            at += len(group)
            terms = [tokens(p.text) for p in group]
            whole = tokens(document.title) + [t for words in terms for t in words]
            prepared.append(Prepared(document, group, whole, terms, features(document), part))
        return prepared

    async def delete(self, document_id: str) -> bool:
        """Remove a document with its passages and vectors; False when there is none."""
        return await asyncio.to_thread(self._keeper.delete, document_id)

    def close(self) -> None:
        """Release files and connections. A closed corpus raises CorpusUnusable when used."""
        self._keeper.close()

    async def __aenter__(self) -> Corpus:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    # -- reading

    async def search(
        self,
        query: str,
        *,
        k: int = 8,
        as_of: date | None = None,
        exclude: frozenset[str] = frozenset(),
        per_document: int | None = 2,
    ) -> list[Hit]:
        """See `CorpusPort.search`. An empty query finds nothing."""
        if not query.strip() or k < 1:
            return []

        def run() -> list[Hit]:
            vector = self._embed([query])[0]
            with self._keeper.only_us():
                return self._search.run(
                    query,
                    vector,
                    k=k,
                    day=None if as_of is None else day_number(as_of),
                    exclude=exclude,
                    per_document=per_document,
                )

        return await asyncio.to_thread(run)

    async def similarity(self, texts: Sequence[str], others: Sequence[str]) -> list[list[float]]:
        def run() -> list[list[float]]:
            vectors = self._embed([*texts, *others])
            table: list[list[float]] = (vectors[: len(texts)] @ vectors[len(texts) :].T).tolist()
            return table

        return await asyncio.to_thread(run)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """Embeddings, remembered: agents compare the same sentences again and again."""
        with self._remembering:
            known = {t: self._remembered[t] for t in texts if t in self._remembered}
        missing = [t for t in dict.fromkeys(texts) if t not in known]
        if missing:
            known.update(zip(missing, self._embedding.embed(missing), strict=True))
        with self._remembering:
            for text in dict.fromkeys(texts):
                self._remembered[text] = known[text]
                self._remembered.move_to_end(text)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        if not texts:
            return np.zeros((0, 1), dtype=np.float32)
        return np.stack([known[t] for t in texts])

    async def document(self, document_id: str) -> Document | None:
        def run() -> Document | None:
            with self._keeper.only_us():
                number = self._ledger.number(document_id)
                return None if number is None else self._ledger.document(number)

        return await asyncio.to_thread(run)

    async def find(self, reference: str) -> list[Document]:
        """Documents by their id or, failing that, by the id their source gave them."""

        def run() -> list[Document]:
            with self._keeper.only_us():
                number = self._ledger.number(reference)
                numbers = [number] if number is not None else self._ledger.find(reference)
                return [self._ledger.document(n) for n in numbers]

        return await asyncio.to_thread(run)

    async def documents(
        self,
        *,
        publisher: str | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Document]:
        """Stored documents, latest first, undated last. since, until: inclusive; either leaves
        out undated documents. publisher: exact."""

        def run() -> list[Document]:
            with self._keeper.only_us():
                return self._ledger.listing(
                    publisher=publisher,
                    since=None if since is None else day_number(since),
                    until=None if until is None else day_number(until),
                    limit=limit,
                    offset=offset,
                )

        return await asyncio.to_thread(run)

    async def passages(self, document_id: str) -> list[Passage]:
        def run() -> list[Passage]:
            with self._keeper.only_us():
                return self._ledger.passages(document_id)

        return await asyncio.to_thread(run)

    async def origin(self, document: Document, as_of: date | None = None) -> str:
        """See `CorpusPort.origin`. The document itself always counts, whatever its date."""

        def run() -> str:
            day = None if as_of is None else day_number(as_of)
            with self._keeper.only_us():
                number = self._ledger.number(document.id)
                if number is not None:
                    return self._search.origin(number, day)
                kin = self._origins.foreign(document, day)
                group = [document, *(self._ledger.document(n) for n in kin)]
            return earliest_first(group)[0].id

        return await asyncio.to_thread(run)

    async def copies(self, document_id: str, as_of: date | None = None) -> list[Document]:
        """See `CorpusPort.copies`; empty when there is no such document."""

        def run() -> list[Document]:
            day = None if as_of is None else day_number(as_of)
            with self._keeper.only_us():
                number = self._ledger.number(document_id)
                if number is None:
                    return []
                group = [self._ledger.document(n) for n in self._origins.group(number, day)]
            return earliest_first(group)

        return await asyncio.to_thread(run)

    async def rewrites(self, document: Document, as_of: date | None = None) -> frozenset[str]:
        """See `CorpusPort.rewrites`."""

        def run() -> frozenset[str]:
            day = None if as_of is None else day_number(as_of)
            with self._keeper.only_us():
                number = self._ledger.number(document.id)
                if number is not None:
                    kin = self._origins.group(number, day)
                else:
                    kin = self._origins.foreign(document, day)
                return frozenset(self._ledger.document(n).id for n in kin)

        return await asyncio.to_thread(run)

    async def count(self, as_of: date | None = None) -> int:
        def run() -> int:
            with self._keeper.only_us():
                return self._ledger.count(None if as_of is None else day_number(as_of))

        return await asyncio.to_thread(run)

    async def digest(self) -> str:
        def run() -> str:
            with self._keeper.only_us():
                return content_id("cor", *self._ledger.document_ids())

        return await asyncio.to_thread(run)
