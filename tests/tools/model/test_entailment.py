from __future__ import annotations

import pytest

from agents.evidence import Probabilities
from tools.model.entailment import Lean, ModelEntailment
from tools.model.scripted import ScriptedModel


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


async def test_a_models_lean_is_divided_out() -> None:
    entailment, _ = judging(Lean(stated=4.0, contradicted=1.0, open=1.0))
    [judged] = await entailment.judge([("A", "it rose")])
    assert judged.supported == pytest.approx(0.5)
    assert judged.supported + judged.refuted + judged.insufficient == pytest.approx(1)
