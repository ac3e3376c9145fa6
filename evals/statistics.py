"""Metrics and their uncertainty. Pure functions on sequences; no metric of nothing is zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

__all__ = [
    "Estimate",
    "accuracy",
    "balanced_accuracy",
    "bootstrap",
    "calibration_error",
    "cohen_kappa",
    "confusion",
    "label_scores",
    "macro_f1",
    "mean",
    "mean_squared_error",
    "r_squared",
]


class Estimate(NamedTuple):
    """A figure, its 95 percent interval and the number of rows behind it."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    metric: Callable[[Sequence[int]], float | None], n: int, *, draws: int = 1000, seed: int = 0
) -> Estimate:
    """`metric` of all rows, with a 95 percent percentile interval (Efron 1979).

    metric: takes row indices (with repeats) and gives a figure, or None where it is undefined;
    undefined draws are left out. Equal input gives an equal interval.
    """
    if n == 0:
        return Estimate(None, None, None, 0)
    value = metric(range(n))
    generator = np.random.default_rng(seed)
    drawn = (metric(row.tolist()) for row in generator.integers(0, n, size=(draws, n)))
    values = [v for v in drawn if v is not None]
    if value is None or n == 1 or not values:
        return Estimate(value, None, None, n)
    low, high = np.quantile(values, [0.025, 0.975])
    return Estimate(value, float(low), float(high), n)


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def accuracy(gold: Sequence[str], said: Sequence[str]) -> float | None:
    return mean([float(g == s) for g, s in zip(gold, said, strict=True)])


def confusion(gold: Sequence[str], said: Sequence[str]) -> dict[str, dict[str, int]]:
    """Rows by gold label, columns by given label."""
    labels = sorted({*gold, *said})
    table = {g: dict.fromkeys(labels, 0) for g in labels}
    for g, s in zip(gold, said, strict=True):
        table[g][s] += 1
    return table


def label_scores(gold: Sequence[str], said: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 by label that occurs in `gold`; 0 where undefined."""
    scores: dict[str, dict[str, float]] = {}
    for label in sorted(set(gold)):
        both = sum(g == s == label for g, s in zip(gold, said, strict=True))
        given, true = list(said).count(label), list(gold).count(label)
        precision, recall = both / given if given else 0.0, both / true
        total = precision + recall
        f1 = 2 * precision * recall / total if total else 0.0
        scores[label] = {"precision": precision, "recall": recall, "f1": f1, "n": float(true)}
    return scores


def balanced_accuracy(gold: Sequence[str], said: Sequence[str]) -> float | None:
    """Mean recall over the labels that occur in `gold`."""
    return mean([s["recall"] for s in label_scores(gold, said).values()])


def macro_f1(gold: Sequence[str], said: Sequence[str]) -> float | None:
    """Mean F1 over the labels that occur in `gold`."""
    return mean([s["f1"] for s in label_scores(gold, said).values()])


def calibration_error(
    gold: Sequence[str], probabilities: Sequence[Mapping[str, float]], bins: int = 10
) -> float | None:
    """Expected calibration error over equal-width bins of the top probability (Guo 2017)."""
    if not gold:
        return None
    top = [max(p, key=lambda label: p[label]) for p in probabilities]
    confidence = [p[t] for p, t in zip(probabilities, top, strict=True)]
    gap = 0.0
    for b in range(bins):
        inside = [i for i, c in enumerate(confidence) if min(int(c * bins), bins - 1) == b]
        if inside:
            right = sum(gold[i] == top[i] for i in inside) / len(inside)
            sure = sum(confidence[i] for i in inside) / len(inside)
            gap += len(inside) / len(gold) * abs(right - sure)
    return gap


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Agreement of two raters beyond chance (Cohen 1960), -1..1; None where chance agrees always:
    both give one and the same answer to everything."""
    if not first:
        return None
    n = len(first)
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / n
    labels = {*first, *second}
    chance = sum(list(first).count(x) * list(second).count(x) for x in labels) / n**2
    return (seen - chance) / (1 - chance) if chance < 1 else None


def mean_squared_error(gold: Sequence[float], said: Sequence[float]) -> float | None:
    return mean([(g - s) ** 2 for g, s in zip(gold, said, strict=True)])


def r_squared(gold: Sequence[float], said: Sequence[float]) -> float | None:
    """1 - residual / total variance; None when all gold values are equal or there are none."""
    centre = mean(gold)
    total = sum((g - centre) ** 2 for g in gold) if centre is not None else 0.0
    residual = sum((g - s) ** 2 for g, s in zip(gold, said, strict=True))
    return 1 - residual / total if total else None
