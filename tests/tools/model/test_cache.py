from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.ports import ModelAnswerInvalid, ModelRequest, Usage
from tests.tools.model.fake_server import SCHEMA, question
from tools.model.as_of import as_of_scope
from tools.model.cache import AnswerCache, CachedModel
from tools.model.scripted import ScriptedModel


def counting(
    path: Path, *, enabled: bool = True, name: str = "m"
) -> tuple[CachedModel, ScriptedModel]:
    """A cached model whose answers are numbered in the order they were made."""
    made: list[int] = []

    def fill(request: ModelRequest) -> dict[str, object]:
        made.append(1)
        return {"name": f"answer {len(made)} of {name}", "line": 1}

    inner = ScriptedModel(
        fill, lambda request, options: {options[0]: 0.75, options[1]: 0.25}, name=name
    )
    return CachedModel(inner, path, enabled=enabled), inner


async def test_an_answer_is_kept_between_runs_and_then_free(tmp_path: Path) -> None:
    first, _ = counting(tmp_path / "c" / "answers.sqlite")
    made = await first.fill(question())
    first.close()
    again, inner = counting(tmp_path / "c" / "answers.sqlite")
    kept = await again.fill(question())
    assert kept.data == made.data
    assert kept.cached
    assert kept.usage == Usage()
    assert inner.asked == []
    assert dict(again.usage()) == {}


async def test_choices_are_kept_too_and_apart_from_answers(tmp_path: Path) -> None:
    model, inner = counting(tmp_path / "answers.sqlite")
    for _ in range(2):
        assert await model.choose(question(), ["yes", "no"]) == {"yes": 0.75, "no": 0.25}
    assert len(inner.asked) == 1
    assert (await model.choose(question(), ["no", "yes"]))["no"] == 0.75
    await model.fill(question())
    assert len(inner.asked) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"system": "x"}, {"shared": "x"}, {"passages": ("x",)}, {"task": "x"}, {"max_tokens": 51},
        {"answer_schema": {**SCHEMA, "required": ["line", "name"]}},
        {"answer_schema": {**SCHEMA, "properties": dict(reversed(SCHEMA["properties"].items()))}},
    ],
)  # fmt: skip
async def test_everything_an_answer_depends_on_is_in_its_key(
    tmp_path: Path, change: dict[str, object]
) -> None:
    model, inner = counting(tmp_path / "answers.sqlite")
    await model.fill(question())
    await model.fill(question(**change))
    assert len(inner.asked) == 2
    await model.fill(question(stage="write"))
    assert len(inner.asked) == 2, "the stage is for accounting only"


async def test_an_answer_is_never_served_to_another_as_of_date_or_model(tmp_path: Path) -> None:
    model, inner = counting(tmp_path / "answers.sqlite")
    await model.fill(question())
    for as_of in ("2025-01-01", "2025-01-02"):
        with as_of_scope(as_of):
            assert not (await model.fill(question())).cached
            assert (await model.fill(question())).cached
    assert len(inner.asked) == 3
    other, _ = counting(tmp_path / "answers.sqlite", name="another")
    assert not (await other.fill(question())).cached


async def test_switched_off_nothing_is_read_or_kept(tmp_path: Path) -> None:
    model, inner = counting(tmp_path / "answers.sqlite", enabled=False)
    await model.fill(question())
    await model.fill(question())
    assert len(inner.asked) == 2
    assert not (tmp_path / "answers.sqlite").exists()


async def test_failures_are_not_kept(tmp_path: Path) -> None:
    answers: list[dict[str, object] | Exception] = [
        ModelAnswerInvalid("cut"),
        {"name": "x", "line": 2},
    ]
    model = CachedModel(ScriptedModel(lambda request: answers.pop(0)), tmp_path / "a.sqlite")
    with pytest.raises(ModelAnswerInvalid):
        await model.fill(question())
    assert (await model.fill(question())).data["line"] == 2


async def test_many_at_once_and_two_processes_worth_of_connections(tmp_path: Path) -> None:
    one, _ = counting(tmp_path / "answers.sqlite")
    two, _ = counting(tmp_path / "answers.sqlite")
    await asyncio.gather(
        *(model.fill(question(task=f"{n}?")) for n in range(25) for model in (one, two))
    )
    replies = [await model.fill(question(task=f"{n}?")) for n in range(25) for model in (one, two)]
    assert all(reply.cached for reply in replies)
    assert all(a.data == b.data for a, b in zip(replies[::2], replies[1::2], strict=True))


async def test_a_damaged_file_costs_the_cache_only(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"not a database, " * 100)
    model, inner = counting(path)
    await model.fill(question())
    assert not (await model.fill(question())).cached
    assert len(inner.asked) == 2
    assert model.problem is not None
    assert "DatabaseError" in model.problem


def test_the_first_answer_for_a_key_stays(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")
    cache.put("k", {"a": 1}, 2)
    cache.put("k", {"a": 9}, 9)
    assert cache.get("k") == ({"a": 1}, 2)
    assert cache.get("absent") is None
    cache.close()
    assert cache.get("k") is None
