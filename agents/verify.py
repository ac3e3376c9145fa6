"""Verification of one claim: its own search for and against, in other documents.

Order of evidence: deterministic checks first (they can overrule), then entailment through the
port where they leave doubt. Precision first: what is not certain is `insufficient`. A claim that
only its own document makes is `insufficient` whatever a model thinks of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from agents.alignment import Evidence, Statement
from agents.checks import Judgement, check, combine
from agents.conflicts import Conflict, conflict
from agents.context import Context
from agents.evidence import (
    Check,
    Citation,
    Claim,
    ClaimKind,
    Contradiction,
    Failure,
    Label,
    Probabilities,
    Record,
    Verdict,
)
from agents.fusion import Calibration
from agents.language import modality
from agents.lines import citation, passage_lines, source_of
from agents.phrasing import clean, day, excerpt, owner
from agents.ports import Hit, ModelAnswerInvalid, PromptTooLong
from agents.state import Line, Source
from agents.support import support
from agents.wording import content

__all__ = ["Verified", "one_voice", "reconcile", "verify_claim"]

SEARCHED = 12
"""Passages read per search."""
SAME_SUBJECT = 0.45
"""Least cosine between a claim and a sentence that can be evidence for or against it."""
NEAR = 0.3
"""Least cosine, or share of the claim's content words, for a sentence to be compared at all."""
SHORT = 12
"""Words under which a claim ("Framework ceiling: £84 million") is searched with its title."""
RESTATED = 0.8
"""Cosine, and share of content words, from which a sentence says the same again."""
DOUBTFUL = 0.4
"""Share of the claim's content words from which reading the pair is worth a model call."""
MOST_JUDGED = 6
"""Pairs a claim may cost at the entailment port."""


class Verified(Record):
    verdict: Verdict
    contradictions: tuple[Contradiction, ...]
    sources: dict[str, Source]
    """The sources of the evidence, to be known to the brief."""
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class _Evidence:
    line: Line
    source: Source
    similarity: float
    coverage: float
    """Share of the claim's content words in the line and its document's title, 0..1."""
    support: float
    """The same for the best sentence alone, capped by what it lacks; see `agents.support`."""
    checks: tuple[Check, ...]
    conflict: Conflict | None
    same_mood: bool = False
    """Claim and line are both reports, or both forecasts, or both opinions."""
    copy: bool = False
    """The line is from a copy of the claim's own story: it can correct it, never confirm it."""
    entailment: Probabilities | None = None
    calibration: Calibration | None = None

    @property
    def fused(self) -> Judgement:
        """Checks and entailment fused."""
        return combine(
            self.checks, self.entailment, lexical=self.support, calibration=self.calibration
        )

    @property
    def judgement(self) -> Label:
        """What may be published of it: insufficient unless precise enough."""
        return Label.REFUTED if self.conflict is not None else self.fused.published

    @property
    def doubtful(self) -> bool:
        """Close enough to matter, and the checks neither exclude nor settle it."""
        return (
            self.conflict is None
            and not self.copy
            and self.coverage >= DOUBTFUL
            and not any(c.outcome == "conflicts" for c in self.checks)
            and not any(c.outcome == "silent" and c.claim_span for c in self.checks)
        )

    @property
    def supports(self) -> bool:
        # Words in common can be chance; the sentence must also be about the same thing.
        return (
            not self.copy
            and not self.source.instructs_machines
            and self.similarity >= SAME_SUBJECT
            and (self.judgement is Label.SUPPORTED or self.restates)
        )

    @property
    def restates(self) -> bool:
        """Nearly the same sentence, with the same figures, in the same mood.

        On 180 development claims no claim that is not supported passes; the mood is asked for
        because a forecast restated as its outcome has every word and figure in common.
        """
        return (
            self.conflict is None
            and self.same_mood
            and self.similarity >= RESTATED
            and self.coverage >= RESTATED
            and any(c.name in ("quantity", "date") and c.outcome == "agrees" for c in self.checks)
            and all(c.outcome == "agrees" for c in self.checks)
        )


class _Candidate(NamedTuple):
    line: Line
    source: Source
    copy: bool
    around: str
    """Title, lead and neighbours of the line: what a reader has in mind who reads it."""


