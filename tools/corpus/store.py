"""The corpus on disk: `Corpus` implements `agents.ports.CorpusPort`.

Two stores are kept in step: SQLite (`ledger`) is the record, Chroma (`vectors`) follows it. A
file lock lets one process at a time touch them, for the length of one search or one batch;
embedding, the slow part, happens outside it. Whatever a crash leaves between the two is finished
when the corpus is next opened, or next used by another process.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout

from agents.evidence import Document, Passage, Record, content_id
from agents.ports import CorpusUnusable, Hit
from tools.corpus import passages as passages_of
from tools.corpus.embedding import Embedding, MiniLM, Vectors
from tools.corpus.ledger import SCHEMA_VERSION, Ledger, day_number
from tools.corpus.lexical import Lexical
from tools.corpus.origins import Features, Origins, earliest_first, features
from tools.corpus.search import Search
from tools.corpus.vectors import UNDATED, VectorStore
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


class _Prepared(NamedTuple):
    document: Document
    passages: list[Passage]
    terms: list[str]
    passage_terms: list[list[str]]
    features: Features
    vectors: Vectors


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
        self._mutex = threading.RLock()
        self._dirty = False
        self._closed = False
        home.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(home / "lock", timeout=wait, thread_local=False)
        with self._only_us():
            self._ledger = Ledger(home / "corpus.sqlite3")
            try:
                identity = self._check_identity()
                self._store = VectorStore(
                    identity,
                    home / "chroma",
                    chroma_url,
                    {"embedding": self._embedding.identity, "schema_version": str(SCHEMA_VERSION)},
                )
            except BaseException:
                self._ledger.close()
                raise
            self._origins = Origins(self._ledger)
            self._search = Search(self._ledger, Lexical(self._ledger), self._store, self._origins)
            try:
                self._repair()
                if self._store.count() != self._ledger.passage_count():
                    self._reconcile()
            except BaseException:
                self.close()
                raise
            self._generation = self._ledger.generation()

    def _check_identity(self) -> str:
        """The name of the vector collection, after checking that this corpus is ours to use."""
        if self._ledger.empty():
            self._ledger.create(
                collection=f"underwrite-{uuid.uuid4().hex}", embedding=self._embedding.identity
            )
        version = self._ledger.meta("schema_version")
        if version != str(SCHEMA_VERSION):
            raise CorpusUnusable(
                f"the corpus at {self.home} has version {version or 'unknown'}, this program "
                f"reads version {SCHEMA_VERSION}: use the program that made it, or delete the "
                "folder and ingest the documents again"
            )
        made_with = self._ledger.meta("embedding")
        if made_with != self._embedding.identity:
            raise CorpusUnusable(
                f"the corpus at {self.home} was made with the embedding {made_with!r}, this run "
                f"uses {self._embedding.identity!r}: set UNDERWRITE_EMBEDDING_URL as it was, or "
                "choose another UNDERWRITE_HOME and ingest the documents again"
            )
        return self._ledger.meta("collection") or ""

    # -- one at a time

    @contextmanager
    def _only_us(self) -> Iterator[None]:
        """This thread of this process alone, with what other processes wrote in view."""
        with self._mutex:
            if self._closed:
                raise CorpusUnusable(f"the corpus at {self.home} was closed")
            try:
                self._lock.acquire()
            except Timeout as error:
                raise CorpusUnusable(
                    f"the corpus at {self.home} is being written by another process; waited "
                    f"{self._lock.timeout:g} seconds: try again when it has finished"
                ) from error
            try:
                if hasattr(self, "_generation"):
                    self._catch_up()
                yield
            finally:
                self._lock.release()

    def _catch_up(self) -> None:
        generation = self._ledger.generation()
        if generation != self._generation:
            self._store.reopen()
            self._origins.forget()
        if self._dirty or generation != self._generation:
            self._repair()
            self._dirty = False
            self._generation = self._ledger.generation()

    def _repair(self) -> None:
        """Finish what a crash interrupted: put missing vectors, complete deletions."""
        for document_id in self._ledger.in_state("deleting"):
            self._store.drop_document(document_id)
            with self._ledger.transaction():
                self._ledger.remove(document_id)
        for document_id in self._ledger.in_state("adding"):
            self._put_again(document_id)
            with self._ledger.transaction():
                self._ledger.mark([document_id], "stored")

    def _put_again(self, document_id: str) -> None:
        number = self._ledger.number(document_id)
        if number is None:
            return
        passages = self._ledger.passages(document_id)
        vectors = self._embedding.embed([p.text for p in passages])
        self._put(self._ledger.document(number), passages, vectors)

    def _put(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        if passages:
            day = day_number(document.published_date) if document.published_date else UNDATED
            self._store.put(
                [p.id for p in passages],
                vectors,
                [document.id] * len(passages),
                [day] * len(passages),
            )

    def _reconcile(self) -> None:
        """Make the vectors those of the ledger's passages, whatever happened to either."""
        ours, theirs = self._ledger.passage_ids(), self._store.ids()
        self._store.drop(sorted(theirs - ours))
        missing = self._ledger.stored_passages(ids=sorted(ours - theirs))
        for number in sorted({row.document for row in missing}):
            self._put_again(self._ledger.document(number).id)

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
        with self._only_us():
            known = self._ledger.present(d.id for d in documents)
        new: dict[str, Document] = {}
        old: list[str] = []
        for document in documents:
            if document.id in known or document.id in new:
                old.append(document.id)
            else:
                new[document.id] = document
        prepared = self._prepare(list(new.values()))
        with self._only_us():
            late = self._ledger.present(new)  # another process may have been faster
            prepared = [p for p in prepared if p.document.id not in late]
            self._write(prepared)
        ids = [p.document.id for p in prepared]
        return ids, [*old, *sorted(late)], sum(len(p.passages) for p in prepared)

    def _prepare(self, documents: Sequence[Document]) -> list[_Prepared]:
        """Everything slow, without any lock."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        split = [passages_of.split(document) for document in documents]
        vectors = self._embedding.embed([p.text for group in split for p in group])
        prepared: list[_Prepared] = []
        at = 0
        for document, group in zip(documents, split, strict=True):
            if document.ingested_at is None:
                document = document.model_copy(update={"ingested_at": now})
            part = vectors[at : at + len(group)]
            at += len(group)
            terms = [tokens(p.text) for p in group]
            whole = tokens(document.title) + [t for words in terms for t in words]
            prepared.append(_Prepared(document, group, whole, terms, features(document), part))
        return prepared

    def _write(self, prepared: Sequence[_Prepared]) -> None:
        if not prepared:
            return
        self._dirty = True
        with self._ledger.transaction():
            for one in prepared:
                number = self._ledger.insert(
                    one.document,
                    one.passages,
                    one.terms,
                    one.passage_terms,
                    one.features.wording,
                    Origins.sample(one.features),
                )
                self._origins.link(number, one.features)
        filled = [one for one in prepared if one.passages]
        if filled:
            rows = [(p.id, one.document) for one in filled for p in one.passages]
            self._store.put(
                [passage_id for passage_id, _ in rows],
                np.concatenate([one.vectors for one in filled]),
                [document.id for _, document in rows],
                [
                    day_number(document.published_date) if document.published_date else UNDATED
                    for _, document in rows
                ],
            )
        with self._ledger.transaction():
            self._ledger.mark([one.document.id for one in prepared], "stored")
        self._dirty = False
        self._generation = self._ledger.generation()

    async def delete(self, document_id: str) -> bool:
        """Remove a document with its passages and vectors; False when there is none."""
        return await asyncio.to_thread(self._delete, document_id)

    def _delete(self, document_id: str) -> bool:
        with self._only_us():
            if self._ledger.number(document_id) is None:
                return False
            self._dirty = True
            with self._ledger.transaction():
                self._ledger.mark([document_id], "deleting")
            self._store.drop_document(document_id)
            with self._ledger.transaction():
                self._ledger.remove(document_id)
            self._origins.forget()
            self._dirty = False
            self._generation = self._ledger.generation()
            return True

    def close(self) -> None:
        """Release files and connections. A closed corpus raises CorpusUnusable when used."""
        with self._mutex:
            if not self._closed:
                self._closed = True
                self._store.close()
                self._ledger.close()

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
            with self._only_us():
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
        with self._mutex:
            known = {t: self._remembered[t] for t in texts if t in self._remembered}
        missing = [t for t in dict.fromkeys(texts) if t not in known]
        if missing:
            known.update(zip(missing, self._embedding.embed(missing), strict=True))
        with self._mutex:
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
            with self._only_us():
                number = self._ledger.number(document_id)
                return None if number is None else self._ledger.document(number)

        return await asyncio.to_thread(run)

    async def find(self, reference: str) -> list[Document]:
        """Documents by their id or, failing that, by the id their source gave them."""

        def run() -> list[Document]:
            with self._only_us():
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
            with self._only_us():
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
            with self._only_us():
                return self._ledger.passages(document_id)

        return await asyncio.to_thread(run)

    async def origin(self, document: Document, as_of: date | None = None) -> str:
        """See `CorpusPort.origin`. The document itself always counts, whatever its date."""

        def run() -> str:
            day = None if as_of is None else day_number(as_of)
            with self._only_us():
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
            with self._only_us():
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
            with self._only_us():
                number = self._ledger.number(document.id)
                if number is not None:
                    kin = self._origins.group(number, day)
                else:
                    kin = self._origins.foreign(document, day)
                return frozenset(self._ledger.document(n).id for n in kin)

        return await asyncio.to_thread(run)

    async def count(self, as_of: date | None = None) -> int:
        def run() -> int:
            with self._only_us():
                return self._ledger.count(None if as_of is None else day_number(as_of))

        return await asyncio.to_thread(run)

    async def digest(self) -> str:
        def run() -> str:
            with self._only_us():
                return content_id("cor", *self._ledger.document_ids())

        return await asyncio.to_thread(run)
