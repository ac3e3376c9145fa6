"""The vocabulary of the desk: frozen records that every stage passes to the next.

This module imports nothing of the project. Records are immutable, forbid unknown
fields and carry ids that are hashes of their content, so the same input always
gives the same ids. Offsets are code points of the stored, untouched document text.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timezone
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "AuthorKind",
    "Check",
    "Citation",
    "Claim",
    "ClaimKind",
    "Contradiction",
    "Document",
    "Effect",
    "EvidenceError",
    "Exposure",
    "Failure",
    "InvalidDate",
    "Label",
    "Passage",
    "Probabilities",
    "Quantity",
    "QuoteNotFound",
    "Record",
    "Sentence",
    "Sentiment",
    "TradeIdea",
    "Verdict",
    "cite",
    "content_id",
    "parse_timestamp",
]


class EvidenceError(ValueError):
    """Root of the errors this module raises."""


class QuoteNotFound(EvidenceError):
    """A quote is not, character for character, part of the passage it is said to be in."""


class InvalidDate(EvidenceError):
    """A date is not an ISO 8601 date (2025-03-12) or timestamp (2025-03-12T08:30:00Z)."""


def content_id(prefix: str, *parts: object) -> str:
    """A stable id: prefix and the first 16 hex digits of the SHA-256 of the parts, in order."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = ("\x00" if part is None else str(part)).encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return f"{prefix}_{digest.hexdigest()[:16]}"


