"""Proper names in text: capitalised sequences with their connectors, and a coarse kind.

Capitals mean nothing at the start of a sentence and in headings, so a word there counts as a
name only if the rest of the text, or the lexicon, says so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from agents.gazetteer import (
    ABBREVIATIONS,
    CALENDAR,
    CONNECTORS,
    FIRST_NAMES,
    LEGAL_FORMS,
    ORG_WORDS,
    PEOPLES,
    PLACE_WORDS,
    TITLES,
    places,
)
from agents.grammar import Token, tagged, verb_base, word_class
from agents.sentences import sentence_spans

__all__ = ["TICKER", "Kind", "Name", "heading", "initials_of", "is_ticker", "names"]

Kind = Literal["org", "person", "place", "ticker", "other"]


# Endings of common words that no lexicon lists in full.
_COMMON_ENDINGS = (
    "ees",
    "ists",
    "ians",
    "ions",
    "ments",
    "ics",
    "ly",
    "ness",
    "ors",
    "lers",
    "kers",
    "ders",
    "ters",
    "vers",
    "isation",
    "ization",
)


class Name(NamedTuple):
    """A name at [start, end) of the text, possessive endings and titles left out."""

    start: int
    end: int
    text: str
    kind: Kind


TICKER = re.compile(
    r"\((?:(?:[A-Z][A-Za-z ]{1,20}|[A-Z]{2,8}) ?: ?)?(?:[A-Z][A-Z0-9]{0,5}(?:\.[A-Z]{1,3})?"
    r"|\d{3,6}(?:\.[A-Z]{1,2})?)(?: (?:US|GY|GR|LN|FP|HK|CH|JP|KS|NA|SS|SW|IM|SM|AU|CN|IN))?\)"
)
_OF_LEFT = frozenset(
    """bank university department ministry republic board house office institute bureau council
    court kingdom federation federal commonwealth gulf bay strait straits sea cape isle duke church
    academy college school chamber association society union league state states institution
    secretary center centre city city-state committee organisation organization conference people's
    province district port tower statue museum library ring archbishop bishop committees
    trust army order confederation emirate city-of governors representatives commons lords law
    democratic""".split()
)  # fmt: skip
_FOR_LEFT = frozenset(
    """agency center centre centers office association institute council campaign fund bank society
    network coalition committee ministry foundation organisation organization alliance party
    trust department movement commission""".split()
)
_AND_LEFT = frozenset("ministry department office agency administration bureau commission".split())
_OFFICES = frozenset(
    """president minister attorney judge secretary governor senator commissioner chair chairman
    chairwoman chancellor ambassador mayor premier ceo cfo spokesman spokeswoman spokesperson
    sheriff representative congressman congresswoman""".split()
)
_SMALL_FORMS = frozenset("plc gmbh llc llp ltd inc pty".split())
_SMALL = frozenset("of and the for in on de la a an to s".split())
_OPENERS = frozenset(
    """according although despite however meanwhile moreover while when since after before during
    yet still also but and or if as in on at by for from with under over between among about
    against through the a an this that these those there here it its he she they we you i his her
    their our my your what why how who which where not no yes none all some many most more few
    several both each every other another such then thus therefore instead perhaps maybe
    first second third finally last next today yesterday tomorrow now only even just so once
    because unlike like given including following based two three four five six seven eight nine
    ten one half nearly almost about""".split()
)


def _capital(word: str) -> bool:
    if not any(c.isalpha() for c in word):
        return False
    return word[0].isupper() or (len(word) > 2 and word[0].islower() and word[1].isupper())


def _wordy(token: Token) -> bool:
    return token.text[0].isalpha()


def heading(sentence: str) -> bool:
    """Whether capitals mean nothing here: a title-cased or all-capital line without a full stop."""
    words = [w for w in re.findall(r"[^\W\d_][\w'’-]*", sentence) if len(w) > 3]
    if len(words) < 2:
        return False
    capital = sum(w[0].isupper() for w in words)
    if all(w.isupper() for w in words):
        return True
    return capital >= 0.75 * len(words) and len(words) >= 3 and not sentence.rstrip().endswith(".")


@lru_cache(maxsize=64)
def _seen(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Words capitalised inside sentences, and words in lower case, over a whole text."""
    inside: set[str] = set()
    lower: set[str] = set()
    for sentence in sentence_spans(text):
        if heading(sentence.text):
            continue
        words = [t for t in tagged(sentence.text) if _wordy(t)]
        for position, token in enumerate(words):
            if token.text.islower():
                lower.add(token.text)
            elif position and _capital(token.text):
                before = sentence.text[: token.start].rstrip()
                if before[-1:] not in ".!?:“\"‘'’—•-":
                    inside.add(token.text.lower())
    return frozenset(inside), frozenset(lower)


