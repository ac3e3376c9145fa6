"""A brief as Markdown, with footnotes for the quotes. Reads well raw, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agents.brief import Brief, PublishedIdea, PublishedSentence
from tools.export.wording import (
    EFFECT_SIGNS,
    KIND_OF_CONTRADICTION,
    NOTICE,
    ORDER_TITLES,
    claim_numbers,
    documents_line,
    implications,
    mark_of,
    origin_line,
    owner_of,
    printable,
    score_words,
    source_line,
    sources_words,
    status_words,
    ticker_words,
    totals,
)

__all__ = ["render_markdown"]

# Characters that start markup inside a line; document text must not become links or HTML.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
# And those that start it at the beginning of one, where text from a brief may stand.
_OPENING = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))")


def render_markdown(brief: Brief) -> str:
    """The whole brief. Empty sections are left out."""
    parts: list[str] = []
    parts += _head(brief)
    if brief.summary:
        parts += ["## What is claimed", _bullets(brief.summary)]
    parts += _claims(brief)
    parts += _contradictions(brief)
    for order, title in ORDER_TITLES.items():
        if found := implications(brief, order):
            parts += [f"## {title}", _bullets(found)]
    parts += _exposures(brief)
    for number, idea in enumerate(brief.ideas, 1):
        parts += _idea(brief, number, idea)
    for title, sentences in (
        ("The other side", brief.opposing_case),
        ("What the consensus may miss", brief.variant_view),
        ("Risks", brief.risks),
    ):
        if sentences:
            parts += [f"## {title}", _bullets(sentences)]
    parts += _sentiment(brief)
    parts += _left_out(brief)
    parts += _sources(brief)
    parts += _run(brief)
    return "\n\n".join(parts) + "\n"


def _text(value: str) -> str:
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", printable(value)))


def _keys(keys: Iterable[str]) -> str:
    return "".join(f"[^{key}]" for key in keys)


def _sentence(sentence: PublishedSentence) -> str:
    line = f"{_text(sentence.text)}{_keys(sentence.citations)}"
    if sentence.calculation:
        line += f" *(calculation: {_text(sentence.calculation)})*"
    return line


def _bullets(sentences: Iterable[PublishedSentence]) -> str:
    return "\n".join(f"- {_sentence(sentence)}" for sentence in sentences)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _head(brief: Brief) -> list[str]:
    title = brief.headline.text if brief.headline else brief.question
    cited = _keys(brief.headline.citations) if brief.headline else ""
    facts = [
        f"**{status_words(brief)}**",
        f"as of {brief.as_of}" if brief.as_of else "no as-of date",
        documents_line(brief),
    ]
    if brief.sentiment.overall:
        overall = brief.sentiment.overall
        facts.append(f"overall sentiment **{score_words(overall)}**{_keys(overall.citations)}")
    parts = [f"# {_text(title)}{cited}", f"*{NOTICE}*"]
    if brief.headline:
        parts.append(f"Question: {_text(brief.question)}")
    parts.append(" · ".join(facts))
    if brief.notes:
        parts.append("\n".join(f"> {_text(note)}  " for note in brief.notes))
    return parts


def _claims(brief: Brief) -> list[str]:
    if not brief.claims:
        return []
    rows = []
    for number, claim in enumerate(brief.claims, 1):
        mark, verdict = mark_of(claim), claim.verdict
        status = f"{mark.sign} **{mark.word}**"
        if verdict.label is not None:
            status += f" ({sources_words(verdict.independent_sources)})"
        why = _text(verdict.why)
        if verdict.supporting:
            why += f" · for {_keys(verdict.supporting)}"
        if verdict.opposing:
            why += f" · against {_keys(verdict.opposing)}"
        rows.append(
            (
                str(number), _text(claim.text) + _keys(claim.citations),
                _text(owner_of(claim)), status, why,
            )
        )  # fmt: skip
    return ["## Claims", _table(("", "claim", "kind, speaker", "status", "why"), rows)]


def _contradictions(brief: Brief) -> list[str]:
    if not brief.contradictions:
        return []
    parts = ["## Where the sources disagree"]
    for item in brief.contradictions:
        parts.append(f"**{KIND_OF_CONTRADICTION[item.kind]}.** {_sentence(item.sentence)}")
        rows = []
        for side, keys in (("for", item.supporting), ("against", item.opposing)):
            for key in keys:
                cited = brief.citations[key]
                rows.append(
                    (side, f"“{_text(cited.quote)}”[^{key}]", _text(source_line(cited)))
                )
        parts.append(_table(("", "what it says", "source"), rows))
    return parts


def _exposures(brief: Brief) -> list[str]:
    if not brief.exposures:
        return []
    rows = []
    for item in brief.exposures:
        ticker = ticker_words(item.ticker, item.ticker_source)
        who = _text(item.name) + (f", {_text(ticker)}" if ticker else "")
        rows.append((who, EFFECT_SIGNS[item.effect], item.order, _sentence(item.mechanism)))
    return ["## Who is exposed", _table(("who", "effect", "order", "by what mechanism"), rows)]


def _idea(brief: Brief, number: int, idea: PublishedIdea) -> list[str]:
    numbers = claim_numbers(brief)
    conditional = " (conditional: if the report is right)" if idea.conditional else ""
    legs = []
    for leg in idea.legs:
        ticker = ticker_words(leg.ticker, leg.ticker_source)
        legs.append(f"{leg.side} {_text(leg.name)}" + (f", {_text(ticker)}" if ticker else ""))
    lines = [
        f"- **Legs** {'; '.join(legs)}",
        f"- **Horizon** {_text(idea.horizon)}",
        *(f"- **Thesis** {_sentence(item)}" for item in idea.thesis),
        *(f"- **Catalyst** ({_text(c.when)}) {_sentence(c.sentence)}" for c in idea.catalysts),
        f"- **Wrong if** {_sentence(idea.invalidation)}",
        *(f"- **Risk** {_sentence(item)}" for item in idea.risks),
        f"- **Conviction {idea.conviction} of 5**: {_text('; '.join(idea.conviction_why))}",
    ]
    known = [f"{numbers[claim]}" for claim in idea.claim_ids if claim in numbers]
    if known:
        lines.append(f"- **Rests on claims** {', '.join(known)}")
    return [f"## Idea {number}{conditional}: {_text(idea.title)}", "\n".join(lines)]


def _sentiment(brief: Brief) -> list[str]:
    if not brief.sentiment.entities:
        return []
    rows = [
        (_text(item.name or ""), score_words(item) + _keys(item.citations))
        for item in brief.sentiment.entities
    ]
    return ["## Sentiment by name", _table(("name", "sentiment"), rows)]


def _left_out(brief: Brief) -> list[str]:
    parts = []
    if brief.dropped:
        lines = [f"- {_text(item.text)} ({_text(item.reason)})" for item in brief.dropped]
        parts += ["## Dropped by the audit", "\n".join(lines)]
    if brief.failures:
        lines = [
            f"- {item.stage}: {_text(item.type)}: {_text(item.message)}"
            for item in brief.failures
        ]
        parts += ["## What failed", "\n".join(lines)]
    return parts


def _sources(brief: Brief) -> list[str]:
    if not brief.citations:
        return []
    lines = []
    for key, cited in brief.citations.items():
        copy = origin_line(brief, cited)
        where = f"document {cited.document_id}, characters {cited.start}-{cited.end}"
        remark = f"; {_text(copy)}" if copy else ""
        lines.append(
            f"[^{key}]: “{_text(cited.quote)}” {_text(cited.title or '(untitled)')},"
            f" {_text(source_line(cited))}; {where}{remark}"
        )
    return ["## Sources", "\n".join(lines)]


def _run(brief: Brief) -> list[str]:
    run, spent = brief.run, totals(brief.run)
    line = (
        f"Run {run.id} · {_text(run.model)} · {run.seconds:.1f} s, of which"
        f" {spent.model_seconds:.1f} s with the model · {spent.calls} calls ·"
        f" {spent.prompt_tokens} prompt tokens ({spent.cached_tokens} from the cache),"
        f" {spent.completion_tokens} completion tokens"
    )
    return ["---", line]
