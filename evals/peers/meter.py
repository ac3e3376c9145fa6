"""One address for everything a peer asks of models: chat, embeddings and a search with no results.

It stands between the peers and the model server so that all of them are measured in the same
way: every call is counted with the tokens that the server reports, calls go one at a time, and
sampling is off (temperature 0, a fixed seed). It listens on loopback only and wants a key.

An answer is kept by the digest of its request. A question that is asked again, after a stop or
with documents whose change does not reach the prompt, is then answered from there; its tokens and
seconds count as they did the first time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import numpy as np

from agents.evidence import Record
from evals.answers import Tokens
from evals.results import write_whole
from tools.corpus.embedding import Embedding

__all__ = ["EMBEDDING_NAME", "Meter", "Reading"]

EMBEDDING_NAME: Final = "all-MiniLM-L6-v2"
_CHAT: Final = ("/v1/chat/completions", "/v1/completions")


class Reading(Record):
    """What was asked of the models since the last reading."""

    tokens: Tokens = Tokens()
    embedded: int = 0
    """Texts that were sent to be embedded, repeats included."""
    refused: tuple[str, ...] = ()
    """Why the model server refused calls, one entry a call."""
    replayed: int = 0
    """Calls answered from the folder of kept answers."""
    replayed_seconds: float = 0.0
    """What those calls took when they were made."""


@dataclass
class _Counts:
    calls: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0
    embedded: int = 0
    replayed: int = 0
    replayed_seconds: float = 0.0
    refused: list[str] = field(default_factory=list)


class Meter:
    """Use as `with Meter(url, …) as meter:`; `meter.url` and `meter.key` go to the peer.

    url: of the model server, with `/v1`. model: the one that every request is put to, whatever
    it names. embedding: made when the first text is to be embedded. folder: of kept answers; None
    keeps none. longest_answer: tokens, for requests that set no limit. timeout: seconds for one
    call.
    """

    def __init__(
        self,
        url: str,
        model: str,
        embedding: Callable[[], Embedding],
        *,
        api_key: str = "",
        folder: Path | None = None,
        longest_answer: int = 2048,
        timeout: float = 900.0,
    ) -> None:
        self.key = secrets.token_urlsafe(24)
        self._model = model
        self._upstream = url.rstrip("/").removesuffix("/v1")
        self._make_embedding = embedding
        self._embedding: Embedding | None = None
        self._vectors: dict[str, list[float]] = {}
        self._folder = folder
        self._longest = longest_answer
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=timeout, trust_env=False)
        self._one_at_a_time = threading.Lock()
        self._counting = threading.Lock()
        self._counts = _Counts()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def read(self) -> Reading:
        """Everything since the last reading; counting starts anew."""
        with self._counting:
            counts, self._counts = self._counts, _Counts()
        return Reading(
            tokens=Tokens(
                calls=counts.calls, prompt=counts.prompt, cached=counts.cached,
                completion=counts.completion,
            ),
            embedded=counts.embedded,
            refused=tuple(counts.refused),
            replayed=counts.replayed,
            replayed_seconds=counts.replayed_seconds,
        )  # fmt: skip

    def chat(self, path: str, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of the model server's answer, never streamed."""
        request = {k: v for k, v in asked.items() if k not in {"stream", "stream_options"}}
        request |= {"model": self._model, "temperature": 0.0, "seed": 0}
        if not request.get("max_tokens") and not request.get("max_completion_tokens"):
            request["max_tokens"] = self._longest
        canonical = json.dumps([path, request], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
        kept = self._folder / f"{digest[:32]}.json" if self._folder else None
        with self._one_at_a_time:
            if kept is not None and kept.is_file():
                found = json.loads(kept.read_text("utf-8"))
                self._count(found["body"], replayed_seconds=found["seconds"])
                return 200, found["body"]
            began = time.monotonic()
            try:
                response = self._client.post(self._upstream + path, json=request)
                body = response.json()
            except (httpx.HTTPError, ValueError) as error:
                return self._refuse(502, f"{type(error).__name__}: {error}")
            seconds = time.monotonic() - began
        if response.status_code != 200 or not isinstance(body, dict):
            return self._refuse(response.status_code, _message(body))
        if kept is not None:
            whole = {"request": request, "body": body, "seconds": round(seconds, 3)}
            write_whole(kept, json.dumps(whole, ensure_ascii=False))
        self._count(body)
        return 200, body

    def _refuse(self, status: int, why: str) -> tuple[int, dict[str, Any]]:
        with self._counting:
            self._counts.refused.append(f"{status} {why}"[:300])
        return status, {"error": {"message": why, "type": "upstream", "code": status}}

    def _count(self, body: Mapping[str, Any], replayed_seconds: float | None = None) -> None:
        usage = body.get("usage") or {}
        details = usage.get("prompt_tokens_details") or {}
        with self._counting:
            self._counts.calls += 1
            self._counts.prompt += usage.get("prompt_tokens") or 0
            self._counts.completion += usage.get("completion_tokens") or 0
            self._counts.cached += details.get("cached_tokens") or 0
            if replayed_seconds is not None:
                self._counts.replayed += 1
                self._counts.replayed_seconds += replayed_seconds

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        with self._one_at_a_time:
            new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
            if new:
                if self._embedding is None:
                    self._embedding = self._make_embedding()
                for text, vector in zip(new, self._embedding.embed(new), strict=True):
                    self._vectors[text] = [float(x) for x in vector]
        with self._counting:
            self._counts.embedded += len(texts)
        return [self._vectors[text] for text in texts]

    def models(self) -> dict[str, Any]:
        rows = [{"id": name, "object": "model"} for name in (self._model, EMBEDDING_NAME)]
        return {"object": "list", "data": rows}


def _message(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message", error)) if isinstance(error, dict) else str(body)[:200]


def _embeddings(meter: Meter, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    given = asked.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        # langchain sends token numbers unless told otherwise, and they name no words here.
        message = "input must be a text or a list of texts, not token numbers"
        return 400, {"error": {"message": message, "type": "invalid_request_error"}}
    packed = asked.get("encoding_format") == "base64"
    rows = []
    for index, vector in enumerate(meter.embed(texts)):
        value: Any = vector
        if packed:
            value = base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode()
        rows.append({"object": "embedding", "index": index, "embedding": value})
    usage = {"prompt_tokens": 0, "total_tokens": 0}
    return 200, {"object": "list", "data": rows, "model": EMBEDDING_NAME, "usage": usage}


def _as_stream(body: Mapping[str, Any], asked: Mapping[str, Any]) -> bytes:
    """A whole answer as the events of a stream."""
    head = {k: body.get(k) for k in ("id", "created", "model")} | {
        "object": "chat.completion.chunk"
    }
    events: list[dict[str, Any]] = []
    for choice in body.get("choices", []):
        place = {"index": choice.get("index", 0)}
        delta = choice.get("message") or {}
        events.append({**head, "choices": [{**place, "delta": delta, "finish_reason": None}]})
        finish = choice.get("finish_reason") or "stop"
        events.append({**head, "choices": [{**place, "delta": {}, "finish_reason": finish}]})
    if (asked.get("stream_options") or {}).get("include_usage"):
        events.append({**head, "choices": [], "usage": body.get("usage")})
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n"]).encode("utf-8", "replace")


def _handler(meter: Meter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path == "/v1/nothing":
                # gpt-researcher asks its search without a key; there is nothing to find.
                self._reply(200, [])
            elif self._known():
                known = path == "/v1/models"
                self._reply(200 if known else 404, meter.models() if known else {})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if not self._known():
                return
            try:
                asked = json.loads(body)
            except ValueError:
                asked = None
            if not isinstance(asked, dict):
                self._reply(400, {"error": {"message": "the body is not a JSON object"}})
            elif self.path in _CHAT:
                status, answer = meter.chat(self.path, asked)
                if status == 200 and asked.get("stream"):
                    self._send(200, "text/event-stream", _as_stream(answer, asked))
                else:
                    self._reply(status, answer)
            elif self.path == "/v1/embeddings":
                self._reply(*_embeddings(meter, asked))
            else:
                self._reply(404, {"error": {"message": f"nothing at {self.path}"}})

        def _known(self) -> bool:
            given = self.headers.get("Authorization") or ""
            if secrets.compare_digest(given.encode(), f"Bearer {meter.key}".encode()):
                return True
            self._reply(401, {"error": {"message": "unknown key"}})
            return False

        def _reply(self, status: int, body: Any) -> None:
            self._send(status, "application/json", json.dumps(body).encode())

        def _send(self, status: int, kind: str, content: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the peer gave up waiting; its question counts as it ends

    return Handler
