"""Edits of hand-made sentences: what was changed, and that the label follows from it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from training.edits import Article, edited_pairs, read_articles
from training.pairs import Pair

S, R, N = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
LABELS = {
    "number_changed": R, "scale": R, "currency": R, "date_shift": R, "comparison_reversed": R,
    "negation": R, "entity_swap": (0.0, 1.0, 1.0), "hedged_vs_asserted": N, "attribution": N,
    "scope": N, "irrelevant_same_topic": N, "partial": N, "rounding_ok": S, "number_word": S,
    "paraphrase": S, "verbatim": S,
}  # fmt: skip
FILLER = (
    "Weather along that coast stayed mild.", "Villagers painted every bench green again.",
    "Children sang songs beside the old bridge.", "Bakers sold bread near the main square.",
    "Gulls slept upon the roofs of town.", "Dogs chased sticks along the wet sand.",
)  # fmt: skip


def edits(sentence: str, seeds: int = 250) -> dict[str, set[Pair]]:
    """Every pair that is made of the sentence and of FILLER, by what was done to it."""
    article = Article((sentence, *FILLER))
    found: dict[str, set[Pair]] = defaultdict(set)
    for seed in range(seeds):
        for pair in edited_pairs([article], 6, seed=seed):
            found[pair.trap].add(pair)
    return found


def claims(sentence: str, trap: str) -> set[str]:
    """The claims that an edit makes of the sentence, their label checked."""
    of_fillers = {p.claim for p in edits("Nothing here can be edited at all today.")[trap]}
    pairs = {p for p in edits(sentence)[trap] if p.claim not in of_fillers}
    assert {p.target for p in pairs} <= {LABELS[trap]}
    assert all(sentence in p.evidence for p in pairs), "the evidence is what was written"
    assert all(p.source == "edit" for p in pairs)
    return {p.claim for p in pairs}


# -- refuted


def test_a_changed_figure_is_another_figure_in_the_same_words() -> None:
    sentence = "Kestrel Marine sold 1,250 boats in that northern harbour."
    made = claims(sentence, "number_changed")
    assert len(made) > 3
    for claim in made:
        before, after = sentence.split("1,250")
        figure = re.fullmatch(rf"{before}([\d,]+){after}", claim)
        assert figure, claim
        assert figure[1] != "1,250"
        assert not figure[1].startswith("0")


def test_a_changed_decimal_keeps_its_places() -> None:
    made = claims("Sales at the yard grew by 4.75 percent overall.", "number_changed")
    assert made
    for claim in made:
        assert re.fullmatch(r"Sales at the yard grew by \d+\.\d\d percent overall\.", claim), claim
        assert "4.75" not in claim


def test_years_are_shifted_and_not_taken_for_amounts() -> None:
    sentence = "Kestrel Marine left its northern harbour during 2019 for good."
    made = claims(sentence, "date_shift")
    years = {int(re.findall(r"\d{4}", claim)[0]) for claim in made}
    assert years <= {2016, 2017, 2018, 2020, 2021, 2022}
    assert len(years) > 2
    assert claims(sentence, "number_changed") == set()


@pytest.mark.parametrize(
    ("sentence", "trap", "expected"),
    [
        ("The yard owes 40 million crowns to its lenders.", "scale",
         {"The yard owes 40 billion crowns to its lenders.",
          "The yard owes 40 trillion crowns to its lenders."}),
        ("The yard owes its lenders €40 for every boat.", "currency",
         {"The yard owes its lenders $40 for every boat.",
          "The yard owes its lenders £40 for every boat."}),
        ("Orders at the yard rose during the long winter.", "comparison_reversed",
         {"Orders at the yard fell during the long winter."}),
        ("The yard was sold to a rival from abroad.", "negation",
         {"The yard was not sold to a rival from abroad."}),
        ("The yard was not sold to a rival from abroad.", "negation",
         {"The yard was sold to a rival from abroad."}),
        ("The yard doesn't plan a sale to any rival.", "negation", set()),
    ],
)  # fmt: skip
def test_one_thing_is_turned_round(sentence: str, trap: str, expected: set[str]) -> None:
    assert claims(sentence, trap) == expected


def test_a_month_becomes_another_month() -> None:
    made = claims("The yard opens again in March after long works.", "date_shift")
    months = {claim.split()[5] for claim in made}
    assert len(months) > 4
    assert "March" not in months


def test_a_name_becomes_another_name_of_its_kind() -> None:
    sentence = "The Danish shipyard Kestrel Marine hired welders from Norway."
    others = ("Orsa Pharma opened another office near Sweden.",
              "Lumenta Group sells lamps in most of Finland.", *FILLER)  # fmt: skip
    made = {
        pair
        for seed in range(300)
        for pair in edited_pairs([Article((sentence, *others))], 6, seed=seed)
        if pair.trap == "entity_swap" and "welders" in pair.claim
    }
    assert made
    for pair in made:
        assert pair.target == LABELS["entity_swap"]
        assert pair.claim != sentence
        assert sentence in pair.evidence
        assert any(name in pair.claim for name in ("Orsa", "Lumenta", "Sweden", "Finland"))


# -- not enough information


@pytest.mark.parametrize(
    ("sentence", "trap", "expected"),
    [
        ("The yard may build nine ferries for Rosvik.", "hedged_vs_asserted",
         {"The yard will build nine ferries for Rosvik."}),
        ("The yard plans to build nine ferries there.", "hedged_vs_asserted",
         {"The yard will build nine ferries there.", "The yard is to build nine ferries there."}),
        ("The ministry said that the yard lost money twice.", "attribution",
         {"The yard lost money twice."}),
        ("The old yard lost money two times, according to the ministry.", "attribution",
         {"The old yard lost money two times."}),
        ("Some ferries of the yard leaked during trials.", "scope",
         {"All ferries of the yard leaked during trials.",
          "Nearly all ferries of the yard leaked during trials.",
          "Every one of the ferries of the yard leaked during trials."}),
    ],
)  # fmt: skip
def test_what_the_evidence_holds_back_is_dropped(
    sentence: str, trap: str, expected: set[str]
) -> None:
    assert claims(sentence, trap) == expected


def test_another_place_of_the_article_does_not_settle_the_sentence() -> None:
    sentence = "Kestrel Marine repaired its crane beside that pier."
    article = Article((sentence, *FILLER))
    for seed in range(200):
        for pair in edited_pairs([article], 6, seed=seed):
            if pair.trap == "irrelevant_same_topic":
                assert pair.target == N
                assert pair.claim not in pair.evidence
                assert pair.claim in article.sentences


def test_of_two_joined_sentences_one_is_in_the_evidence() -> None:
    article = Article(("Kestrel Marine repaired its crane beside that pier.", *FILLER))
    made = [
        pair
        for seed in range(200)
        for pair in edited_pairs([article], 6, seed=seed)
        if pair.trap == "partial"
    ]
    assert made
    for pair in made:
        first, second = pair.claim.rstrip(".").split(", and ")
        assert pair.target == N
        assert f"{first}." in pair.evidence
        assert f"{second}." in article.sentences
        assert f"{second}." not in pair.evidence


# -- supported


@pytest.mark.parametrize(
    ("sentence", "trap", "expected"),
    [
        ("The yard has room for 12 boats these days.", "number_word",
         {"The yard has room for twelve boats these days."}),
        ("The yard, which once built trams, sold nine boats.", "paraphrase",
         {"The yard sold nine boats."}),
        ("The yard (founded by two brothers) sold nine boats.", "paraphrase",
         {"The yard sold nine boats."}),
        ("The yard sold 12,345 boats over those long years.", "rounding_ok",
         {f"The yard sold {word} 12,000 boats over those long years."
          for word in ("about", "around", "roughly")}),
    ],
)  # fmt: skip
def test_what_says_the_same_stays_supported(
    sentence: str, trap: str, expected: set[str]
) -> None:
    assert claims(sentence, trap) == expected


def test_a_rounded_figure_is_near_the_written_one() -> None:
    for figure in ("3.47", "18.62", "47.6", "1,949", "987,654"):
        for claim in claims(f"The yard sold {figure} tonnes of steel.", "rounding_ok"):
            rounded = re.findall(r"(?:about|around|roughly) ([\d,.]+) tonnes", claim)
            near, value = (float(v.replace(",", "")) for v in (rounded[0], figure))
            assert near != value
            assert abs(near - value) <= 0.03 * value


def test_a_rounded_amount_keeps_its_currency_sign_beside_it() -> None:
    made = claims("The yard earned $3.47 million during that winter.", "rounding_ok")
    assert made
    assert all(re.search(r"(?:about|around|roughly) \$3\.5 million", claim) for claim in made)


def test_a_lower_bound_that_is_lowered_is_not_refuted() -> None:
    """Who sold at least 40 boats sold at least 24."""
    for claim in claims("The yard sold at least 40 boats that winter.", "number_changed"):
        assert int(re.findall(r"\d+", claim)[0]) > 40, claim


def test_a_superlative_is_no_quantity() -> None:
    assert claims("It was by far the most useful ferry there.", "scope") == set()
    assert claims("Rosvik runs the most modern ferry of all.", "scope") == set()


# -- the set


def articles() -> list[Article]:
    return [
        Article(
            (
                f"Firm{n} Marine sold {n + 20} boats in {2000 + n}.",
                f"Firm{n} may open {n + 3} yards near Norway.",
                "Some workers were hired in April (after long talks).", *FILLER,
            )
        )
        for n in range(40)
    ]  # fmt: skip


def test_every_label_follows_from_the_edit() -> None:
    written = {s for article in articles() for s in article.sentences}
    pairs = edited_pairs(articles(), 1000, seed=2)
    assert {p.trap for p in pairs} <= LABELS.keys()
    for pair in pairs:
        assert pair.target == LABELS[pair.trap], pair
        kept = pair.trap in ("verbatim", "irrelevant_same_topic")
        assert (pair.claim in written) == kept, pair
        assert (pair.claim in pair.evidence) == (pair.trap == "verbatim"), pair
    for label in (S, R, N):
        assert sum(p.target == label for p in pairs) > 20


def test_pairs_are_counted_and_drawn_with_the_seed() -> None:
    pairs = edited_pairs(articles(), 30, seed=1)
    assert len(pairs) == 30
    assert pairs == edited_pairs(articles(), 30, seed=1)
    assert pairs != edited_pairs(articles(), 30, seed=2)
    assert edited_pairs([], 30, seed=1) == edited_pairs(articles(), 0, seed=1) == []


def test_sentences_that_lean_on_others_are_no_claims() -> None:
    article = Article(
        (
            "It sold 40 boats in 2019 to Norway.", "However, the yard sold 40 boats in 2019.",
            "and the yard sold 40 boats in 2019.", "Did the yard sell 40 boats in 2019?",
        )
    )  # fmt: skip
    for seed in range(50):
        assert edited_pairs([article], 10, seed=seed) == []


def test_articles_are_read_by_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    long = " ".join(FILLER * 20)
    rows = [
        {"text": "Too short. " + " ".join(FILLER)},
        {"text": "Only one sentence is in this one."},
        {"text": long},
        {"text": f"{FILLER[0]}\n{FILLER[1]}\n{FILLER[2]} Word {'word ' * 80}. {FILLER[3]}"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = read_articles(path)
    assert [len(article.sentences) for article in found] == [6, 40, 4]
    assert found[0].sentences == FILLER
    assert found[2].sentences == FILLER[:4]
    assert [len(a.sentences) for a in read_articles(path, longest=5)] == [5, 5, 4]
