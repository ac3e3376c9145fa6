"""Parts and answer types of questions, and what counts as an answer, on invented texts."""

from __future__ import annotations

import pytest

from agents.questions import answers, is_question, non_answer, parse_question, topic_words


@pytest.mark.parametrize(
    ("question", "types"),
    [
        ("How many people did Vega hire in 2026?", ["count"]),
        ("How much did Vega pay for Carmona?", ["money"]),
        ("What share of patients improved?", ["percent"]),
        ("When did the plant open?", ["date"]),
        ("How long will the strike last?", ["duration"]),
        ("Who runs Norland Bank?", ["entity"]),
        ("Which lenders took part in the loan?", ["list"]),
        ("Did the court block the merger?", ["yes_no"]),
        ("Why did sales fall?", ["reason"]),
        ("Who stands to gain or lose from the tariff?", ["effect"]),
        ("What did Vega say about its debt?", ["general"]),
        ("How much cargo did the port handle in 2026, and how did that compare with the target?",
         ["amount", "general"]),
        ("How many ships called at Lausen, how many were tankers, and who owns the port?",
         ["count", "count", "entity"]),
        ("What did Vega report for 2026 and guide for 2027, and does the fine change the case?",
         ["general", "general", "yes_no"]),
    ],
)  # fmt: skip
def test_answer_types(question: str, types: list[str]) -> None:
    assert [p.answer_type for p in parse_question(question).parts] == types


def test_parts_carry_names_periods_units_and_relations() -> None:
    (part,) = parse_question(
        "How many engines did Vega Holdings sell to Turkish airlines in June 2026?"
    ).parts
    assert part.unit == "engines"
    assert part.names == ("Vega Holdings",)
    assert part.periods == ("June 2026",)
    assert len(part.relations) == 1
    assert len(part.relations[0]) == 2


def test_shared_subject_and_inheritance() -> None:
    first, second = parse_question("What did Vega report for 2026 and guide for 2027?").parts
    assert first.periods == ("2026",)
    assert second.periods == ("2027",)
    assert second.text == "What did Vega guide for 2027?"
    buyers, price = parse_question("Which banks bought the loans, and for how much?").parts
    assert price.answer_type == "money"
    assert set(buyers.content) <= set(price.inherited)


def test_is_question_and_topics() -> None:
    assert is_question("How much did it cost")
    assert is_question("Vega?")
    assert not is_question("The case is closed.")
    assert not is_question("")
    assert topic_words("What is the value of the orders from Norway?") == [
        "value",
        "orders",
        "Norway",
    ]


@pytest.mark.parametrize(
    ("sentence", "silent"),
    [
        ("Vega did not publish claims figures.", True),
        ("There is no breakdown by country.", True),
        ("The buyer declined to disclose the price.", True),
        ("The number of users is not known.", True),
        ("The tally names no lender.", True),
        ("Vega paid 40 million dollars.", False),
        ("Sales did not rise.", False),
    ],
)
def test_non_answer(sentence: str, silent: bool) -> None:
    assert (non_answer(sentence) is not None) is silent


def test_an_answer_beats_a_near_miss() -> None:
    (part,) = parse_question(
        "How much did Norland Mutual pay in flood claims to Danish farms in 2026?"
    ).parts
    answer = answers(
        part, "Norland Mutual paid 40 million dollars in flood claims to Danish farms in 2026."
    )
    near = answers(
        part,
        "Norland Mutual told farms that flood premiums would rise by 18 percent.",
        "Norland Mutual told farms that flood premiums would rise by 18 percent. "
        "It did not publish figures for flood claims.",
        published="2026-05-01",
    )
    assert answer.score > 0.95
    assert answer.unit_present
    assert not answer.missing
    assert near.score < 0.6
    assert not near.type_present
    assert near.non_answer_near
    assert near.relations < 1


def test_relation_must_be_covered() -> None:
    (part,) = parse_question(
        "What was the value of orders Vega received from Norway in 2026?"
    ).parts
    total = answers(part, "Vega received orders worth 9 billion dollars in 2026.")
    right = answers(part, "Vega received orders worth 1 billion dollars from Norway in 2026.")
    assert total.relations == 0
    assert "Norway" in total.missing
    assert right.relations == 1
    assert right.score > total.score + 0.1


def test_period_can_come_from_the_date_of_the_document() -> None:
    (part,) = parse_question("How many mills did Vega close in 2026?").parts
    sentence = "Vega closed 14 mills this year."
    assert answers(part, sentence).period is False
    assert answers(part, sentence, published="2026-11-02").period is True
    (timeless,) = parse_question("How many mills did Vega close?").parts
    assert answers(timeless, sentence).period is None
