"""SQLite and Chroma kept in step, by one thread of one process at a time.

The ledger (SQLite) is the record, the vectors (Chroma) follow it. A document is `adding` or
`deleting` while the two differ, so whatever a crash leaves between them is finished when the
corpus is next opened, or next used by another process.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout

from agents.evidence import Document, Passage
from agents.ports import CorpusUnusable
from tools.corpus.embedding import Embedding, Vectors
from tools.corpus.ledger import SCHEMA_VERSION, Ledger, day_number
from tools.corpus.origins import Features, Origins
from tools.corpus.vectors import UNDATED, VectorStore

__all__ = ["Keeper", "Prepared"]


class Prepared(NamedTuple):
    """A document with everything that is written with it."""

    document: Document
    passages: list[Passage]
    terms: list[str]
    passage_terms: list[list[str]]
    features: Features
    vectors: Vectors


class Keeper:
    """The stores of one home. Use them inside `only_us`; options as for `store.Corpus`."""

    def __init__(self, home: Path, embedding: Embedding, chroma_url: str, wait: float) -> None:
        self.home = home
        self._embedding = embedding
        self._mutex = threading.RLock()
        self._dirty = False
        self._closed = False
        self._generation: int | None = None
        """The ledger's generation that this process has seen; None while opening."""
        home.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(home / "lock", timeout=wait, thread_local=False)
        with self.only_us():
            self.ledger = Ledger(home / "corpus.sqlite3")
            try:
                self.vectors = VectorStore(
                    self._check_identity(),
                    home / "chroma",
                    chroma_url,
                    {"embedding": embedding.identity, "schema_version": str(SCHEMA_VERSION)},
                )
            except BaseException:
                self.ledger.close()
                raise
            self.origins = Origins(self.ledger)
            try:
                self._repair()
                if self.vectors.count() != self.ledger.passage_count():
                    self._reconcile()
            except BaseException:
                self.close()
                raise
            self._generation = self.ledger.generation()

    def _check_identity(self) -> str:
        """The name of the vector collection, after checking that this corpus is ours to use."""
        if self.ledger.empty():
            self.ledger.create(
                collection=f"underwrite-{uuid.uuid4().hex}", embedding=self._embedding.identity
            )
        version = self.ledger.meta("schema_version")
        if version != str(SCHEMA_VERSION):
            raise CorpusUnusable(
                f"the corpus at {self.home} has version {version or 'unknown'}, this program "
                f"reads version {SCHEMA_VERSION}: use the program that made it, or delete the "
                "folder and ingest the documents again"
            )
        made_with = self.ledger.meta("embedding")
        if made_with != self._embedding.identity:
            raise CorpusUnusable(
                f"the corpus at {self.home} was made with the embedding {made_with!r}, this run "
                f"uses {self._embedding.identity!r}: set UNDERWRITE_EMBEDDING_URL as it was, or "
                "choose another UNDERWRITE_HOME and ingest the documents again"
            )
        return self.ledger.meta("collection") or ""

    # -- one at a time

    @contextmanager
    def only_us(self) -> Iterator[None]:
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
                if self._generation is not None:
                    self._catch_up()
                yield
            finally:
                self._lock.release()

    def _catch_up(self) -> None:
        generation = self.ledger.generation()
        if generation != self._generation:
            self.vectors.reopen()
            self.origins.forget()
        if self._dirty or generation != self._generation:
            self._repair()
            self._dirty = False
            self._generation = self.ledger.generation()

    def _repair(self) -> None:
        """Finish what a crash interrupted: put missing vectors, complete deletions."""
        for document_id in self.ledger.in_state("deleting"):
            self.vectors.drop_document(document_id)
            with self.ledger.transaction():
                self.ledger.remove(document_id)
        for document_id in self.ledger.in_state("adding"):
            self._put_again(document_id)
            with self.ledger.transaction():
                self.ledger.mark([document_id], "stored")

    def _put_again(self, document_id: str) -> None:
        number = self.ledger.number(document_id)
        if number is None:
            return
        passages = self.ledger.passages(document_id)
        vectors = self._embedding.embed([p.text for p in passages])
        self._put(self.ledger.document(number), passages, vectors)

    def _put(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        if passages:
            day = day_number(document.published_date) if document.published_date else UNDATED
            self.vectors.put(
                [p.id for p in passages],
                vectors,
                [document.id] * len(passages),
                [day] * len(passages),
            )

    def _reconcile(self) -> None:
        """Make the vectors those of the ledger's passages, whatever happened to either."""
        ours, theirs = self.ledger.passage_ids(), self.vectors.ids()
        self.vectors.drop(sorted(theirs - ours))
        missing = self.ledger.stored_passages(ids=sorted(ours - theirs))
        for number in sorted({row.document for row in missing}):
            self._put_again(self.ledger.document(number).id)

    def write(self, prepared: Sequence[Prepared]) -> None:
        """Store new documents, inside `only_us`: there whole or not at all."""
        if not prepared:
            return
        self._dirty = True
        with self.ledger.transaction():
            for one in prepared:
                number = self.ledger.insert(
                    one.document,
                    one.passages,
                    one.terms,
                    one.passage_terms,
                    one.features.wording,
                    Origins.sample(one.features),
                )
                self.origins.link(number, one.features)
        filled = [one for one in prepared if one.passages]
        if filled:
            rows = [(p.id, one.document) for one in filled for p in one.passages]
            self.vectors.put(
                [passage_id for passage_id, _ in rows],
                np.concatenate([one.vectors for one in filled]),
                [document.id for _, document in rows],
                [
                    day_number(document.published_date) if document.published_date else UNDATED
                    for _, document in rows
                ],
            )
        with self.ledger.transaction():
            self.ledger.mark([one.document.id for one in prepared], "stored")
        self._dirty = False
        self._generation = self.ledger.generation()

    def delete(self, document_id: str) -> bool:
        """Remove a document with its passages and vectors; False when there is none."""
        with self.only_us():
            if self.ledger.number(document_id) is None:
                return False
            self._dirty = True
            with self.ledger.transaction():
                self.ledger.mark([document_id], "deleting")
            self.vectors.drop_document(document_id)
            with self.ledger.transaction():
                self.ledger.remove(document_id)
            self.origins.forget()
            self._dirty = False
            self._generation = self.ledger.generation()
            return True

    def close(self) -> None:
        """Release files and connections. A closed corpus raises CorpusUnusable when used."""
        with self._mutex:
            if not self._closed:
                self._closed = True
                self.vectors.close()
                self.ledger.close()
