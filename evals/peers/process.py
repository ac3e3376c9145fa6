"""A peer's process: one JSON line to it, one JSON line from it (evals/peers/worker.py)."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evals.peers.environments import worker_environment

__all__ = ["Worker", "WorkerEnded", "WorkerSlow"]


class WorkerEnded(Exception):
    """The peer's process ended."""


class WorkerSlow(Exception):
    """The peer did not answer in time."""


class Worker:
    """A peer's process, that answers one JSON line with one JSON line."""

    def __init__(
        self, command: Sequence[str], setup: Mapping[str, Any], *, home: Path, log: Path,
        start_limit: float = 300.0,
    ) -> None:  # fmt: skip
        home.mkdir(parents=True, exist_ok=True)
        self._log = log.open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            command, cwd=home, env=worker_environment(home), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._pump, daemon=True).start()
        try:
            reply = self.send(setup, start_limit)
            if "error" in reply:
                raise WorkerEnded(reply["error"])
        except BaseException:
            self.close()
            raise

    def _pump(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def send(self, request: Mapping[str, Any], limit: float) -> dict[str, Any]:
        """The reply. Raises WorkerSlow after `limit` seconds and WorkerEnded."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            raise WorkerSlow(f"no answer within {limit:.0f} s") from None
        except OSError as error:
            raise WorkerEnded(f"its process does not listen: {error}") from None
        if not line:
            raise WorkerEnded(f"its process ended with code {self._process.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def close(self) -> None:
        """End the process and what it started."""
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, 15)
                self._process.wait(timeout=5)
            except (subprocess.TimeoutExpired, ProcessLookupError):
                self._process.kill()
                self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()
