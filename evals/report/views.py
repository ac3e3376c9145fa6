"""A run in the shape of its page: rows with their bars, plots with captions, failures by sample.

Nothing is measured here; what is shown was measured by the suites.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from evals.report.bars import cost_bars, count_bars, interval_bar, nice_top
from evals.report.changes import MOVED, ORDER, Change
from evals.report.plots import (
    BAND,
    BadPlot,
    confusion,
    precision_coverage,
    reliability,
    sentiment_scatter,
)
from evals.report.wording import number, short, signed
from evals.results import EvalRun, Failure, Figure, Sample, Suite
from tools.export.wording import Mark

__all__ = [
    "MOST_FAILURES",
    "FailedSample",
    "Move",
    "PlotView",
    "Row",
    "SuiteView",
    "moves",
    "scales",
    "suite_views",
    "tally",
    "totals",
]

MOST_FAILURES: Final = 200
"""Failures of one suite that the page shows; the rest is counted."""
_MOVERS: Final = 3
_OF_ONE_SAMPLE: Final = {"mean", "sum", "ratio", "accuracy"}
"""Rules of `evals.figure_rules` by which one sample alone has a figure that says something."""


class Row(NamedTuple):
    """One figure of the table."""

    name: str
    direction: str
    """Arrow towards better; empty where neither is."""
    value: str
    interval: str
    bar: Markup | None
    n: int
    unit: str
    note: str
    change: Mark | None
    """None without a baseline."""
    delta: str
    """How far it moved, over the samples in common, and from where."""
    spread: str
    """The interval of the difference."""
    movers: tuple[str, ...]
    """Samples that moved most."""


class PlotView(NamedTuple):
    kind: str
    title: str
    svg: Markup | None
    """None: it could not be drawn, and the caption says why."""
    caption: str


class FailedSample(NamedTuple):
    id: str
    kind: str
    """What the sample tests, in a word; may be empty."""
    failures: tuple[Failure, ...]
    new: bool
    """Scored without failure in the baseline."""


class SuiteView(NamedTuple):
    anchor: str
    suite: Suite
    rows: tuple[Row, ...]
    gone: tuple[str, ...]
    """Figures of the baseline that this run lacks."""
    plots: tuple[PlotView, ...]
    unscored: tuple[Sample, ...]
    failed: tuple[FailedSample, ...]
    left_out: int
    """Failures beyond MOST_FAILURES."""


class Move(NamedTuple):
    """A figure that moved, with the place of its suite in the page."""

    anchor: str
    suite: str
    row: Row


def scales(run: EvalRun, baseline: EvalRun | None) -> dict[str, float]:
    """Where the bars of each unit end; all begin at 0. Shares end at 1 in every suite."""
    highest: dict[str, float] = {}
    for one in (run, baseline) if baseline else (run,):
        for suite in one.suites.values():
            for figure in suite.figures.values():
                ends = (figure.value, figure.high)
                shown = [e for e in ends if e is not None and math.isfinite(e)]
                highest[figure.unit] = max([highest.get(figure.unit, 0.0), *shown])
    return {unit: nice_top(high) if unit else 1.0 for unit, high in highest.items()}


def totals(run: EvalRun) -> dict[str, int]:
    """Samples, unscored and failures over all suites."""
    suites = run.suites.values()
    return {
        "samples": sum(len(s.samples) for s in suites),
        "unscored": sum(s.unscored for s in suites),
        "failures": sum(len(s.failures) for s in suites),
    }


def suite_views(
    run: EvalRun, baseline: EvalRun | None, changes: Mapping[tuple[str, str], Change]
) -> list[SuiteView]:
    """The suites in the order of the run. changes: by names of suite and figure."""
    tops = scales(run, baseline)
    views = []
    for place, (name, suite) in enumerate(run.suites.items(), 1):
        before = baseline.suites.get(name) if baseline else None
        old = before.figures if before else {}
        failed = _failed(suite, before)
        shown = _first(failed, MOST_FAILURES)
        views.append(
            SuiteView(
                anchor=f"suite-{place}",
                suite=suite,
                rows=tuple(
                    _row(key, figure, old.get(key), tops, changes.get((name, key)))
                    for key, figure in suite.figures.items()
                ),
                gone=tuple(key for key in old if key not in suite.figures),
                plots=tuple(_plots(suite.plots, before.plots if before else {})),
                unscored=tuple(s for s in suite.samples if s.error),
                failed=tuple(shown),
                left_out=len(suite.failures) - sum(len(f.failures) for f in shown),
            )
        )
    return views


def _row(
    name: str, figure: Figure, before: Figure | None, tops: Mapping[str, float],
    change: Change | None,
) -> Row:  # fmt: skip
    unit = figure.unit
    moved = change.moved if change else None
    delta = spread = ""
    movers: tuple[str, ...] = ()
    if moved is not None and moved.verdict != "same" and moved.before is not None:
        delta = f"from {number(moved.before, unit)}"
        if moved.difference is not None:
            delta = f"{signed(moved.difference, unit)} {delta}"
        if moved.low is not None and moved.high is not None:
            spread = f"{signed(moved.low, unit)} to {signed(moved.high, unit)}"
        shares = figure.rule.split(" ")[0] in _OF_ONE_SAMPLE
        movers = tuple(
            f"{s.id} {short(s.before)} → {short(s.after)}" if shares else s.id
            for s in moved.samples[:_MOVERS]
        )
    bounds = [b for b in (figure.low, figure.high) if b is not None]
    return Row(
        name=name,
        direction={"higher": "↑", "lower": "↓", "neither": ""}[figure.better],
        value=number(figure.value, unit),
        interval=" – ".join(number(b, unit) for b in bounds) if len(bounds) == 2 else "",
        bar=interval_bar(figure, tops[unit], before),
        n=figure.n,
        unit=unit,
        note=figure.note,
        change=change.mark if change else None,
        delta=delta,
        spread=spread,
        movers=movers,
    )


def _failed(suite: Suite, before: Suite | None) -> list[FailedSample]:
    """Failures by sample, in their order; samples that the baseline had right come first."""
    by_sample: dict[str, list[Failure]] = {}
    for failure in suite.failures:
        by_sample.setdefault(failure.sample, []).append(failure)
    was_right: set[str] = set()
    if before is not None:
        was_right = {s.id for s in before.samples if not s.error}
        was_right -= {f.sample for f in before.failures}
    kinds = {s.id: s.kind for s in suite.samples}
    found = [
        FailedSample(key, kinds.get(key, ""), tuple(fs), key in was_right)
        for key, fs in by_sample.items()
    ]
    return sorted(found, key=lambda sample: not sample.new)


def _first(failed: Sequence[FailedSample], most: int) -> list[FailedSample]:
    """The first samples with `most` failures together; the last of them may be cut."""
    shown: list[FailedSample] = []
    left = most
    for sample in failed:
        if left <= 0:
            break
        shown.append(sample._replace(failures=sample.failures[:left]))
        left -= len(sample.failures)
    return shown


_TITLES: Final = {
    "reliability": "Reliability",
    "precision_coverage": "Precision against coverage",
    "scatter": "Sentiment, gold and said",
    "confusion": "Gold and said labels",
    "dropped": "Held back by the audit, by reason",
    "cost": "Cost by stage",
}


def _plots(plots: Mapping[str, Any], before: Mapping[str, Any]) -> list[PlotView]:
    views = []
    for kind, title in _TITLES.items():
        if kind not in plots:
            continue
        try:
            svg, caption = _drawn(kind, plots[kind], before.get(kind))
        except BadPlot as error:
            svg, caption = None, f"Not drawn: {error}"
        if svg is not None or caption:
            views.append(PlotView(kind, title, svg, caption))
    return views


def _drawn(kind: str, data: Any, before: Any) -> tuple[Markup | None, str]:
    """The plot and what to say below it; neither where there is nothing to draw."""
    dashed = " Dashed: the baseline." if before else ""
    if kind == "reliability":
        caption = "On the diagonal, confidence can be taken at its word; above it, more was right."
        svg = reliability(data, before)
        return svg, caption + dashed if svg else ""
    if kind == "precision_coverage":
        caption = "How often the surest rows are right, by the share of rows that is published."
        svg = precision_coverage(data, before)
        return svg, caption + dashed if svg else ""
    if kind == "scatter":
        drawn = sentiment_scatter(data)
        if drawn is None:
            return None, ""
        return drawn[0], f"In the band: {drawn[1]:.0%} of {len(data)} rows, {BAND} or nearer."
    if kind == "confusion":
        return confusion(data), ""
    return (count_bars(data) if kind == "dropped" else cost_bars(data)), ""


def tally(views: Sequence[SuiteView]) -> list[tuple[Mark, int]]:
    """How many figures moved how, in the order in which they are listed."""
    counts = Counter(row.change for view in views for row in view.rows if row.change)
    return [(mark, counts[mark]) for mark in ORDER if mark in counts]


def moves(views: Sequence[SuiteView]) -> list[list[Move]]:
    """The figures that moved beyond noise: worse, better, changed; empty without a baseline."""
    rows = [Move(view.anchor, view.suite.name, row) for view in views for row in view.rows]
    groups = [[move for move in rows if move.row.change == mark] for mark in MOVED]
    return [group for group in groups if group]
