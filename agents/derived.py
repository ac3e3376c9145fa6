"""Values that evidence implies by arithmetic: shares, changes, differences, exchange.

Each candidate carries its calculation, so that a reader can follow it. A derived value can
confirm a claim; it contradicts one only where the sentence itself sets the two figures against
each other (`explicit`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from agents.dates import DateMention
from agents.evidence import Quantity
from agents.measures import Measure
from agents.normalise import normalise
from agents.units import currency_phrase
from agents.wording import FALL, RISE, meaning

__all__ = ["Derived", "derived"]


@dataclass(frozen=True, slots=True)
class Derived:
    value: float
    kind: str
    """As `measures.kind`."""
    calculation: str
    explicit: bool
    direction: int = 0
    """1 up, -1 down, for changes."""
    heads: frozenset[str] = frozenset()
    share: bool = False
    """Whether it is so many of so many."""


_OF = re.compile(r"\s*(?:of|out of)(?: the| those| all| its| their)*\s*$")
_RATE = re.compile(r"\b(?:to|per|against) (?:the|one|a|each)?\s*$")


def _number(quantity: Quantity) -> str:
    return quantity.text.strip()


def _shares(sentences: Sequence[tuple[str, tuple[Measure, ...]]]) -> Iterable[Derived]:
    counts = {"count", "bare"}
    previous: tuple[Measure, ...] = ()
    for text, found in sentences:
        here = [m for m in found if m.kind in counts and not m.quantity.high]
        for part, whole in pairwise(here):
            a, b = part.quantity, whole.quantity
            # "46 of the 69", and the other way round "Of the 84 parts, 63"
            between = text[a.end : b.start]
            if _OF.fullmatch(between) and 0 < a.value < b.value:
                yield _share(part, whole, True)
            elif re.search(r"\b(?:of|out of|among)\b[^.;]{0,20}$", text[: a.start], re.I) and (
                0 < b.value < a.value
            ):
                yield _share(whole, part, True)
        for part in here:
            if re.match(r"\s+(?:of|out of) (?:them|these|those)\b", text[part.quantity.end :]):
                for whole in previous:
                    if whole.kind in counts and whole.quantity.value > part.quantity.value > 0:
                        yield _share(part, whole, True)
        previous = tuple(here)
    flat = [m for _, found in sentences for m in found if m.kind in counts]
    for part, whole in combinations(flat, 2):
        low, high = sorted((part, whole), key=lambda m: m.quantity.value)
        if 0 < low.quantity.value < high.quantity.value and high.quantity.value >= 10:
            yield _share(low, high, False)


def _share(part: Measure, whole: Measure, explicit: bool) -> Derived:
    a, b = part.quantity, whole.quantity
    return Derived(
        100 * a.value / b.value,
        "percent",
        f"{_number(a)} of {_number(b)} is {100 * a.value / b.value:.3g} percent",
        explicit,
        heads=part.heads | whole.heads,
        share=True,
    )


_FROM = re.compile(
    r"\b(?:from|compared with|compared to|against|versus|vs\.?|than|after|down from|up from)\b|\(",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:year before|previous year|year earlier|same period|prior year|the year before|last year"
    r"|a year ago|previously|beforehand)\b",
    re.IGNORECASE,
)


def _pairs(text: str, found: tuple[Measure, ...]) -> Iterable[tuple[Measure, Measure, bool]]:
    """(old, new, explicit) among the comparable numbers of one sentence."""
    for first, second in combinations(found, 2):
        if first.kind != second.kind or first.quantity.high or second.quantity.high:
            continue
        a, b = first.quantity, second.quantity
        if a.unit != b.unit or not a.value or not b.value:
            continue
        between = text[a.end : b.start]
        if re.search(r"[.;]\s", between):
            continue
        if re.fullmatch(r"[^,;.]{0,60}\bto\b\s*(?:about |around |just )*", between) and re.search(
            r"\bfrom\s*$", first.left
        ):
            yield first, second, True
        elif _FROM.search(between[-45:]) or _EARLIER.search(text[b.end : b.end + 45]):
            yield second, first, True
        elif _dated(first, second):
            yield first, second, True
        elif _dated(second, first):
            yield second, first, True
        else:
            yield first, second, False


def _dated(old: Measure, new: Measure) -> bool:
    """Both have a period and the first one's ends before the second one's begins."""
    a, b = old.period, new.period
    if a is None or b is None:
        return False
    if a.last and b.first:
        return a.last < b.first
    return bool(a.precision == b.precision and a.part and b.part and a.part < b.part)


def _changes(sentences: Sequence[tuple[str, tuple[Measure, ...]]]) -> Iterable[Derived]:
    groups = list(sentences)
    everything = tuple(m for _, found in sentences for m in found)
    for text, found in groups:
        for old, new, explicit in _pairs(text, found):
            yield from _change(old, new, explicit)
    for first, second in combinations(everything, 2):
        if first.kind == second.kind and first.quantity.unit == second.quantity.unit:
            if first.heads & second.heads and _dated(first, second):
                yield from _change(first, second, False)
            elif first.heads & second.heads and _dated(second, first):
                yield from _change(second, first, False)


def _change(old: Measure, new: Measure, explicit: bool) -> Iterable[Derived]:
    a, b = old.quantity.value, new.quantity.value
    heads = old.heads | new.heads
    sign = (b > a) - (b < a)
    if not a or not b:
        return
    if old.kind == "percent":
        yield Derived(
            abs(b - a),
            "point",
            f"{_number(new.quantity)} less {_number(old.quantity)} is {b - a:+.4g} points",
            explicit,
            sign,
            heads,
        )
    else:
        yield Derived(
            100 * abs(b - a) / abs(a),
            "percent",
            f"from {_number(old.quantity)} to {_number(new.quantity)} is "
            f"{100 * (b - a) / abs(a):+.3g} percent",
            explicit,
            sign,
            heads,
        )
        yield Derived(
            abs(b - a),
            old.kind,
            f"{_number(new.quantity)} less {_number(old.quantity)} is {b - a:+.6g}",
            False,
            sign,
            heads,
        )
    yield Derived(
        b / a,
        "times",
        f"{_number(new.quantity)} is {b / a:.3g} times {_number(old.quantity)}",
        explicit,
        sign,
        heads,
    )


_PER_ONE = re.compile(
    r"\b(?:one|a|an|1|the)?\s*(?P<what>[A-Za-z. ]{2,24}?)\s+(?:bought|was worth|is worth|buys|cost|"
    r"costs|traded at|fetched|stood at|equals|equalled|was quoted at)\s*$",
    re.IGNORECASE,
)


def _exchanged(sentences: Sequence[tuple[str, tuple[Measure, ...]]]) -> Iterable[Derived]:
    """Amounts at an exchange rate that the evidence states."""
    amounts = [
        m
        for _, found in sentences
        for m in found
        if m.kind.startswith("money:") and abs(m.quantity.value) >= 1000 and " " not in m.kind
    ]
    if not amounts:
        return
    for text, found in sentences:
        for rate in found:
            q = rate.quantity
            if not 0 < q.value < 100_000 or q.scale != 1:
                continue
            after = text[q.end : q.end + 30]
            to = re.match(
                r"\s*(?:[a-z]+ )?(?:to|per|against|for) (?:the|one|a|each)\s+([A-Za-z. ]{2,20})",
                after,
            )
            per_one = _PER_ONE.search(text[: q.start])
            if to:
                named = currency_phrase(re.findall(r"[a-z]+", to.group(1).lower()))
                base_currency = named[0] if named else ""
                quote_currency = q.currency
            elif per_one and q.currency:
                named = currency_phrase(per_one.group("what").lower().split()[-2:]) or (
                    currency_phrase(per_one.group("what").lower().split()[-1:])
                )
                base_currency = named[0] if named else ""
                quote_currency = q.currency
            else:
                continue
            if not base_currency:
                continue
            for amount in amounts:
                own = amount.quantity.currency
                if own == base_currency and quote_currency:
                    value, target = amount.quantity.value * q.value, quote_currency
                    sign = "×"
                elif own != base_currency and (not quote_currency or own == quote_currency):
                    value, target = amount.quantity.value / q.value, base_currency
                    sign = "÷"
                else:
                    continue
                yield Derived(
                    value,
                    f"money:{target}",
                    f"{_number(amount.quantity)} {sign} {q.value:g} is {target} {value:.4g}",
                    True,
                    heads=amount.heads,
                )


def _durations(mentions: Sequence[DateMention]) -> Iterable[Derived]:
    exact = [m for m in mentions if m.first and m.precision in {"day", "month", "year"}]
    for a, b in combinations(exact, 2):
        if a.precision == b.precision and a.first and b.first and a.first != b.first:
            days = abs((b.first - a.first).days)
            yield Derived(float(days), "time", f"from {a.text} to {b.text} is {days} days", False)


def derived(
    sentences: Sequence[tuple[str, tuple[Measure, ...]]], mentions: Sequence[DateMention]
) -> list[Derived]:
    """Everything the evidence implies by one arithmetic step; explicit ones first."""
    found = [
        *_shares(sentences),
        *_changes(sentences),
        *_exchanged(sentences),
        *_durations(mentions),
    ]
    return sorted(found, key=lambda d: not d.explicit)


def direction(text: str) -> int:
    """1 when the words of a text speak of a rise, -1 of a fall, 0 of neither or both."""
    words = {meaning(w) for w in re.findall(r"[^\W\d_]+", normalise(text).text)}
    up, down = bool(words & _RISE), bool(words & _FALL)
    return up - down


_RISE = frozenset(meaning(w) for w in RISE) | RISE
_FALL = frozenset(meaning(w) for w in FALL) | FALL
