"""Whether two briefs say the same: as a whole, and verdict by verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from agents.brief import Brief

__all__ = ["Verdicts", "compared", "difference", "outside_run"]

_PER_RUN = ("id", "seconds", "stages")
"""What differs from run to run by its nature; model, prompts and corpus do not."""


def outside_run(brief: Brief) -> dict[str, Any]:
    """The brief as JSON without the run's id, time and usage."""
    whole = brief.model_dump(mode="json")
    whole["run"] = {k: v for k, v in whole["run"].items() if k not in _PER_RUN}
    return whole


def difference(first: Brief, second: Brief) -> str:
    """Where two briefs first differ and how, such as `claims[2].verdict.label: 'supported' and
    'insufficient'`; empty when they are equal outside their runs."""
    return _differ(outside_run(first), outside_run(second), "")


def _differ(a: Any, b: Any, path: str) -> str:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            only = sorted({*a} ^ {*b})
            return f"{path or 'brief'}: only one has {', '.join(only)[:80]}"
        found = (_differ(a[k], b[k], f"{path}.{k}" if path else str(k)) for k in a)
        return next(filter(None, found), "")
    if isinstance(a, list) and isinstance(b, list):
        found = (_differ(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=False)))
        first = next(filter(None, found), "")
        return first or (f"{path}: {len(a)} and {len(b)} entries" if len(a) != len(b) else "")
    return "" if a == b else f"{path}: {_short(a)} and {_short(b)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


class Verdicts(NamedTuple):
    """The claims of two briefs, compared."""

    same: int
    """Claims of both with equal verdicts."""
    common: int
    either: int
    """Claims that at least one has."""
    flips: tuple[tuple[str, str], ...]
    """Text of each common claim with another verdict, and what both say."""


def _labels(brief: Brief) -> dict[tuple[str, str, int], str]:
    """Verdicts by claim: its words, and the document and place where they stand."""
    found: dict[tuple[str, str, int], str] = {}
    for claim in brief.claims:
        place = brief.citations.get(claim.citations[0]) if claim.citations else None
        key = (claim.text, place.document_id if place else "", place.start if place else 0)
        found[key] = str(claim.verdict.label or "none")
    return found


def compared(first: Brief, second: Brief) -> Verdicts:
    """Verdicts on the claims that both briefs have. Claims with no verdict (opinions, forecasts)
    count: they must have none in both."""
    a, b = _labels(first), _labels(second)
    common = [key for key in a if key in b]
    flips = tuple((key[0], f"{a[key]} and {b[key]}") for key in common if a[key] != b[key])
    return Verdicts(len(common) - len(flips), len(common), len({*a, *b}), flips)