def _may_open(word: str, inside: frozenset[str], lower: frozenset[str], alone: bool) -> bool:
    """Whether a word that opens a sentence (or stands in a heading) belongs to a name."""
    low = word.lower()
    if low in _OPENERS and low not in ("us", "it"):
        return False
    if low in inside and low not in lower:
        return True
    if len(word) > 1 and word.isupper() or any(c.isupper() for c in word[1:]) or "&" in word:
        return True
    kind = word_class(low)
    if kind is None or kind == "NNP":
        if verb_base(low) and low.endswith(("ing", "ed")):
            return False
        if kind is None and low.endswith(_COMMON_ENDINGS):
            return False
        if alone and kind is None and low.endswith("s") and word_class(low[:-1]) is not None:
            return False  # plural of a common word
        return not (kind is None and "-" in low and low.split("-")[0] in lower | {"non", "anti"})
    if low in places() or low in FIRST_NAMES:
        return True
    if alone:
        return low in inside
    if kind[:2] in ("VB", "RB", "IN", "DT", "PR", "CC", "MD", "WR", "WD", "WP", "CD", "UH"):
        return low in inside and kind[:2] == "VB"
    if kind == "NNS":
        return low in inside
    return low not in lower or low in inside


def _sequence_end(tokens: tuple[Token, ...], start: int) -> int:
    """Index after the last token of the capitalised sequence that starts at `start`."""
    end = start + 1
    while end < len(tokens):
        token = tokens[end]
        previous = tokens[end - 1]
        adjacent = token.start - previous.end <= 1
        following = tokens[end + 1] if end + 1 < len(tokens) else None
        if not adjacent:
            break
        if _wordy(token) and (_capital(token.text) or token.text in _SMALL_FORMS):
            end += 1
        elif token.text in (".",) and following and _capital(following.text) and (
            (len(previous.text) == 1 and previous.text.isupper())
            or previous.low in ("st", "dr", "mr", "mrs", "ms", "mt", "gen", "sen", "jr", "lt")
        ):  # fmt: skip
            end += 2 if following.start == token.end + 1 else 1
            if following.start != token.end + 1:
                break
        elif token.text == "," and following and following.low in (
            "inc", "ltd", "llc", "corp", "plc", "inc.", "llp"
        ):  # fmt: skip
            end += 2
        elif following is not None and _connects(tokens, start, end):
            skip = 2 if following.low == "the" else 1
            end += skip + 1
        elif (
            token.text.isdigit()
            and len(token.text) <= 2
            and previous.low not in CALENDAR
            and (
                following is not None
                and following.tag in ("VBZ", "VBD", "MD", "NN", "IN", "POS")
                and following.low not in ("percent", "%", "per", "to", "of", "million", "billion")
            )
        ):
            end += 1
            break
        else:
            break
    return end


def _connects(tokens: tuple[Token, ...], start: int, at: int) -> bool:
    """Whether the lower-case word at `at` joins two parts of one name."""
    word, following = tokens[at].low, tokens[at + 1]
    target = following
    if following.low == "the" and at + 2 < len(tokens):
        target = tokens[at + 2]
    if not (_wordy(target) and _capital(target.text)) or target.low in CALENDAR:
        return False
    left = tokens[at - 1].low
    if word == "&":
        return True
    if word == "of":
        return left in _OF_LEFT
    if word == "for":
        return left in _FOR_LEFT and target is following
    if word == "on":
        return left in ("commission", "committee", "council", "conference") and target is following
    if word == "and" and left == "belt" and target.low == "road":
        return True
    if word == "and" and _company_after(tokens, at + 1):
        return True
    if word == "and":
        has_of = any(t.low == "of" for t in tokens[start:at])
        return has_of and tokens[start].low in _AND_LEFT and target is following
    return word in CONNECTORS and target is following


