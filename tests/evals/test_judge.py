"""The measure of a judge, with an encoder that is sure of half of the claims only."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, Literal

import pytest

from agents.evidence import Probabilities
from agents.fusion import Calibration
from agents.ports import ModelAnswerInvalid
from evals.data import ClaimRow
from evals.judge import FEWEST, measure_judge

SIDES: Final[tuple[Literal["SUPPORTED", "REFUTED", "NEI"], ...]] = ("SUPPORTED", "REFUTED", "NEI")


def rows(count: int) -> list[ClaimRow]:
    """Claims whose words tell nothing: the checks find the same in all of them."""
    return [
        ClaimRow(
            id=str(number),
            claim=f"The committee of village {'abcdefghij'[number % 10]} agreed with the plan.",
            evidence=("The bridge was painted.", f"Passage {number}."),
            label=SIDES[number % 3],
        )
        for number in range(count)
    ]


def says(side: int, sure: float) -> Probabilities:
    rest = (1 - sure) / 2
    s, r, n = (sure if i == side else rest for i in range(3))
    return Probabilities(supported=s, refuted=r, insufficient=n)


class Reader:
    """An EntailmentPort that answers by the number of the passage."""

    def __init__(self, name: str, answer: Callable[[int, random.Random], Probabilities]) -> None:
        self.name = name
        self.calibration: Calibration | None = None
        self.asked: list[tuple[str, str]] = []
        self._answer = answer

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        self.asked += pairs
        numbers = [int(evidence.rsplit(" ", 1)[1].strip(".")) for _, evidence in pairs]
        return [self._answer(number, random.Random(number)) for number in numbers]


def _half(number: int, rng: random.Random) -> Probabilities:
    """Right and sure of every second claim; of the others it knows nothing."""
    if number % 2:
        return says(number % 3, 0.93 + 0.05 * rng.random())
    return says(rng.randrange(3), 0.4 + 0.1 * rng.random())


def encoder() -> Reader:
    return Reader("encoder:e", _half)


def right(number: int, rng: random.Random) -> Probabilities:
    return says(number % 3, 0.85 + 0.1 * rng.random())


async def test_a_judge_that_knows_what_the_encoder_does_not_is_trusted() -> None:
    claims = rows(120)
    read, judge = encoder(), Reader("model:j", right)
    trust, alone = await measure_judge(claims, read, judge)
    assert trust.trusted
    assert (trust.judge, trust.encoder) == ("model:j", "encoder:e")
    assert trust.calibration.model == "encoder:e and model:j"
    assert trust.pool.judge > 0
    assert trust.macro_f1 > 0.95 > 0.85 > trust.encoder_macro_f1
    assert trust.coverage > trust.encoder_coverage
    assert trust.precision is not None
    assert trust.precision > 0.95
    assert trust.claims == 120
    assert alone == {"macro_f1": pytest.approx(1.0), "doubtful": 60}
    sent = [(row.claim, "\n".join(row.evidence)) for row in claims]
    assert read.asked == judge.asked == sent


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda number, rng: says(0, 0.9), id="supported whatever it reads"),
        pytest.param(lambda number, rng: says(2, 0.9), id="insufficient whatever it reads"),
        pytest.param(lambda number, rng: says(rng.randrange(3), 0.9), id="guesses"),
        pytest.param(lambda number, rng: says((number + 1) % 3, 0.9), id="always wrong"),
        pytest.param(
            lambda number, rng: right(number, rng) if number % 2 else says(1, 0.9),
            id="knows only what the encoder knows",
        ),
    ],
)
async def test_a_judge_that_adds_nothing_is_not_trusted(
    answer: Callable[[int, random.Random], Probabilities]
) -> None:
    trust, alone = await measure_judge(rows(120), encoder(), Reader("model:j", answer))
    assert not trust.trusted
    assert alone["macro_f1"] < 0.75


async def test_beside_an_encoder_that_is_always_sure_no_judge_counts() -> None:
    sure = Reader("encoder:e", lambda number, rng: says(number % 3, 0.91 + 0.08 * rng.random()))
    trust, alone = await measure_judge(rows(60), sure, Reader("model:j", right))
    assert trust.pool.judge == 0
    assert not trust.trusted
    assert alone["doubtful"] == 0
    assert trust.macro_f1 == trust.encoder_macro_f1


async def test_a_judge_that_only_agrees_is_not_trusted() -> None:
    """The encoder is unsure but right: the judge makes it surer, and not one claim more right."""
    unsure = Reader("encoder:e", lambda number, rng: says(number % 3, 0.6 + 0.25 * rng.random()))
    trust, _ = await measure_judge(rows(90), unsure, Reader("model:j", right))
    assert trust.pool.judge > 0
    assert trust.macro_f1 == trust.encoder_macro_f1 == 1.0
    assert not trust.trusted


async def test_a_lean_of_the_judge_is_taken_back() -> None:
    """It knows, yet calls all supported: without its lean it is as good as any."""

    def leaning(number: int, rng: random.Random) -> Probabilities:
        if number % 3 == 0:
            return Probabilities(supported=0.98, refuted=0.01, insufficient=0.01)
        if number % 3 == 1:
            return Probabilities(supported=0.7, refuted=0.25, insufficient=0.05)
        return Probabilities(supported=0.7, refuted=0.05, insufficient=0.25)

    trust, alone = await measure_judge(rows(120), encoder(), Reader("model:j", leaning))
    assert alone["macro_f1"] < 0.3
    assert trust.trusted
    assert trust.pool.supported < 0


async def test_equal_answers_give_an_equal_record() -> None:
    first, _ = await measure_judge(rows(60), encoder(), Reader("model:j", right))
    again, _ = await measure_judge(rows(60), encoder(), Reader("model:j", right))
    assert first.model_copy(update={"measured_at": ""}) == again.model_copy(
        update={"measured_at": ""}
    )
    other, _ = await measure_judge(rows(60)[::-1], encoder(), Reader("model:j", right))
    assert other.claims_digest != first.claims_digest


async def test_too_few_claims_record_nothing() -> None:
    read, judge = encoder(), Reader("model:j", right)
    with pytest.raises(ValueError, match=str(FEWEST)):
        await measure_judge(rows(FEWEST - 1), read, judge)
    two = [row for row in rows(120) if row.label != "NEI"]
    with pytest.raises(ValueError, match="all three labels"):
        await measure_judge(two, read, judge)
    assert read.asked == judge.asked == []


async def test_a_judge_that_fails_is_not_measured() -> None:
    class Failing(Reader):
        async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
            raise ModelAnswerInvalid("cut off")

    with pytest.raises(ModelAnswerInvalid):
        await measure_judge(rows(60), encoder(), Failing("model:j", right))
