"""Entailment by the shipped encoder: does the evidence support, refute or not settle the claim?

Evidence that is longer than the network reads is taken in overlapping windows of whole sentences;
the window that decides most speaks for all of it (the rule that did best on development data:
docs/models/verifier.md).
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from agents.evidence import Probabilities
from agents.fusion import Calibration
from tools.encoder.session import MAX_TOKENS, CrossEncoder
from tools.encoder.weights import SHIPPED, manifest_of, read_json
from tools.encoder.windows import sentence_tokens, windows

__all__ = ["MOST_WINDOWS", "EncoderEntailment", "shipped_entailment"]

MOST_CLAIM: Final = 160
"""Tokens of a claim that are read; a longer one is no single claim."""
MOST_WINDOWS: Final = 48
"""Windows of one evidence that are read: those that share most words with the claim."""


class EncoderEntailment:
    """EntailmentPort over the shipped cross-encoder. Raises ModelUnusable as the weights do."""

    def __init__(self, folder: Path = SHIPPED / "encoder", *, threads: int | None = None) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()

    @cached_property
    def name(self) -> str:
        return f"encoder:{manifest_of(self._folder).name}"

    @cached_property
    def calibration(self) -> Calibration | None:
        return Calibration.model_validate(read_json(self._folder, "verifier.json"))

    @cached_property
    def _encoder(self) -> CrossEncoder:
        return CrossEncoder(self._folder, "verifier.onnx", threads=self._threads)

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        """Probabilities for (claim, evidence) pairs, in order. Equal pairs are read once; empty
        evidence decides nothing. One score is a function of its pair only."""
        distinct = list(dict.fromkeys(pairs))
        if not distinct:
            return []
        read = await asyncio.to_thread(self._locked, distinct)
        found = dict(zip(distinct, read, strict=True))
        return [found[pair] for pair in pairs]

    def _locked(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        with self._lock:  # the weights are loaded once, and two callers do not share the cores
            return self._read(pairs)

    def _read(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        claims = self._encoder.tokens([claim for claim, _ in pairs])
        rows: list[tuple[Sequence[int], Sequence[int]]] = []
        owners: list[int] = []
        for number, (claim, (_, evidence)) in enumerate(zip(claims, pairs, strict=True)):
            for window in self._windows(claim[:MOST_CLAIM], evidence):
                rows.append((claim[:MOST_CLAIM], window))
                owners.append(number)
        best = [Probabilities(supported=0.0, refuted=0.0, insufficient=1.0) for _ in pairs]
        for number, logits in zip(owners, self._encoder.outputs(rows), strict=True):
            read = _softmax([float(value) for value in logits])
            if read.insufficient < best[number].insufficient:
                best[number] = read
        return best

    def _windows(self, claim: Sequence[int], evidence: str) -> list[list[int]]:
        if not evidence.strip():
            return []
        room = MAX_TOKENS - 4 - len(claim)
        sentences = sentence_tokens(self._encoder, evidence, room)
        found = windows(sentences, room)
        if len(found) < 2:
            return found
        wanted = set(claim)
        if len(found) > MOST_WINDOWS:
            found = [found[i] for i in sorted(_nearest(wanted, found)[:MOST_WINDOWS])]
        # A full window dilutes the one sentence that decides: its surroundings are read alone too.
        middle = _nearest(wanted, sentences)[0]
        near = [token for s in sentences[max(0, middle - 1) : middle + 2] for token in s]
        return [*found, near[:room]]


def _nearest(wanted: set[int], texts: Sequence[Sequence[int]]) -> list[int]:
    """Indices of the texts, those first that share most distinct tokens."""
    return sorted(range(len(texts)), key=lambda i: (-len(wanted.intersection(texts[i])), i))


def _softmax(logits: Sequence[float]) -> Probabilities:
    top = max(logits)
    powers = [math.exp(value - top) for value in logits]
    total = sum(powers)
    return Probabilities(
        supported=powers[0] / total, refuted=powers[1] / total, insufficient=powers[2] / total
    )


@cache
def shipped_entailment() -> EncoderEntailment:
    """The one that comes with the project: one a process, its weights loaded at the first use."""
    return EncoderEntailment()
