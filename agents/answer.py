"""Which lines answer the question, and whether any does (invariant 8).

Each part of the question is decided on its own: transparent features first (is there a number of
the kind asked for, are the names and the restricting relations covered, does the text say that
the answer is not known), the model only where they leave doubt. Machine-written, sponsored and
planted texts answer nothing: a question that only they answer is not answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.context import Context
from agents.evidence import Failure
from agents.language import modality, needs_context, rhetorical
from agents.names import actors
from agents.phrasing import clean, owner
from agents.ports import ModelAnswerInvalid, ModelRequest, PromptTooLong
from agents.quantities import quantities
from agents.questions import AnswerFit, SubQuestion, answers, parse_question
from agents.roles import Role, roles
from agents.state import Answerability, Line, Plan, Source
from agents.wording import content
from prompts import load

__all__ = ["answer_lines"]

NUMERIC = frozenset({"count", "amount", "money", "percent", "date", "duration"})
OPEN = frozenset({"general", "effect", "reason"})
SIMILARITY_WEIGHT = 0.5
"""Of the cosine in a line's rank, beside the features' own score (0..1)."""
SURE_CONTENT = 0.8
LEAST_CONTENT = 0.5
SURE_RANK = 1.0
ABOUT_RANK = 0.78
LEAST_RANK = 0.66
FOLLOWING_RANK = 0.7
"""Rank from which a line of a document that answered the part before answers the part that
leans on it ("… and how long will it last?")."""
MOST_ASKED = 2
"""Lines a part may cost at the model."""
YES = 0.2
"""Least P(yes). Small models say no to most true answers; on the development questions right
lines got 0.2 to 0.6 and wrong ones mostly under 0.2. Large models answer near 0 or 1."""
WITH_BEST = 0.62
"""Share of the best line's rank from which another line is part of the answer."""
MOST_PER_PART = 5
MOST_LINES = 14
MOST_TOUCHED = 3
"""Lines on who gains or loses that a question on effects adds."""
NEAR_LOOKED = 40
"""Lines looked through for one that says the answer is not known."""
NEAR_SIMILARITY = 0.45
CONTEXT = 2
"""Lines on each side that count as context, beside title and lead."""


_AHEAD = re.compile(
    r"\b(?:will|would|could|should|expect\w*|forecast\w*|guid\w+|target\w*|plan\w*|outlook|next|"
    r"risk\w*|case|case for|likely|benefit\w*|gain\w*|lose\w*|hurt\w*|expos\w+|due|about)\b",
    re.IGNORECASE,
)
"""Questions that may be answered with somebody's view of what comes."""


def _view(text: str) -> bool:
    kind, confidence, _ = modality(text)
    return kind != "fact" and confidence >= 0.7


class Scored(NamedTuple):
    line: Line
    fit: AnswerFit
    similarity: float

    @property
    def rank(self) -> float:
        return self.fit.score + SIMILARITY_WEIGHT * self.similarity


def _certain(part: SubQuestion, scored: Scored) -> bool | None:
    """True or False where the features decide, None where only reading can tell."""
    fit = scored.fit
    if fit.non_answer:
        return False
    if part.names and fit.names < (1.0 if len(part.names) == 1 else 0.5):
        return False
    if part.answer_type in NUMERIC:
        if not fit.type_present:
            return False
        if fit.non_answer_near and not (fit.unit_present and fit.content >= LEAST_CONTENT):
            # Beside "neither side will disclose it" a number must be about the thing itself.
            return False
        if fit.relations_in_context < 0.5 or fit.content_in_context < LEAST_CONTENT:
            return False
        if (
            fit.content_in_context >= SURE_CONTENT
            and fit.relations_in_context >= 1.0
            and fit.content > 0.0
            and (fit.unit_present or fit.content >= SURE_CONTENT)
        ):
            return True
        return None
    if scored.rank < LEAST_RANK:
        return False
    # An open question is answered by what bears on it; only who it is about must be certain.
    least = ABOUT_RANK if part.answer_type in OPEN else SURE_RANK
    if scored.rank >= least and fit.names >= 1.0 and not fit.non_answer_near:
        return True
    return None