def parse_timestamp(value: str) -> str:
    """Normalise to `YYYY-MM-DD`, or to `YYYY-MM-DDTHH:MM:SSZ` in UTC when a time is given.

    Raises InvalidDate with the accepted forms for anything else.
    """
    text = value.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise InvalidDate(
            f"{value!r} is not a date: use YYYY-MM-DD or an ISO 8601 timestamp"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


Timestamp = Annotated[str, AfterValidator(parse_timestamp)]


class Record(BaseModel):
    """Base of all records: immutable, closed, compared by value."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AuthorKind(StrEnum):
    HUMAN = "human"
    AGENCY = "agency"
    AI = "ai"
    UNKNOWN = "unknown"


class ClaimKind(StrEnum):
    FACT = "fact"
    FORECAST = "forecast"
    OPINION = "opinion"


class Label(StrEnum):
    SUPPORTED = "supported"
    REFUTED = "refuted"
    CONTESTED = "contested"
    INSUFFICIENT = "insufficient"


class Effect(StrEnum):
    BENEFITS = "benefits"
    HURT = "hurt"
    MIXED = "mixed"


class Document(Record):
    id: str = ""
    """`doc_…`, hash of publisher, title, published_at and text; not of ingested_at."""
    source_id: str | None = None
    """The id its source gave it, if any."""
    title: str = ""
    publisher: str = ""
    author: str = ""
    author_kind: AuthorKind = AuthorKind.UNKNOWN
    published_at: Timestamp | None = None
    url: str = ""
    text: str
    """Exactly as stored; CRLF and soft hyphens kept."""
    ingested_at: Timestamp | None = None

    @model_validator(mode="before")
    @classmethod
    def _identify(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("id"):
            published = data.get("published_at")
            data = dict(data)
            data["id"] = content_id(
                "doc",
                data.get("publisher", ""),
                data.get("title", ""),
                parse_timestamp(published) if published else None,
                data.get("text", ""),
            )
        return data

    @property
    def published_date(self) -> date | None:
        """The UTC calendar day of publication, None when unknown."""
        return date.fromisoformat(self.published_at[:10]) if self.published_at else None


class Passage(Record):
    """A run of whole sentences of one document: `document.text[start:end] == text` always."""

    id: str = ""
    document_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str

    @model_validator(mode="before")
    @classmethod
    def _identify(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("id"):
            data = dict(data)
            data["id"] = content_id("pas", data["document_id"], data["start"], data["end"])
        return data

    @model_validator(mode="after")
    def _spans(self) -> Passage:
        if self.end - self.start != len(self.text):
            raise EvidenceError(
                f"passage {self.id}: {len(self.text)} characters at [{self.start}, {self.end})"
            )
        return self


class Citation(Record):
    """An exact quote. Make one with `cite`, never by hand: it checks the words."""

    id: str
    passage_id: str
    document_id: str
    quote: str = Field(min_length=1)
    start: int = Field(ge=0)
    """Offset of the quote in `Document.text`, in code points."""
    end: int = Field(ge=0)


def cite(passage: Passage, quote: str, *, near: int | None = None) -> Citation:
    """The citation of `quote` in `passage`.

    near: document offset; of several occurrences the nearest to it is cited (default the
    first). Raises QuoteNotFound when the words are not, exactly, in the passage.
    """
    if not quote.strip():
        raise QuoteNotFound(f"an empty quote cannot be cited (passage {passage.id})")
    found = [m.start() for m in re.finditer(re.escape(quote), passage.text)]
    if not found:
        raise QuoteNotFound(f"not in passage {passage.id}: {quote[:120]!r}")
    at = found[0] if near is None else min(found, key=lambda f: abs(passage.start + f - near))
    start = passage.start + at
    end = start + len(quote)
    return Citation(
        id=content_id("cit", passage.document_id, start, end),
        passage_id=passage.id,
        document_id=passage.document_id,
        quote=quote,
        start=start,
        end=end,
    )


class Quantity(Record):
    """A number as a text states it."""

    value: float
    """In base units: `scale` is already applied ("$1.2 billion" is 1.2e9); percent 15 is 15.0."""
    high: float | None = None
    """Upper end when a range is stated ("25 to 30 percent": value 25, high 30)."""
    unit: str = ""
    """Canonical unit: `percent`, `percentage point`, `basis point`, `km`, `tonne`, `day`, … or
    the counted noun in singular ("240 military personnel": `personnel`); empty when bare."""
    currency: str = ""
    """ISO 4217 code ("USD"), empty when not money."""
    scale: float = 1.0
    """The multiplier the text used: 1e3, 1e6, 1e9, 12 for a dozen, 1 for none."""
    date: str | None = None
    """The period or date the number is about, as written ("2024"), when the clause states one."""
    approximate: bool = False
    """True for "about", "roughly", "nearly", "some", …"""
    bound: Literal["", "min", "max"] = ""
    """`min` for "at least / more than", `max` for "up to / less than"."""
    start: int = Field(ge=0)
    """Offset of the span in the text that was parsed."""
    end: int = Field(ge=0)
    text: str
    """The span, as written."""


class Claim(Record):
    """One atomic, self-contained assertion with its owner."""

    id: str = ""
    text: str = Field(min_length=1)
    kind: ClaimKind
    speaker: str = ""
    """Who asserts it, as the text names them; empty when the document itself does."""
    citations: tuple[Citation, ...] = Field(min_length=1)
    """Where it is asserted."""
    quantities: tuple[Quantity, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _identify(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("id"):
            data = dict(data)
            where = [c.id if isinstance(c, Citation) else c["id"] for c in data["citations"]]
            data["id"] = content_id("clm", data["text"], data["kind"], *where)
        return data


class Probabilities(Record):
    """Three-way verdict probabilities; they sum to 1."""

    supported: float = Field(ge=0, le=1)
    refuted: float = Field(ge=0, le=1)
    insufficient: float = Field(ge=0, le=1)


class Check(Record):
    """What one check compared and found."""

    name: Literal["quantity", "date", "entity", "negation", "hedge", "scope", "entailment"]
    outcome: Literal["agrees", "conflicts", "silent"]
    claim_span: str = ""
    evidence_span: str = ""
    detail: str = ""


class Verdict(Record):
    claim_id: str
    label: Label | None
    """None for opinions and forecasts, which are reported with their owner."""
    probabilities: Probabilities | None = None
    supporting: tuple[Citation, ...] = ()
    opposing: tuple[Citation, ...] = ()
    independent_sources: int = Field(ge=0)
    """Distinct origins that assert the claim, its own included: 1 is not corroboration."""
    checks: tuple[Check, ...] = ()
    why: str


class Contradiction(Record):
    """Two sides of one fact."""

    claim_ids: tuple[str, ...] = Field(min_length=1)
    kind: Literal["contested", "revised", "denied"]
    supporting: tuple[Citation, ...] = Field(min_length=1)
    opposing: tuple[Citation, ...] = Field(min_length=1)
    words: tuple[str, str] = ("", "")
    """The two sides in their sources' own words: parts of the first supporting and the first
    opposing quote, short enough to stand beside each other."""


class Sentiment(Record):
    target: str | None
    """Entity name, None for the overall tone."""
    score: float = Field(ge=-1, le=1)
    label: str
    """Seven-step scale, see `sentiment.label_of`."""
    citations: tuple[Citation, ...] = ()


class Sentence(Record):
    """The unit of everything the desk publishes."""

    text: str = Field(min_length=1)
    citations: tuple[Citation, ...] = Field(min_length=1)
    claim_ids: tuple[str, ...] = ()
    calculation: str | None = None
    """How code derived any number or count that the quotes do not state literally."""


class Exposure(Record):
    name: str
    ticker: str | None = None
    ticker_source: Literal["stated", "resolved"] | None = None
    effect: Effect
    order: Literal["first", "second"]
    mechanism: Sentence


class Leg(Record):
    side: Literal["long", "short"]
    name: str
    ticker: str | None = None
    ticker_source: Literal["stated", "resolved"] | None = None


class Catalyst(Record):
    when: str
    """A date or window as the source states it, or "undated"."""
    sentence: Sentence


class TradeIdea(Record):
    title: str
    conditional: bool
    legs: tuple[Leg, ...] = Field(min_length=1)
    horizon: str
    catalysts: tuple[Catalyst, ...] = ()
    invalidation: Sentence
    thesis: tuple[Sentence, ...] = Field(min_length=1)
    risks: tuple[Sentence, ...] = ()
    claim_ids: tuple[str, ...] = Field(min_length=1)
    conviction: int = Field(ge=0, le=5)
    conviction_why: tuple[str, ...] = Field(min_length=1)


class Failure(Record):
    """A failure as data: shown and counted, never prose in the thesis."""

    stage: str
    subject_id: str = ""
    type: str
    message: str
