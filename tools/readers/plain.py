"""Plain text and Markdown: stored exactly as decoded, metadata read from the text itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from agents.evidence import InvalidDate, parse_timestamp
from tools.readers.byline import find_byline
from tools.readers.dateline import published_day, whole_date
from tools.readers.draft import Draft, Reading, Unreadable
from tools.readers.titles import heading_of, title_of

__all__ = ["iso_date", "read_markdown", "read_text"]

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n(?P<yaml>.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S
)


def iso_date(value: object) -> str | None:
    """A date field of a source as ISO; None when it states no full date.

    Accepts ISO 8601 and what `dateline.whole_date` reads ("March 5, 2025 9:30 am ET").
    """
    if isinstance(value, datetime):
        return parse_timestamp(value.isoformat())
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return parse_timestamp(value)
    except InvalidDate:
        day = whole_date(value)
        return day.isoformat() if day else None


def read_text(text: str) -> Reading:
    """One draft whose text is `text`. Raises Unreadable (`empty`)."""
    if not any(c.isalnum() for c in text):
        raise Unreadable("empty", "it has no text")
    byline = find_byline(text)
    day = published_day(text)
    return Reading(
        (
            Draft(
                text=text,
                title=title_of(text),
                author=byline.author if byline else "",
                published_at=day.isoformat() if day else None,
            ),
        )
    )


def read_markdown(text: str) -> Reading:
    """As `read_text`; YAML front matter and the first heading win over the lines of the text.

    The front matter stays in the text, which is stored as it is.
    """
    match = _FRONT_MATTER.match(text)
    body = text[match.end() :] if match else text
    if not any(c.isalnum() for c in body):
        raise Unreadable("empty", "it has no text")
    meta = _front_matter(match["yaml"]) if match else {}
    byline = find_byline(body)
    day = published_day(body)
    return Reading(
        (
            Draft(
                text=text,
                title=_word(meta, "title") or heading_of(body) or title_of(body),
                publisher=_word(meta, "publisher", "source", "site", "site_name"),
                author=_word(meta, "author", "authors", "byline")
                or (byline.author if byline else ""),
                published_at=next(
                    (
                        d
                        for k in ("published_at", "date", "published")
                        if (d := iso_date(meta.get(k)))
                    ),
                    day.isoformat() if day else None,
                ),
                url=_word(meta, "url", "canonical_url", "link"),
            ),
        )
    )


def _front_matter(source: str) -> Mapping[str, Any]:
    """The front matter's fields; none when it is not a YAML mapping (it may just be rules)."""
    try:
        loaded = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError):
        return {}
    return {str(k).lower(): v for k, v in loaded.items()} if isinstance(loaded, dict) else {}


def _word(meta: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = meta.get(key)
        if isinstance(value, list):
            value = ", ".join(str(v) for v in value if isinstance(v, str))
        if isinstance(value, (str, int, float)) and str(value).strip():
            return str(value).strip()
    return ""
