"""Whether two sentences speak of one thing: what they share and what sets them apart."""

from __future__ import annotations

import re

from agents.countries import country_of
from agents.grammar import stem
from agents.names import names, same_name
from agents.wording import content, meaning

__all__ = ["Shared", "told_apart"]

_CONTRASTS = [
    frozenset(words.split())
    for words in (
        "north south east west northern southern eastern western central", "male female",
        "men women boys girls", "urban rural", "import export",
        "domestic foreign overseas", "gross net", "onshore offshore", "injured killed wounded",
        "gold silver copper nickel", "steel aluminium aluminum", "oil gas coal", "inflation growth",
        "first second third fourth fifth", "short-term long-term", "upper lower", "public private",
        "passenger freight cargo", "men's women's", "open close", "hire fire", "buy sell",
        "approved refused rejected granted pending",
        "civilian military", "new existing", "retail wholesale", "adults children",
    )
]  # fmt: skip
_LABEL = re.compile(
    r"\b(?:phase|stage|lot|unit|line|tranche|round|block|reactor|part|chapter|article|group|series|"
    r"terminal|type|class|version|model|no\.?|number) (?P<label>[\dIVX]+[A-Z]?)\b",
    re.IGNORECASE,
)


def told_apart(first: str, second: str) -> bool:
    """Whether each names its own of two things that are commonly set side by side."""
    a, b = ({stem(w) for w in re.findall(r"[a-z'-]+", t.lower())} for t in (first, second))
    for words in _CONTRASTS:
        group = {stem(w) for w in words}
        mine, theirs = a & group, b & group
        if mine and theirs and not mine & theirs:
            return True
    labels = [{m.group().lower() for m in _LABEL.finditer(t)} for t in (first, second)]
    return bool(labels[0]) and bool(labels[1]) and not labels[0] & labels[1]


class Shared:
    """What two sentences have in common."""

    def __init__(
        self,
        claim: str,
        other: str,
        similarity: float | None,
        claim_context: str = "",
        other_context: str = "",
    ) -> None:
        self.similarity = similarity or 0.0
        self.mine, self.theirs = content(claim), content(other)
        self.common = self.mine & self.theirs
        self.my_names = [n.text for n in names(claim)]
        self.their_names = [n.text for n in names(other)]
        self.my_context = [n.text for n in names(claim_context)] if claim_context else []
        self.their_context = [n.text for n in names(other_context)] if other_context else []
        self.around_mine = self.mine | content(claim_context)
        self.around_theirs = self.theirs | content(other_context)
        self.name_words = frozenset(
            meaning(w) for n in (*self.my_names, *self.their_names) for w in n.split()
        )

    def turned(self) -> Shared:
        """The same, with the sentences in each other's place."""
        other = object.__new__(Shared)
        other.similarity = self.similarity
        other.mine, other.theirs = self.theirs, self.mine
        other.common = self.common
        other.my_names, other.their_names = self.their_names, self.my_names
        other.my_context, other.their_context = self.their_context, self.my_context
        other.around_mine, other.around_theirs = self.around_theirs, self.around_mine
        other.name_words = self.name_words
        return other

    @property
    def may_share_subject(self) -> bool:
        if len(self.around_mine & self.around_theirs) < 2 and self.similarity < 0.6:
            return False
        return not self.strangers

    @property
    def strangers(self) -> bool:
        """Both name someone, and no one is named by both."""
        mine = {_subject(n) for n in (*self.my_names, *self.my_context)}
        theirs = {_subject(n) for n in (*self.their_names, *self.their_context)}
        if not mine or not theirs:
            return False
        if mine & theirs:
            return False
        # "Russian" shares Russia, though no adjective is a name.
        if any(meaning(n) in self.theirs for n in self.my_names) or any(
            meaning(n) in self.mine for n in self.their_names
        ):
            return False
        return not any(same_name(a, b) for a in self.my_names for b in self.their_names)

    @property
    def anchored(self) -> bool:
        """Something that is no country is named by both, context included."""
        mine = [*self.my_names, *self.my_context]
        theirs = [*self.their_names, *self.their_context]
        return any(
            same_name(a, b)
            for a in mine
            if a.lower() not in _NO_ANCHOR and country_of(a) is None
            for b in theirs
        )

    @property
    def named(self) -> bool:
        """A name, countries included, is shared; or neither names anything."""
        if not self.my_names and not self.their_names:
            return True
        return bool(self.name_words & self.common) or self.anchored

    @property
    def rivals(self) -> bool:
        """Each names someone that the other does not, so the figures may be about either."""
        mine = [n for n in self.my_names if not self._known(n, self.their_names, self.theirs)]
        theirs = [n for n in self.their_names if not self._known(n, self.my_names, self.mine)]
        return bool(mine) and bool(theirs)

    @staticmethod
    def _known(name: str, others: list[str], words: frozenset[str]) -> bool:
        return (
            any(same_name(name, o) for o in others)
            or meaning(name) in words
            or all(meaning(w) in words for w in name.split() if len(w) > 2)
        )

    def topical(self, least: float) -> bool:
        """Enough shared words besides names, in the smaller of the two."""
        mine, theirs = self.mine - self.name_words, self.theirs - self.name_words
        common = len((mine & self.around_theirs) | (theirs & self.around_mine))
        size = min(len(mine), len(theirs)) or 1
        return common / size >= least or (self.similarity >= 0.75 and common >= 2)

    def about_one_thing(self) -> bool:
        """Names or words enough to take a difference in figures for a contradiction."""
        shared = len((self.mine & self.theirs) - self.name_words)
        parties = {n for n in self.my_names if any(same_name(n, o) for o in self.their_names)}
        if len([n for n in parties if country_of(n) is None]) >= 2:
            return True
        if self.anchored:
            return self.topical(0.34)
        if self.named and (self.my_names or self.their_names):
            return self.topical(0.45) and shared >= 3
        return self.topical(0.6) and shared >= 4


_NO_ANCHOR = frozenset("gdp ebitda ebit cpi eps ipo ceo cfo ai us eu uk un nato".split())


def _subject(name: str) -> str:
    return country_of(name, capital=True) or name.lower()
