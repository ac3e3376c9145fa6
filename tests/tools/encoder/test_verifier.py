from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Sequence

import pytest

from agents.evidence import Probabilities
from agents.ports import ModelUnusable
from tests.tools.encoder.conftest import Tiny
from tests.tools.encoder.tiny import CALIBRATION, FILLER, filler
from tools.encoder.session import MAX_TOKENS
from tools.encoder.verifier import MOST_WINDOWS, EncoderEntailment

OPEN = Probabilities(supported=0, refuted=0, insufficient=1)


def compared(first: list[str], second: list[str]) -> Sequence[float]:
    """Supported where both texts say "rose", refuted where one says "fell", else open."""
    if "doubt" in second:
        return [math.log(0.5), math.log(0.1), math.log(0.4)]
    if "rose" in second and "rose" in first:
        return [math.log(0.7), math.log(0.1), math.log(0.2)]
    if "fell" in second and "rose" in first:
        return [math.log(0.05), math.log(0.9), math.log(0.05)]
    return [math.log(0.1), math.log(0.1), math.log(0.8)]


def numbers(p: Probabilities) -> list[float]:
    return [round(p.supported, 4), round(p.refuted, 4), round(p.insufficient, 4)]


async def test_pairs_are_judged_in_their_order_and_equal_ones_read_once(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    pairs = [
        ("Acme rose", "Acme rose."), ("Acme rose", "Acme fell."), ("Acme rose", "The boats."),
        ("Acme rose", "Acme rose."), ("Borda fell", "Acme rose."),
    ]  # fmt: skip
    judged = await EncoderEntailment(folder).judge(pairs)
    assert [numbers(p) for p in judged] == [
        [0.7, 0.1, 0.2], [0.05, 0.9, 0.05], [0.1, 0.1, 0.8], [0.7, 0.1, 0.2], [0.1, 0.1, 0.8],
    ]  # fmt: skip
    assert sorted(network.read) == sorted(
        [
            ("acme rose", "acme rose ."), ("acme rose", "acme fell ."),
            ("acme rose", "the boats ."), ("borda fell", "acme rose ."),
        ]
    )  # fmt: skip


async def test_probabilities_do_not_overflow(tiny: Tiny) -> None:
    folder, _ = tiny(lambda first, second: [1e30, -1e30, 0.0])
    [judged] = await EncoderEntailment(folder).judge([("acme", "borda")])
    assert judged == Probabilities(supported=1, refuted=0, insufficient=0)


async def test_empty_evidence_decides_nothing_and_is_not_read(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    assert await EncoderEntailment(folder).judge([("a", ""), ("b", " \n\t ")]) == [OPEN] * 2
    assert network.rows == []


async def test_evidence_without_a_word_decides_nothing(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    assert await EncoderEntailment(folder).judge([("Acme rose", "\0\0")]) == [OPEN]
    assert network.rows == []


async def test_evidence_of_control_characters_keeps_its_words(tiny: Tiny) -> None:
    folder, _ = tiny(compared)
    pairs = [("Acme\0rose", "Acme\0rose."), ("Acme rose", "\ud800 Acme rose.")]
    judged = await EncoderEntailment(folder).judge(pairs)
    assert [numbers(p) for p in judged] == [[0.7, 0.1, 0.2]] * 2


@pytest.mark.parametrize("at", [0, 30, 60])
async def test_the_window_that_decides_most_speaks(at: int, tiny: Tiny) -> None:
    folder, network = tiny(compared)
    evidence = f"{filler(at)} The boats doubt. {filler(30)} Acme fell. {filler(60 - at)}"
    [judged] = await EncoderEntailment(folder).judge([("Acme rose", evidence)])
    assert numbers(judged) == [0.05, 0.9, 0.05]
    assert len(network.rows) > 3
    assert all(len(row) <= MAX_TOKENS for row in network.rows)


async def test_of_very_long_evidence_the_windows_nearest_the_claim_are_read(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    sentences = 100_000 // len(filler(1))
    evidence = f"{filler(sentences)} Acme rose. {filler(100)}"
    assert len(evidence) > 100_000
    [judged] = await EncoderEntailment(folder).judge([("Acme rose", evidence)])
    assert numbers(judged) == [0.7, 0.1, 0.2]
    assert len(network.rows) == MOST_WINDOWS + 1  # and what surrounds the nearest sentence


async def test_a_claim_that_is_too_long_leaves_room_for_evidence(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    claim = f"Acme rose {'boats ' * 1000}"
    [judged] = await EncoderEntailment(folder).judge([(claim, "Acme rose.")])
    assert numbers(judged) == [0.7, 0.1, 0.2]
    assert network.read[0][1] == "acme rose ."


async def test_a_pair_is_judged_alike_alone_and_among_others(tiny: Tiny) -> None:
    def by_length(first: list[str], second: list[str]) -> Sequence[float]:
        return [len(first) / 7, len(second) / 11, 1.0]

    folder, _ = tiny(by_length)
    pairs = [("Acme rose", filler(n)) for n in (1, 2, 30, 7, 60)]
    reader = EncoderEntailment(folder, threads=3)
    together = await reader.judge(pairs)
    assert together == [(await reader.judge([pair]))[0] for pair in pairs]
    assert await EncoderEntailment(folder, threads=1).judge(pairs[::-1]) == together[::-1]


async def test_what_it_is_called_and_calibrated_by(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    reader = EncoderEntailment(folder)
    assert reader.name == "encoder:tiny-1"
    assert reader.calibration == CALIBRATION
    assert network.loaded == []


async def test_the_weights_are_loaded_once_by_two_callers(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    reader = EncoderEntailment(folder)
    pairs = [("Acme rose", f"Acme rose. {filler(n)}") for n in range(4)]
    await asyncio.gather(*(reader.judge([pair]) for pair in pairs))
    assert network.loaded == ["verifier.onnx"]


async def test_two_callers_do_not_share_the_cores(tiny: Tiny) -> None:
    inside, met = 0, False

    def answer(first: list[str], second: list[str]) -> Sequence[float]:
        nonlocal inside, met
        inside += 1
        met = met or inside > 1
        threading.Event().wait(0.02)  # long enough to be met by another
        inside -= 1
        return [0.0, 0.0, 0.0]

    folder, _ = tiny(answer)
    reader = EncoderEntailment(folder, threads=1)
    await asyncio.gather(*(reader.judge([("acme", filler(n))]) for n in range(1, 5)))
    assert not met


async def test_without_pairs_nothing_is_loaded(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    assert await EncoderEntailment(folder).judge([]) == []
    assert network.loaded == []


async def test_weights_that_changed_are_refused(tiny: Tiny) -> None:
    folder, network = tiny(compared)
    (folder / "verifier.json").write_text("{}")
    (folder / "encoder.bin").unlink()
    reader = EncoderEntailment(folder)
    with pytest.raises(ModelUnusable, match=r"verifier\.json"):
        _ = reader.calibration
    with pytest.raises(ModelUnusable, match=r"encoder\.bin"):
        await reader.judge([("Acme rose", "Acme rose.")])
    with pytest.raises(ModelUnusable, match=r"manifest\.json"):
        _ = EncoderEntailment(folder / "absent").name
    assert network.loaded == []


def test_a_filler_is_as_long_as_the_tests_take_it_to_be() -> None:
    assert len(filler(2).split()) == 2 * FILLER
