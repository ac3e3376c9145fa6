"""Running suites: what `underwrite eval` and `python -m evals` call.

Suites: desk (questions through the whole graph), verify, sentiment, retrieval, and invariants
(saved briefs only, no model). A gate file turns figures into a pass or a failure:

    {"desk.facts.value": {"min": 0.6}, "desk.violations_error_total": {"max": 0}}
"""

from __future__ import annotations

import argparse
import asyncio
import json as jsonlib
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from evals.data import (
    ClaimRow,
    DatasetError,
    load_claims,
    load_documents,
    load_questions,
    load_sentiment,
)
from evals.desk_access import open_desk
from evals.desk_suite import rescore, run_desk
from evals.judge import measure_judge
from evals.sentiment_suite import run_sentiment
from evals.tables import desk_tables, figures_table, report_console
from evals.verify_suite import run_verify
from tools.cascade import TrustStore
from tools.encoder.verifier import shipped_entailment
from tools.model.entailment import entailment_of
from tools.settings import load_settings

__all__ = ["SUITES", "gate_failures", "main", "run_suites"]

SUITES = ("desk", "verify", "sentiment", "retrieval", "invariants")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def gate_failures(report: Mapping[str, Any], gates: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Which gates do not hold: a figure under `min`, over `max`, or absent."""
    failed: list[str] = []
    for path, limits in gates.items():
        value: Any = report
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if not isinstance(value, int | float):
            failed.append(f"{path} has no figure")
            continue
        if "min" in limits and value < limits["min"]:
            failed.append(f"{path} is {value:.4g}, at least {limits['min']} is asked")
        if "max" in limits and value > limits["max"]:
            failed.append(f"{path} is {value:.4g}, at most {limits['max']} is asked")
    return failed


def _names(given: Sequence[str], data: Path | None, briefs: Path | None) -> list[str]:
    unknown = [name for name in given if name not in SUITES]
    if unknown:
        raise DatasetError(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    if given:
        return list(dict.fromkeys(given))
    chosen: list[str] = []
    if load_questions(data) and load_documents(data):
        chosen.append("desk")
    if load_claims(data):
        chosen.append("verify")
    if load_sentiment(data):
        chosen.append("sentiment")
    return chosen


async def _run(
    names: Sequence[str], data: Path | None, json: bool, **options: Any
) -> dict[str, Any]:
    report: dict[str, Any] = {}
    model, briefs, only = options["model"], options["briefs"], options["only"]
    if "invariants" in names:
        if briefs is None:
            raise DatasetError("the invariants suite reads saved briefs: name their folder")
        checked = rescore(briefs, data, only)
        desk_tables(checked, verbose=options["verbose"], stderr=json)
        report["invariants"] = {**checked.summary(), "results": _plain(checked)}
    if "desk" in names:
        asked = await run_desk(
            data,
            only=only,
            briefs=briefs,
            ablate=options["ablate"],
            model=model,
            silent=options["silent"],
            progress=_say,
        )
        desk_tables(asked, verbose=options["verbose"], stderr=json)
        report["desk"] = {**asked.summary(), "results": _plain(asked)}
    console = report_console(stderr=json)
    if "verify" in names or "sentiment" in names:
        # The encoders score rows; a language model is started only to be measured.
        measured = "verify" in names and model is not None and not options["silent"]
        async with open_desk(
            model=model, silent=options["silent"], need_model=measured
        ) as desk:
            if "verify" in names:
                if measured:
                    report["judge"] = await _judge(desk, load_claims(data))
                    figures_table("judge", report["judge"], console)
                report["verify"] = await run_verify(desk, load_claims(data))
                figures_table("verify", _brief(report["verify"]), console)
            if "sentiment" in names:
                report["sentiment"] = await run_sentiment(desk, load_sentiment(data))
                figures_table("sentiment", _brief(report["sentiment"]), console)
    if "retrieval" in names:
        report["retrieval"] = await _retrieval(data)
        figures_table("retrieval", report["retrieval"], console)
    return report


async def _judge(desk: Any, claims: Sequence[ClaimRow]) -> dict[str, Any]:
    """Measure the served model as a judge of claims and keep the record in the user's home."""
    judge = entailment_of(desk.model)
    try:
        trust, alone = await measure_judge(claims, shipped_entailment(), judge)
    except ValueError as error:
        raise DatasetError(str(error)) from error
    store = TrustStore(load_settings().trust_path)
    store.save(trust)
    TrustStore(desk.trust_path).save(trust)
    _say(
        f"{trust.judge} is {'' if trust.trusted else 'not '}trusted to judge claims beside "
        f"{trust.encoder}; recorded in {store.path}"
    )
    figures = trust.model_dump(mode="json", exclude={"calibration", "pool"})
    return {**figures, "judge_alone": alone}


def _plain(report: Any) -> list[dict[str, Any]]:
    return [r.model_dump(mode="json") for r in (*report.results, *report.ablations)]


def _brief(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in figures.items() if k != "wrong"}


async def _retrieval(data: Path | None) -> dict[str, Any]:
    if data is None or not (data / "dev" / "retrieval.jsonl").is_file():
        raise DatasetError("the retrieval suite needs --data with corpus/ and dev/retrieval.jsonl")
    # Chroma is slow to import; other suites go without.
    from evals.bench_corpus import retrieval
    from tools.corpus.embedding import MiniLM

    with tempfile.TemporaryDirectory(prefix="underwrite-eval-") as folder:
        return dict(await retrieval(data, Path(folder), MiniLM()))


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
) -> int:
    """Run suites, print tables, and return the exit code: 1 when a gate failed, else 0.

    names: of SUITES; empty for all that the set has files for. data: folder of the set; None
    for the one that comes with the package. json: stdout holds only the JSON report, tables go
    to stderr. briefs: where desk briefs are saved, or read by the invariants suite. silent: run
    without a language model. out: also write the report there. Raises DatasetError (bad set)
    and the desk's own errors.
    """
    chosen = _names(names, data, briefs)
    if not chosen:
        raise DatasetError(f"{data}: no questions, claims or sentiment files")
    options = {"model": model, "briefs": briefs, "only": only, "ablate": ablate, "silent": silent,
               "verbose": verbose}  # fmt: skip
    report = asyncio.run(_run(chosen, data, json, **options))
    report["at"] = datetime.now(timezone.utc).isoformat(timespec="seconds")
    report["data"] = str(data or "package")
    failed = gate_failures(report, jsonlib.loads(gate.read_text("utf-8"))) if gate else []
    report["gate_failures"] = failed
    text = jsonlib.dumps(report, ensure_ascii=False, indent=1)
    if json:
        sys.stdout.write(text + "\n")
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n", "utf-8")
    for line in failed:
        _say(f"gate failed: {line}")
    return 1 if failed else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m evals [SUITE…]`; the same flags as `underwrite eval` and a few for developers."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--data", type=Path, help="folder of the set (default: the package's)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--model", help="model name at the server")
    parser.add_argument("--only", default="", help="question ids, comma-separated")
    parser.add_argument("--briefs", type=Path, help="folder to save briefs in or read them from")
    parser.add_argument("--ablate", action="store_true", help="also ask without the evidence")
    parser.add_argument("--no-model", action="store_true", help="with no language model at all")
    parser.add_argument("--verbose", action="store_true", help="list every miss and violation")
    parser.add_argument("--out", type=Path, help="write the report to this file")
    parser.add_argument("--gate", type=Path, help="JSON of figures that must hold")
    options = parser.parse_args(arguments)
    try:
        return run_suites(
            options.suites,
            options.data,
            options.json,
            options.model,
            only=[part for part in options.only.split(",") if part],
            briefs=options.briefs,
            ablate=options.ablate,
            silent=options.no_model,
            verbose=options.verbose,
            out=options.out,
            gate=options.gate,
        )
    except DatasetError as error:
        _say(str(error))
        return 3
