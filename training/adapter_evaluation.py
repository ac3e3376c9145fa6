"""The base model against its adapter on labelled claims, through the path that the desk uses.

Both answer in one engine (llama.cpp on the 4-bit weights), so what is compared is what will run,
and not what the training framework would have said.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from agents.evidence import Probabilities
from evals.data import ClaimRow, rows
from evals.statistics import accuracy, bootstrap, label_scores, macro_f1, mean
from tools.model.claim_question import ADAPTED
from tools.model.entailment import Lean, ModelEntailment
from tools.model.open import open_embedded
from training.adapter_data import HELD_OUT_FOLD
from training.pairs import LABELS, Pair, own_groups, pairs_of

__all__ = ["evaluate", "labelled", "scores"]

_PART: Final = 20


def labelled(path: Path) -> list[tuple[str, str, str]]:
    """(claim, evidence, label) rows: of a claims JSONL file, or, for a folder of our own groups,
    of its held-out groups. Raises ValueError."""
    if path.is_dir():
        held = [group for group in own_groups(path) if group.fold >= HELD_OUT_FOLD]
        return [(pair.claim, pair.evidence, _label(pair)) for pair in pairs_of(held)]
    claims = [ClaimRow.model_validate({"id": "", **row}) for row in rows(path)]
    return [(row.claim, "\n".join(row.evidence), row.label) for row in claims]


def _label(pair: Pair) -> str:
    return LABELS[pair.target.index(1.0)]


async def evaluate(
    model_path: Path,
    adapter_path: Path,
    claims: Sequence[tuple[str, str, str]],
    *,
    log_path: Path,
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Figures of the base model (its own wording and measured lean) and of the adapter.

    Raises ModelUnusable.
    """
    gold = [label for _, _, label in claims]
    pairs = [(claim, evidence) for claim, evidence, _ in claims]
    figures: dict[str, Any] = {}
    async with open_embedded(model_path, log_path=log_path, adapter_path=adapter_path) as model:
        await model.connect()
        adapted = model.adapted()
        assert adapted is not None
        judges = {
            "base": ModelEntailment(model),
            "adapter": ModelEntailment(adapted, lean=Lean(), wording=ADAPTED),
        }
        for name, judge in judges.items():
            began = time.monotonic()
            found: list[Probabilities] = []
            for start in range(0, len(pairs), _PART):
                found += await judge.judge(pairs[start : start + _PART])
                spent = time.monotonic() - began
                left = spent / len(found) * (len(pairs) - len(found))
                report(f"{name}: {len(found)}/{len(pairs)} pairs, {left / 60:.0f} min left")
            figures[name] = {
                "model": judge.name,
                **scores(gold, found),
                "seconds_per_pair": round((time.monotonic() - began) / max(1, len(pairs)), 3),
            }
    return figures


def scores(gold: Sequence[str], found: Sequence[Probabilities]) -> dict[str, Any]:
    """Accuracy and macro-F1 with 95 percent intervals, F1 by label, log loss (nats), costly
    errors: the share of claims that are not supported and were called so."""
    given = [
        dict(zip(LABELS, (p.supported, p.refuted, p.insufficient), strict=True)) for p in found
    ]
    said = [max(row, key=lambda label: row[label]) for row in given]

    def over(metric: Callable[[Sequence[str], Sequence[str]], float | None]) -> str:
        return str(
            bootstrap(lambda at: metric([gold[i] for i in at], [said[i] for i in at]), len(gold))
        )

    losses = [-math.log(max(row[label], 1e-6)) for row, label in zip(given, gold, strict=True)]
    costly = [
        float(s == "SUPPORTED") for g, s in zip(gold, said, strict=True) if g != "SUPPORTED"
    ]
    return {
        "pairs": len(gold),
        "accuracy": over(accuracy),
        "macro_f1": over(macro_f1),
        "f1": {name: round(value["f1"], 3) for name, value in label_scores(gold, said).items()},
        "log_loss": _rounded(mean(losses)),
        "costly_errors": _rounded(mean(costly)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
