import json
from email.message import EmailMessage

import pytest

from tools.readers.draft import Reading, Unreadable
from tools.readers.kinds import read_bytes

BODY = "The plants will close – all “two” of them.\r\n\r\nRegards\r\n"


def message(subject: str = "Two plants to close") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Ann Lee <ann@example.org>"
    mail["To"] = "desk@example.org"
    mail["Date"] = "Thu, 05 Jun 2025 22:30:00 -0400"
    mail["Message-ID"] = "<1@example.org>"
    return mail


def read(mail: EmailMessage) -> Reading:
    return read_bytes(mail.as_bytes(), "mail")


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_plain_mail(charset: str) -> None:
    mail = message("Två verk läggs ned")
    mail.set_content(BODY, charset=charset, cte="quoted-printable")
    (draft,) = read(mail).drafts
    assert draft.text.replace("\r\n", "\n") == BODY.replace("\r\n", "\n")
    assert draft.title == "Två verk läggs ned"
    assert draft.author == "Ann Lee"
    assert draft.published_at == "2025-06-06T02:30:00Z"
    assert draft.source_id == "1@example.org"


def test_plain_is_preferred_and_html_is_read_when_alone() -> None:
    both = message()
    both.set_content("Plain words.\n")
    both.add_alternative("<p>Rich words.</p>", subtype="html")
    assert read(both).drafts[0].text == "Plain words.\n"
    rich = message()
    rich.set_content(
        "<html><head><style>p{}</style></head><body><div style='display:none'>Preview</div>"
        "<table><tr><td><p>Two plants<br>close.</p></td></tr><tr><td>Shares&nbsp;fell.</td></tr>"
        "</table></body></html>",
        subtype="html",
    )
    assert read(rich).drafts[0].text == "Two plants\nclose.\n\nShares\u00a0fell."


def test_attachments_of_known_kinds_are_documents() -> None:
    mail = message()
    mail.set_content("See attached.")
    mail.add_attachment(b"Norra closes.\r\n", maintype="text", subtype="plain", filename="n.txt")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="chart.png")
    rows = json.dumps({"text": "Row one.", "date": "2025-01-02"}) + "\nnot json\n"
    mail.add_attachment(
        rows.encode(), maintype="application", subtype="octet-stream", filename="rows.jsonl"
    )
    mail.add_attachment(b"%PDF-broken", maintype="application", subtype="pdf", filename="a.pdf")
    reading = read(mail)
    assert [d.text for d in reading.drafts[1:]] == ["Norra closes.\r\n", "Row one."]
    assert [d.published_at for d in reading.drafts[1:]] == ["2025-06-06T02:30:00Z", "2025-01-02"]
    assert [(p.where, p.kind) for p in reading.problems] == [
        ("rows.jsonl:2", "bad_row"),
        ("a.pdf", "broken"),
    ]


def test_forwarded_mail_is_read_and_nesting_ends() -> None:
    mail = message("innermost")
    mail.set_content("Innermost words.")
    for level in range(6):
        outer = message(f"level {level}")
        outer.set_content(f"Words of level {level}.")
        outer.add_attachment(mail, filename=f"{level}.eml")
        mail = outer
    reading = read(mail)
    assert len(reading.drafts) == 4
    assert [p.kind for p in reading.problems] == ["unsupported"]


def test_a_mail_without_anything() -> None:
    mail = message()
    mail.set_content("\n")
    with pytest.raises(Unreadable) as caught:
        read(mail)
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("data", [b"Just a text without headers.", b'{"a": 1}'])
def test_what_is_no_mail(data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_bytes(data, "mail")
    assert caught.value.kind == "broken"


def test_headers_that_are_missing_or_broken() -> None:
    raw = b"Subject: Plants\r\nFrom: \r\nDate: yesterday\r\n\r\nThe plants will close.\r\n"
    (draft,) = read_bytes(raw, "mail").drafts
    assert (draft.title, draft.author, draft.published_at) == ("Plants", "", None)
