"""Positioning: who benefits, who is hurt, by what mechanism, and at most three ideas.

Rules propose (an actor beside a verb of gain or loss), the model decides effect by effect with
one word, code builds the records. Every mechanism is a claim that has a verdict, so conviction
can be computed and anyone can ask where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.context import Context
from agents.conviction import conviction
from agents.evidence import (
    Catalyst,
    Citation,
    Claim,
    ClaimKind,
    Effect,
    Exposure,
    Failure,
    Label,
    Leg,
    Sentence,
    Sentiment,
    TradeIdea,
    Verdict,
)
from agents.language import attribution
from agents.lines import citation
from agents.names import actors, names, same_name, stated_ticker
from agents.phrasing import claim_sentence, clean
from agents.ports import ModelAnswerInvalid, ModelRequest, PromptTooLong
from agents.roles import UNDATED, Role, roles, when
from agents.state import Line, Source
from prompts import load

__all__ = ["Desk", "exposures", "ideas", "pick_roles"]

EFFECTS = ("benefits", "hurt", "mixed", "neither")
MOST_EXPOSURES = 8
MOST_ASKED = 10
MOST_IDEAS = 3
RULE_WEIGHT = 0.6
"""How much a verb of gain or loss beside the actor counts against the model's word (0..1)."""
LEAST = 0.5
_TRADE = re.compile(r"\b(?:trade|position|catalyst|window|horizon|re-?rating|thesis)\b", re.I)
NOT_ACTORS = frozenset({"person", "place"})


@dataclass
class Desk:
    """What positioning reads: the claims with their lines, verdicts and sources."""

    context: Context
    claims: Sequence[Claim]
    lines: Sequence[Line]
    """All lines of the run, for tickers that another line states."""
    verdicts: Mapping[str, Verdict]
    sources: Mapping[str, Source]
    failures: list[Failure] = field(default_factory=list)

    def usable(self, claim: Claim) -> bool:
        """Invariant 3: a refuted claim supports nothing."""
        return self.verdicts[claim.id].label is not Label.REFUTED

    def sentence(self, claim: Claim, *extra: Citation) -> Sentence:
        """The claim's own words with their owner."""
        source = self.sources[claim.citations[0].document_id]
        return claim_sentence(claim, self.verdicts[claim.id], source, extra=extra)

    def lead(self, claim: Claim) -> str:
        """The question that the claim's line answers in its document, if there is one."""
        cited = claim.citations[0]
        return next(
            (
                line.lead
                for line in self.lines
                if line.document_id == cited.document_id and line.start == cited.start
            ),
            "",
        )

    def when(self, claim: Claim) -> str:
        """The date or window ahead that the claim states, seen from its document's day."""
        source = self.sources[claim.citations[0].document_id]
        return when(claim.text, source.published_date)

    def ticker(self, name: str, claim: Claim) -> tuple[str | None, str | None, Citation | None]:
        """(ticker, where from, the quote that states it) by invariant 6."""
        found = stated_ticker(claim.citations[0].quote, name)
        if found:
            return found, "stated", claim.citations[0]
        for line in self.lines:
            found = stated_ticker(line.text, name)
            if found:
                return found, "stated", citation(line)
        security = self.context.securities.resolve(name)
        return (security.ticker, "resolved", None) if security else (None, None, None)


@dataclass(frozen=True)
class _Proposal:
    name: str
    claim: Claim
    effect: Effect | None
    """What the words beside the actor say; None when only the model can tell."""


def _proposals(desk: Desk) -> list[_Proposal]:
    found: list[_Proposal] = []
    for claim in desk.claims:
        if not desk.usable(claim):
            continue
        for actor in actors(claim.text, desk.lead(claim)):
            if actor.text in _speaker_of(claim.text):
                continue
            found.append(_Proposal(clean(actor.text), claim, Effect(actor.effect)))
    for claim in desk.claims:
        if not desk.usable(claim):
            continue
        text = claim.text
        if not roles(text) & {Role.IMPLICATION, Role.SECOND_ORDER, Role.RISK} and not any(
            n.kind == "ticker" for n in names(text)
        ):
            continue
        speaker = _speaker_of(text)
        for name in names(text):
            if name.text in speaker:
                continue
            if name.kind == "org" and not any(same_name(name.text, p.name) for p in found):
                found.append(_Proposal(clean(name.text), claim, None))
    ruled = [p for p in found if p.effect is not None]
    return [*ruled, *(p for p in found if p.effect is None)][:MOST_ASKED]


