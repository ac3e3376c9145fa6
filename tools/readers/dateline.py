"""Dates that a plain text gives itself: a line of its own, a byline or a dateline.

Conservative on purpose: a wrong date lets a document into a run that must not read it
(invariant 5), a missing one only leaves it out. A date in running prose is never taken, nor one
without its year, nor an ambiguous one (05/06/2025).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dateparser  # type: ignore[import-untyped]

__all__ = ["published_day", "whole_date"]

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"  # noqa: E501
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![\d-]){_YEAR}-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d|-\d)",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
        rf"(?<!\d){_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}\b",
        rf"(?<![\d.]){_DAY}\.\s?(?P<month>[01]?\d)\.\s?{_YEAR}(?![\d.])",
        rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>[01]?\d)\s?[月월]\s?(?P<day>[0-3]?\d)\s?[日일]",
        rf"(?<![\d/]){_YEAR}/(?P<month>[01]?\d)/(?P<day>[0-3]?\d)(?![\d/])",
    )
)
# "12. März 2025", "17 июня 2025 г.", "3 de junio de 2025": dateparser knows the month names.
_FOREIGN = re.compile(
    rf"(?<!\d)(?P<words>[0-3]?\d(?:\.|er|º)?\s+(?:de\s+)?[^\W\d_]{{3,12}}\.?\s+(?:de\s+)?{_YEAR})"
    r"(?:\s*(?:г\.?|года|р\.))?"
)
# All 200 of the library's languages take seconds to load, and the first odd line pays.
_LANGUAGES = (
    "de fr es it pt nl pl ru uk sv da nb fi cs sk hu ro tr el bg hr sl lt lv et id vi".split()
)
_NUMERIC = re.compile(rf"(?<![\d/])(?P<a>[0-3]?\d)/(?P<b>[0-3]?\d)/{_YEAR}(?![\d/])")
_TIME = re.compile(
    r"(?:\s*\bat\s+|,\s*|[T\s]\s*)?(?P<hour>[0-2]?\d)[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?:\(?(?P<zone>(?:[ECMP][SD]?T|GMT|UTC|Z|BST|CES?T|[+-]\d\d:?\d\d)(?![a-z]))\)?)?",
    re.IGNORECASE,
)
_ZONES = {
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "P": "America/Los_Angeles",
    "BST": "Europe/London",
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
}
# What may stand beside the date on a line of its own; anything else makes it prose.
_FURNITURE = re.compile(
    r"\b(?:first\s+)?(?:published|posted|updated|last\s+updated|modified|released|issued|date|dated|"
    r"for\s+immediate\s+release|as\s+of|on|at)\b:?"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|\d{1,3}\s*[- ]?min(?:ute)?s?(?:\s+read)?|\b(?:local|eastern)\s+time\b|[\s,.|·•–—:()/*_#>-]+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W*(?:first\s+)?(?:published|posted|date|dated|released|issued)\b(?:\s+(?:on|at))?\s*:?\s*",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"^\W*(?:last\s+)?(?:updated|modified)\b", re.IGNORECASE)
_BYLINE = re.compile(
    r"^\W*(?:by\s+[A-Z]|(?:written|reported|generated)\s+by\b|von\s+[A-Z]|par\s+[A-Z]|por\s+[A-Z])",
    re.IGNORECASE,
)
# "LONDON, 17 June 2025 -", "PARIS, Jan. 5, 2025 (Wire) -", "NEW YORK, March 12, 2025 /Wire/ --"
_PLACE = r"[A-ZÀ-ÞА-Я][\w.'’()-]*"
_DATELINE_BEFORE = re.compile(
    rf"^\W*{_PLACE}(?:[ ,/]+{_PLACE}){{0,6}}\s*(?:\([^)]{{1,40}}\))?\s*[,:]?\s*$"
)
_DATELINE_AFTER = re.compile(r"^\s*[,:]?\s*(?:[(/][^)/]{1,40}[)/])?\s*(?:[-–—―:]|\()")

_PREPOSITION = re.compile(r"(?:on|in|since|by|from|until|after|before|as|at)\b", re.IGNORECASE)

_HEAD_LINES = 12
_HEAD_CHARS = 4000
_TIMELINE_CHARS = 40_000
_TAIL_LINES = 8


def _build(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _find(text: str) -> tuple[date, int, int] | None:
    """The first full date in `text` and where it stands."""
    hits: list[tuple[int, int, date]] = []
    for form in _FORMS:
        match = form.search(text)
        if match:
            named = match["month"]
            month = (
                int(named)
                if named.isdigit()
                else 1 + next(i for i, m in enumerate(_MONTHS) if m[:3] == named[:3].lower())
            )
            day = _build(int(match["year"]), month, int(match["day"]))
            if day:
                hits.append((match.start(), match.end(), day))
    match = _NUMERIC.search(text)
    if match:
        a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
        # Read only when one order is impossible or both are the same day.
        day = _build(year, b, a) if a > 12 or a == b else _build(year, a, b) if b > 12 else None
        if day:
            hits.append((match.start(), match.end(), day))
    match = None if hits else _FOREIGN.search(text)
    if match:
        moment = dateparser.parse(
            match["words"],
            languages=_LANGUAGES,
            settings={"REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "DMY"},
        )
        if moment and str(moment.year) == match["year"]:
            hits.append((match.start(), match.end(), moment.date()))
    if not hits:
        return None
    start, end, day = min(hits)
    return day, start, end


def _utc_day(day: date, rest: str) -> tuple[date, str]:
    """The UTC day of a date followed by a time with a zone, and what follows the time."""
    match = _TIME.match(rest)
    if not match:
        return day, rest
    hour, zone = int(match["hour"]), (match["zone"] or "").upper()
    half = (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    rest = rest[match.end() :]
    if hour > 23 or not zone:
        return day, rest
    if zone[0] in "+-":
        moment = datetime.fromisoformat(
            f"{day}T{hour:02d}:{match['minute']}:00{zone[:3]}:{zone[-2:]}"
        )
    else:
        name = _ZONES.get(zone) or (_ZONES.get(zone[0]) if zone[-1] == "T" else None)
        try:
            info = ZoneInfo(name) if name and zone != "GMT" else timezone.utc
        except ZoneInfoNotFoundError:  # no time zone data on this machine: keep the local day
            return day, rest
        moment = datetime(day.year, day.month, day.day, hour, int(match["minute"]), tzinfo=info)
    return moment.astimezone(timezone.utc).date(), rest


def whole_date(line: str) -> date | None:
    """The UTC day when `line` is a date and nothing but its furniture (weekday, time, label)."""
    found = _find(line)
    if not found:
        return None
    day, start, end = found
    day, rest = _utc_day(day, line[end:])
    again = _find(rest)
    if again:  # "Published 3 May 2025, updated 4 May 2025": the first is the publication
        rest = rest[: again[1]] + _utc_day(again[0], rest[again[2] :])[1]
    return day if not _FURNITURE.sub("", line[:start] + " " + rest).strip() else None


def _dateline(line: str) -> date | None:
    """The day of a dateline that opens a paragraph."""
    head = line[:160]
    found = _find(head)
    if not found:
        return None
    day, start, end = found
    before = head[:start].strip()
    if not _DATELINE_AFTER.match(head[end:]) or not _DATELINE_BEFORE.match(before):
        return None
    # A place is in capitals or has a comma; "On 12 March 2025 -" is prose.
    capitals = re.match(r"\W*[A-ZÀ-ÞА-Я]{3,}", before)
    return day if (capitals or before.endswith(",")) and not _PREPOSITION.match(before) else None


def _byline_date(line: str) -> date | None:
    """The day on a byline ("By Ann Lee | 12 March 2025"): last on the line, after its names."""
    if len(line) > 160 or not _BYLINE.match(line):
        return None
    found = _find(line)
    if not found:
        return None
    day, start, end = found
    day, rest = _utc_day(day, line[end:])
    return day if start < 120 and not _FURNITURE.sub("", rest).strip() else None


def _is_prose(line: str) -> bool:
    return len(line) > 160 or (len(line.split()) >= 12 and line.rstrip()[-1:] in ".!?”\"'…")


def _own_line(line: str) -> date | None:
    """The day of a line that is a date, or of a masthead with a date between its bars."""
    day = whole_date(line)
    if day is None and "|" in line:
        days = {d for part in line.split("|") if (d := whole_date(part))}
        day = days.pop() if len(days) == 1 else None
    return day


def _bare_dates(text: str) -> int:
    """How many lines of the text's first part are a date."""
    short = (line for line in text[:_TIMELINE_CHARS].splitlines() if 6 <= len(line) <= 60)
    return sum(1 for line in short if whole_date(line))


