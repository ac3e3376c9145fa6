"""Gates: figures that must hold, with baselines and tolerances, and what to show when they do not.

A gate file has one of two forms. Limits, by hand:

    {"desk.facts": {"min": 0.6}, "desk.violations_error_total": {"max": 0}}

A recorded gate (`python -m evals --record-gate FILE`): baselines with the tolerances that were
measured, and the samples behind them, so that a failure names where it is. A figure fails when
it is worse than its baseline by more than its tolerance, when it is gone, or when samples that
were scored no longer are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import Field, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agents.evidence import Record
from evals.data import DatasetError
from evals.desk_report import PROMISES
from evals.figure_rules import columns, value
from evals.results import Better, EvalRun, Failure, Figure, Sample, Suite
from evals.tables import failure_lines, shown

__all__ = [
    "Gate", "Held", "Missed", "check_gate", "gate_tables", "gate_text", "load_gate", "record_gate",
]  # fmt: skip

_NOT_GATED: Final = {"seconds", "tokens", "minutes"}
"""Units of figures that depend on the machine."""
_EPSILON: Final = 1e-9


class Held(Record):
    """What one figure has to hold: a baseline with a tolerance, or limits."""

    baseline: float | None = None
    tolerance: float = 0.0
    better: Better = "higher"
    min: float | None = None
    max: float | None = None


class Gate(Record):
    """A gate file."""

    about: str = ""
    command: str = ""
    """How to record it again."""
    recorded: dict[str, str] = Field(default_factory=dict)
    """From which code, encoder, data and machine."""
    suites: tuple[str, ...] = ()
    silent: bool = False
    figures: dict[str, Held]
    """By `suite.figure`."""
    samples: dict[str, dict[str, dict[str, float]]] = Field(default_factory=dict)
    """Scores behind the baselines, by suite and sample."""


class Missed(Record):
    """A figure that does not hold."""

    figure: str
    wanted: str
    now: float | None
    unit: str = ""
    baseline: float | None = None
    tolerance: float = 0.0
    where: tuple[str, ...] = ()
    """Samples that got worse, worst first."""
    example: Failure | None = None

    def __str__(self) -> str:
        if self.now is None:
            return f"{self.figure} has no figure, {self.wanted}"
        return f"{self.figure} is {shown(self.now, self.unit)}, {self.wanted}"


def load_gate(path: Path) -> Gate:
    """A gate file of either form. Raises DatasetError with what is wrong with it."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise DatasetError(f"{path} is not JSON: {error}") from error
    if isinstance(content, dict) and "figures" not in content:
        content = {"figures": content}
    try:
        return Gate.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DatasetError(f"{path} is not a gate: {place}: {first['msg']}") from error


def gate_text(gate: Gate) -> str:
    """The gate as JSON, a line for each figure and each sample, so that a change reads well."""
    head = gate.model_dump(mode="json", exclude={"figures", "samples"})
    figures = {n: h.model_dump(exclude_none=True) for n, h in gate.figures.items()}

    def lines(rows: Mapping[str, Any], indent: str) -> str:
        inside = ",\n".join(
            f"{indent} {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}"
            for name, row in rows.items()
        )
        return f"{{\n{inside}\n{indent}}}"

    samples = ",\n".join(
        f"  {json.dumps(name)}: {lines(rows, '  ')}" for name, rows in gate.samples.items()
    )
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    text = f'{opening},\n "figures": {lines(figures, " ")},\n "samples": {{\n{samples}\n }}\n}}\n'
    assert Gate.model_validate_json(text) == gate
    return text


def check_gate(run: EvalRun, gate: Gate) -> list[Missed]:
    """The figures that do not hold, in order of the gate."""
    missed: list[Missed] = []
    for path, held in gate.figures.items():
        suite, figure = _found(run, path)
        now = None if figure is None else figure.value
        wanted = _unmet(held, now)
        if not wanted:
            continue
        where: list[str] = []
        if suite is not None and figure is not None:
            where = _worse(suite, figure, gate.samples.get(suite.name, {}))
        missed.append(
            Missed(
                figure=path, wanted=wanted, now=now, unit=figure.unit if figure else "",
                baseline=held.baseline, tolerance=held.tolerance, where=tuple(where),
                example=_example(suite, path.split(".", 1)[-1], where) if suite else None,
            )
        )  # fmt: skip
    return missed + _unscored(run, gate)


