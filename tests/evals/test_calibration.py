from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import pytest

from agents.evidence import Check, Label, Probabilities
from agents.fusion import Calibration
from evals.calibration import (
    NEVER,
    Example,
    crossed,
    fit,
    fit_thresholds,
    reliability,
    threshold,
)

AS_READ = {"read_supported": (1.0, 0.0), "read_refuted": (0.0, 1.0)}


def fused(weights: Mapping[str, tuple[float, float]], found: Mapping[str, float]) -> Probabilities:
    return Calibration(model="", weights=dict(weights), supported=0, refuted=0).fused(found)


def read_as(supported: float, refuted: float, **more: float) -> dict[str, float]:
    open_ = 1 - supported - refuted
    return {
        "bias": 1.0,
        "read_supported": math.log(supported / open_),
        "read_refuted": math.log(refuted / open_),
        **more,
    }


def noisy(count: int, seed: int, spread: float = 1.0) -> list[Example]:
    """A reader that is right on the whole: its log odds lean towards the label."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        gold = number % 3
        found = {
            "bias": 1.0,
            "read_supported": rng.gauss(spread * (1 if gold == 0 else -1), 1),
            "read_refuted": rng.gauss(spread * (1 if gold == 1 else -1), 1),
        }
        made.append(Example(found, gold))
    return made


# -- the fit


def test_an_example_is_a_label_and_whether_a_check_conflicts() -> None:
    agrees = Check(name="quantity", outcome="agrees")
    silent = Check(name="date", outcome="silent", claim_span="2024")
    conflicts = Check(name="scope", outcome="conflicts")
    assert Example.of({}, Label.SUPPORTED, [agrees, silent]) == Example({}, 0, False)
    assert Example.of({}, Label.REFUTED, [agrees, conflicts]) == Example({}, 1, True)
    assert Example.of({}, Label.INSUFFICIENT, []) == Example({}, 2, False)


def test_little_data_leaves_the_reading_as_it_is() -> None:
    examples = [
        Example(read_as(0.9, 0.05), 0), Example(read_as(0.05, 0.9), 1),
        Example(read_as(0.05, 0.05), 2),
    ]  # fmt: skip
    weights = fit(examples)
    assert weights["read_supported"] == pytest.approx((1, 0), abs=0.15)
    assert weights["read_refuted"] == pytest.approx((0, 1), abs=0.15)
    assert weights["bias"] == pytest.approx((0, 0), abs=0.1)


def test_what_the_reader_does_not_see_is_learnt_from_a_check() -> None:
    undecided = read_as(0.2, 0.3)
    examples = [
        Example({**undecided, "quantity_conflicts": 1.0}, 1, True),
        Example({**undecided, "quantity_agrees": 1.0}, 0),
        Example(undecided, 2),
    ] * 40
    weights = fit(examples)
    assert fused(weights, undecided).insufficient > 0.6
    assert fused(weights, {**undecided, "quantity_agrees": 1.0}).supported > 0.7
    assert fused(weights, {**undecided, "quantity_conflicts": 1.0}).refuted > 0.7


def test_each_class_counts_the_same() -> None:
    """Where nothing tells them apart, ninety of one label are worth no more than five."""
    same = {"bias": 1.0}
    examples = [Example(same, 0)] * 90 + [Example(same, 1)] * 5 + [Example(same, 2)] * 5
    p = fused(fit(examples), same)
    assert (p.supported, p.refuted, p.insufficient) == pytest.approx((1 / 3,) * 3, abs=1e-3)


def test_a_lean_of_the_reader_is_taken_back() -> None:
    """One that says supported whatever it reads gets no supported out of a fit."""
    examples = [Example(read_as(0.8, 0.08), gold) for gold in (0, 1, 2)] * 60
    p = fused(fit(examples), read_as(0.8, 0.08))
    assert max(p.supported, p.refuted, p.insufficient) < 0.45


def test_the_fit_does_not_depend_on_the_order() -> None:
    examples = noisy(90, 3)
    forwards, backwards = fit(examples), fit(examples[::-1])
    assert forwards.keys() == backwards.keys()
    for name in forwards:
        assert forwards[name] == pytest.approx(backwards[name], abs=2e-4)


def test_a_feature_that_is_nowhere_set_weighs_nothing() -> None:
    examples = [Example({**e.found, "lexical": 0.0}, e.gold) for e in noisy(60, 1)]
    weights = fit(examples)
    assert weights["lexical"] == (0.0, 0.0)
    assert {n: w for n, w in weights.items() if n != "lexical"} == fit(noisy(60, 1))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("size", [0.05, 0.01])
def test_a_feature_of_small_values_leaves_the_fit_finite(size: float) -> None:
    rng = random.Random(2)
    examples = [
        Example({**e.found, "lexical": size * rng.random()}, e.gold) for e in noisy(60, 1)
    ]
    assert all(math.isfinite(v) for pair in fit(examples).values() for v in pair)


# -- thresholds


def test_a_threshold_done_by_hand() -> None:
    # 19 right, then one wrong: 19/20 are right from 0.62 on; another wrong one: 19/21 are.
    scored = [(0.99 - 0.01 * n, True) for n in range(19)] + [(0.62, False), (0.61, False)]
    assert threshold(scored, 0.95) == pytest.approx(0.62)
    assert threshold(scored, 0.9) == pytest.approx(0.61)
    assert threshold(scored, 0.96) == pytest.approx(0.81, abs=1e-4)
    assert threshold(scored[::-1], 0.95) == pytest.approx(0.62)


def test_a_threshold_is_never_above_what_it_was_measured_at() -> None:
    scored = [(0.912345, True)] * 12
    assert 0.9122 < threshold(scored, 0.9) <= 0.912345


def test_nine_right_ones_say_nothing() -> None:
    assert threshold([(0.9, True)] * 9, 0.9) == NEVER
    assert threshold([(0.9, True)] * 10, 0.9) == 0.9
    assert threshold([(0.9, False)] * 50, 0.9) == NEVER
    assert threshold([], 0.9) == NEVER


def test_wrong_ones_above_are_made_up_for_below() -> None:
    scored = [(0.99, False), *[(0.9 - 0.01 * n, True) for n in range(19)]]
    assert threshold(scored, 0.95) == pytest.approx(0.72)
    assert threshold(scored, 0.96) == NEVER


def test_of_equal_probabilities_all_are_published_or_none() -> None:
    scored = [(0.9, True)] * 19 + [(0.8, False)] * 5
    assert threshold(scored, 0.94) == 0.9


def test_each_side_has_its_own_threshold() -> None:
    examples = [
        example
        for n in range(20)
        for example in (
            Example(read_as(0.95 - 0.001 * n, 0.02), 0),
            Example(read_as(0.7 - 0.001 * n, 0.2), 2),
            Example(read_as(0.1, 0.6 - 0.001 * n), 1),
        )
    ]
    # One wrong one in twenty is few enough, two are not.
    supported, refuted = fit_thresholds(examples, AS_READ, 0.94)
    assert supported == pytest.approx(0.7, abs=2e-4)
    assert refuted == pytest.approx(0.581, abs=2e-4)
    assert fit_thresholds(examples, AS_READ, 1.0)[0] == pytest.approx(0.931, abs=2e-4)


def test_what_is_never_published_says_nothing_about_a_threshold() -> None:
    right = [Example(read_as(0.9, 0.05), 0)] * 20
    wrong = [Example(read_as(0.95, 0.02), 1, conflicting=True)] * 20
    unmarked = [example._replace(conflicting=False) for example in wrong]
    assert fit_thresholds([*right, *unmarked], AS_READ, 0.94)[0] == NEVER
    assert fit_thresholds([*right, *wrong], AS_READ, 0.94)[0] == pytest.approx(0.9, abs=2e-4)
    # A refutation with a conflict is published; so it counts.
    against = [Example(read_as(0.02, 0.95), 0, conflicting=True)] * 20
    refuting = [Example(read_as(0.05, 0.9), 1)] * 20
    assert fit_thresholds([*refuting, *against], AS_READ, 0.94)[1] == NEVER


# -- figures of unseen pairs


def test_an_example_says_nothing_about_itself() -> None:
    examples = noisy(60, 5)
    for index in (0, 17, 59):
        told = dict(examples[index].found)
        marked = [*examples]
        marked[index] = examples[index]._replace(found={**told, "answer": 1.0})
        assert crossed(marked)[index] == crossed(examples)[index]
        # In the fit itself it would say something.
        assert fit(marked)["answer"] != (0.0, 0.0)


def test_every_example_gets_probabilities_from_the_other_folds() -> None:
    found = crossed(noisy(90, 4, spread=1.5))
    assert len(found) == 90
    assert all(sum(row) == pytest.approx(1) for row in found)
    right = sum(row.index(max(row)) == i % 3 for i, row in enumerate(found))
    assert right > 63, "a reader that leans the right way is worth something"
    assert crossed([]) == []
    assert crossed(noisy(1, 1)) == [(0.0, 0.0, 1.0)]


# -- reliability


def rows(*values: float) -> Sequence[Sequence[float]]:
    return [(value, (1 - value) / 2, (1 - value) / 2) for value in values]


def test_reliability_done_by_hand() -> None:
    found = reliability([0, 1, 0, 0], rows(0.81, 0.89, 0.55, 1.0))
    assert found == [
        {"from": 0.5, "count": 1, "sure": 0.55, "right": 1.0},
        {"from": 0.8, "count": 2, "sure": pytest.approx(0.85), "right": 0.5},
        {"from": 0.9, "count": 1, "sure": 1.0, "right": 1.0},
    ]
    assert reliability([], []) == []
    assert sum(row["count"] for row in reliability([0] * 4, rows(0.4, 0.6, 0.9, 1.0), 3)) == 4
