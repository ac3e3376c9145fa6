"""Dates and time windows that a text states, with exact spans and the interval each covers.

Own patterns rather than a date library: the searching parsers read "may" and "10-K" as dates,
give no exact spans and guess missing parts, and evidence must not be guessed. What the text
leaves out stays None unless an anchor (the day the text was published) settles it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from agents.date_patterns import (
    AFTER_NUMBER_YEAR,
    BEFORE_BARE_MONTH,
    BEFORE_NUMBER_YEAR,
    CALENDAR_PATTERNS,
    DAY_WORDS,
    MODAL_AFTER,
    MONTHS,
    ORDINALS,
    SEASONS,
    WEEKDAYS,
    WINDOW_PATTERNS,
)
from agents.normalise import normalise
from agents.numerals import number_of

__all__ = ["DateMention", "Precision", "dates", "windows"]

Precision = Literal[
    "day", "weekday", "month", "quarter", "half", "season", "year", "fiscal year", "decade",
    "window",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateMention:
    """One stated date or window; `text == source[start:end]`."""

    start: int
    end: int
    text: str
    precision: Precision
    first: date | None = None
    """First day covered; None when the text and anchor do not settle it."""
    last: date | None = None
    """Last day covered, inclusive."""
    year: int | None = None
    """As stated, or as the anchor settles it (see `year_stated`)."""
    month: int | None = None
    day: int | None = None
    part: int | None = None
    """Quarter 1-4, half 1-2, season 1-4 (spring first) or ISO weekday 1-7."""
    modifier: str = ""
    """`early`, `mid`, `late`, `end`, `start`."""
    year_stated: bool = True
    end_year: int | None = None
    """Last year of a stated span of years ("2024/25", "2019-2023")."""
    end_month: int | None = None
    end_day: int | None = None


def _whole(value: str | None) -> int | None:
    return int(value) if value else None


def _century(two_digits: str) -> int:
    return 2000 + int(two_digits) if int(two_digits) < 70 else 1900 + int(two_digits)


def _second_year(first: int, written: str) -> int:
    return int(written) if len(written) == 4 else first // 100 * 100 + int(written)


def _month_span(year: int, month: int, months: int = 1) -> tuple[date, date]:
    last_month = (month - 1 + months - 1) % 12 + 1
    last_year = year + (month - 1 + months - 1) // 12
    return date(year, month, 1), date(last_year, last_month, monthrange(last_year, last_month)[1])


def _nearest_year(anchor: date, month: int, day: int | None) -> int:
    """The year that puts a date written without one nearest to the anchor."""

    def distance(year: int) -> int:
        last = monthrange(year, month)[1]
        return abs((date(year, month, min(day or 15, last)) - anchor).days)

    return min((anchor.year - 1, anchor.year, anchor.year + 1), key=distance)


def _interval(mention: DateMention) -> DateMention:
    """Fill `first` and `last` from the parts."""
    m = mention
    first: date | None = None
    last: date | None = None
    try:
        if m.year is None:
            return m
        if m.month and m.day:
            first = date(m.year, m.month, m.day)
            last = date(m.year, m.end_month or m.month, m.end_day) if m.end_day else first
        elif m.month:
            first, last = _month_span(m.year, m.month)
            if m.end_month:
                last = _month_span(m.year, m.end_month)[1]
            first, last = _narrow(first, last, m.modifier)
        elif m.precision == "quarter" and m.part:
            first, last = _month_span(m.year, 3 * m.part - 2, 3)
        elif m.precision == "half" and m.part:
            first, last = _month_span(m.year, 6 * m.part - 5, 6)
        elif m.precision == "season" and m.part:
            first, last = _month_span(m.year, (3, 6, 9, 12)[m.part - 1], 3)
        elif m.precision == "decade":
            first, last = date(m.year, 1, 1), date(m.year + 9, 12, 31)
        elif m.precision in {"year", "fiscal year"}:
            first, last = date(m.year, 1, 1), date(m.end_year or m.year, 12, 31)
            first, last = _narrow(first, last, m.modifier)
    except ValueError:
        return m
    return replace(m, first=first, last=last)


def _narrow(first: date, last: date, modifier: str) -> tuple[date, date]:
    third = (last - first) / 3
    if modifier in {"early", "start"}:
        return first, first + third
    if modifier == "mid":
        return first + third, last - third
    if modifier in {"late", "end"}:
        return last - third, last
    return first, last


_MODIFIERS = {"beginning": "start", "middle": "mid", "close": "end", "turn": "start"}


def _mention(kind: str, match: re.Match[str], text: str, anchor: date | None) -> DateMention | None:
    """The mention that a pattern match states, spans still in normalised offsets."""
    groups = {k: v for k, v in match.groupdict().items() if v}
    before = text[max(0, match.start() - 24) : match.start()]
    year = _whole(groups.get("year") or groups.get("yearb"))
    if "yy" in groups and year is None:
        year = _century(groups["yy"])
    month = MONTHS.get(groups.get("month", "").lower().rstrip("."))
    modifier = groups.get("mod", "").lower()
    base = DateMention(
        match.start(),
        match.end(),
        match.group(),
        "day",
        year=year,
        month=month,
        modifier=_MODIFIERS.get(modifier, modifier),
    )
    if kind == "iso":
        return replace(base, month=int(groups["month"]), day=int(groups["day"]))
    if kind == "numeric":
        a, b = int(groups["a"]), int(groups["b"])
        if groups["sep"] == "." or a > 12:
            day, number = a, b
        elif b > 12:
            day, number = b, a
        elif a == b:
            day, number = a, a
        else:  # 3/4/2025 is April or March: the year is all that is certain.
            return replace(base, precision="year")
        return replace(base, month=number, day=day) if number <= 12 else None
    if kind == "dmy":
        last_day = int(groups["day9"])
        if not 1 <= last_day <= 31:
            return None
        if "day" in groups:
            return replace(base, day=int(groups["day"]), end_day=last_day)
        return replace(base, day=last_day)
    if kind == "mdy":
        if not 1 <= int(groups["day"]) <= 31:
            return None
        return replace(base, day=int(groups["day"]), end_day=_whole(groups.get("day2")))
    if kind == "dayword":
        return replace(base, day=DAY_WORDS[groups["dayword"].lower()])
    if kind == "month":
        return _bare_month(base, groups, match, text, before)
    if kind in {"quarter", "yearquarter", "half", "halfjoined"}:
        written = groups.get("q") or groups.get("q2") or groups.get("h") or groups.get("h2")
        ordinal = groups.get("q3") or groups.get("h3") or ""
        part = int(written) if written else ORDINALS[ordinal.lower()]
        quarter = "q" in groups or "q2" in groups or "q3" in groups
        return replace(base, precision="quarter" if quarter else "half", part=part, month=None)
    if kind in {"fiscal", "fiscalyy", "split"} and year is not None:
        last = _second_year(year, groups["year2"]) if "year2" in groups else None
        if last is not None and last != year + 1:
            return None if kind == "split" else replace(base, precision="fiscal year")
        return replace(base, precision="fiscal year", end_year=last)
    if kind in {"season", "seasonrel"}:
        part = SEASONS[groups["season"].lower()]
        if kind == "seasonrel":
            offset = {"last": -1, "previous": -1, "next": 1}.get(groups["rel"].lower(), 0)
            year = anchor.year if anchor and not offset else None
            return replace(base, precision="season", part=part, year=year, year_stated=False)
        return replace(base, precision="season", part=part)
    if kind == "decade":
        return replace(base, precision="decade")
    if kind == "years" and year is not None:
        last = _second_year(year, groups["year2"])
        return replace(base, precision="year", end_year=last) if last > year else None
    if kind == "year":
        if BEFORE_NUMBER_YEAR.search(before) and not re.search(r"\b(?:mid|pre|post)-$", before):
            return None
        if AFTER_NUMBER_YEAR.match(text, match.end()):
            return None
        return replace(base, precision="year")
    if kind == "weekday":
        return replace(base, precision="weekday", part=WEEKDAYS[groups["weekday"].lower()])
    return None


def _bare_month(
    base: DateMention, groups: dict[str, str], match: re.Match[str], text: str, before: str
) -> DateMention | None:
    """A month without a day; "may", "march" and the abbreviations are also ordinary words."""
    written = groups["month"]
    if not (written[0].isupper() or ord(written[0]) > 127):
        return None
    risky = written.lower() in {"may", "march", "mar", "jan", "sep", "dec", "август"}
    if risky and not groups.get("year") and not groups.get("mod"):
        if not BEFORE_BARE_MONTH.search(before):
            return None
        if written == "May" and MODAL_AFTER.match(text, match.end("month")):
            return None
    end_month = MONTHS.get(groups.get("month2", "").lower().rstrip("."))
    return replace(base, precision="month", end_month=end_month)


def _settled(mention: DateMention, anchor: date | None) -> DateMention:
    """Give a mention without a year the year nearest to the anchor."""
    if mention.year is not None:
        return mention
    if anchor is None:
        return replace(mention, year_stated=False)
    if mention.month:
        year = _nearest_year(anchor, mention.month, mention.day)
        return replace(mention, year=year, year_stated=False)
    if mention.precision == "weekday" and mention.part:
        # Reports name the weekday just past; the day of publication itself counts.
        day = anchor - timedelta(days=(anchor.isoweekday() - mention.part) % 7)
        return replace(mention, first=day, last=day, year_stated=False)
    return replace(mention, year_stated=False)


def _scan(
    text: str,
    patterns: list[tuple[str, re.Pattern[str]]],
    build: Callable[[str, re.Match[str]], DateMention | None],
    taken: list[tuple[int, int]],
) -> list[DateMention]:
    found: list[DateMention] = []
    for kind, pattern in patterns:
        at = 0
        while match := pattern.search(text, at):
            at = match.end() if match.end() > match.start() else match.end() + 1
            if any(match.start() < end and start < match.end() for start, end in taken):
                at = match.start() + 1
                continue
            mention = build(kind, match)
            if mention is None:
                at = match.start() + 1
                continue
            taken.append((match.start(), match.end()))
            found.append(mention)
    return found


def dates(text: str, anchor: date | None = None) -> list[DateMention]:
    """The calendar dates a text states (days, months, quarters, halves, seasons, years, fiscal
    years, weekdays), in text order, without overlap.

    anchor: the day the text was published; it settles years that are not written ("7 April")
    as the nearest one, marked `year_stated=False`. Without it such a mention has no interval.
    """
    folded = normalise(text)
    found = _scan(
        folded.text,
        CALENDAR_PATTERNS,
        lambda kind, match: _mention(kind, match, folded.text, anchor),
        [],
    )
    mentions: list[DateMention] = []
    for mention in sorted(found, key=lambda m: m.start):
        written = folded.text[mention.start : mention.end]
        start, end = folded.span(mention.start, mention.start + len(written.rstrip(". ")))
        settled = _settled(replace(mention, start=start, end=end, text=text[start:end]), anchor)
        mentions.append(_interval(settled))
    return mentions


_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30.44, "quarter": 91.3, "year": 365.25,
         "decade": 3652.5}  # fmt: skip
_BACKWARD = {"past", "last", "previous", "preceding", "ago", "earlier", "before"}
_FORWARD = {"next", "coming", "following", "later", "from now", "after", "ahead", "hence"}


def _window(kind: str, match: re.Match[str], anchor: date | None) -> DateMention | None:
    groups = {k: v.lower() for k, v in match.groupdict().items() if v}
    base = DateMention(match.start(), match.end(), match.group(), "window", year_stated=False)
    if kind == "relday":
        shift = {"yesterday": -1, "tomorrow": 1}.get(groups["day"], 0)
        day = anchor + timedelta(days=shift) if anchor else None
        return replace(base, first=day, last=day)
    if kind in {"unitrel", "later"} and anchor:
        first, last = _calendar_unit(groups["rel"], groups["unit"], anchor)
        return replace(base, first=first, last=last)
    if kind == "ends" and anchor:
        return replace(base, first=anchor, last=_calendar_unit("this", groups["unit"], anchor)[1])
    if "unit" in groups and "low" in groups:
        unit = groups["unit"].rstrip("s").split()[-1]
        low = number_of(groups["low"])
        high = number_of(groups.get("high", groups["low"]))
        direction = groups.get("dir", "")
        if kind == "duration" and groups["low"] in {"a", "an"}:
            return None
        if anchor and low is not None and high is not None:
            far = timedelta(days=round(high * _DAYS[unit]))
            near = timedelta(days=round(low * _DAYS[unit]))
            try:
                if direction in _BACKWARD:
                    past = (anchor - far, anchor) if kind == "within" else (anchor - far,) * 2
                    return replace(base, first=past[0], last=past[1])
                if direction in _FORWARD or groups.get("cue") in {"within", "in", "over"}:
                    start = anchor if low == high else anchor + near
                    return replace(base, first=start, last=anchor + far)
            except OverflowError:
                return base
    return base


def _calendar_unit(rel: str, unit: str, anchor: date) -> tuple[date, date]:
    shift = {"next": 1, "coming": 1, "the coming": 1, "last": -1, "previous": -1}.get(rel, 0)
    if unit == "week":
        monday = anchor - timedelta(days=anchor.isoweekday() - 1) + timedelta(weeks=shift)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        number = anchor.year * 12 + anchor.month - 1 + shift
        first, last = _month_span(number // 12, number % 12 + 1)
    elif unit == "quarter":
        number = anchor.year * 4 + (anchor.month - 1) // 3 + shift
        first, last = _month_span(number // 4, number % 4 * 3 + 1, 3)
    else:
        size = {"decade": 10, "century": 100}.get(unit, 1)
        year = anchor.year // size * size + shift * size
        first, last = date(year, 1, 1), date(year + size - 1, 12, 31)
    return first, last


_DEADLINE = re.compile(r"\b(?:by|before|until|till|from|after|since|in|on|during|as early as|due)"
                       r" (?:about |around |the )?$", re.IGNORECASE)  # fmt: skip


def windows(text: str, anchor: date | None = None) -> list[DateMention]:
    """What could be a horizon or the time of a catalyst: relative windows ("over the next 2-6
    quarters", "within two weeks", "next year"), durations, and calendar dates, in text order.

    Calendar dates come as `dates` gives them, but with the preposition that makes them a
    deadline inside the span ("by 2030"); the rest have precision `window`.
    """
    folded = normalise(text)
    calendar = dates(text, anchor)
    taken = [(folded.position(m.start), folded.position(m.end - 1) + 1) for m in calendar]
    found = _scan(
        folded.text, WINDOW_PATTERNS, lambda kind, match: _window(kind, match, anchor), taken
    )
    result: list[DateMention] = []
    for mention in found:
        start, end = folded.span(mention.start, mention.end)
        result.append(replace(mention, start=start, end=end, text=text[start:end]))
    for mention in calendar:
        deadline = _DEADLINE.search(text[: mention.start])
        start = deadline.start() if deadline else mention.start
        result.append(replace(mention, start=start, text=text[start : mention.end]))
    return sorted(result, key=lambda m: (m.start, m.end))
