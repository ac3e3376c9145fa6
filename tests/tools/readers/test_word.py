import io
import zipfile
from datetime import datetime, timezone

import docx
import pytest

from tools.readers.draft import Draft, Unreadable
from tools.readers.word import read_docx


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(data: bytes) -> Draft:
    (draft,) = read_docx(data).drafts
    return draft


def test_paragraphs_and_tables_in_order() -> None:
    document = docx.Document()
    document.add_heading("Two plants to close")
    document.add_paragraph("Before “the table”.")
    table = document.add_table(rows=2, cols=3)
    for row, values in zip(table.rows, [("Plant", "MW", ""), ("Norra", "410", "")], strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    table.rows[1].cells[1].merge(table.rows[1].cells[2])
    document.add_paragraph("After the table.")
    text = read(saved(document)).text
    assert text == (
        "Two plants to close\n\nBefore “the table”.\n\nPlant\tMW\t\n\nNorra\t410\n\n"
        "After the table."
    )


def test_core_properties() -> None:
    document = docx.Document()
    document.add_paragraph("The plants will close.")
    document.core_properties.title = "Plants"
    document.core_properties.author = "Ann Lee"
    document.core_properties.created = datetime(2025, 6, 5, 8, 0, tzinfo=timezone.utc)
    draft = read(saved(document))
    assert (draft.title, draft.author, draft.published_at) == ("Plants", "Ann Lee", "2025-06-05")


def test_the_librarys_template_says_nothing() -> None:
    document = docx.Document()
    document.add_paragraph("The plants will close.")
    draft = read(saved(document))
    assert (draft.title, draft.author, draft.published_at) == ("", "", None)


def test_a_date_in_the_text_wins() -> None:
    document = docx.Document()
    document.core_properties.created = datetime(2025, 6, 5, 8, 0, tzinfo=timezone.utc)
    for words in ("Two plants to close", "By Ann Lee | 3 March 2025", "The plants will close."):
        document.add_paragraph(words)
    draft = read(saved(document))
    assert (draft.author, draft.published_at) == ("Ann Lee", "2025-03-03")


def test_an_empty_document() -> None:
    with pytest.raises(Unreadable) as caught:
        read_docx(saved(docx.Document()))
    assert caught.value.kind == "empty"


def test_damaged_and_foreign_files() -> None:
    document = docx.Document()
    document.add_paragraph("The plants will close.")
    data = saved(document)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    for broken in (data[: len(data) // 2], b"not a zip", other.getvalue()):
        with pytest.raises(Unreadable, match="damaged") as caught:
            read_docx(broken)
        assert caught.value.kind == "broken"


def test_a_password_makes_it_an_ole_file() -> None:
    with pytest.raises(Unreadable, match="password") as caught:
        read_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100)
    assert caught.value.kind == "encrypted"


def test_an_archive_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.readers.word._MAX_UNPACKED", 10)
    document = docx.Document()
    document.add_paragraph("The plants will close.")
    with pytest.raises(Unreadable) as caught:
        read_docx(saved(document))
    assert caught.value.kind == "too_large"
