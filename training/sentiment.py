"""Train the sentiment model: `make train-sentiment DATA=… BASE=… VERIFIER=…`.

Low-rank adapters and new output layers on the verifier's encoder, which stays as it is. Outputs:
the score before tanh, and the logits of negative, neutral and positive. Sources that give a label
but no score (SEntFiN) train the label only; those with a score (FiQA, our own items) train both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch
from torch import nn

from agents.sentiment import sign_of
from tools.encoder.sentiment import OVERALL, marked
from training.encoder import PairEncoder, batches, encoded, padded, tokenizer_of
from training.low_rank import adapted
from training.pairs import Pair

__all__ = ["Item", "own_items", "public_items"]

OWN: Final = Path(__file__).parent / "data" / "sentiment"
SIGNS: Final = ("negative", "neutral", "positive")
TIMES: Final[Mapping[str, int]] = {"FiQA-2018-headline": 4, "FiQA-2018-post": 3, "own": 3}
"""How often an item of a small source is seen, beside one of the large one."""
HELD_OUT: Final = 92
"""Folds from which on our own items are never trained on."""


class Item(NamedTuple):
    text: str
    target: str | None
    label: str
    score: float | None
    source: str

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(self.text.encode()).hexdigest()[:8], 16) % 100

    @property
    def pair(self) -> Pair:
        """What the encoder reads: the target, then the text with the target marked."""
        return Pair(self.target or OVERALL, marked(self.text, self.target), (0, 0, 0), self.source)


def own_items(folder: Path) -> list[Item]:
    """Items of `{"t": text, "s": [[target or null, score], …]}` lines."""
    items = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                items += [
                    Item(row["t"], target, sign_of(score), float(score), "own")
                    for target, score in row["s"]
                ]
    return items


def public_items(path: Path) -> list[Item]:
    """Items of the public training file: SEntFiN (labels) and FiQA 2018 (scores)."""
    items = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        row = json.loads(line)
        score = row.get("score")
        label = row.get("label") or sign_of(float(score))
        items.append(
            Item(row["text"], row.get("target"), label, None if score is None else float(score),
                 row["source"])
        )  # fmt: skip
    return items


def _say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)  # noqa: T201


def fit(
    model: PairEncoder,
    tokenizer: Any,
    items: Sequence[Item],
    trained: Sequence[nn.Parameter],
    *,
    rate: float,
    seed: int,
    epochs: int,
) -> None:
    """AdamW on the adapters and the output layers, linear warm-up and decay."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    rows = encoded(tokenizer, [item.pair for item in items], 192)
    labels = torch.tensor([SIGNS.index(item.label) for item in items])
    scores = torch.tensor([math.nan if i.score is None else i.score for i in items])
    head = [*model.dense.parameters(), *model.out.parameters()]
    optimiser = torch.optim.AdamW(
        [{"params": list(trained), "lr": rate}, {"params": head, "lr": rate}], weight_decay=0.01
    )
    plan = [b for _ in range(epochs) for b in batches(rows, tokens=4096, most=32, rng=rng)]
    warm = max(1, len(plan) // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda s: (s + 1) / warm if s < warm else max(0.02, (len(plan) - s) / (len(plan) - warm)),
    )
    begun, seen, mean = time.monotonic(), 0, math.nan
    model.train()
    for step, batch in enumerate(plan):
        ids, mask = padded([rows[i] for i in batch], tokenizer.pad_token_id)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = model(ids, mask).float()
        loss = nn.functional.cross_entropy(outputs[:, 1:], labels[batch], label_smoothing=0.05)
        known = ~scores[batch].isnan()
        if known.any():
            error = torch.tanh(outputs[:, 0][known]) - scores[batch][known]
            loss = loss + 4.0 * error.square().mean()
        loss.backward()
        nn.utils.clip_grad_norm_([*trained, *head], 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        schedule.step()
        seen += len(batch)
        value = float(loss.detach())
        mean = value if math.isnan(mean) else 0.98 * mean + 0.02 * value
        if step % 50 == 0 or step == len(plan) - 1:
            spent = time.monotonic() - begun
            _say(
                f"step {step + 1}/{len(plan)} loss {mean:.3f} {seen / spent:.1f} items/s, "
                f"{spent / (step + 1) * (len(plan) - step - 1) / 60:.0f} min left"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.sentiment", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/")
    parser.add_argument("--base", type=Path, required=True, help="the pre-trained encoder")
    parser.add_argument("--verifier", type=Path, required=True, help="weights of train-verifier")
    parser.add_argument("--own", type=Path, default=OWN)
    parser.add_argument("--out", type=Path, default=Path("out/sentiment"))
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rank", type=int, default=8)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer_of(given.base)
    model, trained = sentiment_model(given.base, given.verifier, given.rank)
    own = [item for item in own_items(given.own) if item.fold < HELD_OUT]
    items: list[Item] = []
    for item in (*own, *public_items(given.data / "train" / "sentiment.jsonl")):
        items += [item] * TIMES.get(item.source, 1)
    _say(f"{len(items)} items, {sum(p.numel() for p in trained) / 1e6:.1f} million parameters")
    begun = time.monotonic()
    fit(model, tokenizer, items, trained, rate=given.rate, seed=given.seed, epochs=given.epochs)
    kept = {n: p.detach() for n, p in model.named_parameters() if ".down." in n or ".up." in n}
    kept |= {n: p.detach() for n, p in model.named_parameters() if n.startswith(("dense", "out"))}
    torch.save({"rank": given.rank, "state": kept}, given.out / "sentiment.pt")
    record = {
        "command": "python -m training.sentiment " + " ".join(arguments or sys.argv[1:]),
        "seed": given.seed,
        "items": len(items),
        "minutes": round((time.monotonic() - begun) / 60, 1),
    }
    (given.out / "record.json").write_text(json.dumps(record, indent=1) + "\n")
    return 0


def sentiment_model(
    base: Path, verifier: Path, rank: int
) -> tuple[PairEncoder, list[nn.Parameter]]:
    """The verifier's encoder with fresh adapters and output layers, and what is to be trained."""
    model = PairEncoder(base, outputs=4)
    state = {k: v.float() for k, v in torch.load(verifier).items() if k.startswith("encoder.")}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(name.startswith("encoder.") for name in missing):
        raise ValueError(f"{verifier} does not fit {base}: {unexpected or missing}")
    return model, adapted(model.encoder, rank=rank)


if __name__ == "__main__":
    raise SystemExit(main())
