"""The lines of an article where its byline, date and notes stand."""

from __future__ import annotations

__all__ = ["header_and_footer"]

_HEAD_LINES = 10
_TAIL_LINES = 14
_ZONE_CHARS = 6000


def header_and_footer(text: str) -> tuple[list[str], list[str]]:
    """The lines of the header (up to the first prose) and of the footer (from the end back)."""
    head: list[str] = []
    for line in text[:_ZONE_CHARS].splitlines():
        line = line.strip()
        if not line:
            continue
        if len(head) == _HEAD_LINES:
            break
        head.append(line)
        if len(line) > 200 and len(head) > 1:
            break
    tail = [line.strip() for line in text[-_ZONE_CHARS:].splitlines() if line.strip()]
    return head, tail[-_TAIL_LINES:]
