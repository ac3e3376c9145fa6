from __future__ import annotations

from training.adapter_data import HELD_OUT_FOLD
from training.splits import FITTING, TESTING


def test_what_is_fitted_tested_and_trained_on_are_apart() -> None:
    """Training takes what is below FITTING: the three parts are all of 0 to 99, none shared."""
    parts = [*range(FITTING.start), *FITTING, *TESTING]
    assert parts == list(range(100))
    assert len(FITTING) >= 5
    assert len(TESTING) >= 5


def test_the_adapter_holds_out_the_same_groups() -> None:
    assert FITTING.start == HELD_OUT_FOLD
