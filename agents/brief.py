"""The published brief, `schema_version` 1: the JSON that callers, renderers and evals read.

Citations are interned under keys ("1", "2", …, in order of first use) so that a reader sees
each quote once. `Brief.model_dump(mode="json")` is the contract of ARCHITECTURE; field names
and value sets change only with `schema_version`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agents.evidence import AuthorKind, ClaimKind, Effect, Failure, Label, Probabilities, Record

Order = Literal["first", "second"]
TickerSource = Literal["stated", "resolved"]


class PublishedSentence(Record):
    text: str
    citations: tuple[str, ...] = Field(min_length=1)
    """Keys into `Brief.citations`."""
    claim_ids: tuple[str, ...] = ()
    calculation: str | None = None


class PublishedCitation(Record):
    document_id: str
    source_id: str | None
    origin_id: str
    """Document id of the earliest copy of the same story; equal for all its copies."""
    title: str
    publisher: str
    author_kind: AuthorKind
    published_at: str | None
    url: str
    quote: str
    start: int
    end: int


class Implication(Record):
    order: Order
    sentence: PublishedSentence


class PublishedExposure(Record):
    name: str
    ticker: str | None
    ticker_source: TickerSource | None
    effect: Effect
    order: Order
    mechanism: PublishedSentence


class SentimentScore(Record):
    name: str | None = None
    """Entity name; None for the overall score."""
    score: float
    label: str
    citations: tuple[str, ...] = ()


class PublishedSentiment(Record):
    overall: SentimentScore | None
    entities: tuple[SentimentScore, ...] = ()


class PublishedCheck(Record):
    name: str
    outcome: str
    claim_span: str = ""
    evidence_span: str = ""
    detail: str = ""


class PublishedVerdict(Record):
    label: Label | None
    probabilities: Probabilities | None
    independent_sources: int
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]
    checks: tuple[PublishedCheck, ...]
    why: str


class PublishedClaim(Record):
    id: str
    text: str
    kind: ClaimKind
    speaker: str
    citations: tuple[str, ...]
    verdict: PublishedVerdict


class PublishedContradiction(Record):
    claim_ids: tuple[str, ...]
    kind: Literal["contested", "revised", "denied"]
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]
    sentence: PublishedSentence


class PublishedLeg(Record):
    side: Literal["long", "short"]
    name: str
    ticker: str | None
    ticker_source: TickerSource | None


class PublishedCatalyst(Record):
    when: str
    sentence: PublishedSentence


class PublishedIdea(Record):
    title: str
    conditional: bool
    legs: tuple[PublishedLeg, ...]
    horizon: str
    catalysts: tuple[PublishedCatalyst, ...]
    invalidation: PublishedSentence
    thesis: tuple[PublishedSentence, ...]
    risks: tuple[PublishedSentence, ...]
    claim_ids: tuple[str, ...]
    conviction: int = Field(ge=0, le=5)
    conviction_why: tuple[str, ...]


class Dropped(Record):
    text: str
    reason: str


class StageUsage(Record):
    name: str
    seconds: float
    """Wall time of the stage, including time waiting for the model."""
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of prompt_tokens, how many the server read from its prefix cache."""
    completion_tokens: int = 0
    model_seconds: float = 0.0
    """Of seconds, how long at least one model call was in flight."""


class RunRecord(Record):
    id: str
    model: str
    prompts: dict[str, str]
    """Prompt name to digest."""
    corpus: str
    """Digest of the corpus read."""
    seconds: float
    stages: tuple[StageUsage, ...] = ()


class Brief(Record):
    schema_version: Literal[1] = 1
    question: str
    as_of: str | None
    status: Literal["answered", "partial", "insufficient_evidence"]
    headline: PublishedSentence | None
    notes: tuple[str, ...] = ()
    """Fixed wordings by code: what is missing, what was dropped; never facts."""
    summary: tuple[PublishedSentence, ...] = ()
    implications: tuple[Implication, ...] = ()
    variant_view: tuple[PublishedSentence, ...] = ()
    opposing_case: tuple[PublishedSentence, ...] = ()
    risks: tuple[PublishedSentence, ...] = ()
    exposures: tuple[PublishedExposure, ...] = ()
    sentiment: PublishedSentiment
    claims: tuple[PublishedClaim, ...] = ()
    contradictions: tuple[PublishedContradiction, ...] = ()
    ideas: tuple[PublishedIdea, ...] = ()
    citations: dict[str, PublishedCitation] = {}
    dropped: tuple[Dropped, ...] = ()
    failures: tuple[Failure, ...] = ()
    run: RunRecord
