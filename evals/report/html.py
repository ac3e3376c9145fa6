"""A run as one self-contained page: it loads nothing and needs no script.

It has the look of a brief's page. Everything that comes from the run is text: nothing of it is
markup, a style or an address.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evals.compare import compare
from evals.report.changes import figure_changes
from evals.report.views import MOST_FAILURES, moves, scales, suite_views, tally, totals
from evals.report.wording import counted, moment, seconds
from evals.results import EvalRun, write_whole
from tools.export.style import base_style, content_policy, page_file
from tools.export.wording import printable

__all__ = ["render", "write"]


def write(run: EvalRun, path: Path, baseline: EvalRun | None = None) -> None:
    """Write the page to `path`, whole or not at all; missing folders are made.

    baseline: an earlier run; figures then say whether they moved beyond noise.
    """
    write_whole(path, render(run, baseline))


def render(run: EvalRun, baseline: EvalRun | None = None) -> str:
    """The page."""
    style = base_style() + page_file("evals.report", "report.css")
    found = compare(baseline, run) if baseline else None
    changes = figure_changes(run, baseline, found) if baseline and found else {}
    views = suite_views(run, baseline, changes)
    page = _environment().get_template("report.html.j2").render(
        run=run,
        baseline=baseline,
        suites=views,
        moves=moves(views),
        tally=tally(views),
        totals=totals(run),
        partial=[name for name, suite in run.suites.items() if suite.partial],
        found=found,
        scales={unit: top for unit, top in scales(run, baseline).items() if unit},
        most_failures=MOST_FAILURES,
        policy=content_policy(style),
        style=Markup(style),  # noqa: S704 - our own file
        counted=counted,
    )
    # A lone surrogate cannot be written in any encoding.
    return page.encode("utf-8", "replace").decode("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evals.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"plain": printable, "moment": moment, "seconds": seconds}
    environment.filters.update(filters)
    return environment
