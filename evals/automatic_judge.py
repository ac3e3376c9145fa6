"""The automatic judge of citations: figures, words and checks in code, then the shipped encoder.

The desk's audit reads a sentence against its quotes alone, and its verifier reads claims against
passages of other documents. Here the sentence is read against the whole cited sentences with
their neighbours and title, and figures are compared by the evaluation's own reader of numbers.
It is still kin to the desk's verifier: how far it agrees with people is reported beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agents.alignment import Evidence, Statement
from agents.checks import check
from agents.evidence import Label, Probabilities
from agents.fusion import combine
from agents.ports import EntailmentPort, ModelUnusable, PortError
from agents.support import support
from evals import grounding
from evals.restating import LEAST_SHARED, only_quotes, restates, shared, unframed
from evals.shown import Shown

__all__ = ["AutomaticJudge", "by_words"]


def by_words(claim: str, evidence: Shown) -> bool | None:
    """What code alone can say of a pair; None where a reader is needed."""
    if not any(quote.strip() for quote in evidence.quotes):
        return False
    if grounding.Evidence(evidence.quotes, evidence.about).missing(claim):
        return False
    if only_quotes(claim, evidence):
        return True
    plain = unframed(claim, evidence.about)
    if shared(plain, evidence.quotes) < LEAST_SHARED:
        return False
    return True if restates(plain, evidence.context) else None


class AutomaticJudge:
    """A `evals.alce.Judge`. entailment: reads what the words leave open."""

    def __init__(self, entailment: EntailmentPort) -> None:
        self._entailment = entailment

    @property
    def name(self) -> str:
        return f"checks and {self._entailment.name}"

    async def judge(self, pairs: Sequence[tuple[str, Shown]]) -> list[bool | None]:
        """Answers in order; None where the reader failed. Raises ModelUnusable."""
        found = await asyncio.to_thread(lambda: [by_words(*pair) for pair in pairs])
        open_ = [i for i, answer in enumerate(found) if answer is None]
        sent = [(unframed(pairs[i][0], pairs[i][1].about), pairs[i][1].context) for i in open_]
        reads = await self._read(sent)
        for index, pair, read in zip(open_, sent, reads, strict=True):
            if read is not None:
                found[index] = await asyncio.to_thread(self._entailed, *pair, read)
        return found

    async def _read(self, pairs: list[tuple[str, str]]) -> list[Probabilities | None]:
        try:
            return [*await self._entailment.judge(pairs)]
        except ModelUnusable:
            raise
        except PortError:
            pass
        reads: list[Probabilities | None] = []
        for pair in pairs:  # one answer of many failed: each on its own, so that the others stand
            try:
                reads += await self._entailment.judge([pair])
            except PortError:
                reads.append(None)
        return reads

    def _entailed(self, claim: str, context: str, read: Probabilities) -> bool:
        lexical = support(Evidence(Statement(claim), context))
        judged = combine(
            check(claim, context), read, lexical=lexical, calibration=self._entailment.calibration
        )
        return judged.label is Label.SUPPORTED
