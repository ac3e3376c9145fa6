"""Nodes that gather: plan, retrieve, extract, verify, sentiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from agents.answer import answer_lines
from agents.context import Context
from agents.countries import country_of
from agents.evidence import Claim, Document, Failure, Sentiment
from agents.extract import claims_of
from agents.language import language_of, needs_context
from agents.lines import citation, document_lines, passage_lines, source_of
from agents.names import names, same_name, subjects
from agents.phrasing import clean
from agents.ports import CorpusUnusable, Hit
from agents.questions import parse_question
from agents.roles import Role, roles
from agents.select import salience, select
from agents.sentiment import aggregate
from agents.state import Line, Plan, RunState, Source
from agents.verify import one_voice, verify_claim

__all__ = ["extract", "gather", "line_of", "plan", "retrieve", "sentiment", "targets", "verify"]

SEARCHED = 12
"""Passages read per query."""
MOST_SENTENCES = 1500
"""Of an article; what follows after that is not an article's own matter any more."""
MOST_EMBEDDED = 150
MOST_TARGETS = 4
MOST_SCORED = 3
"""Lines scored per entity."""
MOST_SCORED_OVERALL = 8
LEAST_WHOLE = 3
"""Self-contained claims from which those with open references are left out."""
SAME_CLAIM = 0.93
"""Cosine from which two claims of one origin, or without figures that differ, are one."""


def as_of_date(state: Mapping[str, Any]) -> date | None:
    value = state.get("as_of")
    return date.fromisoformat(value) if value else None


def line_of(state: RunState, claim_id: str) -> Line:
    """The line a claim comes from: the one its first citation quotes."""
    cited = state["claims"][claim_id].citations[0]
    return next(
        line
        for line in state["lines"]
        if line.document_id == cited.document_id and line.start <= cited.start < line.end
    )


async def plan(state: RunState, context: Context) -> dict[str, Any]:
    article = state.get("article")
    if article is not None:
        title = f"“{clean(article.title)}”" if article.title else "the article"
        context.emit("plan", "finished", f"analysing {title}")
        return {
            "plan": Plan(
                question=f"What does {title} claim, what of it holds, and what follows?",
                sub_questions=(),
                queries=(),
                language=language_of(article.text),
            )
        }
    question = state["plan"].question
    parsed = parse_question(question)
    parts = tuple(dict.fromkeys(part.text for part in parsed.parts)) or (question,)
    context.emit("plan", "finished", f"{len(parts)} part(s) to answer", parts=len(parts))
    return {
        "plan": Plan(
            question=question,
            sub_questions=parts,
            queries=tuple(dict.fromkeys((question, *parts))),
            language=language_of(question),
        )
    }


async def retrieve(state: RunState, context: Context) -> dict[str, Any]:
    article = state.get("article")
    if article is not None:
        return await _read_article(article, context, as_of_date(state))
    return await _read_corpus(state["plan"], context, as_of_date(state))


async def _read_article(article: Document, context: Context, as_of: date | None) -> dict[str, Any]:
    origin = await context.corpus.origin(article, as_of)
    rewrites = await context.corpus.rewrites(article, as_of)
    source = source_of(article, origin, article=True).model_copy(update={"rewrites": rewrites})
    every = document_lines(article)
    lines = _telling(every[:MOST_SENTENCES])
    chosen: list[Line] = []
    if lines:
        texts = [line.text for line in lines]
        [centre] = await context.corpus.similarity([_gist(article, lines)], texts)
        grid = await context.corpus.similarity(texts, texts)
        chosen = select(lines, centre, grid)
    context.emit(
        "retrieve", "finished", f"{len(lines)} sentences, {len(chosen)} carry claims",
        sentences=len(lines), chosen=len(chosen),
    )  # fmt: skip
    notes = []
    if len(every) > MOST_SENTENCES:
        notes.append(
            f"The article is long: {MOST_SENTENCES} of its {len(every)} sentences were considered."
        )
    if source.instructs_machines:
        notes.append("The article contains text addressed to automated readers; it was not obeyed.")
    return {
        "sources": {article.id: source},
        "lines": tuple(chosen),
        "notes": tuple(notes),
    }


