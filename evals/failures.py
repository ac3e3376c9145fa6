"""A failure as a person needs it: the sentence, what it cites, and why it is one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agents.brief import Brief
from evals.published import placed_sentences, quotes
from evals.results import Cited, Failure
from evals.violation import Violation

__all__ = ["cited", "failure_at", "failure_of_miss", "failure_of_violation"]

_CLAIM = re.compile(r"claims\[(\d+)\]")
_CONTRADICTION = re.compile(r"contradictions\[(\d+)\]")
_KEY = re.compile(r"citations\.(.+)")
_WORD = re.compile(r"[^\W_]{3,}")
_FIGURE = {"fact": "facts", "contradiction": "contradictions", "exposure": "exposures"}
"""What a miss begins with, to the figure that it counts against."""


def cited(brief: Brief, keys: Iterable[str]) -> tuple[Cited, ...]:
    """The citations under `keys` as a reader sees them; keys that do not exist are left out."""
    known = [key for key in dict.fromkeys(keys) if key in brief.citations]
    return tuple(
        Cited(
            marker=key,
            quote=citation.quote,
            document=citation.title or citation.source_id or citation.document_id,
            publisher=citation.publisher,
            date=(citation.published_at or "")[:10],
        )
        for key, citation in zip(known, quotes(brief, tuple(known)), strict=True)
    )


def _at(brief: Brief, where: str) -> tuple[str, tuple[str, ...]]:
    """Text and citation keys at a path into the brief; empty where there is no sentence."""
    for placed in placed_sentences(brief):
        if placed.where == where:
            return placed.sentence.text, placed.sentence.citations
    if (found := _CLAIM.match(where)) and int(found[1]) < len(brief.claims):
        claim = brief.claims[int(found[1])]
        verdict = claim.verdict
        return claim.text, (*claim.citations, *verdict.supporting, *verdict.opposing)
    if (found := _CONTRADICTION.match(where)) and int(found[1]) < len(brief.contradictions):
        contradiction = brief.contradictions[int(found[1])]
        keys = (*contradiction.supporting, *contradiction.opposing)
        return contradiction.sentence.text, keys
    if found := _KEY.match(where):
        using = [p.sentence for p in placed_sentences(brief) if found[1] in p.sentence.citations]
        return (using[0].text if using else ""), (found[1],)
    if where:
        for placed in placed_sentences(brief):
            if placed.where.startswith(where):
                return placed.sentence.text, placed.sentence.citations
    return "", ()


def failure_at(sample: str, check: str, brief: Brief, where: str, why: str) -> Failure:
    """What went wrong at a place of a brief: `where` is its path, such as `summary[1]`."""
    text, keys = _at(brief, where)
    return Failure(
        sample=sample,
        where=f"{check} at {where}" if where else check,
        sentence=text,
        citations=cited(brief, keys),
        why=why,
    )


def failure_of_violation(sample: str, brief: Brief, violation: Violation) -> Failure:
    return failure_at(sample, violation.invariant, brief, violation.where, violation.message)


def failure_of_miss(sample: str, brief: Brief, miss: str) -> Failure:
    """A lost point of a desk score ("facts: lacks …: text") with the sentence nearest to it."""
    component, _, why = miss.partition(": ")
    component = _FIGURE.get(component, component)
    place = why.split(" ")[0]
    if any(placed.where == place for placed in placed_sentences(brief)):
        return failure_at(sample, component, brief, place, why)
    wanted = _words(why)
    nearest = max(
        placed_sentences(brief), key=lambda p: len(wanted & _words(p.sentence.text)), default=None
    )
    shared = len(wanted & _words(nearest.sentence.text)) if nearest else 0
    if nearest is None or 3 * shared < len(wanted):
        return failure_at(sample, component, brief, "", why)
    return failure_at(sample, component, brief, nearest.where, why)


def _words(text: str) -> set[str]:
    return {word.casefold()[:6] for word in _WORD.findall(text)}
