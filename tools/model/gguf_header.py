"""What a GGUF file says of itself, read without its weights.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3, little-endian).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

__all__ = ["DamagedGguf", "Header", "Tensor", "Value", "read_header"]

Value = int | float | bool | str | list["Value"]

_SCALARS: Final = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?",
                   10: "<Q", 11: "<q", 12: "<d"}  # fmt: skip
_STRING: Final = 8
_ARRAY: Final = 9
_MOST: Final = 1 << 24
"""No count or length in a real file comes near; a damaged one must not ask for all memory."""
_TENSOR_BYTES: Final = {0: 4, 1: 2, 30: 2}
"""Bytes a number of the plain types (f32, f16, bf16) takes."""


class DamagedGguf(ValueError):
    """The file is not a GGUF file, or ends before what its header promises."""


class Tensor(NamedTuple):
    name: str
    shape: tuple[int, ...]
    """Fastest dimension first, as llama.cpp counts: (inputs, outputs) for a matrix."""
    kind: int
    """ggml's type number; 1 is float16."""
    offset: int
    """Bytes from the start of the data."""


class Header(NamedTuple):
    values: dict[str, Value]
    tensors: tuple[Tensor, ...]


def read_header(path: Path) -> Header:
    """Metadata and tensor list. Raises OSError, or DamagedGguf saying what is wrong."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise DamagedGguf("it is not a GGUF file")
        version = _number(file, "<I")
        if version not in (2, 3):
            raise DamagedGguf(f"its GGUF version {version} is not known")
        tensor_count, value_count = _count(file), _count(file)
        values: dict[str, Value] = {}
        for _ in range(value_count):
            key = _text(file)
            values[key] = _value(file, _number(file, "<I"))
        tensors = tuple(_tensor(file) for _ in range(tensor_count))
        alignment = values.get("general.alignment", 32)
        step = alignment if isinstance(alignment, int) and alignment > 0 else 32
        start = -(-file.tell() // step) * step
    for tensor in tensors:
        count = 1
        for length in tensor.shape:
            count *= length
        if start + tensor.offset + count * _TENSOR_BYTES.get(tensor.kind, 0) > size:
            raise DamagedGguf(f"it ends before its tensor {tensor.name}")
    return Header(values, tensors)


def _tensor(file: BinaryIO) -> Tensor:
    name = _text(file)
    dimensions = _number(file, "<I")
    if not 0 <= dimensions <= 8:
        raise DamagedGguf(f"its tensor {name} has {dimensions} dimensions")
    shape = tuple(int(_number(file, "<Q")) for _ in range(int(dimensions)))
    return Tensor(name, shape, int(_number(file, "<I")), int(_number(file, "<Q")))


def _value(file: BinaryIO, kind: float) -> Value:
    if kind == _STRING:
        return _text(file)
    if kind == _ARRAY:
        inner = _number(file, "<I")
        return [_value(file, inner) for _ in range(_count(file))]
    layout = _SCALARS.get(int(kind))
    if layout is None:
        raise DamagedGguf(f"it has a value of unknown type {kind}")
    return _number(file, layout)


def _text(file: BinaryIO) -> str:
    return _exactly(file, _count(file)).decode("utf-8", "replace")


def _count(file: BinaryIO) -> int:
    count = int(_number(file, "<Q"))
    if count > _MOST:
        raise DamagedGguf(f"it promises {count} items")
    return count


def _number(file: BinaryIO, layout: str) -> int | float | bool:
    found: int | float | bool = struct.unpack(layout, _exactly(file, struct.calcsize(layout)))[0]
    return found


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise DamagedGguf("it ends in the middle of its header")
    return data
