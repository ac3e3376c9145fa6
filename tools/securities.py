"""Company names to tickers, offline, from `pytickersymbols` (the large US, European and Japanese
indices, about 1,800 companies).

A wrong ticker is worse than none, so a name resolves only when it is, after taking off legal
forms, exactly one listed company's name. Nothing is guessed from a beginning or a likeness, and
words of everyday language ("Target", "Block", "Progress") need their legal form beside them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

from agents.ports import Security

__all__ = ["Securities", "normalised"]

_US: Final = ""
_FORMS: Final[dict[str, frozenset[str] | None]] = {
    # Legal form to where companies that bear it are listed (Yahoo suffix, "" for the US); None is
    # anywhere. A form that does not go with the listing names another company, often a local
    # subsidiary: "Siemens Ltd" is listed in Mumbai, "Apple GmbH" nowhere.
    "inc": frozenset({_US}),
    "incorporated": frozenset({_US}),
    "corp": frozenset({_US, "T"}),
    "corporation": frozenset({_US, "T"}),
    "co": frozenset({_US, "T"}),
    "company": frozenset({_US, "T"}),
    "ltd": frozenset({_US, "T", "L", "SW"}),
    "limited": frozenset({_US, "T", "L", "SW"}),
    "plc": frozenset({_US, "L", "AS", "PA"}),
    "ag": frozenset({"DE", "F", "SW", "VI"}),
    "kgaa": frozenset({"DE", "F"}),
    "se": frozenset({"DE", "F", "PA", "AS", "BR", "MC", "HE", "VI"}),
    "sa": frozenset({_US, "PA", "MC", "BR", "SW", "AS"}),
    "nv": frozenset({_US, "AS", "BR", "PA", "MI"}),
    "spa": frozenset({"MI", "PA"}),
    "ab": frozenset({"ST", "HE"}),
    "oyj": frozenset({"HE", "ST"}),
    "oy": frozenset({"HE"}),
    "asa": frozenset({"OL"}),
    "gmbh": frozenset(),
    "llc": frozenset(),
    "holding": None,
    "holdings": None,
    "group": None,
    "publ": None,
}
_EVERYDAY: Final = frozenset(
    # Names of the list that are also words, places, people, families of companies, markets.
    """aar acs admiral alamo apa arm aviva ball berkeley block booking box brady cactus canon
    carnival city compass continental corning cts dana deluxe diodes diploma disco employers
    evolution fox gates geo griffon harmonic hawkins hayward hci hexagon hilltop hub icg imi
    indus informa integer interface investor kingfisher lindsay ly match matson mitsubishi
    mitsui moog myr nasdaq news next nn noble norma now olympus orange organon partners pearson
    phoenix persimmon plexus pool porsche pra prog progressive prudential rational recruit rogers
    rollins rpc sabre sage sampo sca screen ses sharp shift shimizu sixt
    stepstone sto sumitomo tapestry target tennant tidewater trimble vinci visa volvo waters
    weir yamaha""".split()
)
_SHORT_NAMES: Final = {
    # What newspapers call a company that is listed under a longer name.
    "google": "alphabet",
    "facebook": "meta platforms",
    "meta": "meta platforms",
    "ford": "ford motor",
    "lockheed": "lockheed martin",
    "jpmorgan": "jpmorgan chase",
    "jp morgan": "jpmorgan chase",
    "coca cola": "the coca cola",
    "walt disney": "the walt disney",
    "disney": "the walt disney",
    "exxon": "exxonmobil",
    "exxon mobil": "exxonmobil",
    "toyota motor": "toyota",
}
_HOMES: Final = {
    "Belgium": "BR",
    "Finland": "HE",
    "France": "PA",
    "Italy": "MI",
    "Netherlands": "AS",
    "Spain": "MC",
    "Sweden": "ST",
    "Switzerland": "SW",
    "United Kingdom": "L",
}
_DOTTED: Final = re.compile(r"\b((?:[a-z]\.){1,}[a-z])\b\.?")
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
_POSSESSIVE: Final = re.compile(r"['’]s?$")


class _Name(NamedTuple):
    words: tuple[str, ...]
    """Without legal forms."""
    forms: frozenset[str]

    @property
    def key(self) -> str:
        return " ".join(self.words)


def normalised(name: str) -> str:
    """The name as it is compared: no case, accents, punctuation or legal forms."""
    return _parsed(name).key


class Securities:
    """SecuritiesPort over the packaged list. Cheap to make; the list is read at first use."""

    def resolve(self, name: str) -> Security | None:
        """The one listed company of that name, None when unknown, ambiguous or too common.

        A one-word name must be written with a capital or digit ("Apple", not "apple").
        """
        parsed = _parsed(name)
        if not parsed.words or len(name) > 120:
            return None
        key = parsed.key
        everyday = len(parsed.words) == 1 and (
            key in _EVERYDAY or not any(c.isupper() or c.isdigit() for c in name)
        )
        if everyday and not parsed.forms:
            return None
        found = [
            security
            for security in self._index.get(_SHORT_NAMES.get(key, key), ())
            if _agrees(parsed.forms, security.ticker)
        ]
        if not found and (owner := _POSSESSIVE.sub("", name.strip())) != name.strip():
            return self.resolve(owner)
        return found[0] if len({security.ticker for security in found}) == 1 else None

    @cached_property
    def _index(self) -> dict[str, list[Security]]:
        """Normalised name to the securities that bear it; several may."""
        from pytickersymbols import PyTickerSymbols  # 0.3 s, and most commands need none of it

        index: dict[str, list[Security]] = {}
        for stock in PyTickerSymbols().get_all_stocks():
            ticker = _ticker(stock)
            if ticker is None:
                continue
            name = str(stock["name"]).strip()
            exchange: Literal["us", "other"] = "us" if _suffix(ticker) == _US else "other"
            index.setdefault(normalised(name), []).append(
                Security(name=name, ticker=ticker, exchange=exchange)
            )
        return index


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("ß", "ss")
    text = _DOTTED.sub(lambda m: m[1].replace(".", ""), text).replace("&", " and ")
    # "McDonald's" is one word, as is "McDonalds".
    return _WORD.findall(re.sub(r"['’]", "", text))


def _parsed(name: str) -> _Name:
    words = _words(name)
    forms: set[str] = set()
    while len(words) > 1 and (words[-1] in _FORMS or (words[-1] == "and" and forms)):
        word = words.pop()
        if word != "and":
            forms.add(word)
    return _Name(tuple(words), frozenset(forms))


def _agrees(forms: frozenset[str], ticker: str) -> bool:
    where = [places for form in forms if (places := _FORMS[form]) is not None]
    # One form that fits is enough: "Co Ltd", "SE & Co KGaA".
    return not where or any(_suffix(ticker) in places for places in where)


def _ticker(stock: dict[str, Any]) -> str | None:
    """The primary listing's symbol; None where the list contradicts itself or has none."""
    symbol = str(stock.get("symbol") or "")
    if not symbol:
        return None
    listings = [str(entry.get("yahoo", "")) for entry in stock.get("symbols") or ()]
    if "." not in symbol and not (symbol.isalpha() and (symbol in listings or not listings)):
        # A European share without its suffix would read as a US ticker.
        symbol = next((listed for listed in listings if listed.startswith(f"{symbol}.")), "")
    if symbol.endswith(".F") and stock.get("country") != "Germany":
        # Everything trades in Frankfurt too; the listing at home is the one people mean.
        home = _HOMES.get(str(stock.get("country")))
        symbol = next((listed for listed in listings if _suffix(listed) == home), "")
    return symbol or None


def _suffix(ticker: str) -> str:
    """Yahoo's exchange suffix; share classes ("BRK.B") are not one."""
    _, dot, suffix = ticker.rpartition(".")
    return _US if not dot or suffix in {"A", "B", "C"} else suffix
