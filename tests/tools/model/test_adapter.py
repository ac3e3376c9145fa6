from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from agents.ports import ModelUnusable
from tests.tools.model.fake_server import LLAMA, FakeServer, answer, next_token, question
from tests.tools.model.test_prefixes import REQUESTS, FakeLlama
from tests.tools.model.tiny_gguf import QWEN, gguf, lora, matrix
from tools.model.adapter import lora_field, read_adapter
from tools.model.cache import CachedModel
from tools.model.claim_question import ADAPTED, OPTIONS, PLAIN, claim_question
from tools.model.entailment import entailment_of
from tools.model.gguf_header import DamagedGguf, read_header
from tools.model.messages import Prompt, prompt_of
from tools.model.open import open_embedded
from tools.model.prefixes import PrefixStates
from tools.model.scripted import ScriptedModel

SHAPES = {"blk.0.attn_q.weight": (8, 4), "blk.0.ffn_up.weight": (16, 4)}


def model_file(folder: Path, shapes: dict[str, tuple[int, int]] = SHAPES) -> Path:
    tensors = {name: matrix(*shape) for name, shape in shapes.items()}
    values: dict[str, str | float | list[int]] = {
        "general.architecture": "qwen2", "tokens": [1, 2, 3], "general.type": "model"
    }  # fmt: skip
    return gguf(folder / "model.gguf", values, tensors)


def test_a_header_is_read_as_it_was_written(tmp_path: Path) -> None:
    header = read_header(model_file(tmp_path))
    assert header.values["tokens"] == [1, 2, 3]
    assert header.values["general.architecture"] == "qwen2"
    assert [(t.name, t.shape, t.kind) for t in header.tensors] == [
        ("blk.0.attn_q.weight", (4, 8), 1),
        ("blk.0.ffn_up.weight", (4, 16), 1),
    ]


def test_an_adapter_has_a_name_of_its_content(tmp_path: Path) -> None:
    first = read_adapter(lora(tmp_path / "a.gguf", SHAPES), model_file(tmp_path))
    same = read_adapter(lora(tmp_path / "b.gguf", SHAPES))
    other = read_adapter(lora(tmp_path / "c.gguf", SHAPES, size=0.1))
    assert first.name == same.name != other.name
    assert first.name.startswith("verify.")
    assert first.architecture == "qwen2"


@pytest.mark.parametrize("kept", [0, 3, 4, 20, 60, 200, -1])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, kept: int) -> None:
    path = lora(tmp_path / "a.gguf", SHAPES)
    path.write_bytes(path.read_bytes()[: kept if kept >= 0 else -100])
    with pytest.raises(DamagedGguf):
        read_header(path)
    with pytest.raises(ModelUnusable, match="UNDERWRITE_ADAPTER_PATH"):
        read_adapter(path)


def test_what_is_no_adapter_is_refused(tmp_path: Path) -> None:
    for path, reason in [
        (tmp_path / "absent.gguf", "cannot be read"),
        (tmp_path, "cannot be read"),
        (model_file(tmp_path), "not a LoRA adapter"),
        (gguf(tmp_path / "empty.gguf", QWEN, {}), "not a LoRA adapter"),
        (gguf(tmp_path / "half.gguf", QWEN, {"x.lora_a": matrix(2, 4)}), "no lora_b"),
        (gguf(tmp_path / "v.gguf", {**QWEN, "adapter.type": "control"}, {}), "not a LoRA adapter"),
    ]:
        with pytest.raises(ModelUnusable, match=reason) as error:
            read_adapter(path)
        assert "UNDERWRITE_ADAPTER_PATH" in str(error.value)


def test_a_header_full_of_nonsense_asks_for_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 64)
    with pytest.raises(DamagedGguf, match="promises"):
        read_header(path)
    path.write_bytes(b"GGUF\x09\0\0\0" + b"\0" * 64)
    with pytest.raises(DamagedGguf, match="version 9"):
        read_header(path)


@pytest.mark.parametrize(
    "shapes",
    [{"blk.0.attn_q.weight": (8, 6)}, {"blk.0.attn_q.weight": (6, 4)}, {"blk.7.x": (8, 4)}],
)
def test_an_adapter_of_another_model_is_refused(
    tmp_path: Path, shapes: dict[str, tuple[int, int]]
) -> None:
    with pytest.raises(ModelUnusable, match="another model"):
        read_adapter(lora(tmp_path / "a.gguf", shapes), model_file(tmp_path))


async def test_a_bad_adapter_is_explained_before_the_engine_starts(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="UNDERWRITE_ADAPTER_PATH"):
        async with open_embedded(
            model_file(tmp_path), log_path=tmp_path / "log", adapter_path=tmp_path / "none.gguf"
        ):
            pass
    assert not (tmp_path / "log").exists()


def said(server: FakeServer) -> list[Any]:
    return [body.get("lora") for body in server.asked]


