"""The network: a pre-trained encoder over claim and evidence together, and its training loop.

A cross-encoder (claim and evidence in one sequence) compares words directly, which two separate
embeddings cannot. Base: all-mpnet-base-v2 (Apache-2.0), 12 layers of 768, 109 million parameters.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from training.pairs import Pair

__all__ = ["LONGEST", "PairEncoder", "batches", "predict", "tokenizer_of", "train"]

LONGEST: Final = 256
"""Tokens of one example in training; evidence is cut, never the claim."""


def tokenizer_of(base: Path) -> Any:
    return AutoTokenizer.from_pretrained(base)


class PairEncoder(nn.Module):
    """Encoder with mean pooling and one hidden layer on top.

    forward: token ids and mask, both [batch, tokens] -> logits [batch, outputs].
    """

    def __init__(self, base: Path, outputs: int = 3, *, layers: int | None = None) -> None:
        super().__init__()
        config = AutoConfig.from_pretrained(base)
        # One or two epochs over much data do not overfit; dropout only costs a third of the speed.
        config.hidden_dropout_prob = 0.0
        config.attention_probs_dropout_prob = 0.0
        self.encoder = AutoModel.from_pretrained(base, config=config, add_pooling_layer=False)
        if layers is not None:
            self.encoder.encoder.layer = self.encoder.encoder.layer[:layers]
        size = config.hidden_size
        self.dense = nn.Linear(size, size)
        self.out = nn.Linear(size, outputs)
        nn.init.normal_(self.out.weight, std=0.02)
        nn.init.zeros_(self.out.bias)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
        mask = attention_mask[..., None].to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        return self.out(torch.tanh(self.dense(pooled)))


def encoded(tokenizer: Any, pairs: Sequence[Pair], longest: int = LONGEST) -> list[list[int]]:
    """Token ids of each pair: claim, separator, evidence cut to fit."""
    if not pairs:
        return []
    rows = tokenizer(
        [p.claim for p in pairs],
        [p.evidence for p in pairs],
        truncation="only_second",
        max_length=longest,
        return_attention_mask=False,
        return_token_type_ids=False,
    )
    return list(rows["input_ids"])


def batches(
    rows: Sequence[list[int]], *, tokens: int, most: int, rng: random.Random | None
) -> Iterator[list[int]]:
    """Indices in batches of similar length: at most `most` rows and `tokens` padded tokens."""
    order = list(range(len(rows)))
    if rng:
        rng.shuffle(order)
    span = 50 * most if rng else len(order) or 1
    made: list[list[int]] = []
    for start in range(0, len(order), span):
        part = sorted(order[start : start + span], key=lambda i: len(rows[i]))
        batch: list[int] = []
        for index in part:
            if batch and (len(batch) >= most or (len(batch) + 1) * len(rows[index]) > tokens):
                made.append(batch)
                batch = []
            batch.append(index)
        if batch:
            made.append(batch)
    if rng:
        rng.shuffle(made)
    yield from made


def padded(rows: Sequence[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, mask), each [rows, longest row rounded up to 16]: few shapes, few kernels to make."""
    longest = -(-max(len(row) for row in rows) // 16) * 16
    ids = torch.full((len(rows), longest), pad, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row)] = 1
    return ids, mask


def loss_of(logits: torch.Tensor, targets: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Cross-entropy against any of the allowed labels, with label smoothing.

    targets: [batch, labels], 1 for each allowed label. Where two are allowed, the probability of
    either counts.
    """
    logs = torch.log_softmax(logits.float(), -1)
    allowed = torch.logsumexp(logs.masked_fill(targets == 0, -1e4), -1)
    return -((1 - smoothing) * allowed + smoothing * logs.mean(-1)).mean()


def train(
    model: nn.Module,
    tokenizer: Any,
    pairs: Sequence[Pair],
    *,
    epochs: int,
    rate: float,
    seed: int,
    smoothing: float = 0.05,
    most: int = 32,
    tokens: int = 4096,
    floor: float = 0.02,
    steps: int | None = None,
    report: Callable[[str], None] = print,
    checkpoint: Callable[[], None] | None = None,
) -> None:
    """AdamW with linear warm-up and decay, bfloat16 where it is safe (autocast).

    rate: peak learning rate of the encoder; the new layers on top learn ten times as fast.
    floor: share of the peak rate at which the decay stops. steps: stop after so many of the
    planned steps.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    rows = encoded(tokenizer, pairs)
    targets = torch.tensor([p.target for p in pairs])
    model.train()
    for name, parameter in model.named_parameters():
        # Word vectors stay as they are: with few examples a word, tuning them only overfits.
        if ".embeddings." in name:
            parameter.requires_grad_(False)
    head = [p for n, p in model.named_parameters() if n.startswith(("dense", "out"))]
    body = [
        p
        for n, p in model.named_parameters()
        if p.requires_grad and not n.startswith(("dense", "out"))
    ]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": head, "lr": 10 * rate}],
        weight_decay=0.01,
        fused=True,
    )
    plan = [
        batch for _ in range(epochs) for batch in batches(rows, tokens=tokens, most=most, rng=rng)
    ]
    warm = max(1, len(plan) // 16)

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return max(floor, (len(plan) - step) / (len(plan) - warm))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
    begun, seen, mean = time.monotonic(), 0, math.nan
    pad = tokenizer.pad_token_id
    for step, batch in enumerate(plan[:steps]):
        ids, mask = padded([rows[i] for i in batch], pad)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(ids, mask)
        loss = loss_of(logits, targets[batch], smoothing)
        loss.backward()
        nn.utils.clip_grad_norm_(body + head, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        schedule.step()
        seen += len(batch)
        value = float(loss.detach())
        mean = value if math.isnan(mean) else 0.98 * mean + 0.02 * value
        if step % 50 == 0 or step == len(plan) - 1:
            spent = time.monotonic() - begun
            left = spent / (step + 1) * (len(plan) - step - 1)
            report(
                f"step {step + 1}/{len(plan)} loss {mean:.3f} "
                f"{seen / spent:.1f} pairs/s, {left / 60:.0f} min left"
            )
        if checkpoint and step and step % 500 == 0:
            checkpoint()


@torch.no_grad()
def predict(
    model: nn.Module, tokenizer: Any, pairs: Sequence[Pair], *, longest: int = 384
) -> list[list[float]]:
    """Logits [pairs, outputs]."""
    model.eval()
    rows = encoded(tokenizer, pairs, longest)
    found: list[list[float]] = [[] for _ in rows]
    for batch in batches(rows, tokens=8192, most=64, rng=None):
        ids, mask = padded([rows[i] for i in batch], tokenizer.pad_token_id)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(ids, mask).float()
        for index, row in zip(batch, logits.tolist(), strict=True):
            found[index] = row
    return found
