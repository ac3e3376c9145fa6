"""Quantise trained weights into the folder that the project ships: `make ship-encoder`."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from tools.encoder.weights import SHIPPED, recorded
from training.encoder import PairEncoder, tokenizer_of
from training.export import copy_tokenizer, export
from training.low_rank import LowRank
from training.pairs import own_groups, pairs_of
from training.sentiment import sentiment_model
from training.smoothing import ranges, smoothed
from training.splits import FITTING

__all__ = ["main"]

NAME = "underwrite-encoder-1"
BASE_NAME = "all-mpnet-base-v2 (Apache-2.0)"
OWN = Path(__file__).parent / "data" / "verification"
SEEN = 96
"""Pairs over which the ranges of activations are taken; trained-on ones."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.ship", description=__doc__)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--verifier", type=Path, required=True)
    parser.add_argument("--sentiment", type=Path)
    parser.add_argument("--weights", type=Path, default=SHIPPED / "encoder")
    given = parser.parse_args(arguments)
    if given.weights.exists():
        shutil.rmtree(given.weights)
    model = PairEncoder(given.base)
    model.load_state_dict({k: v.float() for k, v in torch.load(given.verifier).items()})
    trained = [group for group in own_groups(OWN) if group.fold < FITTING.start]
    pairs = random.Random(1).sample(pairs_of(trained, seed=1), SEEN)
    found = ranges(model, tokenizer_of(given.base), pairs)
    smoothed(model, found)
    export(model, given.weights, "verifier.onnx")
    if given.sentiment:
        stored = torch.load(given.sentiment)
        tone, _ = sentiment_model(given.base, given.verifier, int(stored["rank"]))
        missing, unexpected = tone.load_state_dict(
            {k: v.float() for k, v in stored["state"].items()}, strict=False
        )
        if unexpected:
            raise ValueError(f"{given.sentiment} does not fit: {unexpected}")
        del missing
        for name, layer in tone.named_modules():
            if isinstance(layer, LowRank):  # the same smoothed weights, so that they are shared
                layer.base = model.get_submodule(name)
        # The thin matrices stay in float: they are small, and their products are smaller still.
        export(tone, given.weights, "sentiment.onnx", keep=("/down/", "/up/"))
    copy_tokenizer(given.base, given.weights)
    (given.weights / "encoder.index.json").unlink()
    recorded(given.weights, name=NAME, base=BASE_NAME)
    size = sum(path.stat().st_size for path in given.weights.iterdir())
    sys.stdout.write(f"{given.weights}: {size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
