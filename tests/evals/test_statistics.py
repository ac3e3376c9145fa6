from __future__ import annotations

import pytest

from evals.statistics import (
    accuracy,
    balanced_accuracy,
    bootstrap,
    calibration_error,
    confusion,
    label_scores,
    macro_f1,
    mean,
    mean_squared_error,
    r_squared,
)

GOLD = ["a", "a", "a", "b"]
SAID = ["a", "a", "b", "b"]


def test_metrics_of_a_case_done_by_hand() -> None:
    assert accuracy(GOLD, SAID) == 0.75
    assert balanced_accuracy(GOLD, SAID) == pytest.approx((2 / 3 + 1) / 2)
    # a: precision 1, recall 2/3; b: precision 1/2, recall 1
    assert macro_f1(GOLD, SAID) == pytest.approx((0.8 + 2 / 3) / 2)
    assert confusion(GOLD, SAID) == {"a": {"a": 2, "b": 1}, "b": {"a": 0, "b": 1}}
    assert label_scores(GOLD, SAID)["b"]["precision"] == 0.5


def test_a_label_that_is_never_said_has_no_f1_of_its_own_making() -> None:
    assert label_scores(["a", "b"], ["a", "a"])["b"]["f1"] == 0.0


def test_nothing_is_not_zero() -> None:
    assert mean([]) is None
    assert accuracy([], []) is None
    assert calibration_error([], []) is None
    assert bootstrap(lambda rows: 1.0, 0) == (None, None, None, 0)


def test_the_interval_holds_the_value_and_is_the_same_each_time() -> None:
    values = [0.0, 1.0] * 30
    estimate = bootstrap(lambda rows: mean([values[i] for i in rows]), len(values))
    assert estimate.value == 0.5
    assert estimate.low is not None
    assert estimate.high is not None
    # Normal approximation: 0.5 ± 1.96 * 0.5 / sqrt(60) is 0.37 to 0.63.
    assert estimate.low == pytest.approx(0.37, abs=0.03)
    assert estimate.high == pytest.approx(0.63, abs=0.03)
    assert estimate == bootstrap(lambda rows: mean([values[i] for i in rows]), len(values))


def test_one_row_has_no_interval() -> None:
    assert bootstrap(lambda rows: 1.0, 1) == (1.0, None, None, 1)


def test_draws_in_which_a_metric_is_undefined_are_left_out() -> None:
    kept = [True, False]
    estimate = bootstrap(lambda rows: mean([1.0 for i in rows if kept[i]]), 2, draws=50)
    assert estimate.low == estimate.high == 1.0


def test_calibration_error_is_the_gap_between_sureness_and_truth() -> None:
    sure = [{"a": 0.9, "b": 0.1}] * 10
    assert calibration_error(["a"] * 9 + ["b"], sure) == pytest.approx(0.0)
    assert calibration_error(["a"] * 4 + ["b"] * 6, sure) == pytest.approx(0.5)


def test_squared_error_and_explained_variance() -> None:
    assert mean_squared_error([0.0, 1.0], [0.5, 0.5]) == 0.25
    assert r_squared([0.0, 1.0], [0.0, 1.0]) == 1.0
    assert r_squared([0.0, 1.0], [0.5, 0.5]) == 0.0
    assert r_squared([1.0, 1.0], [0.5, 0.5]) is None
