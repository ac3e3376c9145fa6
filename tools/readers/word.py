"""Word documents by python-docx: paragraphs and tables in their order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timezone

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table, _Cell

from tools.readers.byline import find_byline
from tools.readers.dateline import published_day
from tools.readers.draft import Draft, Reading, Unreadable
from tools.readers.titles import title_of

__all__ = ["read_docx"]

_MAX_UNPACKED = 200 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0"
# The library's own template: what a generated file says when nobody set it.
_TEMPLATE_DATE = datetime(2013, 12, 23, 23, 15, tzinfo=timezone.utc)
_TEMPLATE_AUTHOR = "python-docx"


def read_docx(data: bytes) -> Reading:
    """One draft; a table is a paragraph per row, cells separated by tabs.

    A date in the text's header wins over the file's creation date. Raises Unreadable:
    `encrypted` (a password makes it an OLE file), `broken`, `too_large` or `empty`.
    """
    if data.startswith(_OLE):
        raise Unreadable(
            "encrypted",
            "it is password-protected or in the old .doc format: save it as .docx without password",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
                raise Unreadable("too_large", "unpacked it exceeds 200 MB: split it")
        document = docx.Document(io.BytesIO(data))
        blocks = [block for block in _blocks(document) if block.strip()]
        properties = document.core_properties
        title, author, created = properties.title, properties.author, properties.created
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError, AttributeError, SyntaxError,
            OSError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        # lxml's parse errors are SyntaxErrors; the rest escapes python-docx for damaged files.
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            "broken", f"the Word file is damaged ({error}): open it in Word and save it again"
        ) from error
    text = "\n\n".join(blocks)
    if not any(c.isalnum() for c in text):
        raise Unreadable("empty", "the Word file has no text")
    day = published_day(text)
    if (
        day is None
        and created is not None
        and created.replace(tzinfo=timezone.utc) != _TEMPLATE_DATE
    ):
        day = created.date()
    byline = find_byline(text)
    return Reading(
        (
            Draft(
                text=text,
                title=title.strip() if title and title.strip() else title_of(text),
                author=byline.author
                if byline
                else ("" if author == _TEMPLATE_AUTHOR else (author or "").strip()),
                published_at=day.isoformat() if day else None,
            ),
        )
    )


def _blocks(container: WordDocument | _Cell) -> Iterator[str]:
    for item in container.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                cells: list[str] = []
                seen: set[int] = set()
                for cell in row.cells:
                    # A merged cell is listed once for each column it spans.
                    if id(cell._tc) not in seen:
                        seen.add(id(cell._tc))
                        cells.append(" ".join(b.strip() for b in _blocks(cell) if b.strip()))
                yield "\t".join(cells)
        else:
            yield item.text
