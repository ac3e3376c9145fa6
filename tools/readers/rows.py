"""Documents as rows: JSON Lines, or a JSON array of the same objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agents.evidence import AuthorKind
from tools.readers.draft import Draft, Reading, RowProblem, Unreadable
from tools.readers.plain import iso_date

__all__ = ["read_rows"]

_NO_DATE = frozenset({"", "unknown", "none", "null", "n/a", "undated"})


def read_rows(text: str) -> Reading:
    """One draft a row: `text` and any of id, title, publisher (or source), author,
    author_kind, published_at (or date), url; other keys are ignored.

    A bad row is a problem with its line number and never stops the rest. Raises Unreadable
    (`empty`) when there are no rows at all.
    """
    drafts: list[Draft] = []
    problems: list[RowProblem] = []
    rows = 0
    for where, row, error in _rows(text):
        rows += 1
        if error is None:
            try:
                drafts.append(_draft(row))
                continue
            except _BadRow as bad:
                error = str(bad)
        problems.append(RowProblem(where, "bad_row", error))
    if not rows:
        raise Unreadable("empty", "it has no rows")
    return Reading(tuple(drafts), tuple(problems))


class _BadRow(ValueError):
    """A row that cannot become a document."""


def _rows(text: str) -> Iterator[tuple[str, Any, str | None]]:
    if text.lstrip()[:1] == "[":
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield "1", None, f"not a JSON array: {error}"
            return
        yield from ((f"item {n}", row, None) for n, row in enumerate(loaded, 1))
        return
    # A file with one pretty-printed object is a row too.
    if text.lstrip().startswith("{\n") or text.lstrip().startswith("{\r"):
        try:
            yield "1", json.loads(text), None
            return
        except (ValueError, RecursionError):
            pass
    # Only line feeds end a row: splitlines would also cut at U+2028, which JSON allows in text.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield str(number), json.loads(line), None
            except (ValueError, RecursionError) as error:
                yield str(number), None, f"not JSON: {error}"


def _draft(row: object) -> Draft:
    if not isinstance(row, dict):
        raise _BadRow("a row must be a JSON object with a text")
    text = row.get("text")
    if not isinstance(text, str) or not any(c.isalnum() for c in text):
        raise _BadRow('the row has no "text"')
    kind = row.get("author_kind")
    if kind is not None and kind not in {k.value for k in AuthorKind}:
        raise _BadRow(f"author_kind is {kind!r}: use human, agency, ai or unknown")
    draft = Draft(
        text=text,
        title=_word(row, "title"),
        publisher=_word(row, "publisher", "source"),
        author=_word(row, "author"),
        author_kind=AuthorKind(kind) if kind is not None else None,
        published_at=_date(row),
        url=_word(row, "url"),
        source_id=_word(row, "id") or None,
    )
    for field in (draft.text, draft.title, draft.publisher, draft.author, draft.url):
        try:
            field.encode("utf-8")
        except UnicodeEncodeError:
            raise _BadRow("it has half of a surrogate pair, which is not a character") from None
    return draft


def _date(row: dict[str, Any]) -> str | None:
    value = row.get("published_at")
    if value is None:
        value = row.get("date")
    if value is None or (isinstance(value, str) and value.strip().lower() in _NO_DATE):
        return None
    found = iso_date(value)
    if found is None:
        raise _BadRow(f"{value!r} is not a date: use YYYY-MM-DD or an ISO 8601 timestamp")
    return found


def _word(row: dict[str, Any], *keys: str) -> str:
    for key in keys:
        value = row.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise _BadRow(f"{key} must be text, not {type(value).__name__}")
        return str(value)
    return ""
