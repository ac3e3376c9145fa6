"""Running suites: what `underwrite eval` and `python -m evals` call.

`evals.registry` has the suites, `evals.results` what a run leaves behind, `evals.gates` how
figures become a pass or a failure, `evals.compare` how two runs differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json as jsonlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from agents.ports import ModelUnusable, PortError
from evals.compare import compare
from evals.data import DatasetError
from evals.desk_access import open_desk
from evals.gates import Gate, check_gate, gate_tables, load_gate
from evals.recorder import Recorder, begin, resume
from evals.registry import SUITES, Registered, UsageError, plan
from evals.results import EvalRun, answers_folder, load_run, results_folder, write_whole
from evals.tables import comparison_tables, report_console, runs_table, suite_tables
from evals.work import Opener, Options, Work
from tools.settings import load_settings

__all__ = ["SUITES", "compare_runs", "list_runs", "main", "record", "run_suites", "show_run"]

INTERRUPTED = 130


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _folder(out: Path | None) -> Path:
    """Where runs are: `--out`, unless that is a file for a copy of the record."""
    if out is not None and out.suffix != ".json":
        return out
    return results_folder(load_settings().home)


async def record(
    suites: Sequence[Registered],
    options: Options,
    recorder: Recorder,
    opener: Opener,
    say: Callable[[str], None] = _say,
) -> Exception | None:
    """Run suites one after the other into a record; those that are done are not run again.

    A suite that fails is marked partial and the others go on, but for those that need the model
    when that is what failed. Returns the first error, None when all went well.
    """
    work = Work(
        options,
        answers_folder(recorder.folder, recorder.run.id),
        say=say,
        update=recorder.update,
        opened=recorder.opened,
        opener=opener,
    )
    first: Exception | None = None
    unusable = ""
    for suite in suites:
        known = recorder.run.suites.get(suite.name)
        if known is not None and not known.partial:
            continue
        if unusable and suite.asks:
            recorder.stopped(suite.name, f"not run: {unusable}")
            continue
        began = time.monotonic()
        try:
            found = await suite.run(work)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other suites go on
            why = str(error) if isinstance(error, PortError) else f"{type(error).__name__}: {error}"
            recorder.stopped(suite.name, why)
            _say(f"{suite.name} stopped: {why}")
            first = first or error
            if isinstance(error, ModelUnusable):
                unusable = why
            continue
        before = known.seconds if known else 0.0
        spent = round(before + time.monotonic() - began, 2)
        recorder.update(found.model_copy(update={"seconds": max(found.seconds, spent)}))
    return first


def run_suites(
    names: Sequence[str] = (),
    data: Path | None = None,
    json: bool = False,
    model: str | None = None,
    *,
    only: Sequence[str] = (),
    briefs: Path | None = None,
    ablate: bool = False,
    silent: bool = False,
    verbose: bool = False,
    out: Path | None = None,
    gate: Path | None = None,
    html: Path | None = None,
    resumed: str | None = None,
    quiet: bool = False,
    opener: Opener = open_desk,
) -> int:
    """Run suites, print tables, and return the exit code: 1 when a gate failed, 130 when
    interrupted, else 0.

    names: of SUITES; empty for those of a recorded gate, else for all that the set has files for.
    data: folder of the set; None for the one that comes with the package. json: stdout holds only
    the run's record, tables go to stderr. briefs: where desk briefs are saved too, or read by
    suites of saved briefs. silent: run without a language model. out: folder of run records, or a
    .json file for a copy. resumed: go on with this run; names, data and what else it was asked
    come from its record. quiet: no progress. opener: what opens a desk. Raises DatasetError (bad
    set, bad arguments) and, when all is recorded, the first error that stopped a suite.
    """
    settings = load_settings()
    folder = _folder(out)
    held = load_gate(gate) if gate else None
    if resumed:
        if names or data is not None or model or only or ablate or silent or briefs:
            raise UsageError(
                "--resume goes on with what the run was asked: leave suites, --data, --model,"
                " --only, --briefs, --ablate and --no-model out"
            )
        run, options, warnings = resume(resumed, folder, settings)
        for warning in warnings:
            _say(f"warning: {warning}")
    else:
        if held and not names:
            # A recorded gate is of certain suites, with or without a model: run those.
            names, silent = held.suites, silent or held.silent
        options = Options(
            suites=tuple(names), data=str(data or ""), only=tuple(only), model=model,
            briefs=str(briefs or ""), ablate=ablate, silent=silent,
        )  # fmt: skip
    suites = plan(options)
    if not resumed:
        # Named in the record, so that going on later means the same suites.
        options = options.model_copy(update={"suites": tuple(suite.name for suite in suites)})
        run = begin(options, settings)
    recorder = Recorder(run, folder)
    where = "" if folder == results_folder(settings.home) else f" --out {folder}"
    again = f"underwrite eval --resume {run.id}{where}"
    progress = (lambda line: None) if quiet else _say
    progress(f"run {run.id}: {', '.join(suite.name for suite in suites)}")
    try:
        error = asyncio.run(record(suites, options, recorder, opener, progress))
    except KeyboardInterrupt:
        for suite in suites:
            known = recorder.run.suites.get(suite.name)
            if known is not None and known.partial:
                recorder.stopped(suite.name, "interrupted")
        _say(f"interrupted; what was answered is kept. Go on with: {again}")
        return INTERRUPTED
    if error is None:
        recorder.finish()
    _report(recorder.run, json=json, verbose=verbose, html=html)
    if out is not None and out.suffix == ".json":
        write_whole(out, recorder.run.model_dump_json(indent=1) + "\n")
    _say(f"recorded in {recorder.path}")
    code = _held(recorder.run, held, json=json)
    if error is not None:
        _say(f"partial; when that is mended, go on with: {again}")
        raise error
    return code


def _held(run: EvalRun, gate: Gate | None, *, json: bool) -> int:
    """The exit code of a run under a gate, 0 without one; with `json` the record on stdout."""
    missed = check_gate(run, gate) if gate else []
    if json:
        found = {**run.model_dump(mode="json"), "gate_failures": [str(one) for one in missed]}
        sys.stdout.write(jsonlib.dumps(found, ensure_ascii=False, indent=1) + "\n")
    if missed:
        gate_tables(missed, report_console(stderr=True))
        for one in missed:
            _say(f"gate failed: {one}")
    return 1 if missed else 0


def _report(run: EvalRun, *, json: bool, verbose: bool, html: Path | None) -> None:
    for suite in run.suites.values():
        suite_tables(suite, verbose=verbose, stderr=json)
    if html is not None:
        _page(run, html)


def _page(run: EvalRun, html: Path, baseline: EvalRun | None = None) -> None:
    from evals.report.html import write

    write(run, html, baseline)
    _say(f"page: {html}")


def compare_runs(
    before: str, after: str, *, out: Path | None = None, json: bool = False,
    verbose: bool = False, html: Path | None = None,
) -> int:  # fmt: skip
    """Print what moved from one run to another and whether it is more than noise.

    before, after: run ids, the beginnings of ids, or files. Raises RunMissing.
    """
    folder = _folder(out)
    one, two = load_run(before, folder), load_run(after, folder)
    found = compare(one, two)
    if json:
        sys.stdout.write(found.model_dump_json(indent=1) + "\n")
    comparison_tables(found, verbose=verbose, stderr=json)
    if html is not None:
        _page(two, html, one)
    return 0


def show_run(
    name: str, *, out: Path | None = None, json: bool = False, verbose: bool = False,
    html: Path | None = None, gate: Path | None = None,
) -> int:  # fmt: skip
    """Print a recorded run again, write its page, hold it to a gate. Raises RunMissing."""
    held = load_gate(gate) if gate else None
    run = load_run(name, _folder(out))
    _report(run, json=json, verbose=verbose, html=html)
    return _held(run, held, json=json)


def list_runs(*, out: Path | None = None, json: bool = False) -> int:
    """Print the runs that are recorded, newest first."""
    folder = _folder(out)
    runs = []
    for path in sorted(folder.glob("*.json"), reverse=True) if folder.is_dir() else ():
        try:
            runs.append(load_run(path, folder))
        except DatasetError as error:
            _say(f"left out: {error}")
    if json:
        kept = {"id", "at", "finished", "model", "engine", "data", "git_revision"}
        rows = [{**r.model_dump(include=kept), "suites": list(r.suites)} for r in runs]
        sys.stdout.write(jsonlib.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    elif runs:
        report_console().print(runs_table(runs))
    else:
        _say(f"no runs in {folder}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m evals [SUITE…]`; the flags of `underwrite eval`, and --record-gate."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--data", type=Path, help="folder of the set (default: the package's)")
    parser.add_argument("--json", action="store_true", help="print the run's record as JSON")
    parser.add_argument("--model", help="model name at the server")
    parser.add_argument("--only", default="", help="question ids, comma-separated")
    parser.add_argument("--briefs", type=Path, help="folder to save briefs in or read them from")
    parser.add_argument("--ablate", action="store_true", help="also ask without the evidence")
    parser.add_argument("--no-model", action="store_true", help="with no language model at all")
    parser.add_argument("--verbose", action="store_true", help="list every failure")
    parser.add_argument("--out", type=Path, help="folder of runs, or a .json file for a copy")
    parser.add_argument("--gate", type=Path, help="JSON of figures that must hold")
    parser.add_argument("--html", type=Path, help="write a page for people")
    parser.add_argument("--resume", metavar="RUN", help="go on with a run that stopped")
    parser.add_argument("--compare", nargs=2, metavar="RUN", help="what moved between two runs")
    parser.add_argument("--show", metavar="RUN", help="print a recorded run again")
    parser.add_argument("--list", action="store_true", help="the runs that are recorded")
    parser.add_argument("--record-gate", type=Path, metavar="FILE", help="measure a gate anew")
    given = parser.parse_args(arguments)
    try:
        if given.list:
            return list_runs(out=given.out, json=given.json)
        if given.compare:
            return compare_runs(
                *given.compare, out=given.out, json=given.json, verbose=given.verbose,
                html=given.html,
            )  # fmt: skip
        if given.show:
            return show_run(
                given.show, out=given.out, json=given.json, verbose=given.verbose,
                html=given.html, gate=given.gate,
            )  # fmt: skip
        if given.record_gate:
            from evals.fast_gate import record_fast_gate

            return record_fast_gate(given.record_gate, say=_say)
        return run_suites(
            given.suites,
            given.data,
            given.json,
            given.model,
            only=[part for part in given.only.split(",") if part],
            briefs=given.briefs,
            ablate=given.ablate,
            silent=given.no_model,
            verbose=given.verbose,
            out=given.out,
            gate=given.gate,
            html=given.html,
            resumed=given.resume,
        )
    except PortError as error:
        _say(str(error))
        return error.exit_code
