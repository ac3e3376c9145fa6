"""Rules about labels: verdicts, contradictions, ideas, sentiment and status of a brief."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.brief import Brief, PublishedClaim, PublishedSentence
from agents.evidence import AuthorKind, ClaimKind, Label
from evals.figures import normalise
from evals.published import claims_by_id, placed_sentences, quotes
from evals.violation import Violation

__all__ = [
    "attributed",
    "contradiction_violations",
    "idea_violations",
    "sentiment_violations",
    "seven_step",
    "status_violations",
    "verdict_violations",
]

_SUPPORT = {"headline", "summary", "implications", "exposures", "thesis", "catalysts"}
"""Sections that argue for something; the opposing case and risks may speak of refuted claims."""
_OWNED = {"headline", "summary", "implications"}
_REPORTING = re.compile(
    r"\b(?:said|says|saying|say|told|tells|report(?:s|ed|edly|ing)?|according to|claim(?:s|ed)?"
    r"|writes?|wrote|argu(?:es?|ed)|expects?|expected|estimat(?:es?|ed)|forecasts?|predict(?:s|ed)?"
    r"|believes?|believed|reckons?|sees|puts?|warn(?:s|ed)?|announc(?:es?|ed)|den(?:y|ies|ied)"
    r"|alleg(?:es?|ed|edly)|notes?|noted|states?|stated|survey|found|finds|quoted|cited|cites"
    r"|not confirmed|unconfirmed|if|guid(?:es?|ed|ance)|think[s]?|consider(?:s|ed)?"
    r"|describ(?:es?|ed)"
    r"|suggest(?:s|ed)?|point(?:s|ed)? to|show(?:s|ed)?|gives?|gave|counts?|counted|calls?"
    r"|called)\b",
    re.I,
)  # fmt: skip


def attributed(sentence: PublishedSentence, brief: Brief, claims: list[PublishedClaim]) -> bool:
    """Whether a sentence names an owner: a reporting word, a publisher or a speaker."""
    text = normalise(sentence.text)
    if _REPORTING.search(text):
        return True
    owners = [c.publisher for c in quotes(brief, sentence.citations)] + [c.speaker for c in claims]
    return any(o.strip() and normalise(o).casefold() in text.casefold() for o in owners)


def verdict_violations(brief: Brief) -> Iterator[Violation]:
    """Invariants 3 and 4 for claims, and for the sentences that rest on them."""
    for i, claim in enumerate(brief.claims):
        yield from _claim_violations(f"claims[{i}].verdict", claim, brief)
    known = claims_by_id(brief)
    for placed in placed_sentences(brief):
        rests_on = [known[c] for c in placed.sentence.claim_ids if c in known]
        labels = [claim.verdict.label for claim in rests_on]
        if Label.REFUTED in labels and placed.section in _SUPPORT:
            yield Violation("3.refuted", placed.where, "rests on a refuted claim")
        if not rests_on or placed.section not in _OWNED:
            continue
        if all(label in {Label.INSUFFICIENT, None} for label in labels) and not attributed(
            placed.sentence, brief, rests_on
        ):
            yield Violation(
                "3.attribution",
                placed.where,
                f"states as fact what is not confirmed: {placed.sentence.text[:160]}",
            )


def _claim_violations(where: str, claim: PublishedClaim, brief: Brief) -> Iterator[Violation]:
    verdict = claim.verdict
    if claim.kind is not ClaimKind.FACT:
        if verdict.label is not None:
            yield Violation("3.kind", where, f"a {claim.kind} is labelled {verdict.label}")
    elif verdict.label is None:
        yield Violation("3.kind", where, "a fact has no label")
    if not verdict.why.strip():
        yield Violation("3.why", where, "no reason is given")
    asserting = quotes(brief, (*claim.citations, *verdict.supporting))
    origins = {c.origin_id for c in asserting}
    written_by_people = {c.origin_id for c in asserting if c.author_kind is not AuthorKind.AI}
    if verdict.independent_sources > len(origins):
        yield Violation(
            "4.independent",
            where,
            f"{verdict.independent_sources} independent sources, {len(origins)} origins cited",
        )
    elif verdict.label is not None and verdict.independent_sources < len(written_by_people):
        yield Violation(
            "4.independent",
            where,
            f"{verdict.independent_sources} independent sources, but {len(written_by_people)}"
            " origins that are not machine-written assert it",
            "warning",  # one of them may credit another, which this reader does not see
        )
    if verdict.label is Label.SUPPORTED:
        if verdict.independent_sources < 2:
            yield Violation("3.supported", where, "supported by fewer than two sources")
        if not written_by_people:
            yield Violation("4.ai", where, "supported by machine-written sources alone")
    if verdict.label is Label.REFUTED and not verdict.opposing:
        yield Violation("3.refuted", where, "refuted by nothing")
    if verdict.label is Label.CONTESTED:
        if not verdict.opposing or not asserting:
            yield Violation("3.contested", where, "contested with one side only")
        if not any(claim.id in c.claim_ids for c in brief.contradictions):
            yield Violation("3.contested", where, "in no contradiction", "warning")
    both = set(verdict.supporting) & set(verdict.opposing)
    if both:
        yield Violation("3.sides", where, f"citations {sorted(both)} support and oppose")


def contradiction_violations(brief: Brief) -> Iterator[Violation]:
    for i, contradiction in enumerate(brief.contradictions):
        where = f"contradictions[{i}]"
        if not contradiction.supporting or not contradiction.opposing:
            yield Violation("3.contested", where, "one side only")
        if set(contradiction.supporting) & set(contradiction.opposing):
            yield Violation("3.sides", where, "the same quote on both sides")
        if not contradiction.claim_ids:
            yield Violation("3.contested", where, "names no claim")


def idea_violations(brief: Brief) -> Iterator[Violation]:
    """Invariant 3 for ideas."""
    known = claims_by_id(brief)
    if len(brief.ideas) > 3:
        yield Violation("3.ideas", "ideas", f"{len(brief.ideas)} ideas, at most three")
    for i, idea in enumerate(brief.ideas):
        where = f"ideas[{i}]"
        if not idea.conviction_why or not all(w.strip() for w in idea.conviction_why):
            yield Violation("3.conviction", where, "conviction is not explained")
        if not idea.legs or not idea.thesis or not idea.claim_ids:
            yield Violation("3.ideas", where, "no legs, no thesis or no claims")
        labels = [known[c].verdict.label for c in idea.claim_ids if c in known]
        if Label.REFUTED in labels:
            yield Violation("3.refuted", where, "rests on a refuted claim")
        unconfirmed = Label.SUPPORTED not in labels or any(
            label in {Label.INSUFFICIENT, Label.CONTESTED} for label in labels
        )
        if unconfirmed and not idea.conditional:
            yield Violation("3.conditional", where, "rests on unconfirmed claims, unconditionally")
        if (unconfirmed or idea.conditional) and idea.conviction > 1:
            yield Violation("3.conviction", where, f"conviction {idea.conviction}, at most 1")
        words = " ".join([idea.title, *(s.text for s in idea.thesis)])
        if idea.conditional and not re.search(r"\bif\b|\bshould\b|\bprovided\b", words, re.I):
            yield Violation("lint.conditional", where, "conditional, but no if", "warning")
        names = [leg.name.casefold() for leg in idea.legs]
        if len(names) != len(set(names)):
            yield Violation("3.legs", where, "one name on two legs")


def seven_step(score: float) -> str:
    """The label of a score by the published scale."""
    size = abs(score)
    if size < 0.2:
        return "neutral"
    step = "mildly" if size < 0.35 else "moderately" if size < 0.65 else "strongly"
    return f"{step} {'positive' if score > 0 else 'negative'}"


def sentiment_violations(brief: Brief) -> Iterator[Violation]:
    scores = [(f"sentiment.entities[{i}]", s) for i, s in enumerate(brief.sentiment.entities)]
    if brief.sentiment.overall:
        scores.insert(0, ("sentiment.overall", brief.sentiment.overall))
    for where, score in scores:
        if not -1 <= score.score <= 1:
            yield Violation("sentiment.range", where, f"{score.score} is outside -1..1")
        if score.label != seven_step(score.score):
            yield Violation(
                "sentiment.label",
                where,
                f"{score.score} is {seven_step(score.score)!r}, not {score.label!r}",
            )
        if abs(score.score) >= 0.2 and not score.citations:
            yield Violation("sentiment.quotes", where, f"{score.score} without a quote")
    names = [(s.name or "").casefold() for s in brief.sentiment.entities]
    for name in {n for n in names if names.count(n) > 1 or not n}:
        yield Violation("sentiment.names", "sentiment.entities", f"{name!r} is not one entity")


def status_violations(brief: Brief) -> Iterator[Violation]:
    """Invariant 8."""
    if brief.status == "insufficient_evidence":
        if brief.ideas:
            yield Violation("8.ideas", "ideas", "ideas without evidence")
        if brief.exposures:
            yield Violation("8.exposures", "exposures", "exposures without evidence")
        if not any(note.strip() for note in brief.notes):
            yield Violation("8.notes", "notes", "does not say what is missing")
    elif not (brief.headline or brief.summary):
        yield Violation("8.empty", "summary", f"{brief.status} with nothing said")
    seen: dict[str, set[str]] = {}
    for exposure in brief.exposures:
        seen.setdefault(normalise(exposure.name).casefold(), set()).add(exposure.effect)
    for name, effects in seen.items():
        if {"benefits", "hurt"} <= effects:
            yield Violation("exposures.effect", "exposures", f"{name}: {effects}", "warning")
