"""What each number of a statement measures: its kind, the words for it, its names and period.

Two numbers can only agree or disagree when they measure the same thing of the same thing at the
same time; this module finds what that is, `same_measure` says whether it matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from agents.dates import DateMention, dates
from agents.evidence import Quantity
from agents.grammar import Token, noun_groups, tagged
from agents.names import names
from agents.quantities import quantities
from agents.units import convertible, singular, unit_named
from agents.wording import STOP, meaning

__all__ = ["Measure", "Values", "base", "comparable", "kind", "measures"]


@dataclass(frozen=True, slots=True)
class Measure:
    quantity: Quantity
    kind: str
    """`money:EUR`, `percent`, `point`, `times`, a dimension ("length"), `count` or `bare`."""
    heads: frozenset[str]
    """Meanings of the nouns that say what is measured: counted noun, "of X", "X of", "X:"."""
    modifiers: frozenset[str]
    """Meanings of the words that qualify those nouns."""
    clause: frozenset[str]
    """Meanings of the content words of its clause."""
    verbs: frozenset[str]
    """Meanings of the verbs of its clause, auxiliaries and verbs of saying left out."""
    names: frozenset[str]
    """Names in the sentence, as written."""
    period: DateMention | None
    left: str
    """The words before the number in its sentence, as written."""


@dataclass(frozen=True, slots=True)
class Values:
    """The interval a statement allows, in the base unit of its kind."""

    low: float
    high: float
    spread: float
    """How far a rounded statement of the value may lie from it."""


def kind(quantity: Quantity) -> str:
    if quantity.currency:
        return f"money:{quantity.currency}" + (f" {quantity.unit}" if quantity.unit else "")
    if not quantity.unit:
        return "bare"
    whole, _, per = quantity.unit.partition(" per ")
    unit = unit_named(whole.lower().split(), True)
    if unit is None or unit[1] != len(whole.split()):
        return "count"
    named = unit[0].dimension
    if named == "percentage point":
        return "point"
    return f"{named} per {per}" if per else named


def comparable(first: Quantity, second: Quantity) -> bool:
    """Whether two quantities are in units that can be compared at all."""
    left, right = kind(first), kind(second)
    if left != right:
        return {left, right} == {"count", "bare"}
    return True


_SIGNIFICANT = re.compile(r"\d[\d.,' ]*")


def _rounding(quantity: Quantity, value: float) -> float:
    """Half the last digit that is written: 9.8 billion stands for 9.75 to 9.85 billion."""
    match = _SIGNIFICANT.search(quantity.text)
    scale = quantity.scale or 1.0
    if match is None:
        return 0.0 if scale in {1.0, 12.0} else 0.25 * scale
    written = match.group().strip(" .,'")
    decimals = 0
    if re.search(r"\.\d+$", written) and not re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", written):
        decimals = len(written) - written.rindex(".") - 1
    if decimals:
        return 0.5 * scale * 10.0**-decimals
    digits = re.sub(r"\D", "", written)
    zeros = len(digits) - len(digits.rstrip("0"))
    return 0.5 * scale * 10.0 ** min(zeros, max(len(digits) - 1, 0))


def base(quantity: Quantity, unit: str) -> Values:
    """The interval of a quantity in `unit` (its own, or one that converts to it)."""
    factor = convertible(quantity.unit, unit) if quantity.unit and unit else 1.0
    factor = factor if factor is not None else 1.0
    low = quantity.value * factor
    high = (quantity.high if quantity.high is not None else quantity.value) * factor
    spread = _rounding(quantity, high) * factor
    # Round figures are not rounded figures: 500 does not stand for 450, nor "about 500" for 430.
    if quantity.approximate:
        spread = max(min(spread, 0.075 * abs(high)), 0.05 * abs(high))
    elif quantity.scale >= 1e3:
        spread = min(spread, 0.025 * abs(high))
    elif spread > 0.5 * factor:
        spread = min(spread, 0.005 * abs(high))
    if quantity.bound == "min":
        high = float("inf")
    elif quantity.bound == "max":
        low = float("-inf")
    return Values(low, high, spread)


_GENERIC = frozenset(
    meaning(w)
    for w in """total number figure amount level rate share value sum count estimate percent point
    quarter year month week day half time one average midpoint end start rest majority minority
    range increase decrease rise fall""".split()
)
_SAYING = frozenset(
    meaning(w)
    for w in """say said tell report announce add note claim state write believe think estimate
    expect forecast be have do will show according""".split()
)
_CLAUSE = re.compile(
    r"[;:\n]|, (?:and|but|while|whereas|which|who|of which|with|against|compared|from|up|"
    r"down|not)\b| (?:while|whereas|but|compared with|compared to|against|versus) |[()]|\. "
)
_NOUN = frozenset({"NN", "NNS", "NNP"})
_LINKS = frozenset({"of", "in", "on", "for", "worth", "from", "to"})


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    left = 0
    right = len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= start:
            # "Sales: 9,751" keeps its label
            if match.group() != ":":
                left = match.end()
        elif match.start() >= end:
            right = match.start()
            break
    return left, right


def _group_words(
    tokens: tuple[Token, ...], group: tuple[int, int], dated: list[tuple[int, int]]
) -> list[str]:
    return [
        meaning(t.text)
        for t in tokens[group[0] : group[1]]
        if t.tag not in {"DT", "PRP$", "CD", "POS", "$"}
        and t.text.lower() not in STOP
        and any(c.isalpha() for c in t.text)
        and not any(s <= t.start < e for s, e in dated)
    ]


def _heads(
    text: str,
    quantity: Quantity,
    others: list[tuple[int, int]],
    dated: list[tuple[int, int]],
    clause: tuple[int, int],
) -> tuple[set[str], set[str]]:
    tokens = tagged(text)
    groups = noun_groups(tokens)
    heads: set[str] = set()
    modifiers: set[str] = set()

    def add(group: tuple[int, int], after: int = 0) -> bool:
        first = next((i for i in range(*group) if tokens[i].start >= after), group[1])
        words = _group_words(tokens, (first, group[1]), dated)
        words = [w for w in words if w not in _GENERIC or len(words) == 1]
        if not words or words[-1] in _GENERIC:
            return False
        heads.add(words[-1])
        modifiers.update(words[:-1])
        return True

    spans = {g: (tokens[g[0]].start, tokens[g[1] - 1].end) for g in groups}

    def free(span: tuple[int, int]) -> bool:
        # "January shipments" is about shipments; "8 April" and "$5 million" are no subjects.
        return not any(s < span[1] <= e for s, e in (*others, *dated))

    after = quantity.end
    for group, (start, end) in spans.items():
        if start < quantity.end < end:
            add(group, quantity.end)
            after = end
    if quantity.unit and kind(quantity) == "count" and not heads:
        heads.add(meaning(quantity.unit))
    # "25 percent of the applications": what follows with a preposition
    following = [t for t in tokens if t.start >= after]
    if following and following[0].text.lower() in _LINKS:
        link = following[0]
        for group, span in spans.items():
            if span[0] >= link.end and free(span):
                between = text[link.end : span[0]]
                if len(between.split()) <= 2 and span[0] < clause[1]:
                    add(group)
                break
    # "sales of …", "sales rose 3 percent to …", "Sales: …"
    left = []
    for group, span in spans.items():
        if span[0] < quantity.start < span[1]:
            # "A deal worth GBP 140 million" is one group to the tagger.
            upto = next(i for i in range(*group) if tokens[i].end > quantity.start)
            while upto > group[0] and tokens[upto - 1].tag not in _NOUN:
                upto -= 1
            if upto == group[0]:
                continue
            group, span = (group[0], upto), (span[0], tokens[upto - 1].end)
        if span[1] <= quantity.start and span[0] >= clause[0] and free(span):
            left.append((group, span))
    for group, _ in reversed(left):
        if add(group):
            break
    if len(left) > 1:
        add(left[0][0])
    if not heads:
        # "Operating margin: 15.2% (2023: 12.8%)": what the clause leaves out stands before it.
        outside = [g for g, span in spans.items() if span[1] <= clause[0] and free(span)]
        for group in reversed(outside):
            if add(group):
                break
    return heads, modifiers


@lru_cache(maxsize=4096)
def measures(text: str, anchor: date | None = None) -> tuple[Measure, ...]:
    """The numbers of one sentence with what they measure, in text order."""
    found = quantities(text)
    mentions = dates(text, anchor)
    dated = [(m.start, m.end) for m in mentions]
    named = frozenset(n.text for n in names(text))
    tokens = tagged(text)
    results: list[Measure] = []
    for quantity in found:
        clause = _clause(text, quantity.start, quantity.end)
        spans = [(q.start, q.end) for q in found if q is not quantity]
        heads, modifiers = _heads(text, quantity, spans, dated, clause)
        inside = [t for t in tokens if clause[0] <= t.start < clause[1]]
        words = frozenset(
            meaning(t.text)
            for t in inside
            if t.text.lower() not in STOP
            and len(t.text) > 1
            and t.text[0].isalpha()
            and not (quantity.start <= t.start < quantity.end)
            and not any(s <= t.start < e for s, e in (*spans, *dated))
        )
        verbs = frozenset(
            meaning(t.text)
            for t in inside
            if t.tag in {"VB", "VBD", "VBZ", "VBP", "VBN", "VBG"} and t.text.lower() not in STOP
        )
        period = next((m for m in mentions if m.text == quantity.date), None)
        results.append(
            Measure(
                quantity=quantity,
                kind=kind(quantity),
                heads=frozenset(heads),
                modifiers=frozenset(modifiers) - heads,
                clause=words,
                verbs=verbs - _SAYING,
                names=named,
                period=period,
                left=text[max(0, quantity.start - 80) : quantity.start],
            )
        )
    return tuple(results)


def counted(unit: str) -> str:
    """The meaning of a counted noun."""
    return meaning(singular(unit))
