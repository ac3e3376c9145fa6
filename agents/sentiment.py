"""Sentiment with its evidence: sentences are scored one by one, the score is computed from them.

The document score is the weighted mean of sentence scores, so that every score can be traced to
the quotes behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.evidence import Citation, Sentiment

__all__ = ["SCALE", "aggregate", "label_of", "sign_of"]

SCALE = (
    (0.65, "strongly"),
    (0.35, "moderately"),
    (0.20, "mildly"),
)


def label_of(score: float) -> str:
    """The seven-step label of a score in -1..1 (thresholds 0.2, 0.35, 0.65 on its size)."""
    for least, step in SCALE:
        if abs(score) >= least:
            return f"{step} {'positive' if score > 0 else 'negative'}"
    return "neutral"


def sign_of(score: float) -> str:
    """negative, neutral or positive; neutral under 0.2."""
    if abs(score) < SCALE[-1][0]:
        return "neutral"
    return "positive" if score > 0 else "negative"


def aggregate(
    target: str | None, scored: Sequence[tuple[float, float, Citation]]
) -> Sentiment | None:
    """The score of a target from its sentences: (score, weight, quote) each.

    The mean is weighted so that factual filler does not wash out what drives the tone. The
    quotes that pull hardest in the direction of the result come first, at most four.
    None when there is no sentence.
    """
    if not scored:
        return None
    total = sum(weight for _, weight, _ in scored)
    if total <= 1e-9:
        score = 0.0
    else:
        score = sum(value * weight for value, weight, _ in scored) / total
    score = max(-1.0, min(1.0, round(score, 2)))
    drivers = sorted(scored, key=lambda s: (-(s[0] * s[1] * (1 if score >= 0 else -1)), s[2].start))
    citations: Mapping[str, Citation] = {c.id: c for _, _, c in drivers[:4]}
    return Sentiment(
        target=target,
        score=score,
        label=label_of(score),
        citations=tuple(citations.values()),
    )
