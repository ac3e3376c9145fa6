from __future__ import annotations

import pytest

from agents.ports import ModelAnswerInvalid
from tests.tools.model.fake_server import GOOD, question
from tools.model.scripted import ScriptedModel, Unscripted


async def test_it_answers_counts_and_remembers_what_was_asked() -> None:
    model = ScriptedModel(lambda request: dict(GOOD), lambda request, options: {"yes": 3.0})
    assert (await model.fill(question())).data == GOOD
    assert await model.choose(question(stage="verify"), ["yes", "no"]) == {"yes": 1.0, "no": 0.0}
    assert [request.stage for request in model.asked] == ["position", "verify"]
    usage = model.usage()
    assert usage["position"].calls == usage["verify"].calls == 1
    assert usage["position"].prompt_tokens > 0
    assert await model.count_tokens("12345") == 2


async def test_it_raises_what_the_handler_gives_or_raises() -> None:
    model = ScriptedModel(lambda request: ModelAnswerInvalid("cut"))
    with pytest.raises(ModelAnswerInvalid, match="cut"):
        await model.fill(question())


async def test_it_cannot_say_what_no_constrained_model_would() -> None:
    with pytest.raises(Unscripted, match=r"off its schema at \$.line"):
        await ScriptedModel(lambda request: {"name": "x", "line": 9}).fill(question())
    with pytest.raises(Unscripted, match="does not fit"):
        await ScriptedModel(choose=lambda r, o: {"perhaps": 1.0}).choose(question(), ["yes", "no"])
    with pytest.raises(Unscripted, match="does not fit"):
        await ScriptedModel(choose=lambda r, o: {"yes": 0.0}).choose(question(), ["yes", "no"])
    with pytest.raises(Unscripted, match="without an answer_schema"):
        await ScriptedModel(lambda request: {}).fill(question(answer_schema=None))


async def test_an_unforeseen_question_fails_the_test_that_asks_it() -> None:
    with pytest.raises(Unscripted, match="no answer for fill in stage position"):
        await ScriptedModel().fill(question())
    with pytest.raises(Unscripted, match="no answer for choose"):
        await ScriptedModel().choose(question(), ["yes", "no"])
