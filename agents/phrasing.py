"""Sentences that code writes: a source's own words, with their owner, in desk style.

Used where no model sentence holds: the words are the source's, only the frame is ours, so the
result is true of its quote by construction. Nothing here adds a fact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from agents.evidence import AuthorKind, Citation, Claim, Label, Sentence, Verdict
from agents.gazetteer import PEOPLES
from agents.language import attribution, needs_context, rhetorical
from agents.lexicon import word_class
from agents.names import names
from agents.state import Source

__all__ = [
    "claim_sentence",
    "clean",
    "day",
    "excerpt",
    "first_person",
    "owner",
    "quoted",
    "reported",
]

_FIRST_PERSON = re.compile(
    # "Phase I" and "Article I" are numbers.
    r"(?<!Phase )(?<!Part )(?<!Article )(?<!Class )(?<!Type )(?<!Tier )(?<!War )"
    r"\b(?:I|[Ww]e|[Oo]ur|[Mm]y|us|me)\b(?![.\w])"
)
_SECOND_PERSON = re.compile(r"\b(?:[Yy]ou|[Yy]our)\b")
_CONNECTIVE = re.compile(
    r"^(?:But|And|So|Yet|However|Moreover|Still|Also|Then|Instead|Meanwhile|Nevertheless|"
    r"In addition|By contrast|On balance|Of course|Indeed|In short|Separately|Alongside it)"
    r"\b[,:]?\s+"
)
_DIRECTIONS = frozenset("western eastern northern southern arctic african asian".split())
_BULLET = re.compile(r"^\s*(?:[-*•–—‣▪¹²³]|\d{1,3}[.)])\s+")
_LABEL = re.compile(r"^[^.:!?]{2,60}:\s+\S")


def clean(text: str) -> str:
    """The words as a reader should see them: soft hyphens dropped, ligatures and odd spaces
    folded, bullets removed. Quotes stay exact in their citation; this is for prose."""
    folded = "".join(
        "" if c == "\u00ad" else unicodedata.normalize("NFKC", c) if _folds(c) else c for c in text
    )
    folded = re.sub(r"\s+", " ", folded).strip()
    folded = re.sub(r"\s+([,.;:!?%])", r"\1", folded)
    return _BULLET.sub("", folded)


def _folds(character: str) -> bool:
    # Fractions and superscripts keep their form: NFKC turns 12½ into 121/2.
    return character.isspace() or "\ufb00" <= character <= "\ufb06"


def first_person(text: str) -> bool:
    """Whether the words speak for their author ("we expect")."""
    return _FIRST_PERSON.search(text) is not None


def day(published_at: str | None) -> str:
    """`2025-03-12…` as "12 March 2025"; "undated" when unknown."""
    if not published_at:
        return "undated"
    when = date.fromisoformat(published_at[:10])
    return f"{when.day} {when:%B %Y}"


def owner(source: Source) -> str:
    """How prose names the source: its publisher, honestly qualified."""
    if source.article:
        # The brief is about it; who wrote it stands in its head, not in every sentence.
        return "the article"
    name = source.publisher or source.author
    if not name and source.title and not any(c.isdigit() for c in source.title):
        # A figure in a title is in no quote.
        name = f"“{clean(source.title)}”"
    name = name or "an unnamed source"
    if source.author_kind is AuthorKind.AI:
        return f"machine-written commentary ({name})"
    if source.sponsored:
        return f"sponsored content in {name}"
    return name


def _capital(text: str) -> str:
    if re.match(r"\W*[a-z]+[A-Z]", text):
        return text  # eBay, iPhone
    for at, character in enumerate(text):
        if character.isalnum():
            return text[:at] + character.upper() + text[at + 1 :]
    return text


def _inner(text: str) -> str:
    """The sentence as it stands after "According to X,": first letter lowered unless a name."""
    first = re.match(r"[^\s,;:]+", text)
    if first is None or not first.group(0)[:1].isupper():
        return text
    word = first.group(0)
    named = any(n.start < first.end() for n in names(text))
    low = re.sub(r"['’]s?$", "", word.lower())
    proper = word_class(low) in (None, "NNP") or low in PEOPLES or low in _DIRECTIONS
    if (
        named
        or proper
        or word == "I"
        or sum(c.isupper() for c in word) > 1
        or any(c.isdigit() for c in word)
    ):
        return text
    return word[0].lower() + text[1:]


def _stop(text: str) -> str:
    return text if re.search(r"[.!?…][\"'”’)]*$", text) else text.rstrip(" ,;:—-") + "."


def quoted(text: str, source: Source) -> str:
    """`X writes: "…"`: for first-person, imperative, fragmentary or quote-bearing words."""
    words = clean(text).replace("“", "'").replace("”", "'").replace('"', "'")
    return f"{_capital(owner(source))} says: “{_stop(words)}”"


def reported(text: str, source: Source, *, plain: bool = False) -> str:
    """The sentence with its owner.

    plain: the claim is confirmed by independent sources, so no owner is needed in the prose.
    """
    words = _CONNECTIVE.sub("", clean(text))
    direct = (
        first_person(words)
        or _SECOND_PERSON.search(words)
        or words.endswith("?")
        or _LABEL.match(words)
        or rhetorical(words)
    )
    if direct:
        return quoted(words, source)
    words = _stop(_capital(words))
    if plain:
        return words
    said = attribution(words)
    if said is not None and said.speaker is not None and not _pronoun(said.speaker.text):
        # The line names its own speaker; only what weakens the document itself must be added.
        if source.author_kind is not AuthorKind.AI and not source.sponsored:
            return words
    return f"According to {owner(source)}, {_inner(words)}"


def _pronoun(speaker: str) -> bool:
    return speaker.strip().lower() in {"it", "he", "she", "they", "we", "i", "one", "who"}


EXCERPT_WORDS = 13
SHORTEST_EXCERPT = 7


_DANGLING = frozenset(
    "a an the of on in at by to for from with and or but not no does do did is are was were be has "
    "have had its it that which who than as between until over under about said say will would "
    "may could should their his her this these on".split()
)


_DENYING = frozenset("no not never neither nor denied denies".split())


def _nearest(sentence: str, words: Sequence[tuple[int, int]], about: str) -> str:
    """The dozen words that share most with `about`, those of a denial before others."""
    # Names say whom both accounts are about, not in what they differ.
    wanted = {w[:5].lower(): 0.25 if w[0].isupper() else 1.0 for w in re.findall(r"\w{4,}", about)}

    def worth(start: int) -> tuple[float, int]:
        run = sentence[words[start][0] : words[start + EXCERPT_WORDS - 1][1]].lower()
        found = re.findall(r"\w+", run)
        shared = {w[:5] for w in found if len(w) > 3} & set(wanted)
        return sum(wanted[w] for w in shared) + 1.5 * (not _DENYING.isdisjoint(found)), -start

    first = max(range(len(words) - EXCERPT_WORDS + 1), key=worth)
    last = first + EXCERPT_WORDS - 1
    while last > first and sentence[slice(*words[last])].strip(",;:.").lower() in _DANGLING:
        last -= 1
    while (
        last + 1 < len(words)
        and sentence[words[last][0]].isupper()
        and sentence[words[last + 1][0]].isupper()
    ):
        last += 1  # a name is not cut
    return sentence[words[first][0] : words[last][1]]


def excerpt(sentence: str, span: str, about: str = "") -> str:
    """The words of `sentence` around `span`, exact and in a row, about a dozen at most.

    about: the other account; where no figure is at stake, the words that speak of it are taken.
    The whole sentence when it is short. It ends neither inside a figure nor on a word that
    leads to another.
    """
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", sentence)]
    if len(words) <= EXCERPT_WORDS + 3:
        return sentence
    if about and not (span in sentence and any(c.isdigit() for c in span)):
        span = _nearest(sentence, words, about)
    at = max(sentence.find(span), 0)
    until = at + len(span) if span and span in sentence else at + 1
    first = max(i for i, (start, _) in enumerate(words) if start <= at)
    last = max(i for i, (start, _) in enumerate(words) if start < until)
    last = min(last, first + EXCERPT_WORDS - 1)
    breaks = [i for i, (_, end) in enumerate(words) if sentence[end - 1] in ",;:—"]
    left = max((i + 1 for i in breaks if i < first), default=0)
    enough = max(last, left + SHORTEST_EXCERPT - 1)
    right = min((i for i in breaks if i >= enough), default=len(words) - 1)
    while right - left + 1 > EXCERPT_WORDS and (left < first or right > last):
        # What follows the figure says less than what leads to it.
        if right > last + 3 or left >= first:
            right -= 1
        else:
            left += 1

    def word(index: int) -> str:
        return sentence[slice(*words[index])].strip("“”\"'(),;:.").lower()

    while right > last and (
        word(right) in _DANGLING or any(c.isdigit() for c in word(right)) and right + 1 < len(words)
    ):
        right -= 1
    while (
        right + 1 < len(words)
        and any(c.isdigit() for c in word(right))
        and (sentence[words[right][1] - 1] not in ",;:.")
    ):
        # A figure is nothing without its unit.
        right += 1
    return sentence[words[left][0] : words[right][1]].rstrip(" ,;:—")


def claim_sentence(
    claim: Claim,
    verdict: Verdict,
    source: Source,
    *,
    text: str | None = None,
    extra: Sequence[Citation] = (),
) -> Sentence:
    """The claim as a sentence: `text` when given, else its own words with their owner.

    A confirmed claim is told plainly and cites what confirms it. extra: further quotes the
    sentence needs, such as one that states a ticker.
    """
    confirmed = verdict.label is Label.SUPPORTED
    if text is None and needs_context(claim.text):
        # An open "it" can stand in a quotation, not in the desk's own prose.
        text = quoted(claim.text, source)
    cited = (*claim.citations, *(verdict.supporting if confirmed else ()), *extra)
    return Sentence(
        text=text or reported(claim.text, source, plain=confirmed),
        citations=tuple({c.id: c for c in cited}.values()),
        claim_ids=(claim.id,),
    )
