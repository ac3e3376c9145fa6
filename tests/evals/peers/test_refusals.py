"""Which words of a peer are a refusal, and which are an answer with a gap."""

from __future__ import annotations

import pytest

from evals.peers.refusals import abstains, is_refusal


@pytest.mark.parametrize(
    "sentence",
    [
        "I cannot answer.",
        "I cannot answer this question due to insufficient information.",
        "Empty Response",
        "None of the provided sources are helpful.",
        "None of the sources give the share of electronics that passes through Shenzhen.",
        "The provided sources do not contain information about the value of orders.",
        "The sources don't mention any payout.",
        "There is no information in the sources about cyber claims.",
        "No specific information is provided about the amounts.",
        "The amount is not specified in the provided sources.",
        "The value of the orders was not disclosed.",
        "The share cannot be determined.",
    ],
)
def test_refusals(sentence: str) -> None:
    assert is_refusal(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The estimate is $268 million.",
        "Longqiao said it had held no talks on the terminal.",
        "The company did not receive an export licence.",
        "None of the orders was firm.",
        "There is no ice on the route.",
        "The figure of 240 has no named source.",
        "The course is not open to civilians.",
    ],
)
def test_statements(sentence: str) -> None:
    assert not is_refusal(sentence)


def test_a_gap_beside_an_answer_is_no_abstention() -> None:
    gap = "The sources do not state the price."
    assert not abstains(["It carried 37.9 million tonnes.", "It missed its target.", gap])
    assert abstains([gap, "It carried 37.9 million tonnes.", "It missed its target."])
    assert abstains(["The question is about prices.", gap])
    assert not abstains([])
