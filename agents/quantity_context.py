"""What surrounds a number: the noun it counts, its name, the words that qualify it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.numerals import NUMBER_WORDS, Token
from agents.quantity_words import (
    APPROXIMATE,
    IN_NAMES,
    MAXIMUM,
    MINIMUM,
    NOT_PLURAL,
    PLURALS,
    PREPOSITIONS,
    SKIPPED,
    STOP,
)
from agents.units import singular, unit_named

__all__ = [
    "Found",
    "counted_noun",
    "part_of_name",
    "pronoun",
    "qualified",
    "text_at",
    "unit_after",
    "words_at",
]


@dataclass(frozen=True, slots=True)
class Found:
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


def text_at(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].text if 0 <= i < len(tokens) else ""


def words_at(tokens: Sequence[Token], i: int, size: int = 3) -> list[str]:
    """Up to `size` lower-case words or marks from i on."""
    words: list[str] = []
    for token in tokens[i : i + size]:
        if token.kind not in {"word", "mark", "name"}:
            break
        words.append(token.text)
    return words


def counted_noun(tokens: Sequence[Token], i: int, value: float) -> tuple[str, int] | None:
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
                if following.text in STOP:
                    break
                continue
            break
        if token.kind != "word":
            break
        word = token.text.removesuffix("'s") if token.text.endswith("'s") else token.text
        if word in SKIPPED and found is None and words < 2 and word not in {"of", "the"}:
            at += 1
            continue
        if word in STOP or word in NUMBER_WORDS:
            break
        plural = word in PLURALS or (
            word.endswith("s") and len(word) > 3 and not word.endswith("ss")
            and word not in NOT_PLURAL and not word.endswith(("ous", "'s"))
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
        if first.kind == "word" and first.text not in STOP and first.raw.islower():
            return first.text, i + 1
    return found


def part_of_name(tokens: Sequence[Token], i: int, found: Found) -> bool:
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
    if previous.text == "#" or (previous.text == "." and text_at(tokens, i - 2) == "no"):
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
        return back >= 0 and back < i - 1 and tokens[back].text in IN_NAMES and not found.unit
    if previous.kind != "word" or previous.end + 1 < token.start:
        return False
    if found.scale != 1 or (found.unit and found.unit == unit_after(tokens, found)):
        return False
    if previous.text in IN_NAMES and token.value.is_integer():
        return not (found.unit and previous.text in {"number", "line", "part", "unit", "note"})
    capital = previous.raw[:1].isupper() and previous.raw != previous.raw.upper()[:1]
    if not capital or not token.value.is_integer() or token.value >= 10000:
        return False
    if "," in token.raw or text_at(tokens, i + 1) in {":", ";"}:
        return False
    first = i == 1 or tokens[i - 2].kind == "break" or tokens[i - 2].text in {".", ":", '"', "("}
    lead = text_at(tokens, i - 2)
    if found.unit and (first or lead in PREPOSITIONS):
        return False
    if first and len(previous.raw) > 3 and following is None:
        return False
    if first and previous.text in STOP | {
        "about", "some", "over", "nearly", "almost", "roughly", "around", "another", "only",
    }:  # fmt: skip
        return False
    return previous.text not in STOP


def unit_after(tokens: Sequence[Token], found: Found) -> str:
    """The unit of measurement (not a counted noun) that was read with the number, or ''."""
    unit = unit_named(found.unit.lower().split(" per ")[0].split(), True)
    return found.unit if unit is not None else ""


_NOT_ONE = frozenset(
    "of another other or and by thing who that which hand day is was has had would could can to "
    "can't will should may might must more such".split()
)


_BEFORE_PRONOUN = frozenset("no any every each this that the a which another -".split())


_VOICES = frozenset(
    "count estimate account measure reckoning view reading tally report survey analyst".split()
)
""" "By one count" names a source, it does not count one."""


def pronoun(tokens: Sequence[Token], i: int, found: Found) -> bool:
    """Whether "one" stands for someone or something and counts nothing."""
    if tokens[i].text != "one" or found.value != 1 or found.high is not None or found.currency:
        return False
    if found.unit in _VOICES:
        return True
    before, after = text_at(tokens, i - 1), text_at(tokens, found.next)
    if before in _BEFORE_PRONOUN:
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


def qualified(tokens: Sequence[Token], i: int, found: Found) -> Found:
    """Read "about", "at least", "or more", "or so" around the number."""
    at = i
    approximate, bound = found.vague, found.bound
    start = found.start
    for _ in range(3):
        approx = _preceded(tokens, at, APPROXIMATE)
        low = _preceded(tokens, at, MINIMUM)
        high = _preceded(tokens, at, MAXIMUM)
        size = max(approx, low, high)
        if size == 0:
            break
        word = tokens[at - size].text
        timed = unit_named(found.unit.split(), True)
        if timed and timed[0].dimension == "time" and size == 1 and word in {"over", "under"}:
            break
        if size == 1 and word == "some" and found.high is None and found.value < 2:
            break
        if size == 1 and word in {"c", "ca"} and text_at(tokens, at - 1) == word:
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
    if text_at(tokens, at - 1) in {"than"} and text_at(tokens, at - 2) in {"rather", "other"}:
        pass
    # suffixes
    end, nxt = found.end, found.next
    first, second = text_at(tokens, nxt), text_at(tokens, nxt + 1)
    if first == "or" and second in {"more", "above", "higher", "longer", "over", "greater"}:
        bound, nxt = "min", nxt + 2
    elif first == "or" and second in {"less", "fewer", "below", "under", "lower", "shorter"}:
        bound, nxt = "max", nxt + 2
    elif first == "or" and second == "so":
        approximate, nxt = True, nxt + 2
    elif first == "+" and nxt < len(tokens) and tokens[nxt].start == found.end:
        bound, nxt = "min", nxt + 1
        if found.unit == "" and (noun := counted_noun(tokens, nxt, found.value)):
            found = replace(found, unit=noun[0])
    elif first == "plus" and text_at(tokens, nxt - 1) != "":
        pass
    elif first == "-" and second in {"odd", "ish"}:
        approximate, nxt = True, nxt + 2
    if nxt != found.next:
        end = tokens[nxt - 1].end
    if bound == "min" and text_at(tokens, at - 1) in {"not", "no"} and found.bound != "min":
        # "not more than" is read above; "no higher than" here
        bound = "max"
        at -= 1
        start = tokens[at].start
    return replace(found, approximate=approximate, bound=bound, start=start, end=end, next=nxt)
