"""From checks (and a model's probabilities, where there are any) to one verdict.

Where the reading model has a calibration, the verdict is a logistic model over its reading and what
the checks found (stacking: Wolpert, 1992), fitted on pairs that the reader was not trained on, and
published from the thresholds measured there. Without one, the rule is, in order: a figure, date,
name or negation that conflicts refutes, whatever a model thinks; a dropped hedge, widened scope,
missing name or missing number is not enough; full agreement with most of the claim's words present
supports. Otherwise the model decides, if it is sure, and what is not sure is not published.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from agents.evidence import Check, Label, Probabilities, Record

__all__ = ["Calibration", "Judgement", "combine", "features"]

REFUTING = frozenset({"quantity", "date", "entity", "negation"})
LIMITING = frozenset({"hedge", "scope"})
STATED = 0.6
"""Least share of the claim's words in the evidence for agreeing numbers to support it."""
RESTATED = 0.9
"""The same for a claim without numbers."""
SURE = 0.8
"""Least model probability that is published where the checks are silent."""


class Calibration(Record):
    """How a reader's scores and the checks make one verdict. Fitted, never written by hand."""

    model: str
    """The reader it was fitted for; it says nothing about any other."""
    weights: dict[str, tuple[float, float]]
    """Of each of `features`: what it adds to the log odds of supported and of refuted, both
    against insufficient. `bias` is among them."""
    supported: float = Field(ge=0)
    """Least probability from which `supported` may be published; over 1 for never."""
    refuted: float = Field(ge=0)

    def fused(self, found: Mapping[str, float]) -> Probabilities:
        """Probabilities from features."""
        logits = [
            sum(self.weights.get(name, (0.0, 0.0))[side] * value for name, value in found.items())
            for side in (0, 1)
        ]
        top = max(0.0, *logits)
        powers = [math.exp(value - top) for value in (*logits, 0.0)]
        total = sum(powers)
        return Probabilities(
            supported=powers[0] / total, refuted=powers[1] / total, insufficient=powers[2] / total
        )


class Judgement(NamedTuple):
    checks: tuple[Check, ...]
    probabilities: Probabilities
    label: Label
    """The most likely of supported, refuted and insufficient."""
    published: Label
    """The label after precision thresholds, else insufficient."""
    why: str


def features(
    checks: Sequence[Check], read: Probabilities, lexical: float
) -> dict[str, float]:
    """What a calibration weighs: log odds of the reading, kinds of findings, shared words."""
    floor = 1e-3
    open_ = max(read.insufficient, floor)
    found = {
        "bias": 1.0,
        "read_supported": math.log(max(read.supported, floor) / open_),
        "read_refuted": math.log(max(read.refuted, floor) / open_),
        "lexical": lexical,
    }
    for check in checks:
        if check.outcome != "silent" or check.claim_span:
            found[f"{check.name}_{check.outcome}"] = 1.0
    return found


def combine(
    checks: Sequence[Check],
    model: Probabilities | None = None,
    *,
    lexical: float = 0.0,
    calibration: Calibration | None = None,
) -> Judgement:
    """Fuse checks with a model's probabilities.

    lexical: share of the claim's content words that the evidence contains, 0..1.
    calibration: of the model that gave the probabilities, where there is one.
    """
    if model is not None and calibration is not None:
        return _calibrated(checks, model, lexical, calibration)
    refuting = [c for c in checks if c.outcome == "conflicts" and c.name in REFUTING]
    limiting = [c for c in checks if c.outcome == "conflicts" and c.name in LIMITING]
    silent = [c for c in checks if c.outcome == "silent" and c.claim_span]
    numbers = [c for c in checks if c.outcome == "agrees" and c.name in {"quantity", "date"}]
    if refuting and not (limiting and any(c.name == "hedge" for c in limiting)):
        rest = model.supported if model else 0.05
        return _judged(checks, 0.5 * rest, None, 0.85, Label.REFUTED, refuting[0].detail)
    if refuting:
        return _judged(checks, 0.05, None, 0.6, Label.INSUFFICIENT, limiting[0].detail)
    if limiting:
        return _judged(checks, 0.1, 0.8, None, Label.INSUFFICIENT, limiting[0].detail)
    if silent:
        why = f"the evidence does not state {silent[0].claim_span}"
        return _judged(checks, 0.15, 0.7, None, Label.INSUFFICIENT, why)
    if (numbers and lexical >= STATED) or lexical >= RESTATED:
        if model is None or model.refuted < 0.5:
            why = "numbers, dates and names agree" if numbers else "restated almost word for word"
            return _judged(checks, 0.85, 0.1, None, Label.SUPPORTED, why)
    if model is not None:
        label = _likeliest(model)
        sure = max(model.supported, model.refuted) >= SURE and label is not Label.INSUFFICIENT
        return Judgement(
            tuple(checks), model, label, label if sure else Label.INSUFFICIENT, "read by the model"
        )
    supported = 0.2 + 0.35 * lexical
    refuted = 0.15
    probabilities = Probabilities(
        supported=supported, refuted=refuted, insufficient=1 - supported - refuted
    )
    label = Label.SUPPORTED if supported > probabilities.insufficient else Label.INSUFFICIENT
    return Judgement(tuple(checks), probabilities, label, Label.INSUFFICIENT, "nothing decides it")


def _calibrated(
    checks: Sequence[Check], read: Probabilities, lexical: float, calibration: Calibration
) -> Judgement:
    fused = calibration.fused(features(checks, read, lexical))
    label = _likeliest(fused)
    conflicting = [c for c in checks if c.outcome == "conflicts"]
    refuting = [c for c in conflicting if c.name in REFUTING]
    published = Label.INSUFFICIENT
    if label is Label.SUPPORTED and fused.supported >= calibration.supported and not conflicting:
        # A reader does not overrule a figure, date or name that was compared and differs.
        published = Label.SUPPORTED
    elif label is Label.REFUTED and fused.refuted >= calibration.refuted:
        published = Label.REFUTED
    said = Check(
        name="entailment",
        outcome={Label.SUPPORTED: "agrees", Label.REFUTED: "conflicts"}.get(
            _likeliest(read), "silent"
        ),
        detail=(
            f"{calibration.model}: supported {read.supported:.2f}, refuted {read.refuted:.2f}, "
            f"insufficient {read.insufficient:.2f}"
        ),
    )
    if refuting and label is Label.REFUTED:
        why = refuting[0].detail
    elif conflicting and label is Label.INSUFFICIENT:
        why = conflicting[0].detail
    else:
        why = f"read by {calibration.model}"
    return Judgement((*checks, said), fused, label, published, why)


def _likeliest(probabilities: Probabilities) -> Label:
    return max(
        (probabilities.supported, Label.SUPPORTED),
        (probabilities.refuted, Label.REFUTED),
        (probabilities.insufficient, Label.INSUFFICIENT),
    )[1]


def _judged(
    checks: Sequence[Check],
    supported: float,
    insufficient: float | None,
    refuted: float | None,
    label: Label,
    why: str,
) -> Judgement:
    if refuted is None:
        refuted = 1 - supported - (insufficient or 0.0)
    probabilities = Probabilities(
        supported=supported, refuted=refuted, insufficient=max(0.0, 1 - supported - refuted)
    )
    return Judgement(tuple(checks), probabilities, _likeliest(probabilities), label, why)
