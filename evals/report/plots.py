"""Plots of a suite as SVG in the page: no library, no script, colours from the page's style.

Every function reads one entry of `Suite.plots`, whose data comes from a file and may be anything:
what cannot be read raises BadPlot, and nothing to draw gives None. A plot is 360 units wide, so
that its letters keep their size on a telephone, and says in its label what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Final, NamedTuple, TypeVar

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

__all__ = [
    "BAND",
    "BadPlot",
    "Bin",
    "confusion",
    "precision_coverage",
    "read_plot",
    "reliability",
    "sentiment_scatter",
    "wilson",
]

BAND: Final = 0.3
"""Half the usual width of the ranges that our sentiment sets accept around a gold score."""

_T = TypeVar("_T")
_WIDTH: Final = 360
_Share = Annotated[float, Field(ge=0, le=1)]
_Score = Annotated[float, Field(ge=-1, le=1)]


class BadPlot(ValueError):
    """The data of a plot is not of the form that `Suite.plots` promises."""


class Bin(BaseModel):
    """Answers of about one confidence (`evals.calibration.reliability`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start: _Share = Field(alias="from")
    count: int = Field(ge=0)
    sure: _Share
    """Mean confidence."""
    right: _Share
    """Share of them that was right."""


_BINS = TypeAdapter(list[Bin])
_CURVE = TypeAdapter(list[tuple[_Share, _Share | None]])
_MATRIX = TypeAdapter(dict[str, dict[str, Annotated[int, Field(ge=0)]]])
_PAIRS = TypeAdapter(list[tuple[_Score, _Score]])


def read_plot(adapter: TypeAdapter[_T], data: Any) -> _T:
    """`data` in the form of the plot. Raises BadPlot with the first thing that is wrong."""
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadPlot(f"{where}: {first['msg']}" if where else first["msg"]) from error


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 percent interval of a share seen in `n` trials, at least 1 (Wilson 1927)."""
    z = 1.959964
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


class _Frame(NamedTuple):
    """The drawing area: data range and place on the canvas."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    left: float = 36
    top: float = 26
    width: float = 310
    height: float = 232

    def x(self, value: float) -> float:
        low, high = self.x_range
        return round(self.left + self.width * (value - low) / (high - low), 1)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return round(self.top + self.height * (high - value) / (high - low), 1)

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.x(x)} {self.y(y)}" for x, y in points)

    def axes(
        self, x_ticks: Sequence[float], y_ticks: Sequence[float], x_name: str, y_name: str,
        *, x_name_at: float = 0,
    ) -> Markup:  # fmt: skip
        """Grid, numbers and names; the name of the y axis stands above it, to be read level."""
        right, bottom = self.left + self.width, self.top + self.height
        parts = []
        for tick in x_ticks:
            x = self.x(tick)
            parts.append(_GRID.format(x, self.top, x, bottom))
            parts.append(_TEXT.format("middle", x, bottom + 14, _tick(tick)))
        for tick in y_ticks:
            y = self.y(tick)
            parts.append(_GRID.format(self.left, y, right, y))
            parts.append(_TEXT.format("end", self.left - 6, y + 3.5, _tick(tick)))
        middle = self.left + self.width / 2
        parts.append(_TEXT.format("middle", middle, x_name_at or bottom + 32, x_name))
        parts.append(_TEXT.format("start", 2, 11, y_name))
        return Markup("").join(parts)


_GRID = Markup('<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>')
_TEXT = Markup('<text text-anchor="{}" x="{}" y="{}">{}</text>')
_LINE = Markup('<path class="{}" d="{}"/>')
_SPAN = Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>')
_DOT = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
_BOX = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
_CELL = Markup('<rect class="cell" x="{}" y="{}" width="{}" height="{}" fill-opacity="{}"/>')
_COUNT = Markup('<text class="in-cell" text-anchor="middle" x="{}" y="{}">{}</text>')
_PLOT = Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>')


def _plot(height: float, label: str, *parts: Markup) -> Markup:
    return _PLOT.format(_WIDTH, height, label, Markup("").join(parts))


