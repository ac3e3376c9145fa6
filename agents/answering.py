"""How well a sentence answers a part of a question, as features.

Nothing is decided here: coverage of words, names, period and restricting relations, whether the
kind of answer is there, and whether the text says that the answer is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.actors import actors
from agents.dates import dates
from agents.grammar import noun_groups, tagged
from agents.lexicon import stem
from agents.name_match import same_name
from agents.name_spans import names
from agents.quantities import quantities
from agents.question_parts import MONTH, SubQuestion
from agents.sentences import Span
from agents.topics import DEMONYMS, content_stems, root

__all__ = ["AnswerFit", "answers", "non_answer"]


class AnswerFit(NamedTuple):
    """How a sentence fits a part of a question. Fractions are 0..1, 1.0 if nothing is asked."""

    content: float
    """Share of content stems that the sentence itself has."""
    content_in_context: float
    """The same for sentence, passage, title and headings together."""
    type_present: bool
    """Whether the sentence has a number, date, name or clause of the kind asked for."""
    unit_present: bool
    """Whether a number of the sentence counts or measures the noun asked for."""
    names: float
    """Share of the question's names that sentence or context mention."""
    period: bool | None
    """Whether the period asked about is mentioned; None when the question names none."""
    relations: float
    """Share of restricting complements that the sentence itself covers."""
    relations_in_context: float
    non_answer: bool
    """The sentence says that this is not known, published or broken down."""
    non_answer_near: bool
    """The context says so about the words of the question."""
    missing: tuple[str, ...]
    """What neither sentence nor context covers, as written in the question."""
    score: float
    """A plain weighted mean for ranking, not a probability."""


_NON_ANSWER = re.compile(
    r"\b(?:(?:did|does|do|has|have|had|would|will|could|can|was|were|is|are)(?: not|"
    r"n['’]t)(?: been)? (?:\w+ ){0,2}?"
    r"(?:publish\w*|disclos\w*|give|given|say|said|provide\w*|specif\w*|break (?:out|down)|"
    r"broken (?:out|down)|name|named|comment\w*|reveal\w*|"
    r"show|tell|identif\w*|quantif\w*|report\w*|state|stated|detail\w*|known?|available|"
    r"clear|elaborate|release\w*|confirm\w*|mention\w*|"
    r"announce\w*|agreed|decided|determined|set|separate|split|distinguish|cover)|"
    r"cannot (?:tell|say|know|show|be (?:known|said|verified|determined))|"
    r"declin(?:ed|es|ing) to (?:\w+ ){0,1}?(?:say|comment|disclose|give|name|specify|reveal|"
    r"provide|elaborate|discuss)|"
    r"refus(?:ed|es|ing) to (?:say|comment|disclose|give|name|specify)|(?:there (?:is|are|"
    r"was|were)|gives?|gave|with|offers?|offered|provides?|provided|"
    r"has|have|had|publish\w*) no (?:\w+ ){0,3}?(?:breakdown|figures?|data|numbers?|details?|"
    r"estimates?|information|evidence|indication|"
    r"record|records|statistics|price|sign|word|comment|date|timetable)|"
    r"no (?:\w+ ){0,2}?(?:breakdown|figures?|data|numbers?|details?|price|estimate|evidence) "
    r"(?:\w+ ){0,2}?(?:was|were|is|are|has been|have been)(?: \w+){0,2}|names? no|"
    r"without (?:giving|disclosing|saying|specifying|naming)|"
    r"undisclosed|unknown|unclear|not (?:yet )?(?:known|available|published|disclosed|public|"
    r"clear)|says? nothing (?:about|of|on)|"
    r"remains? (?:unclear|unknown|undisclosed|secret|confidential)|(?:is|are|was|were|"
    r"remain) (?:\w+ )?(?:confidential|secret)|not broken (?:out|down)|"
    r"silent (?:on|about)|makes? no mention|did not answer|did not (?:reply|respond)|"
    r"(?:neither|nobody|no one|none) (?:\w+ ){0,4}?(?:replied|answered|commented|disclos\w+|"
    r"publish\w*|says?|said|gives?|given|reveal\w*|specif\w+))\b",
    re.I,
)


def non_answer(sentence: str) -> Span | None:
    """The words by which a sentence says that something is not known, published or broken down."""
    match = _NON_ANSWER.search(sentence)
    return Span(match.start(), match.end(), match.group()) if match else None


def _covered(needed: Sequence[str], have: set[str]) -> float:
    if not needed:
        return 1.0
    return sum(n in have or any(_close(n, h) for h in have) for n in needed) / len(needed)


