"""Row tasks: `verify` and `sentiment` on data that callers bring, one row in, one row out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from agents.alignment import Evidence, Statement
from agents.checks import check, combine
from agents.evidence import Label, Probabilities
from agents.lines import passage_lines
from agents.ports import CorpusPort, EntailmentPort, ModelAnswerInvalid, ModelPort, PromptTooLong
from agents.sentiment import score_text, sign_of
from agents.support import support
from agents.trust import addresses_machines

__all__ = ["sentiment_row", "verify_row"]

LABELS = {
    Label.SUPPORTED: "SUPPORTED",
    Label.REFUTED: "REFUTED",
    Label.INSUFFICIENT: "NEI",
}
SEARCHED = 6
WINDOW = 3
"""Evidence passages read together at most, when a passage alone does not settle the claim."""


def _error(row: Mapping[str, Any], kind: str, message: str) -> dict[str, Any]:
    return {"id": row.get("id"), "error": {"type": kind, "message": message}}


async def verify_row(
    row: Mapping[str, Any],
    *,
    entailment: EntailmentPort,
    corpus: CorpusPort | None,
    as_of: date | None,
) -> dict[str, Any]:
    """One contract row of `verify`; a bad row or a failed answer becomes an error row.

    Without `evidence` the corpus is searched; with `[]` the answer is NEI.
    Raises ModelUnusable and CorpusUnusable.
    """
    claim = row.get("claim")
    if not isinstance(claim, str) or not claim.strip():
        return _error(row, "bad_row", "a row needs a non-empty string `claim`")
    evidence = row.get("evidence", row.get("references"))
    if isinstance(evidence, str):
        evidence = [evidence]
    if evidence is None:
        if corpus is None:
            return _error(row, "no_corpus", "a row without `evidence` needs a corpus; ingest first")
        evidence = await _found(corpus, claim, as_of)
    if not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
        return _error(row, "bad_row", "`evidence` must be a list of strings")
    passages = [kept for e in evidence if (kept := _without_orders(e)).strip()]
    if not passages:
        sure = Probabilities(supported=0.0, refuted=0.0, insufficient=1.0)
        return _row(row, Label.INSUFFICIENT, Label.INSUFFICIENT, sure, ())
    try:
        [read] = await entailment.judge([(claim, "\n".join(passages))])
    except (ModelAnswerInvalid, PromptTooLong) as error:
        return _error(row, type(error).__name__, str(error))
    together = "\n".join(passages)
    checks = check(claim, together)
    judged = combine(checks, read, lexical=support(Evidence(Statement(claim), together)))
    return _row(row, judged.label, judged.published, judged.probabilities, judged.checks)


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


def _row(
    row: Mapping[str, Any],
    label: Label,
    published: Label,
    probabilities: Probabilities,
    checks: Sequence[Any],
) -> dict[str, Any]:
    return {
        "id": row.get("id"),
        "label": LABELS.get(label, "NEI"),
        "published": LABELS.get(published, "NEI"),
        "probabilities": {
            "SUPPORTED": round(probabilities.supported, 4),
            "REFUTED": round(probabilities.refuted, 4),
            "NEI": round(probabilities.insufficient, 4),
        },
        "checks": [c.model_dump(mode="json") for c in checks],
    }


async def sentiment_row(row: Mapping[str, Any], *, model: ModelPort) -> dict[str, Any]:
    """One contract row of `sentiment`: `{"id", "score", "label"}`, or an error row."""
    text, target = row.get("text"), row.get("target")
    if not isinstance(text, str) or not text.strip():
        return _error(row, "bad_row", "a row needs a non-empty string `text`")
    if target is not None and not isinstance(target, str):
        return _error(row, "bad_row", "`target` must be a string, or absent for the overall tone")
    try:
        score, _ = await score_text(model, text, target)
    except (ModelAnswerInvalid, PromptTooLong) as error:
        return _error(row, type(error).__name__, str(error))
    score = round(score, 4)
    return {"id": row.get("id"), "score": score, "label": sign_of(score)}
