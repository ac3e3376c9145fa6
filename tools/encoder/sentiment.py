"""Sentiment by the shipped encoder: what a text implies for one target, or overall.

The target is marked where it stands in the text, so that two names in one sentence can get
opposite signs (target-dependent sentiment with marked spans: Baldini Soares et al., ACL 2019).
"""

from __future__ import annotations

import asyncio
import math
import re
import threading
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from agents.ports import Tone
from tools.encoder.session import MAX_TOKENS, CrossEncoder
from tools.encoder.weights import SHIPPED, manifest_of
from tools.encoder.windows import sentence_tokens, windows

__all__ = ["OVERALL", "EncoderSentiment", "marked", "shipped_sentiment"]

OVERALL: Final = "the overall tone for investors"
"""What stands for the target where there is none."""
_BEFORE, _AFTER = "[ ", " ]"
MOST_TARGET: Final = 48
"""Tokens of a target that are read."""
MOST_WINDOWS: Final = 48
NEUTRAL: Final = 0.19
CLEAR: Final = 0.2
"""Scores under this are neutral in the published scale."""


def marked(text: str, target: str | None) -> str:
    """The text with the target's mentions in square brackets; unchanged where it has none.

    Mentions are found word by word, in any case; a leading cashtag sign is ignored.
    """
    wanted = " ".join((target or "").split()).lstrip("$#")
    if not wanted:
        return text
    words = r"\s+".join(re.escape(word) for word in wanted.split())
    pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda match: f"{_BEFORE}{match.group()}{_AFTER}", text)


class EncoderSentiment:
    """SentimentPort over the shipped encoder. Raises ModelUnusable as the weights do."""

    def __init__(self, folder: Path = SHIPPED / "encoder", *, threads: int | None = None) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()

    @cached_property
    def name(self) -> str:
        return f"encoder:{manifest_of(self._folder).name}"

    @cached_property
    def _encoder(self) -> CrossEncoder:
        return CrossEncoder(self._folder, "sentiment.onnx", threads=self._threads)

    async def score(self, rows: Sequence[tuple[str, str | None]]) -> list[Tone]:
        """The tone of each (text, target), in order. Equal rows are read once."""
        distinct = list(dict.fromkeys(rows))
        if not distinct:
            return []
        read = await asyncio.to_thread(self._locked, distinct)
        found = dict(zip(distinct, read, strict=True))
        return [found[row] for row in rows]

    def _locked(self, rows: Sequence[tuple[str, str | None]]) -> list[Tone]:
        with self._lock:  # the weights are loaded once, and two callers do not share the cores
            return self._read(rows)

    def _read(self, rows: Sequence[tuple[str, str | None]]) -> list[Tone]:
        first = self._encoder.tokens([target or OVERALL for _, target in rows])
        pairs: list[tuple[Sequence[int], Sequence[int]]] = []
        owners: list[int] = []
        for number, (name, (text, target)) in enumerate(zip(first, rows, strict=True)):
            name = name[:MOST_TARGET]
            shown = marked(text, target)
            for window in self._windows(shown, MAX_TOKENS - 4 - len(name), shown != text):
                pairs.append((name, window))
                owners.append(number)
        found: list[list[Tone]] = [[] for _ in rows]
        for number, outputs in zip(owners, self._encoder.outputs(pairs), strict=True):
            found[number].append(_tone([float(value) for value in outputs]))
        return [_together(tones) for tones in found]

    def _windows(self, text: str, room: int, has_marks: bool) -> list[list[int]]:
        found = windows(sentence_tokens(self._encoder, text, room), room)
        if not has_marks:
            return found[:MOST_WINDOWS]
        mark = self._encoder.tokens([_BEFORE])[0][0]
        about = [window for window in found if mark in window]
        return (about or found)[:MOST_WINDOWS]


def _tone(outputs: Sequence[float]) -> Tone:
    """From the score before tanh and the logits of negative, neutral and positive.

    The label decides on which side of the neutral band (0.2) the score lies, the score how far.
    """
    top = max(outputs[1:4])
    powers = [math.exp(value - top) for value in outputs[1:4]]
    negative, neutral, positive = (power / sum(powers) for power in powers)
    score = math.tanh(outputs[0])
    if neutral >= max(negative, positive):
        score = max(-NEUTRAL, min(NEUTRAL, score))
    elif positive > negative:
        score = max(CLEAR, score)
    else:
        score = min(-CLEAR, score)
    return Tone(score=score, weight=1.0 - neutral)


def _together(tones: Sequence[Tone]) -> Tone:
    """The weighted mean of the windows of one text."""
    if len(tones) == 1:
        return tones[0]
    total = sum(tone.weight for tone in tones)
    if total <= 1e-9:
        return Tone(score=0.0, weight=0.0)
    score = sum(tone.score * tone.weight for tone in tones) / total
    return Tone(score=score, weight=max(tone.weight for tone in tones))


@cache
def shipped_sentiment() -> EncoderSentiment:
    """The one that comes with the project: one a process, its weights loaded at the first use."""
    return EncoderSentiment()
