"""Numbers are read with exact spans, units, scale, bounds and periods."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.normalise import normalise
from agents.quantities import is_ratio, is_share, quantities, unread_numbers

# text, then for each quantity: value, high, unit, currency, approximate, bound
CASES: list[tuple[str, list[tuple[float, float | None, str, str, bool, str]]]] = [
    ("1,234.5 tonnes", [(1234.5, None, "tonne", "", False, "")]),
    ("1 234 people", [(1234, None, "person", "", False, "")]),
    ("1.234,5 euros", [(1234.5, None, "", "EUR", False, "")]),
    ("1.234.567 users", [(1234567, None, "user", "", False, "")]),
    ("forty-two trucks", [(42, None, "truck", "", False, "")]),
    ("one hundred and five seats", [(105, None, "seat", "", False, "")]),
    ("three million two hundred thousand", [(3.2e6, None, "", "", False, "")]),
    ("a dozen mainland companies", [(12, None, "company", "", False, "")]),
    ("half a million homes", [(5e5, None, "home", "", False, "")]),
    ("two and a half million barrels", [(2.5e6, None, "barrel", "", False, "")]),
    ("£12½ million", [(12.5e6, None, "", "GBP", False, "")]),
    ("US$5bn", [(5e9, None, "", "USD", False, "")]),
    ("17 billion yuan", [(17e9, None, "", "CNY", False, "")]),
    ("RMB 17 billion", [(17e9, None, "", "CNY", False, "")]),
    ("500 million Swiss francs", [(5e8, None, "", "CHF", False, "")]),
    ("$850 a kilogram", [(850, None, "per kg", "USD", False, "")]),
    ("EUR 8.10 per share", [(8.1, None, "per share", "EUR", False, "")]),
    ("$1.26 billion to $1.285 billion", [(1.26e9, 1.285e9, "", "USD", False, "")]),
    ("$4-5 billion", [(4e9, 5e9, "", "USD", False, "")]),
    ("between EUR 30 billion and EUR 35 billion", [(30e9, 35e9, "", "EUR", False, "")]),
    ("25 to 30 percent", [(25, 30, "percent", "", False, "")]),
    ("38–41 %", [(38, 41, "percent", "", False, "")]),
    ("2-6 quarters", [(2, 6, "quarter", "", False, "")]),
    (
        "went from 5.5 percent to 6.3 percent",
        [(5.5, None, "percent", "", False, ""), (6.3, None, "percent", "", False, "")],
    ),
    (
        "rose from 31 to 44 percent",
        [(31, None, "percent", "", False, ""), (44, None, "percent", "", False, "")],
    ),
    ("about 30 basis points", [(30, None, "basis point", "", True, "")]),
    ("1.25 percentage points", [(1.25, None, "percentage point", "", False, "")]),
    ("15 per cent", [(15, None, "percent", "", False, "")]),
    ("at least nine telecoms operators", [(9, None, "operator", "", False, "min")]),
    ("more than 90 percent", [(90, None, "percent", "", False, "min")]),
    ("up to EUR 150 billion", [(150e9, None, "", "EUR", False, "max")]),
    ("500+ sites", [(500, None, "site", "", False, "min")]),
    ("20 or so", [(20, None, "", "", True, "")]),
    ("over two years", [(2, None, "year", "", False, "")]),
    ("one in four", [(25, None, "percent", "", False, "")]),
    ("four fifths of sales", [(80, None, "percent", "", False, "")]),
    ("roughly a tenth", [(10, None, "percent", "", True, "")]),
    ("profits doubled", [(2, None, "times", "", False, "")]),
    ("three times as many", [(3, None, "times", "", False, "")]),
    ("six-week course", [(6, None, "week", "", False, "")]),
    ("45 working days", [(45, None, "working day", "", False, "")]),
    ("10,000 tonnes a year", [(10000, None, "tonne per year", "", False, "")]),
    ("1.2 million barrels per day", [(1.2e6, None, "barrel per day", "", False, "")]),
    ("120MW", [(120, None, "MW", "", False, "")]),
    ("a change of -0.35", [(-0.35, None, "", "", False, "")]),
    ("several hundred soldiers", [(100, None, "soldier", "", True, "min")]),
    ("240 military personnel", [(240, None, "personnel", "", False, "")]),
    ("13 regional banks", [(13, None, "bank", "", False, "")]),
]

NOT_NUMBERS = [
    "F-35 jets and the M1A2", "Covid-19", "the G7", "its 10-K", "a Boeing 737", "Arctic LNG 2",
    "Clause 14", "lots 1, 2 and 4", "Permit 7/2025", "one of the officials", "no one knew",
    "a single bidder", "the first half", "a fifth straight quarter", "on 7 April 2025",
    "in Q3 2025", "call +1 888 201 5709", "see http://example.org/c2", "won 3-1", "in 2024",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[c[0] for c in CASES])
def test_reads(text: str, expected: list[tuple[float, float | None, str, str, bool, str]]) -> None:
    found = quantities(text)
    assert [(q.unit, q.currency, q.approximate, q.bound) for q in found] == [
        (unit, currency, approximate, bound)
        for _, _, unit, currency, approximate, bound in expected
    ]
    assert [q.value for q in found] == pytest.approx([e[0] for e in expected])
    assert [q.high for q in found] == [e[1] for e in expected]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_leaves_names_and_dates_alone(text: str) -> None:
    assert quantities(text) == []


def test_labels_are_kept_as_written() -> None:
    written = [w for _, _, w in unread_numbers("An F-35 flew over Arctic LNG 2 on 7 April 2025.")]
    assert written == ["F-35", "2"]


def test_spans_are_those_of_the_untouched_text() -> None:
    text = "The ceil\u00ading is £84\u00a0million,\r\nof which £12½ million falls in FY 2025⁄26."
    found = quantities(text)
    assert [q.text for q in found] == ["£84\u00a0million", "£12½ million"]
    assert all(text[q.start : q.end] == q.text for q in found)


def test_period_comes_from_the_clause() -> None:
    found = quantities("Sales: 9,751 (2023: 7,176), up 36 percent in 2024")
    assert [(q.text, q.date) for q in found][1:] == [("7,176", "2023"), ("36 percent", "2024")]


def test_shares_are_told_from_percentages() -> None:
    share, ratio, percent = quantities("two thirds; one in four; 25 percent")
    assert is_share(share)
    assert not is_ratio(share)
    assert is_ratio(ratio)
    assert not is_share(percent)


_PIECES = st.sampled_from(
    ["$", "€", "£", "EUR ", "1", "12", "1,234", "0.5", "½", " million", "bn", "%", " percent",
     " to ", "-", "–", " and ", " ", "\u00a0", "\u00ad", "\r\n", "two", "hundred", "a third",
     "one in", " four", "about ", "more than ", "tonnes", " a year", "2024", "7 April", "Q3", "(",
     ")", ".", ",", "F-35", "doubled", "half", "из", "ﬁ", "…"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=14).map("".join))


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_spans_are_exact_ordered_and_apart(text: str) -> None:
    found = quantities(text)
    for quantity in found:
        assert text[quantity.start : quantity.end] == quantity.text
    assert all(first.end <= second.start for first, second in pairwise(found))


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_normalised_offsets_lead_back(text: str) -> None:
    folded = normalise(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
    assert normalise(folded.text).text == folded.text


@settings(max_examples=150, deadline=None)
@given(
    st.integers(min_value=1, max_value=999),
    st.sampled_from([("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12)]),
    st.sampled_from([("$", "USD"), ("€", "EUR"), ("£", "GBP")]),
)
def test_scale_multiplies(number: int, scale: tuple[str, float], money: tuple[str, str]) -> None:
    [quantity] = quantities(f"The loss came to {money[0]}{number} {scale[0]} after tax.")
    assert quantity.value == pytest.approx(number * scale[1])
    assert (quantity.currency, quantity.scale) == (money[1], scale[1])


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=999_999_999))
def test_separators_do_not_change_the_value(number: int) -> None:
    for written in (f"{number:,}", f"{number:,}".replace(",", "\u202f")):
        [quantity] = quantities(f"they counted {written} euros")
        assert quantity.value == number
