"""The SQLite file of a corpus: documents, passages, the lexical index, fingerprints and states.

It is the record of what the corpus holds. Vectors live in Chroma and follow it: a document is
`adding` until its vectors are there and `deleting` until they are gone, so what a crash left
between the two stores can be seen, and finished, at the next opening.
"""

# ruff: noqa: S608 - only fixed fragments and question marks are put into statements

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

from agents.evidence import Document, Passage
from agents.ports import CorpusUnusable

__all__ = ["SCHEMA_VERSION", "Ledger", "Stored", "day_number"]

SCHEMA_VERSION = 1
"""Raise it when the tables, the passages or the index terms change."""

State = Literal["adding", "stored", "deleting"]

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('adding', 'stored', 'deleting')),
    day INTEGER,              -- yyyymmdd in UTC, NULL when unknown
    published_at TEXT,
    publisher BLOB NOT NULL,  -- UTF-8; text of any kind is kept, lone surrogates too
    source_id BLOB,
    words INTEGER NOT NULL,   -- index terms, for BM25
    wording BLOB NOT NULL,    -- digest of the folded words: equal for verbatim copies
    sample INTEGER NOT NULL,  -- rows in shingle
    record BLOB NOT NULL      -- the whole document, JSON, zlib
);
CREATE INDEX document_day ON document (day);
CREATE INDEX document_wording ON document (wording);
CREATE TABLE passage (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES document (number),
    day INTEGER,
    words INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL
);
CREATE INDEX passage_document ON passage (document);
CREATE VIRTUAL TABLE document_terms USING fts5 (terms, tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE passage_terms USING fts5 (terms, tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE document_vocabulary USING fts5vocab (document_terms, instance);
CREATE VIRTUAL TABLE passage_vocabulary USING fts5vocab (passage_terms, instance);
CREATE TABLE shingle (
    hash INTEGER NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (hash, document)
) WITHOUT ROWID;
CREATE INDEX shingle_document ON shingle (document);
CREATE TABLE kin (
    document INTEGER NOT NULL,
    other INTEGER NOT NULL,
    PRIMARY KEY (document, other)
) WITHOUT ROWID;
"""


class Stored(NamedTuple):
    """A passage row and the document it is in."""

    number: int
    id: str
    document: int
    start: int
    end: int


def day_number(day: date) -> int:
    """2025-03-12 as 20250312, which compares as dates do."""
    return day.year * 10_000 + day.month * 100 + day.day


def _blob(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _storable(text: str) -> bool:
    """False for lone surrogates, which SQLite refuses as text."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _pack(document: Document) -> bytes:
    # ASCII JSON: escapes keep every code point, also those that UTF-8 refuses.
    return zlib.compress(json.dumps(document.model_dump(mode="python")).encode("ascii"), 6)


def _unpack(record: bytes) -> Document:
    return Document.model_validate(json.loads(zlib.decompress(record)))


class Ledger:
    """One connection, used by one thread at a time. Writes happen in `transaction`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.connection = sqlite3.connect(
            path, timeout=60, isolation_level=None, check_same_thread=False
        )
        try:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.execute("PRAGMA cache_size = -32000")
        except sqlite3.DatabaseError as error:
            self.connection.close()
            raise CorpusUnusable(
                f"{path} is not a corpus ({error}): move it away or set UNDERWRITE_HOME elsewhere"
            ) from error

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; raises `generation` so that other processes notice."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute(
                "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
            )
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # -- what it is

    def empty(self) -> bool:
        """True for a file without tables: a corpus to be made."""
        return not self.connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()

    def create(self, **meta: str) -> None:
        """Make the tables and write the given facts, all or nothing."""
        values = {"schema_version": str(SCHEMA_VERSION), "generation": "0", **meta}
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _SCHEMA.split(";\n"):
                self.connection.execute(statement)
            self.connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def meta(self, key: str) -> str | None:
        """A fact about the corpus; None when it has none, or the file is of another kind."""
        try:
            row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        except sqlite3.OperationalError:
            return None
        return str(row[0]) if row else None

    def generation(self) -> int:
        """Grows with every write of any process."""
        return int(self.meta("generation") or 0)

    # -- writing, inside `transaction`

    def insert(
        self,
        document: Document,
        passages: Sequence[Passage],
        terms: Sequence[str],
        passage_terms: Sequence[Sequence[str]],
        wording: bytes,
        shingles: Sequence[int],
    ) -> int:
        """Write a document as `adding`. Returns its number."""
        day = day_number(document.published_date) if document.published_date else None
        cursor = self.connection.execute(
            "INSERT INTO document (id, state, day, published_at, publisher, source_id, words,"
            " wording, sample, record) VALUES (?, 'adding', ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                day,
                document.published_at,
                _blob(document.publisher),
                None if document.source_id is None else _blob(document.source_id),
                len(terms),
                wording,
                len(shingles),
                _pack(document),
            ),
        )
        number = int(cursor.lastrowid or 0)
        self.connection.execute(
            "INSERT INTO document_terms (rowid, terms) VALUES (?, ?)", (number, " ".join(terms))
        )
        for passage, words in zip(passages, passage_terms, strict=True):
            cursor = self.connection.execute(
                "INSERT INTO passage (id, document, day, words, start, end)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (passage.id, number, day, len(words), passage.start, passage.end),
            )
            self.connection.execute(
                "INSERT INTO passage_terms (rowid, terms) VALUES (?, ?)",
                (cursor.lastrowid, " ".join(words)),
            )
        self.connection.executemany(
            "INSERT OR IGNORE INTO shingle VALUES (?, ?)", ((h, number) for h in shingles)
        )
        return number

    def mark(self, ids: Sequence[str], state: State) -> None:
        self.connection.executemany(
            "UPDATE document SET state = ? WHERE id = ?", ((state, i) for i in ids)
        )

    def remove(self, document_id: str) -> None:
        """Forget a document and all that hangs on it."""
        number = self.number(document_id)
        if number is None:
            return
        execute = self.connection.execute
        execute(
            "DELETE FROM passage_terms WHERE rowid IN"
            " (SELECT number FROM passage WHERE document = ?)",
            (number,),
        )
        execute("DELETE FROM passage WHERE document = ?", (number,))
        execute("DELETE FROM document_terms WHERE rowid = ?", (number,))
        execute("DELETE FROM shingle WHERE document = ?", (number,))
        execute("DELETE FROM kin WHERE document = ? OR other = ?", (number, number))
        execute("DELETE FROM document WHERE number = ?", (number,))

    # -- reading

    def number(self, document_id: str) -> int | None:
        if not _storable(document_id):
            return None
        row = self.connection.execute(
            "SELECT number FROM document WHERE id = ?", (document_id,)
        ).fetchone()
        return int(row[0]) if row else None

    def present(self, ids: Iterable[str]) -> set[str]:
        return {i for i in ids if self.number(i) is not None}

    def in_state(self, state: State) -> list[str]:
        rows = self.connection.execute(
            "SELECT id FROM document WHERE state = ? ORDER BY number", (state,)
        )
        return [str(row[0]) for row in rows]

    def document(self, number: int) -> Document:
        row = self.connection.execute(
            "SELECT record FROM document WHERE number = ?", (number,)
        ).fetchone()
        return _unpack(row[0])

    def passages(self, document_id: str) -> list[Passage]:
        number = self.number(document_id)
        if number is None:
            return []
        text = self.document(number).text
        rows = self.connection.execute(
            "SELECT id, start, end FROM passage WHERE document = ? ORDER BY start", (number,)
        )
        return [
            Passage(id=i, document_id=document_id, start=s, end=e, text=text[s:e])
            for i, s, e in rows
        ]

    def stored_passages(
        self, *, ids: Sequence[str] = (), numbers: Sequence[int] = ()
    ) -> list[Stored]:
        """Passage rows by id or number, in no promised order."""
        column, keys = ("id", list(ids)) if ids else ("number", list(numbers))
        rows: list[Stored] = []
        for at in range(0, len(keys), 500):
            part = keys[at : at + 500]
            marks = ",".join("?" * len(part))
            rows.extend(
                Stored(*row)
                for row in self.connection.execute(
                    f"SELECT number, id, document, start, end FROM passage"
                    f" WHERE {column} IN ({marks})",
                    part,
                )
            )
        return rows

    def passage_ids(self) -> set[str]:
        return {str(row[0]) for row in self.connection.execute("SELECT id FROM passage")}

    def count(self, day: int | None = None) -> int:
        """Documents; with a day, the dated ones published on or before it."""
        where = "" if day is None else " WHERE day <= ?"
        row = self.connection.execute(
            f"SELECT count(*) FROM document{where}", () if day is None else (day,)
        ).fetchone()
        return int(row[0])

    def passage_count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM passage").fetchone()[0])

    def ids(self, numbers: Iterable[int]) -> dict[int, str]:
        """Document ids by number."""
        query = "SELECT id FROM document WHERE number = ?"
        return {n: str(self.connection.execute(query, (n,)).fetchone()[0]) for n in numbers}

    def passages_in(self, numbers: Sequence[int]) -> int:
        """How many passages these documents have together."""
        count = 0
        for number in numbers:
            row = self.connection.execute(
                "SELECT count(*) FROM passage WHERE document = ?", (number,)
            ).fetchone()
            count += int(row[0])
        return count

    def document_ids(self) -> list[str]:
        rows = self.connection.execute("SELECT id FROM document ORDER BY id")
        return [str(row[0]) for row in rows]

    def listing(
        self,
        *,
        publisher: str | None,
        since: int | None,
        until: int | None,
        limit: int | None,
        offset: int,
    ) -> list[Document]:
        """Documents, latest first, undated last, ties by id."""
        where, values = ["1"], list[Any]()
        if publisher is not None:
            where.append("publisher = ?")
            values.append(_blob(publisher))
        if since is not None:
            where.append("day >= ?")
            values.append(since)
        if until is not None:
            where.append("day <= ?")
            values.append(until)
        rows = self.connection.execute(
            f"SELECT record FROM document WHERE {' AND '.join(where)}"
            " ORDER BY day IS NULL, day DESC, published_at DESC, id LIMIT ? OFFSET ?",
            [*values, -1 if limit is None else limit, offset],
        )
        return [_unpack(row[0]) for row in rows]

    def find(self, source_id: str) -> list[int]:
        """Numbers of the documents with that source id."""
        rows = self.connection.execute(
            "SELECT number FROM document WHERE source_id = ? ORDER BY id", (_blob(source_id),)
        )
        return [int(row[0]) for row in rows]