async def _candidates(
    context: Context, claim: Claim, line: Line, own: Source, as_of: date | None
) -> tuple[list[_Candidate], int]:
    """Lines of other documents on the claim's subject, and how many copies of its own story."""
    hits: list[Hit] = await context.corpus.search(
        _subject(claim, own),
        k=SEARCHED,
        as_of=as_of,
        exclude=frozenset({line.document_id}),
        per_document=3,
    )
    by_document: dict[str, list[Hit]] = {}
    for hit in hits:
        by_document.setdefault(hit.document.id, []).append(hit)
    found: list[_Candidate] = []
    copied = {
        key
        for key, group in by_document.items()
        if group[0].origin_id == own.origin_id or key in own.rewrites
    }
    others = one_voice(group for key, group in by_document.items() if key not in copied)
    for group in (*others, *(by_document[key] for key in sorted(copied))):
        document = group[0].document
        source = source_of(document, group[0].origin_id)
        lines = passage_lines(document, [h.passage for h in group])
        found += [
            _Candidate(lines[i], source, document.id in copied, _around(source, lines, i))
            for i in range(len(lines))
        ]
    return found, len(copied)


def _around(source: Source, lines: Sequence[Line], index: int) -> str:
    near = lines[max(0, index - 1) : index + 2]
    texts = [f"{clean(source.title)}.", *(line.text for line in (lines[0], *near))]
    return "\n".join(dict.fromkeys(texts))


def _subject(claim: Claim, own: Source) -> str:
    """The claim as it is searched: a short one says too little without its document's title."""
    short = len(claim.text.split()) < SHORT
    return f"{clean(own.title)}. {claim.text}" if short and own.title else claim.text


def one_voice(found: Iterable[list[Hit]]) -> list[list[Hit]]:
    """Of the documents that carry one story, the one it comes from, else the first found.

    found: the hits of each document. A story is heard once, whoever repeats it.
    """
    groups = list(found)
    chosen: dict[tuple[str, str], list[Hit]] = {}
    for group in groups:
        document, origin = group[0].document, group[0].origin_id
        if (origin, "") not in chosen or document.id == origin:
            chosen[origin, ""] = group
    for group in groups:
        document, origin = group[0].document, group[0].origin_id
        first = chosen[origin, ""][0].document
        if document.id != first.id and document.publisher and document.publisher == first.publisher:
            # A later text of the same house in the same words may be its correction.
            chosen[origin, document.id] = group
    return list(chosen.values())


class _Read(NamedTuple):
    checks: tuple[Check, ...]
    support: float

    @property
    def settled(self) -> bool:
        return combine(self.checks, None, lexical=self.support).published is Label.SUPPORTED


def _read(claim: Claim, own: Source, source: Source, text: str) -> _Read:
    """The checks of the claim against a text of the source."""
    statement = Statement(claim.text, own.published_date)
    found = check(
        claim.text, text, claim_date=own.published_date, evidence_date=source.published_date
    )
    return _Read(
        # In an open search any two numbers of a page may give the claim's by chance.
        tuple(
            c.model_copy(update={"outcome": "silent"}) if c.detail.startswith("computed") else c
            for c in found
        ),
        support(Evidence(statement, text, source.published_date)),
    )


async def _weigh(
    context: Context, claim: Claim, own: Source, candidates: Sequence[_Candidate]
) -> list[_Evidence]:
    if not candidates:
        return []
    [row] = await context.corpus.similarity(
        [_subject(claim, own)], [c.line.text for c in candidates]
    )
    wanted = content(claim.text)
    weighed: list[_Evidence] = []
    for (line, source, copy, around), similarity in zip(candidates, row, strict=True):
        stated = content(f"{source.title} {line.text}")
        coverage = len(wanted & stated) / len(wanted) if wanted else 0.0
        if similarity < NEAR and coverage < NEAR:
            continue
        read = _read(claim, own, source, line.text)
        if not read.settled and not copy:
            # "Backlog: 55 billion" says whose backlog only under its title and beside its lead.
            wider = _read(claim, own, source, around)
            in_line = all(
                c.evidence_span in line.text
                for c in wider.checks
                if c.name == "quantity" and c.outcome == "agrees"
            )
            read = wider if wider.settled and in_line and coverage >= DOUBTFUL else read
        weighed.append(
            _Evidence(
                line=line,
                source=source,
                similarity=similarity,
                coverage=coverage,
                support=read.support,
                checks=read.checks,
                conflict=_conflict(claim, own, line, source, similarity),
                same_mood=modality(claim.text).kind == modality(line.text).kind,
                copy=copy,
            )
        )
    return sorted(weighed, key=lambda e: (-(e.similarity + e.coverage), e.line.key))


