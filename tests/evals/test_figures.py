"""The figure reader, and whether quotes state what sentences say."""

from __future__ import annotations

import pytest

from evals.calculation import calculation_error, operands
from evals.figures import figures
from evals.grounding import Evidence


def _read(text: str) -> list[tuple[str, float, str, str]]:
    return [(f.kind, round(f.value, 2), f.currency, f.unit) for f in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cost $1.2 billion.", [("number", 1.2e9, "USD", "")]),
        ("It cost 3bn euros.", [("number", 3e9, "EUR", "")]),
        ("£12½ million", [("number", 12.5e6, "GBP", "")]),
        ("between 25 and 30 percent", [("percent", 25, "", ""), ("percent", 30, "", "")]),
        ("4-6%", [("percent", 4, "", ""), ("percent", 6, "", "")]),
        ("$4-6bn", [("number", 4e9, "USD", ""), ("number", 6e9, "USD", "")]),
        ("up 40 basis points", [("basis point", 40, "", "")]),
        ("two percentage points", [("point", 2, "", "")]),
        ("two hundred and forty lorries", [("number", 240, "", "")]),
        ("a twenty-five-year lease", [("number", 25, "", "year")]),
        ("two-thirds of them", [("percent", 66.67, "", "")]),
        ("one in four", [("percent", 25, "", "")]),
        ("1 in 5", [("percent", 20, "", "")]),
        ("one of the firms", []),
        ("several hundred lorries", [("vague", 100, "", "")]),
        ("half a million", [("number", 5e5, "", "")]),
        ("14 200 lorries", [("number", 14200, "", "")]),
        ("the fourteenth round", [("ordinal", 14, "", "")]),
        ("sales doubled", [("factor", 2, "", "")]),
        ("double-digit growth", []),
        ("Q3 sales", [("period", 3, "", "Q")]),
        ("in the first half", [("period", 1, "", "H")]),
        ("12x earnings", [("number", 12, "", "time")]),
        ("9,7 percent", [("percent", 9.7, "", "")]),
    ],
)
def test_figures_are_read(text: str, expected: list[tuple[str, float, str, str]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on 3 June 2021", [(2021, 6, 3)]),
        ("on June 3, 2021", [(2021, 6, 3)]),
        ("2021-06-03", [(2021, 6, 3)]),
        ("in May", [(None, 5, None)]),
        ("they may go", []),
        ("the 6 may have", []),
        ("с 1 мая", [(None, 5, 1)]),
        ("10-12 March", [(None, 3, 10), (None, 3, 12)]),
        ("FY2020/21", [(2020, None, None), (2021, None, None)]),
    ],
)
def test_dates_are_read(text: str, dates: list[tuple[int | None, int | None, int | None]]) -> None:
    assert [f.date for f in figures(text) if f.kind == "date"] == dates


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Sales were EUR 512 million.", "EUR million unless stated\nSales: 512 (2019: 498)"),
        ("A quarter of the firms left.", "25 percent of the firms left"),
        ("It lasts six weeks.", "the 6-week course"),
        ("Two firms left.", "both firms left"),
        ("It guides to 25-30% growth.", "growth of 25 to 30 percent"),
        ("Sales tripled.", "sales rose three times"),
        ("It buys F-35 jets.", "an order for F-35s"),
        ("It costs CNY 5 million.", "it costs 5 million yuan"),
        ("It opened on 3 June.", "It opened on 3 June 2021"),
        ("The 1,000-tonne press works.", "a press of one thousand tonnes"),
    ],
)
def test_stated_figures_are_found(sentence: str, quote: str) -> None:
    assert Evidence([quote]).missing(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Sales were EUR 512 million.", "Sales: 512 (2019: 498)"),
        ("It lasts six months.", "the six-week course"),
        ("Sales rose 5 percent.", "sales rose 5 percentage points"),
        ("Sales rose 5.", "sales rose 5 percent"),
        ("It costs $5 million.", "it costs 5 million yuan"),
        ("Three firms left.", "the firms left"),
        ("It opened on 4 June.", "It opened on 3 June 2021"),
        ("It opened in 2022.", "It opened on 3 June 2021"),
        ("Sales fell in Q2.", "sales fell in the first quarter"),
        ("They met on Monday.", "they met on Tuesday"),
        ("It costs EUR 5 million.", "it costs 5 million in Europe"),
    ],
)
def test_figures_that_are_not_stated_are_missing(sentence: str, quote: str) -> None:
    assert Evidence([quote]).missing(sentence)


def test_the_year_may_come_from_the_date_of_publication() -> None:
    assert Evidence(["on 3 June the firm left"], ["2021-06-04"]).missing("On 3 June 2021.") == []
    assert Evidence(["on 3 June the firm left"], ["2020-06-04"]).missing("On 3 June 2021.")


@pytest.mark.parametrize(
    ("calculation", "right"),
    [
        ("9,000 / 6,000 - 1 = 50%", True),
        ("EUR 9,751 - 7,176 = 2,575", True),
        ("104 / 416 = 25%", True),
        ("9,000 / 6,000 = 1.8", False),
        ("3 outlets, 1 origin", True),
        ("2 × 12 = 25", False),
        ("46 of 69 is 66.7 percent", True),
        ("46 of 69 is 76 percent", False),
        ("18.7% less 22.8% is -4.1 points", True),
        ("8.6 is 2 times 4.3", True),
        ("8.6 is 3 times 4.3", False),
        ("1.2 million less 700,000 is 500,000", True),
    ],
)
def test_shown_arithmetic_is_checked(calculation: str, right: bool) -> None:
    assert (calculation_error(calculation) is None) == right


def test_what_a_calculation_starts_from_is_told_from_its_result() -> None:
    assert [f.value for f in operands("46 of 69 is 66.7 percent")] == [46, 69]
    assert [f.value for f in operands("9,000 / 6,000 - 1 = 50%")] == [9000, 6000]
    assert operands("2 outlets: Hill Gazette, Ore Ledger") == []
