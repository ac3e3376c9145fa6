"""What part a sentence can play, and the horizon it states."""

from __future__ import annotations

from datetime import date

import pytest

from agents.roles import UNDATED, Role, roles, when

PUBLISHED = date(2025, 3, 12)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("The order would collapse if the council rejects the guarantee.", Role.INVALIDATION),
        ("Unless prices recover, the recovery stalls.", Role.INVALIDATION),
        ("Our view is wrong if the trial fails.", Role.INVALIDATION),
        ("The main risk is a shortage of welders.", Role.RISK),
        ("The bank remains exposed to office loans.", Role.RISK),
        ("Investors underestimate how long the licence takes.", Role.VARIANT),
        ("The consensus overlooks the second reactor.", Role.VARIANT),
        ("A knock-on effect would reach the insurers.", Role.SECOND_ORDER),
        ("Suppliers to the yard will in turn hire more staff.", Role.SECOND_ORDER),
        ("Higher tariffs mean that importers lose margin.", Role.IMPLICATION),
        ("The ruling would boost generic makers.", Role.IMPLICATION),
        ("The regulator will publish its decision in June.", Role.CATALYST),
        ("Earnings are due next week.", Role.CATALYST),
        ("The parliament may vote on the budget before the summer.", Role.CATALYST),
    ],
)
def test_a_sentence_can_play(text: str, role: Role) -> None:
    assert role in roles(text, PUBLISHED)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("The mayor opened the bridge on Monday.", Role.RISK),
        ("The mayor opened the bridge on Monday.", Role.INVALIDATION),
        ("The company sold 41,000 tonnes of tin.", Role.CATALYST),
        ("The vote took place.", Role.CATALYST),
        ("Sales were flat in the first half.", Role.VARIANT),
        ("Investors met in Lisbon.", Role.VARIANT),
        ("Revenue was $4 million in 2024.", Role.HORIZON),
    ],
)
def test_a_sentence_cannot_play(text: str, role: Role) -> None:
    assert role not in roles(text, PUBLISHED)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("Deliveries start on 7 April 2025.", "7 April 2025"),
        ("Margins recover over the next six months.", "next six months"),
        ("The council will vote by June 2025.", "June 2025"),
    ],
)
def test_the_horizon_is_as_written(text: str, window: str) -> None:
    assert window in when(text, PUBLISHED)
    assert Role.HORIZON in roles(text, PUBLISHED)


@pytest.mark.parametrize(
    "text",
    [
        "Deliveries started on 7 April 2024.",
        "Sales fell over the past six months.",
        "The plant opened last year.",
        "The plant is large.",
    ],
)
def test_what_lies_behind_is_no_horizon(text: str) -> None:
    assert when(text, PUBLISHED) == UNDATED


def test_roles_are_stable_for_equal_input() -> None:
    text = "The order would collapse if the council rejects the guarantee by June 2025."
    assert roles(text, PUBLISHED) == roles(text, PUBLISHED)
