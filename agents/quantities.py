"""Every number a text states, as `Quantity` records with exact spans.

A deterministic scanner over tokens: currency or sign, number (digits, words, fractions), scale,
range, unit or counted noun, and the words around that make it approximate or a bound. Calendar
dates, phone numbers, URLs and numbers that are parts of names (F-35, Boeing 737) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.dates import DateMention, dates
from agents.evidence import Quantity
from agents.normalise import Normalised, normalise
from agents.numerals import NUMBER_WORDS, Token, numeral, tokenize
from agents.units import (
    ISO_CODES,
    SYMBOLS,
    currency_phrase,
    singular,
    unit_named,
)

__all__ = ["is_ratio", "is_share", "quantities", "unread_numbers"]

_STOP = frozenset(
    """a an the this that these those his her its their our your my of in on at by to from for with
    without within over under between among against per into onto through during before after since
    until till about around as than then and or but nor so yet if when while where which who whom
    whose what how why because although though not no never also only just even still already again
    more less fewer most least is are was were be been being am has have had having do does did
    will would shall should can could may might must say says said told tell asked ask made make
    took take taken got get gave give given went go gone came come left leave put set had seen saw
    won lost killed died fell rose grew sold bought met up down out off away back ahead above below
    higher lower larger smaller bigger greater longer shorter faster slower cheaper heavier lighter
    earlier later ago apart old each every all both either neither any some such own same other
    another there here now today yesterday tomorrow worth against versus vs including excluding
    compared showed show came fewer percent percentage followed follow signed died voted agreed
    remain remained began begin ended end reported report filed file opened open closed close""".split()
)
# Between the number and its noun: "53 more entities", "three other banks".
_SKIPPED = frozenset("more other new additional further fresh extra such of the these those".split())
_PLURALS = frozenset(
    """people personnel men women children staff police troops aircraft vessels cattle sheep fish
    offspring shrimp series species headquarters works barracks crew military infantry cavalry
    feet dead wounded injured""".split()
)
_NOT_PLURAL = frozenset(
    """this thus less loss plus versus perhaps always towards besides across is as was has does us
    its gas news access process success business various previous serious numerous status focus
    census bonus virus campus basis crisis analysis bus lens famous obvious anonymous continuous
    overseas sometimes says goes""".split()
)
_IN_NAMES = frozenset(
    """clause article section chapter rule page figure table annex appendix schedule lot lots item
    paragraph form permit model version type class category phase stage step level tier route
    highway flight resolution room gate channel unit division brigade regiment battalion exhibit
    note part title volume no number nr amendment directive regulation row column line""".split()
)
# Nouns after which a bare number may still be a count: "stage 3 trials" is a name, not a count.
_PREPOSITIONS = frozenset(
    "in at from for of to by with since on over under and or than but about near within across that"
    .split()
)  # fmt: skip
_APPROXIMATE: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "about", "around", "roughly", "approximately", "approx", "circa", "ca", "nearly", "almost",
        "some", "~", "perhaps", "maybe", "close to", "an estimated", "estimated", "broadly",
        "in the region of", "in the order of", "near", "probably", "c", "virtually",
        "just under", "just over", "just below", "just above", "just short of", "a little over",
        "a little under", "a little more than", "a little less than", "slightly more than",
        "slightly less than", "slightly over", "slightly under", "well over", "an average of",
    )
)  # fmt: skip
_MINIMUM: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "at least", "more than", "over", "above", "upwards of", "exceeding", "exceeded", "exceeds",
        "exceed", "no fewer than", "no less than", "not less than", "not fewer than", "a minimum of",
        "minimum of", "greater than", "higher than", "larger than", "heavier than", "longer than",
        "in excess of", "north of", ">", "just over", "just above", "a little over",
        "a little more than", "slightly more than", "slightly over", "well over", "topped",
        "a little above", "bigger than",
    )
)  # fmt: skip
_MAXIMUM: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "up to", "at most", "no more than", "not more than", "less than", "fewer than", "under",
        "below", "as much as", "as many as", "a maximum of", "maximum of", "lower than",
        "smaller than", "lighter than", "shorter than", "<", "just under", "just below",
        "a little under", "a little less than", "slightly less than", "slightly under",
        "just short of", "south of", "cheaper than", "a maximum demand",
    )
)  # fmt: skip
_MULTIPLES = {
    "double": 2.0, "doubled": 2.0, "doubles": 2.0, "doubling": 2.0, "twice": 2.0, "twofold": 2.0,
    "triple": 3.0, "tripled": 3.0, "triples": 3.0, "tripling": 3.0, "thrice": 3.0, "threefold": 3.0,
    "trebled": 3.0, "treble": 3.0, "quadruple": 4.0, "quadrupled": 4.0, "quadrupling": 4.0,
    "fourfold": 4.0, "quintupled": 5.0, "fivefold": 5.0, "sixfold": 6.0, "sevenfold": 7.0,
    "eightfold": 8.0, "ninefold": 9.0, "tenfold": 10.0, "hundredfold": 100.0,
    "halved": 0.5, "halve": 0.5, "halves": 0.5, "halving": 0.5,
}  # fmt: skip
_PERCENT_WORDS = re.compile(r"%|\bper ?cent\b|\bpct\b|\bpercent", re.IGNORECASE)


def is_share(quantity: Quantity) -> bool:
    """Whether a percent value was written as a share ("two thirds", "one in four", "half")."""
    return quantity.unit == "percent" and not _PERCENT_WORDS.search(quantity.text)


def is_ratio(quantity: Quantity) -> bool:
    """Whether it was written as so many in, or out of, so many."""
    return is_share(quantity) and bool(
        re.search(r"\b(?:in|of|out of)\b[^\w]*(?:the )?\w+$", quantity.text)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A quantity in token indices [i, next) and normalised offsets."""

    value: float
    next: int
    start: int
    end: int
    high: float | None = None
    unit: str = ""
    currency: str = ""
    scale: float = 1.0
    approximate: bool = False
    bound: Literal["", "min", "max"] = ""
    digits: bool = True
    share: bool = False
    vague: bool = False


