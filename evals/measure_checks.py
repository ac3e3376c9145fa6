"""How good the deterministic checks are alone: `python -m evals.measure_checks --data DIR`.

Prints, for each claim set of DIR, balanced accuracy of the most likely label, precision and
coverage of what is published (not NEI), and both per trap where the set names traps.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from agents.checks import judge
from agents.evidence import Label

SETS = ("evals/claims_dev.jsonl", "data/dev/claim_verification.jsonl")
NAMES = {Label.SUPPORTED: "SUPPORTED", Label.REFUTED: "REFUTED", Label.INSUFFICIENT: "NEI"}


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def measure(path: Path, verbose: bool) -> None:
    started = time.perf_counter()
    data = rows(path)
    by_label: dict[str, Counter[str]] = defaultdict(Counter)
    by_trap: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    published: Counter[tuple[str, str]] = Counter()
    for row in data:
        judged = judge(row["claim"], row["evidence"])
        got, shown = NAMES[judged.label], NAMES[judged.published]
        want = row["label"]
        by_label[want][got] += 1
        published[(shown, want)] += 1
        trap = row.get("trap") or row.get("source", "")
        by_trap[trap].append((got == want, shown != "NEI", shown == want))
        if verbose and (shown not in ("NEI", want) or (verbose and got != want)):
            mark = "PUBLISHED" if shown != "NEI" and shown != want else "label"
            sys.stdout.write(f"{mark} {row['id']} want {want} got {got}/{shown}: {judged.why}\n")
            sys.stdout.write(f"    {row['claim']}\n    {' | '.join(row['evidence'])[:600]}\n")
    recalls = [c[label] / sum(c.values()) for label, c in by_label.items()]
    shown_rows = sum(n for (shown, _), n in published.items() if shown != "NEI")
    right = sum(n for (shown, want), n in published.items() if shown != "NEI" and shown == want)
    sys.stdout.write(
        f"{path.name}: {len(data)} rows, balanced accuracy {sum(recalls) / len(recalls):.3f}, "
        f"published precision {right / shown_rows if shown_rows else 1:.3f} "
        f"({right}/{shown_rows}), coverage {shown_rows / len(data):.3f}, "
        f"{time.perf_counter() - started:.1f} s\n"
    )
    for label in ("SUPPORTED", "REFUTED"):
        total = sum(n for (shown, _), n in published.items() if shown == label)
        good = published[(label, label)]
        sys.stdout.write(
            f"  published {label}: {good}/{total} right, recall "
            f"{good}/{sum(by_label[label].values())}\n"
        )
    for trap, outcomes in sorted(by_trap.items()):
        shown_here = [o for o in outcomes if o[1]]
        sys.stdout.write(
            f"  {trap:24} accuracy {sum(o[0] for o in outcomes)}/{len(outcomes)}, published "
            f"{sum(o[2] for o in shown_here)}/{len(shown_here)} right\n"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--set", help="only files whose name contains this")
    parser.add_argument("--verbose", action="store_true", help="show what is wrong")
    options = parser.parse_args()
    for name in SETS:
        path = options.data / name
        if path.exists() and (not options.set or options.set in path.name):
            measure(path, options.verbose)


if __name__ == "__main__":
    main()
