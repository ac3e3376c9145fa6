"""The real embedded model, small. Runs where its weights were joined before (`make setup`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.model.fake_server import SCHEMA, question
from tools.model.open import open_embedded
from tools.model.weights import is_verified, models_directory, weights_path

WEIGHTS = weights_path(models_directory())

pytestmark = pytest.mark.skipif(
    not is_verified(WEIGHTS), reason="the embedded weights are not joined yet (make setup)"
)

EVIDENCE = (
    "[1] The harbour of Port Lume closed its grain terminal on Monday after a crane fell. "
    "Wheat exports through the harbour had been 40,000 tonnes a week.",
    "[2] Growers in the valley said that they would use the railway to the north instead.",
)


async def test_equal_questions_get_equal_answers_whatever_came_between(tmp_path: Path) -> None:
    asked = question(
        system="You fill in small forms.",
        shared="",
        passages=EVIDENCE,
        task="Who is hurt, and which line says so?",
        answer_schema=SCHEMA,
        max_tokens=24,
    )
    yes_no = asked.model_copy(update={"task": "Did a crane fall? Reply yes or no."})
    async with open_embedded(WEIGHTS, log_path=tmp_path / "engine.log") as model:
        cold = await model.choose(yes_no, ["yes", "no"])
        form = await model.fill(asked)
        again = await model.choose(yes_no, ["yes", "no"])
        assert again == cold, "bit for bit, with the evidence read from the cache"
        assert cold["yes"] > 0.5
        assert form.usage.cached_tokens > 60
        assert form.data["line"] in {1, 2}
        assert model.usage()["position"].calls == 3
        assert await model.count_tokens("Hello world") == 2
        facts = await model.connect()
        assert (facts.kind, facts.context, facts.context_known) == ("llama.cpp", 8192, True)