def _telling(lines: list[Line]) -> list[Line]:
    """Of a long text the lines that carry most by their words alone, before any embedding."""
    if len(lines) <= MOST_EMBEDDED:
        return lines
    worth = [salience(line, i, len(lines), 0.0) for i, line in enumerate(lines)]
    best = sorted(range(len(lines)), key=lambda i: (-worth[i], i))[:MOST_EMBEDDED]
    return [lines[i] for i in sorted(best)]


def _gist(article: Document, lines: Sequence[Line]) -> str:
    return " ".join([article.title, *(line.text for line in lines[:6])])[:1500]


async def _read_corpus(plan: Plan, context: Context, as_of: date | None) -> dict[str, Any]:
    hits: dict[str, Hit] = {}
    ranks: dict[str, float] = {}
    for query in plan.queries:
        for rank, hit in enumerate(
            await context.corpus.search(query, k=SEARCHED, as_of=as_of, per_document=3)
        ):
            hits.setdefault(hit.passage.id, hit)
            ranks[hit.passage.id] = ranks.get(hit.passage.id, 0.0) + 1.0 / (60 + rank)
    by_document: dict[str, list[Hit]] = {}
    for key in sorted(hits, key=lambda k: (-ranks[k], k)):
        by_document.setdefault(hits[key].document.id, []).append(hits[key])
    sources: dict[str, Source] = {}
    lines: list[Line] = []
    for group in one_voice(by_document.values()):
        document = group[0].document
        source = source_of(document, group[0].origin_id)
        sources[document.id] = source
        lines += passage_lines(document, [h.passage for h in group])
    chosen, near, answered, failures = await answer_lines(context, plan, lines, sources)
    good = sum(a.answered for a in answered)
    context.emit(
        "retrieve",
        "finished",
        f"{len(sources)} documents, {len(lines)} sentences; "
        f"{good} of {len(answered)} part(s) of the question answered",
        documents=len(sources),
        answered=good,
    )
    left_out = sum(s.instructs_machines for s in sources.values())
    notes = []
    if left_out:
        notes.append(
            f"{left_out} document(s) with text addressed to automated readers supported nothing."
        )
    return {
        "sources": sources,
        "lines": tuple(chosen),
        "near": tuple(near),
        "answerability": tuple(answered),
        "notes": tuple(notes),
        "failures": tuple(failures),
    }


async def extract(state: Mapping[str, Any], context: Context) -> dict[str, Any]:
    lines: tuple[Line, ...] = state["task_lines"]
    article: Document | None = state["article"]
    document_id = lines[0].document_id
    if article is not None and article.id == document_id:
        document: Document | None = article
        around = document_lines(article)
    else:
        document = await context.corpus.document(document_id)
        around = (
            passage_lines(document, await context.corpus.passages(document_id)) if document else []
        )
    if document is None:
        raise CorpusUnusable(f"{document_id} was deleted while the run was reading it; run again")
    claims: dict[str, Claim] = {}
    failures: list[Failure] = []
    for line in lines:
        before = [other for other in around if other.end <= line.start]
        made, failed = await claims_of(context, line, document, before)
        claims.update({claim.id: claim for claim in made})
        failures += failed
    context.emit(
        "extract", "found", f"{len(claims)} claims in “{clean(document.title)[:60]}”",
        claims=len(claims),
    )  # fmt: skip
    return {"claims": claims, "failures": tuple(failures)}


