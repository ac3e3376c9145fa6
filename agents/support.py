"""How far the words of evidence alone bear a claim out, 0..1.

Shared words are no entailment: the sentence must also have the claim's subject and its verb, and
what orders, compares or limits in the claim must be there too. Each thing that is missing caps
the score.
"""

from __future__ import annotations

import re

from agents.alignment import Evidence, Statement
from agents.attribution import attribution
from agents.grammar import FINITE, noun_groups, tagged
from agents.wording import STOP, meaning

__all__ = ["support"]

_ORDER = re.compile(
    r"\b(?:before|after|already|again|still|until|since|first|last|earlier|later|then|when|while|"
    r"during|by the (?:end|start|time)|no longer|once|back)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:more|less|fewer|higher|lower|larger|smaller|faster|slower|longer|shorter|bigger|cheaper|"
    r"dearer|greater|heavier|lighter|better|worse|stricter|most|least|best|worst|largest|smallest|"
    r"highest|lowest)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|denied|denies|refus\w+|unable|failed|"
    r"declin\w+|rul\w+ out|exclud\w+|other than|except)\b|n't\b",
    re.IGNORECASE,
)
_AUXILIARY = frozenset(
    """be is are was were been being am has have had having do does did will would can could may
    might shall should must 's 're 've 'll 'd""".split()
)
_PRONOUN = re.compile(r"^(?:It|They|He|She|This|That|These|Those|Its|Their|His|Her|The)\b")


def _verbs(statement: Statement) -> frozenset[str]:
    verbal = FINITE | {"VB", "VBN"}
    return frozenset(
        meaning(t.text)
        for t in tagged(statement.text)
        if t.tag in verbal and t.text.lower() not in _AUXILIARY and t.text[0].isalpha()
    )


def _subject(statement: Statement) -> frozenset[str]:
    """Meanings of the first noun group's words."""
    tokens = tagged(statement.text)
    for start, end in noun_groups(tokens):
        words = [
            meaning(t.text)
            for t in tokens[start:end]
            if t.text.lower() not in STOP and t.text[0].isalpha() and t.tag != "CD"
        ]
        if words:
            return frozenset(words)
    return frozenset()


def _extra(pattern: re.Pattern[str], claim: str, evidence: str) -> bool:
    """Whether the claim has a word of the pattern that the evidence lacks."""
    there = {m.group().lower() for m in pattern.finditer(evidence)}
    return any(m.group().lower() not in there for m in pattern.finditer(claim))


def support(evidence: Evidence) -> float:
    """The share of the claim's words in its best sentence, capped by what that sentence lacks.

    Caps: 0.45 without the subject, with another polarity, or when the claim speaks for someone
    the sentence does not; 0.5 with a comparison or order the evidence lacks; 0.55 without the verb.
    """
    claim = evidence.claim
    best = evidence.best
    if best is None or not claim.words:
        return 0.0
    score, sentence = best
    index = evidence.sentences.index(sentence)
    around = sentence.words
    if _PRONOUN.match(sentence.text) and index:
        around = around | evidence.sentences[index - 1].words
    words = claim.topic | claim.name_words
    value = len(words & around) / len(words) if words else score
    subject = _subject(claim)
    named = subject & claim.name_words
    if (subject and not subject & around) or (named and not named & around):
        value = min(value, 0.45)
    if claim.name_words - around:
        value = min(value, 0.55)
    if _NEGATION.search(claim.text) is None and _NEGATION.search(sentence.text):
        value = min(value, 0.7)
    elif _NEGATION.search(claim.text) and not _NEGATION.search(sentence.text):
        value = min(value, 0.45)
    if claim.topic:
        value = min(value, 0.15 + len(claim.topic & around) / len(claim.topic))
    verbs = _verbs(claim)
    if not verbs and len(claim.topic) <= 1:
        value = min(value, 0.8)  # "X is a county": the words of the sentence may say otherwise
    if verbs and not verbs & around and _verbs(sentence):
        value = min(value, 0.55)
    if verbs - around and _verbs(sentence):
        value = min(value, 0.85)
    compared = re.sub(r"\b(?:more|less|fewer) than (?=[\d$€£a-z]+)", "", claim.text)
    if _extra(_ORDER, claim.text, sentence.text) or _extra(_COMPARED, compared, sentence.text):
        value = min(value, 0.5)
    said = attribution(claim.text)
    if said is not None and said.speaker is not None:
        speaker = Statement(said.speaker.text).words
        if speaker and not speaker & around:
            value = min(value, 0.45)
    return value