def published_day(text: str) -> date | None:
    """The publication day that `text` states in its header or footer; None when it does not.

    Reads the first lines (up to the second paragraph of prose) and labelled dates in the last.
    """
    lines = [line.strip() for line in text[:_HEAD_CHARS].splitlines() if line.strip()]
    prose = 0
    updated: date | None = None
    alone: set[date] = set()
    after_prose = False
    for line in lines[:_HEAD_LINES]:
        day = _dateline(line) or _byline_date(line)
        if day:
            return day
        if len(line) <= 120:
            day = _own_line(line)
            if day and _UPDATED.match(line):
                updated = updated or day
            elif day and _LABEL.match(line):
                return day
            elif day:
                alone.add(day)
                after_prose = after_prose or prose > 0
        if _is_prose(line):
            prose += 1
            if prose == 2:
                break
    # Two bare dates head the columns of a table; one after a first paragraph may head a section
    # of a timeline, unless it is the only one.
    if len(alone) == 1 and (not after_prose or _bare_dates(text) == 1):
        return alone.pop()
    tail = [line.strip() for line in text[-_HEAD_CHARS:].splitlines() if line.strip()]
    for line in tail[-_TAIL_LINES:]:
        if len(line) <= 120 and _LABEL.match(line):
            day = whole_date(line)
            if day:
                return day
    return updated