async def gather(state: RunState, context: Context) -> dict[str, Any]:
    """Claims in reading order: as lines stand, repeats of one origin dropped."""
    place = {line.key: i for i, line in enumerate(state["lines"])}
    claims = state.get("claims", {})

    def order(claim_id: str) -> tuple[int, int, str]:
        line = line_of(state, claim_id)
        # Claims cut from one line are capitalised; the line may not be.
        at = clean(line.text).casefold().find(claims[claim_id].text.casefold().rstrip(".")[:40])
        return place[line.key], at, claim_id

    ordered = sorted(claims, key=order)
    if not ordered:
        return {"claim_order": ()}
    texts = [claims[c].text for c in ordered]
    grid = await context.corpus.similarity(texts, texts)
    kept: list[int] = []
    for i, claim_id in enumerate(ordered):
        values = {(q.value, q.unit, q.currency) for q in claims[claim_id].quantities}
        repeated = any(
            grid[i][j] >= SAME_CLAIM
            and values == {(q.value, q.unit, q.currency) for q in claims[ordered[j]].quantities}
            for j in kept
        )
        if not repeated:
            kept.append(i)
    # A claim that nobody can read on its own is none, unless it states a figure that answers a
    # question or what would prove the story wrong, or little else is left.
    asked = state["task"] == "ask"
    whole = [
        i
        for i in kept
        if not needs_context(texts[i])
        or (asked and claims[ordered[i]].quantities)
        or Role.INVALIDATION in roles(texts[i])
    ]
    if len(whole) >= LEAST_WHOLE:
        kept = whole
    return {"claim_order": tuple(ordered[i] for i in kept)}


async def verify(state: Mapping[str, Any], context: Context) -> dict[str, Any]:
    claim: Claim = state["claim"]
    line: Line = state["line"]
    own: Source = state["sources"][line.document_id]
    done = await verify_claim(context, claim, line, own, as_of_date(state))
    verdict = done.verdict
    label = verdict.label.value if verdict.label else claim.kind.value
    context.emit(
        "verify", "found", f"{label}: {claim.text[:90]}",
        claim_id=claim.id, label=label, independent_sources=verdict.independent_sources,
    )  # fmt: skip
    return {
        "verdicts": {claim.id: verdict},
        "contradictions": {f"{claim.id}:{c.opposing[0].id}": c for c in done.contradictions},
        "sources": done.sources,
        "failures": done.failures,
    }


def targets(state: RunState) -> list[tuple[str | None, tuple[Line, ...]]]:
    """Overall, then the entities most named in the lines, each with the lines to score."""
    lines = state["lines"]
    best = sorted(lines, key=lambda line: (-line.score, line.key))[:MOST_SCORED_OVERALL]
    found: list[tuple[str | None, tuple[Line, ...]]] = [
        (None, tuple(line for line in lines if line in best))
    ]
    article = state.get("article")
    title = article.title if article is not None else state["plan"].question
    for subject in subjects("\n".join(line.text for line in lines), title):
        if len(found) > MOST_TARGETS:
            break
        if subject.kind not in ("org", "other", "place"):
            continue
        if subject.kind == "place" and country_of(subject.name, capital=True) is None:
            continue
        if any(same_name(subject.name, s.publisher) for s in state["sources"].values()):
            # Who tells the story is not what it is about.
            continue
        if any(t is not None and same_name(subject.name, t) for t, _ in found):
            continue
        mentions = tuple(
            line for line in lines if any(same_name(n.text, subject.name) for n in names(line.text))
        )
        if mentions:
            found.append((clean(subject.name), mentions[:MOST_SCORED]))
    return found


async def sentiment(state: Mapping[str, Any], context: Context) -> dict[str, Any]:
    target: str | None = state["target"]
    lines: Sequence[Line] = state["lines"]
    tones = await context.sentiment.score([(clean(line.text), target) for line in lines])
    scored = []
    for position, (line, tone) in enumerate(zip(lines, tones, strict=True)):
        # What a text leads with sets its tone.
        lead = 1.0 + (1.0 - position / len(lines)) if target is None else 1.0
        scored.append((tone.score, tone.weight * lead, citation(line)))
    result: Sentiment | None = aggregate(target, scored)
    if result is not None:
        context.emit(
            "sentiment", "found", f"{target or 'overall'}: {result.label} ({result.score:+.2f})",
            target=target, score=result.score,
        )  # fmt: skip
    return {
        "sentiments": {target or "": result} if result is not None else {},
    }
