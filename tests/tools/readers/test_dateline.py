from datetime import date

import pytest

from tools.readers.dateline import published_day, whole_date

PROSE = (
    "The utility said on Monday that it would close two of its plants next year, a step that "
    "analysts had expected since the regulator published its opinion on emissions in the spring."
)


@pytest.mark.parametrize(
    "line",
    [
        "Thursday, Jun 5, 2025 12:00 am ET3min read",
        "5 June 2025",
        "June 5th, 2025",
        "Published: June 5, 2025 at 9:30 a.m. EDT",
        "2025-06-05",
        "2025-06-05T08:30:00Z",
        "Thu 05 Jun 2025 | 4 min read",
        "05.06.2025",
        "2025年6月5日",
        "5 июня 2025 г.",
        "5 de junio de 2025",
        "5. Juni 2025",
        "Published 5 June 2025, updated 7 June 2025",
        "**June 5, 2025**",
    ],
)
def test_a_line_that_is_a_date(line: str) -> None:
    assert whole_date(line) == date(2025, 6, 5)
    assert published_day(f"Two plants to close\n\n{line}\n\n{PROSE}") == date(2025, 6, 5)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("June 5, 2025 11:30 pm ET", date(2025, 6, 6)),
        ("June 5, 2025 8:30 pm PT", date(2025, 6, 6)),
        ("6 June 2025, 00:30 CEST", date(2025, 6, 5)),
        ("6 June 2025 08:15", date(2025, 6, 6)),
    ],
)
def test_the_day_is_the_utc_day(line: str, day: date) -> None:
    assert whole_date(line) == day


@pytest.mark.parametrize(
    "line",
    [
        "05/06/2025",
        "12 March",
        "June 2025",
        "31 February 2025",
        "Sales fell on 5 June 2025",
        "2024 2025",
        "Q2 2025",
    ],
)
def test_what_is_not_a_full_unambiguous_date(line: str) -> None:
    assert whole_date(line) is None


def test_a_day_above_twelve_decides_the_order() -> None:
    assert whole_date("25/06/2025") == whole_date("06/25/2025") == date(2025, 6, 25)


@pytest.mark.parametrize(
    "opening",
    [
        "OSLO, 5 June 2025 –– The utility",
        "OSLO, June 5, 2025 (Northern Wire) - The utility",
        "NEW YORK, June 5, 2025 /Release Wire/ -- The utility",
        "OSLO (Northern Wire), June 5, 2025 — The utility",
        "Oslo, Norway, 5 June 2025 - The utility",
    ],
)
def test_datelines(opening: str) -> None:
    assert published_day(f"{opening} {PROSE}") == date(2025, 6, 5)


@pytest.mark.parametrize(
    "line", ["By Ann Lee | 5 June 2025", "By Ann Lee and Bo Ek, Oslo · June 5, 2025 9:00 am ET"]
)
def test_bylines(line: str) -> None:
    assert published_day(f"Two plants to close\n{line}\n\n{PROSE}") == date(2025, 6, 5)


def test_a_masthead_between_bars() -> None:
    assert published_day(f"NORTH & CO | UTILITIES | 5 June 2025\n\n{PROSE}") == date(2025, 6, 5)


def test_a_labelled_date_at_the_end() -> None:
    text = f"Two plants to close\n\n{PROSE}\n\n{PROSE}\n\nPublished 5 June 2025\n"
    assert published_day(text) == date(2025, 6, 5)


@pytest.mark.parametrize(
    "text",
    [
        f"OSLO, 12 March (Northern Wire) - {PROSE}",
        f"On 5 June 2025 - the day of the vote - {PROSE}",
        f"Two plants to close\n\nThe plan was published on June 5, 2025. {PROSE}",
        f"Results\n\nJuly 29, 2023\nJuly 30, 2022\n\nRevenue 10 12\n\n{PROSE}",
        f"{PROSE}\n\n5 June 2024\n\n{PROSE}\n\n9 July 2024\n\n{PROSE}",
        f"{PROSE}\n\n{PROSE}\n\n5 June 2025\n\n{PROSE}",
        "",
    ],
)
def test_dates_in_prose_tables_and_timelines_are_not_taken(text: str) -> None:
    assert published_day(text) is None
