"""Reports for people, as tables in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.compare import Comparison, Moved
from evals.desk_scoring import COMPONENTS
from evals.results import EvalRun, Failure, Figure, Sample, Suite

__all__ = [
    "comparison_tables", "failure_lines", "report_console", "runs_table", "shown", "suite_tables",
]  # fmt: skip

_SHORT: Final = {
    "score": "score", "status": "status", "facts": "facts", "must_cite": "cite",
    "must_not_cite": "not cite", "contradictions": "contra", "independent_sources": "indep",
    "sentiment": "sentim", "exposures": "expos", "forbidden": "forbid", "errors": "err",
    "warnings": "warn", "seconds": "s", "prompt_tokens": "prompt", "completion_tokens": "out",
    "sentences": "kept", "dropped": "dropped",
}  # fmt: skip
assert set(COMPONENTS) <= set(_SHORT)


def report_console(stderr: bool = False) -> Console:
    """The terminal; a file or pipe gets lines wide enough for the table."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=180)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".removesuffix(".00") or "0"


def shown(value: float | None, unit: str = "") -> str:
    """A figure as text: shares with three digits, counts whole, seconds with one."""
    if value is None:
        return "-"
    if unit in {"seconds", "minutes"}:
        return f"{value:.1f}"
    if unit:
        return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
    return f"{value:.3f}"


def _figure_row(name: str, figure: Figure) -> list[str]:
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f"[{shown(figure.low, figure.unit)}, {shown(figure.high, figure.unit)}]"
    return [escape(name), shown(figure.value, figure.unit), interval, f"n={figure.n}",
            figure.unit, escape(figure.note)]  # fmt: skip


def _samples_table(suite: Suite) -> Table:
    """A row for each question, where the suite asks questions."""
    used = [n for n in _SHORT if any(s.scores.get(n) is not None for s in suite.samples)]
    table = Table(title=suite.name, box=None)
    for name in ("id", "kind", *(_SHORT[n] for n in used)):
        table.add_column(name, justify="left" if name in {"id", "kind"} else "right")
    for sample in suite.samples:
        table.add_row(*_sample_row(sample, used))
    return table


def _sample_row(sample: Sample, used: list[str]) -> list[str]:
    if sample.error:
        return [escape(sample.id), escape(sample.kind), "error"]
    cells = [_cell(sample.scores.get(name)) for name in used]
    return [escape(sample.id), escape(sample.kind), *cells]


def failure_lines(failure: Failure) -> list[str]:
    """A failure as lines: what and why, the sentence, its quotes."""
    lines = [f"{failure.sample} {failure.where}: {failure.why}"]
    if failure.sentence:
        lines.append(f"    {failure.sentence}")
    for citation in failure.citations[:4]:
        source = " ".join(part for part in (citation.publisher, citation.date) if part)
        quote = citation.quote if len(citation.quote) <= 240 else f"{citation.quote[:240]}…"
        lines.append(f"    [{citation.marker}] {source + ': ' if source else ''}“{quote}”")
    return lines


def suite_tables(suite: Suite, *, verbose: bool = False, stderr: bool = False) -> None:
    """Print a suite: its questions where it asks any, its figures, and with `verbose` each
    failure."""
    console = report_console(stderr)
    if suite.name in {"desk", "invariants"} and suite.samples:
        console.print(_samples_table(suite))
    title = f"{suite.name}{' (partial)' if suite.partial else ''}"
    if suite.unscored:
        title += f", {suite.unscored} unscored"
    table = Table(title=title, box=None, show_header=False)
    for name, figure in suite.figures.items():
        if figure.n or verbose:
            table.add_row(*_figure_row(name, figure))
    console.print(table)
    if suite.note:
        console.print(f"{suite.name}: {suite.note}", markup=False, soft_wrap=True)
    if verbose:
        for failure in suite.failures:
            for line in failure_lines(failure):
                console.print(line, markup=False, highlight=False, soft_wrap=True)


_STYLE: Final = {"better": "green", "worse": "red", "changed": "yellow"}


def _signed(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{'+' if value > 0 else ''}{shown(value, unit)}"


def _moved_row(moved: Moved) -> list[str]:
    interval = ""
    if moved.low is not None and moved.high is not None:
        interval = f"[{_signed(moved.low, moved.unit)}, {_signed(moved.high, moved.unit)}]"
    verdict = moved.verdict if moved.paired else f"{moved.verdict} (unpaired)"
    which = ", ".join(
        f"{escape(s.id)} {shown(s.before, moved.unit)}→{shown(s.after, moved.unit)}"
        for s in moved.samples[:3]
    )
    style = _STYLE.get(moved.verdict)
    return [
        escape(f"{moved.suite}.{moved.figure}"), shown(moved.before, moved.unit),
        shown(moved.after, moved.unit), _signed(moved.difference, moved.unit), interval,
        f"{moved.n}", f"[{style}]{verdict}[/]" if style else verdict, which,
    ]  # fmt: skip


def comparison_tables(
    found: Comparison, *, verbose: bool = False, stderr: bool = False
) -> None:
    """Print what moved; with `verbose` also what stayed the same."""
    console = report_console(stderr)
    console.print(f"{found.before} → {found.after}", markup=False, highlight=False)
    for warning in found.warnings:
        console.print(f"warning: {warning}", markup=False, soft_wrap=True)
    for line in found.differences:
        console.print(f"differs in {line}", markup=False, highlight=False, soft_wrap=True)
    rows = [m for m in found.figures if verbose or m.verdict != "same"]
    if rows:
        table = Table(box=None)
        for name in ("figure", "before", "after", "difference", "95%", "n", "verdict"):
            left = name in {"figure", "verdict"}
            table.add_column(name, justify="left" if left else "right", no_wrap=True)
        table.add_column("moved most")
        for moved in rows:
            table.add_row(*_moved_row(moved))
        console.print(table)
    tested = [m for m in found.figures if m.verdict not in {"same", "too few samples"}]
    beyond = [m for m in tested if m.verdict != "within noise"]
    same = sum(m.verdict == "same" for m in found.figures)
    console.print(
        f"{len(beyond)} of {len(found.figures)} figures moved beyond noise, {same} are the same."
        + (f" By chance alone about {len(tested) / 20:.1f} would." if tested else ""),
        markup=False, highlight=False,
    )  # fmt: skip


def runs_table(runs: Sequence[EvalRun]) -> Table:
    """A line for each run."""
    table = Table(box=None)
    for name in ("run", "at", "state", "model", "data", "suites"):
        table.add_column(name)
    for run in runs:
        suites = ", ".join(f"{n}{'*' if s.partial else ''}" for n, s in run.suites.items())
        state = "finished" if run.finished else "unfinished"
        cells = (run.id, run.at[:16], state, run.model or run.engine, run.data, suites)
        table.add_row(*(escape(cell) for cell in cells))
    return table
