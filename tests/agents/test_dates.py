"""Dates and windows: exact spans, the interval each covers, nothing guessed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.dates import dates, windows

ANCHOR = date(2025, 3, 12)
CASES = [
    ("due on 7 April at the range", "7 April", "day", "2025-04-07", "2025-04-07"),
    ("on April 7, 2025, it", "April 7, 2025", "day", "2025-04-07", "2025-04-07"),
    ("dated 2025-04-07", "2025-04-07", "day", "2025-04-07", "2025-04-07"),
    ("С 1 мая вывоз", "1 мая", "day", "2025-05-01", "2025-05-01"),
    ("5-7 May 2025", "5-7 May 2025", "day", "2025-05-05", "2025-05-07"),
    ("in April 2025", "April 2025", "month", "2025-04-01", "2025-04-30"),
    ("since mid-December 2023", "mid-December 2023", "month", "2023-12-11", "2023-12-21"),
    ("Q3 2025", "Q3 2025", "quarter", "2025-07-01", "2025-09-30"),
    ("the third quarter of 2025", "third quarter of 2025", "quarter", "2025-07-01", "2025-09-30"),
    ("H1 2024", "H1 2024", "half", "2024-01-01", "2024-06-30"),
    ("FY 2025/26", "FY 2025/26", "fiscal year", "2025-01-01", "2026-12-31"),
    ("by 2030", "2030", "year", "2030-01-01", "2030-12-31"),
    ("between 2019-2023", "2019-2023", "year", "2019-01-01", "2023-12-31"),
    ("the late 1990s", "late 1990s", "decade", "1990-01-01", "1999-12-31"),
    ("in summer 2024", "summer 2024", "season", "2024-06-01", "2024-08-31"),
    ("03/04/2025", "03/04/2025", "year", "2025-01-01", "2025-12-31"),
    ("25/04/2025", "25/04/2025", "day", "2025-04-25", "2025-04-25"),
]
NO_DATES = [
    "it may rise", "they march on", "its 10-K", "2,025 trucks", "$2024", "2024 tonnes",
    "version 1.2",
]  # fmt: skip


@pytest.mark.parametrize(("text", "span", "precision", "first", "last"), CASES)
def test_reads(text: str, span: str, precision: str, first: str, last: str) -> None:
    [mention] = dates(text, ANCHOR)
    assert (mention.text, mention.precision) == (span, precision)
    assert (str(mention.first), str(mention.last)) == (first, last)
    assert text[mention.start : mention.end] == span


@pytest.mark.parametrize("text", NO_DATES)
def test_leaves_other_numbers_and_words(text: str) -> None:
    assert dates(text, ANCHOR) == []


def test_a_missing_year_is_not_guessed() -> None:
    [mention] = dates("It opens on 7 April.")
    assert (mention.first, mention.year, mention.year_stated) == (None, None, False)
    assert (mention.month, mention.day) == (4, 7)


def test_the_nearest_year_settles_a_missing_one() -> None:
    [mention] = dates("It opened on 28 December.", date(2025, 1, 9))
    assert (mention.year, mention.year_stated) == (2024, False)


def test_windows() -> None:
    text = "A move over the next 2-6 quarters, or within two weeks, at the latest by 2030."
    found = windows(text, ANCHOR)
    assert [w.text for w in found] == ["over the next 2-6 quarters", "within two weeks", "by 2030"]
    assert found[1].last == date(2025, 3, 26)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(["7", "April", "2025", "-", "/", ".", " ", "Q3", "FY", "may", "March",
                             "31", "Monday", "the", "to", "\u00ad", "99", "first half", "2024/25"]),
            max_size=12,
        ).map("".join),
    )
)  # fmt: skip
def test_spans_are_exact_ordered_and_apart(text: str) -> None:
    found = dates(text, ANCHOR)
    for mention in found:
        assert text[mention.start : mention.end] == mention.text
        assert mention.first is None or mention.last is None or mention.first <= mention.last
    assert all(a.end <= b.start for a, b in pairwise(found))
    for window in windows(text, ANCHOR):
        assert text[window.start : window.end] == window.text
