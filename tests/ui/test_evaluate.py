from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from evals.data import DatasetError
from tests.ui.conftest import Run


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []

    def run_suites(*arguments: Any, **options: Any) -> int:
        found.append((*arguments, options, os.environ.get("UNDERWRITE_MODEL_URL")))
        return 1 if options["gate"] else 0

    monkeypatch.setattr("evals.run.run_suites", run_suites)
    return found


def test_arguments_reach_the_suites(
    run: Run, calls: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    url = "http://gpu:8000/v1"
    result = run("--model-url", url, "eval", "desk", "verify", "--data", str(tmp_path), "--json",
                 "--model", "m", "--only", "q1,q2")  # fmt: skip
    assert result.code == 0
    ((suites, data, as_json, model, options, seen_url),) = calls
    assert (suites, data, as_json, model) == (["desk", "verify"], tmp_path, True, "m")
    assert options["only"] == ["q1", "q2"]
    assert not options["silent"]
    assert seen_url == url


def test_a_run_without_a_model_and_a_page(
    run: Run, calls: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    assert run("eval", "desk", "--no-model", "--ablate", "--html", str(page)).code == 0
    assert run("eval", "--resume", "20260101").code == 0
    first, second = (options for *_, options, _ in calls)
    assert (first["silent"], first["ablate"], first["html"]) == (True, True, page)
    assert second["resumed"] == "20260101"


def test_runs_are_compared_and_listed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def compare_runs(*names: str, **options: Any) -> int:
        seen.append((names, options["json"], options["verbose"]))
        return 0

    def list_runs(**options: Any) -> int:
        seen.append(options)
        return 0

    monkeypatch.setattr("evals.run.compare_runs", compare_runs)
    monkeypatch.setattr("evals.run.list_runs", list_runs)
    assert run("eval", "--compare", "A", "B", "--json", "--verbose").code == 0
    assert run("eval", "--list", "--out", "runs").code == 0
    assert seen == [(("A", "B"), True, True), {"out": Path("runs"), "json": False}]
    assert run("eval", "--compare", "A").code == 2


def test_failed_gate_is_exit_1(run: Run, calls: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert run("eval", "--gate", str(tmp_path / "gate.json")).code == 1


def test_bad_set_is_exit_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_suites(*_: Any, **__: Any) -> int:
        raise DatasetError("no questions")

    monkeypatch.setattr("evals.run.run_suites", run_suites)
    result = run("eval")
    assert result.code == 3
    assert "no questions" in result.err


def test_wrong_names_and_runs_are_said_on_one_line(run: Run, tmp_path: Path) -> None:
    wrong = run("eval", "dsk")
    assert wrong.code == 2
    assert wrong.err.startswith("underwrite: no suite dsk; there are desk, ")
    missing = run("eval", "--compare", "A", "B", "--out", str(tmp_path))
    assert missing.code == 3
    assert "no run A" in missing.err
    assert "Traceback" not in wrong.err + missing.err
