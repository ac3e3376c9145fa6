"""Two runs: paired where they share samples, and more than noise only where it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.compare import Comparison, Moved, compare
from evals.figure_rules import figure
from evals.results import Better, EvalRun, Figure, RunMissing, Sample, Suite, load_run, save_run
from evals.run import compare_runs

RULES: dict[str, tuple[str, Better]] = {
    "facts": ("mean facts", "higher"),
    "errors": ("sum errors", "lower"),
    "macro_f1": ("macro_f1 gold said", "higher"),
    "dropped": ("ratio dropped written", "neither"),
}


def _suite(
    scores: Sequence[Mapping[str, float | None]], *, name: str = "desk", ids: str = "q",
    **fields: Any,
) -> Suite:  # fmt: skip
    samples = [Sample(id=f"{ids}{n}", scores=dict(row)) for n, row in enumerate(scores)]
    used = [name for name, (rule, _) in RULES.items() if rule.split()[1] in scores[0]]
    figures = {name: figure(samples, *RULES[name]) for name in used}
    return Suite(name=name, figures=figures, samples=tuple(samples), **fields)


def _run(name: str, *suites: Suite, **fields: Any) -> EvalRun:
    at = {"at": "2026-01-01T00:00:00+00:00", "finished": True, "data": "package"}
    return EvalRun(id=name, suites={s.name: s for s in suites}, **{**at, **fields})


def _one(found: Comparison, name: str) -> Moved:
    (moved,) = [m for m in found.figures if m.figure == name]
    return moved


def test_a_gain_on_most_samples_is_better_although_the_intervals_overlap() -> None:
    hard = [n / 20 for n in range(20)]  # samples differ more from each other than runs do
    before = _suite([{"facts": h} for h in hard])
    after = _suite([{"facts": h + (0.05 if n % 3 else 0.0)} for n, h in enumerate(hard)])
    one, two = before.figures["facts"], after.figures["facts"]
    assert one.high is not None
    assert two.low is not None
    assert two.low < one.high
    moved = _one(compare(_run("a", before), _run("b", after)), "facts")
    assert (moved.verdict, moved.paired, moved.n) == ("better", True, 20)
    assert moved.difference == pytest.approx(0.05 * 13 / 20)
    assert moved.low is not None
    assert moved.low > 0
    assert len(moved.samples) == 5
    back = _one(compare(_run("b", after), _run("a", before)), "facts")
    assert back.verdict == "worse"
    assert back.difference == pytest.approx(-0.05 * 13 / 20)


def test_one_sample_of_twenty_is_noise_and_is_named() -> None:
    before = [{"facts": 1.0} for _ in range(20)]
    after = [{"facts": 0.0 if n == 7 else 1.0} for n in range(20)]
    moved = _one(compare(_run("a", _suite(before)), _run("b", _suite(after))), "facts")
    assert moved.verdict == "within noise"
    assert [(s.id, s.before, s.after) for s in moved.samples] == [("q7", 1.0, 0.0)]


def test_lower_is_better_where_it_is_and_neither_is_only_a_change() -> None:
    before = _suite([{"errors": 2.0, "dropped": 1.0, "written": 10.0}] * 8)
    after = _suite([{"errors": 0.0, "dropped": 5.0, "written": 10.0}] * 8)
    found = compare(_run("a", before), _run("b", after))
    assert _one(found, "errors").verdict == "better"
    assert _one(found, "dropped").verdict == "changed"
    again = compare(_run("a", before), _run("b", before))
    assert {m.verdict for m in again.figures} == {"same"}


def test_figures_of_labels_are_recomputed_in_pairs() -> None:
    gold = [0, 1, 2] * 10
    before = _suite([{"gold": float(g), "said": float((g + 1) % 3)} for g in gold])
    after = _suite([{"gold": float(g), "said": float(g)} for g in gold])
    moved = _one(compare(_run("a", before), _run("b", after)), "macro_f1")
    assert (moved.before, moved.after, moved.verdict) == (0.0, 1.0, "better")
    assert moved.samples[0].after == 0.0 or moved.samples[0].before != moved.samples[0].after


def test_few_samples_are_never_better() -> None:
    before, after = _suite([{"facts": 0.0}] * 4), _suite([{"facts": 1.0}] * 4)
    moved = _one(compare(_run("a", before), _run("b", after)), "facts")
    assert moved.verdict == "too few samples"


def test_an_unscored_sample_is_left_out_of_both_sides() -> None:
    before = _suite([{"facts": 1.0}] * 9 + [{"facts": 0.0}])
    rows = [*before.samples[:9], Sample(id="q9", error="no answer")]
    figures = {"facts": figure(rows, "mean facts", "higher")}
    after = Suite(name="desk", figures=figures, samples=tuple(rows), unscored=1)
    found = compare(_run("a", before), _run("b", after))
    moved = _one(found, "facts")
    # Alone the second run looks better, 1.0 to 0.9: on the samples of both it is the same.
    assert (moved.before, moved.after, moved.verdict, moved.n) == (1.0, 1.0, "same", 9)
    assert "desk: 9 samples in common, of 10 and 9 that were scored" in found.warnings


def test_without_samples_in_common_the_comparison_says_so() -> None:
    before = _suite([{"facts": n % 2} for n in range(40)])
    after = _suite([{"facts": 1.0} for n in range(40)], ids="other")
    moved = _one(compare(_run("a", before), _run("b", after)), "facts")
    assert (moved.paired, moved.verdict) == (False, "better")
    plain = Figure(value=0.5, low=0.4, high=0.6, n=50, better="higher")
    suite = Suite(name="judge", figures={"f": plain})
    more = Suite(name="judge", figures={"f": plain.model_copy(update={"value": 0.55})})
    moved = _one(compare(_run("a", suite), _run("b", more)), "f")
    assert (moved.paired, moved.verdict) == (False, "within noise")


def test_a_figure_that_neither_run_has_is_the_same() -> None:
    nothing = _suite([{"facts": None}] * 6)
    found = compare(_run("a", nothing), _run("b", nothing))
    assert _one(found, "facts").verdict == "same"
    some = _one(compare(_run("a", nothing), _run("b", _suite([{"facts": 1.0}] * 6))), "facts")
    assert (some.before, some.after, some.verdict) == (None, 1.0, "too few samples")


def test_what_else_differs_is_said_and_other_data_is_a_warning() -> None:
    suite = _suite([{"facts": 1.0}] * 6, data_digest="d1")
    other = suite.model_copy(update={"data_digest": "d2", "partial": True, "note": "interrupted"})
    found = compare(
        _run("a", suite, model="m1", prompts={"plan": "1", "write": "1"}, git_revision="a" * 40),
        _run("b", other, _suite([{"facts": 1.0}] * 6, name="cost"), model="m2", finished=False,
             prompts={"plan": "1", "write": "2"}, git_revision="a" * 40, git_dirty=True),
    )  # fmt: skip
    assert "desk: the data differ, so figures of the two runs mean other things" in found.warnings
    assert "desk of b is partial: interrupted" in found.warnings
    assert "b is unfinished" in found.warnings
    assert "only b has cost" in found.warnings
    assert found.differences == (
        "model: m1 → m2", f"code: {'a' * 10} → {'a' * 10} with changes", "prompts: write",
    )  # fmt: skip
    nothing = compare(_run("a", suite), _run("b", _suite([{"facts": 1.0}] * 6, name="cost")))
    assert "the runs have no suite in common" in nothing.warnings
    assert nothing.figures == ()


def test_the_command_prints_a_table_or_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _run("20260101-000000-aaaaaa", _suite([{"facts": 0.0}] * 8))
    after = _run("20260102-000000-bbbbbb", _suite([{"facts": 1.0}] * 8))
    save_run(before, tmp_path)
    other = save_run(after, tmp_path / "elsewhere")
    assert compare_runs("20260101", str(other), out=tmp_path) == 0
    printed = capsys.readouterr().out
    assert "desk.facts" in printed
    assert "better" in printed
    assert "1 of 1 figures moved beyond noise" in printed
    assert compare_runs("20260101", str(other), out=tmp_path, json=True) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["figures"][0]["verdict"] == "better"
    with pytest.raises(RunMissing, match="no run 2027"):
        compare_runs("2027", str(other), out=tmp_path)
    save_run(before.model_copy(update={"id": "20260101-000000-cccccc"}), tmp_path)
    with pytest.raises(RunMissing, match="2 runs begin with 20260101"):
        load_run("20260101", tmp_path)
