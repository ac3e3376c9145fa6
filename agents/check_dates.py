"""The date check: each calendar date of a claim against those of the evidence."""

from __future__ import annotations

from agents.alignment import Evidence, Statement
from agents.dates import DateMention
from agents.evidence import Check
from agents.wording import overlap

__all__ = ["check_dates"]


def meets(claim: DateMention, other: DateMention) -> bool | None:
    """Whether the other date can be the claim's: True, False, or None when it is open.

    A finer date lies within a coarser one ("7 April 2025" in "April 2025"); "spring" and
    weekdays are settled by the anchor where there is one.
    """
    if claim.precision == "weekday" or other.precision == "weekday":
        if claim.precision == other.precision:
            return claim.part == other.part
        return None
    if claim.first and claim.last and other.first and other.last:
        if not claim.year_stated and not other.year_stated:
            pass
        return other.first <= claim.last and claim.first <= other.last
    if claim.year_stated and other.year_stated and claim.year and other.year:
        if claim.year != other.year and not (claim.end_year or other.end_year):
            return False
    if claim.month and other.month:
        if claim.month != other.month:
            return False
        if claim.day and other.day:
            return claim.day == other.day
        return True
    if claim.precision == other.precision and claim.part and other.part:
        return claim.part == other.part
    if claim.year and claim.year == other.year:
        return True
    return None


def _contained(claim: DateMention, other: DateMention) -> bool:
    """Whether the other date is as fine as the claim's or finer, and within it."""
    if claim.day:
        return bool(other.day)
    if claim.month:
        return bool(other.month)
    return True


def _local(statement: Statement, mention: DateMention) -> frozenset[str]:
    """Content words near a date, in its own clause."""
    text = statement.text
    left = max((i for i, c in enumerate(text[: mention.start]) if c in ",;:."), default=-1) + 1
    right = next((i for i in range(mention.end, len(text)) if text[i] in ",;:."), len(text))
    return Statement(text[left : mention.start] + " " + text[mention.end : right]).words


def check_dates(evidence: Evidence) -> list[Check]:
    """One check for each date of the claim. A conflict needs the evidence sentence that speaks
    of the same event to give another date and no sentence to give the claim's."""
    checks: list[Check] = []
    claim = evidence.claim
    for mention in claim.dates:
        found = [(s, m) for s in evidence.sentences for m in s.dates]
        agreeing = [(s, m) for s, m in found if meets(mention, m) and _contained(mention, m)]
        if agreeing:
            best = max(agreeing, key=lambda f: evidence.score(f[0]))
            rival = _rival(mention, evidence, found)
            if rival is None or evidence.score(best[0]) >= evidence.score(rival[0]) - 0.05:
                checks.append(
                    Check(
                        name="date",
                        outcome="agrees",
                        claim_span=mention.text,
                        evidence_span=best[1].text,
                        detail=f"{mention.text} is what the evidence states: {best[1].text}",
                    )
                )
                continue
        rival = _rival(mention, evidence, found)
        if rival is not None and not agreeing:
            checks.append(
                Check(
                    name="date",
                    outcome="conflicts",
                    claim_span=mention.text,
                    evidence_span=rival[1].text,
                    detail=f"the evidence gives {rival[1].text}, the claim {mention.text}",
                )
            )
        else:
            checks.append(Check(name="date", outcome="silent", claim_span=mention.text))
    return checks


def _rival(
    mention: DateMention, evidence: Evidence, found: list[tuple[Statement, DateMention]]
) -> tuple[Statement, DateMention] | None:
    """A date that cannot be the claim's, beside words that say what the claim says."""
    wanted = evidence.claim.topic
    rivals = [
        (s, m)
        for s, m in found
        if meets(mention, m) is False
        and evidence.score(s) >= 0.55
        and len(wanted & s.words) >= 2
        and overlap(wanted, _local(s, m) | s.words) >= 0.5
    ]
    return max(rivals, key=lambda f: evidence.score(f[0]), default=None)