def _speaker_of(text: str) -> str:
    """Who says it is not who it happens to, unless the words say so themselves."""
    said = attribution(text)
    if said is None or said.speaker is None:
        return ""
    rest = text.replace(said.frame.text, "", 1)
    return "" if said.speaker.text in rest else said.speaker.text


async def _effect(desk: Desk, proposal: _Proposal) -> Effect | None:
    try:
        said = await desk.context.model.choose(
            ModelRequest(
                stage="position",
                system=load("system").render(),
                task=load("effect").render(line=clean(proposal.claim.text), name=proposal.name),
                max_tokens=1,
            ),
            EFFECTS,
        )
    except (ModelAnswerInvalid, PromptTooLong) as error:
        desk.failures.append(
            Failure(
                stage="position",
                subject_id=proposal.claim.id,
                type=type(error).__name__,
                message=str(error),
            )
        )
        said = {}
    weights = {effect: (1 - RULE_WEIGHT) * said.get(effect, 0.0) for effect in EFFECTS}
    if proposal.effect is not None:
        weights[proposal.effect.value] += RULE_WEIGHT
        least = LEAST
    else:
        # Without a rule the model must be sure on its own.
        weights = {effect: said.get(effect, 0.0) for effect in EFFECTS}
        least = 0.7
    best = max(EFFECTS, key=lambda effect: (weights[effect], effect))
    return Effect(best) if best != "neither" and weights[best] >= least else None


async def exposures(desk: Desk, sentiments: Sequence[Sentiment]) -> tuple[Exposure, ...]:
    """Who gains and who loses, best supported first, at most eight."""
    found: list[Exposure] = []
    for proposal in _proposals(desk):
        effect = await _effect(desk, proposal)
        if effect is not None:
            _add(desk, found, proposal.name, effect, proposal.claim)
    for sentiment in sentiments:
        if sentiment.target is None or abs(sentiment.score) < 0.35:
            continue
        if any(same_name(sentiment.target, e.name) for e in found):
            continue
        # A tone towards a country, a person or a technology is no position.
        if not any(n.kind == "org" for n in names(sentiment.target)):
            continue
        claim = _claim_of(desk, sentiment)
        if claim is not None and sentiment.target not in _speaker_of(claim.text):
            effect = Effect.BENEFITS if sentiment.score > 0 else Effect.HURT
            _add(desk, found, sentiment.target, effect, claim)
    return tuple(found[:MOST_EXPOSURES])


def _claim_of(desk: Desk, sentiment: Sentiment) -> Claim | None:
    for cited in sentiment.citations:
        for claim in desk.claims:
            if desk.usable(claim) and cited in claim.citations:
                return claim
    return None


def _full(desk: Desk, name: str) -> str:
    """The longest form in which the run's lines name the same organisation."""
    forms = [n.text for line in desk.lines for n in names(clean(line.text)) if n.kind == "org"]
    own = [f for f in forms if f.lower().startswith(name.lower()) and same_name(f, name)]
    return max([name, *own], key=lambda f: (len(f), f))


