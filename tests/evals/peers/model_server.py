"""A model server that answers from a list and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np

from tools.corpus.embedding import Vectors

Answering = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]


def said(text: str, prompt: int = 100, completion: int = 10) -> tuple[int, dict[str, Any]]:
    return 200, {
        "id": "x", "created": 1, "model": "tiny", "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": completion,
                  "prompt_tokens_details": {"cached_tokens": 7}},
    }  # fmt: skip


@contextmanager
def model_server(answering: Answering) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The URL and the requests so far."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            status, answer = answering(body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Lengths:
    """An embedding that can be checked by hand: one dimension is the length."""

    identity = "lengths"

    def embed(self, texts: list[str] | tuple[str, ...] | Any) -> Vectors:
        return np.asarray([[float(len(text)), 1.0] for text in texts], dtype=np.float32)
