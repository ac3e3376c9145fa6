"""Bars as SVG in the page: a figure with its interval on a common scale, and cost by stage."""

from __future__ import annotations

import math
from typing import Annotated, Any, Final

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from evals.report.plots import read_plot
from evals.results import Figure

__all__ = ["StageCost", "cost_bars", "count_bars", "interval_bar", "nice_top"]

_BAR: Final = Markup(
    '<svg class="interval" viewBox="0 0 160 16" width="160" height="16" role="img" '
    'aria-label="{}">{}</svg>'
)
_LINE = Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
_DOT = Markup('<circle class="{}" cx="{}" cy="8" r="{}"/>')
_ARROW = Markup('<path class="dot" d="M{} 3.5l{} 4.5l{} 4.5z"/>')
_BOX = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
_TEXT = Markup('<text class="{}" text-anchor="{}" x="{}" y="{}">{}</text>')
_PLOT = Markup('<svg class="plot" viewBox="0 0 360 {}" role="img" aria-label="{}">{}</svg>')


def nice_top(highest: float) -> float:
    """The end of a scale from 0 that holds `highest`: 1, 2 or 5 times a power of ten."""
    if not highest > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= highest * (1 - 1e-9))


def interval_bar(figure: Figure, top: float, before: Figure | None = None) -> Markup | None:
    """The value as a dot and its interval as a thick line on a scale from 0 to `top`; a ring is
    the baseline's value. What lies outside is an arrow at the edge. None without a value."""
    value = figure.value
    if value is None or not math.isfinite(value):
        return None

    def x(number: float) -> float:
        return round(6 + 148 * min(1.0, max(0.0, number / top)), 1)

    parts = [_LINE.format("scale", 6, 8, 154, 8)]
    parts += [_LINE.format("scale", at, 4, at, 12) for at in (6, 80, 154)]
    label = f"{value:.4g}"
    if figure.low is not None and figure.high is not None:
        parts.append(_LINE.format("spread", x(figure.low), 8, x(figure.high), 8))
        label += f", interval {figure.low:.4g} to {figure.high:.4g}"
    if before is not None and before.value is not None and math.isfinite(before.value):
        parts.append(_DOT.format("ring", x(before.value), 5))
        label += f", baseline {before.value:.4g}"
    if value < 0:
        parts.append(_ARROW.format(8, "-7", "7"))
    elif value > top * (1 + 1e-9):
        parts.append(_ARROW.format(152, "7", "-7"))
    else:
        parts.append(_DOT.format("dot", x(value), 3.5))
    return _BAR.format(f"{label}, on a scale from 0 to {top:g}", Markup("").join(parts))


class StageCost(BaseModel):
    """What one stage cost in a whole suite."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    calls: int = Field(default=0, ge=0)
    prompt_tokens: int = Field(default=0, ge=0)
    """Read by the model, those from its cache included."""
    cached_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0, allow_inf_nan=False)


_STAGES = TypeAdapter(dict[str, StageCost])
_COUNTS = TypeAdapter(dict[str, Annotated[int, Field(ge=0)]])
_ROW: Final = 46


def cost_bars(data: Any) -> Markup | None:
    """Tokens (from the cache, read, written: stacked) and seconds of each stage, the longest
    bar of either filling the width. None where nothing was spent. Raises BadPlot."""
    stages = read_plot(_STAGES, data)
    most_tokens = max((s.prompt_tokens + s.completion_tokens for s in stages.values()), default=0)
    most_seconds = max((s.seconds for s in stages.values()), default=0.0)
    if not most_tokens and not most_seconds:
        return None
    parts: list[Markup] = []
    for number, (name, stage) in enumerate(stages.items()):
        top = number * _ROW
        tokens = stage.prompt_tokens + stage.completion_tokens
        calls = f"{stage.calls:,} call" + ("" if stage.calls == 1 else "s")
        said = f"{calls} · {tokens:,} tokens · {_seconds(stage.seconds)}"
        parts.append(_TEXT.format("name", "start", 0, top + 13, _cut(name, 16)))
        parts.append(_TEXT.format("", "end", 360, top + 13, said))
        cached = min(stage.cached_tokens, stage.prompt_tokens)
        at = 0.0
        for kind, amount in (
            ("cached", cached),
            ("read", stage.prompt_tokens - cached),
            ("written", stage.completion_tokens),
        ):
            width = round(360 * amount / most_tokens, 1) if most_tokens else 0.0
            if width:
                parts.append(_BOX.format(kind, round(at, 1), top + 19, width, 9))
            at += width
        wide = round(360 * stage.seconds / most_seconds, 1) if most_seconds else 0.0
        if wide:
            parts.append(_BOX.format("seconds", 0, top + 30, wide, 5))
    label = "Cost by stage: " + "; ".join(
        f"{name} {s.calls} calls, {s.prompt_tokens} tokens read of which {s.cached_tokens} from "
        f"the cache, {s.completion_tokens} written, {s.seconds:.1f} seconds"
        for name, s in stages.items()
    )
    return _PLOT.format(len(stages) * _ROW, label, Markup("").join(parts))


def count_bars(data: Any) -> Markup | None:
    """How many of each kind, as bars from the left. None without any. Raises BadPlot."""
    counts = {name: n for name, n in read_plot(_COUNTS, data).items() if n}
    if not counts:
        return None
    most = max(counts.values())
    parts = []
    for number, (name, n) in enumerate(counts.items()):
        top = number * 32
        parts.append(_TEXT.format("name", "start", 0, top + 13, _cut(name, 48)))
        parts.append(_TEXT.format("", "end", 360, top + 13, f"{n:,}"))
        parts.append(_BOX.format("count", 0, top + 18, max(1.0, round(360 * n / most, 1)), 7))
    label = "; ".join(f"{name}: {n}" for name, n in counts.items())
    return _PLOT.format(len(counts) * 32, label, Markup("").join(parts))


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 100 else f"{seconds:.1f} s"
