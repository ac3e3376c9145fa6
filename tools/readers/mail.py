"""Mail (.eml) by the standard library: the message, and attachments of known kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import PurePath

from tools.readers.byline import find_byline
from tools.readers.dateline import published_day
from tools.readers.decode import decode
from tools.readers.draft import Draft, Reading, RowProblem, Unreadable
from tools.readers.markup import fragment_text

__all__ = ["read_mail"]

_DEPTH = 3

ReadAttachment = Callable[[bytes, str, int], Reading | None]
"""(content, file name, depth of nesting) to what it holds; None when the kind is unknown."""


def read_mail(data: bytes, read_attachment: ReadAttachment, *, depth: int = 0) -> Reading:
    """A draft for the message, when it has text, and those of its attachments.

    An attachment without a date of its own takes the message's. One that fails is a problem.
    Raises Unreadable: `broken` when it is not a mail, `empty` when nothing in it has text.
    """
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not any(
        message.get(name) for name in ("From", "Subject", "Date", "Received", "MIME-Version")
    ):
        raise Unreadable("broken", "it is not a mail: it has no mail headers")
    sent = _sent(message)
    drafts: list[Draft] = []
    problems: list[RowProblem] = []
    text = _body(message)
    if any(c.isalnum() for c in text):
        day = published_day(text)
        byline = find_byline(text)
        drafts.append(
            Draft(
                text=text,
                title=_header(message, "Subject"),
                author=_sender(message) or (byline.author if byline else ""),
                published_at=sent or (day.isoformat() if day else None),
                source_id=_header(message, "Message-ID").strip("<>") or None,
            )
        )
    for name, content in _attachments(message):
        if depth >= _DEPTH:
            problems.append(RowProblem(name, "unsupported", "it is nested too deep"))
            continue
        try:
            inner = read_attachment(content, name, depth + 1)
        except Unreadable as error:
            problems.append(RowProblem(name, error.kind, str(error)))
            continue
        if inner is not None:
            drafts.extend(_dated(draft, sent) for draft in inner.drafts)
            problems.extend(
                RowProblem(f"{name}:{p.where}", p.kind, p.message) for p in inner.problems
            )
    if not drafts and not problems:
        raise Unreadable("empty", "the mail has no text and no attachment of a known kind")
    return Reading(tuple(drafts), tuple(problems))


def _dated(draft: Draft, sent: str | None) -> Draft:
    return draft if draft.published_at else replace(draft, published_at=sent)


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        # An empty plain part beside a full HTML part is common in newsletters.
        part = message.get_body(preferencelist=("html",))
        payload = part.get_payload(decode=True) if part is not None else None
        if part is None or not isinstance(payload, bytes):
            return ""
    text = decode(payload, declared=part.get_content_charset())
    return fragment_text(text) if part.get_content_type() == "text/html" else text


def _attachments(message: EmailMessage) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for number, part in enumerate(message.iter_attachments(), 1):
        name = part.get_filename() or ""
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            found.append((name or f"forwarded {number}.eml", inner.as_bytes()))  # type: ignore[union-attr]
            continue
        payload = part.get_payload(decode=True)
        # Parts without a name are alternatives and signatures, not files someone attached.
        if name and isinstance(payload, bytes):
            found.append((PurePath(name.replace("\\", "/")).name, payload))
    return found


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = message.get(name)
    except (ValueError, IndexError, AttributeError):  # the parser fails on some broken headers
        return ""
    return " ".join(str(value).split()) if value else ""


def _sender(message: EmailMessage) -> str:
    for name, _ in getaddresses([_header(message, "From")]):
        if name:
            return name
    return ""


def _sent(message: EmailMessage) -> str | None:
    try:
        moment = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:  # "-0000": UTC, place unknown
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
