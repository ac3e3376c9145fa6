"""The quantity check: each number of a claim against the numbers of the evidence."""

from __future__ import annotations

from collections.abc import Iterable

from agents.agreement import compatible, distinctive
from agents.alignment import Evidence, Statement, aligned_names
from agents.dates import DateMention
from agents.derived import Derived, derived, direction
from agents.evidence import Check
from agents.measures import Measure, base, comparable
from agents.units import convertible, unit_named
from agents.wording import meaning

__all__ = ["check_quantities"]

_MANY = 5
_Found = tuple[Statement, Measure]


def _measured(unit: str) -> bool:
    named = unit_named(unit.lower().split(" per ")[0].split(), True)
    return bool(unit) and (named is not None or unit.startswith("per "))


def _period_fits(mine: Measure, other: Measure) -> bool | None:
    """True when the periods meet, False when they do not, None when one is not stated."""
    a, b = mine.period, other.period
    if a is None or b is None:
        return None
    if a.first and a.last and b.first and b.last:
        return a.first <= b.last and b.first <= a.last
    if a.precision == b.precision and a.part and b.part:
        return a.part == b.part
    return None


def _narrow(found: list[_Found], keep: Iterable[bool | None]) -> list[_Found]:
    """Those that fit; failing that those that do not clash."""
    verdicts = list(keep)
    fitting = [f for f, k in zip(found, verdicts, strict=True) if k]
    if fitting:
        return fitting
    return [f for f, k in zip(found, verdicts, strict=True) if k is not False]


def _owner_fits(claim: Statement, sentence: Statement, other: Measure) -> bool | None:
    owner = sentence.owner(other)
    if owner is None or not claim.names:
        return None
    return True if any(aligned_names(owner, n.text) for n in claim.names) else None


def _unit_fits(mine: Measure, other: Measure) -> bool | None:
    a, b = mine.quantity.unit, other.quantity.unit
    if mine.kind != "count" or not b:
        return None
    if meaning(a) == meaning(b):
        return True
    return None if meaning(a) in other.clause or meaning(b) in mine.clause else False


def _candidates(mine: Measure, evidence: Evidence) -> list[_Found]:
    """The evidence's numbers that may be the claim's, narrowed by unit, period, owner, heads."""
    found = [
        (s, m) for s in evidence.sentences for m in s.measures
        if comparable(mine.quantity, m.quantity)
    ]  # fmt: skip
    found = _narrow(found, [_unit_fits(mine, m) for _, m in found])
    found = _narrow(found, [_period_fits(mine, m) for _, m in found])
    owned = [_owner_fits(evidence.claim, s, m) for s, m in found]
    return _narrow(found, owned)


def _agreeing(mine: Measure, found: list[_Found]) -> _Found | None:
    return next((f for f in found if compatible(mine.quantity, f[1].quantity)), None)


def _near(derived_value: Derived, mine: Measure) -> bool:
    q = mine.quantity
    value = abs(q.value)
    unit = q.unit
    if derived_value.kind == "time":
        factor = convertible(unit, "day") or 1.0
        value *= factor
        slack = max(0.08 * value if q.approximate else 0.02 * value, 1.0)
        return abs(value - derived_value.value) <= slack
    if derived_value.kind == "point" and unit == "basis point":
        value /= 100
    spread = base(q, q.unit).spread
    slack = max(spread, 0.015 * abs(value))
    if derived_value.kind == "percent" and "%" not in q.text and "percent" not in q.text.lower():
        slack = max(slack, 0.04 * value)
    if q.bound == "min":
        return derived_value.value > value - 1e-9
    if q.bound == "max":
        return derived_value.value < value + 1e-9
    if q.approximate:
        slack = max(slack, 0.06 * abs(value))
    if q.high is not None:
        return q.value - slack <= derived_value.value <= q.high + slack
    return abs(abs(derived_value.value) - value) <= slack


def _head_match(mine: Measure, other: Measure) -> bool:
    return bool(mine.heads & (other.heads | other.modifiers | other.clause)) or bool(
        other.heads & (mine.modifiers | mine.clause)
    )


def _confident(mine: Measure, found: _Found, evidence: Evidence) -> bool:
    """Whether the claim's number and this one measure the same thing of the same thing."""
    sentence, other = found
    score = evidence.score(sentence)
    if _period_fits(mine, other) is False:
        return False
    named = [n.text for n in evidence.claim.names]
    if named and not all(
        any(aligned_names(n, o.text) for o in sentence.names) or meaning(n) in sentence.words
        or all(meaning(w) in sentence.words for w in n.split())
        for n in named
    ):  # fmt: skip
        rival = [o for o in sentence.names if not any(aligned_names(n, o.text) for n in named)]
        if rival or not all(evidence.names_anywhere(n) for n in named):
            return False
    if mine.kind == "count" and other.kind == "count":
        if meaning(mine.quantity.unit) != meaning(other.quantity.unit):
            return False
        return score >= 0.5
    if mine.kind in {"bare", "count"} and other.kind in {"bare", "count"}:
        return score >= 0.7 and _head_match(mine, other)
    if mine.kind == "times":
        return False
    if not _head_match(mine, other):
        return score >= 0.75
    if _owner_fits(evidence.claim, sentence, other) or (
        named and mine.quantity.bound and mine.quantity.bound == other.quantity.bound
    ):
        return score >= 0.34
    return score >= 0.5


