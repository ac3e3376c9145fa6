"""Texts that are longer than a network reads, in overlapping windows of whole sentences."""

from __future__ import annotations

from collections.abc import Sequence

from agents.sentences import sentence_spans
from tools.encoder.session import CrossEncoder

__all__ = ["sentence_tokens", "windows"]


def sentence_tokens(encoder: CrossEncoder, text: str, room: int) -> list[list[int]]:
    """Token ids of the text's sentences; of the whole text, as one, where it fits in `room`."""
    if len(text) < 20 * room:
        [whole] = encoder.tokens([text])
        if len(whole) <= room:
            return [whole]
    return encoder.tokens([text[s.start : s.end] for s in sentence_spans(text)])


def windows(units: Sequence[Sequence[int]], room: int) -> list[list[int]]:
    """Token ids of runs of whole units (sentences), each at most `room` tokens, half overlapping.

    A unit longer than `room` is cut into pieces. Every token is in at least one window; no
    window for no tokens.
    """
    pieces: list[Sequence[int]] = []
    for unit in units:
        pieces += [unit[at : at + room] for at in range(0, len(unit), room)]
    if sum(len(p) for p in pieces) <= room:
        whole = [token for piece in pieces for token in piece]
        return [whole] if whole else []
    found: list[list[int]] = []
    start = 0
    while start < len(pieces):
        end, size = start, 0
        while end < len(pieces) and size + len(pieces[end]) <= room:
            size += len(pieces[end])
            end += 1
        found.append([token for piece in pieces[start:end] for token in piece])
        if end == len(pieces):
            break
        # The next window begins where half of this one is behind it.
        behind, following = 0, start
        while following < end and behind < size // 2:
            behind += len(pieces[following])
            following += 1
        start = max(following, start + 1)
    return found
