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
    assert seen_url == url


def test_failed_gate_is_exit_1(run: Run, calls: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert run("eval", "--gate", str(tmp_path / "gate.json")).code == 1


def test_bad_set_is_exit_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_suites(*_: Any, **__: Any) -> int:
        raise DatasetError("no questions")

    monkeypatch.setattr("evals.run.run_suites", run_suites)
    result = run("eval")
    assert result.code == 3
    assert "no questions" in result.err
