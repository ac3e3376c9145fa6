"""The stability suite: does the desk say the same when nothing that matters has changed.

Each question is asked twice, asked and interrupted and resumed, asked in other words, and asked of
the same documents stored in another order. Twice, resumed and in another order, the briefs must be
equal outside the run's id, time and usage; in other words, claims of both briefs must have equal
verdicts. The local answer cache is off: with it a second answer would be a copy.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from pydantic import Field, ValidationError

from agents.brief import Brief
from agents.events import Progress
from agents.ports import CorpusUnusable, ModelUnusable
from evals.data import DatasetError, Question, Row, find, load_questions, numbered_rows, rows
from evals.desk_suite import chosen
from evals.figure_rules import figure
from evals.results import Better, Failure, Sample, Suite
from evals.stability import compared, difference
from evals.work import Shelf, Work

__all__ = [
    "INTERRUPTED_AT",
    "RanThrough",
    "Steady",
    "Told",
    "ask_again",
    "interrupt",
    "load_paraphrases",
    "score_stability",
    "shuffled",
    "stability_suite",
]

INTERRUPTED_AT: Final = ("retrieve", "extract", "verify", "write", "audit")
"""Stages at whose first sign of life a run is stopped, one a question in turn."""
EVERY_RUN: Final = "retrieve"
"""A stage that every run has: one without claims verifies none."""
SEED: Final = 11
WITH_MODEL: Final = 1
"""Paraphrases that are asked of a language model, of one question of each kind."""

Told = Mapping[str, Brief | str]
"""Briefs on one question by way of asking: `first`, `again`, `resumed`, `other order`, and
`in other words 1` and on; a string is why there is none."""

_FIGURES: dict[str, tuple[str, Better]] = {
    "repeat_equal": ("mean repeat_equal", "higher"),
    "resume_equal": ("mean resume_equal", "higher"),
    "order_equal": ("mean order_equal", "higher"),
    "order_verdicts": ("ratio order_same order_common", "higher"),
    "paraphrase_verdicts": ("ratio paraphrase_same paraphrase_common", "higher"),
    "paraphrase_status": ("mean paraphrase_status", "higher"),
    "paraphrase_claims": ("ratio paraphrase_common paraphrase_either", "neither"),
}
"""`…_equal`: share of questions with equal briefs; `…_verdicts`: share of the claims of both
briefs with equal verdicts; `paraphrase_claims`: share of the claims of either that are of both."""


class _Paraphrases(Row):
    id: str
    paraphrases: tuple[str, ...] = Field(min_length=1)


def load_paraphrases(folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Other wordings by question id, from `paraphrases*.jsonl`; empty when there are none."""
    found: dict[str, tuple[str, ...]] = {}
    for path in find(folder, "paraphrases*.jsonl"):
        for place, row in numbered_rows(path):
            try:
                made = _Paraphrases.model_validate(row)
            except ValidationError as error:
                what = error.errors(include_url=False)[0]
                raise DatasetError(f"{place}: {what['loc']}: {what['msg']}") from error
            found[made.id] = made.paraphrases
    return found


def shuffled(documents: Sequence[Path], folder: Path, seed: int = SEED) -> Path:
    """The rows of document files in another order, as one file in `folder`."""
    every = [row for path in documents for row in rows(path)]
    # A draw may leave a small set as it is; its reverse never does.
    other = random.Random(seed).sample(every, len(every))  # noqa: S311
    other = other if other != every else every[::-1]
    path = folder / "documents.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in other]
    path.write_text("".join(lines), "utf-8", errors="surrogatepass")
    return path


class Steady(Protocol):
    """What the suite asks of `agents.desk.Desk`."""

    on_progress: Callable[[Progress], None] | None

    async def ask(self, question: str, *, as_of: str | None = None) -> Brief: ...

    async def resume(self, run_id: str) -> Brief: ...


class RanThrough(Exception):
    """A run that was to be interrupted had finished first."""


async def interrupt(desk: Steady, question: str, as_of: str | None, stage: str) -> str:
    """Ask, and stop the run where `stage` first shows; its id. Raises RanThrough."""
    stopped: list[str] = []
    before = desk.on_progress

    def watch(event: Progress) -> None:
        if event.stage == stage and not stopped:
            stopped.append(event.run_id)
            task.cancel()

    desk.on_progress = watch
    try:
        task = asyncio.ensure_future(desk.ask(question, as_of=as_of))
        await asyncio.wait({task})
    finally:
        desk.on_progress = before
    if not task.cancelled():
        task.result()  # the run's own error, if it has one
        raise RanThrough(f"the run had finished when it was to be stopped at {stage}")
    return stopped[0]


