from __future__ import annotations

import pytest

from tools.securities import Securities, normalised


@pytest.fixture(scope="module")
def securities() -> Securities:
    return Securities()


@pytest.mark.parametrize(
    ("name", "ticker"),
    [
        ("Rheinmetall", "RHM.DE"),
        ("Rheinmetall AG", "RHM.DE"),
        ("ASML Holding NV", "ASML.AS"),
        ("ASML Holding N.V.", "ASML.AS"),
        ("ASML", "ASML.AS"),
        ("Caterpillar", "CAT"),
        ("Caterpillar Inc.", "CAT"),
        ("Apple", "AAPL"),
        ("APPLE INC", "AAPL"),
        ("Boeing's", "BA"),
        ("McDonald's", "MCD"),
        ("Nestlé", "NESN.SW"),
        ("Nestle SA", "NESN.SW"),
        ("Procter & Gamble", "PG"),
        ("Procter and Gamble Co.", "PG"),
        ("UBS Group AG", "UBSG.SW"),
        ("Google", "GOOGL"),
        ("Toyota Motor Corp", "7203.T"),
        ("Berkshire Hathaway Inc", "BRK.B"),
        ("Eli Lilly", "LLY"),
    ],
)
def test_names_as_newspapers_write_them(securities: Securities, name: str, ticker: str) -> None:
    found = securities.resolve(name)
    assert found is not None
    assert found.ticker == ticker
    assert found.exchange == ("other" if "." in ticker and ticker != "BRK.B" else "us")


@pytest.mark.parametrize(
    "name",
    [
        "China", "Kratos", "the company", "", "  ", "Inc", "Group", "Ukraine", "x" * 500,
        "Rheinmetal", "Rheinmetall Canada", "Apple Music",
    ],
)  # fmt: skip
def test_unknown_names_stay_without_ticker(securities: Securities, name: str) -> None:
    assert securities.resolve(name) is None


@pytest.mark.parametrize(
    ("word", "company", "ticker"),
    [("Target", "Target Corp", "TGT"), ("Visa", "Visa Inc.", "V"), ("Block", "Block, Inc.", "XYZ")],
)
def test_everyday_words_need_their_legal_form(
    securities: Securities, word: str, company: str, ticker: str
) -> None:
    assert securities.resolve(word) is None
    found = securities.resolve(company)
    assert found is not None
    assert found.ticker == ticker


def test_one_word_names_need_a_capital(securities: Securities) -> None:
    assert securities.resolve("apple") is None
    assert securities.resolve("3M") is not None


def test_a_name_of_two_companies_resolves_only_with_its_form(securities: Securities) -> None:
    assert securities.resolve("Merck") is None
    german, american = securities.resolve("Merck KGaA"), securities.resolve("Merck & Co.")
    assert german is not None
    assert american is not None
    assert (german.ticker, american.ticker) == ("MRK.DE", "MRK")


@pytest.mark.parametrize("name", ["Siemens Ltd", "Apple GmbH", "Boeing AG"])
def test_a_form_from_elsewhere_is_another_company(securities: Securities, name: str) -> None:
    assert securities.resolve(name) is None


def test_every_listed_us_symbol_looks_like_one(securities: Securities) -> None:
    tickers = [
        s.ticker for found in securities._index.values() for s in found if s.exchange == "us"
    ]
    assert len(tickers) > 800
    assert all(t.replace(".", "").replace("-", "").isalpha() and t.isupper() for t in tickers)


def test_normalised_takes_off_forms_and_marks() -> None:
    assert normalised("L'Oréal S.A.") == "loreal"
    assert normalised("Henkel AG & Co. KGaA") == "henkel"
    assert normalised("Holding") == "holding"
