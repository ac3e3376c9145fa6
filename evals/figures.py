"""Numbers, percentages and dates as a text states them, for checking one text against others.

This reader shares nothing with the desk's own quantity code, on purpose: a check that reuses
what it checks cannot disagree with it. It is plain regular expressions and tables of words.
English number words are read; digits, currencies and months of several languages are.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from typing import Literal, NamedTuple

from evals.number_words import (
    CURRENCY_SIGNS,
    CURRENCY_WORDS,
    FACTORS,
    ISO_CURRENCIES,
    MONTHS,
    ONE_IN,
    ORDINALS,
    SCALES,
    UNITS,
    WEEKDAYS,
    share_of,
    word_numbers,
)

__all__ = ["Figure", "Kind", "figures", "normalise", "same_value"]

Kind = Literal[
    "number", "percent", "point", "basis point", "date", "period", "ordinal", "factor", "vague",
    "name",
]  # fmt: skip


class Figure(NamedTuple):
    kind: Kind
    value: float = 0.0
    """Scale applied: "$1.2 billion" is 1.2e9. Percent 15 is 15.0; a third is 33.33."""
    bare: float = 0.0
    """As written, before scale: 1.2."""
    currency: str = ""
    unit: str = ""
    date: tuple[int | None, int | None, int | None] = (None, None, None)
    """Year, month, day."""
    text: str = ""
    start: int = 0
    end: int = 0
    also: float | None = None
    """Another reading of the digits: "1.445" may be 1445 on the continent."""


_VULGAR = {
    "¼": ".25", "½": ".5", "¾": ".75", "⅓": ".3333", "⅔": ".6667", "⅕": ".2", "⅛": ".125",
}  # fmt: skip


def normalise(text: str) -> str:
    """NFKC without soft hyphens and zero-width characters; plain dashes, quotes and spaces."""
    for sign, decimal in _VULGAR.items():
        text = re.sub(rf"(\d+)\s?{sign}", rf"\g<1>{decimal}", text).replace(sign, f"0{decimal}")
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", text)
    text = re.sub("[\u2010-\u2015\u2212\u2043]", "-", text)
    text = text.translate(str.maketrans("‘’‚‛“”„‟«»′″⁄", '\'\'\'\'""""""\'"/'))
    text = re.sub(r"\bper cent\b", "percent", text, flags=re.I)
    return re.sub(r"\s+", " ", text).strip()


def same_value(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


_ENGLISH = "january february march april may june july august september october november december"
_ENGLISH_MONTHS = frozenset(_ENGLISH.split())
_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.|º)?"
_DATES = [
    re.compile(rf"\b{_YEAR}-(?P<monthnumber>\d\d)-(?P<day>\d\d)(?:T[\d:.]+Z?)?\b"),
    re.compile(rf"\b(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|to|and|or)\s?{_DAY} {_MONTH}"
               rf"(?:,? {_YEAR}\b)?", re.I),
    re.compile(rf"\b{_DAY} (?:of |de )?{_MONTH}(?:,? (?:de )?{_YEAR}\b)?", re.I),
    re.compile(rf"\b{_MONTH} {_DAY}(?!\d|[.,]\d|%| percent)(?:,? {_YEAR}\b)?", re.I),
    re.compile(rf"\b{_MONTH},? (?:of |de )?{_YEAR}\b", re.I),
    re.compile(rf"\b{_MONTH}", re.I),
]  # fmt: skip
_PERIODS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"\b(?:Q(?P<n>[1-4])|(?P<m>[1-4])Q)(?:[ '/-]{0,2}(?P<year>(?:20)?\d\d)\b)?"), "Q"),
    (re.compile(r"\b(?:H(?P<n>[12])|(?P<m>[12])H)(?:[ '/-]{0,2}(?P<year>(?:20)?\d\d)\b)?"), "H"),
    (re.compile(r"\b(?P<w>first|second|third|fourth|1st|2nd|3rd|4th)[ -](?:fiscal )?quarters?\b",
                re.I), "Q"),
    (re.compile(r"\b(?P<w>first|second|1st|2nd)[ -]half(?:[ -]year)?\b", re.I), "H"),
]  # fmt: skip
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_YEAR_PAIR = re.compile(
    r"\b(?:FY ?)?(?P<a>(?:19|20)\d\d)\s?[-/]\s?(?P<b>(?:19|20)?\d\d)\b(?![.,]?\d|%)"
)
_FISCAL = re.compile(r"\bFY ?'?(?P<a>(?:20)?\d\d)\b")

_SIGN = "|".join(re.escape(s) for s in sorted(CURRENCY_SIGNS, key=len, reverse=True))
_ISO = "|".join(ISO_CURRENCIES)
_SCALE = "|".join(sorted((re.escape(s) for s in SCALES), key=len, reverse=True))
_UNIT = "|".join(sorted((re.escape(u) for u in UNITS), key=len, reverse=True))
_MONEY_WORD = "|".join(sorted(CURRENCY_WORDS, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[, ']\d{3})+(?![\d])(?:\.\d+)?|\d+(?:[.,]\d+)?"
_TAIL = (
    rf"(?:\s?-?(?P<scale>(?:{_SCALE})(?![A-Za-z]))\.?)?"
    rf"(?:\s?-?(?:(?P<bp>basis[- ]points?|bps?\b)"
    rf"|(?P<pp>percentage[- ]points?|pp\b|ppts?\b|%[- ]points?|points? of percent)"
    rf"|(?P<pct>%|percent\b|pct\b|pc\b|Prozent\b)"
    rf"|(?P<iso2>(?:{_ISO})\b)|(?P<sign2>€|£|₽)|(?P<money>(?:{_MONEY_WORD})\b)"
    rf"|(?P<unit>(?:{_UNIT})(?![A-Za-z]))))?"
)
_NUMBER = re.compile(
    rf"(?<![\w.])(?:(?P<sign>{_SIGN})\s?|(?P<iso>{_ISO})\s?)?(?:(?<!\d)[+-])?(?P<digits>{_DIGITS}){_TAIL}"
)
_WORD_TAIL = re.compile(_TAIL)
_NAME = re.compile(
    r"\b(?![QH][1-4]\b)(?:(?!(?:"
    + _ISO
    + r")\d)[A-Za-z]+-?\d+[A-Za-z\d-]*|\d+(?:[GDX]|[A-Z]{2,}[a-z]*)\b)"
)
_KNOWN_SUFFIX = re.compile(rf"\d+(?:{_SCALE}|{_UNIT}|{_ISO}|{_MONEY_WORD})$")
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_LIST_NUMBER = re.compile(r"(?:^|\s)\(?\d{1,2}[.)](?=\s+[A-Z])")


def _number(digits: str) -> tuple[float, float | None]:
    if re.fullmatch(r"\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?", digits):
        return float(re.sub("[, ']", "", digits)), None
    if re.fullmatch(r"\d+,\d+", digits):
        return float(digits.replace(",", ".")), None
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits):
        return float(digits), float(digits.replace(".", ""))
    return float(digits), None


def _year(text: str | None) -> int | None:
    return None if not text else int(text) if len(text) == 4 else 2000 + int(text)


class _Reader:
    """Reads one normalised text; what is read is blanked, so that nothing is read twice."""

    def __init__(self, text: str, generous: bool) -> None:
        self.whole = text
        self.text = text
        self.generous = generous
        self.found: list[Figure] = []

    def take(self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], list[Figure]]) -> None:
        # finditer keeps the text it was given, so look-behinds see what earlier matches blank.
        for match in pattern.finditer(self.text):
            made = make(match)
            if made:
                start, end = match.span()
                text = self.whole[start:end].strip()
                self.found += [f._replace(text=text, start=start, end=end) for f in made]
                self.blank(start, end)

    def blank(self, start: int, end: int) -> None:
        self.text = self.text[:start] + "\x00" * (end - start) + self.text[end:]

    def dates(self) -> None:
        def make(match: re.Match[str]) -> list[Figure]:
            groups = match.groupdict()
            name = groups.get("month")
            month = MONTHS[name.casefold()] if name else int(groups["monthnumber"])
            day = int(groups["day"]) if groups.get("day") else None
            year = _year(groups.get("year"))
            if name and year is None and not _is_month(name, alone=day is None):
                return []
            if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
                return []
            days = [int(groups["first"]), day] if groups.get("first") else [day]
            return [Figure("date", date=(year, month, d)) for d in days]

        for pattern in _DATES:
            self.take(pattern, make)

    def periods(self) -> None:
        for pattern, letter in _PERIODS:

            def make(match: re.Match[str], letter: str = letter) -> list[Figure]:
                groups = match.groupdict()
                n = groups.get("n") or groups.get("m")
                nth = int(n) if n else _NTH[groups["w"].casefold()]
                out = [Figure("period", value=nth, unit=letter)]
                if year := _year(groups.get("year")):
                    out.append(Figure("date", date=(year, None, None)))
                return out

            self.take(pattern, make)

        def pair(match: re.Match[str]) -> list[Figure]:
            first = int(match["a"])
            last = int(match["b"]) if len(match["b"]) == 4 else first // 100 * 100 + int(match["b"])
            if not first <= last <= first + 60:
                return []
            return [Figure("date", date=(y, None, None)) for y in (first, last)]

        self.take(_YEAR_PAIR, pair)
        self.take(_FISCAL, lambda m: [Figure("date", date=(_year(m["a"]), None, None))])

    def names(self) -> None:
        self.take(_TIME, lambda m: [Figure("name")])
        self.take(_NAME, lambda m: [] if _KNOWN_SUFFIX.fullmatch(m.group()) else [Figure("name")])
        weekday = re.compile(r"\b(?:" + "|".join(WEEKDAYS) + r")\b")
        self.take(weekday, lambda m: [Figure("name")])

    def shares(self) -> None:
        """ "1 in 5", "one time in four", as percent."""

        def make(match: re.Match[str]) -> list[Figure]:
            share = share_of(match["n"], match["m"])
            return [] if share is None else [Figure("percent", value=share, bare=share)]

        kept = self.text
        self.take(ONE_IN, make)
        if self.generous:
            self.text = kept

    def numbers(self) -> None:
        def make(match: re.Match[str]) -> list[Figure]:
            bare, also = _number(match["digits"])
            currency = CURRENCY_SIGNS.get(match["sign"] or "", match["iso"] or "")
            figure = _with_tail(bare, match, currency)
            plain = not (figure.currency or figure.unit or match["scale"])
            if figure.kind == "number" and plain and re.fullmatch(r"(19|20)\d\d", match["digits"]):
                return [Figure("date", date=(int(match["digits"]), None, None))]
            scale = figure.value / bare if bare else 1.0
            return [figure._replace(also=None if also is None else also * scale)]

        self.take(re.compile(r"\b(?P<n>\d{1,3})(?:st|nd|rd|th)\b"),
                  lambda m: [Figure("ordinal", value=float(m["n"]))])  # fmt: skip
        self.take(_NUMBER, make)

    def words(self) -> None:
        for start, end, value, kind in word_numbers(self.text, generous=self.generous):
            if kind != "number":
                figure = Figure(kind, value=value, bare=value)
            else:
                tail = _WORD_TAIL.match(self.text, end)
                figure = Figure("number", value=value, bare=value)
                if tail is not None and tail.end() > end:
                    figure = _with_tail(value, tail, "")
                    end = tail.end()
            self.found.append(
                figure._replace(text=self.whole[start:end].strip(), start=start, end=end)
            )
            self.blank(start, end)
        for word, factor in FACTORS.items():
            self.constant(rf"\b{word}\b(?!-digit)", Figure("factor", value=factor))
        for word, nth in ORDINALS.items():
            pattern = rf"\b{word}\b(?![ -]part(?:y|ies)|[ -]countr)"
            self.constant(pattern, Figure("ordinal", value=nth))

    def constant(self, pattern: str, figure: Figure) -> None:
        self.take(re.compile(pattern, re.I), lambda match: [figure])


def _is_month(name: str, *, alone: bool) -> bool:
    """Whether a month's name without a year is one: "6 may have" and "Mar" alone are not."""
    if not name.isascii():
        return True
    if alone:
        return name[:1].isupper() and name.casefold() in _ENGLISH_MONTHS
    return name[:1].isupper() or name.casefold() not in {"may", "march", "mar", "mars", "mai"}


