"""An adapter beside the real embedded model. Runs where its weights were joined (`make setup`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.model.test_live_engine import EVIDENCE, WEIGHTS
from tests.tools.model.tiny_gguf import lora
from tools.model.claim_question import ADAPTED, OPTIONS, claim_question
from tools.model.gguf_header import read_header
from tools.model.open import open_embedded
from tools.model.weights import is_verified

pytestmark = pytest.mark.skipif(
    not is_verified(WEIGHTS), reason="the embedded weights are not joined yet (make setup)"
)


async def test_an_adapter_changes_what_asks_for_it_and_nothing_else(tmp_path: Path) -> None:
    shapes = {t.name: t.shape for t in read_header(WEIGHTS).tensors}
    name = "blk.3.ffn_down.weight"
    inputs, outputs = shapes[name]
    path = lora(tmp_path / "verify.gguf", {name: (outputs, inputs)}, size=0.05)
    asked = claim_question("A crane fell.", EVIDENCE, ADAPTED)
    log = tmp_path / "engine.log"
    async with open_embedded(WEIGHTS, log_path=log) as model:
        alone = await model.choose(asked, OPTIONS)
    async with open_embedded(WEIGHTS, log_path=log, adapter_path=path) as model:
        adapted = model.adapted()
        assert adapted is not None
        loaded = await model.choose(asked, OPTIONS)
        changed = await adapted.choose(asked, OPTIONS)
        again = await model.choose(asked, OPTIONS)
        changed_again = await adapted.choose(asked, OPTIONS)
        assert adapted.name.startswith(f"{model.name}+verify.")
    assert loaded == alone == again, "bit for bit"
    assert changed == changed_again != alone
