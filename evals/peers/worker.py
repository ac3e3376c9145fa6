"""Runs inside a peer's environment: one JSON line in, one JSON line out. Standard library only.

    PYTHON -P worker.py run.py

The first line is the setup, the others are questions. `run.py` is the peer's adapter: its
`open_peer(setup)` gives `prepare(folder, documents)`, called once for each folder of documents,
and `ask(prepared, question)`, which returns what the peer said in the peer's own form. Only
`ask` is timed. Whatever the peer prints goes to stderr, so that stdout holds the protocol alone.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from typing import Any


def _adapter(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("peer_adapter", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _failed(error: BaseException) -> dict[str, str]:
    traceback.print_exc()
    return {"error": f"{type(error).__name__}: {error}"}


def main(path: str) -> int:
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(line: dict[str, Any]) -> None:
        report.write(json.dumps(line) + "\n")
        report.flush()

    try:
        setup = json.loads(sys.stdin.readline())
        peer = _adapter(path).open_peer(setup)
    except Exception as error:  # noqa: BLE001 - any reason goes to the driver in words
        say(_failed(error))
        return 1
    say({"ready": True})
    prepared: dict[str, Any] = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            folder = request["folder"]
            began = time.monotonic()
            if folder not in prepared:
                prepared[folder] = peer.prepare(folder, request["documents"])
            asked = time.monotonic()
            raw = peer.ask(prepared[folder], request["question"])
            done = time.monotonic()
            say({"raw": raw, "seconds": done - asked, "prepare_seconds": asked - began})
        except Exception as error:  # noqa: BLE001 - the other questions go on
            say(_failed(error))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
