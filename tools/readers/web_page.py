"""Web pages: the main text by trafilatura, the rest from the page's own metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from trafilatura.metadata import extract_metadata

from tools.readers.dateline import published_day
from tools.readers.draft import Draft, Reading, Unreadable
from tools.readers.machine import machine_line, marks_itself_ai
from tools.readers.markup import fragment_text
from tools.readers.plain import iso_date

__all__ = ["declared_charset", "read_page"]

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_DATE_META = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "pubdate",
    "publish-date", "publish_date", "published_time", "parsely-pub-date", "sailthru.date",
    "dc.date", "dc.date.issued", "dcterms.date", "dcterms.created", "citation_publication_date",
    "article.published",
)  # fmt: skip
_BYLINE_AREA = (
    "//*[contains(@class,'byline') or contains(@class,'author') or contains(@class,'disclosure')"
    " or contains(@class,'disclaimer') or contains(@id,'byline') or contains(@id,'author')"
    " or @rel='author' or @itemprop='author']"
)
# Below this, extraction by density is unreliable and the whole visible text is compared.
_SHORT = 120


def declared_charset(data: bytes) -> str | None:
    """The character set that the page's own markup names, if any."""
    match = _CHARSET.search(data[:4096])
    return match.group(1).decode("ascii") if match else None


def read_page(source: str, *, url: str = "") -> Reading:
    """The article of an HTML page as one draft.

    url: where it was fetched from; without it the page's canonical address is stored.
    Raises Unreadable (`no_text`) when the page shows no text.
    """
    tree = trafilatura.load_html(source)
    if tree is None:
        raise Unreadable("broken", "it is not an HTML page")
    # Extraction cleans the tree it is given, so each step reads the source again.
    text = _main_text(source, url)
    if not any(c.isalnum() for c in text):
        raise Unreadable(
            "no_text",
            "the page shows no text (it may be built by scripts, or ask for a login): "
            "save the article as text or PDF and read that",
        )
    meta = extract_metadata(
        source,
        default_url=url or None,
        date_config={"extensive_search": False, "original_date": True},
    )
    published = next(_stated_dates(tree), None) or iso_date(meta.date)
    if not published:
        day = published_day(text)
        published = day.isoformat() if day else None
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Reading(
        (
            Draft(
                text=text,
                title=(meta.title or "").strip(),
                publisher=(meta.sitename or "").strip() or host,
                author=(meta.author or "").replace("; ", ", ").strip(),
                ai_marked=_byline_says_ai(tree),
                published_at=published,
                url=url or meta.url or "",
            ),
        )
    )


def _main_text(source: str, url: str) -> str:
    options: dict[str, Any] = {
        "url": url or None,
        "include_comments": False,
        "include_tables": True,
        "include_formatting": False,
        "deduplicate": False,
        "output_format": "txt",
    }
    text = trafilatura.extract(source, **options) or ""
    if len(text) < _SHORT:
        text = trafilatura.extract(source, favor_recall=True, **options) or text
    if len(text) < _SHORT:
        everything = fragment_text(source)
        return everything if len(everything) > 2 * len(text) else text
    # One line is one block of the page; a blank line between keeps it so for whoever splits
    # the text into sentences.
    return re.sub(r"\n+", "\n\n", text).strip()


def _stated_dates(tree: Any) -> Iterator[str]:
    """Publication dates in the page's metadata, most explicit first, with their time of day."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            loaded = json.loads(script.text_content())
        except (ValueError, RecursionError):
            continue
        yield from _published(loaded, 0)
    metas: dict[str, str] = {}
    for element in tree.iterfind(".//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        metas.setdefault(name.lower(), element.get("content"))
    for name in _DATE_META:
        found = iso_date(metas.get(name))
        if found:
            yield found
    for element in tree.iterfind(".//time[@datetime]"):
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
            found = iso_date(element.get("datetime"))
            if found:
                yield found


def _published(value: Any, depth: int) -> Iterator[str]:
    if depth > 6:
        return
    if isinstance(value, dict):
        found = iso_date(value.get("datePublished"))
        if found:
            yield found
        for inner in value.values():
            if isinstance(inner, (dict, list)):
                yield from _published(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _published(inner, depth + 1)


def _byline_says_ai(tree: Any) -> bool:
    """Whether the page's byline or disclosure credits a machine.

    Extraction drops bylines as furniture, and with them the mark that matters most.
    """
    for element in tree.xpath(_BYLINE_AREA)[:40]:
        words = re.sub(r"\s+", " ", element.text_content()).strip()
        if 0 < len(words) <= 600 and (machine_line(words) or marks_itself_ai(f"-\n{words}")):
            return True
    return False
