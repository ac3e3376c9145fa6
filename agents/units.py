"""Units, currencies and scales: what they are called and how they convert.

Factors are exact by definition (international yard and pound, SI) except month and year, which
are means of the Gregorian calendar and only ever used for comparison, never for publishing.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "CURRENCY_WORDS",
    "ISO_CODES",
    "SCALES",
    "SYMBOLS",
    "Unit",
    "convertible",
    "currency_phrase",
    "singular",
    "unit_named",
]


class Unit(NamedTuple):
    name: str
    dimension: str
    factor: float
    """How many base units of its dimension one of it is."""


def _units() -> dict[str, Unit]:
    rows: list[tuple[str, str, float, str]] = [
        # name, dimension, factor, spellings (singular forms; plurals are derived)
        ("percent", "percent", 1, "% percent pct percentage"),
        ("percentage point", "percentage point", 1, "pp ppt ppts pps"),
        ("basis point", "percentage point", 0.01, "bp bps"),
        ("times", "times", 1, "times fold x"),
        ("mm", "length", 0.001, "mm millimetre millimeter"),
        ("cm", "length", 0.01, "cm centimetre centimeter"),
        ("m", "length", 1, "metre meter"),
        ("km", "length", 1000, "km kms kilometre kilometer"),
        ("inch", "length", 0.0254, "inch"),
        ("foot", "length", 0.3048, "foot feet ft"),
        ("yard", "length", 0.9144, "yard"),
        ("mile", "length", 1609.344, "mile"),
        ("nautical mile", "length", 1852, "nm"),
        ("mg", "mass", 1e-6, "mg milligram"),
        ("g", "mass", 0.001, "gram gramme"),
        ("kg", "mass", 1, "kg kgs kilo kilogram kilogramme"),
        ("tonne", "mass", 1000, "tonne t mt"),
        ("ton", "ton", 1, "ton"),
        ("lb", "mass", 0.45359237, "lb lbs"),
        ("ounce", "mass", 0.028349523125, "oz ounce"),
        ("ml", "volume", 1e-3, "ml millilitre milliliter"),
        ("l", "volume", 1, "litre liter"),
        ("m3", "volume", 1000, "m3 cbm"),
        ("barrel", "volume", 158.987294928, "barrel bbl"),
        ("gallon", "volume", 3.785411784, "gallon"),
        ("m2", "area", 1, "m2 sqm"),
        ("km2", "area", 1e6, "km2"),
        ("hectare", "area", 1e4, "hectare ha"),
        ("acre", "area", 4046.8564224, "acre"),
        ("W", "power", 1, "watt"),
        ("kW", "power", 1e3, "kw kilowatt"),
        ("MW", "power", 1e6, "mw megawatt"),
        ("GW", "power", 1e9, "gw gigawatt"),
        ("TW", "power", 1e12, "tw terawatt"),
        ("kWh", "energy", 1e3, "kwh kilowatthour"),
        ("MWh", "energy", 1e6, "mwh megawatthour"),
        ("GWh", "energy", 1e9, "gwh gigawatthour"),
        ("TWh", "energy", 1e12, "twh terawatthour"),
        ("second", "time", 1 / 86400, "sec secs"),
        ("minute", "time", 1 / 1440, "minute min mins"),
        ("hour", "time", 1 / 24, "hour hr hrs"),
        ("day", "time", 1, "day"),
        ("week", "time", 7, "week"),
        ("fortnight", "time", 14, "fortnight"),
        ("month", "time", 30.436875, "month"),
        ("quarter", "time", 91.310625, "quarter"),
        ("year", "time", 365.2425, "year yr yrs"),
        ("decade", "time", 3652.425, "decade"),
        ("century", "time", 36524.25, "century"),
        ("working day", "working day", 1, ""),
        ("KB", "data", 1e3, "kb kilobyte"),
        ("MB", "data", 1e6, "mb megabyte"),
        ("GB", "data", 1e9, "gb gigabyte"),
        ("TB", "data", 1e12, "tb terabyte"),
        ("Hz", "frequency", 1, "hz hertz"),
        ("kHz", "frequency", 1e3, "khz"),
        ("MHz", "frequency", 1e6, "mhz megahertz"),
        ("GHz", "frequency", 1e9, "ghz gigahertz"),
        ("°C", "celsius", 1, "°c celsius"),
        ("°F", "fahrenheit", 1, "°f fahrenheit"),
        ("degree", "degree", 1, "degree °"),
        ("km per hour", "speed", 1000, "kph kmh"),
        ("mile per hour", "speed", 1609.344, "mph"),
        ("knot", "speed", 1852, "knot"),
        ("barrel per day", "volume per day", 158.987294928, "bpd"),
        ("cent", "cent", 1, "cent"),
    ]
    table: dict[str, Unit] = {}
    for name, dimension, factor, spellings in rows:
        unit = Unit(name, dimension, factor)
        table[name.lower()] = unit
        for spelling in spellings.split():
            table[spelling] = unit
    table["second"] = table["sec"]
    return table


_UNITS = _units()
# Spelled with several words; longest first where one starts another.
_PHRASES: dict[tuple[str, ...], str] = {
    ("per", "cent"): "percent",
    ("percentage", "point"): "percentage point",
    ("percent", "point"): "percentage point",
    ("%", "point"): "percentage point",
    ("basis", "point"): "basis point",
    ("working", "day"): "working day",
    ("business", "day"): "working day",
    ("trading", "day"): "working day",
    ("metric", "ton"): "tonne",
    ("metric", "tonne"): "tonne",
    ("nautical", "mile"): "nautical mile",
    ("cubic", "metre"): "m3",
    ("cubic", "meter"): "m3",
    ("square", "metre"): "m2",
    ("square", "meter"): "m2",
    ("square", "kilometre"): "km2",
    ("square", "kilometer"): "km2",
    ("sq", "km"): "km2",
    ("degree", "celsius"): "°c",
    ("degree", "fahrenheit"): "°f",
    ("megawatt", "hour"): "mwh",
    ("gigawatt", "hour"): "gwh",
    ("kilowatt", "hour"): "kwh",
    ("terawatt", "hour"): "twh",
    ("calendar", "day"): "day",
    ("calendar", "quarter"): "quarter",
}
# Abbreviations that are also words, names or scales: units only right after a digit.
AFTER_DIGIT_ONLY = frozenset(
    "t mt m x g l nm bp min sec ft mm cm km kg mg ml ha kw mw gw tw kb mb gb tb ° pp lb lbs oz "
    "hr hrs yr yrs mins secs kms kgs".split()
)

SCALES: dict[str, float] = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "dozen": 12.0,
    "lakh": 1e5,
    "crore": 1e7,
    "k": 1e3,
    "tsd": 1e3,
    "mn": 1e6,
    "mln": 1e6,
    "mio": 1e6,
    "m": 1e6,
    "mm": 1e6,
    "bn": 1e9,
    "bln": 1e9,
    "b": 1e9,
    "tn": 1e12,
    "trn": 1e12,
    "milliard": 1e9,
}

SYMBOLS: dict[str, str] = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
    "NZ$": "NZD", "S$": "SGD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "$": "USD",
    "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₹": "INR", "₩": "KRW", "₺": "TRY",
    "₴": "UAH", "₪": "ILS", "₦": "NGN", "₫": "VND", "฿": "THB", "₱": "PHP", "₸": "KZT",
}  # fmt: skip

ISO_CODES: dict[str, str] = {
    code: code
    for code in (
        "USD EUR GBP JPY CNY RUB CHF SEK NOK DKK PLN CZK HUF RON BGN UAH TRY ILS INR KRW TWD HKD "
        "SGD AUD NZD CAD MXN BRL ARS CLP COP PEN ZAR NGN KES EGP SAR AED QAR KWD IRR IQD PKR BDT "
        "LKR IDR MYR THB VND PHP KZT UZS KGS TJS GEL AMD AZN BYN MDL RSD ISK MAD TND GHS ETB"
    ).split()
} | {"RMB": "CNY", "CNH": "CNY", "RUR": "RUB", "Rs": "INR", "NIS": "ILS"}

CURRENCY_WORDS: dict[str, str] = {
    "dollar": "USD", "euro": "EUR", "sterling": "GBP", "yuan": "CNY", "renminbi": "CNY",
    "rmb": "CNY", "yen": "JPY", "rouble": "RUB", "ruble": "RUB", "rupee": "INR", "franc": "CHF",
    "krona": "SEK", "kronor": "SEK", "krone": "NOK", "kroner": "NOK", "zloty": "PLN",
    "lira": "TRY", "hryvnia": "UAH", "shekel": "ILS", "rand": "ZAR", "ringgit": "MYR",
    "baht": "THB", "dirham": "AED", "riyal": "SAR", "naira": "NGN", "forint": "HUF",
    "tenge": "KZT", "som": "KGS", "koruna": "CZK", "rupiah": "IDR", "reais": "BRL",
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "quid": "GBP",
}  # fmt: skip
_CURRENCY_PHRASES: dict[tuple[str, ...], str] = {
    ("us", "dollar"): "USD", ("u.s", "dollar"): "USD", ("american", "dollar"): "USD",
    ("australian", "dollar"): "AUD", ("canadian", "dollar"): "CAD", ("singapore", "dollar"): "SGD",
    ("hong", "kong", "dollar"): "HKD", ("taiwan", "dollar"): "TWD", ("zealand", "dollar"): "NZD",
    ("swiss", "franc"): "CHF", ("cfa", "franc"): "XOF", ("danish", "krone"): "DKK",
    ("danish", "kroner"): "DKK", ("norwegian", "krone"): "NOK", ("norwegian", "kroner"): "NOK",
    ("swedish", "krona"): "SEK", ("swedish", "kronor"): "SEK", ("pound", "sterling"): "GBP",
    ("british", "pound"): "GBP", ("egyptian", "pound"): "EGP", ("mexican", "peso"): "MXN",
    ("argentine", "peso"): "ARS", ("chinese", "yuan"): "CNY", ("japanese", "yen"): "JPY",
    ("russian", "rouble"): "RUB", ("russian", "ruble"): "RUB", ("indian", "rupee"): "INR",
    ("korean", "won"): "KRW", ("turkish", "lira"): "TRY", ("polish", "zloty"): "PLN",
}  # fmt: skip

_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot",
    "halves": "half", "wives": "wife", "lives": "life", "companies": "company",
    "countries": "country", "centuries": "century", "analyses": "analysis", "crises": "crisis",
    "servicemen": "serviceman", "policemen": "policeman", "mice": "mouse", "teeth": "tooth",
    "troops": "troop", "buses": "bus", "gases": "gas", "shelves": "shelf", "premises": "premises",
    "series": "series", "species": "species", "headquarters": "headquarters", "barracks":
    "barracks", "news": "news", "times": "times", "means": "means", "criteria": "criterion",
    "cookies": "cookie", "movies": "movie", "selfies": "selfie", "ties": "tie", "pies": "pie",
    "caches": "cache", "axes": "axe", "leaves": "leaf", "knives": "knife", "thieves": "thief",
}  # fmt: skip


def singular(noun: str) -> str:
    """The singular of a lower-case English noun, by rule; unknown endings are left alone."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if len(noun) > 4 and noun.endswith("ies"):
        return noun[:-3] + "y"
    if len(noun) > 4 and noun.endswith(("ches", "shes", "xes", "sses", "zes")):
        return noun[:-2]
    if len(noun) > 3 and noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        return noun[:-1]
    return noun


