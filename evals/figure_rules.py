"""Figures from the scores of samples, by rules that are written with them.

| rule | figure |
|---|---|
| `mean S` | mean of score S over the samples that have it |
| `sum S` | sum of it |
| `ratio A B` | sum of A over sum of B |
| `f1 A B C D` | harmonic mean of `ratio A B` and `ratio C D` |
| `accuracy G S`, `macro_f1 G S`, `balanced_accuracy G S` | of gold and said label codes |
| `r2 G S`, `mse G S` | of gold and said values |

A sample that lacks a score of the rule, or was not scored at all, is left out of that figure.
Intervals are of the 95 percent percentile bootstrap over samples (Efron 1979), with 1,000 draws
and a fixed seed; a sample that holds many sentences is drawn whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from evals.results import Better, Figure, Sample
from evals.statistics import (
    accuracy,
    balanced_accuracy,
    bootstrap,
    macro_f1,
    mean,
    mean_squared_error,
    r_squared,
)

__all__ = ["Columns", "columns", "figure", "value"]

Columns = Sequence[tuple[float, ...]]
"""One row for each sample, one value for each score that the rule names."""


def _ratio(rows: Columns, over: int = 0, under: int = 1) -> float | None:
    total = sum(row[under] for row in rows)
    return sum(row[over] for row in rows) / total if total else None


def _f1(rows: Columns) -> float | None:
    one, other = _ratio(rows, 0, 1), _ratio(rows, 2, 3)
    if one is None or other is None:
        return None
    return 2 * one * other / (one + other) if one + other else 0.0


def _labels(
    metric: Callable[[Sequence[str], Sequence[str]], float | None],
) -> Callable[[Columns], float | None]:
    return lambda rows: metric([str(row[0]) for row in rows], [str(row[1]) for row in rows])


def _values(
    metric: Callable[[Sequence[float], Sequence[float]], float | None],
) -> Callable[[Columns], float | None]:
    return lambda rows: metric([row[0] for row in rows], [row[1] for row in rows])


_RULES: Final[Mapping[str, tuple[int, Callable[[Columns], float | None]]]] = {
    "mean": (1, lambda rows: mean([row[0] for row in rows])),
    "sum": (1, lambda rows: sum(row[0] for row in rows)),
    "ratio": (2, _ratio),
    "f1": (4, _f1),
    "accuracy": (2, _labels(accuracy)),
    "macro_f1": (2, _labels(macro_f1)),
    "balanced_accuracy": (2, _labels(balanced_accuracy)),
    "r2": (2, _values(r_squared)),
    "mse": (2, _values(mean_squared_error)),
}


def _parsed(rule: str) -> tuple[Callable[[Columns], float | None], list[str]]:
    name, *scores = rule.split()
    if name not in _RULES or len(scores) != _RULES[name][0]:
        raise ValueError(f"{rule!r} is not a rule of evals.figure_rules")
    return _RULES[name][1], scores


def columns(samples: Sequence[Sample], rule: str) -> dict[str, tuple[float, ...]]:
    """The scores that a rule reads, by sample id; samples that lack one are not in it."""
    _, names = _parsed(rule)
    found: dict[str, tuple[float, ...]] = {}
    for sample in samples:
        scores = [sample.scores.get(name) for name in names]
        present = tuple(score for score in scores if score is not None)
        if len(present) == len(names):
            found[sample.id] = present
    return found


def value(rows: Columns, rule: str) -> float | None:
    """The figure of these rows; None where it is undefined."""
    metric, _ = _parsed(rule)
    return metric(rows) if rows else None


def figure(
    samples: Sequence[Sample],
    rule: str,
    better: Better,
    *,
    unit: str = "",
    note: str = "",
    draws: int = 1000,
) -> Figure:
    """The figure of a rule over samples, with its interval."""
    rows = list(columns(samples, rule).values())
    found = bootstrap(lambda chosen: value([rows[i] for i in chosen], rule), len(rows), draws=draws)
    if found.value is None and not note:
        note = "no sample has it" if not rows else "not defined for these samples"
    return Figure(
        value=found.value, low=found.low, high=found.high, n=found.n, better=better, unit=unit,
        rule=rule, note=note,
    )  # fmt: skip
