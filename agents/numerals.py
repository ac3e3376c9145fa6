"""Numbers as written: digits with separators, number words, fractions and scale words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.units import SCALES

__all__ = ["NUMBER_WORDS", "Numeral", "Token", "number_of", "numeral", "tokenize"]

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS: dict[str, int] = {word: n for n, word in enumerate(_UNITS)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
_DENOMINATORS: dict[str, int] = {
    "half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_PLURAL_DENOMINATORS = {f"{w}s": n for w, n in _DENOMINATORS.items() if n > 2} | {"halves": 2}
_BIG = {"hundred", "thousand", "million", "billion", "trillion"}
# "a third product" is an ordinal: after one of these, or at the end, it is a share.
_AFTER_FRACTION = frozenset(
    "of more less fewer lower higher smaller larger bigger greater cheaper dearer faster slower "
    "below above to from in on by since over and or but as off down up between during after before "
    "this last share against compared than again were was are is have has had will would".split()
)


class Token(NamedTuple):
    """kind: `number`, `word`, `name` (letters with digits: F-35, 10-K, URLs), `ordinal`, `mark`
    or `date`. `text` is lower case; offsets are those of the normalised text."""

    kind: str
    text: str
    raw: str
    start: int
    end: int
    value: float = 0.0


_NUMBER = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]?\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)"
    r"|\d{1,3}(?:\.\d{3})+,\d+(?!\d)|\d{1,3}(?:\.\d{3}){2,}(?![\d.])"
    r"|\d{1,3}(?:'\d{3})+(?!\d)"
    r"|\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?![\d.,]\d|\d)"
    r"|\d+(?:\.\d+)?|\.\d+"
)
_TOKEN = re.compile(
    r"(?P<name>https?://\S+|www\.\S+|\S+@\S+\.\w+|\+\d[\d ()-]{7,}\d|\b\d{3}-\d{3}-\d{4}\b"
    # a letter and a digit in one word, or joined by a hyphen: M1A2, F-35, Covid-19, GPT-4
    r"|\b(?!(?:mid|pre|post|sub|plus|minus|early|late|about|from|to|and|or|of|under|over|ex)-)"
    r"[^\W\d_]+[.'-]?\d[\w/-]*(?<!-)(?![%\w])"
    r"|\b\d{1,4}-[A-Z]{1,2}\b|\b\d+[:h]\d{2}(?!\d)(?: ?[ap]\.?m\b)?"
    r"|\b(?!\d{1,3}(?:\.\d{3})+\b)\d+(?:\.\d+){2,}(?![\d,])(?!\d)"
    r"|\b\d{1,2} ?[ap]\.?m\b\.?|\b\d{1,4}/\d{4}\b|\b24/7\b|\b9/11\b)"
    rf"|(?P<ordinal>\b\d+(?:st|nd|rd|th)\b)"
    rf"|(?P<number>(?<![\d.,])(?:{_NUMBER})|(?<=\d[-/])\d+)"
    r"|(?P<symbol>(?:US|AU|CA|HK|NZ|NT|MX|[ACSR])?\$|[€£¥₽₹₩₺₴₪₦₫฿₱₸])"
    r"|(?P<word>[^\W\d_]+(?:\.[^\W\d_](?![^\W\d_]))*(?:'[^\W\d_]+)?)"
    r"|(?P<mark>[^\w\s]|_)|(?P<break>\n)"
)
_EURO_DECIMAL = re.compile(r"(\d+),(\d{1,2})(?![\d,])(?=\s?(?:%|€|percent|Prozent|Mio|Mrd))")


def _value(written: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", written):
        return float(written.replace(".", "").replace(",", "."))
    cleaned = written.replace("'", "")
    if " " in cleaned and "," in cleaned:
        cleaned = cleaned.replace(",", ".")
    return float(cleaned.replace(" ", "").replace(",", ""))


def tokenize(text: str, dated: Sequence[tuple[int, int]] = ()) -> list[Token]:
    """Tokens of a normalised text; spans in `dated` become single `date` tokens."""
    tokens: list[Token] = []
    at = 0
    spans = sorted(dated)
    index = 0
    while at < len(text):
        while index < len(spans) and spans[index][0] < at:
            index += 1
        if index < len(spans) and spans[index][0] == at:
            start, end = spans[index]
            tokens.append(Token("date", text[start:end].lower(), text[start:end], start, end))
            at = end
            continue
        if text[at] == " ":
            at += 1
            continue
        limit = spans[index][0] if index < len(spans) else len(text)
        euro = _EURO_DECIMAL.match(text, at, limit)
        if euro and (at == 0 or not (text[at - 1].isdigit() or text[at - 1] in ".,")):
            value = float(f"{euro.group(1)}.{euro.group(2)}")
            tokens.append(Token("number", euro.group(), euro.group(), at, euro.end(), value))
            at = euro.end()
            continue
        match = _TOKEN.match(text, at, limit)
        if match is None or match.end() == at:
            at += 1
            continue
        kind = match.lastgroup or "mark"
        raw = match.group()
        value = _value(raw) if kind == "number" else 0.0
        tokens.append(Token(kind, raw.lower(), raw, at, match.end(), value))
        at = match.end()
    return tokens


class Numeral(NamedTuple):
    """`value` with `scale` applied; tokens [i, next) were read. `share` marks a fraction of a
    whole ("two thirds"), `vague` a scale without a count ("hundreds", "several hundred")."""

    value: float
    scale: float
    next: int
    digits: bool
    share: bool = False
    vague: bool = False


def number_of(written: str) -> float | None:
    """The value of one digit number or number word ("12", "eighteen", "a")."""
    lowered = written.lower()
    if lowered in {"a", "an"}:
        return 1.0
    if lowered in NUMBER_WORDS:
        return float(NUMBER_WORDS[lowered])
    try:
        return float(lowered)
    except ValueError:
        return None


def _word(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].text if i < len(tokens) and tokens[i].kind in {"word", "mark"} else ""


def _cardinal(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    """Number words below a thousand, hyphens and "and" inside: (value, next)."""
    total = 0
    at = i
    read = False
    tens = False
    while True:
        word = _word(tokens, at)
        if word in NUMBER_WORDS:
            value = NUMBER_WORDS[word]
            if read and not (tens and value < 10) and total % 100:
                break
            if read and total % 100 == 0 and total == 0:
                break
            total += value
            tens = value >= 20
            read = True
            at += 1
            joined = _word(tokens, at) == "-" and _word(tokens, at + 1) in NUMBER_WORDS
            if tens and joined and NUMBER_WORDS[_word(tokens, at + 1)] < 10:
                at += 1
        elif word == "hundred" and read and 0 < total < 100:
            total *= 100
            tens = False
            at += 1
            if _word(tokens, at) == "and" and _word(tokens, at + 1) in NUMBER_WORDS:
                at += 1
            elif _word(tokens, at) not in NUMBER_WORDS:
                break
        else:
            break
    return (total, at) if read else None


def _scales(tokens: Sequence[Token], i: int, digits: bool, money: bool) -> tuple[float, int]:
    """Scale words and suffixes from i on: (multiplier, next)."""
    factor = 1.0
    at = i
    while at < len(tokens) and tokens[at].kind == "word":
        word = tokens[at].text
        if _word(tokens, at - 1) == "-" and word not in _BIG | {"dozen"}:
            break
        if word in _BIG | {"dozen", "milliard", "lakh", "crore", "bn", "mn", "mln", "tn", "trn",
                           "bln", "mio"}:  # fmt: skip
            factor *= SCALES[word]
            at += 1
        elif digits and word in {"k", "m", "b", "mm"} and at == i:
            joined = tokens[at - 1].end == tokens[at].start
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            counted = (
                following is not None
                and following.kind == "word"
                and following.start == tokens[at].end + 1
                and len(following.text) > 3
                and following.text not in _NOT_COUNTED
            )
            if money or (joined and (word in {"k", "b"} or counted)):
                if word == "mm" and not money:
                    break
                factor *= SCALES[word]
                at += 1
            break
        else:
            break
        if _word(tokens, at) == "." and word in {"bn", "mn", "tn"}:
            at += 1
        if _word(tokens, at) == "-" and _word(tokens, at + 1) in _BIG:
            at += 1
    return factor, at


_NOT_COUNTED = frozenset(
    "away long wide high deep tall from above below radius range apart into along with that this "
    "when while after before during across their there which than".split()
)


def _fraction(tokens: Sequence[Token], i: int) -> Numeral | None:
    """Shares in words: half, a third, two-thirds, three quarters, one-fifth."""
    word = _word(tokens, i)
    at = i
    if word == "half":
        following = _word(tokens, i + 1)
        if following in {"a", "an"} and _word(tokens, i + 2) in _BIG | {"dozen"}:
            scale, after = _scales(tokens, i + 2, False, False)
            return Numeral(0.5 * scale, scale, after, False)
        if following == "-" or _word(tokens, i - 1) in {"first", "second", "other", "-", "last"}:
            return None
        return Numeral(0.5, 1.0, i + 1, False, share=True)
    numerator = 1.0
    if word in {"a", "an", "one"}:
        at += 1
    elif word in NUMBER_WORDS and 1 < NUMBER_WORDS[word] < 20:
        numerator = NUMBER_WORDS[word]
        at += 1
    else:
        return None
    hyphen = _word(tokens, at) == "-"
    if hyphen:
        at += 1
    denominator = _word(tokens, at)
    following = _word(tokens, at + 1)
    if numerator == 1 and denominator in _DENOMINATORS:
        ends = at + 1 >= len(tokens) or tokens[at + 1].kind in {"mark", "break", "date"}
        # "a quarter failed" is a share; "a third failed attempt" is not.
        verb = denominator == "quarter" and following.endswith("ed")
        if following == "-" or not (hyphen or ends or verb or following in _AFTER_FRACTION):
            return None
        if denominator == "quarter" and following in {"in", "ago", "earlier", "later"}:
            return None
        return Numeral(1 / _DENOMINATORS[denominator], 1.0, at + 1, False, share=True)
    if numerator > 1 and denominator in _PLURAL_DENOMINATORS:
        if denominator == "quarters" and not (hyphen or (numerator == 3 and following == "of")):
            return None
        size = _PLURAL_DENOMINATORS[denominator]
        return Numeral(numerator / size, 1.0, at + 1, False, share=numerator < size)
    return None


def numeral(tokens: Sequence[Token], i: int, money: bool = False) -> Numeral | None:
    """The number that starts at token i, with its scale; None when none does.

    money: a currency came before, so "m", "k" and "b" are scales.
    """
    token = tokens[i]
    if token.kind == "number":
        value, at = token.value, i + 1
        share = False
        # 1/2, 12 1/2
        if _word(tokens, at) == "/" and at + 1 < len(tokens) and tokens[at + 1].kind == "number":
            bottom = tokens[at + 1].value
            if value.is_integer() and bottom.is_integer() and 0 < value < bottom <= 100:
                value, at, share = value / bottom, at + 2, True
        elif (
            at + 2 < len(tokens)
            and tokens[at].kind == "number"
            and tokens[at + 1].text == "/"
            and tokens[at + 2].kind == "number"
            and 0 < tokens[at].value < tokens[at + 2].value <= 16
            and value.is_integer()
        ):
            value, at = value + tokens[at].value / tokens[at + 2].value, at + 3
        after = at
        if _word(tokens, at) == "-" and _word(tokens, at + 1) in _BIG:
            after = at + 1
        scale, at2 = _scales(tokens, after, True, money)
        at = at2 if scale != 1 else at
        return Numeral(value * scale, scale, at, True, share=share and scale == 1)
    if token.kind != "word":
        return None
    if (fraction := _fraction(tokens, i)) is not None:
        return fraction
    word = token.text
    if word in {"a", "an"} and _word(tokens, i + 1) in _BIG | {"dozen"}:
        scale, at = _scales(tokens, i + 1, False, money)
        return Numeral(scale, scale, at, False)
    if word in {"several", "few", "many"} and _word(tokens, i + 1) in _BIG | {"dozen"}:
        scale, at = _scales(tokens, i + 1, False, money)
        return Numeral(scale, scale, at, False, vague=True)
    if word in {"dozens", "hundreds", "thousands", "millions", "billions", "tens", "trillions"}:
        scale = 10.0 if word == "tens" else SCALES[word.removesuffix("s")]
        at = i + 1
        if _word(tokens, at) == "of" and _word(tokens, at + 1) in {
            "thousands", "millions", "billions",
        }:  # fmt: skip
            scale *= SCALES[_word(tokens, at + 1).removesuffix("s")]
            at += 2
        elif word == "tens":
            return None
        return Numeral(scale, scale, at, False, vague=True)
    cardinal = _cardinal(tokens, i)
    if cardinal is None:
        return None
    value, at = float(cardinal[0]), cardinal[1]
    # two and a half (million)
    if (
        _word(tokens, at) == "and"
        and _word(tokens, at + 1) == "a"
        and _word(tokens, at + 2) in {"half", "quarter"}
    ):
        value += 0.5 if _word(tokens, at + 2) == "half" else 0.25
        at += 3
    total = 0.0
    scale = 1.0
    while True:
        after = at + 1 if _word(tokens, at) == "-" and _word(tokens, at + 1) in _BIG else at
        factor, nxt = _scales(tokens, after, False, money)
        if factor == 1:
            total += value
            break
        scale = max(scale, factor)
        total += value * factor
        at = nxt
        more = at + 1 if _word(tokens, at) == "and" else at
        rest = _cardinal(tokens, more) if more < len(tokens) else None
        if rest is None or factor < 1000 or rest[0] >= 1000 or _word(tokens, more) == "and":
            break
        value, at = float(rest[0]), rest[1]
    return Numeral(total, scale, at, False)
