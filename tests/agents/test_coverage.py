"""Invariant 2: nothing numeric is published that the quotes do not state."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.coverage import missing_names, uncovered
from agents.sentences import sentence_spans

COVERED = [
    ("It shipped $310 million in goods.", "exporters shipped $310 million of items", ()),
    ("About 90 people will take part.", "for 90 people over 21 days", ()),
    ("Roughly 90 will come.", "about 90 trainees", ()),
    ("The course lasts six weeks.", "The six-week course opens soon", ()),
    ("Two officials said so.", "2 officials said so", ()),
    ("It opens on 7 April.", "It opens April 7", ()),
    ("It opens on 7 April.", "opening 2025-04-07", ()),
    ("It opens in April 2025.", "It opens on 7 April 2025", ()),
    ("Sales rose in 2025.", "sales rose", ("2025-03-12",)),
    ("It opens on 7 April 2025.", "It opens on 7 April", ("2025-03-12",)),
    ("Growth of 25-30% is guided.", "sales growth of 25 to 30 percent", ()),
    ("Growth of up to 30 percent is guided.", "sales growth of 25 to 30 percent", ()),
    ("240 troops will train.", "put 240 military personnel through a course", ()),
    ("Shares fell 4.5 percent.", "Shares: -4.5%", ()),
    ("The sixteenth package is out.", "The 16th package is out", ()),
    ("Arctic LNG 2 has no buyers.", "the Arctic LNG 2 plant has struggled", ()),
    ("One official said so.", "one of the officials said", ()),
    ("It cost $1.2 billion.", "costs of $1,200 million", ()),
    ("Sales tripled.", "a threefold rise in sales", ()),
    ("Half of exports went east.", "half the exports went east", ()),
    ("In Q3 2024 it lost money.", "a loss in the third quarter of 2024", ()),
    ("The floor is $110.", "a floor price of $110 per kilogram", ()),
    ("Costs rise by $250 million to $350 million.", "between $250 million and $350 million", ()),
    ("By the end of May all was done.", "by the end of May 2025", ()),
    ("The ceiling is £84 million.", "Frame\u00adwork ceil\u00ading: £84\u00a0million", ()),
]
NOT_COVERED = [
    ("It fell 28 percent.", "it fell 18 percent", ["28 percent"]),
    ("It rose 15 percent.", "up 15 percentage points", ["15 percent"]),
    ("It shipped $310 million.", "it shipped EUR 310 million", ["$310 million"]),
    ("It shipped $310 million.", "it shipped $310 billion", ["$310 million"]),
    ("It shipped $310 million.", "it shipped 310 million units", ["$310 million"]),
    ("90 trainees came.", "about 90 trainees came", ["90"]),
    ("Some 13 percent failed.", "one in eight failed", ["Some 13 percent"]),
    ("A quarter failed.", "25 percent failed", ["A quarter"]),
    ("It opens on 7 April 2024.", "It opens on 7 April 2025", ["7 April 2024"]),
    ("It opens in May.", "It opens in April", ["May"]),
    ("Growth of 30 percent is guided.", "growth of 25 to 30 percent", ["30 percent"]),
    ("Sales were EUR 9.75 billion.", "Sales: 9,751 (EUR million unless stated)",
     ["EUR 9.75 billion"]),
    ("150 vessels sailed.", "150 crew on 30 vessels sailed", ["150"]),
    ("Shares rose 4.5 percent.", "Shares: -4.5%", ["4.5 percent"]),
    ("More than 90 percent agreed.", "90 percent agreed", ["More than 90 percent"]),
    ("90 percent agreed.", "more than 90 percent agreed", ["90 percent"]),
    ("The F-35 flew.", "The F-16 flew", ["F-35"]),
    ("Three outlets said so.", "they said so", ["Three"]),
    ("It ends next year.", "it ends in 2026", ["next year"]),
    ("It costs $110 per tonne.", "$110 per kilogram", ["$110 per tonne"]),
    ("The deal is worth €84 million.", "worth £84 million", ["€84 million"]),
    ("It weighs 5,000 tonnes.", "it weighs 5,000 tons", ["5,000 tonnes"]),
    ("It draws 0.12 GW.", "it draws 120 MW", ["0.12 GW"]),
    ("It happened on Monday.", "it happened on Tuesday", ["Monday"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "quote", "also"), COVERED)
def test_ordinary_paraphrase_passes(sentence: str, quote: str, also: tuple[str, ...]) -> None:
    assert uncovered(sentence, [quote], also=also) == []


@pytest.mark.parametrize(("sentence", "quote", "missing"), NOT_COVERED)
def test_what_is_not_stated_is_named(sentence: str, quote: str, missing: list[str]) -> None:
    assert uncovered(sentence, [quote]) == missing


def test_numbers_may_come_from_several_quotes() -> None:
    assert uncovered("Sales rose 8 percent to $5 million.", ["up 8 percent", "$5 million"]) == []


def test_names() -> None:
    quote = "Chinese and Russian troops train with Kratos Defense & Security Solutions (KTOS) kit"
    assert missing_names("China buys from Kratos.", [quote]) == []
    assert missing_names("Thales buys from Kratos.", [quote]) == ["Thales"]
    assert missing_names("Baltic Wire said so.", [quote], also=["Baltic Wire"]) == []


_WORDS = st.sampled_from(
    "sales|of|about|more than|$1.2 billion|25 to 30 percent|two thirds|7 April|in 2024|Q3 2025|"
    "F-35|one in four|six-week|EUR 8.10 per share|up to|the fifth|doubled|-0.35|1,234|"
    "a dozen ships|next year|,|and|from|to|12½|several hundred|between|Monday|2019-2023|March|(|)|"
    "5-7 May 2025".split("|")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=12).map(" ".join))
def test_a_sentence_covers_itself(sentence: str) -> None:
    assert uncovered(sentence, [sentence]) == []


@settings(max_examples=100, deadline=None)
@given(st.integers(13, 10**6), st.integers(13, 10**6))
def test_another_number_never_covers(wanted: int, stated: int) -> None:
    found = uncovered(f"It sold {wanted:,} cars.", [f"It sold {stated:,} cars."])
    assert bool(found) == (wanted != stated)


def test_every_sentence_of_the_sample_corpus_covers_itself() -> None:
    folder = os.environ.get("UNDERWRITE_DEV_DATA")
    path = Path(folder or "") / "evals/desk/documents.jsonl"
    if not folder or not path.exists():
        pytest.skip("UNDERWRITE_DEV_DATA does not name the shared development data")
    for line in path.read_text(encoding="utf-8").splitlines():
        for span in sentence_spans(json.loads(line)["text"]):
            assert uncovered(span.text, [span.text]) == [], span.text
