"""What the model cost, by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from agents.ports import Usage

__all__ = ["Ledger", "add"]


def add(first: Usage, second: Usage) -> Usage:
    """The sum of two usages, field by field."""
    return Usage(
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        cached_tokens=first.cached_tokens + second.cached_tokens,
        completion_tokens=first.completion_tokens + second.completion_tokens,
        seconds=first.seconds + second.seconds,
        calls=first.calls + second.calls,
    )


class Ledger:
    """Sums of tokens and calls by stage, and the time at least one call of it was in flight.

    Two calls at once count their common time once, so `seconds` is never more than what a clock
    on the wall shows.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._spent: dict[str, Usage] = {}
        self._in_flight: dict[str, tuple[int, float]] = {}
        """Stage to calls under way and when the first of them began."""

    @contextmanager
    def in_flight(self, stage: str) -> Iterator[None]:
        count, since = self._in_flight.get(stage, (0, 0.0))
        self._in_flight[stage] = (count + 1, since if count else self._clock())
        try:
            yield
        finally:
            count, since = self._in_flight[stage]
            self._in_flight[stage] = (count - 1, since)
            if count == 1:
                self.record(stage, Usage(seconds=self._clock() - since))

    def record(self, stage: str, usage: Usage) -> None:
        """Add to a stage. Seconds of single answers are left out where `in_flight` counts them."""
        self._spent[stage] = add(self._spent.get(stage, Usage()), usage)

    def by_stage(self) -> Mapping[str, Usage]:
        return dict(self._spent)
