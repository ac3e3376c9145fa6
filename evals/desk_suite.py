"""The desk suite: every question of a set through the whole graph, scored and checked.

    python -m evals.desk_suite --data DIR --only q01,q17 --briefs out/briefs
    python -m evals.desk_suite --data DIR --rescore out/briefs

The second form scores saved briefs again without a model, after a change of the scorer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from agents.brief import Brief
from agents.evidence import Document
from agents.ports import CorpusUnusable, ModelUnusable
from evals.copies import copies_of
from evals.data import Expect, Question, find, load_documents, load_questions
from evals.desk_access import DeskLike, open_desk
from evals.desk_report import DeskReport, QuestionResult, stage_totals
from evals.desk_scoring import score_brief, states_fact
from evals.invariants import check_brief
from evals.published import placed_sentences
from evals.tables import desk_tables

__all__ = ["ablated", "ablation_of", "ask_all", "evaluate", "rescore", "run_ablations", "run_desk"]

Opener = Callable[[Sequence[Path]], AbstractAsyncContextManager[DeskLike]]


def evaluate(
    question: Question, brief: Brief, documents: Mapping[str, Document], seconds: float
) -> QuestionResult:
    """Score and check one brief. Pure: the same brief gives the same result."""
    labels = Counter(str(c.verdict.label or "none") for c in brief.claims)
    return QuestionResult(
        id=question.id,
        kind=question.kind,
        score=score_brief(question, brief),
        violations=tuple(
            check_brief(brief, documents, forbidden=question.expect.forbidden_strings)
        ),
        model=brief.run.model,
        seconds=round(seconds, 2),
        stages=stage_totals([brief]),
        sentences=sum(1 for _ in placed_sentences(brief)),
        dropped=len(brief.dropped),
        failures=len(brief.failures),
        claims=dict(labels),
    )


def _save(path: Path, brief: Brief) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    saved = json.dumps(brief.model_dump(mode="json"), ensure_ascii=False, indent=1)
    path.write_text(saved, "utf-8")


async def ask_all(
    desk: DeskLike,
    questions: Sequence[Question],
    documents: Mapping[str, Document],
    *,
    briefs: Path | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> list[QuestionResult]:
    """Ask each question in turn. A crash is a result of its question; an unusable model or
    corpus is one of all and is raised."""
    results: list[QuestionResult] = []
    for question in questions:
        began = time.monotonic()
        try:
            brief = await desk.ask(question.question, as_of=question.as_of)
        except (ModelUnusable, CorpusUnusable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other questions go on
            message = f"{type(error).__name__}: {error}"
            results.append(QuestionResult(id=question.id, kind=question.kind, error=message))
            progress(f"{question.id} failed: {message}")
            continue
        if briefs:
            _save(briefs / f"{question.id}.json", brief)
        result = evaluate(question, brief, documents, time.monotonic() - began)
        results.append(result)
        if result.score:
            progress(
                f"{question.id} {brief.status} score {result.score.score:.2f}"
                f" errors {sum(v.severity == 'error' for v in result.violations)}"
                f" {result.seconds:.0f} s"
            )
    return results


def ablated(question: Question, documents: Sequence[Document]) -> list[Document]:
    """The documents that are left when everything that answers the question is taken away:
    cited ones, those of its facts and contradictions, their copies, and any other text that
    states one of its facts."""
    expect = question.expect
    named = {*expect.must_cite, *(d for fact in expect.facts for d in fact.doc_ids)}
    for contradiction in expect.contradictions:
        named |= {*contradiction.supporting, *contradiction.opposing}
    texts = {d.id: d.text for d in documents}
    gone = copies_of([d.id for d in documents if d.source_id in named], texts)
    gone |= {d.id for d in documents for fact in expect.facts if states_fact(d.text, fact)}
    return [d for d in documents if d.id not in gone]


def ablation_of(question: Question) -> Question:
    """The question as asked of the ablated corpus: only abstaining is right."""
    return Question(
        id=f"{question.id}-ablated",
        question=question.question,
        as_of=question.as_of,
        expect=Expect(status="insufficient_evidence", notes="[ablated]"),
    )


async def run_ablations(
    opener: Opener,
    questions: Sequence[Question],
    documents: Sequence[Document],
    *,
    briefs: Path | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> list[QuestionResult]:
    """Each answered question once more, without its evidence."""
    results: list[QuestionResult] = []
    for question in questions:
        if question.expect.status != "answered":
            continue
        left = ablated(question, documents)
        with tempfile.TemporaryDirectory(prefix="underwrite-ablation-") as folder:
            path = Path(folder) / "documents.jsonl"
            with path.open("w", encoding="utf-8") as out:
                for document in left:
                    row = document.model_dump(mode="json", exclude={"id", "source_id"})
                    row["id"] = document.source_id
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
            async with opener([path]) as desk:
                results += await ask_all(
                    desk, [ablation_of(question)], {d.id: d for d in left},
                    briefs=briefs, progress=progress,
                )  # fmt: skip
    return results


def _chosen(questions: Sequence[Question], only: Sequence[str]) -> list[Question]:
    unknown = set(only) - {q.id for q in questions}
    if unknown:
        raise SystemExit(f"no such question: {', '.join(sorted(unknown))}")
    return [q for q in questions if not only or q.id in only]


async def run_desk(
    data: Path | None = None,
    *,
    only: Sequence[str] = (),
    briefs: Path | None = None,
    ablate: bool = False,
    home: Path | None = None,
    model: str | None = None,
    silent: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> DeskReport:
    """Ingest the set's documents in a home of its own, ask its questions, score the briefs."""
    questions = _chosen(load_questions(data), only)
    documents = load_documents(data)
    stored = {d.id: d for d in documents}
    async with open_desk(
        find(data, "documents*.jsonl"), home=home, model=model, silent=silent
    ) as desk:
        results = await ask_all(desk, questions, stored, briefs=briefs, progress=progress)
    ablations: list[QuestionResult] = []
    if ablate:
        ablations = await run_ablations(
            lambda paths: open_desk(paths, model=model, silent=silent), questions, documents,
            briefs=briefs, progress=progress,
        )  # fmt: skip
    return DeskReport(
        data=str(data or "package"), results=tuple(results), ablations=tuple(ablations)
    )


