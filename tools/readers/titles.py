"""The title a plain or Markdown text gives itself."""

from __future__ import annotations

import re

from tools.readers.byline import find_byline
from tools.readers.dateline import whole_date
from tools.readers.machine import machine_line
from tools.readers.zones import header_and_footer

__all__ = ["heading_of", "title_of"]

_LONGEST = 200
_ATX = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_SETEXT = re.compile(r"^(?P<title>\S[^\r\n]{0,200})\r?\n(?:=+|-+)[ \t]*\r?$", re.MULTILINE)
# Labels that stand over a headline.
_KICKER = re.compile(
    r"^\W*(?:partner content|sponsored(?: content)?|advertisement|exclusive|breaking(?: news)?"
    r"|opinion|analysis|update \d*|press release|for immediate release|news release"
    r"|research note)\W*$",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


def heading_of(markdown: str) -> str:
    """The first heading, without its marks; "" when there is none."""
    first = min(
        (m for m in (_ATX.search(markdown), _SETEXT.search(markdown)) if m),
        key=lambda m: m.start(),
        default=None,
    )
    return _MARKS.sub("", first["title"]).strip() if first else ""


def title_of(text: str) -> str:
    """The first line, if it is short and does not end as a sentence does; "" otherwise.

    Labels, bylines and dates above the headline are passed over.
    """
    head, _ = header_and_footer(text)
    for line in head[:4]:
        if _KICKER.match(line) or whole_date(line) or (line is not head[0] and machine_line(line)):
            continue
        if find_byline(line):
            continue
        short = len(line) <= _LONGEST and any(c.isalpha() for c in line)
        return line if short and not line.endswith((".", ":", ";", ",", "。")) else ""
    return ""
