"""Answers kept between runs, under everything they depend on.

The key holds the model's name, the whole messages, the schema, the answer's length and the
as-of date of the run. The date is more than the messages need, but it makes "no look-ahead"
plain: an answer given in one point of time is never served in another.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.ports import ModelPort, ModelReply, ModelRequest, Usage
from tools.model.as_of import current_as_of
from tools.model.messages import request_key

__all__ = ["AnswerCache", "CachedModel"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    answer TEXT NOT NULL,
    dropped_passages INTEGER NOT NULL,
    kept_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT
"""


class AnswerCache:
    """A SQLite file of answers; threads, tasks and processes may share it.

    A file that cannot be used (damaged, read-only disk) is worth no error: the cache is then
    empty and keeps nothing, and `problem` says why.
    """

    def __init__(self, path: Path) -> None:
        self.problem: str | None = None
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit: every answer is durable and no write lock outlives its statement.
            self._connection = sqlite3.connect(
                path, timeout=10, check_same_thread=False, isolation_level=None
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def get(self, key: str) -> tuple[dict[str, Any], int] | None:
        """The answer and its dropped passages, or None."""
        rows = self._execute("SELECT answer, dropped_passages FROM answers WHERE key = ?", (key,))
        if not rows:
            return None
        answer, dropped = rows[0]
        return json.loads(answer), int(dropped)

    def put(self, key: str, answer: Mapping[str, Any], dropped_passages: int = 0) -> None:
        """Keep an answer. The first kept for a key stays: two runs must not disagree on it."""
        self._execute(
            "INSERT OR IGNORE INTO answers (key, answer, dropped_passages) VALUES (?, ?, ?)",
            (key, json.dumps(answer, ensure_ascii=True), dropped_passages),
        )

    def close(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _execute(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        with self._lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                self._give_up(error)
                return []

    def _give_up(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__}: {error}"
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class CachedModel:
    """A ModelPort that asks `inner` only what is not in the cache at `path`.

    Failures are never kept. Cached answers cost nothing and do not appear in `usage`.
    """

    def __init__(
        self,
        inner: ModelPort,
        path: Path,
        *,
        enabled: bool = True,
        adapted: ModelPort | None = None,
    ) -> None:
        """adapted: the same model with its adapter applied, where it has one."""
        self._inner = inner
        self._cache = AnswerCache(path) if enabled else None
        self.adapted: CachedModel | None = None
        """The adapted model behind the same cache."""
        if adapted is not None:
            self.adapted = CachedModel(adapted, path, enabled=False)
            self.adapted._cache = self._cache

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def problem(self) -> str | None:
        """Why nothing is kept although caching is on; None when all is well."""
        return self._cache.problem if self._cache else None

    def usage(self) -> Mapping[str, Usage]:
        return self._inner.usage()

    async def count_tokens(self, text: str) -> int:
        return await self._inner.count_tokens(text)

    async def fill(self, request: ModelRequest) -> ModelReply:
        if self._cache is None:
            return await self._inner.fill(request)
        key = request_key(self.name, request, current_as_of())
        found = await asyncio.to_thread(self._cache.get, key)
        if found is not None:
            data, dropped = found
            return ModelReply(data=data, usage=Usage(), dropped_passages=dropped, cached=True)
        reply = await self._inner.fill(request)
        await asyncio.to_thread(self._cache.put, key, reply.data, reply.dropped_passages)
        return reply

    async def choose(self, request: ModelRequest, options: Sequence[str]) -> dict[str, float]:
        if self._cache is None:
            return await self._inner.choose(request, options)
        key = request_key(self.name, request, current_as_of(), "choose", *options)
        found = await asyncio.to_thread(self._cache.get, key)
        if found is not None:
            return {option: float(p) for option, p in found[0].items()}
        chosen = await self._inner.choose(request, options)
        await asyncio.to_thread(self._cache.put, key, chosen)
        return chosen

    def close(self) -> None:
        if self._cache is not None:
            self._cache.close()
