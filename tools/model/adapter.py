"""A LoRA adapter beside the embedded weights: checked, named, and applied only where asked for.

The adapter (Hu et al., "LoRA", ICLR 2022) is loaded once, at scale 0. Each request says which
scale it wants, so that one set of weights in memory serves both the writing prompts, untouched,
and the questions the adapter was trained for.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from agents.evidence import Record
from agents.ports import ModelUnusable
from tools.model.gguf_header import DamagedGguf, Header, read_header

__all__ = ["Adapter", "lora_field", "read_adapter"]

_INSTEAD = "Set UNDERWRITE_ADAPTER_PATH to a GGUF LoRA file made for this model, or unset it."


class Adapter(Record):
    path: Path
    name: str
    """What is added to the model's name: `+verify.` and the first 8 hex digits of the file's
    SHA-256, so that no kept answer of one adapter is taken for another's."""
    architecture: str
    """Of the model that it was trained on, such as qwen2."""


def lora_field(scale: float | None) -> dict[str, Any]:
    """Fields of a llama.cpp request for this scale; none where no adapter is loaded (None).

    Said in every request: one that does not say gets the scale the engine was started with,
    and may begin on a state that was made at another.
    """
    return {} if scale is None else {"lora": [{"id": 0, "scale": scale}]}


def read_adapter(path: Path, model_path: Path | None = None) -> Adapter:
    """The adapter in a file, its header read and checked.

    model_path: the GGUF file it is to be loaded beside. Raises ModelUnusable naming the setting
    when the file is missing, damaged, something else, or made for another architecture.
    """
    header = _header(path)
    kind = header.values.get("general.type"), header.values.get("adapter.type")
    names = {tensor.name for tensor in header.tensors}
    halves = {name.removesuffix(".lora_a") for name in names if name.endswith(".lora_a")}
    if kind != ("adapter", "lora") or not halves:
        raise ModelUnusable(f"{path} is a GGUF file but not a LoRA adapter. {_INSTEAD}")
    if lone := sorted(half for half in halves if f"{half}.lora_b" not in names):
        raise ModelUnusable(f"{path} is damaged: {lone[0]} has no lora_b. {_INSTEAD}")
    architecture = str(header.values.get("general.architecture", ""))
    if model_path is not None:
        _check_fits(path, header, model_path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Adapter(path=path, name=f"verify.{digest[:8]}", architecture=architecture)


def _header(path: Path) -> Header:
    try:
        return read_header(path)
    except OSError as error:
        raise ModelUnusable(
            f"The adapter {path} cannot be read: {error.strerror}. {_INSTEAD}"
        ) from error
    except DamagedGguf as error:
        raise ModelUnusable(f"The adapter {path} cannot be used: {error}. {_INSTEAD}") from error


def _check_fits(path: Path, adapter: Header, model_path: Path) -> None:
    try:
        model = read_header(model_path)
    except (OSError, DamagedGguf):
        return  # loading the model explains it better
    shapes = {tensor.name: tensor.shape for tensor in model.tensors}
    for tensor in adapter.tensors:
        base, _, half = tensor.name.rpartition(".")
        side = {"lora_a": 0, "lora_b": 1}.get(half)
        shape = shapes.get(base, ())
        if side is None or len(shape) != 2 or shape[side] != tensor.shape[side]:
            raise ModelUnusable(
                f"{path} was made for another model than {model_path}: its {tensor.name} does not"
                f" fit. {_INSTEAD}"
            )
