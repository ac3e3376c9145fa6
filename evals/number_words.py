"""Tables of words for `evals.figures`, and the reader of English number words."""

from __future__ import annotations

import re
from typing import Literal

__all__ = [
    "CURRENCY_SIGNS",
    "CURRENCY_WORDS",
    "FACTORS",
    "ISO_CURRENCIES",
    "MONTHS",
    "ONE_IN",
    "ORDINALS",
    "SCALES",
    "UNITS",
    "WEEKDAYS",
    "share_of",
    "word_numbers",
]

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        [
            "january jan januar janvier enero gennaio janeiro января январь январе",
            "february feb februar février febrero febbraio fevereiro февраля февраль феврале",
            "march mar märz mars marzo março марта март марте",
            "april apr avril abril aprile апреля апрель апреле",
            "may mai mayo maggio maio мая май мае",
            "june jun juni juin junio giugno junho июня июнь июне",
            "july jul juli juillet julio luglio julho июля июль июле",
            "august aug août agosto августа август августе",
            "september sept sep septembre septiembre settembre setembro сентября сентябрь сентябре",
            "october oct oktober octobre octubre ottobre outubro октября октябрь октябре",
            "november nov novembre noviembre novembro ноября ноябрь ноябре",
            "december dec dezember décembre diciembre dicembre dezembro декабря декабрь декабре",
        ],
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SCALES: dict[str, float] = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "tsd": 1e3, "тысяч": 1e3,
    "million": 1e6, "millions": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "mio": 1e6, "mm": 1e6,
    "M": 1e6, "K": 1e3, "B": 1e9, "T": 1e12, "миллионов": 1e6, "млн": 1e6,
    "billion": 1e9, "billions": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "mrd": 1e9, "млрд": 1e9,
    "trillion": 1e12, "trillions": 1e12, "trn": 1e12, "tn": 1e12, "трлн": 1e12,
    "dozen": 12.0, "crore": 1e7, "lakh": 1e5, "million million": 1e12,
}  # fmt: skip
SCALES.update({word.title(): value for word, value in list(SCALES.items()) if len(word) > 2})
SCALES.update({word.casefold(): value for word, value in list(SCALES.items())})

CURRENCY_SIGNS: dict[str, str] = {
    "US$": "USD", "$": "USD", "HK$": "HKD", "A$": "AUD", "C$": "CAD", "S$": "SGD", "NT$": "TWD",
    "NZ$": "NZD", "R$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "CN¥": "CNY", "₽": "RUB",
    "₹": "INR", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₦": "NGN",
}  # fmt: skip
ISO_CURRENCIES = (
    "USD", "EUR", "GBP", "JPY", "CNY", "CNH", "RMB", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK",
    "DKK", "PLN", "CZK", "HUF", "RON", "RUB", "UAH", "KZT", "TRY", "INR", "IDR", "MYR", "SGD",
    "HKD", "TWD", "KRW", "THB", "VND", "PHP", "BRL", "MXN", "ARS", "CLP", "COP", "ZAR", "NGN",
    "EGP", "KES", "ILS", "SAR", "AED", "QAR", "KWD",
)  # fmt: skip
CURRENCY_WORDS: dict[str, str] = {
    "us dollars": "USD", "dollars": "USD", "dollar": "USD", "euros": "EUR", "euro": "EUR",
    "pounds sterling": "GBP", "pounds": "GBP", "yuan": "CNY", "renminbi": "CNY", "yen": "JPY",
    "roubles": "RUB", "rouble": "RUB", "rubles": "RUB", "ruble": "RUB", "рублей": "RUB",
    "rupees": "INR", "swiss francs": "CHF", "francs": "CHF", "tenge": "KZT", "lira": "TRY",
    "hryvnia": "UAH", "zloty": "PLN", "rand": "ZAR", "naira": "NGN", "ringgit": "MYR",
    "baht": "THB", "reais": "BRL", "pesos": "MXN", "shekels": "ILS", "dirhams": "AED",
}  # fmt: skip


