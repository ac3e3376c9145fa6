"""Which groups of ours are for what: by `Group.fold`, 0 to 99, from the text alone."""

from __future__ import annotations

from typing import Final

__all__ = ["FITTING", "TESTING"]

FITTING: Final = range(85, 93)
"""Fit the calibration; never trained on."""
TESTING: Final = range(93, 100)
"""Test; never trained on nor calibrated with."""