def _add(desk: Desk, found: list[Exposure], name: str, effect: Effect, claim: Claim) -> None:
    name = _full(desk, name)
    for at, known in enumerate(found):
        if same_name(known.name, name):
            if known.effect is not effect and known.effect is not Effect.MIXED:
                other = desk.sentence(claim)
                both = known.mechanism.citations + tuple(
                    c for c in other.citations if c not in known.mechanism.citations
                )
                text = known.mechanism.text
                if other.text not in text:
                    text = f"{text} {other.text}"
                found[at] = known.model_copy(
                    update={
                        "effect": Effect.MIXED,
                        "mechanism": Sentence(
                            text=text,
                            citations=both,
                            claim_ids=tuple(dict.fromkeys((*known.mechanism.claim_ids, claim.id))),
                        ),
                    }
                )
            return
    ticker, source, stated = desk.ticker(name, claim)
    second = Role.SECOND_ORDER in roles(claim.text)
    found.append(
        Exposure.model_validate(
            {
                "name": name,
                "ticker": ticker,
                "ticker_source": source,
                "effect": effect,
                "order": "second" if second else "first",
                "mechanism": desk.sentence(claim, *((stated,) if stated else ())),
            }
        )
    )


async def pick_roles(desk: Desk, story: str) -> dict[Role, Claim | None]:
    """Which claim is the catalyst, the invalidation and the opposing case.

    The model chooses among the claims whose words can play the part; where it does not answer,
    the first of them in document order is taken.
    """
    wanted = (Role.CATALYST, Role.INVALIDATION, Role.RISK)
    claims = [c for c in desk.claims if desk.usable(c)]
    offered = {
        role: [i for i, c in enumerate(claims, 1) if role in roles(c.text)][:6] for role in wanted
    }
    shown = sorted({i for ids in offered.values() for i in ids})
    if not shown:
        return dict.fromkeys(wanted)
    chosen: dict[Role, Claim | None] = {
        role: claims[ids[0] - 1] if ids else None for role, ids in offered.items()
    }
    if not any(len(ids) > 1 for ids in offered.values()):
        return chosen
    field_of = {
        Role.CATALYST: "catalyst",
        Role.INVALIDATION: "invalidation",
        Role.RISK: "opposing",
    }
    schema = {
        "type": "object",
        "properties": {
            field_of[role]: {"type": "integer", "enum": [*ids, 0]} for role, ids in offered.items()
        },
        "required": [field_of[role] for role in wanted],
        "additionalProperties": False,
    }
    try:
        reply = await desk.context.model.fill(
            ModelRequest(
                stage="position",
                system=load("system").render(),
                task=load("position").render(
                    lines="\n".join(f"[{i}] {clean(claims[i - 1].text)}" for i in shown),
                    story=story,
                    catalysts=_ids(offered[Role.CATALYST]),
                    invalidations=_ids(offered[Role.INVALIDATION]),
                    opposing=_ids(offered[Role.RISK]),
                ),
                answer_schema=schema,
                max_tokens=48,
            )
        )
    except (ModelAnswerInvalid, PromptTooLong) as error:
        desk.failures.append(
            Failure(stage="position", type=type(error).__name__, message=str(error))
        )
        return chosen
    for role in wanted:
        picked = int(reply.data[field_of[role]])
        if picked:
            chosen[role] = claims[picked - 1]
    return chosen


def _ids(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, [*numbers, 0]))


def ideas(
    desk: Desk, found: Sequence[Exposure], picked: Mapping[Role, Claim | None]
) -> tuple[TradeIdea, ...]:
    """At most three ideas from the exposures: a pair where one side gains and another loses."""
    longs = _by_mechanism([e for e in found if e.effect is Effect.BENEFITS and _tradable(desk, e)])
    shorts = _by_mechanism([e for e in found if e.effect is Effect.HURT and _tradable(desk, e)])
    made: list[TradeIdea] = []
    for at in range(min(MOST_IDEAS, max(len(longs), len(shorts)))):
        pair = [e for group in (*longs[at : at + 1], *shorts[at : at + 1]) for e in group]
        # What is said once is told once: the first idea carries it.
        idea = _idea(desk, pair, {} if made else picked)
        if idea is not None:
            made.append(idea)
    return tuple(sorted(made, key=lambda i: -i.conviction))


def _by_mechanism(found: Sequence[Exposure]) -> list[list[Exposure]]:
    """Those that one sentence moves together are one side of one idea, at most three of them."""
    groups: dict[str, list[Exposure]] = {}
    for exposure in found:
        groups.setdefault(exposure.mechanism.claim_ids[0], []).append(exposure)
    return [group[:3] for group in groups.values()]


