"""Figures from the scores of samples, by rules that are written with them.

| rule | figure |
|---|---|
| `mean S` | mean of score S over the samples that have it |
| `sum S` | sum of it |
| `ratio A B` | sum of A over sum of B |
| `f1 A B C D` | harmonic mean of `ratio A B` and `ratio C D` |
| `accuracy G S`, `macro_f1 G S`, `balanced_accuracy G S` | of gold and said label codes |
| `r2 G S`, `mse G S` | of gold and said values |
| `ece P R` | calibration error of probability P that R is 1 (Guo 2017, ten equal bins) |

A sample that lacks a score of the rule, or was not scored at all, is left out of that figure.
Intervals are of the 95 percent percentile bootstrap over samples (Efron 1979), with 1,000 draws
and a fixed seed; a sample that holds many sentences is drawn whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.results import Better, Figure, Sample

__all__ = ["DRAWS", "Rows", "columns", "draws_of", "figure", "value"]

Rows = NDArray[np.float64]
"""One row for each sample, one column for each score that the rule names."""
Metric = Callable[[Rows], float | None]

DRAWS: Final = 1000
_SEED: Final = 0


def _ratio(rows: Rows, over: int = 0, under: int = 1) -> float | None:
    total = float(rows[:, under].sum())
    return float(rows[:, over].sum()) / total if total else None


def _f1(rows: Rows) -> float | None:
    one, other = _ratio(rows, 0, 1), _ratio(rows, 2, 3)
    if one is None or other is None:
        return None
    return 2 * one * other / (one + other) if one + other else 0.0


def _over_labels(rows: Rows, score: Callable[[float, float, float], float]) -> float | None:
    """Mean over the labels that occur in gold of a score of (both, gold, said) counts; None with
    one label only, which tells nothing of telling labels apart."""
    gold, said = rows[:, 0], rows[:, 1]
    labels = np.unique(gold)
    if len(labels) < 2:
        return None
    scores = []
    for label in labels:
        true, given = gold == label, said == label
        scores.append(score(float((true & given).sum()), float(true.sum()), float(given.sum())))
    return float(np.mean(scores))


def _r_squared(rows: Rows) -> float | None:
    gold, said = rows[:, 0], rows[:, 1]
    total = float(((gold - gold.mean()) ** 2).sum())
    return 1 - float(((gold - said) ** 2).sum()) / total if total else None


def _calibration(rows: Rows) -> float:
    sure, right = rows[:, 0], rows[:, 1]
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(float((right[bins == b] - sure[bins == b]).sum())) for b in np.unique(bins)]
    return sum(gaps) / len(rows)


_RULES: Final[Mapping[str, tuple[int, Metric]]] = {
    "mean": (1, lambda rows: float(rows[:, 0].mean())),
    "sum": (1, lambda rows: float(rows[:, 0].sum())),
    "ratio": (2, _ratio),
    "f1": (4, _f1),
    "accuracy": (2, lambda rows: float((rows[:, 0] == rows[:, 1]).mean())),
    "macro_f1": (2, lambda rows: _over_labels(rows, lambda both, t, g: 2 * both / (t + g))),
    "balanced_accuracy": (2, lambda rows: _over_labels(rows, lambda both, t, g: both / t)),
    "r2": (2, _r_squared),
    "mse": (2, lambda rows: float(((rows[:, 0] - rows[:, 1]) ** 2).mean())),
    "ece": (2, _calibration),
}


def _parsed(rule: str) -> tuple[Metric, list[str]]:
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


def value(rows: Sequence[tuple[float, ...]] | Rows, rule: str) -> float | None:
    """The figure of these rows; None where it is undefined."""
    metric, _ = _parsed(rule)
    return metric(np.asarray(rows, dtype=np.float64)) if len(rows) else None


def draws_of(n: int, draws: int = DRAWS) -> NDArray[np.int64]:
    """Which samples each bootstrap draw takes, (draws, n); the same for equal n."""
    return np.random.default_rng(_SEED).integers(0, n, size=(draws, n))


def figure(
    samples: Sequence[Sample],
    rule: str,
    better: Better,
    *,
    unit: str = "",
    note: str = "",
    draws: int = DRAWS,
) -> Figure:
    """The figure of a rule over samples, with its interval; None with a note where undefined."""
    metric, _ = _parsed(rule)
    rows = np.asarray(list(columns(samples, rule).values()), dtype=np.float64)
    found = metric(rows) if len(rows) else None
    low = high = None
    if found is None:
        labels = rule.startswith(("macro_f1", "balanced_accuracy"))
        why = "one class only" if labels else "undefined for these samples"
        note = note or (why if len(rows) else "no sample has what it needs")
    elif len(rows) > 1:
        drawn = [v for d in draws_of(len(rows), draws) if (v := metric(rows[d])) is not None]
        if drawn:
            low, high = (float(v) for v in np.quantile(drawn, [0.025, 0.975]))
    return Figure(
        value=found, low=low, high=high, n=len(rows), better=better, unit=unit, rule=rule,
        note=note,
    )  # fmt: skip
