"""Whether each figure of a sentence is found in the words it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evals.figures import Figure, figures, normalise, same_value
from evals.number_words import CURRENCY_SIGNS, CURRENCY_WORDS, ISO_CURRENCIES, SCALES

__all__ = ["Evidence", "matches"]

_HEADER = re.compile(
    rf"(?P<currency>{'|'.join(ISO_CURRENCIES)}|[$€£¥])\s?(?P<scale>million|billion|thousand|bn|mn|m)\b",
    re.I,
)
_VAGUE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0}


def matches(wanted: Figure, found: Figure) -> bool:
    """Whether `found` states what `wanted` says. A unit or currency that only one of the two
    names is no conflict; percent, percentage points and plain numbers are never equal."""
    if wanted.kind == "date":
        if found.kind != "date":
            return False
        return all(w is None or w == f for w, f in zip(wanted.date, found.date, strict=True))
    if wanted.kind == "factor":
        if found.kind == "percent":
            return same_value(100 * wanted.value, found.value)
        counts = found.kind == "factor" or (found.kind == "number" and found.unit == "time")
        return counts and same_value(wanted.value, found.value)
    if wanted.kind == "ordinal":
        return found.kind in {"ordinal", "number"} and same_value(wanted.value, found.value)
    if wanted.kind == "period":
        return found.kind == "period" and (wanted.value, wanted.unit) == (found.value, found.unit)
    if wanted.kind != found.kind:
        return False
    if wanted.currency and found.currency and wanted.currency != found.currency:
        return {wanted.currency, found.currency} <= {"CNY", "RMB", "CNH"}
    if wanted.unit and found.unit and wanted.unit != found.unit:
        return False
    readings = [found.value] + ([] if found.also is None else [found.also])
    if any(same_value(wanted.value, reading) for reading in readings):
        return True
    # Shares in words are rounded by nature: "a third" is 33 percent.
    words = not any(c.isdigit() for c in wanted.text) or not any(c.isdigit() for c in found.text)
    return wanted.kind == "percent" and words and abs(wanted.value - found.value) < 0.5


class Evidence:
    """The figures and words of some quotes.

    quotes: exact words of the sources. extra: publishers, authors, publication dates and
    calculations, which count as part of the quotes they belong to.
    """

    def __init__(self, quotes: Iterable[str], extra: Iterable[str] = ()) -> None:
        texts = [*quotes, *extra]
        self.text = " \n ".join(normalise(t) for t in texts)
        self.figures = [f for t in texts for f in figures(t, generous=True)]
        self._squeezed = re.sub(r"[^0-9a-z]", "", self.text.casefold())
        words = set(re.findall(r"[A-Za-z]+", self.text))
        self._currencies = {iso for iso in ISO_CURRENCIES if iso in words}
        self._currencies |= set(re.findall(rf"({'|'.join(ISO_CURRENCIES)})\d", self.text))
        self._currencies |= {c for sign, c in CURRENCY_SIGNS.items() if sign in self.text}
        said = self.text.casefold()
        self._currencies |= {
            c for word, c in CURRENCY_WORDS.items() if re.search(rf"\b{word}\b", said)
        }
        for match in _HEADER.finditer(self.text):
            self._apply_header(match)
        if re.search(r"(?<![\d\s])\s?%|(?<!\d )\bpercent(?:age)?\b", self.text):
            self.figures += [
                f._replace(kind="percent") for f in self.figures if f.kind == "number"
                and not f.unit and not f.currency
            ]  # fmt: skip

    def _apply_header(self, match: re.Match[str]) -> None:
        """ "EUR million unless stated" gives the bare numbers of a table their scale."""
        if re.search(r"\d[\d.,]*\s?$", self.text[: match.start()]):
            return
        sign = match["currency"].upper()
        currency = CURRENCY_SIGNS.get(sign, sign)
        scale = SCALES[match["scale"].casefold()]
        self.figures += [
            f._replace(value=f.bare * scale, currency=currency)
            for f in list(self.figures)
            if f.kind == "number" and f.value == f.bare and not (f.unit or f.currency)
        ]

    def states(self, figure: Figure) -> bool:
        """Whether some quote states `figure`, unit, scale and currency included."""
        if figure.kind == "name":
            wanted = re.sub(r"[^0-9a-z]", "", figure.text.casefold())
            return wanted in self._squeezed
        if figure.kind == "vague":
            word = next((w for w, v in _VAGUE.items() if v == figure.value), "")
            return bool(word) and word in self.text.casefold()
        if figure.kind == "date":
            return self._states_date(figure)
        if figure.currency and figure.currency not in self._currencies:
            renminbi = {"CNY", "CNH", "RMB"}
            if not (figure.currency in renminbi and renminbi & self._currencies):
                return False
        return any(matches(figure, f) for f in self.figures)

    def _states_date(self, figure: Figure) -> bool:
        year, month, day = figure.date
        dates = [f for f in self.figures if f.kind == "date"]
        if any(matches(figure, f) for f in dates):
            return True
        if year is not None and month is None:
            return any(f.kind == "number" and same_value(f.value, year) for f in self.figures)
        # Day and month in one place, the year in another: "13 May" in a text of 2025.
        day_found = any(matches(figure._replace(date=(None, month, day)), f)
                        and f.date[0] in {None, year} for f in dates)  # fmt: skip
        return day_found and any(f.date[0] == year for f in dates)

    def missing(self, text: str) -> list[Figure]:
        """The figures of `text` that no quote states."""
        return [f for f in figures(text) if not self.states(f)]