def _tradable(desk: Desk, exposure: Exposure) -> bool:
    kinds = {n.kind for n in names(exposure.name)}
    # An acronym alone ("EW") may be a technology; a ticker or a word must say that it trades.
    worded = any(len(w) > 3 and not w.isupper() for w in exposure.name.split())
    return bool(exposure.ticker) or (worded and not kinds & NOT_ACTORS)


def _idea(
    desk: Desk, pair: Sequence[Exposure], picked: Mapping[Role, Claim | None]
) -> TradeIdea | None:
    legs = tuple(
        Leg.model_validate(
            {
                "side": "long" if e.effect is Effect.BENEFITS else "short",
                "name": e.name,
                "ticker": e.ticker,
                "ticker_source": e.ticker_source,
            }
        )
        for e in pair
    )
    thesis = tuple({e.mechanism.text: e.mechanism for e in pair}.values())
    ids = tuple(dict.fromkeys(i for s in thesis for i in s.claim_ids))
    by_id = {c.id: c for c in desk.claims}
    kills = picked.get(Role.INVALIDATION)
    catalyst = picked.get(Role.CATALYST)
    if catalyst is not None and catalyst.id in ids:
        catalyst = None
    opposing = picked.get(Role.RISK)
    timing = _timing(desk, ids, catalyst)
    if timing is not None and timing.id not in ids and timing is not catalyst:
        thesis = (*thesis, desk.sentence(timing))
        ids = (*ids, timing.id)
    resting = [(by_id[i], desk.verdicts[i]) for i in ids]
    dated = catalyst is not None and desk.when(catalyst) != UNDATED
    score, conditional, why = conviction(
        resting, dated_catalyst=dated, opposed=opposing is not None
    )
    sides = (("long", [x.name for x in legs if x.side == "long"]),
             ("short", [x.name for x in legs if x.side == "short"]))  # fmt: skip
    title = ", ".join(f"{side} {_list(of)}" for side, of in sides if of)
    title = title[0].upper() + title[1:]
    if conditional:
        views = any(c.kind is not ClaimKind.FACT for c, _ in resting)
        title += ", if the view is right" if views else ", if the report is right"
    return TradeIdea(
        title=title,
        conditional=conditional,
        legs=legs,
        horizon=desk.when(timing) if timing is not None else "not stated in the sources",
        catalysts=(
            (Catalyst(when=desk.when(catalyst), sentence=desk.sentence(catalyst)),)
            if catalyst
            else ()
        ),
        invalidation=desk.sentence(kills) if kills else _denial(desk, resting[0][0]),
        thesis=thesis,
        risks=(desk.sentence(opposing),) if opposing and opposing is not kills else (),
        claim_ids=ids,
        conviction=score,
        conviction_why=why,
    )


def _list(names_of: Sequence[str]) -> str:
    return " and ".join([", ".join(names_of[:-1]), names_of[-1]] if names_of[1:] else names_of)


def _timing(desk: Desk, ids: Sequence[str], catalyst: Claim | None) -> Claim | None:
    """The claim that states a horizon: one of the idea's own, the catalyst, or any on timing."""
    own = [c for c in desk.claims if c.id in ids]
    rest = [c for c in desk.claims if Role.HORIZON in roles(c.text) and desk.usable(c)]
    trade = [c for c in rest if _TRADE.search(c.text)]
    candidates: list[Claim] = [*own, *([catalyst] if catalyst else []), *trade]
    return next((c for c in candidates if desk.when(c) != UNDATED), None)


def _denial(desk: Desk, claim: Claim) -> Sentence:
    """With no condition in the sources, the idea fails with the claim it rests on."""
    words = clean(claim.text).replace("“", "'").replace("”", "'").replace('"', "'")
    return Sentence(
        text=f"Wrong if this is denied, revised or contradicted: “{words}”",
        citations=claim.citations,
        claim_ids=(claim.id,),
    )
