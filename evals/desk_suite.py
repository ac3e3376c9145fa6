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
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from agents.brief import Brief
from agents.evidence import Document
from agents.ports import CorpusUnusable, ModelUnusable
from evals.copies import copies_of
from evals.data import DatasetError, Expect, Question, find, load_documents, load_questions
from evals.desk_access import DeskLike
from evals.desk_report import QuestionResult, desk_suite_of, invariants_suite_of, stage_totals
from evals.desk_scoring import score_brief, states_fact
from evals.failures import failure_of_miss, failure_of_violation
from evals.invariants import check_brief
from evals.published import placed_sentences
from evals.results import Suite
from evals.tables import suite_tables
from evals.work import Options, Shelf, Work

__all__ = [
    "ABLATED",
    "ablated",
    "ablation_of",
    "ask_all",
    "briefs_of",
    "chosen",
    "desk_suite",
    "evaluate",
    "invariants_suite",
    "rescore",
    "results_of",
]

ABLATED = "-ablated"
"""Ends the id of a question that is asked without its evidence."""

Opened = Callable[[Sequence[Path]], AbstractAsyncContextManager[DeskLike]]


def evaluate(
    question: Question, brief: Brief, documents: Mapping[str, Document], seconds: float
) -> QuestionResult:
    """Score and check one brief. Pure: the same brief gives the same result."""
    labels = Counter(str(c.verdict.label or "none") for c in brief.claims)
    score = score_brief(question, brief)
    violations = tuple(
        check_brief(brief, documents, forbidden=question.expect.forbidden_strings)
    )
    cases = [failure_of_miss(question.id, brief, miss) for miss in score.misses]
    cases += [
        failure_of_violation(question.id, brief, v) for v in violations if v.severity == "error"
    ]
    return QuestionResult(
        id=question.id,
        kind=question.kind,
        expected=question.expect.status or "",
        status=brief.status,
        score=score,
        violations=violations,
        cases=tuple(cases),
        model=brief.run.model,
        seconds=round(seconds, 2),
        stages=stage_totals([brief]),
        sentences=sum(1 for _ in placed_sentences(brief)),
        dropped=len(brief.dropped),
        failures=len(brief.failures),
        claims=dict(labels),
        ablated=question.id.endswith(ABLATED),
    )


