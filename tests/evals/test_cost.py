"""The cost suite adds up what the run records say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.brief import Brief
from evals.cost import main, score_cost
from tests.evals.sample import good_brief


def brief(seconds: float, *stages: tuple[str, int, int, int, int]) -> Brief:
    """stages: name, calls, prompt, cached and completion tokens; one second each."""
    made = good_brief()
    made["run"]["seconds"] = seconds
    made["run"]["stages"] = [
        {"name": name, "seconds": 1.0, "calls": calls, "prompt_tokens": prompt,
         "cached_tokens": cached, "completion_tokens": completion}
        for name, calls, prompt, cached, completion in stages
    ]  # fmt: skip
    return Brief.model_validate(made)


def test_means_are_per_question_and_stages_are_totals() -> None:
    suite = score_cost(
        [
            ("q1", brief(5.0, ("plan", 1, 100, 40, 10), ("verify", 2, 300, 100, 20))),
            ("q2", brief(3.0, ("plan", 1, 100, 60, 10))),
        ]
    )
    values = {name: found.value for name, found in suite.figures.items()}
    assert values["calls"] == 2.0
    assert values["prompt_tokens"] == 250.0
    assert values["completion_tokens"] == 20.0
    assert values["seconds"] == 4.0
    assert values["cached_share"] == pytest.approx(200 / 500)
    assert values["tokens_plan"] == 110.0
    # A stage that a question did not reach is no zero of that question.
    assert suite.figures["tokens_verify"].n == 1
    assert suite.plots["cost"]["plan"]["cached_tokens"] == 100.0
    assert suite.plots["cost"]["verify"]["calls"] == 2.0
    assert suite.figures["seconds"].unit == "seconds"


def test_a_question_without_a_brief_is_unscored() -> None:
    suite = score_cost([("q1", brief(5.0, ("plan", 1, 100, 0, 1)))], {"q2": "timed out"})
    assert suite.unscored == 1
    assert suite.figures["calls"].n == 1
    assert score_cost([]).figures["calls"].value is None


def test_no_prompt_has_no_cached_share() -> None:
    suite = score_cost([("q1", brief(1.0, ("plan", 0, 0, 0, 0)))])
    assert suite.figures["cached_share"].value is None


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "q1.json"
    path.write_text(json.dumps(good_brief()), "utf-8")
    assert main([str(path)]) == 0
    assert "prompt_tokens\t100.000\ttokens" in capsys.readouterr().out
    assert main([str(tmp_path / "absent.json")]) == 3
    path.write_text("{}", "utf-8")
    assert main([str(path)]) == 3
    assert "is not a brief" in capsys.readouterr().err
