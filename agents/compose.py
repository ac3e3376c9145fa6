"""What goes where in a brief: from verified claims to sections, without a word of the model.

Each claim is told once: places are filled in order of what an analyst needs first, and a claim
that stands in one section does not come back in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from agents.brief import Dropped
from agents.context import Context
from agents.evidence import (
    Citation,
    Claim,
    ClaimKind,
    Contradiction,
    Label,
    Sentence,
    Sentiment,
    Verdict,
)
from agents.lines import citation
from agents.phrasing import claim_sentence, clean, day, owner, reported
from agents.roles import Role, roles
from agents.state import Draft, RunState, Slot, Source

__all__ = [
    "abstains",
    "cited_texts",
    "claims",
    "draft",
    "dropped",
    "notes",
    "sentences",
    "sentiments",
    "slot_sentence",
    "slots",
    "status",
    "story",
    "without",
]

MOST_SUMMARY = {"ask": 6, "analyze": 4}
MOST_NEAR = 2
Status = Literal["answered", "partial", "insufficient_evidence"]


def abstains(state: RunState) -> bool:
    """Invariant 8: no part of the question is answered by any line."""
    if state["task"] == "analyze":
        return not state.get("claim_order")
    return not any(a.answered for a in state.get("answerability", ()))


def status(state: RunState) -> Status:
    if abstains(state):
        return "insufficient_evidence"
    parts = state.get("answerability", ())
    if not _ranked(state):
        # Everything that would answer is refuted; the disputes say so, the summary cannot.
        return "partial"
    stages_failed = any(f.stage in ("extract", "verify") for f in state.get("failures", ()))
    if stages_failed or any(not a.answered for a in parts):
        return "partial"
    return "answered"


def _usable(state: RunState, claim_id: str) -> bool:
    return state["verdicts"][claim_id].label is not Label.REFUTED


def _source(state: RunState, claim: Claim) -> Source:
    return state["sources"][claim.citations[0].document_id]


def _line_score(state: RunState, claim: Claim) -> float:
    cited = claim.citations[0]
    return max(
        (
            line.score
            for line in state["lines"]
            if line.document_id == cited.document_id and line.start <= cited.start < line.end
        ),
        default=0.0,
    )


def _ranked(state: RunState) -> list[str]:
    """Claims for the summary, best first: what answers the question, else facts that carry."""
    usable = [c for c in state.get("claim_order", ()) if _usable(state, c)]
    if state["task"] == "ask":
        # The best line leads; the rest of each part reads in the order of its documents.
        answers: list[str] = []
        for part in state.get("answerability", ()):
            if part.answered:
                lead, others = part.line_keys[0], sorted(part.line_keys[1:])
                answers += sorted([lead, *others]) if answers else [lead, *others]
        first: list[str] = []
        for key in dict.fromkeys(answers):
            for claim_id in usable:
                cited = state["claims"][claim_id].citations[0]
                if key == f"{cited.document_id}:{cited.start:08d}" and claim_id not in first:
                    first.append(claim_id)
        return first
    standing = {Label.SUPPORTED: 3.0, Label.CONTESTED: 2.0, Label.INSUFFICIENT: 1.0}

    def worth(claim_id: str) -> tuple[float, int]:
        claim, verdict = state["claims"][claim_id], state["verdicts"][claim_id]
        weight = standing.get(verdict.label, 0.0) if verdict.label else 0.0
        fact = 1.5 if claim.kind is ClaimKind.FACT else 0.0
        other = -1.0 if roles(claim.text) & {Role.INVALIDATION, Role.VARIANT} else 0.0
        place = state["claim_order"].index(claim_id)
        return -(_line_score(state, claim) + 0.6 * weight + fact + other), place

    chosen = sorted(usable, key=worth)[: MOST_SUMMARY["analyze"]]
    head, rest = chosen[:1], sorted(chosen[1:], key=state["claim_order"].index)
    return [*head, *rest]


def story(state: RunState) -> str:
    """One line that says what the run is about, for the model."""
    ranked = _ranked(state)
    return clean(state["claims"][ranked[0]].text) if ranked else state["plan"].question


def slots(state: RunState) -> tuple[Slot, ...]:
    """The sentences the model is asked to write: a headline and the summary."""
    ranked = _ranked(state)[: MOST_SUMMARY[state["task"]]]
    made: list[Slot] = []
    for at, claim_id in enumerate([*ranked[:1], *ranked]):
        claim = state["claims"][claim_id]
        confirmed = state["verdicts"][claim_id].label is Label.SUPPORTED
        made.append(
            Slot(
                id="headline" if at == 0 else f"summary-{at}",
                kind="headline" if at == 0 else "write",
                claim_id=claim_id,
                line=clean(claim.text),
                speaker=claim.speaker or owner(_source(state, claim)),
                confirmed=confirmed,
            )
        )
    return tuple(made)


def _told(state: RunState, claim_id: str, text: str | None = None) -> Sentence:
    claim = state["claims"][claim_id]
    return claim_sentence(claim, state["verdicts"][claim_id], _source(state, claim), text=text)


def slot_sentence(state: RunState, slot: Slot) -> Sentence:
    return _told(state, slot.claim_id, slot.text)


def _dispute(state: RunState, contradiction: Contradiction) -> Sentence:
    ours, theirs = contradiction.supporting[0], contradiction.opposing[0]
    mine, other = state["sources"][ours.document_id], state["sources"][theirs.document_id]
    here = _excerpt(contradiction.words[0], ours)
    there = _excerpt(contradiction.words[1], theirs)
    first = f"{_cap(owner(mine))} ({day(mine.published_at)}) says “{here}”"
    second = f"{owner(other)} ({day(other.published_at)})"
    if contradiction.kind == "revised":
        text = f"{first}; {second} gives a revised figure: “{there}”."
    elif contradiction.kind == "denied":
        text = f"{first}; {second} reports a denial: “{there}”."
    else:
        text = f"{first}, but {second} says “{there}”; the accounts disagree."
    return Sentence(
        text=text,
        citations=tuple({c.id: c for c in (ours, theirs)}.values()),
        claim_ids=contradiction.claim_ids,
    )


def _excerpt(words: str, cited: Citation) -> str:
    text = clean(words or cited.quote)
    return text.replace("“", "'").replace("”", "'").replace('"', "'").rstrip(" .,;")


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ordered(state: RunState, contradiction: Contradiction) -> Contradiction:
    """The earlier account first, since the later one answers it; an analysed article leads."""
    sides = [
        state["sources"][c.document_id]
        for c in (contradiction.supporting[0], contradiction.opposing[0])
    ]
    days = [s.published_at or "" for s in sides]
    if sides[0].article or "" in days or days[0] <= days[1]:
        return contradiction
    return contradiction.model_copy(
        update={
            "supporting": contradiction.opposing,
            "opposing": contradiction.supporting,
            "words": contradiction.words[::-1],
        }
    )


def disputes(state: RunState) -> list[tuple[Contradiction, Sentence]]:
    """Each pair of disagreeing lines once, whichever of them was found from the other."""
    order = {c: i for i, c in enumerate(state.get("claim_order", ()))}
    every = sorted(
        (c for c in state.get("contradictions", {}).values() if c.claim_ids[0] in order),
        key=lambda c: (order[c.claim_ids[0]], c.opposing[0].id),
    )
    pairs: dict[frozenset[str], Contradiction] = {}
    for contradiction in every:
        sides = [contradiction.supporting[0], contradiction.opposing[0]]
        pair = frozenset(f"{state['sources'][c.document_id].origin_id}:{c.start}" for c in sides)
        if pair in pairs:
            known = pairs[pair]
            ids = tuple(dict.fromkeys((*known.claim_ids, *contradiction.claim_ids)))
            pairs[pair] = known.model_copy(update={"claim_ids": ids})
        else:
            pairs[pair] = contradiction
    ordered = [_ordered(state, c) for c in pairs.values()]
    return [(c, _dispute(state, c)) for c in ordered]


def draft(state: RunState, checked: Sequence[Slot]) -> Draft:
    """All sections, from the accepted model sentences and the claims' own words."""
    if abstains(state):
        return Draft(summary=tuple(_near(state)))
    told: set[str] = set()
    headline: Sentence | None = None
    summary: list[Sentence] = []
    for slot in checked:
        text = slot.text if slot.accepted else None
        sentence = _told(state, slot.claim_id, text)
        if slot.kind == "headline":
            headline = sentence
            continue
        told.add(slot.claim_id)
        if headline is not None and sentence.text.rstrip(".") == headline.text.rstrip("."):
            continue
        if sentence.text not in {s.text for s in summary}:
            summary.append(sentence)
    disputed = disputes(state)
    if not summary and headline is None:
        summary = [sentence for _, sentence in disputed]
    used_in_ideas = {
        i
        for idea in state.get("ideas", ())
        for s in (idea.invalidation, *idea.risks, *(c.sentence for c in idea.catalysts))
        for i in s.claim_ids
    }
    # What moves somebody stands with who is moved, in the table of exposures.
    told |= {i for e in state.get("exposures", ()) for i in e.mechanism.claim_ids}
    left = [c for c in state["claim_order"] if c not in told and _usable(state, c)]

    def take(wanted: Iterable[Role], most: int, spare: bool = False) -> list[Sentence]:
        made: list[Sentence] = []
        for claim_id in list(left):
            if len(made) == most:
                break
            if set(wanted) & roles(state["claims"][claim_id].text):
                if spare and claim_id in used_in_ideas:
                    continue
                left.remove(claim_id)
                made.append(_told(state, claim_id))
        return made

    variant = take([Role.VARIANT], 2)
    second = take([Role.SECOND_ORDER], 2)
    opposing = take([Role.INVALIDATION], 2)
    risks = take([Role.RISK], 3)
    first = take([Role.IMPLICATION, Role.CATALYST], 2)
    return Draft(
        headline=headline,
        summary=tuple(summary),
        implications=(*_placed("first", first), *_placed("second", second)),
        variant_view=tuple(variant),
        opposing_case=tuple(opposing),
        risks=tuple(risks),
        contradictions=tuple(disputed),
    )


