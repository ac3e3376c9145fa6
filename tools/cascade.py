"""The reader of claims: the shipped encoder, and a language model where it was found worth asking.

Any served model can be measured as a judge (`underwrite eval verify --model NAME`); what it is
worth beside the encoder is recorded under its name in `trust.json`. A model with a record that
says so is asked about the pairs that the encoder leaves in doubt; any other is never asked.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from agents.evidence import Probabilities, Record
from agents.fusion import Calibration
from agents.ports import BadInput, EntailmentPort

__all__ = ["DOUBT", "Cascade", "Pool", "Trust", "TrustStore", "doubted", "pooled"]

DOUBT: Final = 0.9
"""Probability of the likeliest label under which the encoder's reading is in doubt."""
_FLOOR: Final = 1e-4


class Pool(Record):
    """A logarithmic opinion pool of the encoder and the judge (Genest and Zidek, 1986)."""

    encoder: float = Field(ge=0)
    judge: float = Field(ge=0)
    supported: float = 0.0
    """What is added to the log odds of supported: the judge's lean, taken back."""
    refuted: float = 0.0


class Trust(Record):
    """What a judge was found to be worth beside the encoder, on which claims."""

    judge: str
    encoder: str
    measured_at: str
    claims: int
    claims_digest: str
    pool: Pool
    calibration: Calibration
    macro_f1: float
    """Of encoder, judge and checks together, on claims outside the fit (cross-validation)."""
    encoder_macro_f1: float
    """Of encoder and checks alone, fitted and measured in the same way."""
    precision: float | None
    coverage: float
    encoder_coverage: float
    trusted: bool
    """Better on claims outside the fit, and more published rightly, with the judge than without."""


class TrustStore:
    """The records of measured judges, in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> dict[str, Trust]:
        """All records by judge. Raises BadInput naming a file that cannot be read."""
        try:
            rows = json.loads(self.path.read_bytes())
            return {name: Trust.model_validate(row) for name, row in rows.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, ValidationError, AttributeError) as error:
            raise BadInput(
                f"{self.path} cannot be read as measurements of judges ({error}): delete it and "
                f"measure again with `underwrite eval verify --model NAME`."
            ) from error

    def save(self, trust: Trust) -> None:
        """Add or replace a record, whole or not at all."""
        rows = {**self.load(), trust.judge: trust}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
        content = {key: row.model_dump(mode="json") for key, row in sorted(rows.items())}
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
            Path(name).replace(self.path)
        finally:
            Path(name).unlink(missing_ok=True)


class Cascade:
    """EntailmentPort: the encoder reads all pairs; a trusted judge those it leaves in doubt.

    judge: asked only when `trusted` names it. Errors are those of the two.
    """

    def __init__(
        self,
        encoder: EntailmentPort,
        judge: EntailmentPort | None = None,
        trusted: TrustStore | None = None,
    ) -> None:
        self._encoder = encoder
        self._judge = judge
        self._trusted = trusted

    @property
    def trust(self) -> Trust | None:
        """The record under which the judge is asked; None when it is not."""
        if self._judge is None or self._trusted is None:
            return None
        found = self._trusted.load().get(self._judge.name)
        if found is None or not found.trusted or found.encoder != self._encoder.name:
            return None
        return found

    @property
    def name(self) -> str:
        trust = self.trust
        return f"{self._encoder.name} and {trust.judge}" if trust else self._encoder.name

    @property
    def calibration(self) -> Calibration | None:
        trust = self.trust
        return trust.calibration if trust else self._encoder.calibration

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        read = await self._encoder.judge(pairs)
        trust = self.trust
        if trust is None or self._judge is None:
            return read
        doubtful = [i for i, p in enumerate(read) if doubted(p)]
        judged = await self._judge.judge([pairs[i] for i in doubtful])
        for index, opinion in zip(doubtful, judged, strict=True):
            read[index] = pooled(read[index], opinion, trust.pool)
        return read


def doubted(read: Probabilities) -> bool:
    """The judge is worth asking."""
    return max(read.supported, read.refuted, read.insufficient) < DOUBT


def pooled(read: Probabilities, opinion: Probabilities, pool: Pool) -> Probabilities:
    """One opinion of two."""
    logits = []
    for side, added in (("supported", pool.supported), ("refuted", pool.refuted)):
        logits.append(pool.encoder * _odds(read, side) + pool.judge * _odds(opinion, side) + added)
    top = max(0.0, *logits)
    powers = [math.exp(value - top) for value in (*logits, 0.0)]
    total = sum(powers)
    return Probabilities(
        supported=powers[0] / total, refuted=powers[1] / total, insufficient=powers[2] / total
    )


def _odds(read: Probabilities, side: str) -> float:
    value: float = getattr(read, side)
    return math.log(max(value, _FLOOR) / max(read.insufficient, _FLOOR))
