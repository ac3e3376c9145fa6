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
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from evals.data import ClaimRow, SentimentRow, load_claims, load_sentiment
from evals.desk_access import DeskLike, open_desk
from evals.results import Suite
from evals.sentiment_suite import run_sentiment
from evals.verify_suite import run_verify

__all__ = ["main", "measure", "plain"]

R = TypeVar("R", ClaimRow, SentimentRow)


def plain(suite: Suite, *, full: bool = False) -> dict[str, Any]:
    """Figures with intervals and counts; with every wrong row when `full`."""
    found: dict[str, Any] = {"rows": len(suite.samples), "unscored": suite.unscored}
    for name, figure in suite.figures.items():
        if figure.value is not None:
            found[name] = figure.model_dump(include={"value", "low", "high", "n"})
    found |= {name: plot for name, plot in suite.plots.items() if name == "confusion"}
    if full:
        found["wrong"] = [f.model_dump(mode="json") for f in suite.failures]
    return found


def _groups(rows: Sequence[R]) -> dict[str, list[R]]:
    found: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        found[row.group].append(row)
    return found


async def measure(desk: DeskLike, data: Path | None) -> dict[str, Suite]:
    """All sets that are there, by the name of their file."""
    report: dict[str, Suite] = {}
    for folder in (None,) if data is None else (None, data):
        for name, claims in _groups(load_claims(folder)).items():
            report[name] = await run_verify(desk, claims)
        for name, texts in _groups(load_sentiment(folder)).items():
            report[name] = await run_sentiment(desk, texts)
    return report


async def _measured(data: Path | None) -> dict[str, Suite]:
    async with open_desk(need_model=False) as desk:
        return await measure(desk, data)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.public_sets", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with dev/*.jsonl")
    parser.add_argument("--full", action="store_true", help="with every wrong row")
    given = parser.parse_args(arguments)
    report = {
        name: plain(suite, full=given.full)
        for name, suite in asyncio.run(_measured(given.data)).items()
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
