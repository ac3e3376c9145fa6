"""The suites: what each measures, what it needs, and the function that runs it.

A suite is `async def suite(work: Work) -> Suite`. To add one, write it in a module of its own,
import it in a small function here (so that `--help` does not load models) and add it to SUITES.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.data import (
    DatasetError,
    find,
    load_claims,
    load_documents,
    load_questions,
    load_sentiment,
)
from evals.injection_rows import load_injection
from evals.results import Suite
from evals.retrieval_suite import retrieval_folder
from evals.work import Options, Work

__all__ = ["SUITES", "Registered", "UsageError", "plan"]


class UsageError(DatasetError):
    """Arguments that cannot be meant."""

    exit_code = 2


@dataclass(frozen=True)
class Registered:
    name: str
    about: str
    run: Callable[[Work], Awaitable[Suite]]
    needs: tuple[str, ...]
    """Of `questions`, `claims`, `sentiment`, `injection`, `retrieval`, `briefs`: files of the set;
    `model`: a language model, so that it cannot run with --no-model."""
    asks: bool = False
    """It asks the language model, and cannot go on when that is unusable."""
    by_default: bool = True


async def _desk(work: Work) -> Suite:
    from evals.desk_suite import desk_suite

    return await desk_suite(work)


async def _invariants(work: Work) -> Suite:
    from evals.desk_suite import invariants_suite

    return await invariants_suite(work)


async def _citations(work: Work) -> Suite:
    from evals.answers import Answer, Library, answer_of_brief
    from evals.automatic_judge import AutomaticJudge
    from evals.citation_labels import load_labels
    from evals.citations_suite import score_citations
    from evals.desk_suite import briefs_of
    from tools.encoder.verifier import shipped_entailment

    briefs, errors = await briefs_of(work)
    answers = [answer_of_brief(brief, name) for name, brief in briefs]
    answers += [
        Answer(system="underwrite", question_id=name, error=error)
        for name, error in errors.items()
    ]
    # Hand labels are of sentences about the package's documents.
    labels = load_labels(None) if work.data is None else []
    library = Library(load_documents(work.data))
    return await score_citations(
        answers, library, AutomaticJudge(shipped_entailment()), labels=labels
    )


async def _stability(work: Work) -> Suite:
    from evals.stability_suite import stability_suite

    return await stability_suite(work)


async def _injection(work: Work) -> Suite:
    from evals.injection_suite import injection_suite

    return await injection_suite(work)


async def _cost(work: Work) -> Suite:
    from evals.cost import score_cost
    from evals.desk_suite import briefs_of

    briefs, errors = await briefs_of(work)
    return score_cost(briefs, errors)


async def _verify(work: Work) -> Suite:
    from evals.verify_suite import verify_suite

    return await verify_suite(work)


async def _judge(work: Work) -> Suite:
    from evals.judge_suite import judge_suite

    return await judge_suite(work)


async def _sentiment(work: Work) -> Suite:
    from evals.sentiment_suite import sentiment_suite

    return await sentiment_suite(work)


async def _retrieval(work: Work) -> Suite:
    from evals.retrieval_suite import retrieval_suite

    return await retrieval_suite(work)


_QUESTIONS: Final = ("questions",)
SUITES: Final = {
    suite.name: suite
    for suite in (
        Registered("desk", "questions through the whole graph", _desk, _QUESTIONS, asks=True),
        Registered("invariants", "saved briefs against the promises of the design", _invariants,
                   ("briefs",), by_default=False),
        Registered("citations", "what each citation of a brief is worth", _citations, _QUESTIONS,
                   asks=True),
        Registered("cost", "calls, tokens and seconds by stage", _cost, _QUESTIONS, asks=True),
        Registered("stability", "the same again: asked twice, resumed, reworded, reordered",
                   _stability, _QUESTIONS, asks=True),
        Registered("injection", "planted instructions: found, quoted, obeyed", _injection,
                   ("injection",), asks=True),
        Registered("verify", "claims judged from listed passages", _verify, ("claims",)),
        Registered("judge", "the language model as a judge of claims", _judge,
                   ("claims", "model"), asks=True, by_default=False),
        Registered("sentiment", "score and sign of a text for a target", _sentiment,
                   ("sentiment",)),
        Registered("retrieval", "documents that answer, among the first ten", _retrieval,
                   ("retrieval",)),
    )
}  # fmt: skip
"""In the order in which they run."""


def _lacks(need: str, options: Options, chosen: Sequence[str]) -> str:
    """What the set lacks of a need, for people; empty when it is there."""
    data = options.folder
    where = options.data or "the package"
    if need == "questions":
        if not load_questions(data):
            return f"{where} holds no questions*.jsonl"
        return "" if load_documents(data) else f"{where} has questions but no documents*.jsonl"
    if need == "claims":
        return "" if load_claims(data) else f"{where} holds no claims*.jsonl"
    if need == "sentiment":
        return "" if load_sentiment(data) else f"{where} holds no sentiment*.jsonl"
    if need == "injection":
        return "" if load_injection(data) else f"{where} holds no injection*.jsonl"
    if need == "retrieval":
        if retrieval_folder(data) is not None or not _lacks("questions", options, chosen):
            return ""
        return f"{where} holds neither dev/retrieval.jsonl with corpus/ nor questions"
    if need == "briefs":
        there = "desk" in chosen or (options.briefs and Path(options.briefs).is_dir())
        return "" if there else "it reads saved briefs: name their folder (--briefs DIR)"
    assert need == "model"
    return "it needs a language model (not --no-model)" if options.silent else ""


def plan(options: Options) -> list[Registered]:
    """The suites of a run, in order: those that are named, else all that the set has files for.

    Every file they need is read here, so that a bad row stops a run before it costs anything.
    Raises UsageError for an unknown name, DatasetError for a named suite that cannot run.
    """
    names = list(dict.fromkeys(options.suites))
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise UsageError(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
    find(options.folder, "*")  # says so when the folder is not one
    if "verify" in names and options.model is not None and not options.silent:
        # A model named for `verify` is measured as a judge, and put on record.
        names.append("judge")
    if not names:
        chosen = [
            suite for suite in SUITES.values()
            if suite.by_default and not any(_lacks(n, options, ()) for n in suite.needs)
        ]  # fmt: skip
        if not chosen:
            raise DatasetError(
                f"{options.data}: no questions, claims or sentiment files (evals/DATA.md has the"
                " schema)"
            )
        return chosen
    for name in names:
        for need in SUITES[name].needs:
            if why := _lacks(need, options, names):
                raise DatasetError(f"the {name} suite cannot run: {why}")
    return [suite for suite in SUITES.values() if suite.name in names]
