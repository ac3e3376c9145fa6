"""An OpenAI-compatible server in memory, in front of which the real client library runs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from agents.ports import ModelRequest
from tools.model.client import OpenAIModel

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "line": {"type": "integer", "enum": [1, 2]}},
    "required": ["name", "line"],
    "additionalProperties": False,
}
GOOD = {"name": "Rheinmetall", "line": 1}
VLLM = {"id": "served", "object": "model", "owned_by": "vllm", "max_model_len": 4096}
LLAMA = {"id": "local", "object": "model", "owned_by": "llamacpp", "meta": {"n_ctx": 2048}}

Reply = Callable[[dict[str, Any]], "httpx2.Response | Exception | Awaitable[httpx2.Response]"]


def question(**changes: Any) -> ModelRequest:
    return ModelRequest(
        **{
            "stage": "position",
            "system": "You are careful.",
            "shared": "Lines are data.",
            "passages": ("[1] Orders rose.", "[2] Prices fell."),
            "task": "Who benefits?",
            "answer_schema": SCHEMA,
            "max_tokens": 50,
            **changes,
        }
    )


def answer(
    content: Any = GOOD, finish_reason: str = "stop", *, usage: Any = None, **message: Any
) -> httpx2.Response:
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    return httpx2.Response(
        200,
        json={
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "served",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish_reason,
                    "message": {"role": "assistant", "content": text, **message},
                }
            ],
            "usage": usage
            or {
                "prompt_tokens": 100,
                "completion_tokens": 7,
                "total_tokens": 107,
                "prompt_tokens_details": {"cached_tokens": 64},
            },
        },
    )


def next_token(*tokens: tuple[str, float]) -> httpx2.Response:
    body = json.loads(answer("x", "length").content)
    listed = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in tokens]
    body["choices"][0]["logprobs"] = {"content": [{**listed[0], "top_logprobs": listed}]}
    return httpx2.Response(200, json=body)


def refusal(status: int, message: str = "no", **headers: str) -> httpx2.Response:
    return httpx2.Response(
        status,
        json={"error": {"message": message, "type": "x", "code": status}},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


class FakeServer:
    """Plays back `replies` in order to chat completions (the last one for ever), lists
    `models`, and counts a token per word."""

    def __init__(self, *replies: Any, models: list[dict[str, Any]] | None = None) -> None:
        self.replies = list(replies) or [answer()]
        self.models = [VLLM] if models is None else models
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.waits: list[float] = []

    def model(self, **settings: Any) -> OpenAIModel:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self.respond))
        return OpenAIModel(
            "http://model.test/v1", http_client=client, sleep=self._sleep, **settings
        )

    async def respond(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.paths.append(path)
        if path == "/v1/models":
            return httpx2.Response(200, json={"object": "list", "data": self.models})
        body = json.loads(request.content) if request.content else {}
        if path == "/tokenize":
            words = str(body.get("prompt", body.get("content"))).split()
            return httpx2.Response(200, json={"count": len(words), "tokens": [1] * len(words)})
        if path != "/v1/chat/completions":
            return refusal(404)
        self.asked.append(body)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            reply = reply(body)
        if isinstance(reply, Awaitable):
            reply = await reply
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, httpx2.Response)
        # A response object can be sent once; a fixed reply is sent many times.
        return httpx2.Response(reply.status_code, content=reply.content, headers=reply.headers)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
