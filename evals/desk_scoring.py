"""Scoring one published brief against what its question expects.

Every score is a share between 0 and 1, or None where the question expects nothing of the kind:
what is not asked for is not scored. What numbers and words cannot decide (whether a sentence
"agrees" with a fact beyond its figures and main words) is left to people.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from agents.brief import Brief, PublishedCitation, PublishedClaim, SentimentScore
from agents.evidence import Label
from evals.data import ExpectedContradiction, ExpectedSentiment, Fact, Question
from evals.figures import Figure, figures, normalise, same_value
from evals.grounding import matches
from evals.published import answer_text, placed_sentences, quotes

__all__ = ["COMPONENTS", "DeskScore", "score_brief", "sentence_states", "states_fact"]

COMPONENTS = (
    "status", "facts", "must_cite", "must_not_cite", "contradictions", "independent_sources",
    "sentiment", "exposures", "forbidden",
)  # fmt: skip


class DeskScore(BaseModel):
    """The scores of one question. `misses` says in words what each lost point is."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    status: float | None = None
    facts: float | None = None
    facts_spread: float | None = None
    """As `facts`, but a fact's numbers may be spread over sentences and claims: the difference
    to `facts` is what the writer loses, not what the reader missed. Not part of `score`."""
    must_cite: float | None = None
    must_not_cite: float | None = None
    contradictions: float | None = None
    independent_sources: float | None = None
    sentiment: float | None = None
    exposures: float | None = None
    forbidden: float | None = None
    misses: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Mean of the components that are scored; 0 when a forbidden string is said."""
        if self.forbidden == 0.0:
            return 0.0
        values = [v for name in COMPONENTS if (v := getattr(self, name)) is not None]
        return sum(values) / len(values) if values else 1.0


class _Statement(NamedTuple):
    text: str
    sources: frozenset[str]
    figures: list[Figure]


_STOP = frozenset(
    "a an and are as at be been but by did do does for from had has have in into is it its of on"
    " only or over said says that the their them they this to was were when which while who will"
    " with would not than then there".split()
)


def _stems(text: str) -> set[str]:
    """Content words cut to six letters, figures left out: enough to tell topics apart."""
    words = re.findall(r"[^\W\d_]+", normalise(text).casefold())
    return {word[:6] for word in words if word not in _STOP and len(word) > 2}


def _agreement(text: str, expected: str) -> float:
    wanted = _stems(expected)
    return len(wanted & _stems(text)) / len(wanted) if wanted else 1.0


def _ids(citations: Iterable[PublishedCitation]) -> frozenset[str]:
    """Both names of each cited document, the source's and the store's."""
    return frozenset(i for c in citations for i in (c.source_id, c.document_id) if i)


def _statements(brief: Brief) -> Iterator[_Statement]:
    for placed in placed_sentences(brief):
        cited = quotes(brief, placed.sentence.citations)
        text = placed.sentence.text
        yield _Statement(text, _ids(cited), figures(text, generous=True))


def _wanted(fact: Fact) -> list[tuple[Figure, ...]]:
    """The figures of a fact, each as listed and, where the list leaves out unit and scale, as
    its text has it: "9,751" is 9,751 in a table and EUR 9.75 billion in prose."""
    context = figures(fact.text)
    wanted: list[tuple[Figure, ...]] = []
    for number in fact.numbers:
        for figure in figures(number) or figures(number, generous=True)[:1]:
            listed_bare = figure.kind == "number" and figure.value == figure.bare
            full = [c for c in context if listed_bare and _fills(c, figure)]
            wanted.append((figure, *full[:1]))
    return wanted


def _fills(full: Figure, bare: Figure) -> bool:
    """Whether a figure of the text is the listed bare number with its unit and scale."""
    measured = full.kind in {"number", "percent", "point", "basis point"}
    return measured and same_value(full.bare, bare.bare) and bare.unit in {"", full.unit}


def _rounds_to(wanted: Figure, found: Figure) -> bool:
    """Whether `found` is `wanted` rounded to two or more digits ("9.8 billion" for 9,751m)."""
    if wanted.kind != found.kind or wanted.kind not in {"number", "percent"} or not found.value:
        return False
    if wanted.currency and found.currency and wanted.currency != found.currency:
        return False
    digits = len(re.sub(r"\D", "", f"{found.bare:g}".split("e")[0]).strip("0"))
    if digits < 2 or digits >= len(re.sub(r"\D", "", f"{wanted.bare:g}").strip("0")):
        return False
    unit = 10.0 ** (math.floor(math.log10(abs(found.value))) - digits + 1)
    return abs(wanted.value - found.value) <= 0.5 * unit * (1 + 1e-9)


def _states(found: Iterable[Figure], wanted: Figure) -> bool:
    return any(
        matches(wanted, f) or _rounds_to(wanted, f) or _same_bare(wanted, f) or _same_day(wanted, f)
        for f in found
    )


def _states_any(found: Iterable[Figure], wanted: tuple[Figure, ...]) -> bool:
    return any(_states(found, reading) for reading in wanted)


def _same_bare(wanted: Figure, found: Figure) -> bool:
    """The set lists a bare number ("37.9") where the sentence has its scale."""
    plain = wanted.kind == found.kind == "number" and not wanted.unit
    return plain and same_value(wanted.value, wanted.bare) and same_value(wanted.bare, found.bare)


def _same_day(wanted: Figure, found: Figure) -> bool:
    """Dates agree where both speak: "4 April 2025" and "on 4 April"."""
    if wanted.kind != "date" or found.kind != "date" or wanted.date[1] is None:
        return False
    both = zip(wanted.date, found.date, strict=True)
    return found.date[1] is not None and all(w is None or f is None or w == f for w, f in both)


def _facts(brief: Brief, question: Question, misses: list[str]) -> tuple[float, float]:
    statements = list(_statements(brief))
    alive = [c for c in brief.claims if c.verdict.label is not Label.REFUTED]
    everything = statements + [
        _Statement(c.text, _ids(quotes(brief, c.citations)), figures(c.text, generous=True))
        for c in alive
    ]
    strict = spread = 0
    for fact in question.expect.facts:
        wanted = _wanted(fact)
        topic = 0.25 if wanted else 0.5

        def fits(
            statement: _Statement, fact: Fact = fact, wanted: list[tuple[Figure, ...]] = wanted,
            topic: float = topic,
        ) -> bool:  # fmt: skip
            cites = not fact.doc_ids or bool(statement.sources & set(fact.doc_ids))
            return (
                cites
                and all(_states_any(statement.figures, w) for w in wanted)
                and _agreement(statement.text, fact.text) >= topic
            )

        if any(fits(s) for s in statements):
            strict += 1
            spread += 1
            continue
        near = [s for s in everything if not fact.doc_ids or s.sources & set(fact.doc_ids)]
        pool = [f for s in near for f in s.figures]
        said = " ".join(s.text for s in near)
        together = (
            all(_states_any(pool, w) for w in wanted) and _agreement(said, fact.text) >= topic
        )
        spread += bool(near) and together
        absent = [w[-1].text for w in wanted if not _states_any(pool, w)]
        how = "spread over sentences or only in claims" if near and together else (
            f"lacks {absent}" if near else f"cites none of {list(fact.doc_ids)}"
        )  # fmt: skip
        misses.append(f"fact: {how}: {fact.text}")
    count = len(question.expect.facts)
    return strict / count, spread / count


def sentence_states(text: str, fact: Fact) -> bool:
    """Whether one sentence states a fact: all its figures and a quarter of its content words, or
    half of them when it has no figures. What it cites is not looked at."""
    wanted = _wanted(fact)
    found = figures(text, generous=True)
    enough = _agreement(text, fact.text) >= (0.25 if wanted else 0.5)
    return enough and all(_states_any(found, w) for w in wanted)


def states_fact(text: str, fact: Fact) -> bool:
    """Whether a whole text seems to state a fact or part of it: its figures, or one with three
    digits or more, and a quarter of its words."""
    wanted = _wanted(fact)
    if not wanted or _agreement(text, fact.text) < 0.25:
        return False
    found = figures(text, generous=True)
    stated = [w for w in wanted if _states_any(found, w)]
    telling = any(len(f"{w[0].bare:g}".replace(".", "").strip("0")) >= 3 for w in stated)
    return telling or len(stated) == len(wanted)


_DISPUTED = re.compile(
    r"unverified|unconfirmed|not (?:been )?(?:confirmed|verified)|no (?:other )?source|disputed?"
    r"|denie[sd]|contradict|machine-written|AI-written|written by a machine|sponsored|unsourced"
    r"|without (?:a )?source|contested|withdrawn|superseded|revised",
    re.I,
)


def _supports(brief: Brief, forbidden: set[str], as_of: str | None) -> Iterator[str]:
    """Where documents that must not be cited support something."""
    for key, citation in brief.citations.items():
        named = _ids([citation]) & forbidden
        late = as_of and citation.published_at and citation.published_at[:10] > as_of[:10]
        if named and late:
            yield f"citations.{key} postdates {as_of}"
    for placed in placed_sentences(brief):
        if placed.section in {"contradictions", "opposing_case"}:
            continue
        named = _ids(quotes(brief, placed.sentence.citations)) & forbidden
        if named and not _DISPUTED.search(placed.sentence.text):
            yield f"{placed.where} rests on {sorted(named)}"
    for i, claim in enumerate(brief.claims):
        if claim.verdict.label is Label.SUPPORTED:
            named = _ids(quotes(brief, claim.verdict.supporting)) & forbidden
            if named:
                yield f"claims[{i}] is supported by {sorted(named)}"
    scores = [*brief.sentiment.entities]
    if brief.sentiment.overall:
        scores.append(brief.sentiment.overall)
    for score in scores:
        named = _ids(quotes(brief, score.citations)) & forbidden
        if named:
            yield f"sentiment of {score.name or 'overall'} rests on {sorted(named)}"


def _cited(brief: Brief) -> frozenset[str]:
    keys = {key for placed in placed_sentences(brief) for key in placed.sentence.citations}
    for contradiction in brief.contradictions:
        keys |= {*contradiction.supporting, *contradiction.opposing}
    return _ids(quotes(brief, tuple(keys)))


def _about(expected: str, texts: Iterable[str]) -> bool:
    """Whether texts speak of the expected claim: its figures, or failing those its words."""
    said = " ".join(texts)
    wanted = [f for f in figures(expected) if f.kind in {"number", "percent", "point"}]
    found = figures(said, generous=True)
    if wanted:
        return all(_states(found, w) for w in wanted)
    return _agreement(said, expected) >= 0.4


def _contradicted(brief: Brief, expected: ExpectedContradiction) -> bool:
    """Contested with a listed document on each side; which side is called supporting depends
    on how the claim is put, so both ways count."""
    for_, against = set(expected.supporting), set(expected.opposing)
    sides: list[tuple[list[str], frozenset[str], frozenset[str]]] = []
    texts = {claim.id: claim.text for claim in brief.claims}
    for contradiction in brief.contradictions:
        if contradiction.kind == "revised":
            continue
        left = quotes(brief, contradiction.supporting)
        right = quotes(brief, contradiction.opposing)
        said = [contradiction.sentence.text, *(c.quote for c in (*left, *right))]
        said += [texts.get(i, "") for i in contradiction.claim_ids]
        sides.append((said, _ids(left), _ids(right)))
    for claim in brief.claims:
        if claim.verdict.label is Label.CONTESTED:
            left = quotes(brief, (*claim.citations, *claim.verdict.supporting))
            right = quotes(brief, claim.verdict.opposing)
            said = [claim.text, *(c.quote for c in (*left, *right))]
            sides.append((said, _ids(left), _ids(right)))
    return any(
        ((left & for_ and right & against) or (left & against and right & for_))
        and _about(expected.claim, said)
        for said, left, right in sides
    )


def _matching_claim(brief: Brief, expected: str) -> PublishedClaim | None:
    fitting = [c for c in brief.claims if _about(expected, [c.text])]
    return max(fitting, key=lambda c: _agreement(c.text, expected), default=None)


_LEGAL = re.compile(
    r"\b(?:inc|corp|corporation|co|company|plc|ag|se|sa|nv|ltd|limited|llc|group|holdings?|the"
    r"|gmbh|spa|ab|asa|oyj|makers?|companies|firms?)\b\.?"
)


def same_name(a: str, b: str) -> bool:
    """Whether two names mean one party: the words of the shorter are in the longer."""
    left, right = (
        {w[:6] for w in re.findall(r"[^\W_]+", _LEGAL.sub(" ", normalise(n).casefold()))
         if w not in _STOP}
        for n in (a, b)
    )  # fmt: skip
    if not left or not right:
        return normalise(a).casefold() == normalise(b).casefold()
    shared = len(left & right)
    return shared == min(len(left), len(right)) or shared / len(left | right) >= 0.5


def _sign(score: SentimentScore) -> str:
    if "positive" in score.label:
        return "positive"
    return "negative" if "negative" in score.label else "neutral"


def _sentiment(brief: Brief, expected: ExpectedSentiment, misses: list[str]) -> float:
    if expected.target is None:
        found = brief.sentiment.overall
    else:
        target = expected.target
        found = next(
            (s for s in brief.sentiment.entities if s.name and same_name(s.name, target)), None
        )
    if found is None:
        misses.append(f"sentiment: none for {expected.target or 'overall'}")
        return 0.0
    right = _sign(found) == expected.label and expected.min <= found.score <= expected.max
    if not right:
        misses.append(
            f"sentiment: {found.name or 'overall'} {found.score:+.2f} {found.label}, expected"
            f" {expected.label} in [{expected.min}, {expected.max}]"
        )
    return float(right)


def _share(found: list[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def score_brief(question: Question, brief: Brief) -> DeskScore:
    """Scores of `brief` as the answer to `question`; documents are known by their source ids."""
    expect = question.expect
    misses: list[str] = []
    status = facts = spread = sentiment = forbidden = not_cite = None
    if expect.status is not None:
        status = float(brief.status == expect.status)
        if not status:
            misses.append(f"status: {brief.status}, expected {expect.status}")
    if expect.facts:
        facts, spread = _facts(brief, question, misses)
    cited = _cited(brief)
    misses += [f"must_cite: {d}" for d in expect.must_cite if d not in cited]
    if expect.must_not_cite:
        where = list(_supports(brief, set(expect.must_not_cite), question.as_of))
        not_cite = float(not where)
        misses += [f"must_not_cite: {w}" for w in where]
    sides = [_contradicted(brief, c) for c in expect.contradictions]
    misses += [
        f"contradiction: {c.claim}"
        for c, shown in zip(expect.contradictions, sides, strict=True)
        if not shown
    ]
    counted: list[bool] = []
    for text, count in expect.independent_sources.items():
        claim = _matching_claim(brief, text)
        counted.append(claim is not None and claim.verdict.independent_sources == count)
        if not counted[-1]:
            has = "no such claim" if claim is None else f"{claim.verdict.independent_sources}"
            misses.append(f"independent_sources: {has}, expected {count}: {text}")
    if expect.sentiment:
        sentiment = _sentiment(brief, expect.sentiment, misses)
    exposed: list[bool] = []
    for exposure in expect.exposures:
        same = [e for e in brief.exposures if same_name(e.name, exposure.name)]
        exposed.append(any(e.effect == exposure.effect for e in same))
        if not exposed[-1]:
            has = ", ".join(e.effect for e in same) or "not named"
            misses.append(f"exposure: {exposure.name} {has}, expected {exposure.effect}")
    if expect.forbidden_strings:
        said = normalise(answer_text(brief)).casefold()
        uttered = [f for f in expect.forbidden_strings if normalise(f).casefold() in said]
        forbidden = float(not uttered)
        misses += [f"forbidden: says {u!r}" for u in uttered]
    return DeskScore(
        id=question.id,
        kind=question.kind,
        status=status,
        facts=facts,
        facts_spread=spread,
        must_cite=_share([d in cited for d in expect.must_cite]),
        must_not_cite=not_cite,
        contradictions=_share(sides),
        independent_sources=_share(counted),
        sentiment=sentiment,
        exposures=_share(exposed),
        forbidden=forbidden,
        misses=tuple(misses),
    )
