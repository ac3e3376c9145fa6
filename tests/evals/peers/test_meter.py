"""The one address that peers ask: counted, repeatable, and closed to others."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from evals.peers.meter import Meter
from tests.evals.peers.model_server import Answering, Lengths, model_server, said


@contextmanager
def metered(answering: Answering, **options: Any) -> Iterator[tuple[Meter, list[dict[str, Any]]]]:
    with (
        model_server(answering) as (url, asked),
        Meter(url, "tiny", Lengths, **options) as meter,
    ):
        yield meter, asked


def post(meter: Meter, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {meter.key if key is None else key}"}
    with httpx.Client(trust_env=False) as client:
        return client.post(f"{meter.url}/{path}", json=body, headers=headers)


ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.4}


def test_calls_are_counted_and_put_to_the_one_model_without_sampling() -> None:
    with metered(lambda body: said("Hello"), api_key="secret", longest_answer=64) as (meter, asked):
        answer = post(meter, "chat/completions", ASKED).json()
        assert answer["choices"][0]["message"]["content"] == "Hello"
        post(meter, "chat/completions", {**ASKED, "max_tokens": 5})
        reading = meter.read()
        assert meter.read().tokens.calls == 0
    assert reading.tokens.model_dump() == {
        "calls": 2, "prompt": 200, "cached": 14, "completion": 20,
    }  # fmt: skip
    assert [row["max_tokens"] for row in asked] == [64, 5]
    for row in asked:
        assert (row["model"], row["temperature"], row["seed"]) == ("tiny", 0.0, 0)
        assert row["key"] == "Bearer secret"


def test_a_stream_is_made_of_the_whole_answer() -> None:
    with metered(lambda body: said("Hello there")) as (meter, asked):
        streamed = {**ASKED, "stream": True, "stream_options": {"include_usage": True}}
        response = post(meter, "chat/completions", streamed)
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    events = [json.loads(line) for line in lines]
    assert events[0]["choices"][0]["delta"]["content"] == "Hello there"
    assert events[1]["choices"][0]["finish_reason"] == "stop"
    assert events[2]["usage"]["prompt_tokens"] == 100
    assert "stream" not in asked[0]


def test_a_kept_answer_counts_as_it_did_when_it_was_made(tmp_path: Path) -> None:
    with metered(lambda body: said("Hello"), folder=tmp_path) as (meter, _):
        post(meter, "chat/completions", ASKED)
        first = meter.read()
    with metered(lambda body: said("Hello"), folder=tmp_path) as (meter, asked):
        post(meter, "chat/completions", {**ASKED, "stream": True})
        second = meter.read()
        post(meter, "chat/completions", {**ASKED, "max_tokens": 3})
    assert [row["max_tokens"] for row in asked] == [3]
    assert second.tokens == first.tokens
    assert (first.replayed, second.replayed) == (0, 1)
    (kept, _) = sorted(tmp_path.glob("*.json"), key=lambda path: path.stat().st_mtime)
    assert second.replayed_seconds == json.loads(kept.read_text("utf-8"))["seconds"]


def test_a_refusal_is_passed_on_counted_and_not_kept(tmp_path: Path) -> None:
    too_long = (400, {"error": {"message": "exceeds the available context size"}})
    with metered(lambda body: too_long, folder=tmp_path) as (meter, _):
        response = post(meter, "chat/completions", ASKED)
        reading = meter.read()
    assert response.status_code == 400
    assert "context size" in response.json()["error"]["message"]
    assert reading.refused == ("400 exceeds the available context size",)
    assert reading.tokens.calls == 0
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_gone_is_a_refusal() -> None:
    with model_server(lambda body: said("")) as (url, _):
        pass
    with Meter(url, "tiny", Lengths) as meter:
        assert post(meter, "chat/completions", ASKED).status_code == 502
        assert meter.read().refused[0].startswith("502 ConnectError")


def test_embeddings_as_numbers_and_packed() -> None:
    with Meter("http://127.0.0.1:9/v1", "tiny", Lengths) as meter:
        plain = post(meter, "embeddings", {"input": ["ab", "abcd"], "model": "m"}).json()
        packed = post(
            meter, "embeddings", {"input": "abc", "model": "m", "encoding_format": "base64"}
        ).json()
        tokens = post(meter, "embeddings", {"input": [[1, 2]], "model": "m"})
        assert meter.read().embedded == 3
    assert [row["embedding"] for row in plain["data"]] == [[2.0, 1.0], [4.0, 1.0]]
    vector = np.frombuffer(base64.b64decode(packed["data"][0]["embedding"]), dtype="<f4")
    assert vector.tolist() == [3.0, 1.0]
    assert tokens.status_code == 400
    assert "token numbers" in tokens.json()["error"]["message"]


def test_a_stranger_gets_nothing_and_a_search_finds_nothing() -> None:
    with Meter("http://127.0.0.1:9/v1", "tiny", Lengths) as meter:
        assert post(meter, "chat/completions", ASKED, key="guess").status_code == 401
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"{meter.url}/models").status_code == 401
            assert client.get(f"{meter.url}/nothing?query=x").json() == []
