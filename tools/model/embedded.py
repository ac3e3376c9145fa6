"""The embedded engine: llama.cpp in a child process, behind an OpenAI-compatible loopback port.

The engine listens on 127.0.0.1 only, on a port the system picks, and answers only to a random
key, so that neither other users of the machine nor a web page can use it. It ends with its
parent, however that ends: the child watches a pipe that the operating system closes for it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from types import TracebackType
from typing import Final

from agents.evidence import Record
from agents.ports import ModelUnusable
from tools.model.weights import EMBEDDED

__all__ = ["EmbeddedEngine", "EngineSettings", "available_cores", "check_gguf"]

_LOG_LIMIT: Final = 4_000_000
_STOP_SECONDS: Final = 5.0
_STATES: Final = "underwrite-states-"
_SCRIPT: Final = Path(__file__).with_name("engine_process.py")


class EngineSettings(Record):
    """How llama.cpp is run. The defaults make equal requests give equal answers."""

    context: int = 8192
    """Tokens of prompt and answer together, per slot."""
    slots: int = 1
    """Requests decoded together. More than one makes answers depend on what else is running."""
    threads: int | None = None
    """None: the cores this process may use."""
    batch: int = 512
    """Prompt tokens evaluated together."""
    gpu_layers: int = 0
    prefix_mib: int = 1024
    """Disk for the states of shared prompt beginnings, so that going back to one is cheap."""


class EmbeddedEngine:
    """Starts and stops the engine for one GGUF file.

    Use as `async with EmbeddedEngine(path, log_path=…) as engine:` or with start and stop.
    Starting raises ModelUnusable with what to change.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        log_path: Path,
        alias: str | None = None,
        settings: EngineSettings | None = None,
        adapter_path: Path | None = None,
    ) -> None:
        """adapter_path: a LoRA adapter to load beside the model, applied to the requests that
        ask for it (tools.model.adapter)."""
        self.model_path = model_path
        self.adapter_path = adapter_path
        self.log_path = log_path
        self.settings = settings or EngineSettings()
        self.alias = alias or model_name(model_path)
        self.api_key = secrets.token_urlsafe(24)
        self._address: str | None = None
        self._states: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base URL with `/v1`. Raises ModelUnusable when not started."""
        if self._address is None:
            raise ModelUnusable("The embedded model is not started.")
        return f"{self._address}/v1"

    @property
    def states(self) -> Path:
        """Folder of saved prompt states, gone when the engine stops."""
        if self._states is None:
            raise ModelUnusable("The embedded model is not started.")
        return Path(self._states.name)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    async def start(self) -> str:
        """Start and wait until the model is loaded; returns the base URL. Idempotent.

        Nothing of the load runs in this process, so the event loop stays free. If the caller
        is cancelled meanwhile, the child is ended.
        """
        if self.pid is not None and self._address is not None:
            return self.url
        check_gguf(self.model_path)
        process = self._spawn()
        self._process = process
        assert process.stdout is not None
        try:
            line = await asyncio.to_thread(process.stdout.readline)
        except BaseException:
            await self.stop()
            raise
        report = _report(line)
        if "address" not in report:
            reason = report.get("error") or "it ended without a word"
            await self.stop()
            adapter = self.adapter_path
            beside = f" with the adapter {adapter}" if adapter else ""
            unset = "Change or unset UNDERWRITE_ADAPTER_PATH, or set" if adapter else "Set"
            raise ModelUnusable(
                f"The embedded engine cannot load {self.model_path}{beside}: {reason}. Its log is"
                f" {self.log_path}{self._last_error()} {unset} UNDERWRITE_MODEL_PATH to"
                " another GGUF file or UNDERWRITE_MODEL_URL to a server."
            )
        self._address = report["address"].rstrip("/")
        return self.url

    async def stop(self) -> None:
        """End the child and wait for it. Idempotent; safe when never started."""
        process, self._process, self._address = self._process, None, None
        if process is not None:
            await asyncio.shield(asyncio.to_thread(_end, process))
        if self._states is not None:
            self._states.cleanup()
            self._states = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        _sweep(Path(tempfile.gettempdir()))
        self._states = tempfile.TemporaryDirectory(
            prefix=f"{_STATES}{os.getpid()}-", ignore_cleanup_errors=True
        )
        settings = {
            "model": str(self.model_path),
            "alias": self.alias,
            "api_key": self.api_key,
            "adapter": str(self.adapter_path) if self.adapter_path else None,
            **self.settings.model_dump(),
            "threads": self.settings.threads or available_cores(),
            "states": str(self._states.name),
        }
        try:
            self.log_path.parent.mkdir(parents=True, exist_ok=True)
            grown = self.log_path.exists() and self.log_path.stat().st_size > _LOG_LIMIT
            with self.log_path.open("wb" if grown else "ab") as log:
                process = subprocess.Popen(
                    # -P: the script's folder must not come first on the import path.
                    [sys.executable, "-P", str(_SCRIPT)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    # Threads that wait actively starve each other where the cores are shared:
                    # with four busy neighbours on two cores, 0.8 against 4.5 tokens a second.
                    env={"OMP_WAIT_POLICY": "passive", **os.environ},
                )
            assert process.stdin is not None
            # On stdin rather than as arguments: those are visible to every user of the machine.
            process.stdin.write(json.dumps(settings).encode() + b"\n")
            process.stdin.flush()
        except OSError as error:
            raise ModelUnusable(
                f"The embedded engine cannot be started: {error}. Set UNDERWRITE_HOME to a folder"
                " you can write to, or UNDERWRITE_MODEL_URL to a server."
            ) from error
        _running.add(process)
        return process

    def _last_error(self) -> str:
        try:
            lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "."
        errors = [line for line in lines[-40:] if "error" in line.lower() or " E " in line]
        return f" and says: {errors[-1].strip()}." if errors else "."

    async def __aenter__(self) -> EmbeddedEngine:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


def model_name(path: Path) -> str:
    """The name a GGUF is served under: our own for the default weights, else its file stem."""
    return EMBEDDED.name if path.stem == EMBEDDED.sha256 else path.stem


def check_gguf(path: Path) -> None:
    """Raise ModelUnusable, naming the setting, unless `path` is a readable GGUF file."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelUnusable(
            f"The model file {path} cannot be read: {error.strerror}. Set UNDERWRITE_MODEL_PATH"
            " to a GGUF file, or unset it to use the embedded model."
        ) from error
    if magic != b"GGUF":
        raise ModelUnusable(
            f"{path} is not a GGUF file. Set UNDERWRITE_MODEL_PATH to one, or unset it to use the"
            " embedded model."
        )


def available_cores(cgroup: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Cores this process may use: its affinity, and a container's CPU quota where there is one.

    One thread too many costs more than one too few, as all wait for the slowest; beyond 16 a
    model of this size gains nothing.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        quota, period = cgroup.read_text(encoding="ascii").split()[:2]
        cores = min(cores, max(1, int(quota) // int(period)))
    except (OSError, ValueError):  # no such file, or "max": no quota
        pass
    return max(1, min(cores, 16))


def _sweep(folder: Path) -> None:
    """Remove the states of engines whose process was killed together with its parent."""
    for path in folder.glob(f"{_STATES}*"):
        owner = path.name.removeprefix(_STATES).partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's, so alive
        return True
    return True


def _report(line: bytes) -> dict[str, str]:
    try:
        loaded = json.loads(line)
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()  # the child takes this as the word to end
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
    _running.discard(process)


_running: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    # The pipe would end them anyway; waiting here leaves no zombie and no late log line.
    for process in list(_running):
        _end(process)
