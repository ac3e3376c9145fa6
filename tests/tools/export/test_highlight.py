from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.brief import PublishedCitation
from agents.evidence import AuthorKind, Document
from tools.export.highlight import WHOLE, WINDOW, highlight, misplaced


def cited(document: Document, start: int, end: int) -> PublishedCitation:
    return PublishedCitation(
        document_id=document.id, source_id=None, origin_id=document.id, title="", publisher="",
        author_kind=AuthorKind.UNKNOWN, published_at=None, url="",
        quote=document.text[start:end], start=start, end=end,
    )  # fmt: skip


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=6)


@given(text=st.text(min_size=90, max_size=120), given_spans=spans)
def test_pieces_are_the_text_and_each_quote_is_its_own_pieces(
    text: str, given_spans: list[tuple[int, int]]
) -> None:
    document = Document(text=text)
    citations = {str(i): cited(document, s, s + n) for i, (s, n) in enumerate(given_spans)}
    pieces = highlight(document, citations)
    assert "".join(piece.text for piece in pieces) == text
    for key, citation in citations.items():
        assert "".join(p.text for p in pieces if key in p.keys) == citation.quote


def test_nested_and_overlapping_quotes() -> None:
    document = Document(text="abcdefghij")
    pieces = highlight(
        document,
        {"1": cited(document, 0, 6), "2": cited(document, 2, 4), "3": cited(document, 4, 9)},
    )
    assert [(p.text, p.keys) for p in pieces] == [
        ("ab", ("1",)), ("cd", ("1", "2")), ("ef", ("1", "3")), ("ghi", ("3",)), ("j", ()),
    ]  # fmt: skip


def test_a_quote_that_is_not_at_its_offsets_is_not_marked() -> None:
    document = Document(text="The figure is 240.")
    wrong = cited(document, 4, 10).model_copy(update={"quote": "number"})
    assert misplaced(document, {"1": wrong}) == ["1"]
    assert all(not piece.keys for piece in highlight(document, {"1": wrong}))


def test_a_very_long_document_is_shown_around_its_quotes() -> None:
    text = "x" * (3 * WHOLE)
    document = Document(text=text)
    middle = 2 * WHOLE
    pieces = highlight(document, {"1": cited(document, middle, middle + 10)})
    assert [p.text for p in pieces if p.keys] == ["x" * 10]
    shown = sum(len(p.text) for p in pieces)
    assert shown == WINDOW + 10 + 2 * WINDOW
    assert shown + sum(p.skipped for p in pieces) == len(text)
