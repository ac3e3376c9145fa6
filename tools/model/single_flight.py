"""Equal questions asked at the same time are asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["SingleFlight"]

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Shares one running task among all who ask for its key meanwhile.

    A caller that is cancelled does not cancel the others; the task is cancelled when nobody
    waits for it any more.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[T]] = {}
        self._waiting: dict[str, int] = {}

    async def run(self, key: str, make: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """The result, and whether this caller was the one that started the work."""
        task = self._tasks.get(key)
        first = task is None
        if task is None:
            task = asyncio.ensure_future(_awaited(make))
            self._tasks[key] = task
            self._waiting[key] = 0
        self._waiting[key] += 1
        try:
            return await asyncio.shield(task), first
        finally:
            self._waiting[key] -= 1
            if self._waiting[key] == 0:
                del self._waiting[key], self._tasks[key]
                if not task.done():
                    task.cancel()


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
