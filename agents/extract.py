"""Claims: exact sentences of a document, split, made self-contained and typed.

A claim starts as words of the document. Code splits it into clauses that stand alone and finds
what needs resolving; the model only picks, from a list of names and noun phrases that occur
before it, what "it" or "the company" stands for, and says what kind of statement it is where
the words leave doubt. It never writes a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agents.context import Context
from agents.evidence import Claim, ClaimKind, Document, Failure
from agents.language import (
    Attribution,
    antecedents,
    attribution,
    clauses,
    modality,
    needs_context,
    quotations,
    resolve,
)
from agents.lines import citation
from agents.phrasing import clean, first_person
from agents.ports import ModelAnswerInvalid, ModelRequest, PromptTooLong
from agents.quantities import quantities
from agents.state import Line
from prompts import load

__all__ = ["claims_of"]

CERTAIN = 0.7
"""Confidence from which the rules' kind stands without asking the model."""
_PRONOUNS = frozenset("he she it they this that who which one".split())
_JOINT = re.compile(r"[,;—–]*\s*(?:;|while\b|whereas\b|but\b)|;", re.IGNORECASE)
_ADVICE = re.compile(
    r"(?:^|[,:;—–]\s*|\bInvestors (?:should|must|need to)\b[^.]*?)"
    r"(?:consider|avoid|look to|stay nimble|act now|buy|sell|focus on|watch|think of|position|"
    r"(?:investors|readers|clients|you) (?:should|must|need to|ought to))\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"(?:it|this|that|they|these|those|he|she)\b", re.IGNORECASE)
_LEADING = re.compile(r"^(?:while|whereas|but)\b[,]?\s+", re.IGNORECASE)
LETTERS = "ABCDE"
CLEAR = 0.5
"""Least probability for a referent to be written into a claim."""
BEFORE = 3
"""Sentences of context for a reference."""


async def claims_of(
    context: Context, line: Line, document: Document, before: Sequence[Line]
) -> tuple[list[Claim], list[Failure]]:
    """The claims of one line, in order, and what failed on the way.

    before: the preceding lines of the same document, in order. Failures cost precision of
    wording only: the claim then keeps the document's own words.
    """
    failures: list[Failure] = []
    text, resolved_from = await _self_contained(context, line, document, before, failures)
    made: list[Claim] = []
    for part in _parts(text):
        try:
            kind = await _kind(context, part)
        except (ModelAnswerInvalid, PromptTooLong) as error:
            failures.append(_failure(line, error))
            kind = ClaimKind(modality(part).kind)
        said = attribution(part)
        cited = (citation(line), *(citation(source) for source in resolved_from))
        made.append(
            Claim(
                text=clean(part),
                kind=kind,
                speaker=_speaker(said, part, document),
                citations=tuple({c.id: c for c in cited}.values()),
                quantities=tuple(quantities(part)),
            )
        )
    return made, failures


def _speaker(said: Attribution | None, text: str, document: Document) -> str:
    """Who asserts it; the publisher for the document's own "we", empty for bare pronouns."""
    if first_person(text) and not quotations(text):
        return clean(document.publisher or document.author) or "the author"
    if said is None or said.speaker is None or said.source == "author":
        return ""
    if said.speaker.text.lower() in _PRONOUNS:
        return ""
    named = clean(said.speaker.text)
    return named[0].lower() + named[1:] if named.startswith(("The ", "A ", "An ")) else named


def _failure(line: Line, error: Exception) -> Failure:
    return Failure(
        stage="extract", subject_id=line.key, type=type(error).__name__, message=str(error)
    )


def _parts(text: str) -> list[str]:
    """The clauses that stand alone, each with the attribution that covers it."""
    found = clauses(text)
    if len(found) < 2:
        return [text]
    for before, clause in pairwise(found):
        # "… and EW should gain" may cut a list in two; only these joints are safe.
        joint = text[before.end : clause.start] + text[clause.start : clause.start + 12]
        if not _JOINT.match(joint.lstrip()) or (
            clause.prefix is None
            and (needs_context(clause.text) or _POINTING.match(_LEADING.sub("", clause.text)))
        ):
            return [text]
    parts: list[str] = []
    for clause in found:
        words = _LEADING.sub("", text[clause.start : clause.end].strip(" ,;"))
        prefix = clause.prefix
        if prefix is not None and not clause.start <= prefix.start < clause.end:
            said = prefix.text.strip(" ,;")
            # A frame before its clause leads ("officials said X"); one after it follows.
            words = f"{said} {words}" if prefix.start < clause.start else f"{words}, {said}"
        parts.append(_sentence(words))
    return parts


def _sentence(words: str) -> str:
    words = words[:1].upper() + words[1:]
    return words if words.endswith((".", "!", "?", "”", '"')) else words + "."


async def _kind(context: Context, text: str) -> ClaimKind:
    if _ADVICE.search(text):
        return ClaimKind.OPINION
    kind, confidence, _ = modality(text)
    if confidence >= CERTAIN:
        return ClaimKind(kind)
    options = [k.value for k in ClaimKind]
    said = await context.model.choose(
        ModelRequest(
            stage="extract",
            system=load("system").render(),
            task=load("kind").render(line=clean(text)),
            max_tokens=1,
        ),
        options,
    )
    # The rules' guess is evidence too; the small model alone calls most things facts.
    weights = {k: said[k] + (confidence if k == kind else 0.0) for k in options}
    return ClaimKind(max(options, key=lambda k: (weights[k], k)))


async def _self_contained(
    context: Context,
    line: Line,
    document: Document,
    before: Sequence[Line],
    failures: list[Failure],
) -> tuple[str, list[Line]]:
    """The line with its references resolved, and the lines the referents come from."""
    near = list(before[-BEFORE:])
    sentences = [other.text for other in near] + [line.text]
    spans = needs_context(line.text)
    if not spans:
        return line.text, []
    span = spans[0]
    candidates = list(
        dict.fromkeys(antecedents(sentences, len(sentences) - 1, span, document.title))
    )[: len(LETTERS)]
    # A referent must stand in a line that can be cited; a title is no quote.
    holders = {
        c: next((other for other in reversed(near) if c in other.text), None) for c in candidates
    }
    candidates = [c for c in candidates if holders[c] is not None]
    if not candidates:
        return line.text, []
    options = [LETTERS[i] for i in range(len(candidates))]
    try:
        said = await context.model.choose(
            ModelRequest(
                stage="extract",
                system=load("system").render(),
                task=load("reference").render(
                    context="\n".join(clean(other.text) for other in near),
                    line=clean(line.text),
                    words=span.text,
                    options="\n".join(
                        f"{letter}. {clean(c)}"
                        for letter, c in zip(options, candidates, strict=True)
                    ),
                ),
                max_tokens=1,
            ),
            options,
        )
    except (ModelAnswerInvalid, PromptTooLong) as error:
        failures.append(_failure(line, error))
        return line.text, []
    best = max(options, key=lambda o: (said[o], o))
    if said[best] < CLEAR:
        return line.text, []
    referent = candidates[options.index(best)]
    holder = holders[referent]
    return resolve(line.text, span, referent), [holder] if holder is not None else []
