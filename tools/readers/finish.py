"""From what a source says of itself to a stored `Document`: overrides, author kind, time."""

from __future__ import annotations

from dataclasses import dataclass

from agents.evidence import AuthorKind, Document
from tools.readers.byline import author_kind_of
from tools.readers.draft import Draft

__all__ = ["Overrides", "finish"]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the caller states; it wins over everything the source says."""

    title: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    author_kind: AuthorKind | None = None


def finish(draft: Draft, overrides: Overrides, ingested_at: str) -> Document:
    """The document; its text is the draft's, character for character."""
    publisher = draft.publisher if overrides.publisher is None else overrides.publisher
    return Document(
        source_id=draft.source_id,
        title=draft.title if overrides.title is None else overrides.title,
        publisher=publisher,
        author=draft.author,
        author_kind=overrides.author_kind or _kind(draft, publisher),
        published_at=overrides.published_at or draft.published_at,
        url=draft.url,
        text=draft.text,
        ingested_at=ingested_at,
    )


def _kind(draft: Draft, publisher: str) -> AuthorKind:
    """The source's own field wins; only `unknown` gives way, and only to a machine's mark.

    A row that says `human` stays so: whoever made the row saw more than a pattern does.
    """
    stated = draft.author_kind
    if stated is not None and stated is not AuthorKind.UNKNOWN:
        return stated
    found = (
        AuthorKind.AI
        if draft.ai_marked
        else author_kind_of(draft.text, author=draft.author, publisher=publisher)
    )
    return found if stated is None or found is AuthorKind.AI else AuthorKind.UNKNOWN