def _text(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].text if 0 <= i < len(tokens) else ""


def _words(tokens: Sequence[Token], i: int, size: int = 3) -> list[str]:
    """Up to `size` lower-case words or marks from i on."""
    words: list[str] = []
    for token in tokens[i : i + size]:
        if token.kind not in {"word", "mark", "name"}:
            break
        words.append(token.text)
    return words


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
    if token.kind == "word" and token.raw == "US" and _text(tokens, i + 1) == "$":
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
    words = _words(tokens, i)
    if words and words[0] in {"pounds", "pound"} and (scaled or _text(tokens, i + 1) != "of"):
        return "GBP", i + (2 if _text(tokens, i + 1) == "sterling" else 1)
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
    word = _text(tokens, i)
    if word not in {"a", "an", "per", "/", "each", "every"}:
        return None
    words = _words(tokens, i + 1)
    if not words:
        return None
    if words[0] in {"share", "head", "person", "capita", "troy", "cent"} and word in {"per", "a"}:
        if words[0] == "cent":
            return None
        return words[0], i + 2
    unit = unit_named(words, word == "/")
    if unit is None or unit[0].dimension in {"percent", "percentage point", "times"}:
        return None
    return unit[0].name, i + 1 + unit[1]


def _noun(tokens: Sequence[Token], i: int, value: float) -> tuple[str, int] | None:
    """The counted noun after a number, singular: "240 military personnel" gives personnel.

    Without a tagger: the last of a run of plurals among the next words, before any word that
    cannot be part of the noun phrase.
    """
    found: tuple[str, int] | None = None
    words = 0
    at = i
    while at < len(tokens) and words < 6:
        token = tokens[at]
        if token.kind == "mark" and token.text == "-" and at > i:
            at += 1
            continue
        if token.kind == "name" and found is None:
            at += 1
            words += 1
            continue
        if token.kind == "mark" and token.text == "," and found is None and words:
            # "20 large, modern ships"
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if following is not None and following.kind == "word" and following.raw.islower():
                at += 1
                if following.text in _STOP:
                    break
                continue
            break
        if token.kind != "word":
            break
        word = token.text.removesuffix("'s") if token.text.endswith("'s") else token.text
        if word in _SKIPPED and found is None and words < 2 and word not in {"of", "the"}:
            at += 1
            continue
        if word in _STOP or word in NUMBER_WORDS:
            break
        plural = word in _PLURALS or (
            word.endswith("s") and len(word) > 3 and not word.endswith("ss")
            and word not in _NOT_PLURAL and not word.endswith(("ous", "'s"))
        )  # fmt: skip
        words += 1
        at += 1
        if token.text.endswith("'s"):
            continue
        if plural and word != "military":
            found = (singular(word), at)
        elif found is not None and word != "military":
            break
        elif word == "military" and found is None:
            continue
    if found is None and value == 1 and words and i < len(tokens):
        first = tokens[i]
        if first.kind == "word" and first.text not in _STOP and first.raw.islower():
            return first.text, i + 1
    return found


