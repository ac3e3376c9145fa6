from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.evidence import Document
from tools.corpus.passages import TARGET, size, split

PIECES = st.sampled_from(
    [
        "Sales rose 12.5 percent. ",
        "«Прибыль выросла», — сказал он. ",
        "销售额增长了百分之十二。",
        "soft\u00adhyphen ",
        "\r\n\r\n",
        "\r",
        "\n- item\n",
        "e\u0301\u0302 ",
        "👩‍👩‍👧‍👦",
        "\ud800",
        "\x00",
        "\u2028",
        "\ufeff",
        "Dr. No vs. U.S. Inc. ",
        "x" * 700,
        " " * 300,
        "...!? ",
        "1. 2. 3) ",
        "“Quoted.” ",
        "नमस्ते दुनिया। ",
    ]
)


def check(text: str) -> None:
    document = Document(text=text)
    found = split(document)
    at = 0
    for passage in found:
        assert passage.document_id == document.id
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip()
        assert any(c.isalnum() for c in passage.text)
        assert passage.start >= at
        at = passage.end
    # Nothing with a letter or digit is left outside.
    kept = sum(1 for p in found for c in p.text if c.isalnum())
    assert kept == sum(1 for c in text if c.isalnum())


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_passages_are_exact_spans_and_lose_nothing(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_at_all(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", ["", "   \r\n ", "... !!! —", "\u200b"])
def test_no_words_no_passages(text: str) -> None:
    assert split(Document(text=text)) == []


def test_passages_hold_whole_sentences_of_the_wanted_length() -> None:
    sentence = "The company said that it had sold {} tonnes of ore to buyers abroad last year. "
    text = "".join(sentence.format(n) for n in range(200))
    found = split(Document(text=text))
    assert all(p.text.startswith("The company") and p.text.endswith("year.") for p in found)
    sizes = [size(p.text) for p in found[:-1]]
    assert all(0.75 * TARGET <= s <= 1.3 * TARGET for s in sizes)


def test_a_long_sentence_stays_whole() -> None:
    clause = "which the ministry, citing its own figures, denied in a letter of that week "
    sentence = "He said that " + clause * 20 + "and left."
    found = split(Document(text=f"It rained. {sentence} It was over."))
    assert any(sentence in p.text for p in found)


def test_text_without_sentence_ends_is_cut_between_words() -> None:
    text = "steel output in the northern region " * 3000
    found = split(Document(text=text))
    assert len(found) > 30
    assert all(p.text.split()[0] in text.split()[:6] for p in found)
    assert max(len(p.text) for p in found) <= 4000


def test_a_cut_does_not_split_a_grapheme() -> None:
    text = "e\u0301" * 9000
    for passage in split(Document(text=text)):
        assert passage.text[0] == "e"
        assert passage.text[-1] == "\u0301"


@pytest.mark.parametrize(
    "text",
    [
        "Hard-wrapped prose goes on in the next line of the text without a\nblank line. " * 8_000,
        "no full stop anywhere " * 25_000,
        "俄罗斯和中国计划今年春天举行联合训练。据官员称，这是最大规模的交流！" * 5_000,
        "x" * 400_000,
        "12\n \n$\n" * 30_000,
        "a." + " " * 400_000 + "b",
    ],
    ids=["wrapped", "no stops", "chinese", "one word", "table", "spaces"],
)
def test_half_a_megabyte_of_anything(text: str) -> None:
    found = split(Document(text=text))
    assert found
    assert all(text[p.start : p.end] == p.text for p in found[:: max(1, len(found) // 50)])
    assert max(len(p.text) for p in found) <= 5000
