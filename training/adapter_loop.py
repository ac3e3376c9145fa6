"""The training loop of the adapter: one answer token a pair, with checkpoints to go on from."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from peft.utils import set_peft_model_state_dict

from training.adapter_data import Example
from training.adapter_model import adapter_state, option_logits
from training.encoder import batches, loss_of

__all__ = ["Progress", "Recipe", "plan_of", "predict", "train"]


class Recipe(NamedTuple):
    rate: float = 2e-4
    schedule: str = "cosine"
    """`cosine` or `linear` decay to a twentieth, after a warm-up over 1/20 of the steps."""
    rows: int = 16
    """Most pairs of a batch."""
    tokens: int = 4096
    """Most padded tokens of a batch."""
    accumulate: int = 1
    """Batches of one step of the optimiser."""
    smoothing: float = 0.05
    mass: float = 0.0
    """Weight of the loss that keeps other words than the three from being likely."""
    seed: int = 11
    most_steps: int | None = None
    save_minutes: float = 10.0


class Progress(NamedTuple):
    steps: int
    pairs: int
    seconds: float
    """Of this call; time before an interruption is not in it."""
    losses: list[tuple[int, float]]
    """(step, mean loss since the last one noted)."""
    resumed_at: int


Step = list[tuple[int, list[int]]]
"""Batches of one step of the optimiser: each an epoch and indices of pairs of similar length."""


def plan_of(epochs: Sequence[Sequence[Example]], recipe: Recipe) -> list[Step]:
    """All steps, from the data and the seed alone."""
    rng = random.Random(recipe.seed)
    found: Step = []
    for number, examples in enumerate(epochs):
        rows = [example.ids for example in examples]
        for batch in batches(rows, tokens=recipe.tokens, most=recipe.rows, rng=rng):
            found.append((number, batch))
    size = recipe.accumulate
    steps = [found[start : start + size] for start in range(0, len(found), size)]
    return steps[: recipe.most_steps]


def train(
    model: Any,
    epochs: Sequence[Sequence[Example]],
    options: Sequence[int],
    pad: int,
    recipe: Recipe,
    *,
    checkpoint: Path,
    signature: str,
    report: Callable[[str], None],
) -> Progress:
    """AdamW on the adapter's weights, in place.

    checkpoint: file that is written every `save_minutes` and on Ctrl-C, and that training goes
    on from when it is there. signature: what must be equal for that. Raises ValueError when it
    is not, KeyboardInterrupt after saving.
    """
    device = next(model.parameters()).device
    wanted = torch.tensor(options, device=device)
    weights = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=0.0)
    steps = plan_of(epochs, recipe)
    torch.manual_seed(recipe.seed)
    state = _State(model, optimiser, checkpoint, signature)
    first = state.restore()
    if first:
        report(f"going on at step {first + 1} of {len(steps)} from {checkpoint.name}")
    model.train()
    began = saved = time.monotonic()
    losses: list[tuple[int, float]] = []
    seen, since = 0, []
    done = first
    try:
        for number in range(first, len(steps)):
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * _factor(recipe.schedule, number, len(steps))
            pairs = sum(len(batch) for _, batch in steps[number])
            value = 0.0
            for epoch, batch in steps[number]:
                examples = [epochs[epoch][i] for i in batch]
                loss = _loss(model, examples, wanted, pad, device, recipe)
                (loss * (len(batch) / pairs)).backward()
                value += float(loss.detach()) * len(batch) / pairs
            if not math.isfinite(value):
                raise ValueError(f"the loss is {value} at step {number + 1}: lower the rate")
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            done = number + 1
            seen += pairs
            since.append(value)
            now = time.monotonic()
            if done % 10 == 0 or done in (first + 1, len(steps)):
                losses.append((done, round(sum(since) / len(since), 4)))
                left = (now - began) / (done - first) * (len(steps) - done)
                report(
                    f"step {done}/{len(steps)} loss {losses[-1][1]:.3f} "
                    f"{seen / (now - began):.2f} pairs/s, {left / 60:.0f} min left"
                )
                since = []
            if now - saved > 60 * recipe.save_minutes:
                state.save(done)
                saved = now
    except KeyboardInterrupt:
        state.save(done)
        report(f"stopped after step {done}; the same command goes on from there")
        raise
    state.save(done)
    return Progress(done, seen, time.monotonic() - began, losses, first)


class _State:
    """What an interruption must not lose: adapter, optimiser, random numbers, step."""

    def __init__(self, model: Any, optimiser: Any, path: Path, signature: str) -> None:
        self._model, self._optimiser = model, optimiser
        self._path, self._signature = path, signature

    def save(self, step: int) -> None:
        temporary = self._path.with_suffix(".tmp")
        random_states = {"cpu": torch.get_rng_state()}
        if torch.cuda.is_available():
            random_states["cuda"] = torch.cuda.get_rng_state()
        torch.save(
            {
                "signature": self._signature,
                "step": step,
                "adapter": adapter_state(self._model),
                "optimiser": self._optimiser.state_dict(),
                "random": random_states,
            },
            temporary,
        )
        temporary.replace(self._path)

    def restore(self) -> int:
        """Steps already done."""
        if not self._path.exists():
            return 0
        kept = torch.load(self._path, map_location="cpu", weights_only=True)
        if kept["signature"] != self._signature:
            raise ValueError(
                f"{self._path} is of another run (other data, base or options): remove it, or"
                " name another --out"
            )
        set_peft_model_state_dict(self._model, kept["adapter"])
        self._optimiser.load_state_dict(kept["optimiser"])
        torch.set_rng_state(kept["random"]["cpu"])
        if "cuda" in kept["random"] and torch.cuda.is_available():
            torch.cuda.set_rng_state(kept["random"]["cuda"])
        return int(kept["step"])


def _factor(schedule: str, step: int, steps: int) -> float:
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)
    if schedule == "linear":
        return max(0.05, 1 - done)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done))


def _loss(
    model: Any,
    examples: Sequence[Example],
    options: torch.Tensor,
    pad: int,
    device: torch.device,
    recipe: Recipe,
) -> torch.Tensor:
    ids, mask = _padded([example.ids for example in examples], pad, device)
    targets = torch.tensor([example.target for example in examples], device=device)
    logits, mass = option_logits(model, ids, mask, options)
    loss: torch.Tensor = loss_of(logits, targets, recipe.smoothing)
    return loss - recipe.mass * mass.mean() if recipe.mass else loss


@torch.no_grad()
def predict(
    model: Any,
    examples: Sequence[Example],
    options: Sequence[int],
    pad: int,
    *,
    tokens: int = 8192,
) -> tuple[list[list[float]], float]:
    """(probabilities of the options [examples][3], mean share of all probability they have)."""
    device = next(model.parameters()).device
    wanted = torch.tensor(options, device=device)
    model.eval()
    found: list[list[float]] = [[] for _ in examples]
    shares = 0.0
    rows = [example.ids for example in examples]
    for batch in batches(rows, tokens=tokens, most=64, rng=None):
        ids, mask = _padded([rows[i] for i in batch], pad, device)
        logits, share = option_logits(model, ids, mask, wanted)
        shares += float(share.exp().sum())
        for index, row in zip(batch, torch.softmax(logits, -1).tolist(), strict=True):
            found[index] = row
    return found, shares / max(1, len(examples))


def _padded(
    rows: Sequence[list[int]], pad: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, mask), each [rows, longest row], padded on the left: the answer follows the last."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, longest - len(row) :] = torch.tensor(row)
        mask[number, longest - len(row) :] = 1
    return ids.to(device), mask.to(device)
