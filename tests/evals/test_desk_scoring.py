"""Scores of hand-made briefs are what the rules of the set give."""

from __future__ import annotations

from typing import Any

import pytest

from agents.brief import Brief
from evals.data import Expect, Question
from evals.desk_scoring import DeskScore, same_name, score_brief
from tests.evals.sample import DENIAL, citation, good_brief, sentence


def _score(brief: dict[str, Any], as_of: str | None = None, **expect: Any) -> DeskScore:
    question = Question(id="q", question="?", as_of=as_of, expect=Expect.model_validate({**expect}))
    return score_brief(question, Brief.model_validate(brief))


def _fact(text: str, numbers: list[str], *ids: str) -> dict[str, Any]:
    return {"text": text, "numbers": numbers, "doc_ids": list(ids)}


def test_what_is_not_expected_is_not_scored() -> None:
    score = _score(good_brief(), status="answered")
    assert score.status == 1.0
    assert score.score == 1.0
    assert score.facts is None
    assert score.exposures is None


@pytest.mark.parametrize(
    ("text", "numbers", "ids", "expected"),
    [
        ("Alder Tin sold 41,000 tonnes of tin in 2023.", ["41,000"], ["t1"], 1.0),
        ("Alder Tin sold 41,000 tonnes of tin in 2023.", ["41,000", "2023"], ["t1", "t2"], 1.0),
        ("Alder Tin sold 41,000 tonnes of tin in 2023.", ["forty-one thousand"], ["t2"], 1.0),
        ("Alder Tin sold 41,000 tonnes of tin in 2023.", ["41,000"], ["t3"], 0.0),
        ("Alder Tin sold 42,000 tonnes of tin in 2023.", ["42,000"], ["t1"], 0.0),
        ("Sales of tin rose 12 percent.", ["12%"], ["t1"], 1.0),
        ("The price of the ship was 41,000.", ["41,000"], ["t1"], 0.0),
        ("The smelter costs EUR 310 million by one account.", ["310"], ["t1"], 1.0),
        ("The smelter costs EUR 310 million by one account.", ["310 billion"], ["t1"], 0.0),
        ("The board could cancel the smelter.", [], ["t1"], 1.0),
        ("The minister opened a harbour.", [], ["t1"], 0.0),
    ],
)
def test_facts_need_number_source_and_topic(
    text: str, numbers: list[str], ids: list[str], expected: float
) -> None:
    assert _score(good_brief(), facts=[_fact(text, numbers, *ids)]).facts == expected


def test_a_rounded_figure_counts_and_a_coarse_one_does_not() -> None:
    brief = good_brief()
    fact = _fact("Alder Tin sold 40,960 tonnes of tin in 2023.", ["40,960"], "t1")
    assert _score(brief, facts=[fact]).facts == 1.0
    brief["headline"]["text"] = "Alder Tin sold 40,000 tonnes of tin in 2023"
    brief["summary"] = brief["exposures"] = []
    assert _score(brief, facts=[fact]).facts == 0.0


def test_a_bare_number_is_found_in_a_table_line_and_in_prose() -> None:
    brief = good_brief()
    fact = _fact("Sales were EUR 5,230 million.", ["5,230"], "t1")
    for text in ("Hill Gazette lists: “Sales: 5,230.”", "Sales came to EUR 5.23 billion."):
        brief["summary"] = [sentence(text, ["1"])]
        assert _score(brief, facts=[fact]).facts == 1.0
    brief["summary"] = [sentence("Sales came to EUR 5.43 billion.", ["1"])]
    assert _score(brief, facts=[fact]).facts == 0.0


def test_numbers_spread_over_sentences_are_told_apart_from_missing_ones() -> None:
    fact = _fact("Sales rose 12 percent to 41,000 tonnes.", ["12 percent", "41,000"], "t1")
    score = _score(good_brief(), facts=[fact])
    assert (score.facts, score.facts_spread) == (0.0, 1.0)
    assert "spread" in score.misses[0]


def test_dates_match_without_their_year_and_in_another_language() -> None:
    brief = good_brief()
    brief["summary"] = [sentence("The sale ends on 1 May 2025.", ["1"])]
    assert _score(brief, facts=[_fact("The sale ends on 1 May.", ["1 мая"], "t1")]).facts == 1.0
    assert _score(brief, facts=[_fact("The sale ends on 2 May.", ["2 May"], "t1")]).facts == 0.0


