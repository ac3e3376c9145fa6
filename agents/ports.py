"""What the agents need from the world, as protocols. `tools` implements them.

The number of error types is the number of distinct reactions a caller can have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, Protocol

from pydantic import Field

from agents.evidence import Document, Passage, Probabilities, Record
from agents.fusion import Calibration

__all__ = [
    "BadInput",
    "CorpusPort",
    "CorpusUnusable",
    "EntailmentPort",
    "Hit",
    "ModelAnswerInvalid",
    "ModelError",
    "ModelPort",
    "ModelReply",
    "ModelRequest",
    "ModelUnusable",
    "PortError",
    "PromptTooLong",
    "SecuritiesPort",
    "Security",
    "SentimentPort",
    "Tone",
    "Usage",
]


class PortError(Exception):
    """Root of errors from the world. `exit_code` is what the command line returns for it."""

    exit_code = 1


class BadInput(PortError):
    """Nothing usable in what the user gave; the message says what to do."""

    exit_code = 3


class ModelError(PortError):
    """Root of model errors."""

    exit_code = 4


class ModelUnusable(ModelError):
    """The server cannot be used (unreachable, no such model, key refused, weights missing).

    The message names the setting to change. The run stops.
    """


class ModelAnswerInvalid(ModelError):
    """One answer was truncated, empty, thinking-tagged or off its schema, after any retry.

    The agent records a Failure and goes on. `usage` is what was spent.
    """

    def __init__(self, message: str, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class PromptTooLong(ModelError):
    """The instructions and question alone exceed the model's context."""


class CorpusUnusable(PortError):
    """Corpus missing, empty, locked, of another version or another embedding."""

    exit_code = 5


class Usage(Record):
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    calls: int = 0


class ModelRequest(Record):
    """One question to the model.

    The messages are: system = `system`; user = `shared` + blank line + the kept `passages`,
    one a line + blank line + `task`. What many requests share comes first, so that the server
    reads it once (prefix caching).
    """

    stage: str
    """For accounting: plan, extract, verify, sentiment, position, write, audit."""
    system: str
    shared: str = ""
    passages: tuple[str, ...] = ()
    """Evidence lines in order of worth. If the prompt is over budget, whole lines are dropped
    from the end, never cut, and the reply says how many."""
    task: str
    answer_schema: Mapping[str, Any] | None = None
    """JSON schema of the answer; None for `choose`."""
    max_tokens: int = 256


class ModelReply(Record):
    data: dict[str, Any]
    """The parsed answer; valid under `answer_schema`."""
    usage: Usage
    dropped_passages: int = 0
    cached: bool = False
    """True when the answer came from the local answer cache (usage is then zero)."""


class ModelPort(Protocol):
    @property
    def name(self) -> str:
        """The served model's name, as recorded in runs."""
        ...

    async def fill(self, request: ModelRequest) -> ModelReply:
        """A schema-constrained answer at temperature 0.

        Raises ModelAnswerInvalid (this answer), PromptTooLong or ModelUnusable (every answer).
        """
        ...

    async def choose(self, request: ModelRequest, options: Sequence[str]) -> dict[str, float]:
        """Probabilities of the options as the next token, normalised to sum 1.

        options: short words whose first tokens differ ("yes", "no"). Errors as `fill`.
        """
        ...

    async def count_tokens(self, text: str) -> int:
        """Tokens of `text` in the served model's own vocabulary."""
        ...

    def usage(self) -> Mapping[str, Usage]:
        """What was spent since the port was opened, by stage."""
        ...


class Hit(Record):
    """One search result."""

    passage: Passage
    document: Document
    origin_id: str
    """Document id of the earliest near-duplicate (its own id when it has none)."""
    score: float
    """Fused score, higher is better; comparable within one search only."""
    similarity: float
    """Cosine of query and passage embeddings, -1..1."""


class CorpusPort(Protocol):
    async def search(
        self,
        query: str,
        *,
        k: int = 8,
        as_of: date | None = None,
        exclude: frozenset[str] = frozenset(),
        per_document: int | None = 2,
    ) -> list[Hit]:
        """Hybrid search, best first, at most k hits, diversified (`per_document` passages a
        document at most; None for no limit).

        as_of: only documents published on or before that day (UTC); undated ones are left out.
        exclude: document ids never returned.
        Equal input gives equal output, in equal order.
        """
        ...

    async def similarity(self, texts: Sequence[str], others: Sequence[str]) -> list[list[float]]:
        """Cosine similarities, shape [len(texts)][len(others)]."""
        ...

    async def document(self, document_id: str) -> Document | None: ...

    async def passages(self, document_id: str) -> list[Passage]:
        """All passages of a stored document, in text order."""
        ...

    async def origin(self, document: Document, as_of: date | None = None) -> str:
        """The origin id of a stored or foreign document among those published by as_of."""
        ...

    async def copies(self, document_id: str, as_of: date | None = None) -> list[Document]:
        """The stored documents of the same origin, itself included, earliest first."""
        ...

    async def rewrites(self, document: Document, as_of: date | None = None) -> frozenset[str]:
        """Ids of the stored near-duplicates of a stored or foreign document, earlier or later."""
        ...

    async def count(self, as_of: date | None = None) -> int:
        """Documents that a run with this as-of date can read."""
        ...

    async def digest(self) -> str:
        """Hash of the ids of all stored documents."""
        ...


class EntailmentPort(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def calibration(self) -> Calibration | None:
        """How its probabilities are fused with the checks, and from where on a verdict may be
        published; None for a reader that was never measured."""
        ...

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        """For each (claim, evidence) pair, the probability that the evidence supports,
        refutes or does not decide the claim, in order."""
        ...


class Tone(Record):
    """What one text implies for one target."""

    score: float = Field(ge=-1, le=1)
    weight: float = Field(ge=0, le=1)
    """How far the text is from neutral: what it counts for beside other texts."""


class SentimentPort(Protocol):
    @property
    def name(self) -> str: ...

    async def score(self, rows: Sequence[tuple[str, str | None]]) -> list[Tone]:
        """The tone of each (text, target), in order; target None: for investors as a whole."""
        ...


class Security(Record):
    name: str
    ticker: str
    exchange: Literal["us", "other"] = "other"


class SecuritiesPort(Protocol):
    def resolve(self, name: str) -> Security | None:
        """The listed company whose name is, after normalising legal forms and case, `name`;
        None when unknown or ambiguous."""
        ...
