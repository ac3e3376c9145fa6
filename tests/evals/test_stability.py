"""The stability suite: equal or not, where they differ, and runs that are really interrupted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.brief import Brief
from agents.desk import Desk
from agents.events import Progress
from agents.ports import ModelUnusable
from evals.data import DatasetError, Question, load_questions
from evals.stability import compared, difference
from evals.stability_suite import (
    RanThrough,
    Steady,
    ask_again,
    interrupt,
    load_paraphrases,
    score_stability,
    shuffled,
    stability_suite,
)
from evals.work import Options, Shelf, Work
from tests.agents.world import DOCUMENTS, FERRIES, PlainTone, obliging
from tests.evals.sample import good_brief
from tools.model.entailment import ModelEntailment
from tools.settings import Settings

QUESTION = Question(id="q1", question="How much tin?", as_of="2024-07-01")


def brief(change: Callable[[dict[str, Any]], None] = lambda b: None) -> Brief:
    made = good_brief()
    change(made)
    return Brief.model_validate(made)


def flipped(b: dict[str, Any]) -> None:
    b["claims"][0]["verdict"]["label"] = "contested"


def test_time_and_usage_are_no_difference_and_a_model_is() -> None:
    def other_run(b: dict[str, Any]) -> None:
        b["run"] |= {"id": "run2", "seconds": 9.0, "stages": []}

    assert difference(brief(), brief(other_run)) == ""
    assert difference(brief(), brief(lambda b: b["run"].update(model="other"))) == (
        "run.model: 'scripted' and 'other'"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flipped, "claims[0].verdict.label: 'supported' and 'contested'"),
        (lambda b: b["notes"].append("More."), "notes: 1 and 2 entries"),
        (lambda b: b["citations"].update(x=b["citations"]["1"]), "citations: only one has x"),
        (lambda b: b.update(headline=None), "headline: {'text': 'Alder Tin sold"),
    ],
)
def test_the_first_difference_is_named(change: Any, said: str) -> None:
    assert difference(brief(), brief(change)).startswith(said)


def test_verdicts_are_compared_on_common_claims_only() -> None:
    def other(b: dict[str, Any]) -> None:
        flipped(b)
        b["claims"][1]["text"] = "The smelter costs EUR 420 million."

    found = compared(brief(), brief(other))
    assert (found.same, found.common, found.either) == (1, 2, 4)
    assert found.flips == (
        ("Alder Tin sold 41,000 tonnes of tin in 2023.", "supported and contested"),
    )


def test_figures_and_failures() -> None:
    told: dict[str, dict[str, Brief | str]] = {
        "q1": {"first": brief(), "again": brief(), "resumed": brief(), "other order": brief(),
               "in other words 1": brief()},
        "q2": {"first": brief(), "again": brief(flipped), "resumed": "resumed: RuntimeError: x",
               "other order": brief(flipped), "in other words 1": brief(flipped),
               "in other words 2": brief(lambda b: b.update(status="partial"))},
        "q3": {"first": "first: RuntimeError: x", "again": brief()},
    }  # fmt: skip
    suite = score_stability(told)
    values = {name: found.value for name, found in suite.figures.items()}
    assert values == {
        "repeat_equal": 0.5,
        "resume_equal": 1.0,
        "order_equal": 0.5,
        "order_verdicts": pytest.approx(5 / 6),
        "paraphrase_verdicts": pytest.approx(8 / 9),
        "paraphrase_status": 0.75,
        "paraphrase_claims": 1.0,
    }
    assert suite.figures["resume_equal"].n == 1
    assert suite.unscored == 2
    where = {f.where for f in suite.failures}
    assert where == {
        "repeat_equal", "order_equal", "order_verdicts", "paraphrase_verdicts", "paraphrase_status",
    }  # fmt: skip


class ScriptedDesk:
    """Answers briefs in turn; each ask tells its stages, and can be stopped at any of them."""

    def __init__(self, *answers: Brief | Exception, stages: tuple[str, ...] = ("verify",)) -> None:
        self.answers = list(answers)
        self.stages = stages
        self.on_progress: Callable[[Progress], None] | None = None
        self.asked: list[str] = []

    def _next(self) -> Brief:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask(self, question: str, *, as_of: str | None = None) -> Brief:
        self.asked.append(question)
        for stage in self.stages:
            if self.on_progress:
                event = {"run_id": "run7", "stage": stage, "kind": "started", "message": ""}
                self.on_progress(Progress.model_validate(event))
            await asyncio.sleep(0)
        return self._next()

    async def resume(self, run_id: str) -> Brief:
        self.asked.append(f"resume {run_id}")
        return self._next()


async def test_a_run_is_stopped_at_its_stage() -> None:
    desk = ScriptedDesk(brief(), stages=("extract", "verify", "write"))
    assert await interrupt(desk, "How much tin?", None, "verify") == "run7"
    assert len(desk.answers) == 1
    assert desk.on_progress is None
    with pytest.raises(RanThrough, match="audit"):
        await interrupt(desk, "How much tin?", None, "audit")
    with pytest.raises(RuntimeError, match="boom"):
        await interrupt(ScriptedDesk(RuntimeError("boom")), "How much tin?", None, "audit")


async def asked(desk: Steady, *others: Brief, **options: Any) -> dict[str, dict[str, Brief | str]]:
    @asynccontextmanager
    async def other_order() -> AsyncIterator[Steady]:
        yield ScriptedDesk(*others)

    words = {"q1": ("Tin, how much?",)}
    opener = other_order if others else None
    ways = ask_again(desk, opener, [QUESTION], words, **options)
    return {name: told async for name, told in ways}


async def test_every_way_of_asking() -> None:
    desk = ScriptedDesk(*[brief()] * 4, stages=("retrieve", "verify"))
    told = await asked(desk, brief(flipped))
    assert list(told["q1"]) == ["first", "again", "resumed", "in other words 1", "other order"]
    assert desk.asked == [
        "How much tin?", "How much tin?", "How much tin?", "resume run7", "Tin, how much?",
    ]  # fmt: skip
    suite = score_stability(told)
    assert suite.figures["resume_equal"].value == 1.0
    assert suite.figures["order_equal"].value == 0.0


async def test_a_crash_is_told_and_an_unusable_model_raised(tmp_path: Path) -> None:
    # The run is never seen at the stage where it should stop: that is no equal brief.
    desk = ScriptedDesk(brief(), RuntimeError("x"), brief(), brief(), brief(), stages=())
    told = await asked(desk)
    assert told["q1"]["again"] == "again: RuntimeError: x"
    assert str(told["q1"]["resumed"]).startswith("resumed: RanThrough")
    with pytest.raises(ModelUnusable):
        await asked(ScriptedDesk(brief(), ModelUnusable("gone")), shelf=Shelf(tmp_path))
    # What was told before is not asked again.
    rest = ScriptedDesk(*[brief()] * 3, stages=("retrieve",))
    again = await asked(rest, shelf=Shelf(tmp_path))
    assert again["q1"]["first"] == brief()
    assert len(rest.answers) == 0


def test_documents_in_another_order(tmp_path: Path) -> None:
    path = tmp_path / "documents.jsonl"
    rows = [{"id": f"d{i}", "text": "x"} for i in range(2)]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    folder = tmp_path / "other"
    folder.mkdir()
    for seed in range(6):
        made = [json.loads(x) for x in shuffled([path], folder, seed).read_text().splitlines()]
        assert made == rows[::-1]


def test_every_packaged_question_has_other_words(tmp_path: Path) -> None:
    words = load_paraphrases()
    questions = load_questions()
    assert list(words) == [q.id for q in questions]
    for question in questions:
        every = [question.question, *words[question.id]]
        assert len(set(every)) == len(every) >= 3
    assert load_paraphrases(tmp_path) == {}
    (tmp_path / "paraphrases.jsonl").write_text('{"id": "q1", "paraphrases": []}', "utf-8")
    with pytest.raises(DatasetError, match=r"paraphrases\.jsonl:1"):
        load_paraphrases(tmp_path)


async def test_a_real_run_is_interrupted_and_resumed_to_an_equal_brief(tmp_path: Path) -> None:
    model = obliging()
    async with Desk.open(
        Settings(home=tmp_path),
        model=model,
        entailment=ModelEntailment(model),
        sentiment=PlainTone(),
    ) as desk:
        await desk.corpus.add(DOCUMENTS)
        question = Question(id="q1", question=FERRIES, as_of="2025-04-01")
        told = {name: t async for name, t in ask_again(desk, None, [question], {})}
        states = [run.state for run in desk.runs.list()]
    suite = score_stability(told)
    assert suite.failures == ()
    assert suite.unscored == 0
    assert suite.figures["repeat_equal"].value == 1.0
    assert suite.figures["resume_equal"].value == 1.0
    assert states == ["done"] * 3


async def test_the_suite_asks_one_question_of_each_kind_of_a_model(tmp_path: Path) -> None:
    path = tmp_path / "set"
    path.mkdir()
    asked = [{"id": f"q{i}", "question": f"How much {i}?", "expect": {"notes": f"[{kind}] x"}}
             for i, kind in enumerate(("plain", "plain", "as_of"))]  # fmt: skip
    other = [{"id": q["id"], "paraphrases": ["So?", "Well?"]} for q in asked]
    rows = [{"id": f"d{i}", "text": "A text of news."} for i in range(2)]
    for name, lines in (("questions", asked), ("documents", rows), ("paraphrases", other)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (path / f"{name}.jsonl").write_text(text, "utf-8")
    opened: list[tuple[str, bool]] = []
    desks: list[ScriptedDesk] = []

    @asynccontextmanager
    async def opener(documents: Any, **options: Any) -> AsyncIterator[ScriptedDesk]:
        opened.append((documents[0].read_text("utf-8"), options["cache"]))
        desks.append(ScriptedDesk(*[brief()] * 99, stages=("retrieve", "extract")))
        yield desks[-1]

    states: list[Any] = []
    # first, again, resumed, in other words (once or twice), other order
    for silent, questions, ways in ((False, 2, 5), (True, 3, 6)):
        opened.clear()
        desks.clear()
        options = Options(data=str(path), silent=silent)
        work = Work(options, tmp_path / str(silent), opener=opener, update=states.append)
        suite = await stability_suite(work)
        assert len(suite.samples) == questions
        # The third is to be stopped at `verify`, which its runs never reach: stopped before.
        assert suite.figures["resume_equal"].n == questions
        assert suite.figures["repeat_equal"].value == 1.0
        assert not suite.partial
        assert states[-1].partial
        assert [cache for _, cache in opened] == [False, False]
        assert opened[0][0].splitlines() == opened[1][0].splitlines()[::-1]
        words = [a for a in desks[0].asked if a in {"So?", "Well?"}]
        assert len(words) == questions * (1 if not silent else 2)
        kept = list((tmp_path / str(silent) / "stability").iterdir())
        assert len(kept) == questions * ways
