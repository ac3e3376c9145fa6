"""The audit: what may be published. Every sentence, wherever it stands in the brief, passes here.

`refusals` holds the rules for any sentence (invariants 1, 2, 3 and 5); `unfaithful` adds those
for a sentence the model wrote from a line: it may say less than the line, never more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from agents.coverage import missing_names, uncovered
from agents.evidence import Claim, Label, Sentence, Verdict
from agents.language import attribution, causal, hedges, negations
from agents.names import names
from agents.phrasing import day
from agents.quantities import quantities
from agents.sentences import sentence_spans
from agents.state import Source
from agents.wording import content

__all__ = ["refusals", "unfaithful"]

MODEL_LONGEST_WORDS = 38
HEADLINE_LONGEST_WORDS = 26
LEAST_SHARED = 0.85
"""Share of a model sentence's content words that must occur in the line it rewrites. The rest
may be paraphrase; below this, small models were seen to add things."""
_REPORTING = content(
    "says say tells writes wrote according note article commentary claims states stated source "
    "sources reportedly reports reported line document"
)


_VAGUE = re.compile(
    r"\b(?:according to|as reported by|based on) (?:the )?(?:reports?|sources?|line|"
    r"document|article|company)\b|\bas (?:the|two|both)\b[^,]{3,60}$",
    re.IGNORECASE,
)


def _in_order(text: str, line: str, speaker: str) -> bool:
    """Whether names and figures follow each other as in the line.

    "From 9 to 4" and "from 4 to 9", or buyer and seller exchanged, have the same words; a bag of
    words cannot tell them apart, so a rewriting may leave things out but not move them.
    """
    stated = [q.value for q in quantities(line)]
    figures = [stated.index(q.value) for q in quantities(text) if q.value in stated]
    low = line.lower()
    named = [
        low.index(n.text.lower())
        for n in names(text)
        if n.text.lower() in low and n.text not in speaker
    ]
    return figures == sorted(figures) and named == sorted(named)


def also_known(source: Source) -> tuple[str, ...]:
    """What counts as part of a document's quotes (invariant 2): publisher, author, date."""
    known = [source.publisher, source.author]
    if source.published_at:
        known += [source.published_at[:10], day(source.published_at)]
    return tuple(k for k in known if k)


def refusals(
    sentence: Sentence,
    *,
    texts: Mapping[str, str],
    sources: Mapping[str, Source],
    claims: Mapping[str, Claim],
    verdicts: Mapping[str, Verdict],
    as_of: date | None,
    reports_dispute: bool = False,
) -> list[str]:
    """Why the sentence may not be published; empty when it may.

    texts: document id to the stored text, for every cited document. reports_dispute: the
    sentence reports a claim as disputed, so a refuted claim may be named in it.
    """
    reasons: list[str] = []
    for cited in sentence.citations:
        text = texts.get(cited.document_id)
        source = sources.get(cited.document_id)
        if text is None or source is None:
            reasons.append(f"cites a document that is not stored ({cited.document_id})")
            continue
        if text[cited.start : cited.end] != cited.quote:
            reasons.append("a quote is not exact at its offsets")
        if as_of is not None and not source.article:
            if source.published_date is None:
                reasons.append("cites an undated document in a run with an as-of date")
            elif source.published_date > as_of:
                reasons.append("cites a document published after the as-of date")
    quotes = [c.quote for c in sentence.citations]
    also = [k for c in sentence.citations if c.document_id in sources
            for k in also_known(sources[c.document_id])]  # fmt: skip
    if sentence.calculation is None:
        missing = uncovered(sentence.text, quotes, also=also)
        if missing:
            reasons.append("not in its quotes: " + ", ".join(missing))
    for claim_id in sentence.claim_ids:
        if claim_id not in claims:
            reasons.append(f"names an unknown claim ({claim_id})")
        elif verdicts[claim_id].label is Label.REFUTED and not reports_dispute:
            reasons.append("rests on a refuted claim")
    return reasons


def unfaithful(
    text: str, line: str, *, speaker: str, confirmed: bool, most_words: int = MODEL_LONGEST_WORDS
) -> list[str]:
    """Why a model's rewriting of `line` may not stand; empty when it may.

    speaker: who says it, which the rewriting may name. confirmed: the claim is supported, so
    the owner may be left out.
    """
    reasons: list[str] = []
    words = text.split()
    if len(words) < 4 or len(words) > most_words:
        reasons.append(f"{len(words)} words")
    if re.search(r"[<>{}\[\]_|#*]|\bline\b\s*\d|https?://", text):
        reasons.append("markup or a line number in the sentence")
    if len(sentence_spans(text)) > 1:
        reasons.append("more than one sentence")
    missing = missing_names(text, [line], also=[speaker])
    if missing:
        reasons.append("names not in the line: " + ", ".join(missing))
    mine = content(text) - content(speaker) - _REPORTING
    theirs = content(line)
    if mine and len(mine & theirs) < LEAST_SHARED * len(mine):
        extra = ", ".join(sorted(mine - theirs)[:5])
        reasons.append(f"says more than the line: {extra}")
    if causal(text) and not causal(line):
        reasons.append("adds a cause")
    if _VAGUE.search(text) and not _VAGUE.search(line):
        reasons.append("invents a source")
    if hedges(line) and not hedges(text):
        reasons.append("drops the hedge: " + ", ".join(h.text for h in hedges(line)[:2]))
    if bool(negations(line)) != bool(negations(text)):
        reasons.append("adds or drops a negation")
    if not confirmed:
        said = attribution(line)
        inside = said.speaker.text if said is not None and said.speaker is not None else ""
        named = content(inside)
        if inside:
            dropped = bool(named) and len(named & content(text)) < 0.5 * len(named)
        else:
            # Words shared with the publisher's name can be chance; the name itself cannot.
            dropped = speaker.lower().removeprefix("the ") not in text.lower()
        if dropped:
            reasons.append(f"drops who says it: {inside or speaker}")
    if not _in_order(text, line, speaker):
        reasons.append("changes the order of names or figures")
    return reasons