def _found(run: EvalRun, path: str) -> tuple[Suite | None, Figure | None]:
    """The figure of `suite.figure`; `suite.figure.value` and `suite.unscored` are read too."""
    name, _, rest = path.partition(".")
    suite = run.suites.get(name)
    if suite is None:
        return None, None
    if rest == "unscored":
        return suite, Figure(value=suite.unscored, n=len(suite.samples), better="lower", unit="-")
    figure = suite.figures.get(rest) or suite.figures.get(rest.removesuffix(".value"))
    return suite, figure


def _unmet(held: Held, now: float | None) -> str:
    """What is asked, if it is not met."""
    if held.baseline is not None:
        worse = {"higher": -1.0, "lower": 1.0, "neither": 0.0}[held.better]
        limit = held.baseline + worse * held.tolerance
        kept = "at least" if held.better == "higher" else "at most"
        if now is None or worse * (now - limit) > _EPSILON:
            return f"{kept} {limit:.4g} is asked"
    if held.min is not None and (now is None or now < held.min - _EPSILON):
        return f"at least {held.min:g} is asked"
    if held.max is not None and (now is None or now > held.max + _EPSILON):
        return f"at most {held.max:g} is asked"
    return ""


def _unscored(run: EvalRun, gate: Gate) -> list[Missed]:
    """Suites in which samples that were scored no longer are."""
    found: list[Missed] = []
    for name, samples in gate.samples.items():
        suite = run.suites.get(name)
        scored = {s.id for s in suite.samples if not s.error} if suite else set()
        lost = sorted(samples.keys() - scored)
        if lost and suite is not None:
            found.append(
                Missed(
                    figure=f"{name}.scored", wanted=f"{len(samples)} samples are asked",
                    now=float(len(samples) - len(lost)), unit="samples",
                    baseline=float(len(samples)), where=tuple(lost),
                    example=next((f for f in suite.failures if f.sample in lost), None),
                )
            )  # fmt: skip
    return found