def _follows(part: SubQuestion, scored: Scored, settled: set[str]) -> bool:
    fit = scored.fit
    return (
        scored.line.document_id in settled
        and scored.rank >= FOLLOWING_RANK
        and (bool(part.inherited) or fit.unit_present)
        and fit.type_present
        and fit.names >= 1.0
        and not fit.non_answer_near
    )


async def _says_yes(context: Context, part: SubQuestion, scored: Scored, source: Source) -> bool:
    said = await context.model.choose(
        ModelRequest(
            stage="retrieve",
            system=load("system").render(),
            task=load("answers").render(
                question=part.text, source=owner(source), line=clean(scored.line.text)
            ),
            max_tokens=1,
        ),
        ("yes", "no"),
    )
    return said["yes"] >= YES


def _around(lines: Sequence[Line], index: int) -> str:
    """The lines beside it and the first retrieved line of its document, cleaned for matching."""
    document = lines[index].document_id
    near = lines[max(0, index - CONTEXT) : index + CONTEXT + 1]
    lead = next(line for line in lines if line.document_id == document)
    texts = [lead.text, *(line.text for line in near if line.document_id == document)]
    return clean("\n".join(dict.fromkeys(texts)))


async def answer_lines(
    context: Context, plan: Plan, lines: Sequence[Line], sources: Mapping[str, Source]
) -> tuple[list[Line], list[Line], list[Answerability], list[Failure]]:
    """(lines to claim, near misses, what is answered, failures).

    lines: all sentences of the retrieved passages, grouped by document, in text order.
    """
    failures: list[Failure] = []
    decided: list[Answerability] = []
    chosen: dict[str, Line] = {}
    near: dict[str, tuple[float, Line]] = {}
    able = [
        (i, line) for i, line in enumerate(lines) if sources[line.document_id].independent_voice
    ]
    parts = parse_question(plan.question).parts
    settled: set[str] = set()
    for part in parts:
        # "… and do the accounts agree?" is about what answered before, not about any agreement.
        bound = bool(settled and part.inherited)
        reading = [x for x in able if x[1].document_id in settled] if bound else able
        ranked = await _ranked(context, part, lines, reading, sources)
        found, sure = await _answering(context, part, ranked, sources, settled, failures)
        settled |= {s.line.document_id for s in found}
        decided.append(
            Answerability(
                sub_question=part.text,
                answered=bool(found),
                score=round(ranked[0].rank, 4) if ranked else 0.0,
                line_keys=tuple(s.line.key for s in found),
            )
        )
        for scored in found:
            chosen.setdefault(
                scored.line.key, scored.line.model_copy(update={"score": round(scored.rank, 4)})
            )
        if not sure:
            for worth, line in _near(ranked, bool(found)):
                near.setdefault(line.key, (worth, line))
    if chosen:
        effects = any(part.answer_type == "effect" for part in parts)
        for line in _companions(lines, settled, chosen, MOST_TOUCHED if effects else 1):
            chosen[line.key] = line
    place = {line.key: i for i, line in enumerate(lines)}
    ordered = sorted(chosen.values(), key=lambda line: place[line.key])
    nearest = [line for _, line in sorted(near.values(), key=lambda n: (-n[0], n[1].key))]
    return ordered, nearest, decided, failures


def _near(ranked: Sequence[Scored], answered: bool) -> list[tuple[float, Line]]:
    """What a reader should see when the answer is missing: first that it is not known, then what
    is closest to the question without answering it."""
    silent = [s for s in ranked[:NEAR_LOOKED] if s.fit.non_answer and s.fit.names >= 0.5]
    close = [
        s
        for s in ranked[:3]
        if s.fit.names >= 0.5
        and s.similarity >= NEAR_SIMILARITY
        and (not s.fit.type_present or not answered)
    ]
    return [(1.0 + s.rank, s.line) for s in silent] + [(s.rank, s.line) for s in close]


