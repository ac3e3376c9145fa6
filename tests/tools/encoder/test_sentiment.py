from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from agents.ports import ModelUnusable
from agents.sentiment import sign_of
from tests.tools.encoder.conftest import Tiny
from tests.tools.encoder.tiny import filler
from tools.encoder.sentiment import CLEAR, NEUTRAL, EncoderSentiment, marked

UP = [math.atanh(0.7), -1.0, 0.0, 2.0]
DOWN = [math.atanh(-0.5), 2.0, 0.0, -1.0]
FLAT = [0.0, 0.0, 100.0, 0.0]


def share(outputs: Sequence[float], at: int) -> float:
    powers = [math.exp(value - max(outputs[1:])) for value in outputs[1:]]
    return powers[at] / sum(powers)


def after_the_mark(first: list[str], second: list[str]) -> Sequence[float]:
    """By the verb that follows the marked name; flat where none is marked."""
    if "]" not in second:
        return FLAT
    verb = second[second.index("]") + 1]
    return {"rose": UP, "fell": DOWN}.get(verb, FLAT)


# -- marks


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Acme", "[ Acme ] beat Borda's yard; [ ACME ] rose."),
        ("acme", "[ Acme ] beat Borda's yard; [ ACME ] rose."),
        ("$ACME", "[ Acme ] beat Borda's yard; [ ACME ] rose."),
        ("Borda", "Acme beat [ Borda ]'s yard; ACME rose."),
        ("  beat \n Borda ", "Acme [ beat Borda ]'s yard; ACME rose."),
        ("Bord", "Acme beat Borda's yard; ACME rose."),
        ("orda", "Acme beat Borda's yard; ACME rose."),
        ("Cora", "Acme beat Borda's yard; ACME rose."),
        (".*", "Acme beat Borda's yard; ACME rose."),
        ("", "Acme beat Borda's yard; ACME rose."),
        (" $# ", "Acme beat Borda's yard; ACME rose."),
        (None, "Acme beat Borda's yard; ACME rose."),
    ],
)
def test_the_target_is_marked_where_it_stands(target: str | None, expected: str) -> None:
    assert marked("Acme beat Borda's yard; ACME rose.", target) == expected


def test_a_target_is_found_across_a_line_break() -> None:
    assert marked("Orsa\n Pharma rose.", "Orsa Pharma") == "[ Orsa\n Pharma ] rose."


def test_a_cashtag_keeps_its_sign() -> None:
    assert marked("Sold $ACME.", "$ACME") == "Sold $[ ACME ]."


def test_signs_in_a_name_are_no_pattern() -> None:
    assert marked("A.B (C) rose, AxB did not.", "A.B (C)") == "[ A.B (C) ] rose, AxB did not."


# -- tones


async def test_two_targets_of_one_sentence_have_their_own_tones(tiny: Tiny) -> None:
    folder, _ = tiny(after_the_mark)
    text = "Acme rose; Borda fell."
    acme, borda, overall, again = await EncoderSentiment(folder).score(
        [(text, "Acme"), (text, "Borda"), (text, None), (text, "Acme")]
    )
    assert acme.score == pytest.approx(0.7)
    assert acme.weight == pytest.approx(1 - share(UP, 1))
    assert borda.score == pytest.approx(-0.5)
    assert overall.score == 0.0
    assert overall.weight == pytest.approx(0.0, abs=1e-9)
    assert again == acme


async def test_what_is_read_is_the_target_and_the_marked_text(tiny: Tiny) -> None:
    folder, network = tiny(after_the_mark)
    text = "Acme rose; Borda fell."
    await EncoderSentiment(folder).score([(text, "Acme"), (text, None), (text, "Acme")])
    assert sorted(network.read) == [
        ("acme", "[ acme ] rose ; borda fell ."),
        ("the overall tone for investors", "acme rose ; borda fell ."),
    ]


