"""Every change holds the figures of `evals/gate/fast.json`: no language model, a minute or two.

After a change that is meant to move them: `python -m evals --record-gate evals/gate/fast.json`.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from evals.fast_gate import FAST, FAST_GATE, fast_run
from evals.gates import check_gate, gate_tables, load_gate
from evals.recorder import begin
from evals.work import Options
from tools.encoder.weights import SHIPPED
from tools.settings import load_settings

pytestmark = pytest.mark.skipif(
    not (SHIPPED / "encoder" / "manifest.json").is_file(),
    reason="weights/encoder/manifest.json is absent: train and `make ship-encoder`",
)


def test_the_gate_is_of_the_package_and_covers_what_it_should() -> None:
    gate = load_gate(FAST_GATE)
    assert gate.suites == FAST
    assert gate.recorded["corpus"] == begin(Options(), load_settings()).corpus_digest
    for name in ("cited", "figures", "labels", "origins", "as_of", "tickers", "planted"):
        held = gate.figures[f"invariants.broken_{name}"]
        assert (held.baseline, held.tolerance) == (0, 0), name
    for name in ("desk.facts", "desk.abstains", "citations.sentences_supported",
                 "citations.quotes_exact", "verify.macro_f1", "verify.costly_error",
                 "sentiment.accuracy"):  # fmt: skip
        held = gate.figures[name]
        assert held.baseline is not None
        assert held.tolerance < 0.1
    assert {suite: len(samples) for suite, samples in gate.samples.items()} == {
        "desk": 20, "invariants": 20, "citations": 20, "verify": 120, "sentiment": 72,
    }  # fmt: skip


def test_the_figures_hold(tmp_path: Path) -> None:
    gate = load_gate(FAST_GATE)
    run = fast_run(tmp_path)
    missed = check_gate(run, gate)
    if missed:
        printed = io.StringIO()
        gate_tables(missed, Console(file=printed, width=140))
        if gate.recorded["encoder"] != run.encoder:
            printed.write(f"recorded with {gate.recorded['encoder']}, now {run.encoder}\n")
        pytest.fail(
            f"{printed.getvalue()}\nIf this is meant: {gate.command}", pytrace=False
        )