def rescore(briefs: Path, data: Path | None = None, only: Sequence[str] = ()) -> DeskReport:
    """Score the briefs saved as `<question id>.json` again; seconds are those of their runs."""
    documents = {d.id: d for d in load_documents(data)}
    results: list[QuestionResult] = []
    ablations: list[QuestionResult] = []
    for question in _chosen(load_questions(data), only):
        for asked, group in ((question, results), (ablation_of(question), ablations)):
            path = briefs / f"{asked.id}.json"
            if path.is_file():
                brief = Brief.model_validate_json(path.read_text("utf-8"))
                group.append(evaluate(asked, brief, documents, brief.run.seconds))
    return DeskReport(
        data=str(data or "package"),
        results=tuple(results),
        ablations=tuple(ablations),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.desk_suite", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with documents and questions")
    parser.add_argument("--only", default="", help="question ids, comma-separated")
    parser.add_argument("--briefs", type=Path, help="save each brief as JSON in this folder")
    parser.add_argument("--rescore", type=Path, help="score saved briefs, without a model")
    parser.add_argument("--ablate", action="store_true", help="also ask without the evidence")
    parser.add_argument("--home", type=Path, help="keep and reuse this home instead of a new one")
    parser.add_argument("--model", help="model name at the server")
    parser.add_argument("--no-model", action="store_true", help="with no language model at all")
    parser.add_argument("--out", type=Path, help="write the report as JSON to this file")
    parser.add_argument("--verbose", action="store_true", help="list every miss and violation")
    options = parser.parse_args(arguments)
    only = [part for part in options.only.split(",") if part]
    if options.rescore:
        report = rescore(options.rescore, options.data, only)
    else:
        report = asyncio.run(
            run_desk(
                options.data,
                only=only,
                briefs=options.briefs,
                ablate=options.ablate,
                home=options.home,
                model=options.model,
                silent=options.no_model,
                progress=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201
            )
        )
    desk_tables(report, verbose=options.verbose)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        whole = {**report.model_dump(mode="json"), "summary": report.summary()}
        options.out.write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
