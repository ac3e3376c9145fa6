"""Nodes that conclude: position, write, audit, publish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents import compose
from agents.audit import (
    HEADLINE_LONGEST_WORDS,
    MODEL_LONGEST_WORDS,
    refusals,
    unfaithful,
)
from agents.brief import Dropped, RunRecord
from agents.context import Context
from agents.evidence import Sentence
from agents.position import Desk, exposures, ideas, pick_roles
from agents.publish import Contents, assemble, stage_usage
from agents.research import as_of_date
from agents.state import Draft, RunState, Slot
from agents.verify import reconcile
from agents.write import write_slot
from prompts import all_digests

__all__ = ["audit", "position", "publish", "write"]


async def position(state: RunState, context: Context) -> dict[str, Any]:
    if compose.abstains(state):
        return {"exposures": (), "ideas": (), "spent": context.spent()}
    kept = state.get("claim_order", ())
    changed = reconcile(
        {c: state["claims"][c] for c in kept},
        state["verdicts"],
        [c for _, c in sorted(state.get("contradictions", {}).items())],
    )
    verdicts = {**state["verdicts"], **changed}
    desk = Desk(
        context=context,
        claims=[state["claims"][c] for c in kept],
        lines=state["lines"],
        verdicts=verdicts,
        sources=state["sources"],
    )
    tones = [s for _, s in sorted(state.get("sentiments", {}).items())]
    found = await exposures(desk, tones)
    made: tuple[Any, ...] = ()
    if found:
        picked = await pick_roles(desk, compose.story(state))
        made = ideas(desk, found, picked)
    context.emit(
        "position", "finished", f"{len(found)} exposures, {len(made)} ideas",
        exposures=len(found), ideas=len(made),
    )  # fmt: skip
    return {
        "verdicts": changed,
        "exposures": found,
        "ideas": made,
        "failures": tuple(desk.failures),
        "spent": context.spent(),
        "seconds": context.seconds(),
    }


async def write(state: RunState, context: Context) -> dict[str, Any]:
    slots = state.get("slots")
    if slots is None:
        slots = () if compose.abstains(state) else compose.slots(state)
    written: list[Slot] = []
    failures = []
    for slot in slots:
        if slot.open:
            slot, failure = await write_slot(context, slot)
            if failure is not None:
                failures.append(failure)
        written.append(slot)
    context.emit("write", "finished", f"{len(written)} sentences drafted", sentences=len(written))
    return {"slots": tuple(written), "failures": tuple(failures), "spent": context.spent()}


async def audit(state: RunState, context: Context) -> dict[str, Any]:
    """Model sentences first: refused ones go back once, with the reason. When none is open any
    more, the whole brief is composed and every sentence in it is held to the invariants."""
    texts = await compose.cited_texts(state, context)
    checked: list[Slot] = []
    dropped: list[Dropped] = []
    for slot in state.get("slots", ()):
        if not slot.accepted and slot.text is not None:
            reasons = unfaithful(
                slot.text,
                slot.line,
                speaker=slot.speaker,
                confirmed=slot.confirmed,
                most_words=(
                    HEADLINE_LONGEST_WORDS if slot.kind == "headline" else MODEL_LONGEST_WORDS
                ),
            )
            sentence = compose.slot_sentence(state, slot)
            reasons += _refusals(state, sentence, texts)
            slot = slot.model_copy(update={"accepted": not reasons, "reason": "; ".join(reasons)})
            if reasons:
                dropped.append(Dropped(text=slot.text or "", reason=slot.reason))
        checked.append(slot)
    again = sum(slot.open for slot in checked)
    if again:
        context.emit("audit", "found", f"{again} sentences sent back", sent_back=again)
        return {"slots": tuple(checked), "dropped": tuple(dropped)}
    draft, refused = _held(state, compose.draft(state, checked), texts)
    dropped += refused
    context.emit(
        "audit", "finished", f"{len(compose.sentences(draft))} sentences hold, "
        f"{len(refused)} dropped", dropped=len(refused),
    )  # fmt: skip
    return {
        "slots": tuple(checked),
        "draft": draft,
        "dropped": tuple(dropped),
        "spent": context.spent(),
    }


def _refusals(
    state: RunState, sentence: Sentence, texts: dict[str, str], *, dispute: bool = False
) -> list[str]:
    return refusals(
        sentence,
        texts=texts,
        sources=state["sources"],
        claims=state.get("claims", {}),
        verdicts=state.get("verdicts", {}),
        as_of=as_of_date(state),
        reports_dispute=dispute,
    )


def _held(state: RunState, draft: Draft, texts: dict[str, str]) -> tuple[Draft, list[Dropped]]:
    """The draft without what does not hold, and what was dropped."""
    refused: list[Dropped] = []

    def holds(sentence: Sentence, dispute: bool = False) -> bool:
        reasons = _refusals(state, sentence, texts, dispute=dispute)
        if reasons:
            refused.append(Dropped(text=sentence.text, reason="; ".join(reasons)))
        return not reasons

    disputed = {s.text for _, s in draft.contradictions}

    def kept(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        return tuple(s for s in sentences if holds(s, s.text in disputed))

    headline = draft.headline if draft.headline and holds(draft.headline) else None
    return (
        Draft(
            headline=headline,
            summary=kept(draft.summary),
            implications=tuple((o, s) for o, s in draft.implications if holds(s)),
            variant_view=kept(draft.variant_view),
            opposing_case=kept(draft.opposing_case),
            risks=kept(draft.risks),
            contradictions=tuple((c, s) for c, s in draft.contradictions if holds(s, dispute=True)),
        ),
        refused,
    )


async def publish(state: RunState, context: Context) -> dict[str, Any]:
    texts = await compose.cited_texts(state, context)
    draft = state["draft"]
    rejected = set(state.get("rejected", ()))
    refused: list[Dropped] = []

    def stands(sentence: Sentence, where: str) -> bool:
        reasons = _refusals(state, sentence, texts)
        if rejected & set(sentence.claim_ids):
            reasons.append("rests on a claim the reviewer rejected")
        if reasons:
            refused.append(Dropped(text=sentence.text, reason=f"{where}: {'; '.join(reasons)}"))
        return not reasons

    found = tuple(e for e in state.get("exposures", ()) if stands(e.mechanism, "exposure"))
    made = tuple(
        i
        for i in state.get("ideas", ())
        if all(
            stands(s, "idea")
            for s in (*i.thesis, i.invalidation, *i.risks, *(c.sentence for c in i.catalysts))
        )
        and not rejected & set(i.claim_ids)
    )
    if rejected:
        draft = compose.without(draft, rejected)
    spent, seconds = context.spent(), context.seconds()
    contents = Contents(
        question=state["plan"].question,
        as_of=state.get("as_of"),
        status=compose.status(state),
        headline=draft.headline,
        notes=compose.notes(state, draft),
        summary=draft.summary,
        implications=draft.implications,
        variant_view=draft.variant_view,
        opposing_case=draft.opposing_case,
        risks=draft.risks,
        exposures=found,
        sentiments=compose.sentiments(state),
        claims=compose.claims(state, rejected),
        contradictions=draft.contradictions,
        ideas=made,
        dropped=compose.dropped(state, refused),
        failures=state.get("failures", ()),
    )
    record = RunRecord(
        id=state["run_id"],
        model=context.model.name,
        prompts=all_digests(),
        corpus=await context.corpus.digest(),
        seconds=round(sum(seconds.values()), 3),
        stages=stage_usage(seconds, spent),
    )
    brief = assemble(contents, state["sources"], record)
    context.emit("publish", "finished", f"{brief.status}: {len(brief.claims)} claims")
    return {"brief": brief}