def _placed(
    order: Literal["first", "second"], many: Sequence[Sentence]
) -> list[tuple[Literal["first", "second"], Sentence]]:
    return [(order, sentence) for sentence in many]


def _near(state: RunState) -> list[Sentence]:
    """Near misses, told as what they are."""
    return [
        Sentence(
            text=reported(line.text, state["sources"][line.document_id]),
            citations=(citation(line),),
        )
        for line in state.get("near", ())[:MOST_NEAR]
    ]


def sentences(drafted: Draft) -> list[Sentence]:
    head = [drafted.headline] if drafted.headline else []
    return [
        *head,
        *drafted.summary,
        *(s for _, s in drafted.implications),
        *drafted.variant_view,
        *drafted.opposing_case,
        *drafted.risks,
        *(s for _, s in drafted.contradictions),
    ]


def without(drafted: Draft, rejected: set[str]) -> Draft:
    """The draft without what rests on claims a reviewer rejected."""

    def stays(sentence: Sentence) -> bool:
        return not rejected & set(sentence.claim_ids)

    return Draft(
        headline=drafted.headline if drafted.headline and stays(drafted.headline) else None,
        summary=tuple(s for s in drafted.summary if stays(s)),
        implications=tuple((o, s) for o, s in drafted.implications if stays(s)),
        variant_view=tuple(s for s in drafted.variant_view if stays(s)),
        opposing_case=tuple(s for s in drafted.opposing_case if stays(s)),
        risks=tuple(s for s in drafted.risks if stays(s)),
        contradictions=tuple((c, s) for c, s in drafted.contradictions if stays(s)),
    )


