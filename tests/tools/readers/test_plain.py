import pytest

from tools.readers.draft import Draft, Unreadable
from tools.readers.plain import iso_date, read_markdown, read_text

BODY = (
    "The utility said on Monday that it would close two of its plants next year, a step that "
    "analysts had expected since the regulator published its opinion on emissions in the spring."
)


def only(reading_text: str) -> Draft:
    (draft,) = read_text(reading_text).drafts
    return draft


def test_text_is_stored_exactly() -> None:
    text = f"  Two plants to close\r\n\r\n{BODY}\u00a0“quoted”\u00ad\r\n\r\n\t\r\n"
    assert only(text).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Two plants to close\n\n{BODY}", "Two plants to close"),
        (f"Will two plants close?\n{BODY}", "Will two plants close?"),
        (f"\n\nPartner content\n\nTwo plants to close\n\n{BODY}", "Two plants to close"),
        (f"5 June 2025\nTwo plants to close\n\n{BODY}", "Two plants to close"),
        (f"By Ann Lee\nTwo plants to close\n\n{BODY}", "Two plants to close"),
        (f"{BODY}\n\nTwo plants to close\n", ""),
        ("The plants will close.\nMore follows.", ""),
        (BODY * 3, ""),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert only(text).title == title


def test_metadata_of_a_pasted_article() -> None:
    draft = only(f"Two plants to close\n\nBy Ann Lee\nThursday, Jun 5, 2025 9:00 am ET\n\n{BODY}")
    assert (draft.author, draft.published_at, draft.publisher) == ("Ann Lee", "2025-06-05", "")


@pytest.mark.parametrize("text", [" \r\n\t", "\u00a0", "---", "…"])
def test_nothing_to_read(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_text(text)
    assert caught.value.kind == "empty"


def test_front_matter_wins_and_stays_in_the_text() -> None:
    text = (
        '---\r\ntitle: "Plants: two to close"\r\nauthors:\r\n  - Ann Lee\r\n  - Bo Ek\r\n'
        "date: 2025-06-05\r\nsite: Daily Post\r\nurl: https://example.org/a\r\n---\r\n"
        f"# Another heading\r\n\r\n{BODY}\r\n"
    )
    (draft,) = read_markdown(text).drafts
    assert draft == Draft(
        text=text,
        title="Plants: two to close",
        publisher="Daily Post",
        author="Ann Lee, Bo Ek",
        published_at="2025-06-05",
        url="https://example.org/a",
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"# Two **plants** to close #\n\n{BODY}", "Two plants to close"),
        (f"Two plants to close\n===\n\n{BODY}", "Two plants to close"),
        (f"Intro.\n\n## Two plants\n\n{BODY}", "Two plants"),
        (f"Two plants to close\n\n{BODY}", "Two plants to close"),
    ],
)
def test_markdown_titles(text: str, title: str) -> None:
    assert read_markdown(text).drafts[0].title == title


@pytest.mark.parametrize(
    "front", ["title: [unclosed", "- a\n- list", "!!python/object:os.system x", "just words"]
)
def test_front_matter_that_is_not_a_mapping_is_text(front: str) -> None:
    text = f"---\n{front}\n---\n# Two plants\n\n{BODY}\n"
    (draft,) = read_markdown(text).drafts
    assert (draft.title, draft.text) == ("Two plants", text)


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2025-06-05", "2025-06-05"),
        ("2025-06-05T23:30:00-04:00", "2025-06-06T03:30:00Z"),
        ("2025-06-05 08:00", "2025-06-05T08:00:00Z"),
        ("June 5, 2025", "2025-06-05"),
        ("spring 2025", None),
        ("", None),
        (None, None),
        (20250605, None),
    ],
)
def test_date_fields(value: object, iso: str | None) -> None:
    assert iso_date(value) == iso
