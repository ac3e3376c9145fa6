"""Conviction by arithmetic: from verdicts and independent sources, never from tone.

Invariant 3 lives here: an idea that rests on anything unconfirmed is conditional and its
conviction is capped at 1 of 5, whatever the rest adds up to.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.evidence import Claim, ClaimKind, Label, Verdict

__all__ = ["conviction"]

MOST_FOR_CONFIRMED = 2
MOST_FOR_ORIGINS = 2


def conviction(
    resting_on: Sequence[tuple[Claim, Verdict]], *, dated_catalyst: bool, opposed: bool
) -> tuple[int, bool, tuple[str, ...]]:
    """(conviction 0-5, conditional, the arithmetic line by line).

    resting_on: the claims the idea needs, with their verdicts. opposed: the opposing case has
    evidence of its own.
    """
    confirmed = [c for c, v in resting_on if v.label is Label.SUPPORTED]
    contested = [c for c, v in resting_on if v.label is Label.CONTESTED]
    views = [c for c, v in resting_on if c.kind is not ClaimKind.FACT]
    unconfirmed = [
        c
        for c, v in resting_on
        if c.kind is ClaimKind.FACT and v.label in (Label.INSUFFICIENT, Label.REFUTED)
    ]
    origins = max((v.independent_sources for _, v in resting_on), default=0)
    steps: list[tuple[int, str]] = [
        (
            min(len(confirmed), MOST_FOR_CONFIRMED),
            f"{_many(len(confirmed), 'confirmed claim')} (at most {MOST_FOR_CONFIRMED})",
        ),
        (
            min(max(origins - 1, 0), MOST_FOR_ORIGINS),
            f"{_many(origins, 'independent source')} for the best-sourced claim "
            f"(each after the first, at most {MOST_FOR_ORIGINS})",
        ),
        (1 if dated_catalyst else 0, "a dated catalyst" if dated_catalyst else "no dated catalyst"),
        (-1 if opposed else 0, "a risk that the sources state" if opposed else "no stated risk"),
        (-len(contested), _many(len(contested), "contested claim")),
    ]
    total = sum(points for points, _ in steps)
    # Steps that add nothing are left out, but the count of confirmed claims always shows.
    why = [
        f"{points:+d}: {reason}" for at, (points, reason) in enumerate(steps) if points or not at
    ]
    bounded = max(0, min(5, total))
    if bounded != total:
        why.append(f"sum {total}, kept within 0 to 5")
    conditional = bool(unconfirmed or contested or views) or not confirmed
    if conditional:
        reasons = [
            text
            for count, text in (
                (len(unconfirmed), _many(len(unconfirmed), "unconfirmed claim")),
                (len(contested), _many(len(contested), "contested claim")),
                (len(views), _many(len(views), "opinion or forecast", "opinions or forecasts")),
            )
            if count
        ]
        rests = " and ".join(reasons) or "no confirmed claim"
        if bounded > 1:
            why.append(f"capped at 1: rests on {rests}")
            bounded = 1
        else:
            why.append(f"conditional (cap 1): rests on {rests}")
    why.append(f"= {bounded} of 5")
    return bounded, conditional, tuple(why)


def _many(count: int, one: str, several: str | None = None) -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
