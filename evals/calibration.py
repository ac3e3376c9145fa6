"""Fitting a verdict from what a reader and the checks say, and from where on it may be published.

Multinomial logistic regression with an L2 penalty over `agents.fusion.features` (stacked
generalisation: Wolpert, 1992). Whoever fits, fits on pairs that the reader was not trained on;
`crossed` says what the fit is worth on pairs it has not seen either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np

from agents.evidence import Check, Label
from agents.fusion import Calibration

__all__ = [
    "LABELS",
    "NEVER",
    "Example",
    "crossed",
    "fit",
    "fit_thresholds",
    "reliability",
    "threshold",
]

LABELS: Final = (Label.SUPPORTED, Label.REFUTED, Label.INSUFFICIENT)
NEVER: Final = 1.01
"""A threshold that no probability reaches."""
_FEWEST: Final = 10
"""Published verdicts under which a share of right ones says nothing."""


class Example(NamedTuple):
    """A labelled pair as the fit sees it."""

    found: Mapping[str, float]
    """`agents.fusion.features` of the pair."""
    gold: int
    """Index in LABELS."""
    conflicting: bool = False
    """A check conflicts: never published as supported."""

    @classmethod
    def of(cls, found: Mapping[str, float], gold: Label, checks: Sequence[Check]) -> Example:
        return cls(found, LABELS.index(gold), any(c.outcome == "conflicts" for c in checks))


def fit(
    examples: Sequence[Example], *, penalty: float = 3.0, steps: int = 4000
) -> dict[str, tuple[float, float]]:
    """Weights of each feature for supported and refuted, both against insufficient.

    Gradient descent with momentum on the log loss. The penalty draws the weights towards the
    reading as it is (weight 1 for its own log odds, 0 for all else), so that little data changes
    little. Each class counts the same, however many examples it has.
    """
    names = sorted({name for example in examples for name in example.found})
    x = np.array([[example.found.get(name, 0.0) for name in names] for example in examples])
    # A feature that hardly varies is not blown up: the steps below would run away with it.
    scale = np.maximum(np.abs(x).max(axis=0), 0.5)
    x = x / scale
    gold = np.array([example.gold for example in examples])
    count = np.bincount(gold, minlength=3)
    each = (len(gold) / (3 * np.maximum(count, 1)))[gold][:, None]
    y = np.eye(3)[gold]
    prior = np.zeros((len(names), 3))
    for name, column in (("read_supported", 0), ("read_refuted", 1)):
        if name in names:
            prior[names.index(name), column] = scale[names.index(name)]
    weights, moving = prior.copy(), np.zeros_like(prior)
    for _ in range(steps):
        logits = x @ weights
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = each * (powers / powers.sum(axis=1, keepdims=True) - y)
        drawn = penalty * (weights - prior) / scale[:, None] ** 2
        gradient = x.T @ error / len(x) + np.clip(drawn / len(x), -1.0, 1.0)
        moving = 0.9 * moving - 0.3 * gradient
        moving[:, 2] = 0.0
        weights = weights + moving
    weights = weights / scale[:, None]
    if not np.isfinite(weights).all():
        raise ValueError("the fit did not settle: too few or degenerate examples")
    return {
        name: (round(float(row[0]), 4), round(float(row[1]), 4))
        for name, row in zip(names, weights, strict=True)
    }


def threshold(scored: Sequence[tuple[float, bool]], least: float) -> float:
    """The lowest probability from which on at least `least` of what is published is right.

    scored: (probability, right) of each. NEVER where too few or too many wrong ones are above
    any.
    """
    chosen, right, count = NEVER, 0, 0
    floored = sorted(((math.floor(p * 1e4) / 1e4, hit) for p, hit in scored), reverse=True)
    for probability, tied in groupby(floored, key=lambda s: s[0]):
        hits = [hit for _, hit in tied]
        count += len(hits)
        right += sum(hits)
        if count >= _FEWEST and right / count >= least:
            chosen = probability
    return chosen


def fit_thresholds(
    examples: Sequence[Example], weights: Mapping[str, tuple[float, float]], least: float
) -> tuple[float, float]:
    """Thresholds of supported and refuted, each for itself."""
    sides: tuple[list[tuple[float, bool]], list[tuple[float, bool]]] = ([], [])
    for example, odds in zip(examples, _odds(examples, weights), strict=True):
        best = odds.index(max(odds))
        if best < 2 and not (best == 0 and example.conflicting):
            sides[best].append((odds[best], example.gold == best))
    return threshold(sides[0], least), threshold(sides[1], least)


def _odds(
    examples: Sequence[Example], weights: Mapping[str, tuple[float, float]]
) -> list[tuple[float, float, float]]:
    plain = Calibration(model="", weights=dict(weights), supported=0.0, refuted=0.0)
    fused = [plain.fused(example.found) for example in examples]
    return [(p.supported, p.refuted, p.insufficient) for p in fused]


def crossed(examples: Sequence[Example], *, folds: int = 5) -> list[tuple[float, float, float]]:
    """Probabilities of each example from a fit on the other folds."""
    found: list[tuple[float, float, float]] = [(0.0, 0.0, 1.0)] * len(examples)
    for fold in range(folds):
        inside = [i for i in range(len(examples)) if i % folds == fold]
        rest = [example for i, example in enumerate(examples) if i % folds != fold]
        if inside and rest:
            odds = _odds([examples[i] for i in inside], fit(rest))
            for index, row in zip(inside, odds, strict=True):
                found[index] = row
    return found


def reliability(
    gold: Sequence[int], odds: Sequence[Sequence[float]], bins: int = 10
) -> list[dict[str, float]]:
    """Of the likeliest label, by its probability: how many, how sure, how often right.

    One row for each filled bin of equal width (Guo et al., ICML 2017).
    """
    rows = []
    top = [max(range(len(row)), key=row.__getitem__) for row in odds]
    for number in range(bins):
        inside = [
            i for i, row in enumerate(odds) if min(int(row[top[i]] * bins), bins - 1) == number
        ]
        if inside:
            rows.append(
                {
                    "from": number / bins,
                    "count": len(inside),
                    "sure": sum(odds[i][top[i]] for i in inside) / len(inside),
                    "right": sum(gold[i] == top[i] for i in inside) / len(inside),
                }
            )
    return rows