def _units() -> dict[str, tuple[str, float]]:
    """Word to canonical unit and the factor to it. Only exact decimal factors are converted."""
    families = {
        "km": "km kilometre kilometres kilometer kilometers",
        "metre": "metre metres meter meters",
        "mile": "mile miles", "foot": "foot feet",
        "tonne": "tonne tonnes ton tons metric-tons", "kg": "kg kilogram kilograms kilo kilos",
        "gram": "g gram grams грамм граммов",
        "barrel": "barrel barrels bbl", "ounce": "ounce ounces oz", "litre": "litre litres liters",
        "mw": "mw megawatt megawatts", "gw": "gw gigawatt gigawatts", "kw": "kw kilowatt kilowatts",
        "mwh": "mwh", "gwh": "gwh", "twh": "twh", "kwh": "kwh", "degree": "degrees °c °f",
        "hour": "hour hours", "minute": "minute minutes", "second": "seconds",
        "day": "day days", "working day": "working-day working-days business-days trading-days",
        "week": "week weeks", "month": "month months", "year": "year years yr yrs",
        "decade": "decade decades", "time": "times x fold", "share": "shares",
        "mg": "mg milligram milligrams", "nm": "nm nanometre nanometres nanometer",
    }  # fmt: skip
    table: dict[str, tuple[str, float]] = {}
    for canonical, words in families.items():
        for word in words.split():
            for form in {word, word.replace("-", " ")}:
                table[form] = table[form.casefold()] = (canonical, 1.0)
                if 2 <= len(form) <= 3:
                    table[form.upper()] = (canonical, 1.0)
    return table


UNITS = _units()

