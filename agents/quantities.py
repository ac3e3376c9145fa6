"""Every number a text states, as `Quantity` records with exact spans.

A deterministic scanner over tokens: currency or sign, number (digits, words, fractions), scale,
range, unit or counted noun, and the words around that make it approximate or a bound. Calendar
dates, phone numbers, URLs and numbers that are parts of names (F-35, Boeing 737) are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from agents.dates import DateMention, dates
from agents.evidence import Quantity
from agents.normalise import Normalised, normalise
from agents.numerals import NUMBER_WORDS, Token, numeral, tokenize
from agents.quantity_context import (
    Found,
    counted_noun,
    part_of_name,
    pronoun,
    qualified,
    text_at,
    unit_after,
    words_at,
)
from agents.quantity_words import MULTIPLES, STOP
from agents.units import (
    ISO_CODES,
    SYMBOLS,
    currency_phrase,
    singular,
    unit_named,
)

__all__ = ["is_ratio", "is_share", "quantities", "unread_numbers"]

_PERCENT_WORDS = re.compile(r"%|\bper ?cent\b|\bpct\b|\bpercent", re.IGNORECASE)


def is_share(quantity: Quantity) -> bool:
    """Whether a percent value was written as a share ("two thirds", "one in four", "half")."""
    return quantity.unit == "percent" and not _PERCENT_WORDS.search(quantity.text)


def is_ratio(quantity: Quantity) -> bool:
    """Whether it was written as so many in, or out of, so many."""
    return is_share(quantity) and bool(
        re.search(r"\b(?:in|of|out of)\b[^\w]*(?:the )?\w+$", quantity.text)
    )


def _currency_before(tokens: Sequence[Token], i: int) -> tuple[str, int] | None:
    """A currency symbol or code that starts at i: (code, next)."""
    token = tokens[i]
    if token.kind == "symbol":
        return SYMBOLS.get(token.raw.upper(), SYMBOLS.get(token.raw[-1], "")), i + 1
    if token.kind == "word" and token.raw in ISO_CODES:
        code, at = ISO_CODES[token.raw], i + 1
        if at < len(tokens) and tokens[at].kind == "symbol":
            at += 1
        return code, at
    if token.kind == "word" and token.raw == "US" and text_at(tokens, i + 1) == "$":
        return "USD", i + 2
    return None


def _currency_after(
    tokens: Sequence[Token], i: int, scaled: bool, fraction: bool = False
) -> tuple[str, int] | None:
    if i >= len(tokens):
        return None
    token = tokens[i]
    if token.kind == "symbol":
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if following is not None and following.kind == "number" and following.start == token.end:
            return None  # "in 2024 $5": the symbol belongs to what follows
        return SYMBOLS.get(token.raw.upper(), ""), i + 1
    if token.kind != "word":
        return None
    if token.raw in ISO_CODES:
        if i + 1 < len(tokens) and tokens[i + 1].kind == "number" and not scaled:
            return None
        return ISO_CODES[token.raw], i + 1
    words = words_at(tokens, i)
    if words and words[0] in {"pounds", "pound"} and (scaled or text_at(tokens, i + 1) != "of"):
        return "GBP", i + (2 if text_at(tokens, i + 1) == "sterling" else 1)
    if words and words[0] == "won" and scaled:
        return "KRW", i + 1
    if words and words[0] in {"pesos", "peso", "dinars", "dinar"} and scaled:
        return "XXX", i + 1
    found = currency_phrase(words)
    if found and singular(words[found[1] - 1]) in {"som", "rand"} and not scaled:
        return None
    return (found[0], i + found[1]) if found else None


def _per(tokens: Sequence[Token], i: int) -> tuple[str, int] | None:
    """ "a year", "per kilogram", "/kg" from i on: (singular unit, next)."""
    word = text_at(tokens, i)
    if word not in {"a", "an", "per", "/", "each", "every"}:
        return None
    words = words_at(tokens, i + 1)
    if not words:
        return None
    if words[0] in {"share", "head", "person", "capita", "troy", "cent"} and word in {"per", "a"}:
        if words[0] == "cent":
            return None
        return words[0], i + 2
    unit = unit_named(words, word == "/")
    if unit is None or unit[0].dimension in {"percent", "percentage point", "times"}:
        return None
    if text_at(tokens, i + 1 + unit[1]) in {"earlier", "ago", "before", "later", "after"}:
        # "38 million a year earlier" is no rate.
        return None
    return unit[0].name, i + 1 + unit[1]


def _amount(tokens: Sequence[Token], i: int) -> Found | None:
    """Currency, sign, number, scale and the unit or noun after, starting at token i."""
    start = i
    currency = ""
    at = i
    sign = 1.0
    if tokens[at].text in {"-", "+"} and at + 1 < len(tokens):
        previous = tokens[at - 1] if at else None
        attached = (
            previous is not None and previous.end == tokens[at].start and previous.kind != "mark"
        )
        if tokens[at + 1].start == tokens[at].end and not attached:
            sign = -1.0 if tokens[at].text == "-" else 1.0
            at += 1
        else:
            return None
    elif tokens[at].text == "minus":
        sign, at = -1.0, at + 1
    if at < len(tokens) and (before := _currency_before(tokens, at)):
        currency, at = before
        if at < len(tokens) and tokens[at].text == "-" and sign > 0:
            sign, at = -1.0, at + 1
    if at >= len(tokens) or (not currency and at > start and tokens[at].kind not in
                             {"number", "word"}):  # fmt: skip
        return None
    number = numeral(tokens, at, bool(currency))
    if number is None or (currency and number.share) or (tokens[at].kind == "word" and currency
                                                         and number.value < 1):  # fmt: skip
        return None
    digits = number.digits
    scaled = number.scale >= 1e3
    after = number.next
    found = Found(
        sign * number.value,
        after,
        tokens[start].start,
        tokens[after - 1].end,
        currency=currency,
        scale=number.scale,
        digits=digits,
        share=number.share,
        vague=number.vague,
    )
    if currency:
        return found
    # Money written after the number: 5 million euros, 40 €.
    bare = after + 1 if text_at(tokens, after) == "-" else after
    of = after + 1 if number.vague and text_at(tokens, after) == "of" else bare
    behind = _currency_after(tokens, of, scaled or number.vague)
    if behind and not number.share:
        return replace(found, currency=behind[0], next=behind[1], end=tokens[behind[1] - 1].end)
    return _with_unit(tokens, found)


def _with_unit(tokens: Sequence[Token], found: Found) -> Found:
    """Add the unit that follows: percent, measure, or counted noun."""
    after = found.next
    if found.share:
        words = words_at(tokens, after)
        if (words and words[0] in {"percent", "%", "percentage"}) or words[:2] == ["per", "cent"]:
            found = replace(found, share=False)
        elif words[:2] == ["a", "percentage"] or words[:3] == ["of", "a", "percentage"]:
            return found
        else:
            return replace(found, value=found.value * 100, unit="percent")
    hyphen = text_at(tokens, after) == "-" and after + 1 < len(tokens)
    at = after + 1 if hyphen else after
    if found.vague and text_at(tokens, at) == "of":
        at += 1
    words = words_at(tokens, at)
    joined = at < len(tokens) and tokens[at - 1].end == tokens[at].start
    if words and words[0] in {"-"}:
        return found
    if hyphen and not joined:
        return found
    unit = unit_named(words, found.digits)
    if unit is not None and not (words[0] == "x" and not joined):
        name, end = unit[0].name, at + unit[1]
        if words[0] == "m" and not found.digits:
            return found
        if unit[0].dimension not in {"percent", "percentage point", "times"} and (
            rate := _per(tokens, end)
        ):
            name, end = f"{name} per {rate[0]}", rate[1]
        elif name == "barrel" and text_at(tokens, end) == "daily":
            name, end = "barrel per day", end + 1
        return replace(found, unit=name, next=end, end=tokens[end - 1].end)
    if hyphen:
        token = tokens[at]
        if token.kind == "word" and token.text not in STOP and token.text not in NUMBER_WORDS:
            return replace(found, unit=singular(token.text), next=at + 1, end=token.end)
        return found
    noun = counted_noun(tokens, at, found.value)
    if noun is None:
        return found
    # The number is the span; the noun only names what is counted.
    return replace(found, unit=noun[0])


_RANGE_WORDS = {"to", "-", "and", "or"}


def _ranged(tokens: Sequence[Token], i: int, found: Found) -> Found | None:
    """found extended by "to Y", "-Y", or "and Y" after "between"; None when it is no range."""
    connector = text_at(tokens, found.next)
    if connector == "per" or connector not in _RANGE_WORDS or found.share:
        return None
    before = text_at(tokens, i - 1)
    if before in {"about", "roughly", "around", "approximately", "some"}:
        before = text_at(tokens, i - 2)
    if connector == "and" and before != "between":
        return None
    if connector == "to" and before in {"from"} and text_at(tokens, i - 2) not in {
        "ranging", "range", "anything", "ranged", "ranges", "anywhere", "widely",
    }:  # fmt: skip
        return None
    if connector == "or" and not (found.currency == "" and found.unit == "" and found.value < 100):
        return None
    at = found.next + 1
    if at >= len(tokens):
        return None
    if connector == "-":
        # "2 - 3" is a range only when the hyphen joins both sides alike.
        left = tokens[found.next].start - tokens[found.next - 1].end
        right = tokens[at].start - tokens[found.next].end
        if left != right:
            return None
    other = _amount(tokens, at)
    if other is None or other.share or other.vague:
        return None
    if tokens[at].text in {"-", "+", "minus"}:
        return None
    if connector == "or" and not (
        other.value == found.value + 1 and not other.currency and other.value < 100
    ):
        return None
    if connector == "to" and before in {"rose", "fell", "up", "down"}:
        return None
    currency = found.currency or other.currency
    if found.currency and other.currency and found.currency != other.currency:
        return None
    low, scale = found.value, found.scale
    if found.scale == 1 and other.scale > 1 and found.value < other.value / other.scale:
        low, scale = found.value * other.scale, other.scale  # "$4-5 billion"
    unit = other.unit or found.unit
    if found.unit and other.unit and found.unit != other.unit:
        return None
    if not low < other.value:
        return None
    return replace(
        other,
        value=low,
        high=other.value,
        start=found.start,
        scale=scale,
        currency=currency,
        unit=unit,
    )


def _ratio(tokens: Sequence[Token], i: int) -> Found | None:
    """ "one in four", "nine out of ten", "one time in four" as a percentage."""
    top = numeral(tokens, i)
    if top is None or top.share or top.vague or not 0 < top.value <= 100 or top.scale != 1:
        return None
    at = top.next
    if text_at(tokens, at) in {"time", "times", "day", "days", "person", "people", "case", "cases"}:
        at += 1
    hyphen = text_at(tokens, at) == "-"
    if text_at(tokens, at + hyphen) == "in":
        at += 1 + hyphen
        if text_at(tokens, at) == "-":
            at += 1
        if text_at(tokens, at) == "every":
            at += 1
    elif text_at(tokens, at) == "out" and text_at(tokens, at + 1) == "of":
        at += 2
        if text_at(tokens, at) in {"every", "the"}:
            at += 1
    else:
        return None
    if at >= len(tokens):
        return None
    bottom = numeral(tokens, at)
    if bottom is None or bottom.share or bottom.vague or not top.value < bottom.value <= 1000:
        return None
    if bottom.scale not in {1.0, 100.0, 1000.0}:
        return None
    words = words_at(tokens, bottom.next)
    unit = unit_named(words, True) if words else None
    if (unit is not None and unit[0].dimension == "time") or text_at(tokens, bottom.next) == "-":
        return None
    return Found(
        100 * top.value / bottom.value,
        bottom.next,
        tokens[i].start,
        tokens[bottom.next - 1].end,
        unit="percent",
        digits=top.digits,
        share=True,
    )


def _multiple(tokens: Sequence[Token], i: int) -> Found | None:
    word = tokens[i].text
    if tokens[i].kind != "word" or word not in MULTIPLES:
        return None
    if text_at(tokens, i + 1) == "-" or text_at(tokens, i - 1) == "-":
        return None
    if word in {"double", "triple", "treble"}:
        # "a double bid" counts nothing; "would double", "double the amount" do.
        previous = text_at(tokens, i - 1)
        after = text_at(tokens, i + 1)
        if previous in {"a", "the", "its", "their"} or (
            after not in {"the", "its", "their", "his", "her", "that", "this", "what", "to", "in",
                          "by", "from", "", ".", ",", "since", "over", "as", "last", "and"}
        ):  # fmt: skip
            return None
    if word == "twice" and text_at(tokens, i + 1) in {"a", "in"}:
        return Found(2.0, i + 1, tokens[i].start, tokens[i].end, unit="times", digits=False)
    return Found(MULTIPLES[word], i + 1, tokens[i].start, tokens[i].end, unit="times",
                  digits=False)  # fmt: skip


def _found(tokens: Sequence[Token]) -> list[tuple[int, Found]]:
    results: list[tuple[int, Found]] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        found: Found | None = None
        if token.kind in {"number", "word", "symbol", "mark"}:
            found = _multiple(tokens, i) or _ratio(tokens, i) or _amount(tokens, i)
        if found is None:
            i += 1
            continue
        found = _ranged(tokens, i, found) or found
        score = (
            found.high is None
            and not found.unit
            and not found.currency
            and text_at(tokens, found.next) == "-"
            and found.next + 1 < len(tokens)
            and tokens[found.next + 1].kind == "number"
            and tokens[found.next].start == found.end
        )
        if part_of_name(tokens, i, found) or pronoun(tokens, i, found):
            i += 1
            continue
        if score:  # 3-1, 51-49: a result, kept as an identifier, not two counts
            i = found.next + 2
            continue
        if rate := (_per(tokens, found.next) if found.currency else None):
            found = replace(found, unit=f"per {rate[0]}", next=rate[1], end=tokens[rate[1] - 1].end)
        found = qualified(tokens, i, found)
        results.append((i, found))
        i = max(found.next, i + 1)
    return results


def _shared_units(tokens: Sequence[Token], results: list[tuple[int, Found]]) -> list[Found]:
    """Give a bare number the unit of its partner: "from 10 to 12 percent", "6 or 7 weeks"."""
    shared: list[Found] = [f for _, f in results]
    for k in range(len(results) - 1):
        (_, left), (j, right) = results[k], results[k + 1]
        between = [t.text for t in tokens[left.next : j]]
        if left.unit or left.currency or left.share:
            continue
        if between in (["to"], ["and"], ["or"], ["per", "cent", "to"]) and unit_after(
            tokens, right
        ):
            if between == ["and"] and text_at(tokens, results[k][0] - 1) not in {"between", "by"}:
                continue
            shared[k] = replace(left, unit=right.unit)
    return shared


_NEAR = 140
"""Characters between a number and its period at most."""


def _when(
    found: Found,
    starts: Sequence[int],
    mentions: Sequence[tuple[int, int, DateMention]],
    text: str,
) -> str | None:
    """The calendar period in the same clause that lies nearest to the number.

    starts: where all numbers start, in order; mentions: normalised start, end and the mention.
    """
    best: tuple[float, str] | None = None
    first = bisect_left(mentions, found.start - 2 * _NEAR, key=lambda m: m[0])
    for left, right, mention in mentions[first:]:
        if left > found.end + _NEAR:
            break
        if mention.precision == "weekday":
            continue
        low, high = (right, found.start) if right <= found.start else (found.end, left)
        between = text[low:high] if low < high else ""
        cost = float(len(between))
        if "\n" in between or re.search(r"[.!?] ", between) or ";" in between:
            continue
        alone = text[left - 1 : left] == "(" and text[right : right + 1] == ")"
        if between.count("(") != between.count(")") and not alone:
            continue
        cost += 25 * between.count(",")
        cost += 80 * (bisect_left(starts, high) - bisect_left(starts, low))
        if right <= found.start and re.fullmatch(r"\s?[:=]?\s?", between):
            cost -= 20
        if best is None or cost < best[0]:
            best = (cost, mention.text)
    return best[1] if best and best[0] < 110 else None


def quantities(text: str) -> list[Quantity]:
    """Every stated number of `text`, in order, without overlap.

    Spans are offsets into `text`, `text[q.start:q.end] == q.text`. The span holds the number
    with its currency, scale, unit of measurement and qualifier ("about 25 percent"), not a
    counted noun. Shares ("two thirds", "one in four") are percent values; "doubled" and
    "three times" have unit `times`; "hundreds" is 100, approximate, bound `min`.
    """
    folded = normalise(text)
    mentions = dates(text)
    spans = [(folded.position(m.start), folded.position(m.end - 1) + 1) for m in mentions]
    tokens = tokenize(folded.text, spans)
    results = _found(tokens)
    shared = _shared_units(tokens, results)
    starts = [f.start for f in shared]
    placed = [(start, end, m) for (start, end), m in zip(spans, mentions, strict=True)]
    return [_record(f, _when(f, starts, placed, folded.text), folded) for f in shared]


def _record(found: Found, period: str | None, folded: Normalised) -> Quantity:
    start, end = folded.span(found.start, found.end)
    value, high = found.value, found.high
    return Quantity(
        value=_tidy(value),
        high=_tidy(high) if high is not None else None,
        unit=found.unit,
        currency=found.currency,
        scale=found.scale,
        date=period,
        approximate=found.approximate,
        bound="min" if found.vague else found.bound,
        start=start,
        end=end,
        text=folded.source[start:end],
    )


def _tidy(value: float) -> float:
    """Drop binary noise of scaling: 1.285 * 1e9 is 1285000000.0."""
    return float(f"{value:.12g}")


def unread_numbers(text: str) -> list[tuple[int, int, str]]:
    """Digits that are neither a quantity nor a calendar date (names, labels, scores, URLs):
    (start, end, the written token). What is published must repeat them letter by letter."""
    folded = normalise(text)
    read = [(q.start, q.end) for q in quantities(text)]
    read += [(m.start, m.end) for m in dates(text)]
    found: list[tuple[int, int, str]] = []
    for match in re.finditer(r"[\w.+/'-]*\d[\w./'-]*(?<![.,'/-])", folded.text):
        start, end = folded.span(match.start(), match.end())
        if not any(s < end and start < e for s, e in read):
            found.append((start, end, match.group().strip(".'")))
    return found
