"""Row tasks: `verify` and `sentiment` on data that callers bring, one row in, one row out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from agents.alignment import Evidence, Statement
from agents.checks import Judgement, check, combine
from agents.evidence import Check, Label, Probabilities
from agents.lines import passage_lines
from agents.ports import (
    CorpusPort,
    EntailmentPort,
    ModelAnswerInvalid,
    PortError,
    PromptTooLong,
    SentimentPort,
)
from agents.sentences import sentence_spans
from agents.sentiment import sign_of
from agents.support import support
from agents.trust import addresses_machines
from agents.wording import content

__all__ = ["BATCH", "sentiment_rows", "verify_rows"]

BATCH: Final = 32
"""Rows judged together."""
LONGEST_CLAIM: Final = 2000
"""Characters."""
LONGEST_CHECKED: Final = 8000
"""Characters of evidence that are compared figure by figure: those nearest the claim."""

LABELS: Final = {
    Label.SUPPORTED: "SUPPORTED",
    Label.REFUTED: "REFUTED",
    Label.INSUFFICIENT: "NEI",
}
SEARCHED = 6
WINDOW = 3
"""Evidence passages read together at most, when a passage alone does not settle the claim."""


def _error(row: Mapping[str, Any], kind: str, message: str) -> dict[str, Any]:
    return {"id": row.get("id"), "error": {"type": kind, "message": message}}


class _Ready(NamedTuple):
    """A row that can be judged: its claim and the passages that may be evidence."""

    claim: str
    passages: tuple[str, ...]

    @property
    def evidence(self) -> str:
        return "\n".join(self.passages)


async def verify_rows(
    rows: Sequence[Any],
    *,
    entailment: EntailmentPort,
    corpus: CorpusPort | None,
    as_of: date | None,
) -> list[dict[str, Any]]:
    """Contract rows of `verify`, one answer each, in order.

    A bad row or a failed answer becomes an error row; the others are not touched by it. Without
    `evidence` the corpus is searched; with `[]` the answer is NEI.
    Raises ModelUnusable and CorpusUnusable.
    """
    prepared = [await _prepared(row, corpus, as_of) for row in rows]
    ready = [found for found in prepared if isinstance(found, _Ready)]
    # The encoder computes outside the interpreter's lock: the checks run beside it.
    reading = asyncio.ensure_future(_readings(entailment, ready))
    try:
        checked = await asyncio.to_thread(lambda: [_checked(found) for found in ready])
        readings = await reading
    finally:
        reading.cancel()
    judged = iter(zip(readings, checked, strict=True))
    answers = []
    for row, found in zip(rows, prepared, strict=True):
        if isinstance(found, _Ready):
            read, (checks, lexical) = next(judged)
            answers.append(_judged(row, read, checks, lexical, entailment))
        else:
            answers.append(found)
    return answers


async def _prepared(
    row: Any, corpus: CorpusPort | None, as_of: date | None
) -> dict[str, Any] | _Ready:
    if not isinstance(row, Mapping):
        return _not_a_row(row)
    claim = row.get("claim")
    if not isinstance(claim, str) or not claim.strip():
        return _error(row, "bad_row", "a row needs a non-empty string `claim`")
    if len(claim) > LONGEST_CLAIM:
        return _error(
            row,
            "bad_row",
            f"`claim` has {len(claim)} characters, more than {LONGEST_CLAIM}: give one statement",
        )
    evidence = row.get("evidence", row.get("references"))
    if isinstance(evidence, str):
        evidence = [evidence]
    if evidence is None:
        if corpus is None:
            return _error(row, "no_corpus", "a row without `evidence` needs a corpus; ingest first")
        evidence = await _found(corpus, claim, as_of)
    if not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
        return _error(row, "bad_row", "`evidence` must be a list of strings")
    passages = tuple(kept for e in evidence if (kept := _without_orders(e)).strip())
    if not passages:
        nothing = Probabilities(supported=0.0, refuted=0.0, insufficient=1.0)
        return _row(row, Judgement((), nothing, Label.INSUFFICIENT, Label.INSUFFICIENT, ""))
    return _Ready(claim, passages)


async def _readings(
    entailment: EntailmentPort, ready: Sequence[_Ready]
) -> list[Probabilities | PortError]:
    pairs = [(found.claim, found.evidence) for found in ready]
    try:
        return [*await entailment.judge(pairs)]
    except (ModelAnswerInvalid, PromptTooLong):
        pass
    # One answer of many failed: each on its own, so that the others stand.
    found: list[Probabilities | PortError] = []
    for pair in pairs:
        try:
            found += await entailment.judge([pair])
        except (ModelAnswerInvalid, PromptTooLong) as error:
            found.append(error)
    return found


def _checked(ready: _Ready) -> tuple[list[Check], float]:
    evidence = ready.evidence
    if len(evidence) > LONGEST_CHECKED:
        evidence = _nearest(ready.claim, evidence)
    return check(ready.claim, evidence), support(Evidence(Statement(ready.claim), evidence))


def _nearest(claim: str, evidence: str) -> str:
    """The sentences that share most content words with the claim, in their order."""
    wanted = content(claim)
    spans = sentence_spans(evidence)
    shared = [len(wanted & content(evidence[s.start : s.end])) for s in spans]
    kept: set[int] = set()
    size = 0
    for index in sorted(range(len(spans)), key=lambda i: (-shared[i], i)):
        length = min(spans[index].end - spans[index].start, LONGEST_CHECKED)
        if size + length > LONGEST_CHECKED:
            continue
        size += length
        kept.add(index)
    return "\n".join(
        _cut(wanted, evidence[s.start : s.end]) for i, s in enumerate(spans) if i in kept
    )


def _cut(wanted: frozenset[str], sentence: str) -> str:
    """A sentence of any length cut to the part with the most of the wanted words."""
    half = LONGEST_CHECKED // 2
    if len(sentence) <= LONGEST_CHECKED:
        return sentence
    parts = [sentence[at : at + LONGEST_CHECKED] for at in range(0, len(sentence), half)]
    return max(parts, key=lambda part: len(wanted & content(part)))


def _judged(
    row: Mapping[str, Any],
    read: Probabilities | PortError,
    checks: Sequence[Check],
    lexical: float,
    entailment: EntailmentPort,
) -> dict[str, Any]:
    if isinstance(read, PortError):
        return _error(row, type(read).__name__, str(read))
    return _row(row, combine(checks, read, lexical=lexical, calibration=entailment.calibration))


def _without_orders(text: str) -> str:
    """The text without what it addresses to machines (invariant 7)."""
    for span in sorted(addresses_machines(text), key=lambda s: -s.start):
        text = f"{text[: span.start]} {text[span.end :]}"
    return text


async def _found(corpus: CorpusPort, claim: str, as_of: date | None) -> list[str]:
    hits = await corpus.search(claim, k=SEARCHED, as_of=as_of)
    found: list[str] = []
    for hit in hits:
        # The same filter as everywhere: text that addresses machines is not evidence.
        lines = passage_lines(hit.document, [hit.passage])
        if lines:
            found.append(" ".join(line.text for line in lines))
    return found[:WINDOW]


def _row(row: Mapping[str, Any], judged: Judgement) -> dict[str, Any]:
    probabilities = judged.probabilities
    return {
        "id": row.get("id"),
        "label": LABELS.get(judged.label, "NEI"),
        "published": LABELS.get(judged.published, "NEI"),
        "probabilities": {
            "SUPPORTED": round(probabilities.supported, 4),
            "REFUTED": round(probabilities.refuted, 4),
            "NEI": round(probabilities.insufficient, 4),
        },
        "checks": [c.model_dump(mode="json") for c in judged.checks],
    }


async def sentiment_rows(rows: Sequence[Any], *, sentiment: SentimentPort) -> list[dict[str, Any]]:
    """Contract rows of `sentiment`: `{"id", "score", "label"}` each, or an error row, in order."""
    errors = [_unscorable(row) for row in rows]
    good = [row for row, error in zip(rows, errors, strict=True) if error is None]
    tones = iter(await sentiment.score([(row["text"], _target(row)) for row in good]))
    answers: list[dict[str, Any]] = []
    for row, error in zip(rows, errors, strict=True):
        if error is not None:
            answers.append(error)
            continue
        score = round(next(tones).score, 4)
        answers.append({"id": row.get("id"), "score": score, "label": sign_of(score)})
    return answers


def _target(row: Mapping[str, Any]) -> str | None:
    return str(row.get("target") or "").strip() or None


def _unscorable(row: Any) -> dict[str, Any] | None:
    if not isinstance(row, Mapping):
        return _not_a_row(row)
    text, target = row.get("text"), row.get("target")
    if not isinstance(text, str) or not text.strip():
        return _error(row, "bad_row", "a row needs a non-empty string `text`")
    if target is not None and not isinstance(target, str):
        return _error(row, "bad_row", "`target` must be a string, or absent for the overall tone")
    return None


def _not_a_row(value: object) -> dict[str, Any]:
    return {
        "id": None,
        "error": {
            "type": "bad_row",
            "message": f"a row must be an object, not {type(value).__name__}",
        },
    }
