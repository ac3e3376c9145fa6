"""The as-of date of the run that asks, for whatever keeps answers between runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["as_of_scope", "current_as_of"]

_current: ContextVar[str] = ContextVar("underwrite_as_of", default="")


def current_as_of() -> str:
    """The as-of date in force here, "" when there is none."""
    return _current.get()


@contextmanager
def as_of_scope(as_of: str | None) -> Iterator[None]:
    """Answers asked within are kept apart from those of other as-of dates."""
    token = _current.set(as_of or "")
    try:
        yield
    finally:
        _current.reset(token)
