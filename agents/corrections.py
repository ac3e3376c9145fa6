"""Sentences that deny what was said or revise a figure, and what they deny or revise."""

from __future__ import annotations

import re
from typing import NamedTuple

from agents.attribution import attribution
from agents.sentences import Span

__all__ = ["Denial", "Revision", "denial", "revision"]


class Denial(NamedTuple):
    trigger: Span
    denied: Span
    """What is denied, as far as the sentence says it."""


class Revision(NamedTuple):
    trigger: Span
    old: Span | None
    new: Span | None


_DENY = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:e[sd]?|ing)|disput(?:e[sd]?|ing)|"
    r"dismiss(?:es|ed|ing)?|rebut(?:s|ted|ting)?|disavow(?:s|ed)?|contradict(?:s|ed|ing)?|"
    r"contrary to|rul(?:ed|es|ing) out|no truth (?:to|in)|debunk(?:s|ed|ing)?)\b",
    re.I,
)
_DENIED_NOUN = re.compile(
    r"\b(?:reports?|claims?|allegations?|suggestions?|accusations?|rumou?rs?|speculation|"
    r"charges?|"
    r"assertions?|notion|idea|story|stories|any|having|that|wrongdoing|it|planning|holding|being|"
    r"involvement|the \w+|talks|criticism|talk|knowledge)\b",
    re.I,
)
_FALSE = re.compile(
    r"\b(?:is|are|was|were|as|called|calling|calls) (?:the (?:report|claim|story|allegation|"
    r"rumou?r)s? )?"
    r"(?:simply |entirely |completely |totally )?(?:false|untrue|not true|incorrect|"
    r"inaccurate|baseless|"
    r"unfounded|groundless|fake|a fabrication|fabricated|a lie|nonsense|misinformation|wrong|"
    r"misleading)\b",
    re.I,
)
_CORRECTED = re.compile(
    r"(?:,|—|–|\() ?(?:and )?not (?P<what>(?:the |an? |as )?[^,;.()—–]{2,80})", re.I
)
_NOT_SAID = re.compile(
    r"\b(?:has|have|had|did|does|do|is|are|was|were) (?:not|never)\b|\b(?:held|holds|had|"
    r"has) no\b|"
    r"\b\w+n['’]t\b",
    re.I,
)


def denial(sentence: str) -> Denial | None:
    """Whether the sentence denies something that was said, and what.

    Covers "denied (a report that) P", "rejected the claim", "called the report false", and the
    correction "90, not the 240 that ...". A plain negative statement is a denial only when a
    speaker makes it about themselves ("X said that it has not held talks").
    """
    for match in _DENY.finditer(sentence):
        rest = sentence[match.end() :]
        trigger = Span(match.start(), match.end(), match.group())
        low = match.group().lower()
        if low.startswith(("reject", "dismiss", "disput", "rul", "contradict")):
            if not re.match(
                r"\W*(?:as \w+|(?:the |a |an |any |all |both |his |her |its |"
                r"their |such |"
                r"media |press |recent |earlier )*(?:\w+ )?(?:reports?|claims?|"
                r"allegations?|"
                r"suggestions?|accusations?|rumou?rs?|speculation|charges|"
                r"assertions?|"
                r"notion|idea|story|figures?|number|account|version|estimate|talks?|"
                r"possibility|criticism|findings?|\w+ing)\b)",
                rest,
                re.I,
            ):
                continue
        elif low.startswith("den"):
            if re.match(
                r"\W*(?:\w+ ){0,3}?(?:access|entry|bail|visas?|boarding|permission|"
                r"service|"
                r"the (?:request|motion|application|petition|appeal))\b",
                rest,
                re.I,
            ):
                continue
            if re.search(r"\b(?:was|were|been|be|being|is|are)\s*$", sentence[: match.start()]):
                continue
        elif not _DENIED_NOUN.search(rest):
            continue
        what = re.match(
            r"\s*(?:(?:a|an|the|any|all|those|these|media|press|recent|"
            r"earlier)\s+)*(?:\w+\s+)?(?:reports?|"
            r"claims?|allegations?|suggestions?|accusations?|rumou?rs?|"
            r"speculation)\b[^,;.]{0,30}?\bthat\s+",
            rest,
            re.I,
        )
        start = match.end() + (what.end() if what else len(rest) - len(rest.lstrip()))
        if rest.lstrip().lower().startswith("that "):
            start = match.end() + rest.lower().index("that ") + 5
        end_match = re.search(
            r"[;.](?:\s|$)|, (?:saying|said|adding|but|and|calling|while)\b", sentence[start:]
        )
        end = start + (end_match.start() if end_match else len(sentence[start:].rstrip()))
        if end > start:
            return Denial(trigger, Span(start, end, sentence[start:end]))
    false = _FALSE.search(sentence)
    if false and re.search(
        r"\b(?:report|claim|story|allegation|rumou?r|figure|number|"
        r"statement|post|"
        r"video|account|accusation|that|this|it)s?\b",
        sentence[: false.end()],
        re.I,
    ):
        thing = re.search(
            r"\bcall(?:ed|ing|s) (.+?) (?:simply |entirely )?\S+$", sentence[: false.end()]
        )
        if thing:
            return Denial(
                Span(false.start(), false.end(), false.group()),
                Span(thing.start(1), thing.end(1), thing.group(1)),
            )
        said_before = sentence[: false.start()].strip()
        return Denial(
            Span(false.start(), false.end(), false.group()),
            Span(
                sentence.index(said_before) if said_before else 0,
                (sentence.index(said_before) if said_before else 0) + len(said_before),
                said_before,
            ),
        )
    correction = _CORRECTED.search(sentence)
    if correction and re.search(
        r"\d|\b(?:reported|claimed|thought|said|as)\b", correction.group("what")
    ):
        what_span = Span(
            correction.start("what"), correction.end("what"), correction.group("what").rstrip()
        )
        return Denial(
            Span(
                correction.start(),
                correction.start("what"),
                sentence[correction.start() : correction.start("what")],
            ),
            what_span,
        )
    said = attribution(sentence)
    if said and said.speaker and said.verb in ("say", "tell", "insist", "state", "add", "maintain"):
        inner = said.proposition
        own = re.match(
            r"(?:it|they|he|she|its|their|there|no|the (?:company|group|bank|"
            r"ministry|firm))\b",
            inner.text,
            re.I,
        )
        negative = _NOT_SAID.search(inner.text[:60])
        if own and negative and not re.search(r"\b(?:would|will|could) not\b", inner.text[:40]):
            start, middle = inner.start + negative.start(), inner.start + negative.end()
            denied = sentence[middle : inner.end].rstrip(" .")
            lead = len(denied) - len(denied.lstrip())
            return Denial(
                Span(start, middle, negative.group()),
                Span(middle + lead, middle + len(denied), denied.strip()),
            )
    return None


