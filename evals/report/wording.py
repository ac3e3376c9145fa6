"""Figures, differences and times as the page writes them."""

from __future__ import annotations

import math
from datetime import datetime, timezone

__all__ = ["counted", "moment", "number", "seconds", "short", "signed"]


def counted(count: int, word: str) -> str:
    """"1 sample", "1,200 samples"."""
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def number(value: float | None, unit: str) -> str:
    """Three decimals for shares; as many digits as help for all else."""
    if value is None or not math.isfinite(value):
        return "no figure"
    if not unit:
        text = f"{value:.3f}"
    elif abs(value) >= 100:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{1 if abs(value) >= 10 else 2}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def signed(by: float, unit: str) -> str:
    """A difference with its sign."""
    text = number(by, unit)
    if not text.strip("−0."):
        return "±0"
    return f"+{text}" if by > 0 else text


def short(value: float) -> str:
    """A score of one sample, without needless digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def moment(text: str) -> str:
    """"2026-01-03 17:15 UTC"; what is no timestamp stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC" if at.tzinfo else text


def seconds(value: float) -> str:
    """"45 s", "12 min", "3.2 h"."""
    if value < 120:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"
