"""What a check of a brief reports."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Violation"]


class Violation(NamedTuple):
    invariant: str
    """`1.quote`, `2.figure`, … by the numbers of the design's invariants; `lint.…` for style."""
    where: str
    """Path into the Brief JSON."""
    message: str
    severity: Literal["error", "warning"] = "error"
    """Warnings are matters of style and of doubt: counted, never a failure."""
