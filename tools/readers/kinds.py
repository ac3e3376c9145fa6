"""Which reader a file or a response goes to."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal

from tools.readers.decode import decode
from tools.readers.draft import Reading, Unreadable
from tools.readers.feed import read_feed
from tools.readers.mail import read_mail
from tools.readers.pdf import read_pdf
from tools.readers.plain import read_markdown, read_text
from tools.readers.rows import read_rows
from tools.readers.web_page import declared_charset, read_page
from tools.readers.word import read_docx

__all__ = ["Kind", "kind_of_name", "kind_of_response", "kind_of_words", "read_bytes"]

Kind = Literal["text", "markdown", "page", "pdf", "docx", "mail", "rows", "feed"]

_EXTENSIONS: dict[str, Kind] = {
    ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown",
    ".html": "page", ".htm": "page", ".xhtml": "page",
    ".pdf": "pdf", ".docx": "docx", ".eml": "mail",
    ".jsonl": "rows", ".ndjson": "rows", ".json": "rows",
    ".rss": "feed", ".atom": "feed", ".xml": "feed",
}  # fmt: skip
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MEDIA: dict[str, Kind] = {
    "text/html": "page", "application/xhtml+xml": "page",
    "text/plain": "text", "text/markdown": "markdown", "text/x-markdown": "markdown",
    "application/pdf": "pdf", "application/x-pdf": "pdf", _WORD: "docx",
    "message/rfc822": "mail",
    "application/rss+xml": "feed", "application/atom+xml": "feed", "application/rdf+xml": "feed",
    "application/x-ndjson": "rows", "application/jsonl": "rows", "application/json": "rows",
    "application/jsonlines": "rows", "application/x-jsonlines": "rows",
}  # fmt: skip
_PAGE = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.I | re.S,
)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)


def kind_of_name(name: str) -> Kind | None:
    """The kind that a file name's extension says; None when unknown or without one."""
    return _EXTENSIONS.get(PurePath(name).suffix.lower())


def kind_of_words(data: bytes) -> Kind:
    """The kind of content without a name, by its first bytes; plain text when nothing fits."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04") and b"word/" in data:
        return "docx"
    if _PAGE.match(data[:2048]):
        return "page"
    return "feed" if _FEED.search(data[:1024]) and data.lstrip()[:1] == b"<" else "text"


def kind_of_response(data: bytes, content_type: str, path: str) -> Kind:
    """The kind of a response, by its declared type, then its content, then its address.

    Raises Unreadable (`unsupported`) for pictures, archives and the like.
    """
    seen = kind_of_words(data)
    if seen in {"pdf", "docx", "feed"}:
        return seen
    kind = _MEDIA.get(content_type)
    if kind == "text":  # many servers send .md, .jsonl and .eml as plain text
        return kind_of_name(path) or seen
    if kind:
        return kind
    if content_type in {
        "",
        "application/octet-stream",
        "binary/octet-stream",
        "text/xml",
        "application/xml",
    }:
        return kind_of_name(path) or seen
    if content_type.startswith("text/"):
        return seen
    raise Unreadable("unsupported", f"content of type {content_type} is not read")


def read_bytes(
    data: bytes, kind: Kind, *, charset: str | None = None, url: str = "", depth: int = 0
) -> Reading:
    """Read `data` as `kind`. Raises Unreadable.

    charset: what the transport declares. depth: of nested mail.
    """
    if not data.strip():
        raise Unreadable("empty", "it is empty")
    if kind == "pdf":
        return read_pdf(data)
    if kind == "docx":
        return read_docx(data)
    if kind == "mail":
        return read_mail(data, _read_attachment, depth=depth)
    if kind == "feed":
        return read_feed(data, url=url)
    if kind == "page":
        return read_page(decode(data, declared=charset or declared_charset(data)), url=url)
    text = decode(data, declared=charset)
    if kind == "rows":
        return read_rows(text)
    return read_markdown(text) if kind == "markdown" else read_text(text)


def _read_attachment(data: bytes, name: str, depth: int) -> Reading | None:
    kind = kind_of_name(name)
    return read_bytes(data, kind, depth=depth) if kind else None
