"""Reports for people, as tables in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.desk_report import DeskReport, QuestionResult
from evals.desk_scoring import COMPONENTS
from evals.statistics import Estimate

__all__ = ["desk_tables", "figures_table", "report_console"]

_SHORT = {
    "status": "status", "facts": "facts", "must_cite": "cite", "must_not_cite": "not cite",
    "contradictions": "contra", "independent_sources": "indep", "sentiment": "sentim",
    "exposures": "expos", "forbidden": "forbid",
}  # fmt: skip


def report_console(stderr: bool = False) -> Console:
    """The terminal; a file or pipe gets lines wide enough for the table."""
    found = Console(stderr=stderr)
    return found if found.is_terminal else Console(stderr=stderr, width=180)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".removesuffix(".00") or "0"


def _row(result: QuestionResult) -> list[str]:
    errors = sum(v.severity == "error" for v in result.violations)
    tail = [str(errors), str(len(result.violations) - errors), f"{result.seconds:.0f}"]
    prompt = sum(s.prompt_tokens - s.cached_tokens for s in result.stages.values())
    written = sum(s.completion_tokens for s in result.stages.values())
    tail += [str(prompt), str(written), f"{result.sentences}/{result.dropped}"]
    if result.score is None:
        return [result.id, result.kind, "error", *[""] * len(COMPONENTS), *tail]
    parts = [_cell(getattr(result.score, name)) for name in COMPONENTS]
    return [result.id, result.kind, f"{result.score.score:.2f}", *parts, *tail]


def desk_tables(report: DeskReport, *, verbose: bool = False, stderr: bool = False) -> None:
    """Print the questions, the means with intervals, violations and time by stage."""
    console = report_console(stderr)
    table = Table(title=f"desk: {report.data} {report.model}".strip(), box=None)
    for name in ("id", "kind", "score", *_SHORT.values(), "err", "warn", "s", "prompt", "out"):
        table.add_column(name, justify="left" if name in {"id", "kind"} else "right")
    table.add_column("kept/dropped", justify="right")
    for result in (*report.results, *report.ablations):
        table.add_row(*_row(result))
    console.print(table)
    summary = report.summary()
    figures_table("desk", summary, console)
    if verbose:
        for result in (*report.results, *report.ablations):
            if result.error:
                console.print(f"{result.id} error: {result.error}", markup=False)
            for miss in result.score.misses if result.score else ():
                console.print(f"{result.id} missed {miss}", markup=False, soft_wrap=True)
            for v in result.violations:
                line = f"{result.id} {v.severity} {v.invariant} {v.where}: {v.message}"
                console.print(line, markup=False, soft_wrap=True)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == set(Estimate._fields):
            return f"{Estimate(**value)}  n={value['n']}"
        return "  ".join(f"{k} {_shown(v)}" for k, v in value.items() if v not in (0, None))
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def figures_table(name: str, figures: Mapping[str, Any], console: Console | None = None) -> None:
    """Print named figures; nested ones (stages, confusion) a line each."""
    console = console or report_console()
    table = Table(title=name, box=None, show_header=False)
    for key, value in figures.items():
        if isinstance(value, Mapping) and any(isinstance(v, Mapping) for v in value.values()):
            for inner, nested in value.items():
                table.add_row(f"{key}.{inner}", _shown(nested))
        elif value not in (None, {}, []):
            table.add_row(key, _shown(value))
    console.print(table)
