from __future__ import annotations

import pytest

from tools.corpus.words import plain_words, query_tokens, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,577.50", "1577.5"),
        ("$8.70", "8.7"),
        ("Ministries", "ministry"),
        ("soft\u00adware", "software"),
        ("ﬁnance", "finance"),
        ("Società", "societa"),
        ("company’s", "company"),
        ("１２％", "12"),
    ],
)
def test_spellings_of_one_term(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


def test_numbers_keep_their_value() -> None:
    assert tokens("18,500 tonnes and 2.05 percent in 2024") == [
        "18500", "tonn", "and", "2p05", "percent", "in", "2024",
    ]  # fmt: skip
    assert tokens("1,2,3") == ["1", "2", "3"]
    assert tokens("10 100 1000 0.0") == ["10", "100", "1000", "0"]


def test_chinese_is_pairs_of_characters() -> None:
    assert tokens("联合训练 course") == ["联合", "合训", "训练", "cours"]
    assert tokens("中") == ["中"]


def test_cyrillic_words_survive() -> None:
    assert tokens("Москва заявила") == ["москва", "заявила"]


def test_queries_lose_stop_words_unless_nothing_else_is_there() -> None:
    assert query_tokens("What is the rate of the bank?") == ["rate", "bank"]
    assert query_tokens("to be or not to be") == ["to", "be", "or", "not"]
    assert query_tokens('?! "') == []


def test_terms_are_letters_and_digits_only() -> None:
    assert all(t.isalnum() for t in tokens('a-b_c d\'e’s "q" OR NEAR(x) 3.5% €4bn *'))


def test_plain_words_are_not_stemmed() -> None:
    assert plain_words("Ministries' plans, 中国") == ["ministries", "plans", "中", "国"]
