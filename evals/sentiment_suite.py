"""The sentiment suite: score and sign of a text for a target.

python -m evals.sentiment_suite --data DIR
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from evals.data import SentimentRow
from evals.desk_access import DeskLike
from evals.statistics import (
    accuracy,
    balanced_accuracy,
    bootstrap,
    confusion,
    label_scores,
    macro_f1,
    mean,
    mean_squared_error,
    r_squared,
)

__all__ = ["run_sentiment", "score_sentiment", "sign"]


def sign(label: str) -> str:
    """Seven-step labels and plain ones as negative, neutral or positive."""
    lowered = label.casefold()
    return next((s for s in ("negative", "positive") if s in lowered), "neutral")


def score_sentiment(
    rows: Sequence[SentimentRow], answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Figures of one run.

    answers: rows `{"id", "score", "label"}` in the order of `rows`, or `{"id", "error"}`; those
    without a label and score are unscored: counted, never taken as neutral or as zero.

    opposite_pairs: of pairs of rows with one text and targets of opposite sign, the share where
    both signs are right; a form that reads only the tone gets at most one of the two.
    """
    if len(rows) != len(answers):
        raise ValueError(f"{len(answers)} answers to {len(rows)} rows")
    scored = [
        (row, answer)
        for row, answer in zip(rows, answers, strict=True)
        if str(answer.get("id")) == row.id
        and isinstance(answer.get("label"), str)
        and isinstance(answer.get("score"), int | float)
    ]
    gold = [row.label for row, _ in scored]
    said = [sign(answer["label"]) for _, answer in scored]

    def over(metric: Any) -> dict[str, Any]:
        return bootstrap(
            lambda chosen: metric([gold[i] for i in chosen], [said[i] for i in chosen]), len(gold)
        )._asdict()

    ranged = [
        float(row.min <= answer["score"] <= row.max)
        for row, answer in scored
        if row.min is not None and row.max is not None
    ]
    numeric = [(row.score, float(a["score"])) for row, a in scored if row.score is not None]
    true, given = [t for t, _ in numeric], [g for _, g in numeric]
    pairs = _pairs(scored, said)
    return {
        "rows": len(rows),
        "unscored": len(rows) - len(scored),
        "accuracy": over(accuracy),
        "balanced_accuracy": over(balanced_accuracy),
        "macro_f1": over(macro_f1),
        "in_range": bootstrap(lambda c: mean([ranged[i] for i in c]), len(ranged))._asdict(),
        "opposite_pairs": bootstrap(lambda c: mean([pairs[i] for i in c]), len(pairs))._asdict(),
        "mse": mean_squared_error(true, given),
        "r2": r_squared(true, given),
        "labels": label_scores(gold, said),
        "confusion": confusion(gold, said),
        "wrong": [
            {"id": row.id, "target": row.target, "gold": row.label, "score": answer["score"]}
            for (row, answer), label in zip(scored, said, strict=True)
            if label != row.label
        ],
    }


def _pairs(scored: Sequence[tuple[SentimentRow, Any]], said: Sequence[str]) -> list[float]:
    by_text: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for (row, _), label in zip(scored, said, strict=True):
        by_text[row.text].append((row.label, label == row.label))
    return [
        float(a_right and b_right)
        for same in by_text.values()
        for (a, a_right), (b, b_right) in combinations(same, 2)
        if {a, b} == {"negative", "positive"}
    ]


async def run_sentiment(desk: DeskLike, rows: Sequence[SentimentRow]) -> dict[str, Any]:
    """Send the texts with their targets, and score what comes back."""
    sent: list[dict[str, Any]] = []
    for row in rows:
        target = {} if row.target is None else {"target": row.target}
        sent.append({"id": row.id, "text": row.text, **target})
    return score_sentiment(rows, [answer async for answer in desk.sentiment(sent)])


if __name__ == "__main__":
    import sys

    from evals.run import main

    raise SystemExit(main(["sentiment", *sys.argv[1:]]))
