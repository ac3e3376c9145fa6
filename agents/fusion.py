"""From checks (and a model's probabilities, where there are any) to one verdict.

The rule, in order: a figure, date, name or negation that conflicts refutes, whatever a model
thinks; a dropped hedge, widened scope, missing name or missing number is not enough; full
agreement with most of the claim's words present supports. Otherwise the model decides, if it is
sure, and what is not sure is not published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agents.evidence import Check, Label, Probabilities

__all__ = ["Judgement", "combine"]

REFUTING = frozenset({"quantity", "date", "entity", "negation"})
LIMITING = frozenset({"hedge", "scope"})
STATED = 0.6
"""Least share of the claim's words in the evidence for agreeing numbers to support it."""
RESTATED = 0.9
"""The same for a claim without numbers."""
SURE = 0.8
"""Least model probability that is published where the checks are silent."""


class Judgement(NamedTuple):
    checks: tuple[Check, ...]
    probabilities: Probabilities
    label: Label
    """The most likely of supported, refuted and insufficient."""
    published: Label
    """The label after precision thresholds, else insufficient."""
    why: str


def combine(
    checks: Sequence[Check], model: Probabilities | None = None, *, lexical: float = 0.0
) -> Judgement:
    """Fuse checks with a model's probabilities.

    lexical: share of the claim's content words that the evidence contains, 0..1.
    """
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
        label = max(
            (model.supported, Label.SUPPORTED),
            (model.refuted, Label.REFUTED),
            (model.insufficient, Label.INSUFFICIENT),
        )[1]
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
    best = max(
        (probabilities.supported, Label.SUPPORTED),
        (probabilities.refuted, Label.REFUTED),
        (probabilities.insufficient, Label.INSUFFICIENT),
    )[1]
    return Judgement(tuple(checks), probabilities, best, label, why)
