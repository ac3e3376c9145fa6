"""Low-rank adapters (LoRA: Hu et al., ICLR 2022) on a frozen encoder."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["LowRank", "adapted"]


class LowRank(nn.Module):
    """A frozen linear layer plus a trained product of two thin matrices."""

    def __init__(self, base: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        self.base: nn.Module = base
        for parameter in self.base.parameters():
            parameter.requires_grad_(False)
        self.down = nn.Linear(base.in_features, rank, bias=False)
        self.up = nn.Linear(rank, base.out_features, bias=False)
        nn.init.normal_(self.down.weight, std=1.0 / base.in_features**0.5)
        nn.init.zeros_(self.up.weight)
        self.scale = scale

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.base(states) + self.scale * self.up(self.down(states))
        return found


def adapted(encoder: nn.Module, *, rank: int = 8, scale: float = 2.0) -> list[nn.Parameter]:
    """Freeze the encoder and put an adapter on each linear layer of its blocks.

    Returns the parameters to train.
    """
    for parameter in encoder.parameters():
        parameter.requires_grad_(False)
    trained: list[nn.Parameter] = []
    for name, module in list(encoder.named_modules()):
        for child, layer in list(module.named_children()):
            if isinstance(layer, nn.Linear) and ".layer." in f"{name}.{child}":
                wrapped = LowRank(layer, rank, scale)
                setattr(module, child, wrapped)
                trained += [wrapped.down.weight, wrapped.up.weight]
    return trained