def unit_named(words: list[str], after_digit: bool) -> tuple[Unit, int] | None:
    """The unit that the lower-case `words` open with, and how many of them it takes."""
    for size in (2,):
        if len(words) >= size:
            key = (*words[: size - 1], singular(words[size - 1]))
            spelled = _PHRASES.get(key) or _PHRASES.get((singular(key[0]), *key[1:]))
            if spelled is not None:
                return _UNITS[spelled], size
    if not words:
        return None
    word = words[0]
    if word in AFTER_DIGIT_ONLY and not after_digit:
        return None
    unit = _UNITS.get(word) or _UNITS.get(singular(word))
    return (unit, 1) if unit else None


def currency_phrase(words: list[str]) -> tuple[str, int] | None:
    """The currency that the lower-case `words` open with ("hong kong dollars"), and its size."""
    for size in (3, 2):
        if len(words) >= size:
            found = _CURRENCY_PHRASES.get((*words[: size - 1], singular(words[size - 1])))
            if found is None and size == 2:
                found = _CURRENCY_PHRASES.get((singular(words[0]), words[1]))
            if found:
                return found, size
    if words and (found := CURRENCY_WORDS.get(singular(words[0]))):
        return found, 1
    return None


def convertible(first: str, second: str) -> float | None:
    """The factor f with `1 first == f second`, None when they measure different things."""
    if first == second:
        return 1.0
    left, right = _UNITS.get(first.lower()), _UNITS.get(second.lower())
    if left is None or right is None or left.dimension != right.dimension:
        return None
    return left.factor / right.factor
