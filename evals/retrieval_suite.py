"""The retrieval suite: are the documents that answer a question among the first ten?

With `--data DIR` of `corpus/` and `dev/retrieval.jsonl`, its queries against its corpora. Else
the questions of the desk set: relevant are the documents of a question's facts and those it must
cite.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.data import Question, find, load_questions
from evals.figure_rules import figure
from evals.results import Failure, Sample, Suite
from evals.work import Work

if TYPE_CHECKING:
    from evals.bench_corpus import Ranked

__all__ = ["relevant", "retrieval_folder", "retrieval_suite"]


def retrieval_folder(data: Path | None) -> Path | None:
    """The folder above `dev/retrieval.jsonl` and `corpus/`; None where the set has none."""
    if data is None:
        return None
    for folder in (data, data.parent):
        if (folder / "dev" / "retrieval.jsonl").is_file() and (folder / "corpus").is_dir():
            return folder
    return None


def relevant(question: Question) -> list[str]:
    """Documents that answer a question, by their source's ids, each once."""
    expect = question.expect
    named = (*expect.must_cite, *(d for fact in expect.facts for d in fact.doc_ids))
    return list(dict.fromkeys(named))


async def retrieval_suite(work: Work) -> Suite:
    """nDCG@10 and recall@10, over all queries and by source."""
    # Chroma is slow to import; other suites go without.
    from evals.bench_corpus import ranked, retrieved
    from tools.corpus.embedding import MiniLM

    folder = retrieval_folder(work.data)
    found: list[Ranked] = []
    if folder is not None:
        with tempfile.TemporaryDirectory(prefix="underwrite-eval-") as stores:
            found = await retrieved(folder, Path(stores), MiniLM())
    else:
        paths = find(work.data, "documents*.jsonl")
        async with work.desk(paths, need_model=False) as desk:
            for question in load_questions(work.data):
                wanted = relevant(question)
                if not wanted:
                    continue
                hits = await desk.search(question.question, k=40, as_of=question.as_of)
                names = dict.fromkeys(hit.document.source_id or "" for hit in hits)
                row = {"id": question.id, "query": question.question, "relevant": wanted}
                found.append(ranked(row, list(names)))
    return _suite(found)


def _suite(queries: Sequence[Ranked]) -> Suite:
    from evals.bench_corpus import FLOORS

    samples = [
        Sample(id=q.id, kind=q.source, scores={"ndcg": q.ndcg, "recall": q.recall})
        for q in queries
    ]
    figures = {}
    sources = sorted({q.source for q in queries} - {""})
    for source in ("", *sources):
        same = [s for s in samples if source in ("", s.kind)]
        prefix = f"{source}." if source else ""
        floor = f"BM25 has {FLOORS[source]:.3f}" if source in FLOORS else ""
        figures[f"{prefix}ndcg@10"] = figure(same, "mean ndcg", "higher", note=floor)
        figures[f"{prefix}recall@10"] = figure(same, "mean recall", "higher")
    failures = [
        Failure(
            sample=q.id, where="recall@10", sentence=q.query,
            why=f"not among the first ten: {', '.join(q.missing)}",
        )
        for q in queries
        if q.missing
    ]  # fmt: skip
    return Suite(
        name="retrieval", figures=figures, samples=tuple(samples), failures=tuple(failures)
    )
