"""What flows through the graph. Every value is a frozen record; prose is never state.

Fan-out results are merged by key, not by arrival, so the order in which parallel tasks
finish cannot change a brief.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypeVar

from typing_extensions import TypedDict

from agents.brief import Brief, Dropped
from agents.evidence import (
    AuthorKind,
    Claim,
    Contradiction,
    Document,
    Exposure,
    Failure,
    Passage,
    Record,
    Sentence,
    Sentiment,
    TradeIdea,
    Verdict,
)
from agents.ports import Usage

Task = Literal["ask", "analyze"]
V = TypeVar("V")


class Source(Record):
    """What the desk knows about a document it reads, without its text."""

    document_id: str
    source_id: str | None
    origin_id: str
    title: str
    publisher: str
    author: str
    author_kind: AuthorKind
    published_at: str | None
    url: str
    sponsored: bool = False
    """Marked as partner or sponsored content."""
    instructs_machines: bool = False
    """Contains text addressed to automated readers; that text is never shown to the model."""
    rewrites: frozenset[str] = frozenset()
    """Ids of the stored near-duplicates of the analysed article: they are it, not others."""
    article: bool = False
    """The analysed article itself, which never corroborates anything."""

    @property
    def published_date(self) -> date | None:
        return date.fromisoformat(self.published_at[:10]) if self.published_at else None

    @property
    def independent_voice(self) -> bool:
        """Whether the document can carry a verdict: not machine-written, paid for or planted."""
        return not (self.author_kind is AuthorKind.AI or self.sponsored or self.instructs_machines)


class Line(Record):
    """One sentence that the model may see and the desk may quote."""

    key: str
    """`document_id:start`; stable across runs."""
    document_id: str
    passage: Passage
    start: int
    end: int
    text: str
    """Exactly as stored."""
    lead: str = ""
    """The question just before it in the document ("Who benefits?"), which it answers."""
    score: float = 0.0
    """Relevance to the question, or salience in the analysed article; comparable in one run."""


class Plan(Record):
    question: str
    sub_questions: tuple[str, ...]
    queries: tuple[str, ...]
    language: str
    """ISO 639-1 of the question or article, "" when unknown."""


class Answerability(Record):
    """Whether the evidence answers one sub-question."""

    sub_question: str
    answered: bool
    score: float
    line_keys: tuple[str, ...] = ()
    """The lines that answer it, best first."""


TRIES = 2
"""How often the model may try one sentence before the claim's own words are published."""


class Slot(Record):
    """One sentence to be written from one claim."""

    id: str
    kind: Literal["headline", "write"]
    """The prompt."""
    claim_id: str
    line: str
    """The words of the claim, cleaned for reading."""
    speaker: str
    confirmed: bool
    text: str | None = None
    """The model's last sentence; None before the first try or when its answer was invalid."""
    tries: int = 0
    reason: str = ""
    """Why the audit refused the last try."""
    accepted: bool = False

    @property
    def open(self) -> bool:
        return not self.accepted and self.tries < TRIES


class Draft(Record):
    """The publishable sentences, before the audit."""

    headline: Sentence | None = None
    summary: tuple[Sentence, ...] = ()
    implications: tuple[tuple[Literal["first", "second"], Sentence], ...] = ()
    variant_view: tuple[Sentence, ...] = ()
    opposing_case: tuple[Sentence, ...] = ()
    risks: tuple[Sentence, ...] = ()
    contradictions: tuple[tuple[Contradiction, Sentence], ...] = ()


def merge(left: Mapping[str, V] | None, right: Mapping[str, V] | None) -> dict[str, V]:
    """Union by key, in sorted key order, so that task order never shows."""
    both = {**(left or {}), **(right or {})}
    return dict(sorted(both.items()))


def extend(left: tuple[V, ...] | None, right: tuple[V, ...] | None) -> tuple[V, ...]:
    """Concatenation without repeats, sorted by representation for a stable order."""
    seen = {repr(item): item for item in (*(left or ()), *(right or ()))}
    return tuple(seen[key] for key in sorted(seen))


class RunState(TypedDict, total=False):
    run_id: str
    task: Task
    as_of: str | None
    article: Document | None
    plan: Plan
    sources: Annotated[dict[str, Source], merge]
    lines: tuple[Line, ...]
    """The evidence block, in the order the model sees it."""
    answerability: tuple[Answerability, ...]
    near: tuple[Line, ...]
    """Near misses of an unanswered question: on the subject, without the answer."""
    claims: Annotated[dict[str, Claim], merge]
    claim_order: tuple[str, ...]
    verdicts: Annotated[dict[str, Verdict], merge]
    contradictions: Annotated[dict[str, Contradiction], merge]
    sentiments: Annotated[dict[str, Sentiment], merge]
    exposures: tuple[Exposure, ...]
    ideas: tuple[TradeIdea, ...]
    draft: Draft
    slots: tuple[Slot, ...]
    review: bool
    rejected: tuple[str, ...]
    notes: Annotated[tuple[str, ...], extend]
    dropped: Annotated[tuple[Dropped, ...], extend]
    failures: Annotated[tuple[Failure, ...], extend]
    spent: dict[str, Usage]
    """Model use by stage up to the last join, so that a resumed run accounts for all of it."""
    seconds: dict[str, float]
    brief: Brief