def _tick(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−") or "0"


def _short(count: int) -> str:
    """A count of at most four characters, for narrow columns."""
    return str(count) if count < 10_000 else f"{count / 1000:.0f}k"


def reliability(data: Any, before: Any = None) -> Markup | None:
    """How often right, by how sure, with how many answers there are of each; `before`: the
    same of the baseline. On the diagonal, confidence can be taken at its word. Upright lines
    are 95 percent intervals. None without an answer. Raises BadPlot."""
    bins = [b for b in read_plot(_BINS, data) if b.count]
    if not bins:
        return None
    earlier = [b for b in read_plot(_BINS, before or []) if b.count]
    frame = _Frame((0, 1), (0, 1), height=196)
    ticks = (0, 0.25, 0.5, 0.75, 1)
    parts = [
        frame.axes(ticks, ticks, "how sure", "share right", x_name_at=330),
        _LINE.format("ideal", frame.path([(0, 0), (1, 1)])),
    ]
    if earlier:
        parts.append(_LINE.format("before", frame.path([(b.sure, b.right) for b in earlier])))
    for b in bins:
        low, high = wilson(b.right, b.count)
        x = frame.x(b.sure)
        parts.append(_SPAN.format("spread", x, frame.y(low), x, frame.y(high)))
    parts.append(_LINE.format("curve", frame.path([(b.sure, b.right) for b in bins])))
    parts += [_DOT.format("dot", frame.x(b.sure), frame.y(b.right), 4) for b in bins]
    steps = [later.start - b.start for b, later in pairwise(bins) if later.start > b.start]
    wide = min([0.1, *steps])
    most = max(b.count for b in bins)
    floor, tall = 312.0, 40.0
    parts.append(_TEXT.format("start", 2, floor - 2, "n"))
    for b in bins:
        left, right = frame.x(b.start), frame.x(min(1.0, b.start + wide))
        height = max(1.0, round(tall * b.count / most, 1))
        parts.append(_BOX.format("count", left + 1, floor - height, right - left - 2, height))
        middle = round((left + right) / 2, 1)
        parts.append(_TEXT.format("middle", middle, floor - height - 3, _short(b.count)))
    label = "Reliability: " + "; ".join(
        f"{b.count} answers {b.sure:.2f} sure, {b.right:.2f} right" for b in bins
    )
    return _plot(336, label, *parts)


def precision_coverage(data: Any, before: Any = None) -> Markup | None:
    """Precision of what is published, by the share that is published; `before`: the same of
    the baseline. None without a point. Raises BadPlot."""
    points = _defined(data)
    if not points:
        return None
    earlier = _defined(before or [])
    lowest = min(precision for _, precision in [*points, *earlier])
    floor = min(0.8, math.floor(lowest * 5) / 5)
    frame = _Frame((0, 1), (floor, 1.0))
    step = 0.05 if floor >= 0.8 else 0.1 if floor >= 0.5 else 0.2
    rows = [floor + step * i for i in range(round((1 - floor) / step) + 1)]
    parts = [frame.axes((0, 0.25, 0.5, 0.75, 1), rows, "coverage", "precision")]
    if earlier:
        parts.append(_LINE.format("before", frame.path(earlier)))
    parts.append(_LINE.format("curve", frame.path(points)))
    if len(points) <= 40:
        parts += [_DOT.format("dot", frame.x(x), frame.y(y), 3) for x, y in points]
    ends = (points[0], points[-1])
    label = "Precision against coverage: " + ", ".join(
        f"{precision:.3f} at coverage {coverage:.2f}" for coverage, precision in ends
    )
    return _plot(298, label, *parts)


def _defined(data: Any) -> list[tuple[float, float]]:
    """The points that have a precision, by coverage; at coverage 0 there is none."""
    return sorted((c, p) for c, p in read_plot(_CURVE, data) if p is not None)


def sentiment_scatter(data: Any) -> tuple[Markup, float] | None:
    """Said against gold scores with the band that is near enough (BAND), and the share inside
    it. None without a pair. Raises BadPlot."""
    pairs = read_plot(_PAIRS, data)
    if not pairs:
        return None
    frame = _Frame((-1, 1), (-1, 1))
    ticks = (-1, -0.5, 0, 0.5, 1)
    corner = 1 - BAND
    band = [(-1, -1), (-1, -corner), (corner, 1), (1, 1), (1, corner), (-corner, -1)]
    inside = sum(abs(gold - said) <= BAND + 1e-9 for gold, said in pairs) / len(pairs)
    label = f"Said against gold sentiment: {len(pairs)} rows, {inside:.2f} of them within {BAND}"
    svg = _plot(
        298,
        label,
        _LINE.format("band", frame.path(band) + "Z"),
        frame.axes(ticks, ticks, "gold", "said"),
        _SPAN.format("zero", frame.x(0), frame.y(-1), frame.x(0), frame.y(1)),
        _SPAN.format("zero", frame.x(-1), frame.y(0), frame.x(1), frame.y(0)),
        *(_DOT.format("point", frame.x(gold), frame.y(said), 3.5) for gold, said in pairs),
    )
    return svg, inside


def confusion(data: Any) -> Markup | None:
    """Counts of gold labels (rows) by what was said (columns); the fill is the share of its
    row. None without a count. Raises BadPlot."""
    matrix = read_plot(_MATRIX, data)
    said = list(dict.fromkeys(name for row in matrix.values() for name in row))
    if not any(n for row in matrix.values() for n in row.values()):
        return None
    left, top, tall = 96.0, 34.0, 40.0
    wide = round((_WIDTH - left) / len(said), 1)
    parts = [_TEXT.format("start", 2, 11, "gold, in rows"), _TEXT.format("end", 358, 11, "said")]
    for place, name in enumerate(said):
        parts.append(_TEXT.format("middle", left + (place + 0.5) * wide, top - 8, name[:12]))
    for line, (gold, row) in enumerate(matrix.items()):
        y, total = top + line * tall, sum(row.values())
        parts.append(_TEXT.format("end", left - 8, y + tall / 2 + 4, gold[:14]))
        for place, name in enumerate(said):
            count = row.get(name, 0)
            x = left + place * wide
            share = f"{count / total:.2f}" if total else "0"
            parts.append(_CELL.format(x + 1, y + 1, wide - 2, tall - 2, share))
            parts.append(_COUNT.format(x + wide / 2, y + tall / 2 + 4, f"{count:,}"))
    label = "; ".join(
        f"{gold} said " + ", ".join(f"{name} {row.get(name, 0)}" for name in said)
        for gold, row in matrix.items()
    )
    return _plot(top + len(matrix) * tall + 4, label, *parts)
