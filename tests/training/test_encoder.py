"""Batches and the loss of the encoder's training. Runs where the training packages are."""

from __future__ import annotations

import math
import random

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from training.encoder import (  # noqa: E402 - after looking whether torch is there
    batches,
    encoded,
    loss_of,
    padded,
)

ROWS = [[1] * random.Random(n).randrange(1, 60) for n in range(500)]


@pytest.mark.parametrize("seed", [None, 1])
def test_batches_hold_every_row_once_and_keep_to_their_limits(seed: int | None) -> None:
    rng = None if seed is None else random.Random(seed)
    made = list(batches(ROWS, tokens=300, most=16, rng=rng))
    assert sorted(index for batch in made for index in batch) == list(range(500))
    for batch in made:
        assert len(batch) <= 16
        assert len(batch) * max(len(ROWS[i]) for i in batch) <= 300
    spread = [max(len(ROWS[i]) for i in b) - min(len(ROWS[i]) for i in b) for b in made]
    assert sum(spread) / len(spread) < 6, "rows of a batch are of similar length"


def test_a_row_over_the_limit_is_a_batch_of_its_own() -> None:
    rows = [[1] * 5, [1] * 50, [1] * 5]
    assert sorted(batches(rows, tokens=20, most=8, rng=None)) == [[0, 2], [1]]
    assert list(batches([], tokens=20, most=8, rng=None)) == []


def test_batches_are_shuffled_by_the_seed() -> None:
    def order(seed: int) -> list[list[int]]:
        return list(batches(ROWS, tokens=300, most=16, rng=random.Random(seed)))

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_padding_is_masked() -> None:
    ids, mask = padded([[5, 6, 7], [8]], 1)
    assert ids.shape == mask.shape == (2, 16)
    assert ids[0, :4].tolist() == [5, 6, 7, 1]
    assert mask.sum(1).tolist() == [3, 1]
    assert (ids[mask == 0] == 1).all()
    assert padded([[5] * 17], 1)[0].shape == (1, 32)
    assert padded([[5] * 16], 1)[0].shape == (1, 16)


def test_a_loss_done_by_hand() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.2]]))
    one = loss_of(logits, torch.tensor([[0.0, 1.0, 0.0]]), 0.0)
    either = loss_of(logits, torch.tensor([[0.0, 1.0, 1.0]]), 0.0)
    assert float(one) == pytest.approx(-math.log(0.3), abs=1e-5)
    assert float(either) == pytest.approx(-math.log(0.5), abs=1e-5)
    smooth = loss_of(logits, torch.tensor([[0.0, 1.0, 0.0]]), 0.1)
    mean = (math.log(0.5) + math.log(0.3) + math.log(0.2)) / 3
    assert float(smooth) == pytest.approx(-0.9 * math.log(0.3) - 0.1 * mean, abs=1e-5)


def test_the_loss_is_the_mean_over_a_batch() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]]))
    targets = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    expected = -(math.log(0.5) + math.log(0.8)) / 2
    assert float(loss_of(logits, targets, 0.0)) == pytest.approx(expected, abs=1e-5)


def test_no_pairs_are_no_rows() -> None:
    assert encoded(None, []) == []