def _company_after(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether "Electric Company", not a company of its own, follows: "Pacific Gas and Electric"."""
    stop = at
    while stop < len(tokens) and _wordy(tokens[stop]) and _capital(tokens[stop].text):
        stop += 1
    common = all(word_class(t.low) in ("NN", "NNS", "JJ") for t in tokens[at : stop - 1])
    return stop - at >= 2 and tokens[stop - 1].low in LEGAL_FORMS and common


def _kind(tokens: tuple[Token, ...], start: int, end: int, sentence: str) -> Kind:
    words = [t.low for t in tokens[start:end] if _wordy(t)]
    phrase = " ".join(words)
    before = tokens[start - 1].low if start else ""
    if phrase in places() or phrase.removeprefix("the ") in places():
        return "place"
    if words[-1] in LEGAL_FORMS or "&" in sentence[tokens[start].start : tokens[end - 1].end]:
        return "org"
    if set(words) & (ORG_WORDS - {"state", "house", "park"}):
        return "org"
    if words[-1] in PLACE_WORDS or words[0] in ("mount", "lake", "cape", "fort"):
        return "place"
    if before.rstrip(".") in TITLES or (
        before == "." and start > 1 and tokens[start - 2].low in TITLES
    ):
        return "person"
    if words[0] in FIRST_NAMES and len(words) > 1:
        return "person"
    text = tokens[start].text
    if len(words) == 1 and text.isupper() and 2 <= len(text) <= 6:
        return "org"
    if len(words) in (2, 3) and end < len(tokens):
        follows = tokens[end].low
        if follows in ("said", "says", "told", "added") and not any(
            word_class(w) in ("NN", "NNS", "JJ", "VB") for w in words
        ):
            return "person"
    if before in ("in", "near", "from") and len(words) <= 2 and (
        start < 2 or tokens[start - 2].tag not in ("VBN",)
    ):  # fmt: skip
        return "place"
    return "other"


def names(text: str) -> list[Name]:
    """Names of organisations, people, places and tickers in `text`, in order, not overlapping.

    `text[n.start:n.end] == n.text`. Months, weekdays, peoples standing alone, titles and common
    abbreviations are left out. Give a whole document rather than one sentence where there is
    one: what its sentences write in lower case is how sentence-initial words are told apart.
    """
    return list(_names(text))


@lru_cache(maxsize=512)
def _names(text: str) -> tuple[Name, ...]:
    inside, lower = _seen(text)
    found: list[Name] = []
    for sentence in sentence_spans(text):
        tokens = tagged(sentence.text)
        is_heading = heading(sentence.text)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            joined = at and tokens[at - 1].end == token.start and tokens[at - 1].text[0].isdigit()
            if not (_wordy(token) and _capital(token.text)) or joined:
                at += 1
                continue
            end = _sequence_end(tokens, at)
            for start, stop in _trim(tokens, at, end, sentence.text, is_heading, inside, lower):
                left, right = tokens[start].start, tokens[stop - 1].end
                found.append(
                    Name(
                        sentence.start + left,
                        sentence.start + right,
                        sentence.text[left:right],
                        _kind(tokens, start, stop, sentence.text),
                    )
                )
            at = end
    tickers = [
        Name(m.start() + 1, m.end() - 1, m.group()[1:-1], "ticker")
        for m in TICKER.finditer(text)
        if is_ticker(m.group()[1:-1], text[max(0, m.start() - 120) : m.start()])
    ]
    spans = [(t.start, t.end) for t in tickers]
    kept = [n for n in found if not any(n.start < e and s < n.end for s, e in spans)]
    return tuple(sorted(kept + tickers))


def is_ticker(inner: str, before: str) -> bool:
    """Whether what stands in brackets after `before` is a ticker and not an acronym of it."""
    code = inner.split(":")[-1].strip()
    if ":" in inner:
        return True
    if code.lower() in ABBREVIATIONS or code.lower() in places():
        return False
    if re.fullmatch(r"(19|20)\d\d|\d{1,3}|[IVX]+|[A-Z]", code):
        return False
    return not initials_of(code, before) and bool(re.search(r"[A-Z][\w.&’']*[ ,.]*$", before))


def initials_of(code: str, before: str) -> str:
    """The words at the end of `before` whose initials are `code`, "" when there are none.

    Small words may count or not ("Department of Defense" is DOD or DD).
    """
    letters = code.replace(".", "").lower()
    words = list(re.finditer(r"[^\W_]+", before))
    for small in (True, False):
        for first in range(len(words) - 1, max(-1, len(words) - len(letters) - 6), -1):
            chosen = [
                w.group().lower()
                for w in words[first:]
                if not small or w.group().lower() not in _SMALL
            ]
            if len(chosen) > 1 and "".join(w[0] for w in chosen) == letters:
                if words[first].group().lower() not in _SMALL:
                    return before[words[first].start() :].rstrip(" (,")
    return ""


def _opens(tokens: tuple[Token, ...], at: int, sentence: str) -> bool:
    before = sentence[: tokens[at].start].rstrip()
    return not any(c.isalnum() for c in before) or before[-1] in '.!?:“"‘—•'


def _trim(
    tokens: tuple[Token, ...],
    start: int,
    end: int,
    sentence: str,
    is_heading: bool,
    inside: frozenset[str],
    lower: frozenset[str],
) -> list[tuple[int, int]]:
    """The names in one capitalised sequence: titles, peoples and opening words cut away."""
    if is_heading:
        return _heading_names(tokens, start, end, inside, lower)
    if _opens(tokens, start, sentence):
        known = any(
            " ".join(t.low for t in tokens[start : start + n]) in places() for n in (2, 3)
        ) or (end - start > 1 and tokens[start].low == "united")
        while (
            not known
            and start < end
            and not _may_open(tokens[start].text, inside, lower, alone=end - start == 1)
        ):
            start += 1
            while start < end and not (_wordy(tokens[start]) and _capital(tokens[start].text)):
                start += 1
    # "Russian President Vladimir Putin", "Foreign Minister Ebrard": keep the person.
    last_title = max(
        (
            i
            for i in range(start, end)
            if tokens[i].low in TITLES
            and tokens[i].low
            not in (
                "general",
                "health",
                "trade",
                "energy",
                "defence",
                "defense",
                "foreign",
                "finance",
                "interior",
                "justice",
                "major",
                "head",
            )
        ),
        default=-1,
    )
    led: list[tuple[int, int]] = []
    after_title = tokens[last_title + 1 : end] if last_title >= start else ()
    if (
        last_title > start
        and tokens[last_title].low in _OFFICES
        and 2 <= sum(_wordy(t) for t in after_title) <= 4
        and not {t.low for t in after_title} & (ORG_WORDS | LEGAL_FORMS | PLACE_WORDS | {"of"})
    ):
        # "Federal Reserve Chair Jerome Powell": the body and the person are two names.
        body = last_title
        while body > start and tokens[body - 1].low in TITLES | {"prime", "vice", "attorney"}:
            body -= 1
        if body > start and not all(t.low in PEOPLES for t in tokens[start:body]):
            led = [(start, body)]
        start = last_title + 1
        return [*led, (start, end)]
    if last_title >= start and all(
        t.low in TITLES | PEOPLES | places() or not _wordy(t) for t in tokens[start:last_title]
    ):
        start = last_title + 1
        if start < end and tokens[start].text == ".":
            start += 1
        while start < end and tokens[start].low in TITLES | CONNECTORS:
            start += 1
    while start < end and tokens[start].low in CALENDAR:
        start += 1
    while end > start and (
        tokens[end - 1].low in CALENDAR
        or not _wordy(tokens[end - 1])
        and not tokens[end - 1].text[0].isdigit()
    ):
        end -= 1
    while start < end and not (_wordy(tokens[start]) and _capital(tokens[start].text)):
        start += 1
    if start >= end:
        return []
    if tokens[start].low == "the" and end - start > 1:
        if " ".join(t.low for t in tokens[start:end]) not in places():
            start += 1
    words = [t.low for t in tokens[start:end]]
    if len(words) == 1 and (
        words[0] in PEOPLES | ABBREVIATIONS | CALENDAR
        or words[0] in TITLES - {"major"}
        or (len(words[0]) == 1 and words[0] != "x")
        or (words[0].endswith("-") or re.fullmatch(r"[qh]\d|fy\d+", words[0]) is not None)
        or (tokens[start].text.istitle() and words[0] in _OPENERS)
        or any(words[0].startswith(p + "-") for p in PEOPLES)
        or re.match(r"(pre|post|non|anti|mid|pro)-", words[0]) is not None
    ):
        return []
    return [(start, end)]


def _heading_names(
    tokens: tuple[Token, ...], start: int, end: int, inside: frozenset[str], lower: frozenset[str]
) -> list[tuple[int, int]]:
    """Names within a title-cased run: stretches of words that are names elsewhere or unknown."""
    runs: list[tuple[int, int]] = []
    at = start
    while at < end:
        token = tokens[at]
        low = token.low
        kind = word_class(low)
        named = (
            _wordy(token)
            and low not in _OPENERS | PEOPLES | ABBREVIATIONS | CALENDAR | TITLES
            and ((low in inside and low not in lower) or kind in (None, "NNP") or low in places())
            and not (kind is None and verb_base(low))
        )
        if not named:
            at += 1
            continue
        stop = at + 1
        while stop < end and (
            tokens[stop].low in inside - lower
            or word_class(tokens[stop].low) in (None, "NNP")
            or tokens[stop].low in LEGAL_FORMS
            or tokens[stop].text == "&"
        ):
            stop += 1
        while stop > at and not _wordy(tokens[stop - 1]):
            stop -= 1
        if stop > at:
            runs.append((at, stop))
        at = max(stop, at + 1)
    return runs
