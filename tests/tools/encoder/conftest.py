from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnxruntime
import pytest

from tests.tools.encoder.tiny import Answer, Network, weights

Tiny = Callable[[Answer], tuple[Path, Network]]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """`tiny(answer)`: a folder of weights and the network that is loaded from it."""

    def made(answer: Answer) -> tuple[Path, Network]:
        network = Network(answer)
        monkeypatch.setattr(onnxruntime, "InferenceSession", network)
        return weights(tmp_path / "weights"), network

    return made
