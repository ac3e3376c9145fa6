"""HTML fragments (feed entries, mail bodies) to text: every block a paragraph, nothing left out.

Whole pages go through `web_page`, which finds the article among the navigation; a fragment is
the article already, and extraction by density would lose parts of a short one.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import html as lxml_html  # type: ignore[import-untyped]
from lxml.etree import ParserError  # type: ignore[import-untyped]

__all__ = ["fragment_text"]

_SKIPPED = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th thead tr ul".split()
)
_MARKUP = re.compile(r"<[a-zA-Z!/][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w{1,30});")


def fragment_text(source: str) -> str:
    """The text of an HTML fragment, paragraphs separated by blank lines.

    A string without tags or entities is returned as it is, stripped.
    """
    if not _MARKUP.search(source):
        return source.strip()
    try:
        tree = lxml_html.document_fromstring(source)
    except (ParserError, ValueError):
        # ValueError: an XML declaration with an encoding inside decoded text.
        try:
            tree = lxml_html.document_fromstring(source.encode("utf-8"), parser=_utf8())
        except (ParserError, ValueError):
            return ""
    parts: list[str] = []
    _collect(tree, parts)
    blocks = ("".join(parts)).split("\0")
    lines = (
        "\n".join(re.sub(r"[ \t\r\f\v]+", " ", part).strip() for part in block.split("\1")).strip()
        for block in blocks
    )
    return "\n\n".join(line for line in lines if line)


def _utf8() -> Any:
    return lxml_html.HTMLParser(encoding="utf-8")


def _collect(root: Any, parts: list[str]) -> None:
    """Append the text of `root`: NUL between blocks, SOH for a line break.

    Iterative, because mail nests tables deeper than Python recurses.
    """
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else None
        if closing:
            if tag in _BLOCKS:
                parts.append("\0")
            parts.append(_inline(element.tail))
            continue
        stack.append((element, True))
        if tag is None or tag in _SKIPPED or _hidden(element):
            continue
        if tag in _BLOCKS:
            parts.append("\0")
        if tag == "br":
            parts.append("\1")
        parts.append(_inline(element.text))
        stack.extend((child, False) for child in reversed(element))


def _hidden(element: Any) -> bool:
    """Mail hides a preview line this way; a reader of the page never sees it."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None


def _inline(text: str | None) -> str:
    return re.sub(r"[\n\0\1]+", " ", text) if text else ""
