"""Names, name matching, tickers and actors on invented text from several fields."""

from __future__ import annotations

import pytest

from agents.names import actors, canonical, definitions, names, same_name, stated_ticker, subjects


def _texts(text: str) -> list[str]:
    return [n.text for n in names(text) if n.kind != "ticker"]


def test_spans_are_exact() -> None:
    text = "Shares of Carmona Foods rose in Lisbon.\r\n\r\nCarmona’s chief, Ana Reis, said so."
    for name in names(text):
        assert text[name.start : name.end] == name.text
    assert _texts(text) == ["Carmona Foods", "Lisbon", "Carmona", "Ana Reis"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Monday the company said in March that sales fell.", []),
        ("However, Chinese buyers stayed away.", []),
        ("The Bank of England held rates.", ["Bank of England"]),
        ("Tesla, Inc. cut prices.", ["Tesla, Inc"]),
        ("Finance Minister Olga Brandt resigned.", ["Olga Brandt"]),
        ("The U.S. Department of Energy lent the money.", ["U.S. Department of Energy"]),
        ("Its CEO praised the AI boom and GDP growth.", []),
        ("Johnson & Marsh sued Vega Holdings plc.", ["Johnson & Marsh", "Vega Holdings plc"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    assert _texts(text) == expected


def test_first_word_is_a_name_when_the_text_uses_it_as_one() -> None:
    assert _texts("Target raised wages. Workers at Target cheered.") == ["Target", "Target"]
    assert _texts("Workers cheered. The workers had waited.") == []


def test_headline_capitals_are_not_names() -> None:
    found = _texts("Regulator Approves New Heart Drug From Novira\n\nThe drug is made by Novira.")
    assert set(found) == {"Novira"}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Kestrel", "Kestrel Harbour Systems", True),
        ("US", "United States", True),
        ("America", "U.S.", True),
        ("Reis", "Ana Reis", True),
        ("Vega Holdings plc", "Vega", True),
        ("WHO", "World Health Organization", True),
        ("China", "China Marine Holdings", False),
        ("Bank", "Bank of England", False),
        ("General Motors", "General Electric", False),
        ("North", "North Korea", False),
        ("European Commission", "European Union", False),
    ],
)
def test_same_name(a: str, b: str, same: bool) -> None:
    assert same_name(a, b) is same
    assert same_name(b, a) is same


def test_defined_acronym() -> None:
    text = "The Ministry of Rural Works (MRW) paid. MRW will pay again."
    defined = definitions(text)
    assert defined == {"MRW": "Ministry of Rural Works"}
    assert same_name("MRW", "Ministry of Rural Works", defined)


@pytest.mark.parametrize(
    ("text", "name", "ticker"),
    [
        ("Vega Holdings plc (NYSE: VGA) fell.", "Vega", "VGA"),
        ("Carmona Foods (CRMN) rose.", "Carmona Foods", "CRMN"),
        ("CARMONA AG (CRM GY) - results", "Carmona AG", "CRM"),
        ("The Rural Credit Agency (RCA) lent more.", "Rural Credit Agency", None),
        ("Vega (VGA) bought Carmona.", "Carmona", None),
        ("Carmona Foods (2024) rose.", "Carmona Foods", None),
    ],
)
def test_stated_ticker(text: str, name: str, ticker: str | None) -> None:
    assert stated_ticker(text, name) == ticker


def test_canonical_groups_short_forms_under_the_longest() -> None:
    clusters = canonical(["Kestrel", "Kestrel Harbour Systems", "Kestrel", "Vega"])
    assert (clusters[0].name, clusters[0].mentions) == ("Kestrel Harbour Systems", 3)


def test_subjects_rank_what_the_text_is_about() -> None:
    text = (
        "Novira won approval for its heart drug. Novira Therapeutics, of Basel, said so on Monday. "
        "Analysts at Brand Bank said that Novira had waited long."
    )
    assert subjects(text, "Approval for Novira")[0].name == "Novira Therapeutics"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Cheaper jet fuel helps European airlines but hurts refiners in the Gulf.",
            [("European airlines", "benefits"), ("refiners in the Gulf", "hurt")],
        ),
        ("Regional lenders were hit by the new levy.", [("Regional lenders", "hurt")]),
        (
            "The ruling is good news for generic drugmakers and bad for Novira.",
            [("generic drugmakers", "benefits"), ("Novira", "hurt")],
        ),
        (
            "Junior miners without a price floor would find capital harder to raise.",
            [("Junior miners without a price floor", "hurt")],
        ),
        ("The beneficiaries are grid operators.", [("grid operators", "benefits")]),
        ("Vega and Carmona stand to gain from the quota.", [("Vega", "benefits"),
                                                            ("Carmona", "benefits")]),
        ("The tax would not hurt small retailers.", []),
        ("The strike hurt output this year.", []),
        ("They help banks meet their targets.", []),
        ("The company will suffer.", []),
        ("The rule reduces the burden for exporters of grain.",
         [("exporters of grain", "benefits")]),
    ],
)  # fmt: skip
def test_actors(sentence: str, expected: list[tuple[str, str]]) -> None:
    found = actors(sentence)
    assert [(a.text, a.effect) for a in found] == expected
    for actor in found:
        assert sentence[actor.start : actor.end] == actor.text


def test_actors_read_the_question_before() -> None:
    found = actors("Producers outside the cartel.", "Who gains?")
    assert [(a.text, a.effect) for a in found] == [("Producers outside the cartel", "benefits")]


def test_share_price_moves_are_marked_as_such() -> None:
    (actor,) = actors("Shares of Vega Holdings fell 8 percent.")
    assert (actor.text, actor.effect, actor.basis) == ("Vega Holdings", "hurt", "price")
