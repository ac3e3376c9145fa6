"""What can be said of a sentence and its quotes by comparing words alone.

These readings are sound where they answer: a sentence that repeats a cited sentence is entailed by
it, and one that shares next to no word with its quotes is not. All else is left to a judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from agents.sentences import sentence_spans
from evals.figures import normalise
from evals.shown import Shown

__all__ = ["LEAST_SHARED", "only_quotes", "restates", "shared", "unframed"]

LEAST_SHARED: Final = 0.3
"""Share of a sentence's content words under which its quotes cannot entail it. Evidence with its
title and neighbours would otherwise carry a sentence whose own quote is about something else."""
_STOP: Final = frozenset(
    """a an and are as at be been but by did do does for from had has have in into is it its of on
    only or over said says that the their them they this to was were when which while who will with
    would not than then there according""".split()
)
_REPORTING: Final = frozenset(
    """say says said report reports reported write writes wrote state states stated argue argues
    hold holds put puts note notes denial denies denied account accounts disagree wrong if
    revised contradicted later other another source sources but while and however""".split()
)
_SAID: Final = (
    r"(?:says|said|reports|reported|writes|wrote|states|stated|notes|noted|argues|argued|holds)"
)
_FRAMES: Final = (
    re.compile(r"^According to (?P<who>[^,]{2,80}?)(?: \([^)]*\))?, (?P<rest>.+)$", re.S),
    re.compile(
        rf"^(?P<who>[^,“\"]{{2,80}}?)(?: \([^)]*\))? {_SAID}(?: on [^,:]{{3,30}})?"
        r"(?: that\b|:)\s*(?P<rest>.+)$",
        re.S,
    ),
    re.compile(r"^(?P<who>[^,:“\"]{2,80}?): (?P<rest>.+)$", re.S),
    re.compile(
        r"^(?P<rest>.+?),? (?:according to (?P<who>[^,]{2,80})|(?P<by>[^,]{2,60}) "
        rf"{_SAID})\.?$",
        re.S,
    ),
)  # fmt: skip
_QUOTED: Final = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_LEAD: Final = re.compile(r"^[^.!?]{0,80}?(?:[-–—]{1,2}|[:•*])\s+(?=[A-Z“\"])")
"""A dateline, label or bullet before a sentence."""


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", normalise(text).casefold())


def _stems(text: str) -> set[str]:
    return {
        token[:6] for token in _tokens(text)
        if token not in _STOP and (len(token) > 2 or token.isdigit())
    }  # fmt: skip


def unframed(claim: str, about: Iterable[str]) -> str:
    """The claim without a frame that names the publisher or author of what it cites.

    "According to Hill Gazette, sales rose." is "sales rose." when Hill Gazette published the
    quote; a frame that names anybody else is part of what has to be entailed, and stays.
    """
    known = [" ".join(_tokens(name)) for name in about if _tokens(name)]
    for frame in _FRAMES:
        match = frame.match(claim.strip())
        if match is None:
            continue
        groups = match.groupdict()
        who = " ".join(_tokens(groups.get("who") or groups.get("by") or ""))
        who = who.removeprefix("the ")
        if who and any(who == name.removeprefix("the ") for name in known):
            return groups["rest"].strip().strip("“”\"")
    return claim


def restates(claim: str, context: str) -> bool:
    """Whether the claim is, word for word, a whole sentence of the context (datelines, bullets,
    case and punctuation aside). Claims of fewer than three words are not compared."""
    wanted = _tokens(claim)
    if len(wanted) < 3:
        return False
    for block in context.split("\n\n"):
        for span in sentence_spans(block):
            if wanted in (_tokens(span.text), _tokens(_LEAD.sub("", span.text))):
                return True
    return False


def only_quotes(claim: str, evidence: Shown) -> bool:
    """Whether the claim only says who wrote which words, and the quotes have those words.

    The quoted parts must stand in the cited quotes and be four words or longer; outside them only
    publishers, authors, dates and words of reporting may stand.
    """
    parts = [next(filter(None, match.groups())) for match in _QUOTED.finditer(claim)]
    if not parts or any(len(_tokens(part)) < 4 for part in parts):
        return False
    whole = [" ".join(_tokens(quote)) for quote in evidence.quotes]
    if not all(any(" ".join(_tokens(part)) in quote for quote in whole) for part in parts):
        return False
    known = {token for text in evidence.about for token in _tokens(text)}
    rest = set(_tokens(_QUOTED.sub(" ", claim)))
    return not rest - known - _STOP - _REPORTING


def shared(claim: str, quotes: Sequence[str]) -> float:
    """Share of the claim's content words, cut to six letters, that the quotes have, 0..1."""
    wanted = _stems(claim)
    if not wanted:
        return 1.0
    found = {stem for quote in quotes for stem in _stems(quote)}
    return len(wanted & found) / len(wanted)
