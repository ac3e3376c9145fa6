from __future__ import annotations

import pytest

from agents.evidence import Probabilities
from agents.ports import ModelRequest, PromptTooLong
from tools.model.entailment import Lean, ModelEntailment
from tools.model.scripted import ScriptedModel
from tools.model.weights import EMBEDDED


def judging(lean: Lean | None = None) -> tuple[ModelEntailment, ScriptedModel]:
    model = ScriptedModel(
        choose=lambda request, options: (
            {"stated": 0.8, "contradicted": 0.1, "open": 0.1}
            if "rose" in request.passages[0]
            else {"stated": 0.2, "contradicted": 0.6, "open": 0.2}
        )
    )
    return ModelEntailment(model, lean=lean or Lean()), model


async def test_pairs_are_judged_in_their_order() -> None:
    entailment, model = judging()
    pairs = [("A", "it rose"), ("B", "it fell"), ("A", "it fell"), ("A", "it rose")]
    judged = await entailment.judge(pairs)
    assert [round(p.supported, 6) for p in judged] == [0.8, 0.2, 0.2, 0.8]
    assert len(model.asked) == 3, "equal pairs are asked once"
    assert entailment.name == "model:scripted"


async def test_what_pairs_share_comes_first() -> None:
    entailment, model = judging()
    await entailment.judge([("Coal", "it rose\n\nand fell"), ("Gas", "it rose\n\nand fell")])
    first, second = model.asked
    assert first.passages == second.passages == ("[1] it rose", "[2] and fell")
    assert (first.system, first.shared) == (second.system, second.shared)
    assert "Coal" in first.task
    assert "Coal" not in first.shared


async def test_without_evidence_nothing_is_asked_or_decided() -> None:
    entailment, model = judging()
    judged = await entailment.judge([("A", ""), ("A", " \n ")])
    assert judged == [Probabilities(supported=0, refuted=0, insufficient=1)] * 2
    assert model.asked == []
    assert await entailment.judge([]) == []


async def test_the_embedded_model_is_never_sure() -> None:
    for answer in ("stated", "contradicted"):
        sure = {"stated": 0.01, "contradicted": 0.01, "open": 0.01, answer: 0.98}
        model = ScriptedModel(choose=lambda r, o, sure=sure: sure, name=EMBEDDED.name)  # type: ignore[misc]
        [judged] = await ModelEntailment(model).judge([("A", "it rose")])
        assert max(judged.supported, judged.refuted) == max(judged.model_dump().values()) < 0.8


async def test_a_models_lean_is_divided_out() -> None:
    entailment, _ = judging(Lean(stated=4.0, contradicted=1.0, open=1.0))
    [judged] = await entailment.judge([("A", "it rose")])
    assert judged.supported == pytest.approx(0.5)
    assert judged.supported + judged.refuted + judged.insufficient == pytest.approx(1)


async def test_evidence_longer_than_a_prompt_is_read_in_parts() -> None:
    def choose(request: ModelRequest, options: object) -> dict[str, float] | Exception:
        if len(request.passages) > 2:
            return PromptTooLong("too long")
        decides = any("rose" in line for line in request.passages)
        return {"stated": 0.9, "open": 0.1} if decides else {"open": 1.0}

    model = ScriptedModel(choose=choose)
    evidence = "\n".join(["it fell"] * 6 + ["it rose"])
    [judged] = await ModelEntailment(model).judge([("A", evidence)])
    assert judged.supported == pytest.approx(0.9)
    with pytest.raises(PromptTooLong):
        await ModelEntailment(ScriptedModel(choose=lambda r, o: PromptTooLong("x"))).judge(
            [("A", "one line")]
        )