async def _ranked(
    context: Context,
    part: SubQuestion,
    lines: Sequence[Line],
    able: Sequence[tuple[int, Line]],
    sources: Mapping[str, Source],
) -> list[Scored]:
    if not able:
        return []
    [row] = await context.corpus.similarity([part.text], [line.text for _, line in able])
    scored = [
        Scored(
            line,
            answers(
                part,
                clean(line.text),
                f"{clean(sources[line.document_id].title)}\n{_around(lines, index)}",
                sources[line.document_id].published_at,
            ),
            similarity,
        )
        for (index, line), similarity in zip(able, row, strict=True)
    ]
    return sorted(scored, key=lambda s: (-s.rank, s.line.key))


async def _answering(
    context: Context,
    part: SubQuestion,
    ranked: Sequence[Scored],
    sources: Mapping[str, Source],
    settled: set[str],
    failures: list[Failure],
) -> tuple[list[Scored], bool]:
    """The lines that answer the part, best first, and whether the features were sure.

    settled: documents that answered an earlier part.
    """
    asked = 0
    best: Scored | None = None
    sure = False
    for scored in ranked[:6]:
        certain = _certain(part, scored)
        if certain is None and _follows(part, scored, settled):
            certain = True
        if certain is None and asked < MOST_ASKED:
            asked += 1
            try:
                certain = await _says_yes(context, part, scored, sources[scored.line.document_id])
            except (ModelAnswerInvalid, PromptTooLong) as error:
                failures.append(
                    Failure(
                        stage="retrieve",
                        subject_id=scored.line.key,
                        type=type(error).__name__,
                        message=str(error),
                    )
                )
        elif certain:
            sure = True
        if certain:
            best = scored
            break
    if best is None:
        return [], False
    others = [
        s
        for s in ranked
        if s is not best
        and s.rank >= WITH_BEST * best.rank
        and _certain(part, s) is not False
        and not rhetorical(s.line.text)
        and not (
            _view(s.line.text)
            and (s.line.document_id != best.line.document_id or not _AHEAD.search(part.text))
        )
    ]
    # Another document's answer is worth more than a second line of the same one.
    seen = {best.line.document_id}
    first = [s for s in others if s.line.document_id not in seen]
    rest = [s for s in others if s.line.document_id in seen]
    facets = _facets(part, ranked, best)
    found = [best, *facets, *first[:2], *rest]
    return list(dict.fromkeys(found))[: MOST_PER_PART + len(facets)], sure


def _facets(part: SubQuestion, ranked: Sequence[Scored], best: Scored) -> list[Scored]:
    """For things asked side by side ("sales, margin and backlog") the best line on each, in the
    document that answers."""
    found: list[Scored] = []
    for facet in part.facets:
        wanted = content(facet)
        line = next(
            (
                s
                for s in ranked
                if s.line.document_id == best.line.document_id
                and wanted
                and wanted <= content(s.line.text)
                and quantities(s.line.text)
            ),
            None,
        )
        if line is not None:
            found.append(line)
    return found


def _companions(
    lines: Sequence[Line], documents: set[str], chosen: Mapping[str, Line], touched: int
) -> list[Line]:
    """Lines of the answering documents that say who is touched, what may go wrong, what is next:
    what a thesis needs beside the answer. Only lines that stand on their own."""
    found: dict[str, Line] = {}

    def fits(line: Line) -> bool:
        return (
            line.document_id in documents
            and line.key not in chosen
            and line.key not in found
            and not rhetorical(line.text)
            and not needs_context(line.text)
        )

    for line in lines:
        if touched and fits(line) and actors(line.text, line.lead):
            found[line.key] = line
            touched -= 1
    for role in (Role.INVALIDATION, Role.RISK, Role.CATALYST, Role.VARIANT, Role.IMPLICATION):
        if len(chosen) + len(found) >= MOST_LINES:
            break
        candidate = next((x for x in lines if fits(x) and role in roles(x.text)), None)
        if candidate is not None:
            found[candidate.key] = candidate
    return list(found.values())
