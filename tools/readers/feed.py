"""RSS and Atom by feedparser: an entry is a document, in the words the feed carries."""

from __future__ import annotations

import calendar
import io
from datetime import datetime, timezone
from typing import Any

import feedparser

from tools.readers.draft import Draft, Reading, RowProblem, Unreadable
from tools.readers.markup import fragment_text

__all__ = ["read_feed"]


def read_feed(data: bytes, *, url: str = "") -> Reading:
    """One draft per entry with text; the pages the entries link to are not fetched.

    An entry without content or summary is a problem named by its title. Raises Unreadable:
    `broken` when it is no feed, `empty` when it has no entries.
    """
    # A stream, because bytes that happen to be a path would be opened as a file.
    headers = {"content-location": url} if url else {}
    feed: Any = feedparser.parse(io.BytesIO(data), response_headers=headers)
    if not feed.version and not feed.entries:
        raise Unreadable("broken", "it is not an RSS or Atom feed")
    if not feed.entries:
        raise Unreadable("empty", "the feed has no entries")
    drafts: list[Draft] = []
    problems: list[RowProblem] = []
    for number, entry in enumerate(feed.entries, 1):
        text = _text(entry)
        title = fragment_text(entry.get("title", ""))
        if not any(c.isalnum() for c in text):
            where = f"entry {number}" + (f" ({title[:80]})" if title else "")
            problems.append(RowProblem(where, "no_text", "it carries no text, only a link"))
            continue
        source = entry.get("source", {}).get("title") or feed.feed.get("title") or ""
        drafts.append(
            Draft(
                text=text,
                title=title,
                publisher=fragment_text(source),
                author=entry.get("author", "").strip(),
                published_at=_moment(entry),
                url=entry.get("link", ""),
                source_id=entry.get("id") or None,
            )
        )
    return Reading(tuple(drafts), tuple(problems))


def _text(entry: Any) -> str:
    """The fullest of the entry's contents, else its summary."""
    contents = [fragment_text(part.get("value", "")) for part in entry.get("content", [])]
    return max([*contents, fragment_text(entry.get("summary", ""))], key=len)


def _moment(entry: Any) -> str | None:
    """feedparser's times are in UTC; a date without a time comes back as midnight."""
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if not parsed:
        return None
    moment = datetime.fromtimestamp(calendar.timegm(parsed), timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
