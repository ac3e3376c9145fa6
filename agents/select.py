"""Which lines of an article deserve a claim.

A desk note needs what is asserted with figures and names, who is touched, what comes next and
what speaks against it. Lines are scored for that by their words, taken in order of worth while
near-repeats are passed over, and at least one line is kept for each part a thesis needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.dates import dates
from agents.language import attribution, rhetorical
from agents.names import actors, names
from agents.quantities import quantities
from agents.roles import Role, roles
from agents.state import Line

__all__ = ["MOST_CLAIMED", "salience", "select"]

MOST_CLAIMED = 12
REPEAT = 0.85
"""Cosine from which a line repeats one already taken."""
NEEDED = (Role.INVALIDATION, Role.CATALYST, Role.RISK, Role.VARIANT, Role.SECOND_ORDER)


def salience(line: Line, position: int, count: int, centrality: float) -> float:
    """How much the line carries. position: its index among `count` lines; centrality: cosine
    to the mean of the article, -1..1."""
    text = line.text
    if rhetorical(text):
        return 0.0
    words = len(text.split())
    found = roles(text)
    score = 1.5 * max(0.0, centrality)
    score += 0.7 * min(2, len(quantities(text)))
    score += 0.2 * min(2, len(dates(text, None)))
    score += 0.25 * min(3, len([n for n in names(text) if n.kind != "ticker"]))
    score += 0.6 if attribution(text) is not None else 0.0
    score += 0.9 if actors(text, line.lead) else 0.0
    score += 0.25 * min(3, len(found))
    score += 0.8 * (1.0 - position / max(1, count)) ** 3
    if words < 7:
        score *= 0.5
    return score


def select(
    lines: Sequence[Line],
    centrality: Sequence[float],
    similarity: Sequence[Sequence[float]],
    most: int = MOST_CLAIMED,
) -> list[Line]:
    """The lines to claim, in text order, each with its salience as score.

    centrality: cosine of each line to the article's mean, same length as lines. similarity:
    cosines between the lines, shape [n][n].
    """
    scored = [
        line.model_copy(update={"score": round(salience(line, i, len(lines), centrality[i]), 6)})
        for i, line in enumerate(lines)
    ]
    order = sorted(range(len(lines)), key=lambda i: (-scored[i].score, i))
    taken: list[int] = []

    def fresh(index: int) -> bool:
        return all(similarity[index][other] < REPEAT for other in taken)

    # Half of the places by worth alone, then a line for each part that is still missing.
    for index in order:
        if len(taken) >= most - len(NEEDED) or scored[index].score <= 0.0:
            break
        if fresh(index):
            taken.append(index)
    for role in NEEDED:
        if len(taken) >= most or any(role in roles(scored[i].text) for i in taken):
            continue
        for index in order:
            if (
                index not in taken
                and scored[index].score > 0.0
                and role in roles(scored[index].text)
                and fresh(index)
            ):
                taken.append(index)
                break
    for index in order:
        if len(taken) >= most:
            break
        if index not in taken and scored[index].score > 0.0 and fresh(index):
            taken.append(index)
    return [scored[i] for i in sorted(taken)]