async def ask_all(
    desk: DeskLike,
    questions: Sequence[Question],
    documents: Mapping[str, Document],
    *,
    shelf: Shelf | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[QuestionResult]:
    """Ask each question in turn and keep its brief. A crash is a result of its question; an
    unusable model or corpus is one of all and is raised."""
    for question in questions:
        began = time.monotonic()
        try:
            brief = await desk.ask(question.question, as_of=question.as_of)
        except (ModelUnusable, CorpusUnusable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other questions go on
            message = f"{type(error).__name__}: {error}"
            say(f"{question.id} failed: {message}")
            yield QuestionResult(id=question.id, kind=question.kind, error=message)
            continue
        if shelf:
            shelf.keep(question.id, brief)
        result = evaluate(question, brief, documents, time.monotonic() - began)
        assert result.score is not None
        say(
            f"{question.id} {brief.status} score {result.score.score:.2f}"
            f" errors {sum(v.severity == 'error' for v in result.violations)}"
            f" {result.seconds:.0f} s"
        )
        yield result


def _kept(
    questions: Sequence[Question], documents: Sequence[Document], shelf: Shelf
) -> Iterator[QuestionResult]:
    """Results of questions and ablations that were answered before; seconds are of their runs."""
    stored = {d.id: d for d in documents}
    for question in questions:
        if (brief := shelf.load(question.id)) is not None:
            yield evaluate(question, brief, stored, brief.run.seconds)
        again = ablation_of(question)
        if (brief := shelf.load(again.id)) is not None:
            left = {d.id: d for d in ablated(question, documents)}
            yield evaluate(again, brief, left, brief.run.seconds)


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
        id=f"{question.id}{ABLATED}",
        question=question.question,
        as_of=question.as_of,
        expect=Expect(status="insufficient_evidence", notes="[ablated]"),
    )


@asynccontextmanager
async def _without_evidence(
    opened: Opened, question: Question, documents: Sequence[Document]
) -> AsyncIterator[tuple[DeskLike, dict[str, Document]]]:
    """A desk over the documents that are left when a question's evidence is taken away."""
    left = ablated(question, documents)
    with tempfile.TemporaryDirectory(prefix="underwrite-ablation-") as folder:
        path = Path(folder) / "documents.jsonl"
        with path.open("w", encoding="utf-8", errors="surrogatepass") as out:
            for document in left:
                row = document.model_dump(mode="json", exclude={"id", "source_id"})
                row["id"] = document.source_id
                out.write(json.dumps(row) + "\n")
        async with opened([path]) as desk:
            yield desk, {d.id: d for d in left}


def chosen(questions: Sequence[Question], only: Sequence[str]) -> list[Question]:
    """The questions of these ids, all without ids. Raises DatasetError for an unknown id."""
    unknown = sorted(set(only) - {q.id for q in questions})
    if unknown:
        known = ", ".join(q.id for q in questions[:30])
        raise DatasetError(f"no such question: {', '.join(unknown)}; there are {known}")
    return [q for q in questions if not only or q.id in only]


async def results_of(
    work: Work,
    questions: Sequence[Question],
    documents: Sequence[Document],
    *,
    ablate: bool = False,
    home: Path | None = None,
    each: Callable[[list[QuestionResult], bool], None] = lambda results, partial: None,
) -> list[QuestionResult]:
    """Results of all questions, then of their ablations. Those that this run was answered before
    are not asked again.

    home: a folder to use and keep instead of a temporary one. each: is given all results so far
    and whether some are missing, after every answer.
    """
    stored = {d.id: d for d in documents}
    shelf = work.shelf("desk")
    twice = [q for q in questions if ablate and q.expect.status == "answered"]
    order = [q.id for q in questions] + [ablation_of(q).id for q in twice]
    results = {r.id: r for r in _kept(questions, documents, shelf) if r.id in order}
    results |= {r.id: r for r in work.crashed if r.id in order}
    if results and len(results) < len(order):
        work.say(f"{len(results)} of {len(order)} questions were answered before")

    def known() -> list[QuestionResult]:
        return [results[name] for name in order if name in results]

    async def take(answered: AsyncIterator[QuestionResult]) -> None:
        async for result in answered:
            results[result.id] = result
            if result.score is None:
                work.crashed.append(result)
            each(known(), len(results) < len(order))

    waiting = [q for q in questions if q.id not in results]
    if waiting:
        async with work.desk(find(work.data, "documents*.jsonl"), home=home) as desk:
            await take(ask_all(desk, waiting, stored, shelf=shelf, say=work.say))
    for question in twice:
        again = ablation_of(question)
        if again.id not in results:
            async with _without_evidence(work.desk, question, documents) as (desk, left):
                await take(ask_all(desk, [again], left, shelf=shelf, say=work.say))
    return known()


async def desk_suite(work: Work, home: Path | None = None) -> Suite:
    """Ingest the set's documents in a home of its own, ask its questions, score the briefs.

    The run's record is written after every question. With `ablate` every answered question is
    asked once more without its evidence.
    """
    questions = chosen(load_questions(work.data), work.options.only)
    results = await results_of(
        work, questions, load_documents(work.data), ablate=work.options.ablate, home=home,
        each=lambda found, partial: work.update(desk_suite_of(found, partial=partial)),
    )  # fmt: skip
    return desk_suite_of(results)


async def briefs_of(work: Work) -> tuple[list[tuple[str, Brief]], dict[str, str]]:
    """Briefs on the set's questions by question id, and why others have none.

    They are those that the desk suite of this run wrote; without that suite, those of the folder
    of saved briefs; else the questions are asked now.
    """
    questions = chosen(load_questions(work.data), work.options.only)
    saved = Path(work.options.briefs) if work.options.briefs else None
    if saved is not None and "desk" not in work.options.suites and saved.is_dir():
        shelf = Shelf(saved)
        found = [(q.id, brief) for q in questions if (brief := shelf.load(q.id)) is not None]
        if not found:
            raise _no_briefs(saved, work.data)
        return found, {}
    results = await results_of(work, questions, load_documents(work.data))
    shelf = work.shelf("desk")
    found = [(q.id, brief) for q in questions if (brief := shelf.load(q.id)) is not None]
    return found, {r.id: r.error for r in results if r.score is None}


def _no_briefs(folder: Path, data: Path | None) -> DatasetError:
    return DatasetError(
        f"{folder} holds no briefs on the questions of {data or 'the package'}: they are"
        " named <question id>.json, as --briefs writes them"
    )


def _saved(briefs: Path, data: Path | None, only: Sequence[str]) -> list[QuestionResult]:
    questions = chosen(load_questions(data), only)
    if not briefs.is_dir():
        raise DatasetError(f"{briefs} is not a folder of saved briefs")
    results = list(_kept(questions, load_documents(data), Shelf(briefs)))
    if not results:
        raise _no_briefs(briefs, data)
    return results


def rescore(briefs: Path, data: Path | None = None, only: Sequence[str] = ()) -> Suite:
    """Score the briefs saved as `<question id>.json` again; seconds are those of their runs.

    Raises DatasetError when there are none.
    """
    return desk_suite_of(_saved(briefs, data, only))


async def invariants_suite(work: Work) -> Suite:
    """The promises of the design, checked on saved briefs: those of the folder that is given,
    else those that the desk suite of this run wrote."""
    briefs = work.desk_briefs
    if work.options.briefs and not briefs.is_dir():
        briefs = Path(work.options.briefs)
    elif not briefs.is_dir():
        raise DatasetError("the invariants suite reads saved briefs: name their folder (--briefs)")
    return invariants_suite_of(_saved(briefs, work.data, work.options.only))


async def _asked(options: Options, home: Path | None) -> Suite:
    with tempfile.TemporaryDirectory(prefix="underwrite-eval-") as folder:
        work = Work(
            options,
            Path(folder),
            say=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201
        )
        return await desk_suite(work, home)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.desk_suite", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, help="folder with documents and questions")
    parser.add_argument("--only", default="", help="question ids, comma-separated")
    parser.add_argument("--briefs", type=Path, help="save each brief as JSON in this folder")
    parser.add_argument("--rescore", type=Path, help="score saved briefs, without a model")
    parser.add_argument("--ablate", action="store_true", help="also ask without the evidence")
    parser.add_argument("--home", type=Path, help="keep and reuse this home instead of a new one")
    parser.add_argument("--model", help="model name at the server")
    parser.add_argument("--no-model", action="store_true", help="with no language model at all")
    parser.add_argument("--out", type=Path, help="write what was found as JSON to this file")
    parser.add_argument("--verbose", action="store_true", help="list every miss and violation")
    given = parser.parse_args(arguments)
    only = tuple(part for part in given.only.split(",") if part)
    try:
        if given.rescore:
            suite = rescore(given.rescore, given.data, only)
        else:
            options = Options(
                data=str(given.data or ""), only=only, briefs=str(given.briefs or ""),
                model=given.model, silent=given.no_model, ablate=given.ablate,
            )  # fmt: skip
            suite = asyncio.run(_asked(options, given.home))
    except DatasetError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    suite_tables(suite, verbose=given.verbose)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(suite.model_dump_json(indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
