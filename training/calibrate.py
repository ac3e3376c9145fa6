"""Calibrate the shipped verifier: `make calibrate-verifier DATA=…`.

The weights are fitted on groups of our own that the encoder never saw (folds 85 to 92) and on
held-out public rows; the publication thresholds are the lowest at which what is published of those
and of the development claims is right as often as asked. Needs no torch.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from agents.alignment import Evidence, Statement
from agents.checks import check
from agents.evidence import Label
from agents.fusion import Calibration, features
from agents.support import support
from evals.calibration import LABELS, Example, fit, fit_thresholds, reliability
from evals.data import load_claims
from evals.statistics import macro_f1
from tools.encoder.verifier import EncoderEntailment
from tools.encoder.weights import SHIPPED, manifest_of, recorded
from training.pairs import Pair, own_groups, pairs_of, public_pairs, sampled
from training.splits import FITTING, TESTING

__all__ = ["main"]

OWN: Final = Path(__file__).parent / "data" / "verification"
HELD_OUT_PUBLIC: Final = {
    "fever": 60, "fool-me-twice": 60, "fever-symmetric": 60, "sufficient_facts_fever": 60,
    "sufficient_facts_hover": 60, "factcheck-gpt": 120, "wice": 120, "scitail_devtest": 40,
    "te_newprotocols_base": 60, "mnli_sample": 60,
}  # fmt: skip


async def examples(pairs: Sequence[Pair], reader: EncoderEntailment) -> list[Example]:
    """Read and check pairs; those with more than one right label are left out."""
    clear = [p for p in pairs if sum(p.target) == 1]
    read = await reader.judge([(p.claim, p.evidence) for p in clear])
    found = []
    for pair, odds in zip(clear, read, strict=True):
        checks = check(pair.claim, pair.evidence)
        words = support(Evidence(Statement(pair.claim), pair.evidence))
        gold = LABELS[pair.target.index(1.0)]
        found.append(Example.of(features(checks, odds, words), gold, checks))
    return found


def dev_pairs(folder: Path | None) -> list[Pair]:
    """Development claims of a folder, or those that come with the project."""
    names = {"SUPPORTED": Label.SUPPORTED, "REFUTED": Label.REFUTED, "NEI": Label.INSUFFICIENT}
    return [
        Pair(
            row.claim,
            "\n".join(row.evidence),
            (
                float(names[row.label] is Label.SUPPORTED),
                float(names[row.label] is Label.REFUTED),
                float(names[row.label] is Label.INSUFFICIENT),
            ),
            "dev",
            row.trap or "",
        )
        for row in load_claims(folder)
        if row.label in names
    ]


def figures(found: Sequence[Example], calibration: Calibration) -> dict[str, Any]:
    """Accuracy, macro-F1, precision and coverage of what is published, reliability."""
    odds = [calibration.fused(e.found) for e in found]
    rows = [(p.supported, p.refuted, p.insufficient) for p in odds]
    said = [row.index(max(row)) for row in rows]
    published = [
        label
        if (label == 0 and row[0] >= calibration.supported and not e.conflicting)
        or (label == 1 and row[1] >= calibration.refuted)
        else 2
        for label, row, e in zip(said, rows, found, strict=True)
    ]
    names = [label.value for label in LABELS]
    shown = [(p, e.gold) for p, e in zip(published, found, strict=True) if p != 2]
    return {
        "pairs": len(found),
        "accuracy": round(
            sum(s == e.gold for s, e in zip(said, found, strict=True)) / len(found), 4
        ),
        "macro_f1": macro_f1([names[e.gold] for e in found], [names[s] for s in said]),
        "published": len(shown),
        "precision": sum(p == g for p, g in shown) / len(shown) if shown else None,
        "coverage": len(shown) / len(found),
        "reliability": reliability([e.gold for e in found], rows),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with train/ for held-out public rows")
    parser.add_argument("--own", type=Path, default=OWN)
    parser.add_argument("--dev", type=Path, help="folder of development claims (default: shipped)")
    parser.add_argument("--weights", type=Path, default=SHIPPED / "encoder")
    parser.add_argument("--precision", type=float, default=0.94)
    report = asyncio.run(_run(parser.parse_args(arguments)))
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 0


async def _run(given: argparse.Namespace) -> dict[str, Any]:
    reader = EncoderEntailment(given.weights)
    groups = own_groups(given.own)
    fitting = pairs_of([g for g in groups if g.fold in FITTING])
    if given.data:
        folder = given.data / "train"
        rows = public_pairs(sorted(folder.glob("verification*.jsonl")))
        # Drawn with another seed than training draws with: some were seen in training, few.
        fitting += sampled(rows, HELD_OUT_PUBLIC, seed=99, longest=1500)
    fitted = await examples(fitting, reader)
    tested = await examples(pairs_of([g for g in groups if g.fold in TESTING]), reader)
    dev = await examples(dev_pairs(given.dev), reader)
    weights = fit(fitted)
    supported, refuted = fit_thresholds([*fitted, *dev], weights, given.precision)
    calibration = Calibration(
        model=f"encoder:{manifest_of(given.weights).name}",
        weights=weights,
        supported=supported,
        refuted=refuted,
    )
    path = given.weights / "verifier.json"
    path.write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")
    recorded(given.weights)
    return {
        "fitted": figures(fitted, calibration),
        "tested": figures(tested, calibration),
        "dev": figures(dev, calibration),
    }


if __name__ == "__main__":
    raise SystemExit(main())
