"""What a language model is worth as a judge of claims, beside the shipped encoder.

Every claim is put to the encoder, the checks and the model. Pool, calibration and thresholds are
fitted by cross-validation, so that the figures are of claims outside the fit; the record says
whether the model may be trusted to judge what the encoder leaves in doubt (`tools.cascade`).
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final

from agents.alignment import Evidence, Statement
from agents.checks import check
from agents.evidence import Check, Label, Probabilities
from agents.fusion import Calibration, features
from agents.ports import EntailmentPort
from agents.support import support
from evals.calibration import LABELS, Example, fit, fit_thresholds
from evals.data import ClaimRow
from evals.statistics import macro_f1
from tools.cascade import Pool, Trust, doubted, pooled

__all__ = ["FEWEST", "measure_judge"]

FEWEST: Final = 60
"""Claims under which nothing is recorded: a record would rest on chance."""
PRECISION: Final = 0.92
FOLDS: Final = 5
_NAMES: Final = {
    "SUPPORTED": Label.SUPPORTED, "REFUTED": Label.REFUTED, "NEI": Label.INSUFFICIENT,
}  # fmt: skip


class _Pair:
    def __init__(self, row: ClaimRow, read: Probabilities, opinion: Probabilities) -> None:
        evidence = "\n".join(row.evidence)
        self.gold = _NAMES[row.label]
        self.read = read
        self.opinion = opinion
        self.checks: list[Check] = check(row.claim, evidence)
        self.words = support(Evidence(Statement(row.claim), evidence))

    def example(self, pool: Pool | None) -> Example:
        read = self.read
        if pool is not None and doubted(read):
            read = pooled(read, self.opinion, pool)
        return Example.of(features(self.checks, read, self.words), self.gold, self.checks)


async def measure_judge(
    rows: Sequence[ClaimRow], encoder: EntailmentPort, judge: EntailmentPort
) -> tuple[Trust, dict[str, Any]]:
    """The record of a judge, and its figures alone.

    Raises ValueError with fewer than FEWEST claims or a label that none has, and the errors of
    the two ports.
    """
    if len(rows) < FEWEST or {row.label for row in rows} != set(_NAMES):
        raise ValueError(f"a judge is measured on {FEWEST} claims or more, with all three labels")
    sent = [(row.claim, "\n".join(row.evidence)) for row in rows]
    read = await encoder.judge(sent)
    opinions = await judge.judge(sent)
    pairs = [_Pair(r, e, j) for r, e, j in zip(rows, read, opinions, strict=True)]
    best = _pool(pairs)
    alone = _crossed(pairs, with_judge=False)
    together = _crossed(pairs, with_judge=True)
    examples = [p.example(best) for p in pairs]
    weights = fit(examples)
    supported, refuted = fit_thresholds(examples, weights, PRECISION)
    gains = together["macro_f1"] > alone["macro_f1"] and together["right"] > alone["right"]
    trust = Trust(
        judge=judge.name,
        encoder=encoder.name,
        measured_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        claims=len(rows),
        claims_digest=hashlib.sha256("\n".join(c for c, _ in sent).encode()).hexdigest()[:16],
        pool=best,
        calibration=Calibration(
            model=f"{encoder.name} and {judge.name}",
            weights=weights,
            supported=supported,
            refuted=refuted,
        ),
        macro_f1=together["macro_f1"],
        encoder_macro_f1=alone["macro_f1"],
        precision=together["precision"],
        coverage=together["coverage"],
        encoder_coverage=alone["coverage"],
        trusted=best.judge > 0 and gains and (together["precision"] or 0.0) >= 0.9,
    )
    gold = [p.gold.value for p in pairs]
    said = [_likeliest(p.opinion).value for p in pairs]
    return trust, {"macro_f1": macro_f1(gold, said), "doubtful": sum(map(doubted, read))}


def _likeliest(p: Probabilities) -> Label:
    values = (p.supported, p.refuted, p.insufficient)
    return LABELS[values.index(max(values))]


def _pool(pairs: Sequence[_Pair]) -> Pool:
    """The pool of least log loss over the doubtful pairs, the judge's lean taken back first."""
    open_ = [p for p in pairs if doubted(p.read)]
    if not open_:
        return Pool(encoder=1.0, judge=0.0)
    lean = [
        -sum(math.log(max(getattr(p.opinion, side), 1e-4) / max(p.opinion.insufficient, 1e-4))
             for p in open_) / len(open_)
        for side in ("supported", "refuted")
    ]  # fmt: skip
    best, least = Pool(encoder=1.0, judge=0.0), math.inf
    for encoder, judge in itertools.product((0.5, 0.75, 1.0), (0.0, 0.1, 0.2, 0.4, 0.7, 1.0)):
        pool = Pool(
            encoder=encoder, judge=judge, supported=judge * lean[0], refuted=judge * lean[1]
        )
        loss = 0.0
        for pair in open_:
            p = pooled(pair.read, pair.opinion, pool)
            right = (p.supported, p.refuted, p.insufficient)[LABELS.index(pair.gold)]
            loss -= math.log(max(right, 1e-6))
        if loss < least - 1e-9:
            best, least = pool, loss
    return best


def _crossed(pairs: Sequence[_Pair], *, with_judge: bool) -> dict[str, Any]:
    """Figures of claims by fits on the other folds: pool, weights and thresholds."""
    examples = [pair.example(None) for pair in pairs]
    said: dict[int, int] = {}
    published: dict[int, int] = {}
    for fold in range(FOLDS):
        others = [pair for i, pair in enumerate(pairs) if i % FOLDS != fold]
        pool = _pool(others) if with_judge else None
        rest = [pair.example(pool) for pair in others]
        for index in range(fold, len(pairs), FOLDS):
            examples[index] = pairs[index].example(pool)
        weights = fit(rest)
        supported, refuted = fit_thresholds(rest, weights, PRECISION)
        calibration = Calibration(
            model="", weights=weights, supported=supported, refuted=refuted
        )
        for index in range(fold, len(examples), FOLDS):
            example = examples[index]
            odds = calibration.fused(example.found)
            values = (odds.supported, odds.refuted, odds.insufficient)
            said[index] = label = values.index(max(values))
            least = (supported, refuted, 2.0)[label]
            shown = values[label] >= least and not (label == 0 and example.conflicting)
            published[index] = label if shown else 2
    names: Mapping[int, str] = {i: label.value for i, label in enumerate(LABELS)}
    shown_ = [(i, label) for i, label in published.items() if label != 2]
    right = sum(examples[i].gold == label for i, label in shown_)
    return {
        "macro_f1": macro_f1(
            [names[e.gold] for e in examples], [names[said[i]] for i in range(len(examples))]
        ),
        "precision": right / len(shown_) if shown_ else None,
        "coverage": len(shown_) / len(examples),
        "right": right,
    }
