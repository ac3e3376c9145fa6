"""The training loop on a model of two small layers. Runs where the training packages are."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")
transformers = pytest.importorskip("transformers")

from training.adapter_data import Example  # noqa: E402 - after looking whether torch is there
from training.adapter_loop import Recipe, plan_of, predict, train  # noqa: E402
from training.adapter_model import Base, LoraShape, save_adapter, with_lora  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

OPTIONS = [60, 61, 62]
PAD = 0


def model() -> Any:
    torch.manual_seed(0)
    config = transformers.Qwen2Config(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=False,
    )  # fmt: skip
    inner = transformers.Qwen2ForCausalLM(config).to(torch.bfloat16).requires_grad_(False)
    return with_lora(Base(inner, None, "qwen2", "tiny"), LoraShape(rank=8), seed=1)


def examples(count: int) -> list[Example]:
    """The answer is the one that the last word but one stands for; lengths differ."""
    rng = random.Random(5)
    made = []
    for _ in range(count):
        kind = rng.randrange(3)
        ids = [rng.randrange(10, 50) for _ in range(rng.randrange(3, 12))] + [kind + 1, 5]
        target = tuple(float(i == kind) for i in range(3))
        made.append(Example(ids, (target[0], target[1], target[2])))
    return made


RECIPE = Recipe(rate=2e-2, rows=8, accumulate=2, most_steps=60)


def run(path: Path, recipe: Recipe = RECIPE, report: Any = lambda line: None) -> Any:
    made = model()
    train(
        made, [examples(400)] * 4, OPTIONS, PAD, recipe,
        checkpoint=path, signature="same", report=report,
    )  # fmt: skip
    return made


def weights(made: Any) -> dict[str, Any]:
    return {name: p.detach().clone() for name, p in made.named_parameters() if p.requires_grad}


def test_it_learns_the_answer_and_touches_the_adapter_only(tmp_path: Path) -> None:
    before = {n: p.clone() for n, p in model().named_parameters() if not p.requires_grad}
    made = run(tmp_path / "c.pt")
    assert all(torch.equal(p, before[n]) for n, p in made.named_parameters() if n in before)
    tests = examples(60)
    found, share = predict(made, tests, OPTIONS, PAD)
    right = sum(t.target[row.index(max(row))] for t, row in zip(tests, found, strict=True))
    assert right > 50
    assert 0 < share <= 1
    assert all(abs(sum(row) - 1) < 1e-5 for row in found)


def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(tmp_path: Path) -> None:
    whole = weights(run(tmp_path / "whole.pt", RECIPE._replace(most_steps=24)))
    lines: list[str] = []

    def stop(line: str) -> None:
        lines.append(line)
        if line.startswith("step 10/"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts.pt", RECIPE._replace(most_steps=24), stop)
    resumed = weights(run(tmp_path / "parts.pt", RECIPE._replace(most_steps=24), lines.append))
    assert any("going on at step 11 of 24" in line for line in lines)
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "c.pt", RECIPE._replace(most_steps=1))
    with pytest.raises(ValueError, match="another run"):
        train(
            model(), [examples(8)], OPTIONS, PAD, RECIPE,
            checkpoint=tmp_path / "c.pt", signature="other", report=print,
        )  # fmt: skip


def test_batches_are_of_similar_length_and_complete() -> None:
    made = examples(100)
    steps = plan_of([made, made], RECIPE._replace(most_steps=None))
    for epoch in (0, 1):
        seen = [i for step in steps for number, batch in step if number == epoch for i in batch]
        assert sorted(seen) == list(range(100))
    assert all(len(step) == 2 for step in steps[:-1])
    assert plan_of([made], RECIPE) == plan_of([made], RECIPE)


def test_padding_changes_no_answer() -> None:
    made = model()
    tests = examples(20)
    together, _ = predict(made, tests, OPTIONS, PAD)
    for example, row in zip(tests, together, strict=True):
        [[*alone]], _ = predict(made, [example], OPTIONS, PAD)
        assert alone == pytest.approx(row, abs=0.02)


def test_what_is_written_can_be_read_by_peft(tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    made = run(tmp_path / "c.pt", RECIPE._replace(most_steps=5))
    save_adapter(made, tmp_path / "out")
    config = json.loads((tmp_path / "out" / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"], config["peft_type"]) == (8, 32.0, "LORA")
    assert str(tmp_path) not in json.dumps(config)
    bare = made.unload()
    again = peft.PeftModel.from_pretrained(bare, str(tmp_path / "out"))
    found, _ = predict(again, examples(5), OPTIONS, PAD)
    expected, _ = predict(run(tmp_path / "d.pt", RECIPE._replace(most_steps=5)), examples(5),
                          OPTIONS, PAD)  # fmt: skip
    assert found == [pytest.approx(row, abs=0.02) for row in expected]
