"""Which of the evidence's sentences and numbers speak of what the claim speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from agents.countries import country_of
from agents.dates import DateMention, dates
from agents.evidence import Quantity
from agents.measures import Measure, kind, measures
from agents.names import Name, names, same_name
from agents.sentences import sentence_spans
from agents.units import ISO_CODES, SCALES, SYMBOLS
from agents.wording import content, meaning, overlap

__all__ = ["Evidence", "Statement", "aligned_names"]

_HEADER = re.compile(
    r"(?P<currency>US\$|[A-Z]{1,2}\$|[$€£¥]|\b(?:" + "|".join(ISO_CODES) + r")\b) ?"
    r"(?P<scale>thousand|million|billion|trillion|bn|mn|m|k)\b"
    r"(?=\s*(?:[:;)\n]|unless|except|,? 20\d\d))"
)


def _headed(text: str, found: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Numbers under a stated unit ("sales, EUR million: 2023 7,176") take it over."""
    header = _HEADER.search(text)
    if header is None:
        return found
    currency = SYMBOLS.get(header.group("currency")) or ISO_CODES[header.group("currency")]
    scale = SCALES[header.group("scale")]
    return tuple(
        _scaled(m, currency, scale)
        if m.quantity.start > header.end() and not m.quantity.currency and not m.quantity.unit
        else m
        for m in found
    )


def _scaled(measure: Measure, currency: str, scale: float) -> Measure:
    q = measure.quantity
    quantity = Quantity(
        **{
            **q.model_dump(),
            "value": q.value * scale,
            "high": q.high * scale if q.high is not None else None,
            "currency": currency,
            "scale": q.scale * scale,
        }
    )
    return replace(measure, quantity=quantity, kind=kind(quantity))


@dataclass(frozen=True)
class Statement:
    """One sentence, read."""

    text: str
    anchor: date | None = None

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return _headed(self.text, measures(self.text, self.anchor))

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return tuple(names(self.text))

    @cached_property
    def dates(self) -> tuple[DateMention, ...]:
        return tuple(dates(self.text, self.anchor))

    @cached_property
    def words(self) -> frozenset[str]:
        return content(self.text)

    @cached_property
    def name_words(self) -> frozenset[str]:
        return frozenset(
            {meaning(w) for n in self.names for w in n.text.split()}
            | {meaning(w) for w in _capitals(self.text) if country_of(w)}
        )

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Names, and the countries that adjectives ("Polish customs") stand for."""
        peoples = [c for w in _capitals(self.text) if (c := country_of(w)) is not None]
        return (*(n.text for n in self.names), *dict.fromkeys(peoples))

    @cached_property
    def topic(self) -> frozenset[str]:
        """Content words that are no part of a name, date or number."""
        spans = [m.text for m in self.dates] + [m.quantity.text for m in self.measures]
        dated = frozenset(meaning(w) for t in spans for w in re.findall(r"[^\W\d_]+", t))
        return self.words - self.name_words - dated

    def owner(self, measure: Measure) -> str | None:
        """The name a number stands beside: the nearest before it in its segment, else after."""
        start, end = measure.quantity.start, measure.quantity.end
        left = max((m.end() for m in _SEGMENT.finditer(self.text) if m.end() <= start), default=0)
        right = min(
            (m.start() for m in _SEGMENT.finditer(self.text) if m.start() >= end),
            default=len(self.text),
        )
        before = [n for n in self.names if left <= n.start < start]
        if before:
            return before[-1].text
        after = [n for n in self.names if end <= n.start < right]
        return after[0].text if after else None


_SEGMENT = re.compile(r"[,;:.](?=\s|$)|\b(?:and|while|whereas|but|against|compared with|than)\b")


def aligned_names(first: str, second: str) -> bool:
    """Whether two names may stand for one party, capitals and adjectives included."""
    if same_name(first, second):
        return True
    a, b = country_of(first, capital=True), country_of(second, capital=True)
    if a is not None and a == b:
        return True
    left, right = first.lower().split(), second.lower().split()
    short, long = sorted((left, right), key=len)
    return len(short) > 1 and set(short) <= set(long)


class Evidence:
    """The evidence of one claim: its sentences, read once."""

    def __init__(self, claim: Statement, text: str, anchor: date | None = None) -> None:
        self.claim = claim
        self.text = text
        self.sentences = [Statement(s.text, anchor) for s in sentence_spans(text)]

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset().union(*(s.words for s in self.sentences))

    @cached_property
    def coverage(self) -> float:
        """Share of the claim's content words that occur anywhere in the evidence."""
        return overlap(self.claim.words, self.words)

    def score(self, sentence: Statement) -> float:
        """How much of the claim one sentence speaks of, 0..1; topic words count double."""
        topic = self.claim.topic or self.claim.words
        names = self.claim.words - topic
        weight = 2 * len(topic) + len(names)
        if not weight:
            return 0.0
        return (2 * len(topic & sentence.words) + len(names & sentence.words)) / weight

    @cached_property
    def ranked(self) -> list[tuple[float, Statement]]:
        """The sentences, best first."""
        scored = [(self.score(s), -i, s) for i, s in enumerate(self.sentences)]
        return [(score, s) for score, _, s in sorted(scored, key=lambda t: (-t[0], -t[1]))]

    @property
    def best(self) -> tuple[float, Statement] | None:
        return self.ranked[0] if self.ranked else None

    def names_anywhere(self, name: str) -> bool:
        lowered = self.text.lower()
        return name.lower() in lowered or any(
            aligned_names(name, n.text) for s in self.sentences for n in s.names
        ) or bool(
            (country := country_of(name, capital=True))
            and any(country_of(w, capital=True) == country for w in _capitals(self.text))
        )  # fmt: skip


def _capitals(text: str) -> Sequence[str]:
    return re.findall(r"\b[A-Z][\w'-]+", text)