async def ask_again(
    desk: Steady,
    other_order: Callable[[], AbstractAsyncContextManager[Steady]] | None,
    questions: Sequence[Question],
    paraphrases: Mapping[str, Sequence[str]],
    *,
    shelf: Shelf | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[tuple[str, dict[str, Brief | str]]]:
    """Every question in every way of asking; question id and what was told, as soon as it is.

    other_order: opens a desk over the same documents, stored in another order. It is asked last,
    so each question is then yielded a second time, with all of it. Crashes are told as strings; an
    unusable model or corpus is raised.
    """
    told: dict[str, dict[str, Brief | str]] = {}

    async def tell(question: Question, way: str, work: Callable[[], Awaitable[Brief]]) -> None:
        name = f"{question.id}-{way.replace(' ', '-')}"
        kept = shelf.load(name) if shelf else None
        if kept is None:
            began = time.monotonic()
            try:
                kept = await work()
            except (ModelUnusable, CorpusUnusable):
                raise
            except Exception as error:  # noqa: BLE001 - the other questions go on
                told[question.id][way] = f"{way}: {type(error).__name__}: {error}"
                return
            say(f"{question.id} {way} {time.monotonic() - began:.0f} s")
            if shelf:
                shelf.keep(name, kept)
        told[question.id][way] = kept

    for number, question in enumerate(questions):
        told[question.id] = {}
        stage = INTERRUPTED_AT[number % len(INTERRUPTED_AT)]

        async def resumed(q: Question = question, stage: str = stage) -> Brief:
            try:
                run_id = await interrupt(desk, q.question, q.as_of, stage)
            except RanThrough:
                run_id = await interrupt(desk, q.question, q.as_of, EVERY_RUN)
            return await desk.resume(run_id)

        for way in ("first", "again"):
            await tell(question, way, partial(desk.ask, question.question, as_of=question.as_of))
        await tell(question, "resumed", resumed)
        for n, words in enumerate(paraphrases.get(question.id, ()), start=1):
            await tell(
                question, f"in other words {n}",
                partial(desk.ask, words, as_of=question.as_of),
            )  # fmt: skip
        yield question.id, dict(told[question.id])
    if other_order is not None:
        async with other_order() as other:
            for question in questions:
                await tell(
                    question, "other order",
                    partial(other.ask, question.question, as_of=question.as_of),
                )
                yield question.id, dict(told[question.id])


def score_stability(told: Mapping[str, Told], *, partial: bool = False, note: str = "") -> Suite:
    """The suite over what was told, by question id; one sample a question.

    A way of asking that failed leaves its scores out and gives the sample an error.
    """
    samples: list[Sample] = []
    failures: list[Failure] = []
    for name, ways in told.items():
        sample, found = _sample(name, ways)
        samples.append(sample)
        failures += found
    return Suite(
        name="stability",
        figures={name: figure(samples, rule, better) for name, (rule, better) in _FIGURES.items()},
        samples=tuple(samples),
        failures=tuple(failures),
        unscored=sum(bool(sample.error) for sample in samples),
        partial=partial,
        note=note,
    )


def _sample(name: str, ways: Told) -> tuple[Sample, list[Failure]]:
    errors = [told for told in ways.values() if isinstance(told, str)]
    briefs = {way: told for way, told in ways.items() if isinstance(told, Brief)}
    first = briefs.get("first")
    scores: dict[str, float | None] = {}
    failures: list[Failure] = []
    if first is None:
        return Sample(id=name, error="; ".join(errors) or "not asked"), []

    def failed(where: str, why: str, sentence: str = "") -> None:
        failures.append(Failure(sample=name, where=where, sentence=sentence, why=why))

    for way, score in (("again", "repeat"), ("resumed", "resume"), ("other order", "order")):
        if way in briefs:
            how = difference(first, briefs[way])
            scores[f"{score}_equal"] = float(not how)
            if how:
                failed(f"{score}_equal", how)
    counts: dict[str, float] = {}
    paraphrased = [b for way, b in briefs.items() if way.startswith("in other words")]
    groups: tuple[tuple[str, list[Brief]], ...] = (
        ("order", [briefs["other order"]] if "other order" in briefs else []),
        ("paraphrase", paraphrased),
    )
    for kind, others in groups:
        for other in others:
            found = compared(first, other)
            for key, value in (("same", found.same), ("common", found.common),
                               ("either", found.either)):  # fmt: skip
                counts[f"{kind}_{key}"] = counts.get(f"{kind}_{key}", 0.0) + value
            for text, flip in found.flips:
                failed(f"{kind}_verdicts", f"{flip}; asked: {other.question}", text)
    if paraphrased:
        kept = [float(other.status == first.status) for other in paraphrased]
        scores["paraphrase_status"] = sum(kept) / len(kept)
        for other in paraphrased:
            if other.status != first.status:
                failed("paraphrase_status", f"{first.status} and {other.status}", other.question)
    return Sample(id=name, scores={**scores, **counts}, error="; ".join(errors)), failures


async def stability_suite(work: Work) -> Suite:
    """All questions of the set without a model; with one, the first of each kind, unless questions
    are named: five ways of asking take minutes each."""
    questions = chosen(load_questions(work.data), work.options.only)
    words = load_paraphrases(work.data)
    if not work.options.silent:
        words = {name: given[:WITH_MODEL] for name, given in words.items()}
        if not work.options.only:
            questions = list({q.kind: q for q in reversed(questions)}.values())[::-1]
    documents = find(work.data, "documents*.jsonl")
    told: dict[str, Told] = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="underwrite-order-") as folder:
        other = shuffled(documents, Path(folder))
        async with work.desk(documents, cache=False) as desk:
            async for name, ways in ask_again(
                desk, lambda: work.desk([other], cache=False), questions, words,
                shelf=work.shelf("stability"), say=work.say,
            ):  # fmt: skip
                told[name] = ways
                work.update(score_stability(told, partial=True, note="not all questions asked yet"))
    suite = score_stability(told)
    return suite.model_copy(update={"seconds": round(time.monotonic() - began, 2)})
