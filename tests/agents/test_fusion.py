"""The calibrated path: what a reader and the checks say, as one verdict."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from agents.evidence import Check, Label, Probabilities
from agents.fusion import Calibration, combine, features

Outcome = Literal["agrees", "conflicts", "silent"]
AS_READ: dict[str, tuple[float, float]] = {
    "read_supported": (1.0, 0.0), "read_refuted": (0.0, 1.0)
}  # fmt: skip


def odds(supported: float, refuted: float, insufficient: float) -> Probabilities:
    return Probabilities(supported=supported, refuted=refuted, insufficient=insufficient)


def calibration(
    supported: float = 0.9, refuted: float = 0.8, **weights: tuple[float, float]
) -> Calibration:
    return Calibration(
        model="encoder:e", weights={**AS_READ, **weights}, supported=supported, refuted=refuted
    )


def quantity(outcome: Outcome, span: str = "41") -> Check:
    return Check(name="quantity", outcome=outcome, claim_span=span, detail=f"41 {outcome}")


HEDGE = Check(name="hedge", outcome="conflicts", detail="the evidence has a hedge")


# -- features


def test_features_done_by_hand() -> None:
    found = features([], odds(0.6, 0.1, 0.3), 0.25)
    assert found == {
        "bias": 1.0,
        "read_supported": pytest.approx(math.log(2)),
        "read_refuted": pytest.approx(-math.log(3)),
        "lexical": 0.25,
    }


def test_a_kind_of_finding_counts_once() -> None:
    checks = [quantity("agrees"), quantity("agrees"), quantity("conflicts"), HEDGE]
    found = features(checks, odds(0.6, 0.1, 0.3), 0.0)
    assert len(found) == 4 + 3
    assert found["quantity_conflicts"] == found["hedge_conflicts"] == 1.0
    assert found["quantity_agrees"] == 1.0


def test_silence_counts_where_the_claim_states_something() -> None:
    found = features([quantity("silent"), Check(name="date", outcome="silent")], odds(1, 0, 0), 0)
    assert found["quantity_silent"] == 1.0
    assert "date_silent" not in found


@pytest.mark.parametrize("read", [odds(1, 0, 0), odds(0, 1, 0), odds(0, 0, 1)])
def test_a_reader_that_excludes_a_label_gives_finite_odds(read: Probabilities) -> None:
    found = features([], read, 0.0)
    assert all(math.isfinite(value) for value in found.values())
    assert abs(found["read_supported"]) < 7


# -- fused


def test_odds_multiply() -> None:
    weights = {"bias": (math.log(2), 0.0), "lexical": (math.log(3), math.log(0.5))}
    made = Calibration(model="m", weights=weights, supported=0, refuted=0)
    # Against insufficient: 2 * 3 for supported, a half for refuted.
    assert made.fused({"bias": 1.0, "lexical": 1.0}).model_dump() == pytest.approx(
        {"supported": 6 / 7.5, "refuted": 0.5 / 7.5, "insufficient": 1 / 7.5}
    )
    assert made.fused({"bias": 1.0}).model_dump() == pytest.approx(
        {"supported": 0.5, "refuted": 0.25, "insufficient": 0.25}
    )


def test_the_reading_alone_is_kept_as_it_is() -> None:
    read = odds(0.6, 0.1, 0.3)
    fused = calibration().fused(features([], read, 0.5))
    assert fused.model_dump() == pytest.approx(read.model_dump())


def test_a_feature_without_a_weight_changes_nothing() -> None:
    assert calibration().fused({"unknown": 1e9}) == calibration().fused({})
    assert calibration().fused({}).supported == pytest.approx(1 / 3)


@pytest.mark.parametrize("value", [1e4, -1e4, 1e300])
def test_extreme_features_do_not_overflow(value: float) -> None:
    fused = calibration().fused({"read_supported": value, "read_refuted": -value})
    assert sum(fused.model_dump().values()) == pytest.approx(1)
    assert max(fused.supported, fused.refuted) == pytest.approx(1)


@pytest.mark.parametrize(
    "changed",
    [{"supported": -0.1}, {"refuted": -0.1}, {"weights": {"bias": (1.0,)}}, {"more": 1}],
)
def test_a_calibration_is_checked(changed: dict[str, Any]) -> None:
    given = {"model": "m", "weights": {}, "supported": 0.5, "refuted": 0.5}
    assert Calibration.model_validate(given)
    with pytest.raises(ValidationError):
        Calibration.model_validate({**given, **changed})


# -- combine


@pytest.mark.parametrize(
    ("read", "label", "published"),
    [
        (odds(0.95, 0.02, 0.03), Label.SUPPORTED, Label.SUPPORTED),
        (odds(0.85, 0.05, 0.1), Label.SUPPORTED, Label.INSUFFICIENT),
        (odds(0.05, 0.85, 0.1), Label.REFUTED, Label.REFUTED),
        (odds(0.05, 0.75, 0.2), Label.REFUTED, Label.INSUFFICIENT),
        (odds(0.01, 0.01, 0.98), Label.INSUFFICIENT, Label.INSUFFICIENT),
    ],
)
def test_a_verdict_is_published_from_its_threshold_on(
    read: Probabilities, label: Label, published: Label
) -> None:
    judged = combine([], read, calibration=calibration())
    assert (judged.label, judged.published) == (label, published)
    assert judged.probabilities.model_dump() == pytest.approx(read.model_dump(), abs=1e-9)
    assert judged.why == "read by encoder:e"


def test_a_threshold_itself_is_enough() -> None:
    read = odds(0.9, 0.06, 0.04)
    fused = calibration().fused(features([], read, 0.0))
    assert combine([], read, calibration=calibration(supported=fused.supported)).published is (
        Label.SUPPORTED
    )


def test_nothing_that_conflicts_is_published_as_supported() -> None:
    read = odds(0.98, 0.01, 0.01)
    for conflict in (quantity("conflicts"), HEDGE):
        judged = combine([conflict], read, calibration=calibration())
        assert (judged.label, judged.published) == (Label.SUPPORTED, Label.INSUFFICIENT)
    agreeing = combine([quantity("agrees")], read, calibration=calibration())
    assert agreeing.published is Label.SUPPORTED


def test_a_refutation_is_published_with_or_without_a_conflict() -> None:
    read = odds(0.01, 0.98, 0.01)
    alone = combine([], read, calibration=calibration())
    backed = combine([HEDGE, quantity("conflicts")], read, calibration=calibration())
    assert alone.published is backed.published is Label.REFUTED
    assert alone.why == "read by encoder:e"
    assert backed.why == "41 conflicts"


def test_checks_move_the_verdict_by_their_weights() -> None:
    weighed = calibration(
        quantity_conflicts=(-4.0, 4.0), hedge_conflicts=(-4.0, -4.0), lexical=(3.0, 0.0)
    )
    torn = odds(0.35, 0.25, 0.4)
    assert combine([], torn, calibration=weighed).label is Label.INSUFFICIENT
    assert combine([quantity("conflicts")], torn, calibration=weighed).published is Label.REFUTED
    assert combine([], torn, lexical=1.0, calibration=weighed).published is Label.SUPPORTED
    hedged = combine([HEDGE], odds(0.6, 0.1, 0.3), calibration=weighed)
    assert hedged.label is Label.INSUFFICIENT
    assert hedged.why == "the evidence has a hedge"


@pytest.mark.parametrize(
    ("read", "outcome"),
    [
        (odds(0.8, 0.1, 0.1), "agrees"), (odds(0.1, 0.8, 0.1), "conflicts"),
        (odds(0.1, 0.1, 0.8), "silent"),
    ],
)  # fmt: skip
def test_what_was_read_is_reported_beside_the_checks(read: Probabilities, outcome: str) -> None:
    judged = combine([quantity("agrees")], read, calibration=calibration())
    assert judged.checks[:-1] == (quantity("agrees"),)
    said = judged.checks[-1]
    assert (said.name, said.outcome) == ("entailment", outcome)
    assert said.detail.startswith(f"encoder:e: supported {read.supported:.2f}")


def test_a_calibration_without_a_reading_is_not_used() -> None:
    never = calibration(supported=1.0, refuted=1.0)
    for checks in ([quantity("conflicts")], [quantity("agrees")], [HEDGE], []):
        plain = combine(checks, None, lexical=0.95)
        assert combine(checks, None, lexical=0.95, calibration=never) == plain
    assert combine([quantity("conflicts")], None, calibration=never).published is Label.REFUTED


def test_a_reading_without_a_calibration_is_judged_by_the_rule() -> None:
    sure = odds(0.95, 0.02, 0.03)
    assert combine([quantity("conflicts")], sure).published is Label.REFUTED
    assert combine([HEDGE], sure).published is Label.INSUFFICIENT
    assert combine([], sure).published is Label.SUPPORTED
    assert combine([], odds(0.7, 0.1, 0.2)).published is Label.INSUFFICIENT
