"""Invariant 2: what of a published sentence its quotes do not state.

A number, date or percentage is covered when the quotes state the same value with the same
currency and unit, no vaguer than the sentence: rounding words may be added, never removed, and
a bound neither added nor removed. A false pass is the worse error here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agents.countries import country_of
from agents.dates import DateMention, dates
from agents.evidence import Quantity
from agents.names import definitions, names, same_name
from agents.normalise import normalise
from agents.quantities import is_ratio, is_share, quantities, unread_numbers
from agents.units import singular, unit_named

__all__ = ["missing_names", "uncovered"]

_FALL = re.compile(
    r"\b(?:f[ae]ll\w*|down|drop\w*|los[st]\w*|declin\w*|lower\w*|negative|shr[aiu]nk\w*|minus|cut|"
    r"decreas\w*|slump\w*|slid\w*|reduc\w*|contract\w*|deficit|below|fewer|less|off|plung\w*)\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"\b(?:one|1|single|sole|lone)\b", re.IGNORECASE)
_ORDINAL_WORDS = {
    word: number
    for number, word in enumerate(
        "fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=4,
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}
_ORDINAL = re.compile(r"\b(?:(\d+)(?:st|nd|rd|th)|(" + "|".join(_ORDINAL_WORDS) + r"))s?\b")
_RELATIVE = re.compile(
    r"\b(?:(?:later |earlier )?(?:this|next|last|coming|previous) (?:week|month|quarter|year|"
    r"decade|century)|today|yesterday|tomorrow)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Stated:
    """Everything numeric that the quotes (and the documents' own data) state."""

    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    identifiers: frozenset[str]
    bare: frozenset[str]
    ordinals: frozenset[int]
    text: str


def _same(first: float, second: float) -> bool:
    return abs(first - second) <= 1e-9 * max(abs(first), abs(second), 1e-300)


def _measured(unit: str) -> bool:
    """A unit of measurement, as against a counted noun."""
    base = unit.split(" per ")[0].lower()
    found = unit_named(base.split(), True)
    return bool(unit) and (unit.startswith("per ") or bool(found and found[1] == len(base.split())))


def _ordinals(text: str) -> frozenset[int]:
    return frozenset(
        int(m.group(1)) if m.group(1) else _ORDINAL_WORDS[m.group(2)]
        for m in _ORDINAL.finditer(text.lower())
    )


def _stated(quotes: Sequence[str], also: Sequence[str]) -> _Stated:
    found: list[Quantity] = []
    mentions: list[DateMention] = []
    identifiers: set[str] = set()
    for text in (*quotes, *also):
        found.extend(quantities(text))
        mentions.extend(dates(text))
        identifiers.update(written.lower() for _, _, written in unread_numbers(text))
    joined = "\n".join(normalise(text).text for text in (*quotes, *also))
    bare = {normalise(q.text).text.lower() for q in found if not q.unit and not q.currency}
    return _Stated(
        tuple(found),
        tuple(mentions),
        frozenset(identifiers),
        frozenset(bare),
        _ordinals(joined),
        joined,
    )


def _unit_agrees(wanted: Quantity, stated: Quantity, all_stated: Iterable[Quantity]) -> bool:
    if wanted.currency != stated.currency:
        return False
    if wanted.currency:
        # Dropping "per kilogram" leaves the figure standing; adding it does not.
        return wanted.unit in {stated.unit, ""}
    if wanted.unit == stated.unit:
        return (
            is_share(wanted) == is_share(stated) and is_ratio(wanted) == is_ratio(stated)
            if wanted.unit == "percent"
            else True
        )
    if {wanted.unit, stated.unit} == {"times", "percent"}:
        return False
    left, right = _measured(wanted.unit), _measured(stated.unit)
    if left or right:
        return bool(left and right and stated.unit.startswith(f"{wanted.unit} per "))
    if not wanted.unit or not stated.unit:
        return True
    # Two counted nouns ("troops", "military personnel"): other words for the same thing, unless
    # the quotes count the sentence's own noun with another number.
    return not any(q.unit == wanted.unit and not _same(q.value, wanted.value) for q in all_stated)


def _sign_agrees(wanted: Quantity, stated: Quantity, sentence: str, quotes: str) -> bool:
    if _same(wanted.value, stated.value):
        return True
    if not _same(wanted.value, -stated.value):
        return False
    other = sentence if stated.value < 0 else quotes
    return bool(_FALL.search(other))


def _halved(wanted: Quantity, stated: Quantity) -> bool:
    """ "Halved" and "by half" are one statement."""
    pair = {wanted.unit: wanted.value, stated.unit: stated.value}
    return pair == {"times": 0.5, "percent": 50.0} and (is_share(wanted) or is_share(stated))


def _qualifiers_agree(wanted: Quantity, stated: Quantity) -> bool:
    if stated.approximate and not wanted.approximate:
        return False
    if wanted.bound == stated.bound:
        return True
    return wanted.approximate and stated.approximate and not wanted.bound


def _ends(stated: Quantity) -> tuple[Quantity, Quantity]:
    low = stated.model_copy(update={"high": None})
    high = stated.model_copy(update={"value": stated.high, "high": None})
    return low, high


def _number_covered(
    wanted: Quantity, mine: Sequence[Quantity], stated: _Stated, sentence: str
) -> bool:
    written = normalise(wanted.text).text.lower()
    for other in stated.quantities:
        if _halved(wanted, other) and _qualifiers_agree(wanted, other):
            return True
        if not _unit_agrees(wanted, other, stated.quantities):
            continue
        if wanted.high is not None:
            if (
                other.high is not None
                and _same(wanted.value, other.value)
                and _same(wanted.high, other.high)
                and _qualifiers_agree(wanted, other)
            ):
                return True
            continue
        if other.high is not None:
            # One end of a range: with the other end beside it, or as the bound it is.
            low, high = _ends(other)
            both = any(_same(q.value, other.value) for q in mine) and any(
                _same(q.value, other.high) for q in mine
            )
            for end, bound in ((low, "min"), (high, "max")):
                if end.value is None or not _same(wanted.value, end.value):
                    continue
                fits = wanted.bound == bound or (both and not wanted.bound)
                if fits and (wanted.approximate or not other.approximate):
                    return True
            continue
        if _sign_agrees(wanted, other, sentence, stated.text) and _qualifiers_agree(wanted, other):
            return True
    if wanted.high is not None and _spread(wanted, stated):
        return True
    bare = not wanted.currency and not _measured(wanted.unit)
    if bare and wanted.value == 1 and _ONE.search(stated.text):
        return True
    return bare and written in stated.identifiers


def _spread(wanted: Quantity, stated: _Stated) -> bool:
    """A range whose two ends the quotes state one after the other ("from 4 percent to 6")."""
    pairs = zip(stated.quantities, stated.quantities[1:], strict=False)
    return wanted.high is not None and any(
        _same(a.value, wanted.value)
        and _same(b.value, wanted.high)
        and (a.currency, a.unit) == (b.currency, b.unit) == (wanted.currency, wanted.unit)
        and a.high is None
        and b.high is None
        and (wanted.approximate or not (a.approximate or b.approximate))
        for a, b in pairs
    )


def _years(stated: _Stated) -> frozenset[int]:
    return frozenset(
        y for m in stated.dates if m.year_stated and m.year for y in (m.year, m.end_year or m.year)
    )


def _parts_agree(wanted: DateMention, other: DateMention) -> bool:
    """Month and day; of a span of days or months both ends, unless one of them is meant."""
    if wanted.month and wanted.month != other.month:
        return False
    if wanted.end_month and wanted.end_month != other.end_month:
        return False
    if wanted.end_day:
        return (wanted.day, wanted.end_day) == (other.day, other.end_day)
    return not wanted.day or wanted.day in {other.day, other.end_day}


def _date_covered(wanted: DateMention, stated: _Stated) -> bool:
    for other in stated.dates:
        if wanted.precision == "weekday" or other.precision == "weekday":
            if wanted.precision == other.precision and wanted.part == other.part:
                return True
            continue
        if wanted.precision == "decade" and other.precision != "decade":
            continue
        if wanted.precision in {"quarter", "half", "season"} and (
            other.precision != wanted.precision or other.part != wanted.part
        ):
            continue
        if wanted.precision == "fiscal year" and other.precision not in {"fiscal year"}:
            continue
        if not _parts_agree(wanted, other):
            continue
        if wanted.end_year and wanted.end_year != other.end_year:
            continue
        if wanted.modifier and wanted.modifier != other.modifier:
            continue
        if wanted.year is None or not wanted.year_stated:
            return True
        if other.year_stated and other.year is not None:
            if wanted.year in {other.year, other.end_year}:
                return True
            continue
        if wanted.year in _years(stated):
            return True
    return False


def uncovered(sentence: str, quotes: Sequence[str], *, also: Sequence[str] = ()) -> list[str]:
    """Every number, date and percentage of `sentence` that its quotes do not state, as written.

    also: what counts as part of the quotes without being quoted: publisher, author and
    publication date (ISO) of the cited documents. Empty means covered. Values are compared with
    scale applied ("1,200 million" is "1.2 billion"); nothing is converted between units,
    currencies or forms ("one in eight" is not "12.5 percent").
    """
    stated = _stated(quotes, also)
    mine = quantities(sentence)
    missing: list[tuple[int, str]] = []
    for quantity in mine:
        if not _number_covered(quantity, mine, stated, sentence):
            missing.append((quantity.start, quantity.text))
    for mention in dates(sentence):
        whole = _date_covered(mention, stated)
        if not whole and mention.end_year and mention.precision == "year":
            ends = (
                replace(mention, end_year=None),
                replace(mention, year=mention.end_year, end_year=None),
            )
            whole = all(_date_covered(end, stated) for end in ends)
        if not whole:
            missing.append((mention.start, mention.text))
    for start, end, written in unread_numbers(sentence):
        lowered = written.lower()
        ordinal = _ORDINAL.fullmatch(lowered) and _ordinals(lowered) <= stated.ordinals
        if lowered not in stated.identifiers | stated.bare and not ordinal:
            missing.append((start, sentence[start:end]))
    missing.extend(_other_words(sentence, mine, stated))
    return [text for _, text in sorted(missing)]


def _other_words(
    sentence: str, mine: Sequence[Quantity], stated: _Stated
) -> Iterable[tuple[int, str]]:
    """Ordinals from "fourth" on, and "next year" and the like, that the quotes do not have."""
    for match in _ORDINAL.finditer(sentence.lower()):
        if match.group(1) or any(q.start <= match.start() < q.end for q in mine):
            continue
        if any(m.start <= match.start() < m.end for m in dates(sentence)):
            continue
        if _ORDINAL_WORDS[match.group(2)] not in stated.ordinals:
            yield match.start(), sentence[match.start() : match.end()]
    quoted = {_plain(m.group()) for m in _RELATIVE.finditer(stated.text)}
    for match in _RELATIVE.finditer(sentence):
        if _plain(match.group()) not in quoted:
            yield match.start(), match.group()


def _plain(words: str) -> str:
    return " ".join(singular(w) for w in words.lower().split() if w not in {"later", "earlier"})


_NAME_WORD = re.compile(r"[^\W_][\w'&.-]*")


def missing_names(sentence: str, quotes: Sequence[str], *, also: Sequence[str] = ()) -> list[str]:
    """The proper names of `sentence` that neither its quotes nor `also` contain, as written.

    A name is contained when its words occur in a row, when a name there can be the same one
    ("Kratos" for "Kratos Defense"), or as the adjective of a country ("Chinese" for "China").
    """
    texts = [normalise(text).text for text in (*quotes, *also)]
    joined = "\n".join(texts)
    lowered = joined.lower()
    defined = definitions(joined)
    named = [name.text for text in texts for name in names(text)]
    peoples = {
        country
        for word in _NAME_WORD.findall(joined)
        if word[:1].isupper() and (country := country_of(word))
    }
    missing: list[str] = []
    for name in names(sentence):
        plain = normalise(name.text).text
        if re.search(rf"(?<!\w){re.escape(plain.lower())}(?!\w)", lowered):
            continue
        if any(same_name(plain, other, defined) for other in named):
            continue
        if country_of(plain) in peoples:
            continue
        missing.append(name.text)
    return missing
