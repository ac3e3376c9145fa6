"""A trained LoRA adapter as the GGUF file that llama.cpp loads.

Layout as in llama.cpp's convert_lora_to_gguf.py: the base model's tensor names with `.lora_a`
[rank, inputs] and `.lora_b` [outputs, rank]; llama.cpp applies scale * alpha / rank of them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
from safetensors.numpy import load_file

__all__ = ["ARCHITECTURES", "write_gguf_adapter"]

ARCHITECTURES: Final = frozenset({"qwen2", "qwen3"})
"""Model types whose matrices are stored in GGUF as they are in transformers. Others (llama)
reorder the rows of queries and keys."""

_NAME: Final = re.compile(r"base_model\.model\.(?P<layer>.+)\.lora_(?P<half>[AB])\.weight")
_BLOCK: Final = re.compile(r"\.layers\.(\d+)\.")


def write_gguf_adapter(folder: Path, out: Path, architecture: str, name: str) -> int:
    """Write peft's adapter in `folder` as a float16 GGUF file; returns its bytes.

    Raises ValueError for what the format or this writer does not hold: another architecture,
    rank-stabilised or weight-decomposed adapters, tensors that are not LoRA matrices.
    """
    if architecture not in ARCHITECTURES:
        known = ", ".join(sorted(ARCHITECTURES))
        raise ValueError(f"no GGUF adapter for {architecture} models yet, only for {known}")
    config: dict[str, Any] = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    if config.get("use_rslora") or config.get("use_dora") or config.get("modules_to_save"):
        raise ValueError("a GGUF adapter holds plain LoRA only")
    tensors = load_file(str(folder / "adapter_model.safetensors"))
    writer = gguf.GGUFWriter(str(out), architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_name(name)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(config["lora_alpha"]))
    for target, matrix in sorted(_renamed(tensors, architecture).items()):
        writer.add_tensor(target, np.ascontiguousarray(matrix.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return out.stat().st_size


def _renamed(tensors: dict[str, Any], architecture: str) -> dict[str, Any]:
    blocks = [int(found[1]) for name in tensors if (found := _BLOCK.search(name))]
    [arch] = [key for key, value in gguf.MODEL_ARCH_NAMES.items() if value == architecture]
    names = gguf.get_tensor_name_map(arch, max(blocks, default=-1) + 1)
    renamed = {}
    for name, matrix in tensors.items():
        match = _NAME.fullmatch(name)
        target = names.get_name(match["layer"]) if match else None
        if match is None or target is None:
            raise ValueError(f"{name} has no place in a GGUF adapter")
        renamed[f"{target}.weight.lora_{match['half'].lower()}"] = matrix
    return renamed