def _conflict(
    claim: Claim, own: Source, line: Line, source: Source, similarity: float
) -> Conflict | None:
    """The contradiction between claim and line, read alone or else under their titles.

    Alone first: a title's own figures and names can hide that two full sentences speak of one
    thing; short sentences need the title to say what they are about.
    """
    for mine, theirs in (("", ""), (clean(own.title), clean(source.title))):
        found = conflict(
            clean(claim.text),
            clean(line.text),
            similarity=similarity,
            claim_date=own.published_date,
            other_date=source.published_date,
            claim_context=mine,
            other_context=theirs,
        )
        if found is not None:
            return found
    return None


async def verify_claim(
    context: Context, claim: Claim, line: Line, own: Source, as_of: date | None
) -> Verified:
    """The verdict on one claim. Opinions and forecasts get none: they are their owner's.

    An entailment answer that fails is a Failure; the checks still decide what they can.
    Raises ModelUnusable as the entailment port does.
    """
    candidates, copies = await _candidates(context, claim, line, own, as_of)
    weighed = await _weigh(context, claim, own, candidates)
    if claim.kind is not ClaimKind.FACT:
        # A view is not true or false, but a figure it uses may be disputed: conflicts still count.
        weighed = [e for e in weighed if e.conflict is not None]
    doubtful = [e for e in weighed if e.doubtful and e.similarity >= SAME_SUBJECT][:MOST_JUDGED]
    failures: tuple[Failure, ...] = ()
    try:
        judged = await context.entailment.judge([(claim.text, _titled(e)) for e in doubtful])
    except (ModelAnswerInvalid, PromptTooLong) as error:
        judged, doubtful = [], []
        failures = (
            Failure(
                stage="verify", subject_id=claim.id, type=type(error).__name__, message=str(error)
            ),
        )
    read = {e.line.key: p for e, p in zip(doubtful, judged, strict=True)}
    calibration = context.entailment.calibration
    weighed = [
        replace(e, entailment=read.get(e.line.key), calibration=calibration) for e in weighed
    ]
    supporting = [e for e in weighed if e.supports]
    opposing = [e for e in weighed if e.conflict is not None]
    decided = _decide(claim, line, own, supporting, opposing, copies)
    return decided.model_copy(update={"failures": failures})


def _titled(evidence: _Evidence) -> str:
    """The line under its document's title, which says whose "revenue" it speaks of."""
    title = clean(evidence.source.title)
    return f"{title}.\n{evidence.line.text}" if title else evidence.line.text


def _decide(
    claim: Claim,
    line: Line,
    own: Source,
    supporting: Sequence[_Evidence],
    opposing: Sequence[_Evidence],
    copies: int,
) -> Verified:
    sources = {e.source.document_id: e.source for e in (*supporting, *opposing)}
    # Machine-written and sponsored texts may say so too; they are shown, never counted.
    agree = {own.origin_id: own} | {
        e.source.origin_id: e.source
        for e in supporting
        if e.source.independent_voice and not _one_house(e.source, own)
    }
    weak = len(supporting) > 0 and len(agree) == 1
    own_citations = claim.citations
    if claim.kind is not ClaimKind.FACT:
        label: Label | None = None
        why = f"{claim.kind.value} of {claim.speaker or owner(own)}, reported as such"
    else:
        label, why = _label(claim, own, agree, weak, opposing)
    if copies and own.origin_id in agree:
        why += f"; {copies + 1} copies of one story count once"
    contradictions = []
    for evidence in _one_each(opposing):
        assert evidence.conflict is not None
        contradictions.append(
            Contradiction(
                claim_ids=(claim.id,),
                kind=evidence.conflict.kind,
                supporting=own_citations,
                opposing=(citation(evidence.line),),
                words=(
                    excerpt(
                        own_citations[0].quote, evidence.conflict.claim_span, evidence.line.text
                    ),
                    excerpt(evidence.line.text, evidence.conflict.other_span, claim.text),
                ),
            )
        )
    checks = [c for e in (*opposing, *supporting)[:3] for c in e.fused.checks]
    verdict = Verdict(
        claim_id=claim.id,
        label=label,
        probabilities=_probabilities(label, supporting, opposing),
        supporting=_cited([*own_citations, *(citation(e.line) for e in supporting)]),
        opposing=_cited([citation(e.line) for e in opposing]),
        independent_sources=len(agree),
        checks=tuple(dict.fromkeys(checks)),
        why=why,
    )
    return Verified(verdict=verdict, contradictions=tuple(contradictions), sources=sources)


