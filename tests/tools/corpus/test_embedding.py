from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from agents.ports import CorpusUnusable
from tools.corpus import embedding
from tools.corpus.embedding import MiniLM, OpenAIEmbedding


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM(threads=2)


TEXTS = [
    "The central bank raised its policy rate by a quarter point.",
    "Policy makers increased interest rates by 25 basis points.",
    "The goalkeeper saved a penalty in extra time.",
    "",
    "word " * 600,
    "a",
]


def test_unit_vectors_that_know_paraphrases(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.3 + vectors[0] @ vectors[2]


def test_a_vector_depends_on_its_text_only(minilm: MiniLM) -> None:
    together = minilm.embed(TEXTS)
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])
    other_way = minilm.embed(TEXTS[::-1])[::-1]
    one_thread = MiniLM(threads=1).embed(TEXTS)
    for other in (alone, other_way, one_thread):
        assert np.array_equal(together, other)


def test_no_texts_and_broken_text(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, 384)
    assert minilm.embed(["half \ud800 a pair"]).shape == (1, 384)


def test_identity_names_model_weights_and_dimension(minilm: MiniLM) -> None:
    assert "all-MiniLM-L6-v2" in minilm.identity
    assert "8199be6f699a395f" in minilm.identity
    assert "dim:384" in minilm.identity
    assert minilm.identity != MiniLM(max_tokens=128).identity


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "model.onnx"
    changed.write_bytes(embedding.packaged_weights().read_bytes()[:-1] + b"!")
    with pytest.raises(CorpusUnusable, match="SHA-256"):
        embedding._checked(changed, embedding._WEIGHTS_SHA256, "the embedding weights")
    monkeypatch.setattr(embedding, "_TOKENIZER", changed)
    with pytest.raises(CorpusUnusable, match="tokenizer"):
        MiniLM()


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_DISTRIBUTION", "no-such-distribution")
    with pytest.raises(CorpusUnusable, match="install no-such-distribution"):
        MiniLM()


class Endpoint(BaseHTTPRequestHandler):
    """Embeds a text as (its length, 3, 0) and answers out of order, as the protocol allows."""

    def do_GET(self) -> None:
        model = {"id": "first", "object": "model", "created": 0, "owned_by": "us"}
        self._send(200, {"object": "list", "data": [model]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = body["input"]
        data = [
            {"object": "embedding", "index": i, "embedding": [float(len(t)), 3.0, 0.0]}
            for i, t in enumerate(texts)
        ]
        allowed = self.headers["Authorization"] == "Bearer key" and all(texts)
        reply = {"object": "list", "model": body["model"], "data": data[::-1]}
        self._send(200 if allowed else 401, reply if allowed else {"error": {"message": "no"}})

    def _send(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def test_an_openai_endpoint(url: str) -> None:
    with OpenAIEmbedding(url, "m", "key", batch=2) as served:
        vectors = served.embed(["four", "sixsix", "", "x\ud800"])
        assert np.allclose(vectors[0], [0.8, 0.6, 0])
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
        assert served.identity == "m dim:3"
        assert served.embed([]).shape == (0, 3)


def test_without_a_name_the_first_model_is_used(url: str) -> None:
    with OpenAIEmbedding(url, "", "key") as served:
        assert served.identity == "first dim:3"


def test_an_endpoint_that_refuses_is_unusable(url: str) -> None:
    with pytest.raises(CorpusUnusable, match="UNDERWRITE_EMBEDDING_URL"):
        OpenAIEmbedding(url, "m", "wrong")
