"""Measures the corpus: retrieval quality, ingest, disk, memory, search latency, origins.

    python -m evals.bench_corpus --data DIR [--part retrieval|ingest|all]

DIR holds `corpus/{news,time_docs,financebench_pages}.jsonl` and `dev/retrieval.jsonl`. Stores are
made in a temporary folder. Retrieval: nDCG@10 of documents (binary gains, a document ranked by
its best passage), titles not indexed. Ingest: the news documents with titles, then every
retrieval query as a search without a limit in time and with an as-of date.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.evidence import Document
from tools.corpus.embedding import Embedding, MiniLM, Vectors
from tools.corpus.store import Corpus
from tools.corpus.vectors import UNDATED

__all__ = ["FLOORS", "Ranked", "ingest", "main", "ndcg", "ranked", "retrieval", "retrieved"]

FLOORS = {
    "TIME": 0.656,
    "FinanceBench": 0.404,
    "known-item-Federal Register": 0.851,
}
"""nDCG@10 of BM25 over whole documents, by source."""


def ndcg(ranking: Sequence[str], relevant: Sequence[str], k: int = 10) -> float:
    """nDCG@k with binary gains, 0..1 (Järvelin and Kekäläinen 2002)."""
    wanted = set(relevant)
    gain = sum(1 / math.log2(at + 2) for at, one in enumerate(ranking[:k]) if one in wanted)
    best = sum(1 / math.log2(at + 2) for at in range(min(k, len(wanted))))
    return gain / best if best else 0.0


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _document(row: dict[str, Any], *, text_only: bool) -> Document:
    return Document(
        source_id=row["id"],
        title="" if text_only else row.get("title", ""),
        publisher=row.get("source", ""),
        published_at=row.get("date"),
        url=row.get("url", ""),
        text=row["text"],
    )


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - a program's own output


class Remembering:
    """An embedding that keeps its vectors, so that the same passages are not computed twice."""

    def __init__(self, embedding: Embedding) -> None:
        self._embedding = embedding
        self._vectors: dict[str, Vectors] = {}
        self.identity = embedding.identity

    def embed(self, texts: Sequence[str]) -> Vectors:
        missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
        self._vectors.update(zip(missing, self._embedding.embed(missing), strict=True))
        if not texts:
            return self._embedding.embed([])
        return np.stack([self._vectors[t] for t in texts])


async def _filled(
    home: Path, rows: Sequence[dict[str, Any]], embedding: Embedding, *, text_only: bool
) -> Corpus:
    corpus = Corpus(home, embedding=embedding)
    await corpus.add(
        [_document(row, text_only=text_only) for row in rows],
        progress=lambda done, total: _tell(f"  {home.name}: {done} of {total} documents"),
    )
    return corpus


class Ranked(NamedTuple):
    """How one query of a retrieval set came out."""

    id: str
    source: str
    query: str
    ndcg: float
    recall: float
    missing: tuple[str, ...]
    """Relevant documents that are not among the first ten."""


def ranked(row: dict[str, Any], ranking: Sequence[str]) -> Ranked:
    """A query with the documents it found, best first."""
    wanted = row["relevant"]
    found = set(ranking[:10]) & set(wanted)
    return Ranked(
        id=str(row["id"]),
        source=str(row.get("source", "")),
        query=row["query"],
        ndcg=ndcg(ranking, wanted),
        recall=len(found) / len(wanted),
        missing=tuple(d for d in wanted if d not in found),
    )


async def retrieved(data: Path, folder: Path, embedding: Embedding) -> list[Ranked]:
    """Every query of `dev/retrieval.jsonl` against its corpus; stores are made in `folder`."""
    queries = defaultdict(list)
    for row in _rows(data / "dev" / "retrieval.jsonl"):
        name = row["corpus"].split()[0]
        queries["news" if name == "newscorpus" else name].append(row)
    found: list[Ranked] = []
    for name, asked in queries.items():
        rows = _rows(data / "corpus" / f"{name}.jsonl")
        corpus = await _filled(folder / f"{name}-text", rows, embedding, text_only=True)
        for query in asked:
            hits = await corpus.search(query["query"], k=10, per_document=1)
            found.append(ranked(query, [hit.document.source_id or "" for hit in hits]))
        corpus.close()
    return found


async def retrieval(data: Path, folder: Path, embedding: Embedding) -> dict[str, dict[str, float]]:
    """nDCG@10 and recall@10 by source of `dev/retrieval.jsonl`."""
    scores: dict[str, list[Ranked]] = defaultdict(list)
    for one in await retrieved(data, folder, embedding):
        scores[one.source].append(one)
    return {
        source: {
            "queries": len(queries),
            "ndcg@10": round(statistics.fmean(q.ndcg for q in queries), 4),
            "recall@10": round(statistics.fmean(q.recall for q in queries), 4),
            "bm25 floor": FLOORS.get(source, 0.0),
        }
        for source, queries in sorted(scores.items())
    }


def _size_mb(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50 ms": round(1000 * cuts[49], 1), "p95 ms": round(1000 * cuts[94], 1)}


def _vector_recall(corpus: Corpus, queries: Sequence[str], day: int | None) -> float:
    """Share of the exact 100 nearest passages that Chroma's graph finds, over the queries."""
    store, ledger = corpus._keeper.vectors, corpus._ledger
    days = dict(ledger.connection.execute("SELECT id, day FROM passage"))
    ids = sorted(i for i in days if day is None or (days[i] or UNDATED) <= day)
    held = [store.vectors(ids[at : at + 2000]) for at in range(0, len(ids), 2000)]
    matrix = np.stack([vectors[i] for vectors in held for i in sorted(vectors)])
    shares = []
    for query in queries:
        vector = corpus._embed([query])[0]
        exact = {ids[n] for n in np.argsort(-(matrix @ vector), kind="stable")[:100]}
        shares.append(len(exact & set(store.nearest(vector, 100, day))) / len(exact))
    return round(statistics.fmean(shares), 4)