def _worse(suite: Suite, figure: Figure, before: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Samples whose own figure is worse than it was; without a baseline those that are bad."""
    if not figure.rule:
        return []
    known = [Sample(id=i, scores=dict(scores)) for i, scores in before.items()]
    was, now = columns(known, figure.rule), columns(suite.samples, figure.rule)
    sign = -1.0 if figure.better == "higher" else 1.0
    drops: list[tuple[float, str]] = []
    for name, scores in now.items():
        own = value([scores], figure.rule)
        old = value([was[name]], figure.rule) if name in was else None
        if own is None:
            continue
        reference = old if old is not None else float(figure.better == "higher")
        if before and old is None and name in before:
            continue
        drop = sign * (own - reference)
        if drop > _EPSILON:
            drops.append((-drop, name))
    return [name for _, name in sorted(drops)]


def _example(suite: Suite, figure: str, where: Sequence[str]) -> Failure | None:
    """A failure that shows it: of the worst sample and of this figure where there is one."""

    def fits(failure: Failure) -> bool:
        check = failure.where.split(" ")[0]
        if figure == "violations_error_total" or figure == "broken_other":
            return check[:1].isdigit() or "." in check
        if figure.startswith("broken_"):
            name = figure.removeprefix("broken_")
            return any(check.startswith(f"{n}.") for n, p in PROMISES.items() if p == name)
        return check == figure

    order = {name: index for index, name in enumerate(where)}
    ranked = sorted(
        suite.failures,
        key=lambda f: (not fits(f), order.get(f.sample, len(order))),
    )
    named = [f for f in ranked if fits(f) or f.sample in order]
    return named[0] if named else None


def record_gate(
    run: EvalRun, repeats: Sequence[EvalRun], *, about: str, command: str, silent: bool,
    read: Sequence[str] = (),
) -> Gate:  # fmt: skip
    """Baselines of a run, with the tolerance of each figure from the noise that was measured.

    Tolerance is the largest difference that repeated runs show, each with documents, questions
    and rows in another order; for shares and scores it is at least what one sample is worth,
    because nothing smaller can be told from a slip: the largest change when one is left out, and
    for what an encoder reads (`read`: beginnings of names) one row's turn from right to wrong.
    Counts have no such allowance.
    """
    figures: dict[str, Held] = {}
    for name, suite in run.suites.items():
        for key, figure in suite.figures.items():
            if not _gated(run, name, key, figure) or figure.value is None:
                continue
            again = [
                r.suites[name].figures[key].value
                for r in repeats
                if name in r.suites and key in r.suites[name].figures
            ]
            spread = max((abs(v - figure.value) for v in again if v is not None), default=0.0)
            by_encoder = f"{name}.{key}".startswith(tuple(read))
            tolerance = max(spread, _one_sample(suite, figure, turned=by_encoder))
            figures[f"{name}.{key}"] = Held(
                baseline=round(figure.value, 6),
                tolerance=round(tolerance, 6),
                better=figure.better,
            )
    return Gate(
        about=about,
        command=command,
        recorded={
            "at": run.at, "code": run.git_revision, "encoder": run.encoder,
            "corpus": run.corpus_digest, "machine": run.machine, "repeats": str(len(repeats)),
        },
        suites=tuple(run.suites),
        silent=silent,
        figures=figures,
        samples={name: _scores(name, suite, figures) for name, suite in run.suites.items()},
    )  # fmt: skip


def _gated(run: EvalRun, suite: str, name: str, figure: Figure) -> bool:
    """Whether a figure is held: not those of the machine, of style, of a handful of rows, and not
    those of the desk suite that the invariants suite has too."""
    if not figure.rule or figure.better == "neither" or figure.unit in _NOT_GATED:
        return False
    if name.startswith("trap.") or name.endswith("warning_total"):
        return False
    twice = "invariants" in run.suites and name in run.suites["invariants"].figures
    return not (suite == "desk" and twice)


def _one_sample(suite: Suite, figure: Figure, *, turned: bool) -> float:
    """The largest change of a figure when one sample is left out, or turned from right to wrong;
    0 for counts."""
    rule = figure.rule.split()[0]
    rows = np.asarray(list(columns(suite.samples, figure.rule).values()))
    if rule == "sum" or len(rows) < 2 or figure.value is None:
        return 0.0
    left = [value(np.delete(rows, i, axis=0), figure.rule) for i in range(len(rows))]
    most = max((abs(v - figure.value) for v in left if v is not None), default=0.0)
    if turned and rule == "ratio":
        most = max(most, 1 / float(rows[:, 1].sum()))
    elif turned and rule in {"mean", "accuracy", "macro_f1", "balanced_accuracy"}:
        most = max(most, 1 / len(rows))
    return most


def _scores(
    name: str, suite: Suite, figures: Mapping[str, Held]
) -> dict[str, dict[str, float]]:
    """The scores that gated figures follow from, of every scored sample."""
    used: set[str] = set()
    for key, figure in suite.figures.items():
        if f"{name}.{key}" in figures:
            used |= set(figure.rule.split()[1:])
    kept = {
        s.id: {n: round(v, 6) for n in sorted(used) if (v := s.scores.get(n)) is not None}
        for s in suite.samples
        if not s.error
    }
    return {name: scores for name, scores in kept.items() if scores}


def gate_tables(missed: Sequence[Missed], console: Console) -> None:
    """What does not hold: figure, where, baseline, now, tolerance; then an example of each."""
    table = Table(title="gate failed", box=None)
    for column in ("figure", "where", "baseline", "now", "tolerance"):
        table.add_column(column, justify="left" if column in {"figure", "where"} else "right")
    for one in missed:
        where = ", ".join(one.where[:6]) + (f" +{len(one.where) - 6}" if len(one.where) > 6 else "")
        baseline = shown(one.baseline, one.unit) if one.baseline is not None else one.wanted
        now, tolerance = shown(one.now, one.unit), shown(one.tolerance, one.unit)
        table.add_row(escape(one.figure), escape(where), baseline, now, tolerance)
    console.print(table)
    examples: dict[Failure, list[str]] = {}
    for one in missed:
        if one.example is not None:
            examples.setdefault(one.example, []).append(one.figure)
    for example, figures in examples.items():
        console.print(f"example for {', '.join(figures)}:", markup=False, soft_wrap=True)
        for line in failure_lines(example):
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
