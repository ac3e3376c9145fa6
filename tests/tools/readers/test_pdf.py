from datetime import datetime, timezone

import pytest
from fpdf import FPDF

from tools.readers.draft import Draft, Unreadable
from tools.readers.pdf import read_pdf


def pdf(*pages: str, title: str = "", author: str = "", password: str | None = None) -> bytes:
    document = FPDF()
    document.set_creation_date(datetime(2025, 6, 5, 10, 0, tzinfo=timezone.utc))
    document.set_title(title)
    document.set_author(author)
    if password is not None:
        document.set_encryption(owner_password="owner", user_password=password)
    for page in pages:
        document.add_page()
        if page:
            document.set_font("helvetica", size=11)
            document.multi_cell(0, 6, page)
    return bytes(document.output())


def read(data: bytes) -> Draft:
    (draft,) = read_pdf(data).drafts
    return draft


def test_pages_and_metadata() -> None:
    draft = read(pdf("Two plants to close.", "The shares fell 3 percent.", title="Plants",
                     author="Ann Lee"))  # fmt: skip
    assert draft.text == "Two plants to close.\n\nThe shares fell 3 percent."
    assert (draft.title, draft.author, draft.published_at) == ("Plants", "Ann Lee", "2025-06-05")


def test_a_date_in_the_text_wins_over_the_files() -> None:
    text = "Two plants to close\n3 March 2025\nThe utility said it would close two plants."
    assert read(pdf(text)).published_at == "2025-03-03"


@pytest.mark.parametrize("title", ["Microsoft Word - note_final.doc", "untitled", "note.indd"])
def test_a_title_that_names_the_file_is_not_one(title: str) -> None:
    text = "Two plants to close\n\nThe utility said it would close two plants."
    assert read(pdf(text, title=title)).title == "Two plants to close"


def test_a_scan_says_what_to_do() -> None:
    with pytest.raises(Unreadable, match="OCR") as caught:
        read_pdf(pdf("", ""))
    assert caught.value.kind == "no_text"


def test_a_password() -> None:
    with pytest.raises(Unreadable, match="password") as caught:
        read_pdf(pdf("Secret.", password="secret"))
    assert caught.value.kind == "encrypted"


def test_encryption_with_an_empty_password_is_readable() -> None:
    assert read(pdf("Two plants to close.", password="")).text == "Two plants to close."


@pytest.mark.parametrize("cut", [9, 200, -200])
def test_damaged_files(cut: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_pdf(pdf("Two plants to close.")[:cut] if cut < 300 else b"")
    assert caught.value.kind in {"broken", "no_text"}


def test_what_is_no_pdf() -> None:
    with pytest.raises(Unreadable, match="damaged") as caught:
        read_pdf(b"This is not a PDF.")
    assert caught.value.kind == "broken"
