"""The child process that holds llama.cpp. Run by `tools.model.embedded`, never imported.

Why a process of its own, when the library runs in process: llama.cpp writes its log to the
process's stderr, aborts the process on some bad files, keeps process-wide state and must be torn
down before the interpreter. Here all of that ends with this process, and the parent stays a
terminal program with a clean stderr.

stdin: one line of JSON settings, then silence; its end means that the parent is gone (however it
died), and so this process ends. stdout: one line of JSON, {"address"} or {"error"}.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from typing import Any, NoReturn


def _settings(line: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(line)
    return loaded


def _read_line() -> bytes:
    # Byte by byte, so that nothing after the line is swallowed by a buffer.
    line = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line


def _end_with_parent(states: str) -> None:
    while os.read(0, 4096):
        pass
    _end(states)


def _end(states: str) -> NoReturn:
    # A parent that was killed cannot remove what it kept of its prompts.
    shutil.rmtree(states, ignore_errors=True)
    # Nothing here needs flushing, and llama.cpp's own teardown may wait for a running request.
    os._exit(0)


def main() -> int:
    # Ctrl-C reaches the whole process group; the parent decides when the engine stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = _settings(_read_line())
    states = settings["states"]
    # A whole group is told to end together (timeout, a closed terminal), this process too.
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, lambda *_: _end(states))
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever llama.cpp prints goes to the log, not into the report
    threading.Thread(target=_end_with_parent, args=(states,), daemon=True).start()
    try:
        server = _serve(settings)
    except Exception as error:  # noqa: BLE001 - any reason goes to the parent in words
        report.write(json.dumps({"error": str(error)}) + "\n")
        report.close()
        return 1
    report.write(json.dumps({"address": server.listening_address}) + "\n")
    report.close()
    threading.Event().wait()
    return 0


def _serve(settings: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["model"]
    params.model_alias = {settings["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # the system picks a free one
    params.api_keys = [settings["api_key"]]
    params.n_ctx = settings["context"] * settings["slots"]
    params.n_parallel = settings["slots"]
    params.n_batch = settings["batch"]
    params.n_ubatch = settings["batch"]
    params.n_gpu_layers = settings["gpu_layers"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    if settings["adapter"]:
        # Loaded, and applied to no request that does not ask for it.
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(settings["adapter"], 0.0)]
    # The parent keeps states of shared beginnings itself (tools.model.prefixes), at fixed places.
    params.cache_ram_mib = 0
    params.slot_save_path = settings["states"] + os.sep
    # Fitting the context to the memory that happens to be free would make answers depend on it.
    params.fit_params = False
    params.ui = False
    params.endpoint_slots = True
    params.endpoint_metrics = False
    params.warmup = False
    return xllamacpp.Server(params)


if __name__ == "__main__":
    sys.exit(main())