@pytest.mark.parametrize(
    ("outputs", "score"),
    [
        ([3.0, 0.0, 1.0, 0.5], NEUTRAL),
        ([-3.0, 0.0, 1.0, 0.5], -NEUTRAL),
        ([0.1, 0.0, 1.0, 0.5], math.tanh(0.1)),
        ([0.0, 0.0, 0.5, 1.0], CLEAR),
        ([-2.0, 0.0, 0.5, 1.0], CLEAR),
        ([2.0, 0.0, 0.5, 1.0], math.tanh(2.0)),
        ([0.0, 1.0, 0.5, 0.0], -CLEAR),
        ([2.0, 1.0, 0.5, 0.0], -CLEAR),
        ([-2.0, 1.0, 0.5, 0.0], math.tanh(-2.0)),
        ([9.0, 0.0, 1.0, 1.0], NEUTRAL),
        ([1e30, -1e30, 0.0, 1e30], 1.0),
    ],
)
async def test_the_label_decides_the_side_and_the_score_how_far(
    outputs: list[float], score: float, tiny: Tiny
) -> None:
    folder, _ = tiny(lambda first, second: outputs)
    [tone] = await EncoderSentiment(folder).score([("Acme rose.", None)])
    assert tone.score == pytest.approx(score)
    top = max(range(1, 4), key=outputs.__getitem__)
    if outputs[2] < outputs[top]:
        assert sign_of(tone.score) == {1: "negative", 3: "positive"}[top]
    else:
        assert sign_of(tone.score) == "neutral"


# -- long texts


async def test_of_long_text_only_what_speaks_of_the_target_is_read(tiny: Tiny) -> None:
    folder, network = tiny(after_the_mark)
    text = f"{filler(40)} Acme fell. {filler(40)} Borda rose. {filler(40)}"
    acme, borda = await EncoderSentiment(folder).score([(text, "Acme"), (text, "Borda")])
    assert acme.score == pytest.approx(-0.5)
    assert borda.score == pytest.approx(0.7)
    assert all(f"[ {name} ]" in second for name, second in network.read)


async def test_windows_count_by_their_distance_from_neutral(tiny: Tiny) -> None:
    mild = [math.atanh(0.3), 0.0, 0.5, 0.6]

    def answer(first: list[str], second: list[str]) -> Sequence[float]:
        return DOWN if "fell" in second else mild if "rose" in second else FLAT

    folder, network = tiny(answer)
    # One window each, with flat ones between.
    text = f"Acme fell. {filler(40)} Acme rose."
    [tone] = await EncoderSentiment(folder).score([(text, None)])
    assert len(network.rows) > 2
    light, heavy = 1 - share(mild, 1), 1 - share(DOWN, 1)
    assert tone.score == pytest.approx((0.3 * light - 0.5 * heavy) / (light + heavy))
    assert tone.weight == pytest.approx(heavy)


async def test_text_that_is_flat_throughout_is_neutral(tiny: Tiny) -> None:
    folder, _ = tiny(lambda first, second: [2.0, *FLAT[1:]])
    [tone] = await EncoderSentiment(folder).score([(filler(60), None)])
    assert (tone.score, tone.weight) == (0.0, 0.0)


async def test_brackets_in_a_text_are_no_marks(tiny: Tiny) -> None:
    folder, _ = tiny(lambda first, second: DOWN if "fell" in second else FLAT)
    text = f"The boats [ doubt ]. {filler(40)} Acme fell. {filler(40)}"
    [tone] = await EncoderSentiment(folder).score([(text, None)])
    assert tone.score == pytest.approx(-0.5)


async def test_100_000_characters_are_read(tiny: Tiny) -> None:
    folder, network = tiny(after_the_mark)
    text = f"{filler(100_000 // len(filler(1)))} Acme rose."
    assert len(text) > 99_000
    [tone] = await EncoderSentiment(folder).score([(text, "Acme")])
    assert tone.score == pytest.approx(0.7)
    assert {first for first, _ in network.read} == {"acme"}


async def test_text_without_a_word_is_scored(tiny: Tiny) -> None:
    folder, _ = tiny(after_the_mark)
    tones = await EncoderSentiment(folder).score([("\0", None), ("…", "Acme"), ("\ud800", None)])
    assert [tone.score for tone in tones] == [0.0, 0.0, 0.0]


async def test_weights_that_changed_are_refused(tiny: Tiny) -> None:
    folder, network = tiny(after_the_mark)
    assert EncoderSentiment(folder).name == "encoder:tiny-1"
    (folder / "sentiment.onnx").write_bytes((folder / "verifier.onnx").read_bytes())
    with pytest.raises(ModelUnusable, match=r"sentiment\.onnx.*swapped"):
        await EncoderSentiment(folder).score([("Acme rose.", None)])
    assert network.loaded == []