_ESTIMATE = (
    r"(?:estimates?|forecasts?|guidance|figures?|projections?|targets?|outlooks?|"
    r"counts?|tolls?|"
    r"numbers?|ratings?|price targets?|totals?|predictions?|assessments?)"
)
# Raising a policy target or a number of things is no revision; these say what somebody reckons.
_GUESS = (
    r"(?:estimates?|forecasts?|guidance|projections?|outlooks?|tolls?|ratings?|price targets?|"
    r"predictions?|assessments?|(?:sales|profit|earnings|revenue|growth|output|"
    r"production) targets?)"
)
_REVISE = re.compile(
    rf"\b(?:revis(?:e[sd]?|ing|ions?)|restat(?:e[sd]?|ing|ements?)|correct(?:s|ed|ing|ions?)|"
    rf"(?:lower(?:s|ed|ing| its| our| their| the| his| her)|(?:rais|cut|trimm?|lift|updat|"
    rf"amend|slash|"
    rf"upgrad|downgrad|nudg)(?:e[sd]?|s|ed|ing|ting)?) (?:\w+['’]?s? ){{0,4}}?{_GUESS}|"
    rf"{_ESTIMATE} (?:\w+ ){{0,3}}?(?:was|were|is|are|has been|have been) "
    rf"(?:\w+ )?(?:lowered|raised|cut|trimmed|lifted|updated|amended|revised|corrected|"
    rf"withdrawn|superseded)|"
    rf"withdr(?:ew|awn|aws?) (?:\w+ ){{0,3}}?{_ESTIMATE}|supersed(?:e[sd]?|ing)|"
    rf"no longer (?:be used|valid|stands?)|"
    rf"(?:should|must) no longer be used|(?:earlier|previous|initial|first|original) {_ESTIMATE}|"
    rf"previously (?:reported|estimated|stated|announced|guided|forecast|published|put)|"
    rf"replac(?:e[sd]?|ing) (?:\w+ ){{0,3}}?(?:earlier|previous|initial|first) )\b",
    re.I,
)
_NOT_REVISED = re.compile(
    r"\b(?:unchanged|left|kept|maintained|reaffirmed|reiterated|confirmed|stuck to|error correct|"
    r"correctional|house of correction|market correction|price correction|correctly|"
    r"stock market correction)\b",
    re.I,
)
_AMOUNT = (
    r"(?:about |around |roughly |some |nearly )?(?:[A-Z]{3}\s|"
    r"[$€£¥])?\d(?:[\d.,]*\d)?(?:\s?(?:percent|%|million|billion|bn|trillion|tonnes))?"
)


def revision(sentence: str) -> Revision | None:
    """Whether the sentence revises an earlier figure or statement; the old and new value if given.

    A change of the thing itself ("sales fell to 14 from 15") is no revision; a changed estimate,
    forecast, guidance or count is.
    """
    found = (_revised(sentence, match) for match in _REVISE.finditer(sentence))
    return next((one for one in found if one), None)


def _revised(sentence: str, match: re.Match[str]) -> Revision | None:
    low = match.group().lower()
    if low.startswith("revis") and not (
        re.search(_ESTIMATE, sentence, re.I) or re.search(r"\b(?:to|from) \D{0,12}\d", sentence)
    ):
        return None
    if low.startswith(("correct", "first ")) and not re.search(_ESTIMATE, sentence, re.I):
        return None
    if low.startswith(("first ", "earlier", "previous", "initial", "original")) and not re.search(
        r"\b(?:instead|not|rather than|from|replac\w+|lower|higher|below|above|than)\b",
        sentence,
        re.I,
    ):
        return None
    if low.startswith("first ") and re.search(r"\baccording to\b", sentence):
        return None
    if _NOT_REVISED.search(sentence) and not low.startswith("revis"):
        return None
    old = re.search(
        rf"\b(?:from|instead of|not|rather than|replac\w+ (?:an? |"
        rf"the )?(?:earlier|previous|initial|first) "
        rf"\w+ of|than the|previously)\s+(?:the |an? |"
        rf"its )?(?:\w+ ){{0,3}}?({_AMOUNT})",
        sentence,
    )
    new = re.search(rf"\b(?:to|now|at|is|was|were|of)\s+({_AMOUNT})", sentence)

    def span(found: re.Match[str] | None) -> Span | None:
        return Span(found.start(1), found.end(1), found.group(1)) if found else None

    return Revision(Span(match.start(), match.end(), match.group()), span(old), span(new))
