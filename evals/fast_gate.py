"""The fast gate: what every change must hold, without a language model, in a minute or two.

    python -m evals --record-gate evals/gate/fast.json

It runs the desk with a model that never answers, checks the briefs against the promises of the
design and their citations against the sources, and scores the package's claims and texts with the
encoders. All of that is deterministic;
the noise that is left is measured by running again with documents, questions and rows in another
order.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from evals.data import find, numbered_rows, package_data
from evals.desk_access import open_desk
from evals.gates import gate_text, record_gate
from evals.recorder import Recorder, begin
from evals.registry import plan
from evals.results import EvalRun, write_whole
from evals.run import record
from evals.work import Opener, Options
from tools.settings import load_settings

__all__ = ["FAST", "FAST_GATE", "REPEATS", "fast_run", "record_fast_gate", "shuffled_set"]

FAST = ("desk", "invariants", "citations", "verify", "sentiment")
READ = (
    "verify.", "sentiment.", "citations.citation_", "citations.citations_needed",
    "citations.sentences_supported",
)  # fmt: skip
"""Figures that an encoder decides: a row near the boundary may fall otherwise on another
processor."""
FAST_GATE = package_data() / "gate" / "fast.json"
REPEATS = 3
_FILES = ("documents*.jsonl", "questions*.jsonl", "claims*.jsonl", "sentiment*.jsonl")
_ABOUT = (
    "Figures without a language model. tolerance: the largest difference over repeated runs with"
    " documents, questions and rows in another order, and at least what one sample is worth."
)


def fast_run(
    folder: Path,
    data: Path | None = None,
    *,
    suites: tuple[str, ...] = FAST,
    only: tuple[str, ...] = (),
    opener: Opener = open_desk,
) -> EvalRun:
    """The fast suites over a set, recorded in `folder`. Raises what stopped a suite."""
    options = Options(suites=suites, data=str(data or ""), silent=True, only=only)
    recorder = Recorder(begin(options, load_settings()), folder)
    error = asyncio.run(record(plan(options), options, recorder, opener))
    if error is not None:
        raise error
    recorder.finish()
    return recorder.run


def shuffled_set(folder: Path, seed: int, data: Path | None = None) -> Path:
    """The set with the rows of each file in another order, written to `folder`."""
    generator = random.Random(seed)  # noqa: S311 - an order, not a secret
    for pattern in _FILES:
        for path in find(data, pattern):
            rows = [row for _, row in numbered_rows(path)]
            generator.shuffle(rows)
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
            write_whole(folder / path.name, "".join(lines))
    return folder


def record_fast_gate(
    path: Path, *, repeats: int = REPEATS, say: Callable[[str], None] = lambda line: None
) -> int:
    """Measure the baselines and their noise and write the gate file. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="underwrite-gate-") as folder:
        base = Path(folder)
        say("baselines")
        baseline = fast_run(base / "baseline")
        again = []
        for number in range(1, repeats + 1):
            say(f"noise: run {number} of {repeats}")
            data = shuffled_set(base / f"set-{number}", number)
            again.append(fast_run(base / f"run-{number}", data))
    gate = record_gate(
        baseline, again, about=_ABOUT, silent=True, read=READ,
        command="python -m evals --record-gate evals/gate/fast.json",
    )  # fmt: skip
    write_whole(path, gate_text(gate))
    for name, held in gate.figures.items():
        say(f"{name}: {held.baseline} ± {held.tolerance}")
    return 0