async def test_only_the_adapted_model_asks_for_the_adapter() -> None:
    chosen = next_token(("yes", -0.1), ("no", -3.0))
    server = FakeServer(answer(), chosen, chosen, answer(), models=[LLAMA])
    model = server.model(adapter="verify.1234")
    adapted = model.adapted()
    assert adapted is not None
    await model.fill(question())
    await adapted.choose(question(), ["yes", "no"])
    await model.choose(question(), ["yes", "no"])
    await model.fill(question())
    assert said(server) == [[{"id": 0, "scale": scale}] for scale in (0.0, 1.0, 0.0, 0.0)]
    assert (model.name, adapted.name) == ("local", "local+verify.1234")
    assert {body["model"] for body in server.asked} == {"local"}
    assert adapted.usage() == model.usage()


async def test_without_an_adapter_requests_are_as_they_were() -> None:
    server = FakeServer(models=[LLAMA])
    model = server.model()
    assert model.adapted() is None
    await model.fill(question())
    assert "lora" not in server.asked[0]
    assert lora_field(None) == {}


async def test_kept_answers_of_model_and_adapter_are_apart(tmp_path: Path) -> None:
    def scripted(name: str, yes: float) -> ScriptedModel:
        return ScriptedModel(choose=lambda r, o: {"yes": yes, "no": 1 - yes}, name=name)

    base, over = scripted("m", 0.25), scripted("m+verify.1", 0.75)
    model = CachedModel(base, tmp_path / "answers.sqlite", adapted=over)
    assert model.adapted is not None
    for _ in range(2):
        assert (await model.choose(question(), ["yes", "no"]))["yes"] == 0.25
        assert (await model.adapted.choose(question(), ["yes", "no"]))["yes"] == 0.75
    assert (len(base.asked), len(over.asked)) == (1, 1)
    model.close()


async def test_claims_are_judged_by_the_adapter_where_there_is_one(tmp_path: Path) -> None:
    sure = {"stated": 0.9, "contradicted": 0.05, "open": 0.05}
    base = ScriptedModel(choose=lambda r, o: sure, name="m")
    over = ScriptedModel(choose=lambda r, o: sure, name="m+verify.1")
    model = CachedModel(base, tmp_path / "a", enabled=False, adapted=over)
    judge = entailment_of(model)
    [found] = await judge.judge([("A", "it rose")])
    assert found.supported == pytest.approx(0.9), "its probabilities are taken as they are"
    assert judge.name == "model:m+verify.1"
    assert (base.asked, over.asked) == ([], [claim_question("A", ["it rose"], ADAPTED)])
    assert entailment_of(base).name == "model:m"
    assert entailment_of(CachedModel(base, tmp_path / "a", enabled=False)).name == "model:m"


def test_the_adapters_question_is_short_and_says_the_same() -> None:
    long, short = (claim_question("A", ["it rose", "it fell"], w) for w in (PLAIN, ADAPTED))
    assert (long.passages, long.task) == (short.passages, short.task)
    assert len(short.system + short.shared) < 0.3 * len(long.system + long.shared)
    assert all(option in short.system for option in OPTIONS)


class AdaptedLlama(FakeLlama):
    """As llama.cpp treats scales: a request at another scale than the slot's last loses what the
    slot holds, and saved states do not know theirs."""

    scale = 0.0

    def _respond(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/completion":
            self.ask_at(json.loads(request.content)["lora"][0]["scale"])
            self.slot.append(f"<at {self.scale}>")
            body = json.loads(request.content)
            held = "".join(p for p in self.slot if not p.startswith("<at"))
            new = body["prompt"][len(held) :]
            assert body["prompt"].startswith(held)
            self.slot.append(new)
            self.read.append(new)
            return httpx2.Response(200, json={"timings": {"prompt_n": len(new)}})
        return super()._respond(request)

    def ask_at(self, scale: float) -> None:
        if scale != self.scale:
            self.slot = []
        self.scale = scale


async def begin(engine: AdaptedLlama, states: PrefixStates, prompt: Prompt) -> list[str]:
    """What the slot holds when the request itself has just been started."""
    await states.prepare(prompt)
    assert prompt.scale is not None
    engine.ask_at(prompt.scale)
    held = list(engine.slot)
    engine.asked()
    return held


async def test_states_made_with_the_adapter_are_not_used_without_it(tmp_path: Path) -> None:
    engine = AdaptedLlama(tmp_path)
    client: openai.AsyncOpenAI = engine.client()
    states = PrefixStates(client, tmp_path, 10**9)
    prompts = [
        prompt_of(REQUESTS[number])._replace(scale=scale)
        for number in (0, 1, 4)
        for scale in (0.0, 1.0)
    ]
    first = [await begin(engine, states, prompt) for prompt in prompts]
    for prompt, held in zip(prompts, first, strict=True):
        marks = {piece for piece in held if piece.startswith("<at")}
        assert marks <= {f"<at {prompt.scale}>"}
        assert bool(marks) == (prompt is not prompts[4] and prompt is not prompts[5])
    reread = len(engine.read)
    again = [await begin(engine, states, prompt) for prompt in reversed(prompts)]
    assert again == list(reversed(first))
    assert set(engine.read[reread:]) == {" "}, "nothing is read again but the scale's own word"
