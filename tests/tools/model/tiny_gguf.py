"""GGUF files made on the spot: a header, and matrices of given numbers."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

ALIGNMENT = 32
QWEN: dict[str, str | float] = {
    "general.architecture": "qwen2",
    "general.type": "adapter",
    "adapter.type": "lora",
    "adapter.lora.alpha": 32.0,
}


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def gguf(
    path: Path,
    values: Mapping[str, str | float | Sequence[int]],
    tensors: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.float16]]],
) -> Path:
    """Write version 3 with float16 tensors, given as [rows, columns]."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values))
    for key, value in values.items():
        head += text(key)
        if isinstance(value, str):
            head += struct.pack("<I", 8) + text(value)
        elif isinstance(value, float):
            head += struct.pack("<If", 6, value)
        else:
            head += struct.pack("<IIQ", 9, 4, len(value)) + struct.pack(f"<{len(value)}I", *value)
    data = b""
    for name, matrix in tensors.items():
        head += text(name) + struct.pack("<I", matrix.ndim)
        head += struct.pack(f"<{matrix.ndim}Q", *reversed(matrix.shape))
        head += struct.pack("<IQ", 1, len(data))
        data += matrix.astype("<f2").tobytes()
        data += b"\0" * (-len(data) % ALIGNMENT)
    head += b"\0" * (-len(head) % ALIGNMENT)
    path.write_bytes(head + data)
    return path


def matrix(rows: int, columns: int, size: float = 0.0) -> np.ndarray[
    tuple[int, ...], np.dtype[np.float16]
]:
    """Numbers that look random and are always the same, at most `size` from zero."""
    numbers = np.sin(np.arange(rows * columns, dtype=np.float64) * 12.9898) * size
    return numbers.reshape(rows, columns).astype(np.float16)


def lora(
    path: Path,
    shapes: Mapping[str, tuple[int, int]],
    *,
    rank: int = 2,
    size: float = 0.0,
    values: Mapping[str, str | float] = QWEN,
) -> Path:
    """An adapter for matrices of these shapes [outputs, inputs]."""
    tensors = {}
    for name, (outputs, inputs) in shapes.items():
        tensors[f"{name}.lora_a"] = matrix(rank, inputs, size)
        tensors[f"{name}.lora_b"] = matrix(outputs, rank, size)
    return gguf(path, values, tensors)
