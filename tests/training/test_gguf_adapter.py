"""The GGUF form of an adapter. Runs where the training packages are installed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tools.model.adapter import read_adapter
from tools.model.gguf_header import read_header

pytest.importorskip("gguf")
numpy_files = pytest.importorskip("safetensors.numpy")

LAYER = "base_model.model.model.layers.{}.{}.lora_{}.weight"


def peft_folder(folder: Path, names: dict[str, tuple[int, int]], **config: object) -> Path:
    """peft's files of a rank 2 adapter for matrices [outputs, inputs], in two layers."""
    tensors = {}
    for layer in (0, 1):
        for name, (outputs, inputs) in names.items():
            a = np.arange(2 * inputs, dtype=np.float16).reshape(2, inputs)
            tensors[LAYER.format(layer, name, "A")] = a
            tensors[LAYER.format(layer, name, "B")] = np.ones((outputs, 2), np.float16)
    folder.mkdir()
    numpy_files.save_file(tensors, str(folder / "adapter_model.safetensors"))
    (folder / "adapter_config.json").write_text(json.dumps({"lora_alpha": 32, "r": 2, **config}))
    return folder


NAMES = {"self_attn.q_proj": (8, 4), "self_attn.o_proj": (4, 8), "mlp.down_proj": (4, 12)}


def test_names_and_shapes_are_llama_cpps(tmp_path: Path) -> None:
    from training.gguf_adapter import write_gguf_adapter

    out = tmp_path / "adapter.gguf"
    size = write_gguf_adapter(peft_folder(tmp_path / "peft", NAMES), out, "qwen2", "a name")
    assert size == out.stat().st_size
    header = read_header(out)
    assert header.values["adapter.lora.alpha"] == 32.0
    assert header.values["general.name"] == "a name"
    found = {tensor.name: (tensor.shape, tensor.kind) for tensor in header.tensors}
    assert len(found) == 12
    assert found["blk.0.attn_q.weight.lora_a"] == ((4, 2), 1)
    assert found["blk.1.attn_q.weight.lora_b"] == ((2, 8), 1)
    assert found["blk.1.attn_output.weight.lora_a"] == ((8, 2), 1)
    assert found["blk.0.ffn_down.weight.lora_a"] == ((12, 2), 1)
    assert read_adapter(out).architecture == "qwen2"


def test_what_does_not_fit_the_format_is_refused(tmp_path: Path) -> None:
    from training.gguf_adapter import write_gguf_adapter

    out = tmp_path / "adapter.gguf"
    with pytest.raises(ValueError, match="llama"):
        write_gguf_adapter(peft_folder(tmp_path / "a", NAMES), out, "llama", "n")
    scaled = peft_folder(tmp_path / "b", NAMES, use_rslora=True)
    with pytest.raises(ValueError, match="plain LoRA"):
        write_gguf_adapter(scaled, out, "qwen2", "n")
    odd = peft_folder(tmp_path / "c", {"mlp.router": (4, 4)})
    with pytest.raises(ValueError, match="no place"):
        write_gguf_adapter(odd, out, "qwen2", "n")
