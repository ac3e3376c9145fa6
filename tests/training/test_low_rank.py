"""Adapters on a tiny encoder. Runs where torch is installed."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from training.low_rank import LowRank, adapted  # noqa: E402 - after looking whether torch is there


def encoder() -> Any:
    """Modules named as an encoder's are: word vectors, and linear layers in numbered blocks."""
    torch.manual_seed(3)
    linear, named = torch.nn.Linear, torch.nn.ModuleDict
    blocks = [
        named({"attention": named({"q": linear(4, 4)}), "out": linear(4, 6)}) for _ in range(2)
    ]
    body = named({"layer": torch.nn.ModuleList(blocks), "bias": linear(4, 2)})
    return named({"words": torch.nn.Embedding(9, 4), "encoder": body})


def test_a_fresh_adapter_changes_nothing() -> None:
    base = torch.nn.Linear(5, 3)
    states = torch.randn(2, 7, 5)
    expected = base(states).detach().clone()
    assert torch.equal(LowRank(base, 2, 2.0)(states), expected)


def test_what_is_added_is_the_scaled_product_of_the_thin_matrices() -> None:
    made = LowRank(torch.nn.Linear(5, 3), 2, 0.5)
    torch.nn.init.normal_(made.up.weight)
    states = torch.randn(4, 5)
    added = made(states) - made.base(states)
    expected = 0.5 * states @ (made.up.weight @ made.down.weight).T
    assert torch.allclose(added, expected, atol=1e-6)
    assert torch.linalg.matrix_rank(made.up.weight @ made.down.weight) == 2


def test_linear_layers_of_the_blocks_are_adapted_and_nothing_else() -> None:
    model = encoder()
    trained = adapted(model, rank=2)
    wrapped = {name for name, module in model.named_modules() if isinstance(module, LowRank)}
    assert wrapped == {
        f"encoder.layer.{block}.{layer}" for block in (0, 1) for layer in ("attention.q", "out")
    }
    assert sorted(tuple(p.shape) for p in trained) == sorted(
        [(2, 4), (4, 2), (2, 4), (6, 2)] * 2
    )
    learning = [p for p in model.parameters() if p.requires_grad]
    assert {id(p) for p in learning} == {id(p) for p in trained}


def test_a_step_moves_the_adapters_alone() -> None:
    model = encoder()
    trained = adapted(model, rank=2)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    layer = model["encoder"]["layer"][0]["out"]
    optimiser = torch.optim.SGD(trained, lr=0.5)
    for _ in range(2):
        layer(torch.ones(1, 4)).sum().backward()
        optimiser.step()
        optimiser.zero_grad()
    moved = {
        name for name, p in model.named_parameters() if not torch.equal(p, before[name])
    }
    assert moved == {f"encoder.layer.0.out.{part}.weight" for part in ("up", "down")}
