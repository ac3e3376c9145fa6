"""Names of a sentence that its quotes do not have, read without the desk's own name finder.

A name is a run of capitalised words. That is crude: it is meant for English prose, takes the
sentence's first word only where more words follow it, and lets a nationality stand for its country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from evals.figures import normalise
from evals.number_words import MONTHS, WEEKDAYS

__all__ = ["entities", "missing_entities"]

_WORD: Final = re.compile(r"[A-Z][\w&’'.-]*|[a-z]+[A-Z]\w*")
_NAME: Final = re.compile(
    r"(?:[A-Z][\w&’'-]*\.?|[a-z]+[A-Z]\w*)"
    r"(?:(?: |-)(?:of the |of |& |de |du |der |von |van )?(?:[A-Z][\w&’'-]*|[a-z]+[A-Z]\w*))*"
)
_NO_NAME: Final = frozenset(
    """i a an the this that these those it its they their there he she his her we our you your who
    what when where which why how if as at by for from in into of on or and but so yet nor not no
    after before since while although because however meanwhile still also only even both all any
    some many most more less few several each every other another such than then to with without
    under over between about against during through per according wrong two three four five six
    seven eight nine ten eleven twelve first second third one last next new q1 q2 q3 q4 h1 h2 fy
    usd eur gbp cny jpy chf us$ ceo cfo mr mrs ms dr yes
    """.split()
)
_PEOPLES: Final = {
    "polish": "poland", "french": "france", "dutch": "netherlands", "british": "britain",
    "swiss": "switzerland", "spanish": "spain", "danish": "denmark", "finnish": "finland",
    "greek": "greece", "turkish": "turkey", "welsh": "wales", "irish": "ireland",
    "thai": "thailand",
    "portuguese": "portugal", "peruvian": "peru", "kazakh": "kazakhstan", "uzbek": "uzbekistan",
    "icelandic": "iceland", "norwegian": "norway", "cypriot": "cyprus",
    "philippine": "philippines",
}  # fmt: skip
"""Nationalities that do not share their stem with the country."""
_TAILS: Final = ("ians", "ian", "ese", "ish", "ans", "an", "ns", "n", "s", "i")


def _plain(text: str) -> str:
    return re.sub(r"['’]s\b|[.'’]", "", normalise(text)).casefold()


def entities(text: str) -> list[str]:
    """The names of a text, in order, without months, weekdays and sentence openers."""
    found: list[str] = []
    plain = normalise(text)
    for match in _NAME.finditer(plain):
        opens = not plain[: match.start()].strip() or bool(
            re.search(r"[.!?:][\"')]*\s+[\"'(]*$|^[\"'(]+$|[\"]$", plain[: match.start()])
        )
        words = [word for word in re.split(r"[ ]", match.group()) if word]
        while words and _plain(words[0]) in _NO_NAME:
            words.pop(0)
            opens = False
        if opens and words[1:2] == ["of"]:  # "Shares of Kratos": the first word is capital anyway
            words = words[3:] if words[2:3] == ["the"] else words[2:]
            opens = False
        while words and (_plain(words[-1]) in _NO_NAME or not words[-1][:1].isupper()):
            if re.match(r"[a-z]+[A-Z]", words[-1]):
                break
            words.pop()
        if not words or (opens and len(words) == 1 and not _shouts(words[0])):
            continue
        name = re.sub(r"['’]s?$", "", " ".join(words))
        calendar = _plain(name) in MONTHS or _plain(name) in {w.casefold() for w in WEEKDAYS}
        if len(name) > 1 and not calendar and name not in found:
            found.append(name)
    return found


def _shouts(word: str) -> bool:
    """A first word that is a name whatever its place: two capitals or more, or a digit in it."""
    return sum(c.isupper() for c in word) > 1 or any(c.isdigit() for c in word)


def missing_entities(text: str, evidence: Iterable[str]) -> list[str]:
    """The names of `text` of which some capitalised word is nowhere in the evidence.

    "Russian" has "Russia", an acronym has the words it is made of, and the other way round.
    """
    whole = " ".join(normalise(part) for part in evidence)
    there = {_plain(word) for word in re.findall(r"[\w&’'.-]+", whole)}
    there |= {part for word in there for part in word.split("-")}
    squeezed = re.sub(r"[\W_]", "", whole.casefold())

    def has(word: str) -> bool:
        low = _plain(word)
        if low in there or low in _NO_NAME or low in MONTHS:
            return True
        if len(low) > 3 and re.sub(r"[\W_]", "", low) in squeezed:
            return True
        if word.isupper() and _spelled(whole, low):
            return True
        stem = _stem(low)
        return len(stem) >= 4 and any(_stem(other) == stem for other in there)

    missing: list[str] = []
    for name in entities(text):
        words = [w for w in re.split(r"[ -]", name) if _WORD.match(w)]
        if any(not has(word) for word in words) and _plain(name) not in _initials(whole, name):
            missing.append(name)
    return missing


def _stem(word: str) -> str:
    word = _PEOPLES.get(word, word)
    for tail in _TAILS:
        if word.endswith(tail) and len(word) - len(tail) >= 4:
            return word[: -len(tail)].rstrip("aie")
    return word.rstrip("aie") if len(word) > 4 else word


def _spelled(text: str, acronym: str) -> bool:
    """Whether the text has words in a row that begin with the letters of an acronym."""
    # Two letters in a row are met by chance; there the words must be names.
    words = re.findall(r"[A-Z][A-Za-z]*" if len(acronym) == 2 else r"[A-Za-z]+", text)
    first = "".join(word[0] for word in words).casefold()
    return len(acronym) > 1 and acronym.isalpha() and acronym in first


def _initials(text: str, name: str) -> set[str]:
    """The name itself when the text has it as an acronym ("European Union" for "EU")."""
    words = [w for w in re.split(r"[ -]", name) if w[:1].isupper()]
    letters = "".join(w[0] for w in words)
    stated = len(words) > 1 and re.search(rf"\b{re.escape(letters)}\b", text)
    return {_plain(name)} if stated else set()