def _label(
    claim: Claim,
    own: Source,
    agree: dict[str, Source],
    weak: bool,
    opposing: Sequence[_Evidence],
) -> tuple[Label, str]:
    superseded = [
        e
        for e in opposing
        if e.conflict is not None
        and e.conflict.kind == "revised"
        and _one_house(e.source, own)
        and (e.source.published_at or "") > (own.published_at or "")
    ]
    if superseded:
        later = superseded[0].source
        return (
            Label.REFUTED,
            f"revised by {owner(later)} itself on {day(later.published_at)}",
        )
    live = [e for e in opposing if not (e.conflict is not None and _superseded_by(own, e))]
    if live:
        # What was written before the claim cannot have known better.
        strong = {
            e.source.origin_id
            for e in live
            if e.source.independent_voice
            and (not own.published_at or (e.source.published_at or "") >= own.published_at)
        }
        if len(strong) >= 2 and len(agree) == 1:
            return (
                Label.REFUTED,
                f"{len(strong)} independent sources say otherwise, none agrees",
            )
        other, clash = live[0].source, live[0].conflict
        said = excerpt(live[0].line.text, clash.other_span if clash else "", claim.text)
        return (
            Label.CONTESTED,
            f"{owner(other)} ({day(other.published_at)}) says otherwise: “{clean(said)}”",
        )
    others = set(agree) - {own.origin_id}
    if others:
        named = sorted(owner(agree[o]) for o in others)
        return Label.SUPPORTED, "also reported independently by " + ", ".join(named)
    if weak:
        return (
            Label.INSUFFICIENT,
            "the only other sources that say so are machine-written, sponsored or of one house",
        )
    who = claim.speaker or owner(own)
    return Label.INSUFFICIENT, f"said by {who}, not confirmed elsewhere"


def _superseded_by(own: Source, evidence: _Evidence) -> bool:
    """The other figure is this publisher's own earlier one, which this claim replaces."""
    return (
        evidence.conflict is not None
        and evidence.conflict.kind == "revised"
        and _one_house(evidence.source, own)
        and (evidence.source.published_at or "") < (own.published_at or "")
    )


def _one_house(a: Source, b: Source) -> bool:
    """One known publisher: it can revise itself, and it cannot confirm itself."""
    return bool(a.publisher) and a.publisher.casefold() == b.publisher.casefold()


def reconcile(
    claims: Mapping[str, Claim],
    verdicts: Mapping[str, Verdict],
    contradictions: Sequence[Contradiction],
) -> dict[str, Verdict]:
    """Verdicts changed by what other claims of the run found: a contradiction has two sides.

    Each claim is verified on its own; where one finds a line that says otherwise and that line
    is a claim of this run too, the other claim is as contested as the first, whichever search
    found the pair.
    """
    changed: dict[str, Verdict] = {}
    for contradiction in contradictions:
        other = contradiction.opposing[0]
        for claim_id, claim in claims.items():
            verdict = changed.get(claim_id, verdicts[claim_id])
            cited = claim.citations[0]
            same_line = cited.document_id == other.document_id and (
                cited.start <= other.start < cited.end or other.start <= cited.start < other.end
            )
            known = {c.id for c in verdict.opposing}
            against = tuple(c for c in contradiction.supporting[:1] if c.id not in known)
            if not same_line or not against or claim_id in contradiction.claim_ids:
                continue
            update: dict[str, Any] = {"opposing": (*verdict.opposing, *against)}
            settled = contradiction.kind == "revised" or verdict.label in (None, Label.REFUTED)
            if not settled:
                update["label"] = Label.CONTESTED
                update["why"] = f"another account says otherwise: “{contradiction.words[0]}”"
            elif contradiction.kind == "revised":
                update = {"why": f"{verdict.why}; it revises an earlier figure"}
                if "revises an earlier" in verdict.why:
                    continue
            changed[claim_id] = verdict.model_copy(update=update)
    return changed


def _one_each(opposing: Sequence[_Evidence]) -> list[_Evidence]:
    """The strongest opposing line of each origin."""
    best: dict[str, _Evidence] = {}
    for evidence in opposing:
        best.setdefault(evidence.source.origin_id, evidence)
    return list(best.values())


def _cited(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple({c.id: c for c in citations}.values())


def _probabilities(
    label: Label | None, supporting: Sequence[_Evidence], opposing: Sequence[_Evidence]
) -> Probabilities | None:
    """The entailment model's mean over the evidence it read; None when it read none."""
    if label is None:
        return None
    read = [e.entailment for e in (*supporting, *opposing) if e.entailment is not None]
    if not read:
        return None
    count = len(read)
    return Probabilities(
        supported=sum(p.supported for p in read) / count,
        refuted=sum(p.refuted for p in read) / count,
        insufficient=sum(p.insufficient for p in read) / count,
    )
