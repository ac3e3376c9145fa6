"""Walking a published brief: every sentence with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents.brief import Brief, PublishedCitation, PublishedClaim, PublishedSentence

__all__ = ["PROSE", "Placed", "answer_text", "claims_by_id", "placed_sentences", "quotes"]

PROSE = ("headline", "summary", "implications", "variant_view", "opposing_case", "risks")
"""The sections that are read one after the other."""


@dataclass(frozen=True)
class Placed:
    where: str
    """Such as `ideas[0].thesis[1]`."""
    section: str
    """`headline`, `summary`, …, `exposures`, `contradictions`, `thesis`, `catalysts`,
    `invalidation`, `idea_risks`."""
    sentence: PublishedSentence


def placed_sentences(brief: Brief) -> Iterator[Placed]:
    """Every sentence of the brief, in reading order."""
    if brief.headline:
        yield Placed("headline", "headline", brief.headline)
    for section in ("summary", "variant_view", "opposing_case", "risks"):
        for i, sentence in enumerate(getattr(brief, section)):
            yield Placed(f"{section}[{i}]", section, sentence)
    for i, implication in enumerate(brief.implications):
        yield Placed(f"implications[{i}]", "implications", implication.sentence)
    for i, contradiction in enumerate(brief.contradictions):
        yield Placed(f"contradictions[{i}].sentence", "contradictions", contradiction.sentence)
    for i, exposure in enumerate(brief.exposures):
        yield Placed(f"exposures[{i}].mechanism", "exposures", exposure.mechanism)
    for i, idea in enumerate(brief.ideas):
        for j, sentence in enumerate(idea.thesis):
            yield Placed(f"ideas[{i}].thesis[{j}]", "thesis", sentence)
        for j, catalyst in enumerate(idea.catalysts):
            yield Placed(f"ideas[{i}].catalysts[{j}].sentence", "catalysts", catalyst.sentence)
        yield Placed(f"ideas[{i}].invalidation", "invalidation", idea.invalidation)
        for j, sentence in enumerate(idea.risks):
            yield Placed(f"ideas[{i}].risks[{j}]", "idea_risks", sentence)


def quotes(brief: Brief, keys: tuple[str, ...]) -> list[PublishedCitation]:
    """The citations under `keys`; unknown keys are left out (another check reports them)."""
    return [brief.citations[key] for key in keys if key in brief.citations]


def claims_by_id(brief: Brief) -> dict[str, PublishedClaim]:
    return {claim.id: claim for claim in brief.claims}


def answer_text(brief: Brief) -> str:
    """What the desk itself says: sentences, notes, idea titles, names. Not quotes or claims."""
    parts = [placed.sentence.text for placed in placed_sentences(brief)]
    parts += brief.notes
    parts += [exposure.name for exposure in brief.exposures]
    for idea in brief.ideas:
        parts += [idea.title, idea.horizon, *(catalyst.when for catalyst in idea.catalysts)]
        parts += [leg.name for leg in idea.legs]
    return "\n".join(parts)
