"""The base model with a LoRA adapter on it, from a GGUF file or a transformers folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
from transformers.utils import logging

__all__ = [
    "Base",
    "LoraShape",
    "adapter_state",
    "load_base",
    "option_logits",
    "save_adapter",
    "with_lora",
]


class Base(NamedTuple):
    model: Any
    tokenizer: Any
    architecture: str
    """The model type, such as qwen2."""
    name: str


class LoraShape(NamedTuple):
    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.05
    targets: str = "all-linear"
    """`all-linear`, or names of layers with commas between them: `q_proj,v_proj`."""


def load_base(path: Path, device: torch.device) -> Base:
    """The model in bfloat16, frozen. 4-bit weights are unpacked: 1.5B take 3.1 GB.

    The adapter is trained on the weights that it will run beside, rounding included.
    Raises OSError or ValueError when `path` is neither.
    """
    logging.disable_progress_bar()
    if path.is_dir():
        where: dict[str, Any] = {"pretrained_model_name_or_path": str(path)}
        unpacked = {}
    else:
        where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
        unpacked = {"quantization_config": GgufConfig(dequantize=True)}
    tokenizer = AutoTokenizer.from_pretrained(**where)
    model = AutoModelForCausalLM.from_pretrained(**where, **unpacked, dtype=torch.bfloat16)
    if not tokenizer.chat_template:
        raise ValueError(f"{path} has no chat template: take an instruction-tuned model")
    model.requires_grad_(False)
    model.config.use_cache = False
    # Where it lay on the machine that trained says nothing to others.
    model.config.name_or_path = path.stem
    return Base(model.to(device), tokenizer, model.config.model_type, path.stem)


def with_lora(base: Base, shape: LoraShape, *, seed: int, save_memory: bool = False) -> Any:
    """The model with an untrained adapter (whose effect is nothing). Adapter weights float32."""
    torch.manual_seed(seed)
    targets = shape.targets.split(",") if "," in shape.targets else shape.targets
    config = LoraConfig(
        r=shape.rank,
        lora_alpha=shape.alpha,
        lora_dropout=shape.dropout,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base.model, config)
    if save_memory:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable()
    return model


def option_logits(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, options: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of the answer's first token.

    ids, mask: [batch, tokens], padded on the left. options: token ids [n].
    Returns (logits of the options [batch, n], log of the share of all probability that they
    have together [batch]), float32.
    """
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        out = model(
            input_ids=ids, attention_mask=mask, position_ids=positions, logits_to_keep=1
        ).logits[:, -1]
    logits = out.float()
    chosen = logits[:, options]
    return chosen, torch.logsumexp(chosen, -1) - torch.logsumexp(logits, -1)


def adapter_state(model: Any) -> dict[str, torch.Tensor]:
    """The adapter's weights by name."""
    # Embeddings are never changed; looking whether they are asks a hub for the base model.
    state: dict[str, torch.Tensor] = get_peft_model_state_dict(model, save_embedding_layers=False)
    return state


def save_adapter(model: Any, folder: Path) -> None:
    """peft's files (adapter_model.safetensors in float16, adapter_config.json), as vLLM reads
    them. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    config = model.peft_config["default"]
    state = {
        name: tensor.detach().to("cpu", torch.float16).contiguous()
        for name, tensor in adapter_state(model).items()
    }
    save_file(state, str(folder / "adapter_model.safetensors"), metadata={"format": "pt"})
    config.inference_mode = True
    config.save_pretrained(str(folder))
    config.inference_mode = False
