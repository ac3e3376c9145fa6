"""Invariant 9: equal input gives an equal brief, interrupted or not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from agents.brief import Brief
from agents.events import Progress
from agents.ports import BadInput, ModelRequest, ModelUnusable
from tests.agents.conftest import OpenDesk, Told
from tests.agents.world import ARTICLE, DOCUMENTS, FERRIES, obliging, outside_run
from tools.model.scripted import ScriptedModel
from tools.runs import RunStore

STAGES = ("retrieve", "extract", "verify", "sentiment", "position", "write")
AS_OF = "2025-04-01"


def dying(stage: str, at: int = 1) -> tuple[ScriptedModel, list[str]]:
    """A model whose server is gone from the `at`-th request of a stage on, until `up` is set."""
    state: list[str] = []
    ordinary = obliging()
    seen = 0

    def gone(request: ModelRequest) -> bool:
        nonlocal seen
        if request.stage != stage or "up" in state:
            return False
        seen += 1
        return seen >= at

    def fill(request: ModelRequest) -> dict[str, Any] | Exception:
        assert ordinary._fill is not None
        return ModelUnusable("the server is gone") if gone(request) else ordinary._fill(request)

    def choose(request: ModelRequest, options: Sequence[str]) -> dict[str, float] | Exception:
        assert ordinary._choose is not None
        if gone(request):
            return ModelUnusable("the server is gone")
        return ordinary._choose(request, options)

    return ScriptedModel(fill, choose), state


def only_run(runs: RunStore) -> str:
    [run] = runs.list()
    return run.id


async def test_asked_twice_the_brief_is_the_same(ferries: Told, desk: OpenDesk) -> None:
    async with desk() as opened:
        again = await opened.ask(FERRIES, as_of=AS_OF)
    assert outside_run(again) == outside_run(ferries.brief)
    assert again.run.id != ferries.brief.run.id
    assert (again.run.corpus, again.run.prompts) == (
        ferries.brief.run.corpus,
        ferries.brief.run.prompts,
    )


async def test_the_order_of_ingestion_does_not_show(ferries: Told, desk: OpenDesk) -> None:
    async with desk(documents=list(reversed(DOCUMENTS))) as opened:
        other = await opened.ask(FERRIES, as_of=AS_OF)
    assert outside_run(other) == outside_run(ferries.brief)
    assert other.run.corpus == ferries.brief.run.corpus


async def test_the_order_in_which_answers_arrive_does_not_show(
    ferries: Told, desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = obliging()
    choose = model.choose
    asked = 0

    async def slow(request: ModelRequest, options: Sequence[str]) -> dict[str, float]:
        nonlocal asked
        asked += 1
        for _ in range(7 * (asked % 3)):  # later tasks overtake earlier ones
            await asyncio.sleep(0)
        return await choose(request, options)

    monkeypatch.setattr(model, "choose", slow)
    async with desk(model) as opened:
        brief = await opened.ask(FERRIES, as_of=AS_OF)
    assert outside_run(brief) == outside_run(ferries.brief)


@pytest.mark.parametrize(
    ("stage", "at"), [("position", 1), ("write", 1), ("write", 2)]
)
async def test_a_resumed_run_equals_an_uninterrupted_one(
    stage: str, at: int, ferries: Told, desk: OpenDesk
) -> None:
    model, state = dying(stage, at)
    async with desk(model) as opened:
        with pytest.raises(ModelUnusable):
            await opened.ask(FERRIES, as_of=AS_OF)
        run = only_run(opened.runs)
        assert opened.runs.status(run).state == "failed"
        state.append("up")
        brief = await opened.resume(run)
        assert opened.runs.status(run).state == "done"
    assert brief.run.id == run
    assert outside_run(brief) == outside_run(ferries.brief)


async def test_a_run_is_resumed_by_another_process(ferries: Told, desk: OpenDesk) -> None:
    model, _ = dying("write")
    async with desk(model) as opened:
        with pytest.raises(ModelUnusable):
            await opened.ask(FERRIES, as_of=AS_OF)
        run = only_run(opened.runs)
    second = obliging()
    async with desk(second) as opened:
        brief = await opened.resume(run)
    assert outside_run(brief) == outside_run(ferries.brief)
    assert {request.stage for request in second.asked} == {"write"}, "nothing is paid for twice"
    spent = {s.name: s.calls for s in brief.run.stages}
    before = {s.name: s.calls for s in ferries.brief.run.stages}
    assert spent["position"] == before["position"]


async def test_a_resumed_analysis_equals_an_uninterrupted_one(note: Told, desk: OpenDesk) -> None:
    model, state = dying("write", 2)
    async with desk(model) as opened:
        with pytest.raises(ModelUnusable):
            await opened.analyze(ARTICLE, as_of=AS_OF)
        state.append("up")
        brief = await opened.resume(only_run(opened.runs))
        kept = {d.id for d in opened.runs.documents(brief.run.id)}
    assert outside_run(brief) == outside_run(note.brief)
    assert {c.document_id for c in brief.citations.values()} <= kept


async def test_a_cancelled_run_is_interrupted_and_can_be_resumed(
    ferries: Told, desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = obliging()
    fill = model.fill
    reached, release = asyncio.Event(), asyncio.Event()

    async def waiting(request: ModelRequest) -> Any:
        reached.set()
        await release.wait()
        return await fill(request)

    monkeypatch.setattr(model, "fill", waiting)
    async with desk(model) as opened:
        task = asyncio.create_task(opened.ask(FERRIES, as_of=AS_OF))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        run = only_run(opened.runs)
        assert opened.runs.status(run).state == "interrupted"
        release.set()
        brief = await opened.resume(run)
    assert outside_run(brief) == outside_run(ferries.brief)


async def test_a_finished_run_is_returned_as_stored(desk: OpenDesk) -> None:
    model = obliging()
    async with desk(model) as opened:
        brief = await opened.ask(FERRIES, as_of=AS_OF)
        asked = len(model.asked)
        again = await opened.resume(brief.run.id)
    assert again == brief
    assert len(model.asked) == asked


async def test_a_run_that_could_not_be_saved_is_resumed_to_its_brief(
    ferries: Told, desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk() as opened:
        with pytest.MonkeyPatch.context() as patch:

            def full(*_: Any, **__: Any) -> None:
                raise OSError("no space left on device")

            patch.setattr(opened.runs, "save", full)
            with pytest.raises(OSError, match="no space"):
                await opened.ask(FERRIES, as_of=AS_OF)
        brief = await opened.resume(only_run(opened.runs))
    assert outside_run(brief) == outside_run(ferries.brief)


async def test_unknown_and_unstarted_runs_cannot_be_resumed(desk: OpenDesk) -> None:
    async with desk() as opened:
        with pytest.raises(BadInput, match="no run"):
            await opened.resume("20250101-000000-abcdef")
        opened.runs.start("r-1", kind="ask", question=FERRIES)
        with pytest.raises(BadInput, match="ask again"):
            await opened.resume("r-1")


async def test_a_changed_sentence_would_show(ferries: Told, desk: OpenDesk) -> None:
    """The comparison itself can fail: another model writes another brief."""
    other = obliging(fill={"write": lambda _: {"sentence": "Nothing that could be accepted."}})
    async with desk(other) as opened:
        brief = await opened.ask(FERRIES, as_of=AS_OF)
    assert outside_run(brief) != outside_run(ferries.brief)


async def test_the_stream_ends_with_the_same_brief(ferries: Told, desk: OpenDesk) -> None:
    async with desk() as opened:
        events = [event async for event in opened.stream(FERRIES, as_of=AS_OF)]
    *progress, brief = events
    assert isinstance(brief, Brief)
    assert outside_run(brief) == outside_run(ferries.brief)
    assert all(isinstance(event, Progress) for event in progress)
    stages = [event.stage for event in progress if isinstance(event, Progress)]
    assert stages[0] == "plan"
    assert stages[-1] == "publish"
