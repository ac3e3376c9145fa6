"""Check saved briefs by hand: brief files against a set, or run folders against themselves.

    python -m evals.check_briefs out/briefs/*.json --data DIR
    python -m evals.check_briefs HOME/runs/RUN_ID

A run folder holds the documents that its brief cites, the analysed article included, so it
needs no set; with `--data` the set's own texts are used where both have a document.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from agents.evidence import Document
from evals.data import load_documents, rows
from evals.invariants import Violation, check_brief

__all__ = ["check_path", "main"]


def check_path(
    path: Path, documents: dict[str, Document], article: str | None = None
) -> list[Violation]:
    """The violations of one brief file or run folder."""
    known = documents
    if path.is_dir():
        stored = [Document.model_validate(row) for row in rows(path / "documents.jsonl")]
        known = {**{d.id: d for d in stored}, **documents}
        record = path / "record.json"
        about = json.loads(record.read_text("utf-8")) if record.is_file() else {}
        if about.get("kind") == "analyze" and article is None:
            # The question of an analysis is the title or the start of its article.
            title = about.get("question")
            article = next((d.id for d in stored if title in {d.title, d.text[:80]}), None)
        path = path / "brief.json"
    return check_brief(json.loads(path.read_text("utf-8")), known, article=article)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.check_briefs", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("briefs", nargs="+", type=Path, help="brief JSON files or run folders")
    parser.add_argument("--data", type=Path, help="folder with documents.jsonl")
    parser.add_argument("--article", help="document id of the analysed article")
    parser.add_argument("--warnings", action="store_true", help="show warnings as well")
    options = parser.parse_args(arguments)
    only_runs = all(path.is_dir() for path in options.briefs)
    documents = (
        {} if only_runs and not options.data else {d.id: d for d in load_documents(options.data)}
    )
    totals: Counter[str] = Counter()
    for path in options.briefs:
        for invariant, where, message, severity in check_path(path, documents, options.article):
            totals[severity] += 1
            if severity == "error" or options.warnings:
                name = path.stem if path.suffix else path.name
                sys.stdout.write(f"{name}\t{severity}\t{invariant}\t{where}\t{message}\n")
    sys.stdout.write(f"{totals['error']} errors, {totals['warning']} warnings\n")
    return 1 if totals["error"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
