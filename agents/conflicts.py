"""Contradictions between a claim and a sentence of another document, without a model.

Three kinds: `revised` (a publisher or authority replaces an earlier figure and says so),
`denied` (what is claimed is denied) and `contested` (another value of the same measure, of the
same thing, in the same period). Anything less certain is no conflict: precision first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agents.agreement import compatible, distinctive, ratio
from agents.conflict_cues import (
    DENIAL,
    EARLIER_FIGURE,
    NEGATED,
    NOT_THE,
    REVISION,
    STRONG_DENIAL,
    UNSETTLED,
)
from agents.conflict_subject import Shared, told_apart
from agents.dates import DateMention, dates
from agents.measures import Measure, comparable, measures
from agents.wording import FALL, RISE, content, meaning

__all__ = ["Conflict", "conflict"]


@dataclass(frozen=True, slots=True)
class Conflict:
    kind: Literal["contested", "revised", "denied"]
    claim_span: str
    """The words of the claim that are contradicted, as written (often a figure)."""
    other_span: str
    """The words that contradict them."""
    detail: str
    """One clause for a reader."""


def conflict(
    claim: str,
    other: str,
    *,
    similarity: float | None = None,
    claim_date: date | None = None,
    other_date: date | None = None,
    claim_context: str = "",
    other_context: str = "",
) -> Conflict | None:
    """The contradiction between a claim and a sentence of another document, if there is one.

    similarity: cosine of the two sentences' embeddings, where known; it may replace part of the
    shared words that are asked for, never all. claim_date, other_date: when each was published;
    they settle years that are not written. claim_context, other_context: the title of each
    document and the sentence before, which say what short sentences ("Framework ceiling: £84
    million") are about.
    """
    shared = Shared(claim, other, similarity, claim_context, other_context)
    if not shared.may_share_subject:
        return None
    mine, theirs = measures(claim, claim_date), measures(other, other_date)
    return (
        _named_figure(mine, theirs, other, shared)
        or _turned(_named_figure(theirs, mine, claim, shared))
        or _replaced(mine, theirs, claim, other, shared)
        or _other_value(mine, theirs, claim, other, shared)
        or _denial(claim, other, shared)
        or _turned(_denial(other, claim, shared.turned()))
        or _other_date(claim, other, claim_date, other_date, shared)
    )


def _detail(mine: Measure, theirs: Measure) -> str:
    return f"claimed {mine.quantity.text.strip()}, the other says {theirs.quantity.text.strip()}"


def _values_clash(mine: Measure, theirs: Measure) -> bool:
    if not comparable(mine.quantity, theirs.quantity):
        return False
    return not (
        compatible(mine.quantity, theirs.quantity) or compatible(theirs.quantity, mine.quantity)
    )


def _periods_differ(mine: Measure, theirs: Measure) -> bool:
    a, b = mine.period, theirs.period
    if a is None and b is None:
        return False
    if a is None or b is None:
        # "The flood of 1987" is not the one that a text without a year speaks of.
        stated = a or b
        return stated is not None and stated.precision in {"year", "fiscal year", "decade"}
    return _disjoint(a, b)


_HOLDS = re.compile(
    r"(?<!will )(?<!to )\b(?:has|have|had|with|holds?|owns?|employs?)(?: about| some| nearly)?\s*$"
)
_NEUTRAL = (
    frozenset(
        meaning(w)
        for w in """reach average stand put estimate come total amount number count include expect
        measure record post make take cost last run set reckon start say plan agree accord
        need""".split()
    )
    | {meaning(w) for w in RISE}
    | {meaning(w) for w in FALL}
    | RISE
    | FALL
)
_PURCHASE = {meaning("buy"), meaning("bid"), meaning("offer"), meaning("pay"), meaning("takeover")}
_PRICE = re.compile(
    r"\b(?:for|pays?|paid|paying|worth|valued at|at|of|price of|values? [\w' ]{2,40} at)"
    r"(?: about| around| roughly| some| nearly| up to)?\s*$"
)


def _heads(measure: Measure) -> frozenset[str]:
    """What is measured, with its verb where the verb is what is measured ("pumped")."""
    heads = measure.heads | measure.verbs
    if measure.kind.startswith("money:") and measure.clause & _PURCHASE:
        if _PRICE.search(measure.left):
            heads |= {"price paid"}
    return heads


def _disjoint(a: DateMention, b: DateMention) -> bool:
    if a.first and a.last and b.first and b.last:
        return a.last < b.first or b.last < a.first
    if a.precision == b.precision and a.part and b.part and a.part != b.part:
        return True
    return bool(a.month and b.month and a.month != b.month and not (a.end_month or b.end_month))


def _contrasted(theirs: Measure) -> bool:
    return bool(NOT_THE.search(theirs.left))


def _named_figure(
    mine: tuple[Measure, ...], theirs: tuple[Measure, ...], other: str, shared: Shared
) -> Conflict | None:
    """The other sentence quotes the claim's figure in order to replace it: "not the 240"."""
    for quoted in theirs:
        if not _contrasted(quoted):
            continue
        for claimed in mine:
            if not comparable(claimed.quantity, quoted.quantity):
                continue
            if ratio(claimed.quantity, quoted.quantity) > 1.0001:
                continue
            if not (distinctive(quoted.quantity) or shared.topical(0.4)):
                continue
            instead = [
                m
                for m in theirs
                if m is not quoted
                and comparable(m.quantity, claimed.quantity)
                and _values_clash(claimed, m)
                and not _contrasted(m)
            ]
            told = any(
                comparable(c.quantity, m.quantity) and not _values_clash(c, m)
                for c in mine
                for m in instead
            )
            if not instead or told:
                continue
            nearest = min(instead, key=lambda m: abs(m.quantity.start - quoted.quantity.start))
            revised = bool(REVISION.search(other))
            return Conflict(
                "revised" if revised else "contested",
                claimed.quantity.text,
                nearest.quantity.text,
                f"the other says {nearest.quantity.text}, and not {quoted.quantity.text}",
            )
    return None


def _turned(found: Conflict | None) -> Conflict | None:
    """A conflict found with the two sentences in each other's place."""
    if found is None:
        return None
    return Conflict(found.kind, found.other_span, found.claim_span, found.detail)


def _old_figure(measure: Measure, sentence: str) -> bool:
    """Whether a figure is the one that was replaced: "from the $310 million we published"."""
    before = measure.left[-48:]
    after = sentence[measure.quantity.end : measure.quantity.end + 40]
    return bool(
        re.search(r"\b(?:from|versus|against|compared with|than|instead of)(?: the| an?| its| our)?"
                  r"(?: \w+){0,4}\s*$", before)
        or EARLIER_FIGURE.search(before)
        or re.match(
            r"\s+(?:\w+ ){0,3}(?:published|previously|earlier|before|first|initially)", after
        )
    )  # fmt: skip


def _replaced(
    mine: tuple[Measure, ...],
    theirs: tuple[Measure, ...],
    claim: str,
    other: str,
    shared: Shared,
) -> Conflict | None:
    """One sentence revises a figure that the other states."""
    for reviser, revised_sentence, stated in ((theirs, other, mine), (mine, claim, theirs)):
        if not REVISION.search(revised_sentence):
            continue
        for figure in stated:
            old = [
                m
                for m in reviser
                if comparable(m.quantity, figure.quantity)
                and ratio(m.quantity, figure.quantity) < 1.0001
                and _old_figure(m, revised_sentence)
            ]
            new = [
                m
                for m in reviser
                if m not in old
                and comparable(m.quantity, figure.quantity)
                and _values_clash(figure, m)
                and not _old_figure(m, revised_sentence)
            ]
            if not old or not new or not (distinctive(figure.quantity) or shared.topical(0.4)):
                continue
            if not shared.common - shared.name_words and shared.similarity < 0.5:
                continue
            if any(not _values_clash(s, m) for s in stated for m in new if s is not figure
                   and comparable(s.quantity, m.quantity)):  # fmt: skip
                continue  # both tell of the same revision
            latest = min(new, key=lambda m: abs(m.quantity.start - old[0].quantity.start))
            a, b = (figure, latest) if stated is mine else (latest, figure)
            return Conflict(
                "revised",
                a.quantity.text,
                b.quantity.text,
                f"{old[0].quantity.text} was revised to {latest.quantity.text}",
            )
    return None


def _same_measure(mine: Measure, theirs: Measure, shared: Shared) -> bool:
    """Whether two numbers measure one thing, as far as words can tell."""
    if not comparable(mine.quantity, theirs.quantity) or mine.kind == "times":
        return False
    if _periods_differ(mine, theirs):
        return False
    own_heads, their_heads = _heads(mine), _heads(theirs)
    heads = (own_heads & (their_heads | theirs.modifiers)) | (their_heads & mine.modifiers)
    if not heads - shared.name_words:
        return False
    if bool(_HOLDS.search(mine.left)) != bool(_HOLDS.search(theirs.left)):
        return False  # "exposed 11 million accounts" and "has 64 million accounts"
    if mine.kind in {"count", "bare"} and theirs.kind in {"count", "bare"}:
        units = [m.quantity.unit for m in (mine, theirs) if m.quantity.unit]
        if len(units) == 2 and meaning(units[0]) != meaning(units[1]):
            return False
        if not units and not mine.heads & theirs.heads - shared.name_words:
            return False
    if mine.clause & _QUALIFIERS != theirs.clause & _QUALIFIERS:
        return False  # core inflation is not inflation
    own = (mine.heads | mine.modifiers) - shared.name_words
    other = (theirs.heads | theirs.modifiers) - shared.name_words
    only_mine = own - other - shared.around_theirs - _LIMITS
    only_theirs = other - own - shared.around_mine - _LIMITS
    # "gross margin" against "operating margin": each is qualified by what the other lacks.
    if only_mine and only_theirs:
        return False
    verbs, others = mine.verbs - _NEUTRAL, theirs.verbs - _NEUTRAL
    if "price paid" in own_heads & their_heads or not (verbs and others) or verbs & others:
        return True
    return not (verbs - shared.theirs and others - shared.mine)


_QUALIFIERS = frozenset(
    meaning(w)
    for w in """core net gross operating adjusted underlying organic real nominal annualised
    pre-tax recurring headline comparable consolidated diluted proven probable confirmed
    suspected""".split()
)
_LIMITS = frozenset(meaning(w) for w in "ceiling limit cap maximum minimum floor".split())


def _other_value(
    mine: tuple[Measure, ...],
    theirs: tuple[Measure, ...],
    claim: str,
    other: str,
    shared: Shared,
) -> Conflict | None:
    """Another value of the same measure of the same thing in the same period."""
    if shared.rivals or not shared.about_one_thing() or told_apart(claim, other):
        return None
    for claimed in mine:
        if any(
            comparable(claimed.quantity, m.quantity) and not _values_clash(claimed, m)
            for m in theirs
        ):
            continue  # the other sentence has this value too
        for stated in theirs:
            if not _values_clash(claimed, stated) or not _same_measure(claimed, stated, shared):
                continue
            if any(comparable(stated.quantity, m.quantity) and not _values_clash(m, stated)
                   for m in mine):  # fmt: skip
                continue
            if UNSETTLED.search(claimed.left[-20:]) or UNSETTLED.search(stated.left[-20:]):
                continue
            revised = REVISION.search(other) or REVISION.search(claim)
            return Conflict(
                "revised" if revised else "contested",
                claimed.quantity.text,
                stated.quantity.text,
                _detail(claimed, stated),
            )
    return None


_ONCE = frozenset(
    meaning(w)
    for w in """open close start begin launch complete finish sign end expire deliver arrive enter
    adopt inaugurate commission dissolve resign step retire ratify convene due land marry""".split()
)


def _other_date(
    claim: str,
    other: str,
    claim_date: date | None,
    other_date: date | None,
    shared: Shared,
) -> Conflict | None:
    """One event that happens once, on two dates, in otherwise equal words."""
    if not shared.mine & shared.theirs & _ONCE or shared.rivals or told_apart(claim, other):
        return None
    mine, theirs = dates(claim, claim_date), dates(other, other_date)
    if len(mine) != 1 or len(theirs) != 1 or measures(claim) or measures(other):
        return None
    a, b = mine[0], theirs[0]
    undated = Shared(claim[: a.start] + claim[a.end :], other[: b.start] + other[b.end :], None)
    if not undated.anchored or not undated.topical(0.75):
        return None
    if "weekday" in {a.precision, b.precision} or not _disjoint(a, b):
        return None
    moved = re.search(r"\b(?:delay|postpon|brought forward|push)", other)
    revised = REVISION.search(other) or moved
    return Conflict(
        "revised" if revised else "contested",
        a.text,
        b.text,
        f"claimed for {a.text}, the other says {b.text}",
    )


def _denial(claim: str, other: str, shared: Shared) -> Conflict | None:
    """The other sentence denies what the claim asserts."""
    if NEGATED.search(claim) or STRONG_DENIAL.search(claim):
        return None
    found = DENIAL.search(other)
    strong = bool(STRONG_DENIAL.search(other))
    if found is None or (shared.rivals and not strong) or UNSETTLED.search(other):
        return None
    topic = shared.mine - shared.name_words
    inside = content(other[found.start() :]) | content(other[: found.start()][-60:])
    scope = content(other[found.start() :]) - shared.name_words
    both = topic & inside
    named = shared.anchored or (shared.named and bool(shared.my_names)) or shared.similarity >= 0.65
    covered = len(both) / len(topic) if topic else 0.0
    enough = len(both) >= 2 or (strong and shared.anchored and covered >= 0.5 and len(both) == 1)
    if not named or not enough:
        return None
    answered = len(both & scope) / len(scope) if scope else 0.0
    if covered < (0.34 if strong else 0.6) and not (strong and answered >= 0.4):
        return None
    return Conflict(
        "denied",
        claim if len(claim) < 120 else claim[:117] + "…",
        found.group(),
        f"denied: “{found.group()}”",
    )