def _swapped(mine: Measure, evidence: Evidence) -> _Found | None:
    """The same figure in another unit or currency: 30 miles for 30 kilometres."""
    q = mine.quantity
    if not (_measured(q.unit) or q.currency or mine.kind == "count"):
        return None
    if not distinctive(q):
        return None
    for sentence in evidence.sentences:
        if evidence.score(sentence) < 0.34:
            continue
        for other in sentence.measures:
            o = other.quantity
            if abs(o.value - q.value) > 1e-9 * max(abs(q.value), 1) or o.high != q.high:
                continue
            if mine.kind == "count":
                if _measured(o.unit) and meaning(q.unit) not in other.clause:
                    return sentence, other
                continue
            if (o.currency, o.unit) == (q.currency, q.unit):
                continue
            if q.currency and not o.currency:
                continue
            if (q.currency and o.currency and q.currency != o.currency) or (
                _measured(o.unit)
                and _measured(q.unit)
                and not o.currency
                and o.unit.split(" per ")[0] != q.unit.split(" per ")[0]
            ):
                return sentence, other
    return None


def _check_one(mine: Measure, evidence: Evidence, computed: list[Derived]) -> Check:
    q = mine.quantity
    claim_text = evidence.claim.text
    candidates = _candidates(mine, evidence)
    agreeing = _agreeing(mine, candidates)
    change = direction(claim_text) if mine.kind in {"percent", "point", "times"} else 0
    if agreeing is not None:
        sentence, other = agreeing
        against = direction(sentence.text)
        if (
            change
            and against
            and change != against
            and mine.kind != "times"
            and _confident(mine, agreeing, evidence)
        ):
            return Check(
                name="quantity",
                outcome="conflicts",
                claim_span=q.text,
                evidence_span=other.quantity.text,
                detail="the same figure, in the other direction",
            )
        return Check(
            name="quantity",
            outcome="agrees",
            claim_span=q.text,
            evidence_span=other.quantity.text,
            detail=f"{q.text} is what the evidence states: {other.quantity.text}",
        )
    fitting = [d for d in computed if d.kind == mine.kind]
    for d in fitting:
        if not _near(d, mine):
            continue
        if d.direction and change and d.direction != change and d.kind in {"percent", "point"}:
            continue
        if not d.explicit and not _plausible(d, mine, evidence):
            continue
        return Check(
            name="quantity",
            outcome="agrees",
            claim_span=q.text,
            evidence_span=d.calculation,
            detail=f"computed: {d.calculation}",
        )
    if (swapped := _swapped(mine, evidence)) is not None:
        other = swapped[1]
        return Check(
            name="quantity",
            outcome="conflicts",
            claim_span=q.text,
            evidence_span=other.quantity.text,
            detail=f"the figure is {other.quantity.text}, not {q.text}: another unit",
        )
    confident = [f for f in candidates if _confident(mine, f, evidence)]
    if len(candidates) >= _MANY:
        # Tables and filings: one figure of many is the claim's only if the words match closely.
        confident = [f for f in confident if evidence.score(f[0]) >= 0.85]
    if confident:
        other = max(confident, key=lambda f: evidence.score(f[0]))[1]
        return Check(
            name="quantity",
            outcome="conflicts",
            claim_span=q.text,
            evidence_span=other.quantity.text,
            detail=f"the evidence gives {other.quantity.text}, the claim {q.text}",
        )
    for d in fitting:
        if d.explicit and _contradicts(d, mine, evidence, change):
            return Check(
                name="quantity",
                outcome="conflicts",
                claim_span=q.text,
                evidence_span=d.calculation,
                detail=f"computed: {d.calculation}",
            )
    return Check(name="quantity", outcome="silent", claim_span=q.text)


def _plausible(d: Derived, mine: Measure, evidence: Evidence) -> bool:
    return bool(mine.heads & d.heads) or evidence.coverage >= 0.6


def _contradicts(d: Derived, mine: Measure, evidence: Evidence, change: int) -> bool:
    if evidence.coverage < 0.6 or mine.quantity.high is not None:
        return False
    if d.kind.startswith("money:"):
        return abs(d.value - mine.quantity.value) > 0.05 * abs(d.value)
    if d.direction:
        return bool(change) and bool(mine.heads & d.heads)
    return bool(mine.heads & d.heads)


def check_quantities(evidence: Evidence) -> list[Check]:
    """One check for each number of the claim: agrees, conflicts, or silent."""
    mine = evidence.claim.measures
    if not mine:
        return []
    sentences = [(s.text, s.measures) for s in evidence.sentences]
    mentions: list[DateMention] = [m for s in evidence.sentences for m in s.dates]
    computed = derived(sentences, mentions)
    return [_check_one(m, evidence, computed) for m in mine]