def _with_tail(bare: float, match: re.Match[str], currency: str) -> Figure:
    scale = SCALES[match["scale"].casefold()] if match["scale"] else 1.0
    kind: Kind = "number"
    if match["bp"]:
        kind = "basis point"
    elif match["pp"]:
        kind = "point"
    elif match["pct"]:
        kind = "percent"
    if not currency and match["iso2"]:
        currency = match["iso2"]
    if not currency and match["sign2"]:
        currency = CURRENCY_SIGNS[match["sign2"]]
    if not currency and match["money"]:
        currency = CURRENCY_WORDS[match["money"].casefold()]
    unit, factor = UNITS[match["unit"].casefold()] if match["unit"] else ("", 1.0)
    return Figure(kind, bare * scale * factor, bare, currency, unit)


_JOINS = re.compile(r"^\s?(?:to|-|and|or|or even|through)\s?(?:about |around |some )?$")


def _ranges(found: list[Figure], text: str, generous: bool) -> list[Figure]:
    """In "25 to 30 percent" the 25 is a percentage as well, in "$1.2 to 1.3 billion" billions."""
    found = sorted(found, key=lambda f: (f.start, f.end))
    out = list(found)
    for i in range(len(found) - 1):
        left, right = found[i], found[i + 1]
        if left.kind != "number" or right.kind not in {"number", "percent", "point", "basis point"}:
            continue
        if not _JOINS.match(text[left.end : right.start]):
            continue
        scale = right.value / right.bare if right.bare else 1.0
        own_scale = left.value / left.bare if left.bare else 1.0
        if "and" in text[left.end : right.start] and "between" not in text[: left.start].casefold():
            continue
        heir = left._replace(
            kind=right.kind,
            currency=left.currency or right.currency,
            unit=left.unit or right.unit,
            value=left.bare * (scale if own_scale == 1.0 else own_scale),
        )
        if left.currency and not right.currency and right.kind == "number":
            out[out.index(right)] = right._replace(currency=left.currency)
        if heir != left:
            if generous:
                out.append(heir)
            else:
                out[out.index(left)] = heir
    return out


def figures(text: str, *, generous: bool = False) -> list[Figure]:
    """All figures of `text`, in order of position; offsets are those of `normalise(text)`.

    generous: for the side that is searched rather than checked: also "one" and "a dozen" read
    loosely, both readings of an ambiguous range.
    """
    whole = normalise(text)
    reader = _Reader(whole, generous)
    reader.take(_LIST_NUMBER, lambda m: [Figure("name", text="")])
    reader.found.clear()
    reader.dates()
    reader.periods()
    reader.names()
    reader.shares()
    reader.numbers()
    reader.words()
    return sorted(_ranges(reader.found, whole, generous), key=lambda f: (f.start, f.end))
