"""Comparisons ("more than Turkey did", "lower than a year earlier") against stated values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.alignment import Evidence, Statement, aligned_names
from agents.evidence import Check
from agents.measures import Measure, base, comparable
from agents.wording import meaning

__all__ = ["check_comparison"]

_UP = frozenset(
    """more higher larger bigger greater longer faster heavier dearer pricier wider deeper older
    taller stronger above outpaced outsold exceeds exceeded exceed surpasses surpassed beats beat
    tops topped outweighs outnumbered costlier later further""".split()
)
_DOWN = frozenset(
    """fewer less lower smaller shorter slower lighter cheaper narrower younger weaker below
    undershot trails trailed lags lagged earlier nearer""".split()
)
_VERBAL = frozenset(
    """outpaced outsold exceeds exceeded exceed surpasses surpassed beats beat tops topped outweighs
    outnumbered trails trailed lags lagged undershot""".split()
)
_THAN = re.compile(r"\bthan\b|\babove\b|\bbelow\b")
_WORD = re.compile(r"[A-Za-z][a-z'-]*")


@dataclass(frozen=True, slots=True)
class _Comparison:
    sign: int
    left: str
    """The words before the comparative: what is said to be more or less."""
    right: str
    word: str


def _read(text: str) -> _Comparison | None:
    """The first comparison of a sentence with "than", or by a verb ("exceeds")."""
    for match in _WORD.finditer(text):
        word = match.group().lower()
        sign = 1 if word in _UP else -1 if word in _DOWN else 0
        if not sign:
            continue
        if word in _VERBAL:
            return _Comparison(sign, text[: match.start()], text[match.end() :], word)
        than = re.search(r"\bthan\b", text[match.end() : match.end() + 90])
        if than is None:
            continue
        after = text[match.end() + than.end() :]
        if re.match(r"\s+(?:about |around |roughly |one |half |[\d$€£])", after):
            return None  # "more than 90": a bound, read with the number
        between = text[match.end() : match.end() + than.start()]
        return _Comparison(sign, text[: match.start()] + between, after, word)
    return None


def _operand(words: str, statement: Statement, at: int) -> str | None:
    """The name in `words`, which starts at `at` in the statement."""
    inside = [n for n in statement.names if at <= n.start < at + len(words)]
    return inside[0].text if inside else None


def _value_of(name: str, evidence: Evidence, like: Measure | None) -> tuple[Measure, float] | None:
    found: list[tuple[float, Measure]] = []
    for sentence in evidence.sentences:
        for measure in sentence.measures:
            owner = sentence.owner(measure)
            if owner is None and len({n.text for n in sentence.names}) == 1:
                owner = sentence.names[0].text
            if owner is None or not aligned_names(owner, name):
                continue
            if like is not None and not comparable(like.quantity, measure.quantity):
                continue
            found.append((evidence.score(sentence), measure))
    if not found:
        return None
    best = max(found, key=lambda f: f[0])
    return best[1], best[0]


def check_comparison(evidence: Evidence) -> Check | None:
    """Whether the evidence's own values, or its own comparison, bear a comparison out."""
    claim = evidence.claim
    mine = _read(claim.text)
    if mine is None:
        return None
    first = _operand(mine.left, claim, 0)
    second = _operand(mine.right, claim, claim.text.rindex(mine.right))
    if first is None or second is None or aligned_names(first, second):
        return _stated(mine, evidence)
    for like_sentence in evidence.sentences:
        for like in like_sentence.measures:
            a = _value_of(first, evidence, like)
            b = _value_of(second, evidence, like)
            if a is None or b is None or a[0] is b[0]:
                continue
            unit = a[0].quantity.unit
            low, high = base(a[0].quantity, unit).low, base(b[0].quantity, unit).low
            if low == high or max(a[1], b[1]) < 0.2:
                continue
            holds = (low > high) == (mine.sign > 0)
            spans = f"{first} {a[0].quantity.text}, {second} {b[0].quantity.text}"
            return Check(
                name="quantity",
                outcome="agrees" if holds else "conflicts",
                claim_span=f"{mine.word} … than {second}",
                evidence_span=spans,
                detail=f"compared: {spans}",
            )
    return _stated(mine, evidence)


def _stated(mine: _Comparison, evidence: Evidence) -> Check | None:
    """The evidence compares the same two things in words."""
    for score, sentence in evidence.ranked[:2]:
        other = _read(sentence.text)
        if other is None or score < 0.4:
            continue
        left, right = _bag(mine.left), _bag(mine.right)
        straight = len(left & _bag(other.left)) + len(right & _bag(other.right))
        crossed = len(left & _bag(other.right)) + len(right & _bag(other.left))
        if straight == crossed or max(straight, crossed) < 2:
            continue
        same = (straight > crossed) == (mine.sign == other.sign)
        return Check(
            name="quantity",
            outcome="agrees" if same else "conflicts",
            claim_span=mine.word,
            evidence_span=other.word,
            detail=f"the evidence compares: {other.word}",
        )
    return None


def _bag(words: str) -> frozenset[str]:
    return frozenset(meaning(w) for w in _WORD.findall(words) if len(w) > 3)
