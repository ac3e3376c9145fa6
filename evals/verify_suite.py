"""The verification suite: claims judged from listed passages, and what it costs to be wrong.

python -m evals.verify_suite --data DIR
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evals.data import ClaimRow
from evals.desk_access import DeskLike
from evals.statistics import (
    Estimate,
    accuracy,
    balanced_accuracy,
    bootstrap,
    calibration_error,
    confusion,
    label_scores,
    macro_f1,
    mean,
)

__all__ = ["run_verify", "score_verify"]

LABELS = ("SUPPORTED", "REFUTED", "NEI")


def score_verify(
    claims: Sequence[ClaimRow], answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Figures of one run.

    answers: rows `{"id", "label", "published", "probabilities"}` in the order of `claims`, or
    `{"id", "error"}`. A row with an error, of another id or without a known label is unscored:
    counted, never taken as wrong or right.

    costly_error: share of claims that are not SUPPORTED and were called so; the mistake that
    puts a false sentence in a brief. coverage and precision are of `published` other than NEI.
    """
    if len(claims) != len(answers):
        raise ValueError(f"{len(answers)} answers to {len(claims)} claims")
    scored = [
        (claim, answer)
        for claim, answer in zip(claims, answers, strict=True)
        if str(answer.get("id")) == claim.id and answer.get("label") in LABELS
    ]
    gold = [claim.label for claim, _ in scored]
    said = [str(answer["label"]) for _, answer in scored]
    published = [str(answer.get("published") or "NEI") for _, answer in scored]

    def over(metric: Any, given: Sequence[str] = said) -> Estimate:
        return bootstrap(lambda rows: metric([gold[i] for i in rows], [given[i] for i in rows]),
                         len(gold))  # fmt: skip

    def costly(true: Sequence[str], given: Sequence[str]) -> float | None:
        pairs = zip(true, given, strict=True)
        return mean([float(g == "SUPPORTED") for t, g in pairs if t != "SUPPORTED"])

    def precision(true: Sequence[str], given: Sequence[str]) -> float | None:
        pairs = zip(true, given, strict=True)
        return mean([float(t == g) for t, g in pairs if g != "NEI"])

    def coverage(true: Sequence[str], given: Sequence[str]) -> float | None:
        return mean([float(g != "NEI") for g in given])

    with_odds = [
        (claim.label, answer["probabilities"]) for claim, answer in scored
        if set(answer.get("probabilities") or {}) == set(LABELS)
    ]  # fmt: skip
    traps: dict[str, list[bool]] = {}
    for (claim, _), label in zip(scored, said, strict=True):
        traps.setdefault(claim.trap or "none", []).append(claim.label == label)
    errors = Counter(
        str((answer.get("error") or {}).get("type", "no label"))
        for claim, answer in zip(claims, answers, strict=True)
        if answer.get("label") not in LABELS
    )
    return {
        "rows": len(claims),
        "unscored": len(claims) - len(scored),
        "errors": dict(errors),
        "accuracy": over(accuracy)._asdict(),
        "balanced_accuracy": over(balanced_accuracy)._asdict(),
        "macro_f1": over(macro_f1)._asdict(),
        "costly_error": over(costly)._asdict(),
        "published_precision": over(precision, published)._asdict(),
        "published_coverage": over(coverage, published)._asdict(),
        "published_costly_error": over(costly, published)._asdict(),
        "ece": calibration_error([g for g, _ in with_odds], [p for _, p in with_odds]),
        "labels": label_scores(gold, said),
        "confusion": confusion(gold, said),
        "traps": {
            trap: {"accuracy": sum(right) / len(right), "n": len(right)}
            for trap, right in sorted(traps.items())
        },
        "wrong": [
            {"id": claim.id, "trap": claim.trap, "gold": claim.label, "said": answer["label"]}
            for claim, answer in scored
            if answer["label"] != claim.label
        ],
    }


async def run_verify(desk: DeskLike, claims: Sequence[ClaimRow]) -> dict[str, Any]:
    """Send the claims with their passages, and score what comes back."""
    rows = [{"id": c.id, "claim": c.claim, "evidence": list(c.evidence)} for c in claims]
    return score_verify(claims, [answer async for answer in desk.verify(rows)])


if __name__ == "__main__":
    import sys

    from evals.run import main

    raise SystemExit(main(["verify", *sys.argv[1:]]))
