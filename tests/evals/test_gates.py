"""Gates: limits by hand, baselines with tolerances, and what a failure shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.data import DatasetError
from evals.figure_rules import figure
from evals.gates import Gate, check_gate, gate_tables, gate_text, load_gate, record_gate
from evals.results import Better, Cited, EvalRun, Failure, Sample, Suite

RULES: dict[str, tuple[str, Better, str]] = {
    "facts": ("mean facts", "higher", ""),
    "ece": ("mean ece", "lower", ""),
    "broken_figures": ("sum broken", "lower", "violations"),
    "seconds": ("mean seconds", "lower", "seconds"),
}
QUOTE = Cited(marker="1", quote="sold 41,000 tonnes", document="Report", publisher="Hill Gazette",
              date="2024-05-14")  # fmt: skip


def _run(facts: Sequence[float | None], broken: int = 0, seconds: float = 1.0) -> EvalRun:
    samples = []
    for n, value in enumerate(facts):
        scores: dict[str, float | None] = {
            "facts": value, "ece": None if value is None else 1 - value, "seconds": seconds,
            "broken": float(broken if n == 0 else 0),
        }  # fmt: skip
        error = "RuntimeError: boom" if value is None else ""
        samples.append(Sample(id=f"q{n}", scores={} if error else scores, error=error))
    failures = [
        Failure(sample=f"q{n}", where="facts", sentence="It sold tin.", citations=(QUOTE,),
                why="lacks ['41,000']")
        for n, value in enumerate(facts)
        if value is not None and value < 1
    ]  # fmt: skip
    if broken:
        failures.append(
            Failure(sample="q0", where="2.figure at summary[0]", sentence="It sold 43,000 tonnes.",
                    citations=(QUOTE,), why="'43,000' is in no quote")
        )  # fmt: skip
    suite = Suite(
        name="desk",
        figures={n: figure(samples, r, b, unit=u) for n, (r, b, u) in RULES.items()},
        samples=tuple(samples),
        failures=tuple(failures),
        unscored=sum(bool(s.error) for s in samples),
    )
    return EvalRun(id="r", at="2026-01-01T00:00:00+00:00", suites={"desk": suite})


def _gate(baseline: EvalRun, *repeats: EvalRun) -> Gate:
    return record_gate(baseline, repeats, about="a", command="c", silent=True)


def _printed(run: EvalRun, gate: Gate) -> str:
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    gate_tables(check_gate(run, gate), console)
    console.file.close()
    return console.export_text()


BASE: Sequence[float] = [1.0] * 8 + [0.5] * 2


def test_tolerance_is_the_spread_of_repeated_runs_and_at_least_one_sample() -> None:
    steady = _gate(_run(BASE), _run(BASE))
    # Leaving out a sample of 0.5 moves the mean of 0.9 most: to 0.944.
    assert steady.figures["desk.facts"].tolerance == pytest.approx(0.5 / 10 * 8 / 9, abs=1e-6)
    wide = _gate(_run(BASE), _run([1.0] * 7 + [0.5] * 3), _run([1.0] * 6 + [0.5] * 4))
    assert wide.figures["desk.facts"].tolerance == pytest.approx(0.1)
    # A count has no sample's worth: what is never broken stays unbroken.
    assert steady.figures["desk.broken_figures"].tolerance == 0.0
    assert "desk.seconds" not in steady.figures
    assert steady.samples["desk"]["q9"] == {"broken": 0.0, "ece": 0.5, "facts": 0.5}


def test_what_an_encoder_reads_may_turn_once_also_where_it_is_perfect() -> None:
    perfect = _run([1.0] * 10)
    read = record_gate(perfect, [], about="a", command="c", silent=True, read=("desk.facts",))
    assert read.figures["desk.facts"].tolerance == pytest.approx(0.1)
    assert read.figures["desk.ece"].tolerance == 0.0
    assert check_gate(_run([1.0] * 9 + [0.0]), read) != []  # ece is not read, and fell
    assert [m.figure for m in check_gate(_run([1.0] * 8 + [0.5] * 2), read)] == ["desk.ece"]
    assert "desk.facts" in [m.figure for m in check_gate(_run([1.0] * 8 + [0.0] * 2), read)]


def test_a_fall_within_tolerance_holds_and_beyond_it_fails() -> None:
    gate = _gate(_run(BASE), _run([1.0] * 7 + [0.5] * 3))
    assert check_gate(_run(BASE), gate) == []
    assert check_gate(_run([1.0] * 7 + [0.5] * 3), gate) == []
    assert check_gate(_run([1.0] * 10), gate) == []
    missed = check_gate(_run([1.0] * 6 + [0.5] * 4), gate)
    assert [m.figure for m in missed] == ["desk.facts", "desk.ece"]
    facts = missed[0]
    assert (facts.now, facts.baseline, facts.where) == (0.8, 0.9, ("q6", "q7"))
    assert facts.example is not None
    assert facts.example.sample == "q6"


def test_a_broken_promise_fails_with_what_where_and_an_example() -> None:
    gate = _gate(_run(BASE))
    printed = _printed(_run(BASE, broken=1), gate)
    line = next(row for row in printed.splitlines() if "desk.broken_figures" in row)
    assert line.split() == ["desk.broken_figures", "q0", "0", "1", "0"]
    assert "q0 2.figure at summary[0]: '43,000' is in no quote" in printed
    assert "It sold 43,000 tonnes." in printed
    assert "Hill Gazette 2024-05-14: “sold 41,000 tonnes”" in printed


def test_a_sample_that_is_no_longer_scored_fails() -> None:
    gate = _gate(_run(BASE))
    missed = check_gate(_run([1.0] * 8 + [0.5, None]), gate)
    # Its mean is higher without the hard sample; that must not pass.
    assert [(m.figure, m.now, m.baseline, m.where) for m in missed] == [
        ("desk.scored", 9.0, 10.0, ("q9",))
    ]


def test_a_suite_or_figure_that_is_gone_fails() -> None:
    gate = _gate(_run(BASE))
    gone = EvalRun(id="r", at="2026-01-01T00:00:00+00:00")
    missed = check_gate(gone, gate)
    assert {m.figure for m in missed} == {"desk.facts", "desk.ece", "desk.broken_figures"}
    assert str(missed[0]).startswith("desk.facts has no figure, at least")


def test_a_recorded_gate_is_read_as_it_was_written(tmp_path: Path) -> None:
    gate = _gate(_run(BASE), _run(BASE))
    path = tmp_path / "gate.json"
    path.write_text(gate_text(gate), "utf-8")
    assert load_gate(path) == gate
    assert len(path.read_text("utf-8").splitlines()) < 45


def test_limits_by_hand_hold_or_say_which_does_not(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    limits: dict[str, Any] = {
        "desk.facts.value": {"min": 0.95}, "desk.broken_figures": {"max": 0},
        "desk.unscored": {"max": 0}, "verify.accuracy": {"min": 0},
    }  # fmt: skip
    path.write_text(json.dumps(limits), "utf-8")
    missed = check_gate(_run([*BASE, None]), load_gate(path))
    assert [str(m) for m in missed] == [
        "desk.facts.value is 0.900, at least 0.95 is asked",
        "desk.unscored is 1, at most 0 is asked",
        "verify.accuracy has no figure, at least 0 is asked",
    ]
    assert missed[0].where == ("q8", "q9")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is not JSON"),
        ('{"desk.facts": {"least": 1}}', r"is not a gate: figures\.desk\.facts\.least: Extra"),
        ('{"desk.facts": 0.5}', r"is not a gate: figures\.desk\.facts"),
        ("[]", "is not a gate"),
    ],
)
def test_a_gate_that_cannot_be_used_is_named(
    tmp_path: Path, content: str | None, message: str
) -> None:
    path = tmp_path / "gate.json"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(DatasetError, match=message):
        load_gate(path)