FACTORS: dict[str, float] = {
    "twice": 2.0, "doubl(?:e|es|ed|ing)": 2.0, "two-?fold": 2.0, "thrice": 3.0,
    "tripl(?:e|es|ed|ing)": 3.0, "trebl(?:e|es|ed|ing)": 3.0, "three-?fold": 3.0,
    "quadrupl(?:e|es|ed|ing)": 4.0, "four-?fold": 4.0, "five-?fold": 5.0, "ten-?fold": 10.0,
    "halv(?:e|es|ed|ing)": 0.5,
}  # fmt: skip
_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = (
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_SMALL = {word: float(value) for value, word in enumerate(_SMALL_WORDS.split())}
_TENS = {word: float(10 * value) for value, word in enumerate(_TEN_WORDS.split(), start=2)}
_BIG = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
ORDINALS: dict[str, float] = {
    word: float(value) for value, word in enumerate(_ORDINAL_WORDS.split(), start=3)
}
_PARTS = {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "tenth": 10}  # fmt: skip

_WORD = "|".join([*_TENS, *sorted(_SMALL, key=len, reverse=True), *_BIG, "dozen"])
_PHRASE = re.compile(
    rf"\b(?:(?P<a>an?|half an?|several|many|few|some) )?"
    rf"(?P<words>(?:{_WORD})(?:(?:-| and | )(?:{_WORD}))*)\b(?!s\b)",
    re.I,
)
_VAGUE = re.compile(r"\b(?P<w>dozen|hundred|thousand|million|billion|trillion)s\b(?: of\b)?", re.I)
_FRACTION = re.compile(
    rf"\b(?P<n>an?|{'|'.join(_SMALL)})[ -](?P<part>{'|'.join(_PARTS)})s?\b(?! of (?:20|19)\d\d)",
    re.I,
)
ONE_IN = re.compile(
    rf"\b(?P<n>{'|'.join(_SMALL)}|\d)(?: \w+)? (?:in|out of)(?: every)? "
    rf"(?P<m>{'|'.join([*_SMALL, *_TENS])}|3|4|5|10|20|100)\b(?! (?:percent|million|billion))(?!%)",
    re.I,
)
_HALF = re.compile(r"\bhalf\b(?![- ](?:year|hour|day|time|hearted|a\b|an\b|dozen))", re.I)
_PAIR = re.compile(r"\b(?:both|pair|couple|two)\b", re.I)


def share_of(part: str, whole: str) -> float | None:
    """Percent that "one" "in four" is; None when it is no share."""
    numbers = {**_SMALL, **_TENS}
    a = float(part) if part.isdigit() else numbers[part.casefold()]
    b = float(whole) if whole.isdigit() else numbers[whole.casefold()]
    return 100 * a / b if 0 < a < b else None


Word = tuple[int, int, float, Literal["number", "percent", "vague"]]


def _value(words: str) -> float | None:
    """The value of "twenty-five" or "two hundred and forty"; None when it is not one number."""
    total, current, last = 0.0, 0.0, 0.0
    for word in re.split(r"[\s-]+", words.casefold()):
        if word == "and":
            continue
        if word in _SMALL:
            if last and (last < 20 or last in _SMALL.values()):
                return None
            current += _SMALL[word]
            last = _SMALL[word] or 1.0
        elif word in _TENS:
            if last and last < 100:
                return None
            current += _TENS[word]
            last = _TENS[word]
        elif word == "dozen":
            current, last = (current or 1.0) * 12, 100.0
        elif word == "hundred":
            current, last = (current or 1.0) * 100, 100.0
        else:
            total, current, last = total + (current or 1.0) * _BIG[word], 0.0, 1000.0
    return total + current


def word_numbers(text: str, *, generous: bool) -> list[Word]:
    """Start, end, value and kind of the number words of `text`, in no particular order.

    Shares ("a third", "one in four", "half") come as percent. A lone "one" is mostly a pronoun
    and is read only where a unit or share follows, or when generous.
    """
    found: list[Word] = []
    masked = text

    def mask(start: int, end: int) -> None:
        nonlocal masked
        masked = masked[:start] + "\x00" * (end - start) + masked[end:]

    for match in _FRACTION.finditer(masked):
        parts = _PARTS[match["part"].casefold()]
        n = 1.0 if match["n"].casefold() in {"a", "an"} else _SMALL[match["n"].casefold()]
        plural = match.group().casefold().endswith("s")
        if 0 < n < parts and (plural == (n > 1)) and match["part"].casefold() != "fourth":
            found.append((*match.span(), 100 * n / parts, "percent"))
            mask(*match.span())
    for match in _HALF.finditer(masked):
        found.append((*match.span(), 50.0, "percent"))
        mask(*match.span())
    for match in _VAGUE.finditer(masked):
        found.append((*match.span(), {**_BIG, "dozen": 12.0}[match["w"].casefold()], "vague"))
        mask(*match.span())
    for match in _PHRASE.finditer(masked):
        found += _phrase(match, generous, text)
    if generous:
        found += [(*m.span(), 2.0, "number") for m in _PAIR.finditer(masked)]
        found += [(*m.span(), 1.0, "number") for m in re.finditer(r"\b(?:an?|single)\b", text)]
    return found


def _phrase(match: re.Match[str], generous: bool, text: str) -> list[Word]:
    words, before = match["words"], (match["a"] or "").casefold()
    first = words.split()[0].split("-")[0].casefold()
    start = match.start("words")
    if first in {*_BIG, "dozen"}:
        if before in {"several", "many", "few", "some"} and " " not in words:
            return [(match.start(), match.end(), {**_BIG, "dozen": 12.0}[first], "vague")]
        if before not in {"a", "an", "half a", "half an"}:
            return []  # the scale of a figure in digits, or part of a name
        start = match.start()
    value = _value(words)
    if value is None:
        # "two or three" came in one piece: read each word alone.
        at, out = match.start("words"), list[Word]()
        for part in re.finditer(r"[a-z]+", words, re.I):
            single = {**_SMALL, **_TENS}.get(part.group().casefold())
            if single is not None:
                out.append((at + part.start(), at + part.end(), single, "number"))
        return out
    if before.startswith("half"):
        value /= 2
    if value == 1.0 and not generous:
        after = text[match.end() : match.end() + 24].casefold()
        counted = re.match(
            r"[ -](?:percent|percentage|basis|times?|year|month|week|day|hour|billion|million"
            r"|trillion|euro|dollar|pound|kilomet|tonne)",
            after,
        )
        if not counted:
            return []
    return [(start, match.end(), value, "number")]
