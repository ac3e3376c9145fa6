"""The desk without `await`, for notebooks and scripts: a loop of its own in a thread.

with BlockingDesk() as desk:
    brief = desk.ask("How many …?", as_of="2025-03-31")
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from types import TracebackType
from typing import Any, TypeVar

from agents.brief import Brief
from agents.desk import Desk, IngestReport
from agents.evidence import AuthorKind, Document
from agents.ports import Hit

__all__ = ["BlockingDesk"]

T = TypeVar("T")


class BlockingDesk:
    """Synchronous twin of `Desk`: the same methods, arguments, results and errors.

    A notebook already runs a loop, in which `asyncio.run` is refused; this one has its own.
    """

    def __init__(self, settings: Any = None, **options: Any) -> None:
        # settings and options are those of `Desk.open`; only agents.desk may name tools.
        self._opening: AbstractAsyncContextManager[Desk] = Desk.open(settings, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._desk: Desk | None = None

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _open(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("use it as `with BlockingDesk() as desk:`")
        return self._desk

    def __enter__(self) -> BlockingDesk:
        self._thread.start()
        self._desk = self._wait(_entered(self._opening))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._wait(_left(self._opening, kind, error, trace))
        finally:
            self._desk = None
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def ask(self, question: str, *, as_of: date | str | None = None) -> Brief:
        return self._wait(self._open().ask(question, as_of=as_of))

    def analyze(self, source: str | Document, *, as_of: date | str | None = None) -> Brief:
        return self._wait(self._open().analyze(source, as_of=as_of))

    def resume(self, run_id: str) -> Brief:
        return self._wait(self._open().resume(run_id))

    def search(self, query: str, *, k: int = 8, as_of: date | str | None = None) -> list[Hit]:
        return self._wait(self._open().search(query, k=k, as_of=as_of))

    def ingest(
        self,
        paths: Sequence[str],
        *,
        publisher: str | None = None,
        published: str | None = None,
        author_kind: AuthorKind | str | None = None,
    ) -> IngestReport:
        return self._wait(
            self._open().ingest(
                paths, publisher=publisher, published=published, author_kind=author_kind
            )
        )

    def verify(
        self, rows: Iterable[Mapping[str, Any]], *, as_of: date | str | None = None
    ) -> list[dict[str, Any]]:
        async def run() -> list[dict[str, Any]]:
            return [row async for row in self._open().verify(rows, as_of=as_of)]

        return self._wait(run())

    def sentiment(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        async def run() -> list[dict[str, Any]]:
            return [row async for row in self._open().sentiment(rows)]

        return self._wait(run())


async def _entered(opening: AbstractAsyncContextManager[Desk]) -> Desk:
    return await opening.__aenter__()


async def _left(
    opening: AbstractAsyncContextManager[Desk],
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    await opening.__aexit__(kind, error, trace)
