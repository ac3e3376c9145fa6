"""From the run's records to the published brief: citations interned, nothing added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agents.brief import (
    Brief,
    Implication,
    PublishedCatalyst,
    PublishedCheck,
    PublishedCitation,
    PublishedClaim,
    PublishedContradiction,
    PublishedExposure,
    PublishedIdea,
    PublishedLeg,
    PublishedSentence,
    PublishedSentiment,
    PublishedVerdict,
    RunRecord,
    SentimentScore,
    StageUsage,
)
from agents.evidence import (
    Citation,
    Claim,
    Contradiction,
    Exposure,
    Sentence,
    Sentiment,
    TradeIdea,
    Verdict,
)
from agents.ports import Usage
from agents.state import Source


@dataclass
class _Interner:
    """Numbers citations "1", "2", … in order of first use."""

    sources: Mapping[str, Source]
    keys: dict[str, str] = field(default_factory=dict)
    published: dict[str, PublishedCitation] = field(default_factory=dict)

    def key(self, citation: Citation) -> str:
        if citation.id not in self.keys:
            source = self.sources[citation.document_id]
            key = str(len(self.keys) + 1)
            self.keys[citation.id] = key
            self.published[key] = PublishedCitation(
                document_id=citation.document_id,
                source_id=source.source_id,
                origin_id=source.origin_id,
                title=source.title,
                publisher=source.publisher,
                author_kind=source.author_kind,
                published_at=source.published_at,
                url=source.url,
                quote=citation.quote,
                start=citation.start,
                end=citation.end,
            )
        return self.keys[citation.id]

    def all(self, citations: Iterable[Citation]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.key(c) for c in citations))

    def sentence(self, sentence: Sentence) -> PublishedSentence:
        return PublishedSentence(
            text=sentence.text,
            citations=self.all(sentence.citations),
            claim_ids=sentence.claim_ids,
            calculation=sentence.calculation,
        )

    def sentences(self, many: Sequence[Sentence]) -> tuple[PublishedSentence, ...]:
        return tuple(self.sentence(s) for s in many)

    def exposure(self, exposure: Exposure) -> PublishedExposure:
        return PublishedExposure(
            name=exposure.name,
            ticker=exposure.ticker,
            ticker_source=exposure.ticker_source,
            effect=exposure.effect,
            order=exposure.order,
            mechanism=self.sentence(exposure.mechanism),
        )

    def idea(self, idea: TradeIdea) -> PublishedIdea:
        return PublishedIdea(
            title=idea.title,
            conditional=idea.conditional,
            legs=tuple(PublishedLeg(**leg.model_dump()) for leg in idea.legs),
            horizon=idea.horizon,
            catalysts=tuple(
                PublishedCatalyst(when=c.when, sentence=self.sentence(c.sentence))
                for c in idea.catalysts
            ),
            invalidation=self.sentence(idea.invalidation),
            thesis=self.sentences(idea.thesis),
            risks=self.sentences(idea.risks),
            claim_ids=idea.claim_ids,
            conviction=idea.conviction,
            conviction_why=idea.conviction_why,
        )

    def claim(self, claim: Claim, verdict: Verdict) -> PublishedClaim:
        return PublishedClaim(
            id=claim.id,
            text=claim.text,
            kind=claim.kind,
            speaker=claim.speaker,
            citations=self.all(claim.citations),
            verdict=PublishedVerdict(
                label=verdict.label,
                probabilities=verdict.probabilities,
                independent_sources=verdict.independent_sources,
                supporting=self.all(verdict.supporting),
                opposing=self.all(verdict.opposing),
                checks=tuple(PublishedCheck(**c.model_dump()) for c in verdict.checks),
                why=verdict.why,
            ),
        )

    def sentiment(self, sentiment: Sentiment) -> SentimentScore:
        return SentimentScore(
            name=sentiment.target,
            score=sentiment.score,
            label=sentiment.label,
            citations=self.all(sentiment.citations),
        )

    def contradiction(
        self, contradiction: Contradiction, sentence: Sentence
    ) -> PublishedContradiction:
        return PublishedContradiction(
            claim_ids=contradiction.claim_ids,
            kind=contradiction.kind,
            supporting=self.all(contradiction.supporting),
            opposing=self.all(contradiction.opposing),
            sentence=self.sentence(sentence),
        )


def stage_usage(seconds: Mapping[str, float], spent: Mapping[str, Usage]) -> tuple[StageUsage, ...]:
    """Wall seconds and model use side by side, a row a stage, in the order stages began."""
    names = [*seconds, *(name for name in spent if name not in seconds)]
    return tuple(
        StageUsage(
            name=name,
            seconds=round(seconds.get(name, 0.0), 3),
            calls=spent.get(name, Usage()).calls,
            prompt_tokens=spent.get(name, Usage()).prompt_tokens,
            cached_tokens=spent.get(name, Usage()).cached_tokens,
            completion_tokens=spent.get(name, Usage()).completion_tokens,
            model_seconds=round(spent.get(name, Usage()).seconds, 3),
        )
        for name in names
    )


@dataclass(frozen=True)
class Contents:
    """Everything a brief is made of, audited."""

    question: str
    as_of: str | None
    status: str
    headline: Sentence | None
    notes: tuple[str, ...]
    summary: tuple[Sentence, ...]
    implications: tuple[tuple[str, Sentence], ...]
    variant_view: tuple[Sentence, ...]
    opposing_case: tuple[Sentence, ...]
    risks: tuple[Sentence, ...]
    exposures: tuple[Exposure, ...]
    sentiments: tuple[Sentiment, ...]
    claims: tuple[tuple[Claim, Verdict], ...]
    contradictions: tuple[tuple[Contradiction, Sentence], ...]
    ideas: tuple[TradeIdea, ...]
    dropped: tuple[object, ...]
    failures: tuple[object, ...]


def assemble(contents: Contents, sources: Mapping[str, Source], run: RunRecord) -> Brief:
    """The published form. Citation numbers follow the reading order of the brief."""
    made = _Interner(sources)
    headline = made.sentence(contents.headline) if contents.headline else None
    summary = made.sentences(contents.summary)
    contradictions = tuple(made.contradiction(c, s) for c, s in contents.contradictions)
    implications = tuple(
        Implication.model_validate({"order": order, "sentence": made.sentence(sentence)})
        for order, sentence in contents.implications
    )
    variant_view = made.sentences(contents.variant_view)
    exposures = tuple(made.exposure(e) for e in contents.exposures)
    ideas = tuple(made.idea(i) for i in contents.ideas)
    opposing_case = made.sentences(contents.opposing_case)
    risks = made.sentences(contents.risks)
    claims = tuple(made.claim(c, v) for c, v in contents.claims)
    overall = next((made.sentiment(s) for s in contents.sentiments if s.target is None), None)
    entities = tuple(made.sentiment(s) for s in contents.sentiments if s.target is not None)
    return Brief.model_validate(
        {
            "question": contents.question,
            "as_of": contents.as_of,
            "status": contents.status,
            "headline": headline,
            "notes": contents.notes,
            "summary": summary,
            "implications": implications,
            "variant_view": variant_view,
            "opposing_case": opposing_case,
            "risks": risks,
            "exposures": exposures,
            "sentiment": PublishedSentiment(overall=overall, entities=entities),
            "claims": claims,
            "contradictions": contradictions,
            "ideas": ideas,
            "citations": made.published,
            "dropped": contents.dropped,
            "failures": contents.failures,
            "run": run,
        }
    )
