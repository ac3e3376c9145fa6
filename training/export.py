"""From a trained network to what is shipped: ONNX with 8-bit weights in one shared file.

Weights of the linear layers and of the word vectors are quantised to int8 (one scale an output
channel, symmetric), activations at run time (dynamic quantisation), after `training.smoothing`. The
verifier and the sentiment graph share the encoder: tensors with equal bytes are stored once, in
`encoder.bin`, and sentiment adds only its low-rank adapters and its own output layers.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

__all__ = ["copy_tokenizer", "export"]

_SHARED: Final = 1024
"""Bytes from which a tensor goes to the shared file."""


def _traced(model: nn.Module, path: Path) -> None:
    model.eval()
    ids = torch.full((1, 9), 1000, dtype=torch.long)
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids)),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["outputs"],
        dynamic_axes={
            "input_ids": {0: "rows", 1: "tokens"},
            "attention_mask": {0: "rows", 1: "tokens"},
            "outputs": {0: "rows"},
        },
        opset_version=17,
        dynamo=False,
    )


def export(model: nn.Module, folder: Path, graph: str, *, keep: Iterable[str] = ()) -> None:
    """Write `folder/graph`, its big tensors into `folder/encoder.bin` (kept and added to).

    keep: parts of node names that stay in float32 (small layers whose rounding would show).
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "plain.onnx", Path(scratch) / "small.onnx"
        _traced(model.float(), plain)
        names = [n.name for n in onnx.load(str(plain)).graph.node]
        quantize_dynamic(
            str(plain),
            str(small),
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            per_channel=True,
            reduce_range=False,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=[n for n in names if any(part in n for part in keep)],
        )
        found = onnx.load(str(small))
    _share(found, folder / "encoder.bin")
    onnx.save_model(found, str(folder / graph))


def _share(model: Any, path: Path) -> None:
    """Move big tensors into the file; one that is there already is referred to."""
    data = bytearray(path.read_bytes()) if path.exists() else bytearray()
    index_path = path.with_suffix(".index.json")
    index: dict[str, list[int]] = json.loads(index_path.read_text()) if index_path.exists() else {}
    for tensor in model.graph.initializer:
        raw = numpy_helper.to_array(tensor).tobytes()
        if len(raw) < _SHARED:
            continue
        key = hashlib.sha256(raw).hexdigest()
        if key not in index:
            data += b"\0" * (-len(data) % 64)
            index[key] = [len(data), len(raw)]
            data += raw
        offset, length = index[key]
        for field in ("raw_data", "float_data", "int32_data", "int64_data"):
            tensor.ClearField(field)
        del tensor.external_data[:]
        for name, value in (("location", path.name), ("offset", offset), ("length", length)):
            entry = tensor.external_data.add()
            entry.key, entry.value = name, str(value)
        tensor.data_location = onnx.TensorProto.EXTERNAL
    path.write_bytes(bytes(data))
    index_path.write_text(json.dumps(index))


def copy_tokenizer(base: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(base / "tokenizer.json", folder / "tokenizer.json")
