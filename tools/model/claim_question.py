"""The question whether lines state a claim: the same words at run time and in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from agents.ports import ModelRequest
from prompts import load

__all__ = ["ADAPTED", "OPTIONS", "PLAIN", "Wording", "claim_question", "lines_of"]

OPTIONS: Final = ("stated", "contradicted", "open")
"""The answers, in the order supported, refuted, insufficient. No two share their first token."""


class Wording(NamedTuple):
    """Names of the prompt files a question is made of; empty: left out."""

    system: str
    shared: str
    claim: str


PLAIN: Final = Wording("system", "entail", "entail_claim")
"""For a model that has to be told what is meant."""

ADAPTED: Final = Wording("entail_adapter", "", "entail_claim")
"""For a model with an adapter: what is meant, it has learned; every token costs time."""


def lines_of(evidence: str) -> list[str]:
    """The evidence's lines that are not blank."""
    return [line for line in evidence.splitlines() if line.strip()]


def claim_question(claim: str, lines: Sequence[str], wording: Wording = PLAIN) -> ModelRequest:
    """To be asked with `ModelPort.choose` and OPTIONS."""
    return ModelRequest(
        stage="verify",
        system=load(wording.system).render() if wording.system else "",
        shared=load(wording.shared).render() if wording.shared else "",
        passages=tuple(f"[{number}] {line}" for number, line in enumerate(lines, 1)),
        task=load(wording.claim).render(claim=" ".join(claim.split())),
        max_tokens=1,
    )