def test_must_cite_counts_sentences_and_contradictions_not_the_claim_table() -> None:
    brief = good_brief()
    assert _score(brief, must_cite=["t1", "t3"]).must_cite == 1.0
    brief["contradictions"] = []
    assert _score(brief, must_cite=["t1", "t3"]).must_cite == 0.5


def test_a_document_shown_as_disputed_is_not_cited_as_support() -> None:
    brief = good_brief()
    assert _score(brief, must_not_cite=["t3"]).must_not_cite == 1.0
    brief["summary"].append(sentence("The smelter costs EUR 420 million.", ["7"]))
    assert _score(brief, must_not_cite=["t3"]).must_not_cite == 0.0
    brief["summary"][-1]["text"] = "An unconfirmed figure for the smelter is EUR 420 million."
    assert _score(brief, must_not_cite=["t3"]).must_not_cite == 1.0


def test_a_document_after_the_as_of_date_may_not_even_be_named() -> None:
    assert _score(good_brief(), as_of="2024-06-10", must_not_cite=["t3"]).must_not_cite == 0.0


def test_support_by_verdict_or_sentiment_counts_as_support() -> None:
    brief = good_brief()
    brief["citations"]["8"] = citation(DENIAL, "not lower")
    brief["sentiment"]["overall"]["citations"] = ["8"]
    assert _score(brief, must_not_cite=["t3"]).must_not_cite == 0.0


@pytest.mark.parametrize(
    ("claim", "supporting", "opposing", "expected"),
    [
        ("The smelter costs EUR 310 million", ["t1"], ["t3"], 1.0),
        ("The smelter costs EUR 420 million", ["t3"], ["t1"], 1.0),
        ("The smelter costs EUR 999 million", ["t1"], ["t3"], 0.0),
        ("The smelter costs EUR 310 million", ["t1"], ["t2"], 0.0),
    ],
)
def test_contradictions_need_a_document_on_each_side(
    claim: str, supporting: list[str], opposing: list[str], expected: float
) -> None:
    wanted = {"claim": claim, "supporting": supporting, "opposing": opposing}
    assert _score(good_brief(), contradictions=[wanted]).contradictions == expected


def test_independent_sources_are_those_of_the_claim_that_fits() -> None:
    counts = {"41,000 tonnes of tin were sold by Alder Tin": 2, "a smelter for EUR 310 million": 1}
    assert _score(good_brief(), independent_sources=counts).independent_sources == 1.0
    wrong = _score(
        good_brief(), independent_sources={"sold 41,000 tonnes of tin": 3, "77 ships": 1}
    )
    assert wrong.independent_sources == 0.0
    assert any("no such claim" in miss for miss in wrong.misses)


@pytest.mark.parametrize(
    ("target", "label", "low", "high", "expected"),
    [
        ("Alder Tin", "positive", 0.3, 0.9, 1.0),
        ("Alder Tin plc", "positive", 0.3, 0.9, 1.0),
        ("Alder Tin", "positive", 0.6, 0.9, 0.0),
        ("Alder Tin", "neutral", 0.3, 0.9, 0.0),
        ("Beck Metals", "negative", -0.5, 0.0, 1.0),
        ("Some Bank", "neutral", -0.5, 0.5, 0.0),
        (None, "positive", 0.2, 0.9, 1.0),
    ],
)
def test_sentiment_needs_sign_and_range(
    target: str | None, label: str, low: float, high: float, expected: float
) -> None:
    wanted = {"target": target, "label": label, "min": low, "max": high}
    assert _score(good_brief(), sentiment=wanted).sentiment == expected


def test_exposures_need_name_and_effect() -> None:
    wanted = [
        {"name": "Alder Tin AG", "effect": "benefits"},
        {"name": "Alder Tin", "effect": "hurt"},
        {"name": "Beck Metals", "effect": "hurt"},
    ]
    assert _score(good_brief(), exposures=wanted).exposures == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Kite Defense & Security Solutions", "Kite", True),
        ("junior tin miners without a price floor", "Junior tin miners", True),
        ("holders of German government bonds", "German bonds", True),
        ("European airlines", "European banks", False),
        ("Alder Tin", "Beck Metals", False),
    ],
)
def test_names_match_by_their_words(a: str, b: str, same: bool) -> None:
    assert same_name(a, b) is same


def test_a_forbidden_string_costs_the_whole_question() -> None:
    score = _score(good_brief(), status="answered", forbidden_strings=["LONG alder"])
    assert score.forbidden == 0.0
    assert score.score == 0.0
    # Quotes and the claim table are not the desk's words.
    assert _score(good_brief(), forbidden_strings=["Contract papers"]).forbidden == 1.0