def _close(a: str, b: str) -> bool:
    """Stems of one word family ("industr", "industri"); five letters at least."""
    if len(a) < 5 or len(b) < 5:
        return False
    return (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 3


def _bag(text: str) -> set[str]:
    bag = set(content_stems(text))
    for match in re.finditer(r"[^\W\d_]+", text.lower()):
        word = match.group()
        bag.add(root(word))
        if word in DEMONYMS:
            bag.add(stem(DEMONYMS[word]))
        bag.add(stem(word))
    if re.search(r"\bown(?:ed|s|er)?\b", text, re.I):
        bag.add("own")
    return bag


def _type_present(part: SubQuestion, sentence: str) -> tuple[bool, bool]:
    """Whether the kind of answer is there, and whether a number goes with the noun asked for."""
    found = quantities(sentence)
    when = dates(sentence)
    kind = part.answer_type
    unit_root = root(part.unit) if part.unit else ""
    own = {root(q.unit.split(" ")[-1]) for q in found if q.unit}
    bare = [
        q
        for q in found
        if not q.currency and q.unit not in ("percent", "percentage point", "basis point")
    ]
    if kind == "count":
        fits = not unit_root or unit_root in own or any(
            unit_root in content_stems(sentence[q.end : q.end + 60]) for q in bare
        ) or (bool(bare) and unit_root in _bag(sentence))  # fmt: skip
        return bool(bare), bool(bare) and fits
    if kind == "money":
        money = any(q.currency for q in found)
        return money, money
    if kind == "percent":
        percent = any(q.unit in ("percent", "percentage point", "basis point") for q in found)
        return percent, percent
    if kind == "amount":
        near = bool(found) and (not unit_root or unit_root in _bag(sentence))
        return bool(found), near
    if kind == "duration":
        spans = (
            "day",
            "week",
            "month",
            "year",
            "hour",
            "minute",
            "quarter",
            "working day",
            "decade",
        )
        timed = any(
            q.unit.split(" ")[-1].rstrip("s") in spans or q.unit.rstrip("s") in spans for q in found
        )
        timed = timed or bool(
            re.search(
                r"\b(?:\w+|\d+)[- ](?:day|week|month|year|hour|"
                r"decade)s?\b",
                sentence,
                re.I,
            )
            and found
        )
        return timed, timed
    if kind == "date":
        return bool(when), bool(when)
    if kind in ("entity",):
        named = any(n.kind != "ticker" for n in names(sentence)) or bool(
            noun_groups(tagged(sentence))
        )
        return named, named
    if kind == "effect":
        affected = bool(actors(sentence))
        return affected, affected
    if kind == "reason":
        why = bool(
            re.search(
                r"\b(?:because|due to|since|owing|after|as|reason|caus\w+|"
                r"driven|thanks to|result|so)\b",
                sentence,
                re.I,
            )
        )
        return why, why
    return True, True


def _period_covered(period: str, text: str) -> bool:
    year = re.search(r"(?:19|20)\d\d", period)
    month = re.search(MONTH, period)
    if year and year.group() not in text:
        short = year.group()[2:]
        if not re.search(rf"\b(?:FY|H[12]|Q[1-4])[ ’']?{short}\b|20\d\d[/⁄-]{short}\b", text):
            return False
    return not month or bool(re.search(month.group()[:3], text, re.I))


def answers(
    part: SubQuestion, sentence: str, context: str = "", published: str | None = None
) -> AnswerFit:
    """Features of how a sentence answers a part of a question.

    context: passage, title and headings around the sentence (the sentence itself may be in it).
    published: ISO date of the document, which can supply the year of the period asked about.
    """
    around = f"{context}\n{sentence}" if context else sentence
    own, near = _bag(sentence), _bag(around)
    needed = part.content
    wanted = [*part.content, *part.inherited]
    type_present, unit_present = _type_present(part, sentence)
    mentioned = [n.text for n in names(around)]
    named = [
        any(same_name(name, m) for m in mentioned) or name.lower() in around.lower()
        or bool(content_stems(name)) and _covered(content_stems(name), near) == 1.0
        for name in part.names
    ]  # fmt: skip
    period: bool | None = None
    if part.periods:
        dated = f"{around}\n{published or ''}"
        period = all(_period_covered(p, dated) for p in part.periods)
    name_roots = {
        r for n in part.names for r in (*content_stems(n), *(stem(w) for w in n.lower().split()))
    }

    def relations_in(bag: set[str]) -> float:
        if not part.relations:
            return 1.0
        held = [_covered(r, bag) >= (1.0 if len(r) == 1 else 0.6) for r in part.relations]
        return sum(held) / len(held)

    silent = non_answer(sentence)
    near_silent = False
    if context:
        for other in re.split(r"(?<=[.!?])\s+|\n+", context):
            if non_answer(other) and len(set(wanted) & _bag(other)) >= (
                1 if len(wanted) < 4 else 2
            ):
                near_silent = True
    missing = [w for w in wanted if w not in near and not any(_close(w, h) for h in near)]
    missing += [n for n, ok in zip(part.names, named, strict=True) if not ok]
    if period is False:
        missing += list(part.periods)
    content = _covered([w for w in needed if w not in name_roots], own)
    in_context = _covered([w for w in wanted if w not in name_roots], near)
    name_share = sum(named) / len(named) if named else 1.0
    relations, relations_context = relations_in(own), relations_in(near)
    typed = 1.0 if unit_present else (0.4 if type_present else 0.0)
    score = (
        0.25 * content + 0.2 * in_context + 0.2 * typed + 0.1 * name_share
        + 0.1 * (0.0 if period is False else 1.0) + 0.1 * relations + 0.05 * relations_context
    ) * (0.5 if silent else 1.0) * (0.6 + 0.4 * name_share)  # fmt: skip
    return AnswerFit(
        content=round(content, 3),
        content_in_context=round(in_context, 3),
        type_present=type_present,
        unit_present=unit_present,
        names=round(name_share, 3),
        period=period,
        relations=round(relations, 3),
        relations_in_context=round(relations_context, 3),
        non_answer=silent is not None,
        non_answer_near=near_silent,
        missing=tuple(dict.fromkeys(missing)),
        score=round(score, 3),
    )
