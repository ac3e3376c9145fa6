"""A brief as one self-contained page: no request leaves it, and only its own script runs.

A click on a citation opens its document beside the text with the exact words marked. Without
scripts the same link leads to the list of sources at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agents.brief import Brief, PublishedCitation
from agents.evidence import AuthorKind, Document
from tools.export import wording
from tools.export.highlight import Piece, highlight, misplaced
from tools.export.style import base_style, content_policy, page_file

__all__ = ["render_html"]


class _Source(NamedTuple):
    """A cited document: its text in pieces when the run stored it."""

    id: str
    cited: PublishedCitation
    """Any of its citations: title, publisher and date are the same in all."""
    keys: tuple[str, ...]
    pieces: tuple[Piece, ...]
    misplaced: tuple[str, ...]


def render_html(brief: Brief, documents: Iterable[Document]) -> str:
    """The page. documents: those the run stored; a cited one that is missing is shown by its
    quotes alone, and a quote that is not at its offsets is reported on the page, not marked.
    """
    style = base_style() + page_file("tools.export", "page.css")
    script = page_file("tools.export", "page.js")
    page = _environment().get_template("page.html.jinja").render(
        brief=brief,
        sources=_sources(brief, documents),
        policy=content_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        numbers=wording.claim_numbers(brief),
        total=wording.totals(brief.run),
        words=wording,
        is_machine=lambda cited: cited.author_kind is AuthorKind.AI,
    )
    # A lone surrogate cannot be written in any encoding.
    return page.encode("utf-8", "replace").decode("utf-8")


def _sources(brief: Brief, documents: Iterable[Document]) -> list[_Source]:
    """One for each cited document, in the order of first citation."""
    stored = {document.id: document for document in documents}
    by_document: dict[str, dict[str, PublishedCitation]] = {}
    for key, citation in brief.citations.items():
        by_document.setdefault(citation.document_id, {})[key] = citation
    found = []
    for document_id, cited in by_document.items():
        document = stored.get(document_id)
        found.append(
            _Source(
                id=document_id,
                cited=next(iter(cited.values())),
                keys=tuple(cited),
                pieces=tuple(highlight(document, cited)) if document else (),
                misplaced=tuple(misplaced(document, cited)) if document else (),
            )
        )
    return found


def _link(url: str) -> str:
    """The address if a browser may follow it: a `javascript:` one from a document is no link."""
    return url if url.lower().startswith(("https://", "http://")) else ""


def _gauge_x(score: float) -> str:
    """Place of a score on the 120 units wide gauge."""
    return f"{60 + 54 * max(-1.0, min(1.0, score)):.1f}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tools.export", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "plain": wording.printable,
        "block": lambda text: wording.printable(text, one_line=False),
        "link": _link,
        "gauge_x": _gauge_x,
    }
    environment.filters.update(filters)
    return environment
