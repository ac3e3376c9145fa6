"""Whether training text occurs in evaluation sets: `python -m training.overlap FILE…`.

A row overlaps when one of its texts shares a run of eight or more words with a training text
(the usual test for contamination: Brown et al., 2020, use 13; ours are shorter texts).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from training.pairs import own_groups

__all__ = ["RUN", "main", "runs_of"]

RUN: Final = 8
DATA: Final = Path(__file__).parent / "data"


def runs_of(text: str) -> set[tuple[str, ...]]:
    """Every run of RUN words; a shorter text is one run."""
    words = re.findall(r"\w+", text.lower())
    if len(words) <= RUN:
        return {tuple(words)} if len(words) > 3 else set()
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("claim", "evidence", "references", "text", "title"):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def training_runs() -> dict[tuple[str, ...], str]:
    """Where each run of words of our own training texts occurs."""
    found: dict[tuple[str, ...], str] = {}
    for group in own_groups(DATA / "verification"):
        claims = (claim[0] for claim in group.claims)
        _add(found, (*group.first, *group.second, *claims), group.key)
    for path in sorted((DATA / "sentiment").glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip():
                _add(found, [json.loads(line)["t"]], f"{path.stem}:{number}")
    return found


def _add(found: dict[tuple[str, ...], str], texts: Iterable[str], key: str) -> None:
    for text in texts:
        for run in runs_of(text):
            found.setdefault(run, key)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.overlap", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="evaluation sets, JSON lines")
    given = parser.parse_args(arguments)
    known = training_runs()
    hits = 0
    for path in given.files:
        rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
        for row in rows:
            shared = {run for text in _texts(row) for run in runs_of(text)} & known.keys()
            if shared:
                hits += 1
                run = min(shared)
                sys.stdout.write(f"{path} {row.get('id')}: {' '.join(run)} ({known[run]})\n")
        sys.stdout.write(f"{path}: {len(rows)} rows read\n")
    return 1 if hits else 0


if __name__ == "__main__":
    raise SystemExit(main())