def _amount(tokens: Sequence[Token], i: int) -> _Found | None:
    """Currency, sign, number, scale and the unit or noun after, starting at token i."""
    start = i
    currency = ""
    at = i
    sign = 1.0
    if tokens[at].text in {"-", "+"} and at + 1 < len(tokens):
        previous = tokens[at - 1] if at else None
        attached = (
            previous is not None
            and previous.end == tokens[at].start
            and previous.kind != "mark"
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
    found = _Found(
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
    bare = after + 1 if _text(tokens, after) == "-" else after
    of = after + 1 if number.vague and _text(tokens, after) == "of" else bare
    behind = _currency_after(tokens, of, scaled or number.vague)
    if behind and not number.share:
        return replace(found, currency=behind[0], next=behind[1], end=tokens[behind[1] - 1].end)
    return _with_unit(tokens, found)


def _with_unit(tokens: Sequence[Token], found: _Found) -> _Found:
    """Add the unit that follows: percent, measure, or counted noun."""
    after = found.next
    if found.share:
        words = _words(tokens, after)
        if (words and words[0] in {"percent", "%", "percentage"}) or words[:2] == ["per", "cent"]:
            found = replace(found, share=False)
        elif words[:2] == ["a", "percentage"] or words[:3] == ["of", "a", "percentage"]:
            return found
        else:
            return replace(found, value=found.value * 100, unit="percent")
    hyphen = _text(tokens, after) == "-" and after + 1 < len(tokens)
    at = after + 1 if hyphen else after
    if found.vague and _text(tokens, at) == "of":
        at += 1
    words = _words(tokens, at)
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
        elif name == "barrel" and _text(tokens, end) == "daily":
            name, end = "barrel per day", end + 1
        return replace(found, unit=name, next=end, end=tokens[end - 1].end)
    if hyphen:
        token = tokens[at]
        if token.kind == "word" and token.text not in _STOP and token.text not in NUMBER_WORDS:
            return replace(found, unit=singular(token.text), next=at + 1, end=token.end)
        return found
    noun = _noun(tokens, at, found.value)
    if noun is None:
        return found
    # The number is the span; the noun only names what is counted.
    return replace(found, unit=noun[0])


_RANGE_WORDS = {"to", "-", "and", "or"}


def _ranged(tokens: Sequence[Token], i: int, found: _Found) -> _Found | None:
    """found extended by "to Y", "-Y", or "and Y" after "between"; None when it is no range."""
    connector = _text(tokens, found.next)
    if connector == "per" or connector not in _RANGE_WORDS or found.share:
        return None
    before = _text(tokens, i - 1)
    if before in {"about", "roughly", "around", "approximately", "some"}:
        before = _text(tokens, i - 2)
    if connector == "and" and before != "between":
        return None
    if connector == "to" and before in {"from"} and _text(tokens, i - 2) not in {
        "ranging", "range", "anything", "ranged", "ranges", "anywhere", "widely",
    }:  # fmt: skip
        return None
    if connector == "or" and not (
        found.currency == "" and found.unit == "" and found.value < 100
    ):
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


def _ratio(tokens: Sequence[Token], i: int) -> _Found | None:
    """ "one in four", "nine out of ten", "one time in four" as a percentage."""
    top = numeral(tokens, i)
    if top is None or top.share or top.vague or not 0 < top.value <= 100 or top.scale != 1:
        return None
    at = top.next
    if _text(tokens, at) in {"time", "times", "day", "days", "person", "people", "case", "cases"}:
        at += 1
    if _text(tokens, at) == "in" or (_text(tokens, at) == "-" and _text(tokens, at + 1) == "in"):
        at += 1 if _text(tokens, at) == "in" else 2
        if _text(tokens, at) == "-":
            at += 1
        if _text(tokens, at) == "every":
            at += 1
    elif _text(tokens, at) == "out" and _text(tokens, at + 1) == "of":
        at += 2
        if _text(tokens, at) in {"every", "the"}:
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
    words = _words(tokens, bottom.next)
    unit = unit_named(words, True) if words else None
    if (unit is not None and unit[0].dimension == "time") or _text(tokens, bottom.next) == "-":
        return None
    return _Found(
        100 * top.value / bottom.value,
        bottom.next,
        tokens[i].start,
        tokens[bottom.next - 1].end,
        unit="percent",
        digits=top.digits,
        share=True,
    )


def _part_of_name(tokens: Sequence[Token], i: int, found: _Found) -> bool:
    """Boeing 737, Clause 14, lots 1, 2 and 4, and numbering at the start of a line."""
    token = tokens[i]
    if token.kind != "number" or found.currency or found.high is not None:
        return False
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    previous = tokens[i - 1] if i else None
    starts = previous is None or previous.kind == "break"
    if starts and following is not None and following.text in {".", ")"} and token.value < 100:
        return token.end == following.start
    if previous is None:
        return False
    if previous.text == "#" or (previous.text == "." and _text(tokens, i - 2) == "no"):
        return True
    if following is not None and following.text == "/" and following.start == token.end:
        return found.unit == ""
    if (previous.kind == "mark" and previous.text in {",", "-"}) or previous.text == "and":
        # the rest of a list of labels: "lots 1, 2 and 4"
        back = i - 1
        while back >= 0 and (
            tokens[back].kind == "number" or tokens[back].text in {",", "and", "-", "or", "to"}
        ):
            back -= 1
        return back >= 0 and back < i - 1 and tokens[back].text in _IN_NAMES and not found.unit
    if previous.kind != "word" or previous.end + 1 < token.start:
        return False
    if found.scale != 1 or (found.unit and found.unit == unit_after(tokens, found)):
        return False
    if previous.text in _IN_NAMES and token.value.is_integer():
        return not (found.unit and previous.text in {"number", "line", "part", "unit", "note"})
    capital = previous.raw[:1].isupper() and previous.raw != previous.raw.upper()[:1]
    if not capital or not token.value.is_integer() or token.value >= 10000:
        return False
    if "," in token.raw or _text(tokens, i + 1) in {":", ";"}:
        return False
    first = i == 1 or tokens[i - 2].kind == "break" or tokens[i - 2].text in {".", ":", '"', "("}
    lead = _text(tokens, i - 2)
    if found.unit and (first or lead in _PREPOSITIONS):
        return False
    if first and len(previous.raw) > 3 and following is None:
        return False
    if first and previous.text in _STOP | {
        "about", "some", "over", "nearly", "almost", "roughly", "around", "another", "only",
    }:  # fmt: skip
        return False
    return previous.text not in _STOP


def unit_after(tokens: Sequence[Token], found: _Found) -> str:
    """The unit of measurement (not a counted noun) that was read with the number, or ''."""
    unit = unit_named(found.unit.lower().split(" per ")[0].split(), True)
    return found.unit if unit is not None else ""


_NOT_ONE = frozenset(
    "of another other or and by thing who that which hand day is was has had would could can to "
    "can't will should may might must more such".split()
)


def _pronoun(tokens: Sequence[Token], i: int, found: _Found) -> bool:
    """Whether "one" stands for someone or something and counts nothing."""
    if tokens[i].text != "one" or found.value != 1 or found.high is not None or found.currency:
        return False
    before, after = _text(tokens, i - 1), _text(tokens, found.next)
    if before in {"no", "any", "every", "each", "this", "that", "the", "a", "which", "another", "-"}:
        return not found.unit or before not in {"the"}
    if found.unit and unit_after(tokens, found):
        return False
    if after == "of":
        return True
    return not found.unit or after in _NOT_ONE or (after == "-" and not found.unit)


def _preceded(tokens: Sequence[Token], i: int, phrases: Sequence[tuple[str, ...]]) -> int:
    """How many tokens before i spell one of the phrases (the longest), 0 for none."""
    best = 0
    for phrase in phrases:
        size = len(phrase)
        if size > best and i >= size:
            if tuple(t.text for t in tokens[i - size : i]) == phrase:
                best = size
    return best


def _qualified(tokens: Sequence[Token], i: int, found: _Found) -> _Found:
    """Read "about", "at least", "or more", "or so" around the number."""
    at = i
    approximate, bound = found.vague, found.bound
    start = found.start
    for _ in range(3):
        approx = _preceded(tokens, at, _APPROXIMATE)
        low = _preceded(tokens, at, _MINIMUM)
        high = _preceded(tokens, at, _MAXIMUM)
        size = max(approx, low, high)
        if size == 0:
            break
        word = tokens[at - size].text
        timed = unit_named(found.unit.split(), True)
        if timed and timed[0].dimension == "time" and size == 1 and word in {"over", "under"}:
            break
        if size == 1 and word == "some" and found.high is None and found.value < 2:
            break
        if size == 1 and word in {"c", "ca"} and _text(tokens, at - 1) == word:
            pass
        if approx == size:
            approximate = True
        if low == size and (low > high):
            bound = "min"
        if high == size and (high > low):
            bound = "max"
        if (size == low and size == approx) or (size == high and size == approx):
            approximate = True
        at -= size
        start = tokens[at].start
    if _text(tokens, at - 1) in {"than"} and _text(tokens, at - 2) in {"rather", "other"}:
        pass
    # suffixes
    end, nxt = found.end, found.next
    first, second = _text(tokens, nxt), _text(tokens, nxt + 1)
    if first == "or" and second in {"more", "above", "higher", "longer", "over", "greater"}:
        bound, nxt = "min", nxt + 2
    elif first == "or" and second in {"less", "fewer", "below", "under", "lower", "shorter"}:
        bound, nxt = "max", nxt + 2
    elif first == "or" and second == "so":
        approximate, nxt = True, nxt + 2
    elif first == "+" and nxt < len(tokens) and tokens[nxt].start == found.end:
        bound, nxt = "min", nxt + 1
        if found.unit == "" and (noun := _noun(tokens, nxt, found.value)):
            found = replace(found, unit=noun[0])
    elif first == "plus" and _text(tokens, nxt - 1) != "":
        pass
    elif first == "-" and second in {"odd", "ish"}:
        approximate, nxt = True, nxt + 2
    if nxt != found.next:
        end = tokens[nxt - 1].end
    if bound == "min" and _text(tokens, at - 1) in {"not", "no"} and found.bound != "min":
        # "not more than" is read above; "no higher than" here
        bound = "max"
        at -= 1
        start = tokens[at].start
    return replace(
        found, approximate=approximate, bound=bound, start=start, end=end, next=nxt
    )


def _multiple(tokens: Sequence[Token], i: int) -> _Found | None:
    word = tokens[i].text
    if tokens[i].kind != "word" or word not in _MULTIPLES:
        return None
    if _text(tokens, i + 1) == "-" or _text(tokens, i - 1) == "-":
        return None
    if word in {"double", "triple", "treble"}:
        # "a double bid" counts nothing; "would double", "double the amount" do.
        previous = _text(tokens, i - 1)
        after = _text(tokens, i + 1)
        if previous in {"a", "the", "its", "their"} or (
            after not in {"the", "its", "their", "his", "her", "that", "this", "what", "to", "in",
                          "by", "from", "", ".", ",", "since", "over", "as", "last", "and"}
        ):  # fmt: skip
            return None
    if word == "twice" and _text(tokens, i + 1) in {"a", "in"}:
        return _Found(2.0, i + 1, tokens[i].start, tokens[i].end, unit="times", digits=False)
    return _Found(_MULTIPLES[word], i + 1, tokens[i].start, tokens[i].end, unit="times",
                  digits=False)  # fmt: skip


def _found(tokens: Sequence[Token]) -> list[tuple[int, _Found]]:
    results: list[tuple[int, _Found]] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        found: _Found | None = None
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
            and _text(tokens, found.next) == "-"
            and found.next + 1 < len(tokens)
            and tokens[found.next + 1].kind == "number"
            and tokens[found.next].start == found.end
        )
        if _part_of_name(tokens, i, found) or _pronoun(tokens, i, found):
            i += 1
            continue
        if score:  # 3-1, 51-49: a result, kept as an identifier, not two counts
            i = found.next + 2
            continue
        if rate := (_per(tokens, found.next) if found.currency else None):
            found = replace(
                found, unit=f"per {rate[0]}", next=rate[1], end=tokens[rate[1] - 1].end
            )
        found = _qualified(tokens, i, found)
        results.append((i, found))
        i = max(found.next, i + 1)
    return results


def _shared_units(tokens: Sequence[Token], results: list[tuple[int, _Found]]) -> list[_Found]:
    """Give a bare number the unit of its partner: "from 10 to 12 percent", "6 or 7 weeks"."""
    shared: list[_Found] = [f for _, f in results]
    for k in range(len(results) - 1):
        (_, left), (j, right) = results[k], results[k + 1]
        between = [t.text for t in tokens[left.next : j]]
        if left.unit or left.currency or left.share:
            continue
        if between in (["to"], ["and"], ["or"], ["per", "cent", "to"]) and unit_after(
            tokens, right
        ):
            if between == ["and"] and _text(tokens, results[k][0] - 1) not in {"between", "by"}:
                continue
            shared[k] = replace(left, unit=right.unit)
    return shared


def _when(
    found: _Found, others: Sequence[_Found], mentions: Sequence[DateMention], folded: Normalised
) -> str | None:
    """The calendar period in the same clause that lies nearest to the number."""
    best: tuple[float, str] | None = None
    for mention in mentions:
        if mention.precision == "weekday":
            continue
        left = folded.position(mention.start)
        right = folded.position(mention.end - 1) + 1
        low, high = (right, found.start) if right <= found.start else (found.end, left)
        between = folded.text[low:high] if low < high else ""
        cost = float(len(between))
        if "\n" in between or re.search(r"[.!?] ", between) or ";" in between:
            continue
        opened = between.count("(") - between.count(")")
        if opened:
            alone = re.match(r"\s?\)", folded.text[right:]) and re.search(
                r"\(\s?$", folded.text[:left]
            )
            if not alone:
                continue
        cost += 25 * between.count(",")
        cost += 80 * sum(1 for o in others if o is not found and low <= o.start < high)
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
    return [_record(f, shared, mentions, folded) for f in shared]


def _record(
    found: _Found, others: Sequence[_Found], mentions: Sequence[DateMention], folded: Normalised
) -> Quantity:
    start, end = folded.span(found.start, found.end)
    value, high = found.value, found.high
    return Quantity(
        value=_tidy(value),
        high=_tidy(high) if high is not None else None,
        unit=found.unit,
        currency=found.currency,
        scale=found.scale,
        date=_when(found, others, mentions, folded),
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