async def ingest(data: Path, folder: Path, embedding: Embedding) -> dict[str, Any]:
    """Time, size, memory and latency at the size of `corpus/news.jsonl`."""
    rows = _rows(data / "corpus" / "news.jsonl")
    queries = [row["query"] for row in _rows(data / "dev" / "retrieval.jsonl")]
    home = folder / "news"
    began = time.perf_counter()
    corpus = Corpus(home, embedding=embedding)
    opening = time.perf_counter() - began
    began = time.perf_counter()
    cpu = time.process_time()
    report = await corpus.add(
        [_document(row, text_only=False) for row in rows],
        progress=lambda done, total: _tell(f"  news: {done} of {total} documents"),
    )
    took = time.perf_counter() - began
    cpu = time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    latencies: dict[str, list[float]] = defaultdict(list)
    for label, as_of in (("search", None), ("search as of 2021-12-31", date(2021, 12, 31))):
        for query in queries:
            began = time.perf_counter()
            await corpus.search(f"{query} {as_of or ''}", as_of=as_of)
            latencies[label].append(time.perf_counter() - began)
    recall = {
        "all": _vector_recall(corpus, queries, None),
        "as of 2021-12-31": _vector_recall(corpus, queries, 20211231),
    }
    groups: Counter[str] = Counter()
    for document in await corpus.documents():
        groups[await corpus.origin(document)] += 1
    corpus.close()
    began = time.perf_counter()
    corpus = Corpus(home)
    await corpus.search(queries[0])
    reopening = time.perf_counter() - began
    corpus.close()
    return {
        "documents": len(report.added),
        "already there": len(report.present),
        "passages": report.passages,
        "seconds": round(took, 1),
        "cpu seconds": round(cpu, 1),
        "passages/s": round(report.passages / took, 1),
        "first opening s": round(opening, 2),
        "opening and first search s": round(reopening, 2),
        "disk MB": {
            p.name: round(_size_mb(p) if p.is_dir() else p.stat().st_size / 1e6, 1)
            for p in sorted(home.iterdir())
        },
        "peak RSS MB": round(memory),
        "latency": {label: _percentiles(found) for label, found in latencies.items()},
        "recall of the nearest 100": recall,
        "origins": len(groups),
        "documents that share an origin": sum(n for n in groups.values() if n > 1),
        "largest origin": max(groups.values(), default=0),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the figures as JSON. Returns 3 when the data is not there."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench_corpus", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus/ and dev/")
    parser.add_argument("--part", choices=["retrieval", "ingest", "all"], default="all")
    options = parser.parse_args(argv)
    if not (options.data / "dev" / "retrieval.jsonl").is_file():
        _tell(f"{options.data} holds no dev/retrieval.jsonl")
        return 3
    figures: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
    }
    embedding = Remembering(MiniLM())
    with tempfile.TemporaryDirectory() as folder:
        if options.part in {"ingest", "all"}:
            figures["ingest"] = asyncio.run(ingest(options.data, Path(folder), embedding))
        if options.part in {"retrieval", "all"}:
            figures["retrieval"] = asyncio.run(retrieval(options.data, Path(folder), embedding))
    print(json.dumps(figures, indent=2))  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
