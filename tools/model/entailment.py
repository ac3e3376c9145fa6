"""Entailment by the language model: one next-token choice per pair of claim and evidence.

A small model is a weak judge of this and leans towards one answer. The lean is measured on
labelled pairs and divided out (contextual calibration: Zhao et al., "Calibrate Before Use",
ICML 2021); it is data, given with the model it was measured on. Deterministic checks decide
first; a trained verifier replaces this port later.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import Field

from agents.evidence import Probabilities, Record
from agents.fusion import Calibration
from agents.ports import ModelPort, PromptTooLong
from tools.model.cache import CachedModel
from tools.model.claim_question import ADAPTED, OPTIONS, PLAIN, Wording, claim_question, lines_of
from tools.model.weights import EMBEDDED

__all__ = ["MEASURED_LEANS", "Lean", "ModelEntailment", "entailment_of"]


class Lean(Record):
    """How much more readily a model says each word than it should."""

    stated: float = Field(default=1.0, gt=0)
    contradicted: float = Field(default=1.0, gt=0)
    open: float = Field(default=1.0, gt=0)
    sharpness: float = Field(default=1.0, gt=0)
    """Exponent on the probabilities; below 1 for a model that is surer than it is right."""


MEASURED_LEANS: Final[Mapping[str, Lean]] = {
    # Geometric means of its probabilities over the 120 pairs of evals/claims_dev.jsonl, and the
    # exponent of least log loss on the half they were not taken from (0.2 and 0.4 on the halves).
    # Balanced accuracy on the other half: 0.32 and 0.41 as it is, 0.40 and 0.54 corrected. So
    # weak that, corrected, it is never sure of anything, which is the point.
    EMBEDDED.name: Lean(stated=0.158, contradicted=0.426, open=0.308, sharpness=0.3),
}


class ModelEntailment:
    """EntailmentPort over any ModelPort. Errors are those of `ModelPort.choose`."""

    def __init__(
        self, model: ModelPort, *, lean: Lean | None = None, wording: Wording = PLAIN
    ) -> None:
        """lean: of this model; by default what was measured for it, else none. wording: how it
        is asked."""
        self._model = model
        self._lean = lean
        self._wording = wording

    @property
    def name(self) -> str:
        return f"model:{self._model.name}"

    @property
    def calibration(self) -> Calibration | None:
        return None

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        """Probabilities for (claim, evidence) pairs, in order. Empty evidence decides nothing
        and costs nothing. Equal pairs are asked once."""
        distinct = list(dict.fromkeys(pairs))
        # In order of evidence, so that claims about the same lines find them in the cache.
        distinct.sort(key=lambda pair: pair[1])
        judged = await asyncio.gather(
            *(self._judge(claim, evidence) for claim, evidence in distinct)
        )
        found = dict(zip(distinct, judged, strict=True))
        return [found[pair] for pair in pairs]

    async def _judge(self, claim: str, evidence: str) -> Probabilities:
        lines = lines_of(evidence)
        if not lines:
            return Probabilities(supported=0.0, refuted=0.0, insufficient=1.0)
        return await self._judge_lines(claim, lines)

    async def _judge_lines(self, claim: str, lines: list[str]) -> Probabilities:
        try:
            return await self._choose(claim, lines)
        except PromptTooLong:
            if len(lines) == 1:
                raise
        # More than one prompt holds: each half on its own, and the one that decides more.
        middle = len(lines) // 2
        halves = [await self._judge_lines(claim, half) for half in (lines[:middle], lines[middle:])]
        return min(halves, key=lambda half: half.insufficient)

    async def _choose(self, claim: str, lines: list[str]) -> Probabilities:
        request = claim_question(claim, lines, self._wording)
        # Looked up here: the model's name may be unknown until it is connected.
        lean = self._lean or MEASURED_LEANS.get(self._model.name, Lean())
        return _corrected(await self._model.choose(request, OPTIONS), lean)


def entailment_of(model: ModelPort) -> ModelEntailment:
    """By the model's trained adapter where it has one loaded, else by the model as it is."""
    adapted = model.adapted if isinstance(model, CachedModel) else None
    if adapted is None:
        return ModelEntailment(model)
    # What leans an adapter has, it was trained out of.
    return ModelEntailment(adapted, lean=Lean(), wording=ADAPTED)


def _corrected(chosen: Mapping[str, float], lean: Lean) -> Probabilities:
    weights = {"stated": lean.stated, "contradicted": lean.contradicted, "open": lean.open}
    scores = {
        option: math.pow(max(chosen.get(option, 0.0), 1e-9) / weights[option], lean.sharpness)
        for option in OPTIONS
    }
    total = sum(scores.values())
    return Probabilities(
        supported=scores["stated"] / total,
        refuted=scores["contradicted"] / total,
        insufficient=scores["open"] / total,
    )
