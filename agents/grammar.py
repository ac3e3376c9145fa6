"""Words, word classes and noun groups of English sentences, without a trained model.

Each word starts with its most frequent class (agents.lexicon). Contextual rules in the manner of
Brill (1992) then settle noun against verb and past tense against participle, the two confusions
that clause and subject rules depend on. Offsets are code points of the text given.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from agents.lexicon import (
    BE,
    CLOSED,
    GET,
    HAVE,
    IRREGULAR,
    SAME_PAST,
    lexicon,
    stem,
    verb_base,
    word_class,
)

__all__ = [
    "FINITE",
    "Token",
    "finite_verbs",
    "noun_groups",
    "stem",
    "tagged",
    "verb_base",
    "word_class",
]

FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_NOUN = frozenset({"NN", "NNS", "NNP"})
_VERBAL = frozenset({"VB", "VBZ", "VBP", "VBD"})

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"  # U.S., p.m.
    r"|\d[\d.,]*\d(?:st|nd|rd|th|s)?|\d(?:st|nd|rd|th|s)?\b|\d"
    r"|[^\W\d_]+\d*(?:[-\u2010\u2011'’.&/][^\W_]+)*[+]?"  # words, AT&T, counter-drone
    r"|\.{2,}|…|--+|[^\w\s]|_",
)
_CLITIC = re.compile(r"(?i)(?<=\w)(n['’]t|['’](?:s|re|ve|ll|d|m))$")
_TITLED = re.compile(r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|St|Inc|Corp|Ltd|Co|No|vs|Jr|Sr)$")


class Token(NamedTuple):
    """A word or mark at [start, end) of the text, with its word class."""

    start: int
    end: int
    text: str
    tag: str

    @property
    def low(self) -> str:
        return self.text.lower()


def _words(text: str) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        clitic = _CLITIC.search(word)
        if clitic and clitic.start() > 0:
            pieces += [(start, start + clitic.start()), (start + clitic.start(), end)]
        elif "/" in word and not any(c.isdigit() for c in word):
            at = start
            for part in re.finditer(r"[^/]+|/", word):
                pieces.append((at + part.start(), at + part.end()))
        else:
            pieces.append((start, end))
    return pieces


def _first_tag(word: str, initial: bool) -> str:
    low = word.lower()
    if not any(c.isalnum() for c in word):
        if low in ("%",):
            return "NN"
        return "$" if word in "$£€¥₹" else ("." if word in ".!?…" else word)
    if word[0].isdigit():
        return "CD"
    if low in CLOSED and (
        initial
        or word.islower()
        or low in ("i", "'s", "’s", "n't")
        or (
            low not in ("us", "may", "it", "one")
            and word.istitle()
            and CLOSED[low] in ("DT", "PRP$", "IN", "CC")
        )
    ):
        return CLOSED[low]
    entries = lexicon()
    if word[0].isupper() and not initial:
        return "NNP"
    tag = entries.get(low) if word[0].islower() or initial else entries.get(word)
    if tag in (None, "NNP", "FW", "UH", "SYM") and initial and word[0].isupper():
        tag = entries.get(word, tag) if tag is None else tag
        if tag is None and verb_base(low):
            tag = None
        elif tag is None:
            return "NNP"
    if tag == "NNP" and word.islower():
        tag = "NNS" if low.endswith("s") and not low.endswith("ss") else "NN"
    if tag:
        return tag
    if "-" in word or "\u2011" in word:
        last = re.split(r"[-\u2010\u2011]", low)[-1]
        if verb_base(last) and last.endswith(("ed", "ing")) or last in ("based", "made", "led"):
            return "JJ"
        if entries.get(last) == "NNS":
            return "NNS"
        return "JJ"
    if low.endswith("ing"):
        return "VBG"
    if low.endswith("ed"):
        return "VBN"
    if low.endswith("ly"):
        return "RB"
    if low.endswith(("able", "ible", "ful", "ous", "ive", "less", "ic", "al", "ish")):
        return "JJ"
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return "NNS"
    return "NNP" if word[0].isupper() else "NN"


def _verb_tag(low: str) -> str:
    """Finite class of a form that is taken for a verb."""
    if low.endswith("ing"):
        return "VBG"
    if low in SAME_PAST:
        return "VBD"
    if low in IRREGULAR or low.endswith("ed"):
        return "VBD"
    return "VBZ" if low.endswith("s") and verb_base(low) != low else "VBP"


def _previous(words: list[str], tags: list[str], index: int) -> int:
    """The word before index, adverbs and "not" left out; -1 at the start."""
    at = index - 1
    while at >= 0 and tags[at] == "RB":
        at -= 1
    return at


def _after_determiner(tags: list[str], low: str, after: str) -> str:
    if low.endswith("ing"):
        return "JJ" if after in ("NN", "NNS") else "NN"
    if low.endswith("ed"):
        return "JJ"
    return "NNS" if low.endswith("s") and not low.endswith("ss") else "NN"


def _settle(words: list[str], tags: list[str]) -> None:
    """Contextual rules, left to right, in place."""
    lows = [w.lower() for w in words]
    count = len(words)
    inverted = False  # whether a question's verb is still to come after its subject
    finite = False  # whether the clause that is being read has its finite verb
    subject = False  # whether it has a noun that can be its subject
    for i in range(count):
        low, tag = lows[i], tags[i]
        before = _previous(words, tags, i)
        was = tags[before] if before >= 0 else "^"
        word_before = lows[before] if before >= 0 else ""
        after = tags[i + 1] if i + 1 < count else "."
        next_low = lows[i + 1] if i + 1 < count else ""
        if tag in (".", ":", ";", ",", "CC", "(", ")", "—", "–", "--", '"', "“", "”"):
            if tag not in (",", "CC", '"', "“", "”") or tag in (";", "."):
                finite = subject = False
            elif tag == "CC" or tag == ",":
                finite, subject = False, subject
            continue
        if tag in ("WDT", "WP", "WRB") or low in (
            "because",
            "while",
            "whereas",
            "if",
            "although",
            "that",
            "when",
            "as",
            "since",
        ):
            if low == "that":
                verb_next = after in FINITE or (
                    after in ("NNS", "VB", "VBN", "RB")
                    and verb_base(next_low) is not None
                    and i + 2 < count
                    and tags[i + 2] in ("DT", "NNP", "PRP", "PRP$", "IN", "CD", "TO")
                    and not (after == "NNS" and lows[i + 2] in ("of", "for", "in", "to"))
                )
                if was in ("IN", "^", "TO") or (was in (",", "CC") and after == "NN"):
                    tags[i] = "DT"
                    subject = subject or verb_next
                elif was in ("NN", "NNS", "NNP", "PRP", ",") and verb_next:
                    tags[i], finite, subject = "WDT", False, True
                elif was in (
                    "VBD",
                    "VBZ",
                    "VBP",
                    "VB",
                    "VBG",
                    "VBN",
                    "NN",
                    "NNS",
                    "JJ",
                    ",",
                    "PRP",
                    "CC",
                    "NNP",
                    "CD",
                ):
                    tags[i], finite, subject = "IN", False, False
                else:
                    tags[i], subject = "DT", True
            elif tag in ("WDT", "WP"):
                finite, subject = False, True
            else:
                finite = subject = False
            continue
        if low == "subject" and next_low == "to" and was != "MD":
            tags[i] = "JJ"
            continue
        if low in CLOSED and tag in FINITE:
            asks = tag == "MD" or low in ("do", "does", "did")
            inverted = asks and (
                i == 0 or "WP" in tags[:i] or "WRB" in tags[:i] or "WDT" in tags[:i]
            )
            finite = True
            continue
        base = verb_base(low) if tag[:1] in ("N", "V", "J") and words[i].islower() else None
        if tag == "NNP" and before == -1 and verb_base(low) == low and words[i].isascii():
            base = None
        if inverted and base == low and was in ("NN", "NNS", "NNP", "PRP", "CD", "POS"):
            # "what did the bank report": the verb of a question follows its subject.
            nominal = tag in _NOUN and after in ("NN", "NNS", "VB", "VBP") and after != "."
            if not nominal:
                tags[i], inverted = "VB", False
                continue
        if low in ("'s", "’s"):
            name_like = was in ("NN", "NNS", "NNP", "CD")
            follows_verb = after in ("DT", "RB", "VBG", "JJ", "IN", "TO") and was == "PRP"
            tags[i] = (
                "VBZ" if was in ("PRP", "WP", "EX") or follows_verb or not name_like else "POS"
            )
        elif (
            base
            and (was == "MD" or word_before in ("do", "does", "did"))
            and (base == low or low in SAME_PAST)
        ):
            tags[i] = "VB"
        elif (
            base == low
            and was in ("CC", ",")
            and tag in ("VB", "VBP", "NN")
            and _coordinate(tags, before)
            and (tag != "NN" or after in ("DT", "PRP$", "NN", "NNS", "JJ"))
            and next_low not in ("of", "and", "margins", "prices")
        ):
            tags[i] = "VB" if _coordinate(tags, before) == "VB" else "VBP"
        elif base and was == "TO" and base == low and after not in ("POS",):
            noun_phrase = tag in _NOUN and after in ("NN", "NNS") and low not in SAME_PAST
            tags[i] = tag if noun_phrase and lows[before - 1] in ("to", "due") else "VB"
        elif was in ("DT", "PRP$", "POS", "JJR") and i - before == 1 and base and tag[0] != "N":
            if was == "DT" and word_before in ("that", "this", "these", "those", "all", "both",
                                               "each", "none", "neither", "some", "many") and (
                tag in ("VBZ", "VBD", "VBP", "MD") or (tag == "VB" and word_before != "this")
            ):  # fmt: skip
                tags[i] = _verb_tag(low)
            elif tag in ("VB", "VBP", "VBZ", "VBD", "VBG", "VBN"):
                tags[i] = _after_determiner(tags, low, after)
        elif was in ("JJ",) and i - before == 1 and tag in ("VB", "VBP") and base == low:
            noun_after = after in ("NN", "NNS", "IN", ".", ",")
            tags[i] = "NN" if noun_after and lows[before] not in ("many", "few") else "VBP"
        elif tag in ("VBN", "VBD") and base:
            if word_before in BE | HAVE | GET or (was == "VBN" and word_before == "been"):
                tags[i] = "VBN"
            elif low in IRREGULAR and tag == "VBD":
                tags[i] = "VBD"
            elif was in (
                "NN",
                "NNS",
                "NNP",
                "PRP",
                "CD",
                "WDT",
                "WP",
                "POS",
                ",",
                ")",
                "™",
                "®",
            ) or (was == "DT" and word_before in ("all", "both", "some", "none", "that", "this")):
                if not finite and subject and not (was == "," and tag == "VBN"):
                    tags[i] = "VBN" if _reduced(lows, tags, i) else "VBD"
                elif tag == "VBD" and finite:
                    tags[i] = "VBD" if not low.endswith("ed") else "VBN"
            elif (
                was == "JJ"
                and word_before in ("other", "others", "latter", "former")
                and not finite
            ):
                tags[i] = "VBD"
            elif was == "CC" and subject:
                tags[i] = "VBD" if after in ("DT", "NNP", "PRP$", "CD", "IN", "PRP", "TO") else tag
        elif tag in ("NN", "NNS", "VB", "VBP", "VBZ", "JJ") and base and not low.endswith("ing"):
            if _is_verb_here(lows, tags, i, was, after, finite, subject):
                tags[i] = _verb_tag(low)
            elif tag in ("VB", "VBP", "VBZ") and was in ("NN", "IN", "CD", "NNP", "NNS", "VBG"):
                if finite or tag == "VBZ" and was == "IN":
                    tags[i] = "NNS" if low.endswith("s") else "NN"
        if tags[i] in FINITE:
            finite = True
        if tags[i] in ("NN", "NNS", "NNP", "PRP", "CD", "EX"):
            subject = True


def _rescue(words: list[str], tags: list[str]) -> None:
    """A sentence without any finite verb: its likeliest base form after a noun becomes one."""
    if FINITE & set(tags) or not tags or tags[0] == "VB" or tags[-1] != ".":
        return
    for wanted in ("VBP", "VB", "VBZ", "VBD", "VBN", "NN", "NNS"):
        for i in range(1, len(words)):
            low = words[i].lower()
            if tags[i] != wanted or not words[i].islower() or verb_base(low) is None:
                continue
            if wanted in ("NN", "NNS") and (
                low.endswith("s") == words[i - 1].lower().endswith("s")
            ):
                continue
            if wanted == "VBN" and (tags[i - 1] not in _NOUN or i + 1 >= len(tags)):
                continue
            if tags[i - 1] in ("NN", "NNS", "NNP", "PRP", "CD", "RB", ")") and (
                wanted not in ("NN", "NNS") or (i + 1 < len(tags) and tags[i + 1] in (
                    "DT", "PRP$", "CD", "JJ", "RB", "JJR", "NNP") and tags[i - 1] != "RB")
            ):  # fmt: skip
                tags[i] = _verb_tag(low)
                return


def _coordinate(tags: list[str], index: int) -> str:
    """The class of the verb that a base form after "and" at index can be coordinate with."""
    for j in range(index - 1, max(-1, index - 12), -1):
        if tags[j] in ("VB", "VBP"):
            return tags[j]
        if tags[j] in ("VBZ", "VBD", ".", ";", "MD"):
            return ""
    return ""


def _reduced(lows: list[str], tags: list[str], index: int) -> bool:
    """Whether an -ed form after a noun opens a reduced relative ("shipments booked for April
    will sail"): a finite verb follows before the clause ends, with no new subject between."""
    after = tags[index + 1] if index + 1 < len(tags) else "."
    if lows[index] in SAME_PAST and after not in ("IN",):
        return False
    if after not in ("IN", "RB", "TO", "CD", ","):
        return False
    if after == "IN" and lows[index + 1] in ("that", "about", "because", "if", "as"):
        return False
    for j in range(index + 1, min(index + 16, len(tags))):
        if tags[j] in (",", ".", ";", ":", "CC", "WDT", "WP", "WRB", "(", "—") or lows[j] in (
            "that",
            "because",
            "while",
            "if",
            "as",
            "after",
            "when",
            "since",
        ):
            return False
        if tags[j] == "PRP":
            return False
        if (
            tags[j] == "MD"
            or lows[j] in ("is", "are", "was", "were", "has", "have", "had")
            or (tags[j] in ("VBZ", "VBD") and tags[j - 1] in ("NN", "NNS", "NNP"))
        ):
            return True
    return False


def _plural_head(lows: list[str], tags: list[str], index: int) -> bool:
    """Whether the subject before index is a plural with a complement: "lenders in the north"."""
    first_preposition = -1
    for j in range(index - 1, -1, -1):
        if tags[j] in FINITE or tags[j] in (",", ";", ":", ".", "CC", "WDT", "WP", "WRB", "TO"):
            break
        if tags[j] == "IN":
            if lows[j] in ("that", "because", "while", "as", "if", "although", "since"):
                break
            first_preposition = j
    return first_preposition > 0 and tags[first_preposition - 1] == "NNS"


def _is_verb_here(
    lows: list[str], tags: list[str], i: int, was: str, after: str, finite: bool, subject: bool
) -> bool:
    """Whether a form that can be noun or verb is the finite verb of its clause."""
    low, tag = lows[i], tags[i]
    if finite or not subject:
        return tag in _VERBAL and was in ("PRP", "WP", "WDT", "CC") and low not in ("like",)
    if was in ("PRP", "WDT", "WP", "EX"):
        return True
    if was not in ("NN", "NNS", "NNP", "CD", ")", "DT", ",", "CC", "VBN", "VBG"):
        return False
    if was in ("VBN", "VBG") and tag not in _VERBAL:
        return False
    plural_before = (
        (lows[i - 1].endswith("s") and was in ("NNS", "NNP"))
        or was == "CD"
        or _plural_head(lows, tags, i)
    )
    third = low.endswith("s") and not low.endswith("ss")
    if low in SAME_PAST and after in ("DT", "NN", "NNS", "PRP$", "JJ", "CD", "NNP", "IN", "RB"):
        pass
    elif tag in ("NN", "VB", "VBP", "JJ") and not third and not plural_before:
        return tag in ("VB", "VBP") and was == "NNS"
    elif third and was == "NNS" and tag == "NNS":
        return False
    # A later sure finite verb before the clause ends means that this is part of the subject.
    for j in range(i + 1, min(i + 14, len(tags))):
        if tags[j] in (",", ".", ";", ":", "WDT", "WP", "WRB") or lows[j] in (
            "that",
            "because",
            "while",
            "as",
            "if",
            "and",
            "but",
            "after",
            "when",
        ):
            break
        if tags[j] == "PRP":
            break
        if tags[j] == "MD" or lows[j] in BE | HAVE or tags[j] == "VBD":
            return False
        if tags[j] in ("VB", "VBP", "VBZ") and tags[j - 1] in ("RB", "NN", "NNS", "NNP"):
            return tag in _VERBAL and j > i + 1 and tags[j - 1] != "RB"
    if tag in ("VB", "VBP", "VBZ"):
        return True
    opens_object = after in ("DT", "PRP", "PRP$", "TO", "RB", "CD", "JJR", "$") or (
        i + 1 < len(lows) and lows[i + 1] in ("that", "to", "by", "from", "at", "in", "on", "into")
    )
    if tag == "JJ":
        return False
    if third and was in ("NN", "NNP"):
        return opens_object or after in ("JJ", "NN", "NNS", "NNP", "WRB", "VBG")
    if plural_before:
        return opens_object or after in ("JJ", "NN", "NNS", "NNP", ".")
    return opens_object or after in ("JJ", "NNS", "NN")


@lru_cache(maxsize=4096)
def tagged(text: str) -> tuple[Token, ...]:
    """The words and marks of one sentence, in order, with Penn Treebank word classes.

    Clitics are tokens of their own ("does" "n't", "bank" "'s").
    """
    pieces = _words(text)
    words = [text[start:end] for start, end in pieces]
    tags: list[str] = []
    initial = True
    for word in words:
        tags.append(_first_tag(word, initial))
        if word in '.!?:“"‘' or word in ("—", "--"):
            initial = True
        elif any(c.isalnum() for c in word):
            initial = False
    _settle(words, tags)
    _rescue(words, tags)
    return tuple(
        Token(start, end, word, tag)
        for (start, end), word, tag in zip(pieces, words, tags, strict=True)
    )


def finite_verbs(tokens: tuple[Token, ...]) -> list[int]:
    """Indexes of the finite verbs (modals and auxiliaries included), in order."""
    return [i for i, token in enumerate(tokens) if token.tag in FINITE]


_TIMES = frozenset("year month week quarter morning day evening summer winter spring".split())
_IN_GROUP = frozenset(
    {"DT", "PRP$", "JJ", "JJR", "JJS", "CD", "NN", "NNS", "NNP", "VBN", "VBG", "POS", "$"}
)


def noun_groups(tokens: tuple[Token, ...]) -> list[tuple[int, int]]:
    """Base noun groups (determiner, modifiers, head) as half-open token ranges.

    "the ten-year Bund yield" is one group; what follows with "of" or "without" is not joined.
    A group ends in a noun; personal pronouns are not groups.
    """
    groups: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        if tokens[at].tag not in _IN_GROUP or tokens[at].tag == "POS":
            at += 1
            continue
        start = at
        while at < len(tokens) and tokens[at].tag in _IN_GROUP:
            token = tokens[at]
            if at > start and token.tag in ("DT", "PRP$"):
                break
            if at > start and token.tag in ("VBN", "VBG") and tokens[at - 1].tag in _NOUN:
                break
            if at > start and token.tag == "NNP" and tokens[at - 1].low in _TIMES:
                break
            at += 1
        end = at
        while end > start and tokens[end - 1].tag not in _NOUN:
            end -= 1
        while start < end and tokens[start].tag in ("VBG",) and start + 1 == end:
            start += 1
        if end > start:
            groups.append((start, end))
        at = max(at, start + 1)
    return groups
