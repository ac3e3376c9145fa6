"""Pairs made from real sentences by one controlled edit, their label known by construction.

A sentence of an article is the claim, edited or not; the passage around it is the evidence. The
edits are the mistakes that market commentary makes and public entailment sets do not contain: a
figure, scale, currency, year, month, name or direction changed, a negation put in (refuted); a
hedge, plan or attribution in the evidence that the claim drops, a cause or a wider scope that it
adds, a second half from elsewhere, another passage of the same article (not enough information);
rounding, number words, a dropped aside, a kept attribution (supported).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from agents.names import names
from agents.sentences import sentence_spans
from training.pairs import Pair

__all__ = ["edited_pairs", "read_articles"]

_S: Final = (1.0, 0.0, 0.0)
_R: Final = (0.0, 1.0, 0.0)
_N: Final = (0.0, 0.0, 1.0)

_NUMBER = re.compile(
    r"(?<![\w.,/-])(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w,/-]|\.\d)"
)
_BOUND = re.compile(
    r"(?:at least|at most|more than|less than|fewer than|over|under|up to|above|below|nearly|"
    r"almost|minimum of|maximum of|no more than)\s+\S?$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTH = re.compile(rf"\b({'|'.join(m for m in _MONTHS if m != 'May')})\b")
_SCALE = re.compile(r"\b(million|billion|trillion)\b")
_CURRENCY = re.compile(r"[$€£¥](?=\d)")
_WORDS = {
    2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
    10: "ten", 11: "eleven", 12: "twelve", 15: "fifteen", 20: "twenty", 30: "thirty", 40: "forty",
    50: "fifty", 60: "sixty",
}  # fmt: skip
_OPPOSITE: Final[Mapping[str, str]] = {
    "increased": "decreased", "decreased": "increased", "rose": "fell", "fell": "rose",
    "increase": "decrease", "decrease": "increase", "higher": "lower", "lower": "higher",
    "more": "fewer", "above": "below", "below": "above", "before": "after", "after": "before",
    "gained": "lost", "up": "down", "down": "up", "raised": "cut", "cut": "raised",
    "approved": "rejected", "rejected": "approved", "won": "lost", "lost": "won",
    "supports": "opposes", "opposes": "supports", "support": "opposition", "first": "last",
    "largest": "smallest", "highest": "lowest", "lowest": "highest", "strengthened": "weakened",
    "weakened": "strengthened", "expanded": "shrank", "allow": "forbid", "allowed": "forbidden",
    "accepted": "refused", "refused": "accepted", "opened": "closed", "closed": "opened",
    "least": "most", "maximum": "minimum", "minimum": "maximum", "guilty": "innocent",
}  # fmt: skip
_OPPOSITES = re.compile(rf"\b({'|'.join(_OPPOSITE)})\b")
_AUX = re.compile(r"\b(is|are|was|were|has|have|had|will|would|can|could|did|does)\b(?! not)")
_HEDGE = re.compile(r"\b(may|might|could)\b (?=(?:not )?[a-z]+)")
_PLAN = re.compile(
    r"\b(plans? to|planned to|intends? to|is expected to|are expected to|was expected to|"
    r"is likely to|hopes? to|proposed to|seeks? to|aims? to|is due to|are due to)\b"
)
_SAID = re.compile(
    r",? (?:said|says|told reporters|according to|announced|claimed|argued|stated) [^,.;]{3,60}\.$"
)
_SAID_FIRST = re.compile(
    r"^(?P<who>(?:The |A )?[A-Z][^,.;]{3,60}?) "
    r"(?:said|says|stated|claimed|argued|added|believes) that "
)
_SOME = re.compile(
    r"(?<!the )(?<!at )\b([Ss]ome|[Ss]everal|[Mm]any|[Mm]ost|[Aa] few)\b(?= [a-z])"
)
_ASIDE = re.compile(r" \([^()]{3,60}\)|, (?:which|who) [^,]{5,60},")
_OPEN = re.compile(r"^(?:He|She|It|They|This|These|That|Those|But|And|However|Also|His|Her|Its)\b")


class Article(NamedTuple):
    sentences: tuple[str, ...]


def read_articles(path: Path, *, longest: int = 40) -> list[Article]:
    """Articles of a corpus file (`text` in each line), the first `longest` sentences of each."""
    articles = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"][:12000]
            found = [" ".join(text[s.start : s.end].split()) for s in sentence_spans(text)]
            kept = tuple(s for s in found if 6 <= len(s.split()) <= 60)[:longest]
            if len(kept) >= 4:
                articles.append(Article(kept))
    return articles


def _number(text: str, rng: random.Random) -> str | None:
    # "At least 24" follows from "at least 40": a changed bound need not be wrong.
    found = [
        m
        for m in _NUMBER.finditer(text)
        if not _YEAR.fullmatch(m["n"]) and not _BOUND.search(text[: m.start()])
    ]
    if not found:
        return None
    match = rng.choice(found)
    written = match["n"]
    value = float(written.replace(",", ""))
    places = len(written.split(".")[1]) if "." in written else 0
    if places == 0 and value <= 12:
        changed = value + rng.choice((-2, -1, 1, 2, 3))
    elif rng.random() < 0.3 and len(written.replace(",", "")) >= 2:
        digits = list(written)
        places_of = [i for i, c in enumerate(digits) if c.isdigit()]
        i, j = rng.sample(places_of, 2)
        digits[i], digits[j] = digits[j], digits[i]
        other = "".join(digits)
        return None if other == written or other[0] == "0" else _put(text, match.span("n"), other)
    else:
        changed = value * rng.choice((0.6, 0.75, 0.85, 1.2, 1.35, 1.6, 2.0))
        changed = round(changed, places)
    if changed <= 0 or changed == value:
        return None
    other = f"{changed:,.{places}f}" if "," in written else f"{changed:.{places}f}"
    return None if other == written else _put(text, match.span("n"), other)


def _put(text: str, span: tuple[int, int], other: str) -> str:
    return text[: span[0]] + other + text[span[1] :]


def _swap(
    pattern: re.Pattern[str], options: Sequence[str]
) -> Callable[[str, random.Random], str | None]:
    def edit(text: str, rng: random.Random) -> str | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = rng.choice(found)
        others = [o for o in options if o != match.group()]
        return _put(text, match.span(), rng.choice(others))

    return edit


def _year(text: str, rng: random.Random) -> str | None:
    found = list(_YEAR.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    return _put(text, match.span(), str(int(match.group()) + rng.choice((-3, -2, -1, 1, 2, 3))))


def _opposite(text: str, rng: random.Random) -> str | None:
    found = list(_OPPOSITES.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    return _put(text, match.span(), _OPPOSITE[match.group()])


def _negated(text: str, rng: random.Random) -> str | None:
    if " not only " in text:
        return None
    if " not " in text or "n't" in text:
        without = re.sub(
            r"\b(is|are|was|were|has|have|had|will|would|can|could) not\b", r"\1", text
        )
        return without if without != text else None
    found = list(_AUX.finditer(text))
    if not found:
        return None
    match = rng.choice(found[:2])
    return _put(text, match.span(), f"{match.group()} not")


def _other_name(text: str, rng: random.Random, pool: Mapping[str, Sequence[str]]) -> str | None:
    found = [n for n in names(text) if n.kind in pool]
    if not found:
        return None
    name = rng.choice(found)
    known = {n.text for n in found}
    others = [o for o in pool[name.kind] if o not in known and o not in text and name.text not in o]
    return _put(text, (name.start, name.end), rng.choice(others)) if others else None


def _rounded(text: str, rng: random.Random) -> str | None:
    found = [
        m for m in _NUMBER.finditer(text) if float(m["n"].replace(",", "")) >= 1000 or "." in m["n"]
    ]
    found = [m for m in found if not _YEAR.fullmatch(m["n"])]
    if not found:
        return None
    match = rng.choice(found)
    value = float(match["n"].replace(",", ""))
    step = 10 ** (len(str(int(value))) - 2) if value >= 1000 else 1 if value >= 20 else 0.1
    near = round(value / step) * step
    if abs(near - value) > 0.03 * value or near == value:
        return None
    other = f"{near:,.0f}" if step >= 1 else f"{near:.1f}"
    if other == match["n"]:
        return None
    start, end = match.span("n")
    sign = text[start - 1] if start and text[start - 1] in "$€£¥" else ""
    word = rng.choice(("about", "around", "roughly"))
    return _put(text, (start - len(sign), end), f"{word} {sign}{other}")


def _worded(text: str, rng: random.Random) -> str | None:
    found = [
        m for m in re.finditer(r"(?<![\w.,$€£/-])(\d{1,2})(?= [a-z])", text) if int(m[1]) in _WORDS
    ]
    if not found:
        return None
    match = rng.choice(found)
    return _put(text, match.span(), _WORDS[int(match.group())])


def _asserted(text: str, rng: random.Random) -> str | None:
    if match := _HEDGE.search(text):
        return _put(text, match.span(), "will ")
    if match := _PLAN.search(text):
        word = "will" if rng.random() < 0.5 else "is to"
        return _put(text, match.span(), word)
    return None


def _unattributed(text: str, rng: random.Random) -> str | None:
    if match := _SAID_FIRST.search(text):
        rest = text[match.end() :]
        return rest[:1].upper() + rest[1:]
    if match := _SAID.search(text):
        rest = text[: match.start()].rstrip(" ,”\"'").lstrip("“\"'")
        return rest + "." if len(rest.split()) > 5 else None
    return None


def _widened(text: str, rng: random.Random) -> str | None:
    found = _SOME.search(text)
    if not found:
        return None
    wide = rng.choice(("all", "nearly all", "every one of the"))
    return _put(text, found.span(), wide.capitalize() if found.group()[0].isupper() else wide)


def _without_aside(text: str, rng: random.Random) -> str | None:
    found = _ASIDE.search(text)
    return _put(text, found.span(), "") if found else None


_REFUTING: Final[Sequence[tuple[str, Callable[[str, random.Random], str | None]]]] = (
    ("number_changed", _number),
    ("number_changed", _number),
    ("scale", _swap(_SCALE, ("million", "billion", "trillion"))),
    ("currency", _swap(_CURRENCY, ("$", "€", "£"))),
    ("date_shift", _year),
    ("date_shift", _swap(_MONTH, _MONTHS)),
    ("comparison_reversed", _opposite),
    ("negation", _negated),
)
_LIMITING: Final[Sequence[tuple[str, Callable[[str, random.Random], str | None]]]] = (
    ("hedged_vs_asserted", _asserted),
    ("attribution", _unattributed),
    ("scope", _widened),
)
_KEEPING: Final[Sequence[tuple[str, Callable[[str, random.Random], str | None]]]] = (
    ("rounding_ok", _rounded),
    ("number_word", _worded),
    ("paraphrase", _without_aside),
)


def _standing(sentence: str) -> bool:
    return not _OPEN.match(sentence) and sentence[:1].isupper() and sentence.endswith(".")


def _around(article: Article, index: int, rng: random.Random) -> str:
    first = max(0, index - rng.choice((0, 1, 1)))
    return " ".join(article.sentences[first : index + 1 + rng.choice((0, 0, 1))])


def edited_pairs(articles: Iterable[Article], count: int, *, seed: int) -> list[Pair]:
    """`count` pairs at most, over the three labels, at most six an article."""
    rng = random.Random(seed)
    chosen = list(articles)
    rng.shuffle(chosen)
    pool: dict[str, list[str]] = {}
    for article in chosen[:300]:
        for name in names(" ".join(article.sentences[:8])):
            pool.setdefault(name.kind, []).append(name.text)
    pairs: list[Pair] = []
    for article in chosen:
        local: dict[str, list[str]] = {}
        for name in names(" ".join(article.sentences)):
            local.setdefault(name.kind, []).append(name.text)
        standing = [i for i, s in enumerate(article.sentences) if _standing(s)]
        rng.shuffle(standing)
        for index in standing[:6]:
            if len(pairs) >= count:
                return pairs
            if made := _one(article, index, local if rng.random() < 0.7 else pool, rng):
                pairs.append(made)
    return pairs


def _one(
    article: Article, index: int, pool: Mapping[str, Sequence[str]], rng: random.Random
) -> Pair | None:
    sentence, evidence = article.sentences[index], _around(article, index, rng)
    kind = rng.random()
    if kind < 0.4:
        edits = list(_REFUTING)
        rng.shuffle(edits)
        if rng.random() < 0.25 and (claim := _other_name(sentence, rng, pool)):
            return Pair(claim, evidence, (0.0, 1.0, 1.0), "edit", "entity_swap")
        for trap, edit in edits:
            if (claim := edit(sentence, rng)) and claim != sentence:
                return Pair(claim, evidence, _R, "edit", trap)
        return None
    if kind < 0.75:
        limits = list(_LIMITING)
        rng.shuffle(limits)
        for trap, edit in limits:
            if (claim := edit(sentence, rng)) and claim != sentence:
                return Pair(claim, evidence, _N, "edit", trap)
        far = [i for i in range(len(article.sentences)) if abs(i - index) > 2]
        if not far:
            return None
        other = rng.choice(far)
        if rng.random() < 0.5:
            # Another place of the same article: the same subject, not this point.
            return Pair(sentence, _around(article, other, rng), _N, "edit", "irrelevant_same_topic")
        tail = article.sentences[other].rstrip(".")
        if len(tail.split()) > 25 or not _standing(article.sentences[other]):
            return None
        return Pair(f"{sentence.rstrip('.')}, and {tail}.", evidence, _N, "edit", "partial")
    keeps = list(_KEEPING)
    rng.shuffle(keeps)
    for trap, edit in keeps:
        if rng.random() < 0.8 and (claim := edit(sentence, rng)) and claim != sentence:
            return Pair(claim, evidence, _S, "edit", trap)
    return Pair(sentence, evidence, _S, "edit", "verbatim")
