"""Which figures moved against a baseline, in a sign and a word that need no colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from evals.results import EvalRun, Figure
from tools.export.wording import Mark

__all__ = ["ORDER", "figure_changes"]

_BETTER: Final = Mark("▲", "better", "supported")
_WORSE: Final = Mark("▼", "worse", "refuted")
_MOVED: Final = Mark("◆", "changed", "contested")
_NOISE: Final = Mark("≈", "within noise", "insufficient")
_NEW: Final = Mark("+", "new", "insufficient")
_LOST: Final = Mark("?", "no longer", "refuted")

ORDER: Final = (_WORSE, _LOST, _BETTER, _MOVED)
"""What the page lists, and in which order: what got worse is read first."""


def figure_changes(run: EvalRun, baseline: EvalRun) -> Mapping[tuple[str, str], Mark]:
    """A mark for each figure of `run`, by names of suite and figure."""
    found = {}
    for name, suite in run.suites.items():
        before = baseline.suites.get(name)
        for key, figure in suite.figures.items():
            old = before.figures.get(key) if before else None
            if mark := _mark(figure, old):
                found[name, key] = mark
    return found


def _mark(now: Figure, before: Figure | None) -> Mark | None:
    """None where there is a figure neither now nor before."""
    if now.value is None:
        return _LOST if before is not None and before.value is not None else None
    if before is None or before.value is None:
        return _NEW
    moved = now.value - before.value
    noise = math.hypot(_half(now), _half(before))
    if abs(moved) <= noise:
        return _NOISE
    if now.better == "neither":
        return _MOVED
    return _BETTER if (moved > 0) == (now.better == "higher") else _WORSE


def _half(figure: Figure) -> float:
    if figure.low is None or figure.high is None:
        return 0.0
    return (figure.high - figure.low) / 2
