"""The encoders on public development sets and on this project's own: figures for the model cards.

    python -m evals.public_sets --data DIR     # DIR holds dev/*.jsonl (docs/models says which)

Claim sets go through the rows of `underwrite verify`, sentiment sets through those of
`underwrite sentiment`: what is measured is what users get. For measuring only: no row of these
sets is trained on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.data import ClaimRow, load_claims, load_sentiment
from evals.desk_access import DeskLike, open_desk
from evals.sentiment_suite import score_sentiment
from evals.statistics import accuracy, bootstrap, macro_f1, mean_squared_error, r_squared
from evals.verify_suite import run_verify, score_verify

__all__ = ["citation_quality", "fiqa", "main", "measure", "phrasebank", "sentfin"]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


async def citation_quality(desk: DeskLike, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Two classes: attributable when the verdict on the claim and its references is SUPPORTED."""
    sent = [{"id": r["id"], "claim": r["claim"], "evidence": r["references"]} for r in rows]
    answers = [answer async for answer in desk.verify(sent)]
    gold = [str(row["label"]) for row in rows]
    said = [
        "attributable" if answer.get("label") == "SUPPORTED" else "not attributable"
        for answer in answers
    ]
    return {
        "rows": len(rows),
        "errors": sum("error" in answer for answer in answers),
        "macro_f1": bootstrap(
            lambda c: macro_f1([gold[i] for i in c], [said[i] for i in c]), len(rows)
        )._asdict(),
    }


async def _scores(desk: DeskLike, sent: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [answer async for answer in desk.sentiment(sent)]


async def fiqa(desk: DeskLike, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """R² and mean squared error of the scores."""
    answers = await _scores(
        desk, [{"id": r["id"], "text": r["text"], "target": r["target"]} for r in rows]
    )
    gold, said = [float(r["score"]) for r in rows], [float(a["score"]) for a in answers]
    return {
        "rows": len(rows),
        "r2": bootstrap(
            lambda c: r_squared([gold[i] for i in c], [said[i] for i in c]), len(rows)
        )._asdict(),
        "mse": bootstrap(
            lambda c: mean_squared_error([gold[i] for i in c], [said[i] for i in c]), len(rows)
        )._asdict(),
    }


async def sentfin(desk: DeskLike, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Accuracy per entity: one row for each entity of each headline."""
    sent = [
        {"id": f"{row['id']} {name}", "text": row["text"], "target": name}
        for row in rows
        for name in row["entities"]
    ]
    gold = [str(label) for row in rows for label in row["entities"].values()]
    return _labels(gold, await _scores(desk, sent))


async def phrasebank(desk: DeskLike, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Accuracy of the overall tone."""
    answers = await _scores(desk, [{"id": r["id"], "text": r["text"]} for r in rows])
    return _labels([str(r["label"]) for r in rows], answers)


def _labels(gold: Sequence[str], answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    said = [str(answer.get("label")) for answer in answers]
    return {
        "rows": len(gold),
        "accuracy": bootstrap(
            lambda c: accuracy([gold[i] for i in c], [said[i] for i in c]), len(gold)
        )._asdict(),
        "macro_f1": bootstrap(
            lambda c: macro_f1([gold[i] for i in c], [said[i] for i in c]), len(gold)
        )._asdict(),
    }


async def measure(data: Path | None) -> dict[str, Any]:
    """All sets that are there, by name."""
    report: dict[str, Any] = {}
    async with open_desk(need_model=False) as desk:
        report["claims_dev"] = await run_verify(desk, load_claims())
        rows = load_sentiment()
        sent = [
            {"id": r.id, "text": r.text} | ({"target": r.target} if r.target else {}) for r in rows
        ]
        report["sentiment_dev"] = score_sentiment(rows, await _scores(desk, sent))
        if data is None:
            return report
        claims = _rows(data / "dev" / "claim_verification.jsonl")
        answers = [
            answer
            async for answer in desk.verify(
                [{"id": r["id"], "claim": r["claim"], "evidence": r["evidence"]} for r in claims]
            )
        ]
        known = [
            ClaimRow(
                id=r["id"],
                claim=r["claim"],
                evidence=tuple(r["evidence"]),
                label=r["label"],
                trap=r["source"],
            )
            for r in claims
        ]
        report["claim_verification"] = score_verify(known, answers)
        for name, work in (
            ("citation_quality", citation_quality),
            ("sentiment_fiqa", fiqa),
            ("sentiment_sentfin", sentfin),
            ("sentiment_fpb", phrasebank),
        ):
            report[name] = await work(desk, _rows(data / "dev" / f"{name}.jsonl"))
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.public_sets", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with dev/*.jsonl")
    parser.add_argument("--full", action="store_true", help="with every wrong row")
    given = parser.parse_args(arguments)
    report = asyncio.run(measure(given.data))
    if not given.full:
        report = {
            name: {k: v for k, v in figures.items() if k != "wrong"}
            for name, figures in report.items()
        }
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