def claims(state: RunState, rejected: set[str]) -> tuple[tuple[Claim, Verdict], ...]:
    if abstains(state):
        return ()
    return tuple(
        (state["claims"][c], state["verdicts"][c])
        for c in state.get("claim_order", ())
        if c not in rejected
    )


def sentiments(state: RunState) -> tuple[Sentiment, ...]:
    """Overall first, then entities by the strength of their score."""
    if abstains(state):
        return ()
    found = state.get("sentiments", {})
    entities = sorted(
        (s for s in found.values() if s.target is not None),
        key=lambda s: (-abs(s.score), s.target or ""),
    )
    overall = [s for s in found.values() if s.target is None]
    return (*overall, *entities)


def notes(state: RunState, drafted: Draft) -> tuple[str, ...]:
    """Fixed wordings: what is missing, what was left out. Never facts."""
    made: list[str] = []
    if state["task"] == "ask":
        for part in state.get("answerability", ()):
            if not part.answered:
                made.append(f"No passage answers: {part.sub_question}")
        if not abstains(state) and not _ranked(state):
            made.append("What would answer the question is refuted; see where sources disagree.")
        if abstains(state) and drafted.summary:
            made.append("The nearest passages are listed; they do not answer the question.")
        if state["plan"].language not in ("en", ""):
            made.append(
                "The question is not in English; retrieval and checks are tuned for English."
            )
    else:
        if not state.get("claim_order"):
            made.append("The article contains no sentence that makes a claim.")
        known = [state["sources"][d] for d in state["sources"] if not state["sources"][d].article]
        if not known and state.get("claim_order"):
            made.append("No other document in the corpus bears on the article's claims.")
        elif state.get("claim_order") and not any(
            state["verdicts"][c].label is Label.SUPPORTED for c in state["claim_order"]
        ):
            made.append("No claim of the article is confirmed by an independent document.")
    machine = [
        s for s in state["sources"].values() if s.author_kind == "ai" and not s.instructs_machines
    ]
    if machine and not abstains(state):
        made.append(
            "Machine-written documents were read; none of them carries a verdict on its own."
        )
    if state.get("dropped"):
        count = len(state["dropped"])
        made.append(f"{count} drafted sentence(s) failed the audit and were not published.")
    return tuple(dict.fromkeys([*made, *sorted(state.get("notes", ()))]))


def dropped(state: RunState, refused: Sequence[Dropped]) -> tuple[Dropped, ...]:
    return tuple(dict.fromkeys([*state.get("dropped", ()), *refused]))


async def cited_texts(state: RunState, context: Context) -> dict[str, str]:
    """The stored text of every document the run knows, for checking quotes."""
    article = state.get("article")
    texts: dict[str, str] = {article.id: article.text} if article is not None else {}
    for document_id in state.get("sources", {}):
        if document_id not in texts:
            document = await context.corpus.document(document_id)
            if document is not None:
                texts[document_id] = document.text
    return texts
