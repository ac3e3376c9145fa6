"""The engine's process, with a stand-in for llama.cpp that needs no weights."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.ports import ModelUnusable
from tools.model.embedded import (
    EmbeddedEngine,
    EngineSettings,
    _sweep,
    available_cores,
    check_gguf,
)

STAND_IN = """
import json, os, sys, threading

class _Any:
    def __setattr__(self, name, value):
        self.__dict__[name] = value
    def __getattr__(self, name):
        self.__dict__[name] = _Any()
        return self.__dict__[name]

class CommonParams(_Any):
    pass

class CommonAdapterLoraInfo:
    def __init__(self, path, scale):
        self.said = [path, scale]
    def __str__(self):
        return json.dumps(self.said)

class Server:
    def __init__(self, params):
        print("words of llama.cpp on stdout")
        print("0.00 E load_model: no such tensor", file=sys.stderr, flush=True)
        path = params.model.path
        if "refused" in path:
            raise RuntimeError("Failed to init server")
        if "crash" in path:
            os._exit(139)
        if "slow" in path:
            threading.Event().wait()
        with open(path + ".params", "w") as file:
            json.dump(params.__dict__, file, default=str)
        self.listening_address = "http://127.0.0.1:4711/"
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "xllamacpp.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return tmp_path


def gguf(folder: Path, name: str) -> Path:
    path = folder / f"{name}.gguf"
    path.write_bytes(b"GGUF and more")
    return path


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def ended(pid: int) -> bool:
    """Wait until a process that is not our child is gone (a zombie is)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 30)[0])
    finally:
        os.close(handle)


@pytest.fixture
async def engine(stand_in: Path) -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(gguf(stand_in, "good"), log_path=stand_in / "logs" / "engine.log")
    yield engine
    await engine.stop()


async def test_it_starts_answers_where_and_stops(engine: EmbeddedEngine) -> None:
    with pytest.raises(ModelUnusable, match="not started"):
        _ = engine.url
    assert await engine.start() == "http://127.0.0.1:4711/v1"
    pid, states = engine.pid, engine.states
    assert pid is not None
    assert states.is_dir()
    assert states.stat().st_mode & 0o077 == 0
    assert await engine.start() == engine.url
    assert engine.pid == pid
    await engine.stop()
    assert ended(pid)
    assert not states.exists()
    await engine.stop()


async def test_it_listens_on_loopback_only_with_a_key(engine: EmbeddedEngine) -> None:
    await engine.start()
    params = json.loads(read(Path(f"{engine.model_path}.params")))
    assert params["hostnames"] == ["127.0.0.1"]
    assert params["port"] == 0
    assert params["api_keys"] == [engine.api_key]
    assert len(engine.api_key) >= 24
    assert params["n_parallel"] == 1
    assert params["fit_params"] is False
    assert engine.api_key not in read(Path(f"/proc/{engine.pid}/cmdline"))


async def test_what_llama_prints_goes_to_the_log(
    engine: EmbeddedEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    await engine.start()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert "no such tensor" in engine.log_path.read_text()


async def test_an_adapter_is_loaded_but_not_applied(stand_in: Path) -> None:
    adapter = stand_in / "verify.gguf"
    for path, expected in ((None, None), (adapter, [str(adapter), 0.0])):
        engine = EmbeddedEngine(
            gguf(stand_in, "good"), log_path=stand_in / "engine.log", adapter_path=path
        )
        await engine.start()
        await engine.stop()
        found = json.loads(read(Path(f"{engine.model_path}.params"))).get("lora_adapters")
        assert (json.loads(found[0]) if found else None) == expected


async def test_an_adapter_that_does_not_load_is_explained(stand_in: Path) -> None:
    engine = EmbeddedEngine(
        gguf(stand_in, "refused"), log_path=stand_in / "engine.log", adapter_path=stand_in / "a"
    )
    with pytest.raises(ModelUnusable, match="UNDERWRITE_ADAPTER_PATH, or set UNDERWRITE_MODEL_"):
        await engine.start()


@pytest.mark.parametrize("kind", ["refused", "crash"])
async def test_a_model_that_does_not_load_is_explained(stand_in: Path, kind: str) -> None:
    log = stand_in / "engine.log"
    engine = EmbeddedEngine(gguf(stand_in, kind), log_path=log)
    with pytest.raises(ModelUnusable) as error:
        await engine.start()
    assert str(log) in str(error.value)
    assert "no such tensor" in str(error.value)
    assert "UNDERWRITE_MODEL_PATH" in str(error.value)
    assert engine.pid is None


async def test_loading_leaves_the_loop_free_and_can_be_cancelled(stand_in: Path) -> None:
    engine = EmbeddedEngine(gguf(stand_in, "slow"), log_path=stand_in / "engine.log")
    loading = asyncio.create_task(engine.start())
    await asyncio.sleep(0)  # the child is spawned in the task's first step
    pid = engine.pid
    assert pid is not None
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert ended(pid)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd (Linux)")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("group", [False, True])
def test_nothing_outlives_a_killed_parent(stand_in: Path, how: signal.Signals, group: bool) -> None:
    program = (
        "import asyncio, signal, sys\n"
        "from pathlib import Path\n"
        "from tools.model.embedded import EmbeddedEngine\n"
        # A shell starts background jobs with SIGINT ignored, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "async def main():\n"
        "    engine = EmbeddedEngine(Path(sys.argv[1]), log_path=Path(sys.argv[2]))\n"
        "    await engine.start()\n"
        "    print(engine.pid, engine.states, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(gguf(stand_in, "good")), str(stand_in / "e.log")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": f"{stand_in / 'stand-in'}{os.pathsep}{root}"},
    ) as parent:
        assert parent.stdout is not None
        pid, states = parent.stdout.readline().split()
        if group:
            os.killpg(parent.pid, how)
        else:
            parent.send_signal(how)
        parent.wait(timeout=60)
    assert ended(int(pid))
    if group and how is signal.SIGKILL:
        _sweep(Path(states).parent)  # nobody was left to do it; the next start does
    assert not Path(states).exists()


def test_the_states_of_running_engines_are_not_swept(tmp_path: Path) -> None:
    kept = [tmp_path / f"underwrite-states-{os.getpid()}-x", tmp_path / "underwrite-states-x-1"]
    for folder in kept:
        folder.mkdir()
    _sweep(tmp_path)
    assert all(folder.exists() for folder in kept)


def test_a_file_that_is_not_a_model(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    with pytest.raises(ModelUnusable, match="UNDERWRITE_MODEL_PATH"):
        check_gguf(path)
    path.write_text("<html>")
    with pytest.raises(ModelUnusable, match="not a GGUF file"):
        check_gguf(path)
    with pytest.raises(ModelUnusable, match="cannot be read"):
        check_gguf(tmp_path)
    path.write_bytes(b"GGUF")
    check_gguf(path)


def test_cores_respect_a_containers_quota(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    assert 1 <= available_cores(quota) <= 16
    quota.write_text("50000 100000\n")
    assert available_cores(quota) == 1
    quota.write_text("max 100000\n")
    assert available_cores(quota) == available_cores(tmp_path / "absent")


def test_names(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "tiny-model.gguf", log_path=tmp_path / "log")
    assert engine.alias == "tiny-model"
    assert EngineSettings().slots == 1
