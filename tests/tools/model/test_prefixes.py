"""Whatever was asked before, a request begins from the same state of the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from tests.tools.model.fake_server import question
from tools.model.messages import prompt_of
from tools.model.prefixes import PrefixStates

LONG = "evidence words " * 30


class FakeLlama:
    """One slot as llama.cpp keeps it: what it holds, saved states, and how it was read."""

    def __init__(self, folder: Path, *, strips: bool = False, full: bool = False) -> None:
        self.folder = folder
        self.full = full
        self.strips = strips
        self.slot: list[str] = []
        """The pieces the slot was filled with: their cuts are what numbers depend on."""
        self.read: list[str] = []

    def client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            base_url="http://engine.test/v1",
            api_key="k",
            max_retries=0,
            http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(self._respond)),
        )

    def _respond(self, request: httpx2.Request) -> httpx2.Response:
        body: dict[str, Any] = json.loads(request.content)
        if request.url.path == "/apply-template":
            parts = [f"<{m['role']}>{m['content']}" for m in body["messages"]]
            text = "".join(parts) + "<assistant>"
            return httpx2.Response(200, json={"prompt": text.lower() if self.strips else text})
        if request.url.path == "/completion":
            held = "".join(self.slot)
            assert body["prompt"].startswith(held)
            assert body["n_predict"] == 0
            new = body["prompt"][len(held) :]
            self.slot.append(new)
            self.read.append(new)
            return httpx2.Response(200, json={"timings": {"prompt_n": len(new)}})
        action = request.url.params["action"]
        if action == "erase":
            self.slot = []
            return httpx2.Response(200, json={})
        file = self.folder / body["filename"]
        if action == "save" and self.full:
            return httpx2.Response(500, json={"error": {"message": "no space left"}})
        if action == "save":
            file.write_text(json.dumps(self.slot))
            return httpx2.Response(200, json={"n_written": 1000})
        if not file.exists():
            return httpx2.Response(400, json={"error": {"message": "no such file"}})
        self.slot = json.loads(file.read_text())
        return httpx2.Response(200, json={})

    def asked(self) -> None:
        """What a chat request leaves behind."""
        self.slot.append("task and answer")


REQUESTS = [
    question(shared=LONG, passages=(f"[1] {LONG}",), task="One?"),
    question(shared=LONG, passages=(f"[1] {LONG}",), task="Two?"),
    question(shared=LONG, passages=(f"[1] other {LONG}",), task="One?"),
    question(shared="", passages=(f"[1] {LONG}",), task="One?"),
    question(shared="", passages=("[1] short",), task="One?"),
    question(system=LONG, shared="x", passages=(), task="One?"),
]


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def states_after(folder: Path, order: list[int], limit: int = 10**9) -> dict[int, list[str]]:
    engine = FakeLlama(folder)
    states = PrefixStates(engine.client(), folder, limit)
    found: dict[int, list[str]] = {}
    for number in order:
        await states.prepare(prompt_of(REQUESTS[number]))
        before = found.setdefault(number, list(engine.slot))
        assert before == engine.slot, f"request {number} began differently the second time"
        engine.asked()
    return found


@pytest.mark.parametrize("limit", [10**9, 2000, 1])
async def test_the_order_of_questions_does_not_change_where_they_begin(
    tmp_path: Path, limit: int
) -> None:
    numbers = list(range(len(REQUESTS)))
    forward = await states_after(tmp_path, [*numbers, *numbers], limit)
    backward = await states_after(tmp_path, [*reversed(numbers), *numbers], limit)
    assert forward == backward
    assert [len(forward[number]) for number in numbers] == [2, 2, 2, 1, 0, 1]


async def test_the_beginning_is_a_beginning_of_the_prompt(tmp_path: Path) -> None:
    engine = FakeLlama(tmp_path)
    states = PrefixStates(engine.client(), tmp_path, 10**9)
    await states.prepare(prompt_of(REQUESTS[0]))
    assert "".join(engine.slot) == f"<system>You are careful.<user>{LONG}\n\n[1] {LONG.strip()}\n\n"


async def test_a_shared_beginning_is_read_once(tmp_path: Path) -> None:
    engine = FakeLlama(tmp_path)
    states = PrefixStates(engine.client(), tmp_path, 10**9)
    first = await states.prepare(prompt_of(REQUESTS[0]))
    assert first == sum(map(len, engine.read))
    assert await states.prepare(prompt_of(REQUESTS[1])) == 0
    other = await states.prepare(prompt_of(REQUESTS[2]))
    assert 0 < other < first, "role and shared words were there already"


async def test_old_states_are_removed_when_there_are_too_many(tmp_path: Path) -> None:
    await states_after(tmp_path, list(range(6)), limit=3000)
    assert len(files(tmp_path)) == 3


async def test_a_lost_file_is_read_again(tmp_path: Path) -> None:
    engine = FakeLlama(tmp_path)
    states = PrefixStates(engine.client(), tmp_path, 10**9)
    await states.prepare(prompt_of(REQUESTS[0]))
    expected = list(engine.slot)
    for file in files(tmp_path):
        file.unlink()
    assert await states.prepare(prompt_of(REQUESTS[0])) > 0
    assert engine.slot == expected


async def test_a_template_that_changes_the_words_costs_sharing_only(tmp_path: Path) -> None:
    engine = FakeLlama(tmp_path, strips=True)
    states = PrefixStates(engine.client(), tmp_path, 10**9)
    engine.asked()
    assert await states.prepare(prompt_of(REQUESTS[0])) == 0
    assert engine.slot == []


async def test_a_full_disk_costs_time_only(tmp_path: Path) -> None:
    engine = FakeLlama(tmp_path, full=True)
    states = PrefixStates(engine.client(), tmp_path, 10**9)
    await states.prepare(prompt_of(REQUESTS[0]))
    first = list(engine.slot)
    engine.asked()
    assert await states.prepare(prompt_of(REQUESTS[0])) > 0
    assert engine.slot == first


async def test_instructions_in_front_of_a_task_are_shared(tmp_path: Path) -> None:
    engine = FakeLlama(tmp_path)
    states = PrefixStates(engine.client(), tmp_path, 10**9)
    for line in ("one", "two"):
        task = f"{LONG}\n\nLine: {line}\n\nReply."
        read = await states.prepare(prompt_of(question(shared="", passages=(), task=task)))
    assert read == 0
    assert "".join(engine.slot).endswith(f"{LONG}\n\n")
