"""The sentiment suite: score and sign of a text for a target.

python -m evals.sentiment_suite --data DIR
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from evals.data import SentimentRow, load_sentiment
from evals.desk_access import DeskLike
from evals.figure_rules import figure
from evals.results import Better, Cited, Failure, Figure, Sample, Suite
from evals.work import Work

__all__ = ["run_sentiment", "score_sentiment", "sentiment_suite", "sign"]

LABELS: Final = ("negative", "neutral", "positive")
_FIGURES: Final[Mapping[str, tuple[str, Better]]] = {
    "accuracy": ("mean right", "higher"),
    "balanced_accuracy": ("balanced_accuracy gold said", "higher"),
    "macro_f1": ("macro_f1 gold said", "higher"),
    "in_range": ("mean in_range", "higher"),
    "opposite_pairs": ("mean opposite_pair", "higher"),
    "mse": ("mse score said_score", "lower"),
    "r2": ("r2 score said_score", "higher"),
}


def sign(label: str) -> str:
    """Seven-step labels and plain ones as negative, neutral or positive."""
    lowered = label.casefold()
    return next((s for s in ("negative", "positive") if s in lowered), "neutral")


def _sample(row: SentimentRow, answer: Mapping[str, Any]) -> Sample:
    label, score = answer.get("label"), answer.get("score")
    kind = "overall" if row.target is None else "target"
    numeric = isinstance(score, int | float) and not isinstance(score, bool)
    if str(answer.get("id")) != row.id or not isinstance(label, str) or not numeric:
        error = answer.get("error") or {}
        why = f"{error.get('type', 'no label')}: {error.get('message', '')}".strip(": ")
        return Sample(id=row.id, kind=kind, error=why)
    assert isinstance(score, int | float)
    said = sign(label)
    scores: dict[str, float | None] = {
        "gold": float(LABELS.index(row.label)),
        "said": float(LABELS.index(said)),
        "right": float(row.label == said),
        "said_score": float(score),
        "score": row.score,
    }
    if row.min is not None and row.max is not None:
        scores["in_range"] = float(row.min <= score <= row.max)
    return Sample(id=row.id, kind=kind, scores=scores)


def score_sentiment(
    rows: Sequence[SentimentRow], answers: Sequence[Mapping[str, Any]], *, partial: bool = False
) -> Suite:
    """What one run found.

    answers: rows `{"id", "score", "label"}` in the order of `rows`, or `{"id", "error"}`; those
    without a label and score are unscored: counted, never taken as neutral or as zero.
    partial: answers may end early.

    opposite_pairs: of pairs of rows with one text and targets of opposite sign, the share where
    both signs are right; a form that reads only the tone gets at most one of the two.
    """
    if len(rows) != len(answers) and not (partial and len(answers) < len(rows)):
        raise ValueError(f"{len(answers)} answers to {len(rows)} rows")
    asked = list(zip(rows, answers, strict=False))
    samples = [_sample(row, answer) for row, answer in asked]
    scored = [(row, s) for (row, _), s in zip(asked, samples, strict=True) if not s.error]
    pairs = list(_pairs(scored))
    figures = _figures([*samples, *pairs])
    groups = sorted({row.group for row, _ in asked})
    for group in groups if len(groups) > 1 else ():
        ids = {row.id for row, _ in asked if row.group == group}
        found = _figures([s for s in samples if s.id in ids])
        figures |= {f"{group}.{name}": one for name, one in found.items() if one.n}
    return Suite(
        name="sentiment",
        figures=figures,
        samples=(*samples, *pairs),
        failures=tuple(
            _failure(row, sample)
            for (row, _), sample in zip(asked, samples, strict=True)
            if sample.error or sample.scores.get("right") == 0.0
        ),
        unscored=sum(bool(sample.error) for sample in samples),
        plots={
            "scatter": [
                [row.score, s.scores["said_score"]] for row, s in scored if row.score is not None
            ]
        },
        partial=partial,
    )


def _figures(samples: Sequence[Sample]) -> dict[str, Figure]:
    return {name: figure(samples, rule, better) for name, (rule, better) in _FIGURES.items()}


def _pairs(scored: Sequence[tuple[SentimentRow, Sample]]) -> Iterator[Sample]:
    by_text: dict[str, list[tuple[SentimentRow, Sample]]] = defaultdict(list)
    for row, sample in scored:
        by_text[row.text].append((row, sample))
    for same in by_text.values():
        for (a, said_a), (b, said_b) in combinations(same, 2):
            if {a.label, b.label} == {"negative", "positive"}:
                both = said_a.scores["right"] == said_b.scores["right"] == 1.0
                scores: dict[str, float | None] = {"opposite_pair": float(both)}
                yield Sample(id=f"{a.id} and {b.id}", kind="pair", scores=scores)


def _failure(row: SentimentRow, sample: Sample) -> Failure:
    target = f"for {row.target}" if row.target else "overall"
    said = sample.scores.get("said")
    why = sample.error
    if said is not None:
        gold = row.label if row.score is None else f"{row.label} ({row.score:+.2f})"
        why = f"{LABELS[int(said)]} ({sample.scores['said_score']:+.2f}) {target}, it is {gold}"
    return Failure(
        sample=row.id,
        where="unscored" if sample.error else "accuracy",
        citations=(Cited(marker="1", quote=row.text, document=""),),
        why=why,
    )


def _sent(rows: Sequence[SentimentRow]) -> list[dict[str, Any]]:
    return [
        {"id": row.id, "text": row.text} | ({} if row.target is None else {"target": row.target})
        for row in rows
    ]


async def run_sentiment(desk: DeskLike, rows: Sequence[SentimentRow]) -> Suite:
    """Send the texts with their targets, and score what comes back."""
    return score_sentiment(rows, [answer async for answer in desk.sentiment(_sent(rows))])


async def sentiment_suite(work: Work) -> Suite:
    """The texts of the run's set through the rows of `underwrite sentiment`; what was answered
    before is not asked again, and is kept when the run is stopped."""
    rows = load_sentiment(work.data)
    answers: list[dict[str, Any]] = []
    async with work.desk(need_model=False) as desk:
        try:
            async for answer in work.answers("sentiment", _sent(rows), desk.sentiment):
                answers.append(answer)
        except BaseException:
            work.update(score_sentiment(rows, answers, partial=len(answers) < len(rows)))
            raise
    return score_sentiment(rows, answers)


if __name__ == "__main__":
    import sys

    from evals.run import main

    raise SystemExit(main(["sentiment", *sys.argv[1:]]))
