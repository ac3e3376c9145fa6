from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.evidence import Probabilities
from tools.model.claim_question import OPTIONS
from tools.model.scripted import ScriptedModel
from training import adapter_evaluation
from training.adapter import main
from training.adapter_data import HELD_OUT_FOLD, answer_tokens, encoded, prompt_text, read
from training.adapter_evaluation import labelled, scores
from training.pairs import Pair, own_groups

NONE = (1.0, 0.0, 0.0)


class Words:
    """A tokenizer of words, with the template of a chat model."""

    def __init__(self, joined: str = "") -> None:
        self.joined = joined
        self.known: dict[str, int] = {}

    def apply_chat_template(self, messages: list[dict[str, str]], **options: Any) -> str:
        assert options.pop("add_generation_prompt")
        assert options == {"tokenize": False, "enable_thinking": False}
        return " ".join(f"<{m['role']}> {m['content']}" for m in messages) + " <assistant> "

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        assert not add_special_tokens
        words = text.replace(f"<assistant> {self.joined}", "<assistant>") if self.joined else text
        return {"input_ids": [self.known.setdefault(w, len(self.known)) for w in words.split()]}


def groups(folder: Path, count: int = 60) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "made.jsonl").open("w") as file:
        for number in range(count):
            claims = [[f"Claim {number} {c}", *two, "t"] for c, two in enumerate(["SN", "RS"])]
            row = {"e": [f"First {number}."], "f": [f"Second {number}.", "More."], "c": claims}
            file.write(json.dumps(row) + "\n")
    return folder


def public(folder: Path, claims: list[str], source: str = "s") -> Path:
    path = folder / "verification_made.jsonl"
    rows = [
        {"claim": claim, "evidence": ["x."], "label": "NOT_SUPPORTED", "source": source}
        for claim in claims
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_held_out_groups_are_never_trained_on(tmp_path: Path) -> None:
    folder = groups(tmp_path / "groups")
    held = {c[0] for g in own_groups(folder) if g.fold >= HELD_OUT_FOLD for c in g.claims}
    assert held
    public(tmp_path, [*held, "Another"])
    data = read(folder, [tmp_path], epochs=2, seed=1, public_each=1000)
    for pairs in data.train:
        assert not held & {pair.claim for pair in pairs}
    assert {pair.claim for pair in data.held} == held
    assert "Another" in {pair.claim for pair in data.train[0]}
    assert data.sources["s"] == 1
    assert sum(data.sources.values()) == len(data.train[0])


def test_data_depend_on_the_seed_alone(tmp_path: Path) -> None:
    folder = groups(tmp_path / "groups")
    first, again, other = (
        read(folder, [], epochs=2, seed=seed, public_each=1, most=20) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.train != other.train
    assert first.train[0] != first.train[1]
    assert [len(pairs) for pairs in first.train] == [20, 20]


def test_public_sources_are_capped(tmp_path: Path) -> None:
    path = public(tmp_path, [f"C{n}" for n in range(9)])
    data = read(tmp_path / "absent", [path], epochs=1, seed=1, public_each=4)
    assert data.sources == {"s": 4}
    assert {pair.target for pair in data.train[0]} == {(0.0, 1.0, 1.0)}


def test_nothing_to_train_on_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to train on"):
        read(tmp_path / "absent", [], epochs=1, seed=1, public_each=4)


def test_a_prompt_is_what_the_desk_asks() -> None:
    pair = Pair("It  rose.", "Up 3%.\n\nDown.", NONE, "s")
    text = prompt_text(Words(), pair)
    assert "<user> [1] Up 3%.\n[2] Down.\n\nClaim: It rose.\n\n" in text
    assert text.endswith("<assistant> ")


def test_pairs_that_do_not_fit_are_left_out() -> None:
    pairs = [
        Pair("a", "b", NONE, "s"), Pair("a", " \n", NONE, "s"), Pair("a", "b " * 500, NONE, "s")
    ]  # fmt: skip
    [only] = encoded(Words(), pairs, longest=100)
    assert only.target == NONE
    assert len(only.ids) < 100


def test_answers_begin_with_a_token_of_their_own() -> None:
    tokenizer = Words()
    tokens = answer_tokens(tokenizer)
    assert [tokenizer.known[option] for option in OPTIONS] == tokens
    with pytest.raises(ValueError, match="joins 'contradicted'"):
        answer_tokens(Words(joined="contradicted"))


def test_labelled_claims_of_a_file_and_of_held_out_groups(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text('{"id": "1", "claim": "A", "evidence": ["x", "y"], "label": "NEI"}\n')
    assert labelled(path) == [("A", "x\ny", "NEI")]
    held = labelled(groups(tmp_path / "groups"))
    assert {label for _, _, label in held} == {"SUPPORTED", "REFUTED", "NEI"}
    path.write_text('{"claim": "A", "evidence": [], "label": "MAYBE"}\n')
    with pytest.raises(ValueError, match="label"):
        labelled(path)


def test_scores() -> None:
    def sure(at: int) -> Probabilities:
        s, r, n = (float(i == at) for i in range(3))
        return Probabilities(supported=s, refuted=r, insufficient=n)

    figures = scores(["SUPPORTED", "REFUTED", "NEI", "NEI"], [sure(0), sure(1), sure(2), sure(0)])
    assert figures["accuracy"].startswith("0.750")
    assert figures["f1"] == {"NEI": 0.667, "REFUTED": 1.0, "SUPPORTED": 0.667}
    assert figures["costly_errors"] == 0.333
    assert figures["pairs"] == 4


async def test_base_and_adapter_are_asked_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sure(name: str, option: str) -> ScriptedModel:
        chances = {o: 0.9 if o == option else 0.05 for o in OPTIONS}
        return ScriptedModel(choose=lambda request, options: chances, name=name)

    base, over = sure("m", "stated"), sure("m+verify.1", "open")

    class Opened:
        async def connect(self) -> None: ...

        def adapted(self) -> ScriptedModel:
            return over

        def __getattr__(self, name: str) -> Any:
            return getattr(base, name)

    @asynccontextmanager
    async def opened(path: Path, **options: Any) -> AsyncIterator[Opened]:
        assert options["adapter_path"] == tmp_path / "a.gguf"
        yield Opened()

    monkeypatch.setattr(adapter_evaluation, "open_embedded", opened)
    claims = [(f"Claim {n}", "x", "NEI") for n in range(25)]
    lines: list[str] = []
    figures = await adapter_evaluation.evaluate(
        tmp_path / "m.gguf", tmp_path / "a.gguf", claims, log_path=tmp_path, report=lines.append
    )
    assert figures["base"]["accuracy"].startswith("0.000")
    assert figures["adapter"]["accuracy"].startswith("1.000")
    assert figures["adapter"]["model"] == "model:m+verify.1"
    assert (len(base.asked), len(over.asked)) == (25, 25)
    assert "base: 20/25 pairs" in lines[0]


def test_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNDERWRITE_CACHE", str(tmp_path))
    assert main(["--out", str(tmp_path)]) == 4
    assert "--base" in capsys.readouterr().err
    claims = tmp_path / "claims.jsonl"
    assert main(["--base", str(tmp_path / "m.gguf"), "--evaluate", str(claims)]) == 2
    claims.write_text('{"claim": "A", "evidence": ["x"], "label": "NEI"}\n')
    arguments = ["--base", str(tmp_path / "m.gguf"), "--out", str(tmp_path)]
    assert main([*arguments, "--evaluate", str(claims)]) == 4
    assert "UNDERWRITE_ADAPTER_PATH" in capsys.readouterr().err
