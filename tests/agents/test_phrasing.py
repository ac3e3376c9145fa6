"""Sentences that code writes: the source's words, cleaned, with their owner."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.coverage import uncovered
from agents.evidence import AuthorKind
from agents.phrasing import clean, day, excerpt, owner, quoted, reported
from agents.state import Source


def source(**changes: Any) -> Source:
    values: dict[str, Any] = {
        "document_id": "doc_1",
        "source_id": None,
        "origin_id": "doc_1",
        "title": "On boats",
        "publisher": "Fjord Ledger",
        "author": "",
        "author_kind": AuthorKind.HUMAN,
        "published_at": "2025-03-14",
        "url": "",
    }
    return Source(**{**values, **changes})


PAPER = source()
MACHINE = source(publisher="AutoBrief", author_kind=AuthorKind.AI)
PAID = source(sponsored=True)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("Frame\u00adwork ceil\u00ading", "Framework ceiling"),
        ("\ufb01ne \ufb02ow", "fine flow"),
        ("two\r\nlines", "two lines"),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("  spaced  out  .", "spaced out."),
        ("12½ percent", "12½ percent"),
        ("CO₂ and m²", "CO₂ and m²"),
        ("- a bullet point", "a bullet point"),
        ("• a bullet point", "a bullet point"),
        ("3. a numbered point", "a numbered point"),
        ("– 4 percent fell", "4 percent fell"),
        ("well-known", "well-known"),
        ("3.5 percent", "3.5 percent"),
        ("", ""),
    ],
)
def test_clean(stored: str, read: str) -> None:
    assert clean(stored) == read


@given(st.text(max_size=80))
def test_clean_twice_is_clean_once_for_what_a_reader_sees(text: str) -> None:
    once = clean(text)
    assert "\u00ad" not in once
    assert once == once.strip()
    assert "\n" not in once
    assert "  " not in once


@pytest.mark.parametrize(
    ("published_at", "read"),
    [
        ("2025-03-12", "12 March 2025"),
        ("2025-03-02T08:30:00Z", "2 March 2025"),
        (None, "undated"),
        ("", "undated"),
    ],
)
def test_day(published_at: str | None, read: str) -> None:
    assert day(published_at) == read


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Fjord Ledger"),
        ({"publisher": "", "author": "Nora Quist"}, "Nora Quist"),
        ({"publisher": "", "article": True}, "the article"),
        ({"publisher": ""}, "“On boats”"),
        ({"publisher": "", "title": ""}, "an unnamed source"),
        ({"author_kind": AuthorKind.AI}, "machine-written commentary (Fjord Ledger)"),
        ({"sponsored": True}, "sponsored content in Fjord Ledger"),
        (
            {"publisher": "", "title": "", "author_kind": AuthorKind.AI},
            "machine-written commentary (an unnamed source)",
        ),
    ],
)
def test_owner(changes: dict[str, Any], name: str) -> None:
    assert owner(source(**changes)) == name


@pytest.mark.parametrize(
    ("words", "read"),
    [
        # The owner leads, the first letter gives way unless it begins a name.
        (
            "The yard sold nine boats.",
            "According to Fjord Ledger, the yard sold nine boats.",
        ),
        (
            "Kestrel Marine sold nine boats.",
            "According to Fjord Ledger, Kestrel Marine sold nine boats.",
        ),
        ("US sales rose.", "According to Fjord Ledger, US sales rose."),
        ("4 percent fell.", "According to Fjord Ledger, 4 percent fell."),
        # What names its speaker needs no other owner.
        (
            "The yard sold nine boats, its director Ingrid Moe said.",
            "The yard sold nine boats, its director Ingrid Moe said.",
        ),
        # A connective has lost what it connected to.
        (
            "However, the yard sold nine boats.",
            "According to Fjord Ledger, the yard sold nine boats.",
        ),
        # Others' first and second person, and questions, are quoted, never spoken by the desk.
        ("We sold nine boats.", "Fjord Ledger says: “We sold nine boats.”"),
        ("I doubt the order.", "Fjord Ledger says: “I doubt the order.”"),
        ("You should sell the shares.", "Fjord Ledger says: “You should sell the shares.”"),
        ("Will the yard deliver?", "Fjord Ledger says: “Will the yard deliver?”"),
        # A fragment keeps its shape inside the quotation and gets a full stop.
        ("Framework ceiling: 84 boats", "Fjord Ledger says: “Framework ceiling: 84 boats.”"),
        # Bullets and odd typography are gone, the words are not.
        (
            "• The yard\u00a0sold \ufb01ve boats",
            "According to Fjord Ledger, the yard sold five boats.",
        ),
        # Quotation marks inside become single ones.
        (
            "We call it “the order”.",
            "Fjord Ledger says: “We call it 'the order'.”",
        ),
    ],
)
def test_reported(words: str, read: str) -> None:
    assert reported(words, PAPER) == read


@pytest.mark.parametrize(
    "words",
    [
        "The yard sold nine boats.",
        "The yard sold nine boats, its director Ingrid Moe said.",
        "We sold nine boats.",
        "Boats sold: nine",
    ],
)
def test_what_weakens_the_document_is_always_said(words: str) -> None:
    assert "machine-written commentary (AutoBrief)" in reported(words, MACHINE).replace(
        "Machine", "machine"
    )
    assert "ponsored content in Fjord Ledger" in reported(words, PAID)


def test_a_confirmed_sentence_needs_no_owner() -> None:
    assert reported("• the yard sold nine boats", PAPER, plain=True) == "The yard sold nine boats."


@pytest.mark.parametrize("words", ["We sold nine boats.", "Our yard sold nine boats."])
def test_the_desk_never_says_we_for_somebody_else(words: str) -> None:
    assert reported(words, PAPER, plain=True).startswith("Fjord Ledger")


@pytest.mark.parametrize("words", ["eBay sold nine boats.", "iPhone sales rose 4 percent."])
def test_names_that_begin_with_a_small_letter_keep_it(words: str) -> None:
    assert reported(words, PAPER, plain=True) == words


def test_a_roman_one_is_no_first_person() -> None:
    assert reported("The Phase I trial enrolled nine patients.", PAPER).startswith("According to")


@pytest.mark.parametrize("who", [PAPER, MACHINE, PAID])
@pytest.mark.parametrize(
    "words",
    [
        "The yard sold 42 boats for $310 million on 3 May 2024.",
        "We sold 42 boats, 12½ percent more than in 2023",
        "Boats sold: 42",
        "“Forty-two boats is a record,” Ingrid Moe said.",
    ],
)
def test_the_frame_adds_no_figure(words: str, who: Source) -> None:
    also = [who.publisher, "2025-03-14"]
    for text in (reported(words, who), reported(words, who, plain=True), quoted(words, who)):
        assert uncovered(text, [words], also=also) == []


def test_a_title_in_the_frame_adds_no_figure() -> None:
    words = "The yard sold nine boats."
    unnamed = source(publisher="", title="42 ferries and what they cost")
    assert uncovered(reported(words, unnamed), [words], also=["2025-03-14"]) == []


LONG = (
    "The ministry, which had been asked twice, said on Friday that the loss for the year came to"
    " 420 million crowns, a third more than the first count, and that a later audit may change it"
    " again before the summer is over."
)


def test_an_excerpt_keeps_the_figure_and_the_exact_words() -> None:
    words = excerpt(LONG, "420 million crowns")
    assert "420 million crowns" in words
    assert words in LONG
    assert len(words.split()) < len(LONG.split())


def test_a_short_sentence_is_kept_whole() -> None:
    sentence = "The loss was 4 million."
    assert excerpt(sentence, "4 million") == sentence
    assert excerpt(sentence, "words that are not there") == sentence


DENIAL = (
    "Kestrel Marine said on Tuesday that it has not held and does not plan to hold talks on buying"
    " a stake in the Port Orsa terminal in Mellby, denying a report that it was negotiating."
)
REPORT = (
    "Kestrel Marine, a builder of ferries and tugs listed in Rosvik, is in talks to buy a stake in"
    " the planned Port Orsa deep-water terminal, according to a person familiar with them."
)


@pytest.mark.parametrize("span", ["", "not"])
def test_an_excerpt_is_of_what_the_other_account_is_about(span: str) -> None:
    denied, said = excerpt(DENIAL, span, REPORT), excerpt(REPORT, "", DENIAL)
    assert denied in DENIAL
    assert said in REPORT
    assert "not plan to hold talks on buying a stake" in denied
    assert denied.endswith("Port Orsa")
    assert "in talks to buy a stake" in said


def test_a_figure_at_stake_is_shown_whatever_else_is_shared() -> None:
    assert "420 million crowns" in excerpt(LONG, "420 million crowns", REPORT)


def test_without_its_span_an_excerpt_is_still_exact() -> None:
    words = excerpt(LONG, "words that are not there")
    assert words
    assert words in LONG
