"""Two runs side by side: what moved, and whether it is more than noise.

Where both runs have the samples that a figure follows from, the difference is bootstrapped over
the samples that both scored (paired percentile bootstrap; Efron and Tibshirani 1993, chapter 16):
every draw takes the same samples of both runs. The two runs share what makes a sample hard, so
this sees smaller changes than two intervals beside each other. Figures without samples in common
are compared by their own intervals, and are marked as unpaired.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from agents.evidence import Record
from evals.figure_rules import Rows, columns, draws_of, value
from evals.results import EvalRun, Figure, Suite

__all__ = ["FEWEST", "Comparison", "Moved", "MovedSample", "compare", "differences"]

FEWEST: Final = 5
"""Samples in common under which nothing is called better or worse."""
_MOVERS: Final = 5

Verdict = Literal["better", "worse", "changed", "within noise", "same", "too few samples"]


class MovedSample(Record):
    id: str
    before: float
    after: float


class Moved(Record):
    """One figure in both runs."""

    suite: str
    figure: str
    unit: str = ""
    before: float | None
    after: float | None
    difference: float | None
    """Over the samples in common where it is paired."""
    low: float | None = None
    high: float | None = None
    """95 percent interval of the difference."""
    n: int
    """Samples in common."""
    paired: bool
    verdict: Verdict
    samples: tuple[MovedSample, ...] = ()
    """Those that moved most, by the figure of each alone."""


class Comparison(Record):
    before: str
    after: str
    warnings: tuple[str, ...] = ()
    """What makes the runs hard to compare: other data, partial suites, samples of one only."""
    differences: tuple[str, ...] = ()
    """Of model, prompts, corpus, encoder and code."""
    figures: tuple[Moved, ...] = ()


def compare(before: EvalRun, after: EvalRun) -> Comparison:
    """Every figure that both runs have, in order of suites and figures."""
    warnings: list[str] = []
    moved: list[Moved] = []
    both = [name for name in before.suites if name in after.suites]
    for run, other in ((before, after), (after, before)):
        if not run.finished:
            warnings.append(f"{run.id} is unfinished")
        only = [name for name in run.suites if name not in other.suites]
        if only:
            warnings.append(f"only {run.id} has {', '.join(only)}")
    for name in both:
        one, two = before.suites[name], after.suites[name]
        warnings += _suite_warnings(before.id, after.id, one, two)
        moved += [
            _moved(name, figure, one, two) for figure in one.figures if figure in two.figures
        ]
    if not both:
        warnings.append("the runs have no suite in common")
    return Comparison(
        before=before.id,
        after=after.id,
        warnings=tuple(warnings),
        differences=tuple(differences(before, after)),
        figures=tuple(moved),
    )


def _suite_warnings(before: str, after: str, one: Suite, two: Suite) -> list[str]:
    found = [
        f"{suite.name} of {run} is partial{': ' + suite.note if suite.note else ''}"
        for run, suite in ((before, one), (after, two))
        if suite.partial
    ]
    if one.data_digest != two.data_digest:
        found.append(f"{one.name}: the data differ, so figures of the two runs mean other things")
    scored = [{s.id for s in suite.samples if not s.error} for suite in (one, two)]
    if scored[0] != scored[1]:
        common = len(scored[0] & scored[1])
        found.append(
            f"{one.name}: {common} samples in common, of {len(scored[0])} and {len(scored[1])}"
            " that were scored"
        )
    return found


def _moved(suite: str, name: str, one: Suite, two: Suite) -> Moved:
    before, after = one.figures[name], two.figures[name]
    if before.rule and before.rule == after.rule:
        first, second = columns(one.samples, before.rule), columns(two.samples, before.rule)
        ids = [i for i in first if i in second]
        if ids:
            return _paired(suite, name, before, after, ids, first, second)
    return _unpaired(suite, name, before, after)


def _paired(
    suite: str, name: str, before: Figure, after: Figure, ids: Sequence[str],
    first: Mapping[str, tuple[float, ...]], second: Mapping[str, tuple[float, ...]],
) -> Moved:  # fmt: skip
    rule = before.rule
    one, two = np.asarray([first[i] for i in ids]), np.asarray([second[i] for i in ids])
    was, now = value(one, rule), value(two, rule)
    difference = None if was is None or now is None else now - was
    low = high = None
    if difference is not None and len(ids) > 1:
        drawn = [
            b - a
            for d in draws_of(len(ids))
            if (a := value(one[d], rule)) is not None and (b := value(two[d], rule)) is not None
        ]
        if drawn:
            low, high = (float(v) for v in np.quantile(drawn, [0.025, 0.975]))
    return Moved(
        suite=suite, figure=name, unit=before.unit, before=was, after=now, difference=difference,
        low=low, high=high, n=len(ids), paired=True,
        verdict=_verdict(difference, low, high, before.better, len(ids)),
        samples=_movers(ids, one, two, rule),
    )  # fmt: skip


def _movers(
    ids: Sequence[str], one: Rows, two: Rows, rule: str
) -> tuple[MovedSample, ...]:
    found: list[MovedSample] = []
    for index, name in enumerate(ids):
        was, now = value(one[index : index + 1], rule), value(two[index : index + 1], rule)
        if was is None or now is None:  # what one sample alone does not define
            was, now = float(one[index, -1]), float(two[index, -1])
        if was != now:
            found.append(MovedSample(id=name, before=was, after=now))
    found.sort(key=lambda moved: -abs(moved.after - moved.before))
    return tuple(found[:_MOVERS])


def _unpaired(suite: str, name: str, before: Figure, after: Figure) -> Moved:
    difference = low = high = None
    if before.value is not None and after.value is not None:
        difference = after.value - before.value
        spreads = [
            (f.high - f.low) / 2 for f in (before, after)
            if f.low is not None and f.high is not None
        ]  # fmt: skip
        if len(spreads) == 2:
            spread = math.hypot(*spreads)
            low, high = difference - spread, difference + spread
    n = min(before.n, after.n)
    verdict = _verdict(difference, low, high, before.better, n)
    if before.value is None and after.value is None:
        verdict = "same"
    return Moved(
        suite=suite, figure=name, unit=before.unit, before=before.value, after=after.value,
        difference=difference, low=low, high=high, n=n, paired=False, verdict=verdict,
    )  # fmt: skip


def _verdict(
    difference: float | None, low: float | None, high: float | None, better: str, n: int
) -> Verdict:
    if difference == 0 and low in (0, None) and high in (0, None):
        return "same"
    if difference is None or low is None or high is None or n < FEWEST:
        return "too few samples"
    if low <= 0 <= high:
        return "within noise"
    if better == "neither":
        return "changed"
    return "better" if (difference > 0) == (better == "higher") else "worse"


def differences(before: EvalRun, after: EvalRun) -> list[str]:
    """What else differs between two runs, one line each."""
    found: list[str] = []
    for name, one, two in (
        ("model", before.model, after.model),
        ("engine", before.engine, after.engine),
        ("encoder", before.encoder, after.encoder),
        ("corpus", before.corpus_digest, after.corpus_digest),
        ("data", before.data, after.data),
        ("code", _code(before), _code(after)),
        ("machine", before.machine, after.machine),
    ):
        if one != two:
            found.append(f"{name}: {one or 'none'} → {two or 'none'}")
    names = sorted(before.prompts.keys() | after.prompts.keys())
    changed = [n for n in names if before.prompts.get(n) != after.prompts.get(n)]
    if changed:
        found.append(f"prompts: {', '.join(changed)}")
    return found


def _code(run: EvalRun) -> str:
    return f"{run.git_revision[:10]}{' with changes' if run.git_dirty else ''}"
