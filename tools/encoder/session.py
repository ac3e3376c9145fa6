"""A shipped cross-encoder: pairs of texts in, output vectors out.

Each pair is run alone, on one of a few threads, never padded beside others: with 8-bit weights the
scale of the activations is taken over all that is run together, so that a batch would make a
score depend on its neighbours. Side by side on threads is as fast on a CPU.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from tools.encoder.weights import checked, manifest_of

__all__ = ["MAX_TOKENS", "CrossEncoder", "Outputs"]

MAX_TOKENS: Final = 384
"""Tokens of one pair, the four that mark its parts included."""
_START: Final = 0
_END: Final = 2

Outputs = npt.NDArray[np.float32]


def encodable(text: str) -> str:
    """Lone surrogates, which the tokenizer refuses, become U+FFFD; NUL becomes a space."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", " ")


class CrossEncoder:
    """One graph of a folder of weights.

    threads: pairs read at the same time; default the cores this process may use, at most 8.
    Raises ModelUnusable when a file is missing or not the recorded one.
    """

    def __init__(self, folder: Path, graph: str, *, threads: int | None = None) -> None:
        manifest = manifest_of(folder)
        for name in manifest.files:
            if name.endswith(".bin"):  # what the graphs refer to
                checked(folder, name)
        self.name = manifest.name
        self._tokenizer = Tokenizer.from_file(str(checked(folder, "tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self._threads = max(1, threads if threads is not None else min(8, cores or 1))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(checked(folder, graph)), options, providers=["CPUExecutionProvider"]
        )

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without marks."""
        if not texts:
            return []
        found = self._tokenizer.encode_batch(
            [encodable(text) for text in texts], add_special_tokens=False
        )
        return [encoding.ids for encoding in found]

    def outputs(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Outputs:
        """Outputs of pairs of token ids, float32 [pairs, outputs], in order.

        A pair longer than MAX_TOKENS is cut at the end of its second text.
        """
        rows = []
        for first, second in pairs:
            room = max(0, MAX_TOKENS - 4 - len(first))
            rows.append([_START, *first[: MAX_TOKENS - 4], _END, _END, *second[:room], _END])
        if not rows:
            return np.zeros((0, 0), dtype=np.float32)
        if self._threads == 1 or len(rows) == 1:
            return np.stack([self._one(ids) for ids in rows])
        with ThreadPoolExecutor(min(self._threads, len(rows))) as pool:
            return np.stack(list(pool.map(self._one, rows)))

    def _one(self, ids: Sequence[int]) -> Outputs:
        row = np.asarray([ids], dtype=np.int64)
        feed = {"input_ids": row, "attention_mask": np.ones_like(row)}
        return np.asarray(self._session.run(["outputs"], feed)[0][0], dtype=np.float32)
