"""Whether two stated values can both be true of one thing.

Rounding, ranges, bounds and exact unit conversion are allowed for; nothing else is.
"""

from __future__ import annotations

import re

from agents.evidence import Quantity
from agents.measures import base, comparable, kind
from agents.units import convertible

__all__ = ["compatible", "distinctive", "ratio"]


def compatible(claim: Quantity, evidence: Quantity) -> bool:
    """Whether the claim's value is one that the evidence's value allows.

    "About 9.8 billion" is allowed by 9,751 million, "more than 90" by 95, "at least 1.3 billion"
    is not by 1.26 to 1.285 billion. False for quantities that cannot be compared.
    """
    if not comparable(claim, evidence):
        return False
    unit = claim.unit if convertible(claim.unit, evidence.unit) else evidence.unit
    mine, other = base(claim, unit), base(evidence, unit)
    if claim.unit != evidence.unit and convertible(claim.unit, evidence.unit):
        # 30 km is "about 19 miles": conversions are rounded in both texts.
        slack = max(mine.spread, other.spread, 0.025 * abs(other.high))
    elif kind(claim) in {"percent"} and _shares(claim, evidence):
        slack = max(mine.spread, 2.0 if claim.approximate or evidence.approximate else 1.0)
    elif claim.approximate or claim.text != evidence.text:
        slack = max(mine.spread, other.spread if evidence.approximate else 0.0)
    else:
        slack = 0.0
    slack += 1e-9 * max(abs(v) for v in (mine.low, other.low, 1.0) if v not in _INFINITE)
    if claim.bound and evidence.bound and claim.bound != evidence.bound:
        return False
    if claim.bound and claim.bound == evidence.bound and _limit(claim):
        # "up to 250" names the limit itself; "less than 250" only keeps within it.
        a, b = (mine.high, other.high) if claim.bound == "max" else (mine.low, other.low)
        return abs(a - b) <= slack
    if claim.bound == "min":
        # "more than 90": the evidence must lie above it.
        floor = mine.low - (slack if claim.approximate else 1e-9 * abs(mine.low))
        return other.low >= floor
    if claim.bound == "max":
        ceiling = mine.high + (slack if claim.approximate else 1e-9 * abs(mine.high))
        return other.high <= ceiling
    if evidence.bound == "min":
        return mine.low >= other.low - slack
    if evidence.bound == "max":
        return mine.high <= other.high + slack
    if claim.high is not None or evidence.high is not None:
        inside = other.low >= mine.low - slack and other.high <= mine.high + slack
        within = mine.low >= other.low - slack and mine.high <= other.high + slack
        return inside or (within and claim.high is None)
    return abs(abs(mine.low) - abs(other.low)) <= slack


_LIMIT = re.compile(r"\b(?:up to|as much as|as many as|maximum|at least|minimum|at most)\b", re.I)


def _limit(quantity: Quantity) -> bool:
    return bool(_LIMIT.search(quantity.text))


_INFINITE = {float("inf"), float("-inf")}


def _shares(first: Quantity, second: Quantity) -> bool:
    """Whether either value was written as a fraction ("two thirds"), so is itself rounded."""
    return any(q.value != round(q.value, 4) or "%" not in q.text for q in (first, second)) and any(
        not any(sign in q.text.lower() for sign in ("%", "percent", "per cent", "pct"))
        for q in (first, second)
    )


def distinctive(quantity: Quantity) -> bool:
    """Whether a value is unlikely to occur twice by chance: not a small round count."""
    value = abs(quantity.value) / (quantity.scale or 1.0)
    if quantity.scale >= 1000:
        return True
    return value >= 13 or value != int(value)


def ratio(first: Quantity, second: Quantity) -> float:
    """Larger over smaller magnitude in the first one's unit; inf when not comparable or zero."""
    factor = convertible(second.unit, first.unit) if first.unit and second.unit else 1.0
    a, b = abs(first.value), abs(second.value * (factor or 1.0))
    if not a or not b:
        return float("inf")
    return max(a, b) / min(a, b)
