"""PDF text by pypdf: pages joined by a blank line."""

from __future__ import annotations

import io
import logging
import re
from datetime import datetime, timezone

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from tools.readers.byline import find_byline
from tools.readers.dateline import published_day
from tools.readers.draft import Draft, Reading, Unreadable
from tools.readers.titles import title_of

__all__ = ["read_pdf"]

# Titles that name the program or the file, not the document.
_NO_TITLE = re.compile(
    r"^(?:untitled.*|microsoft \w+ - .*|.*\.(?:docx?|pdf|indd|qxd|tmp|rtf|pptx?))?$", re.I
)
_SURROGATE = re.compile("[\ud800-\udfff]")

# pypdf logs every oddity of a broken file; what matters is raised.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def read_pdf(data: bytes) -> Reading:
    """One draft with the text of all pages.

    A date on the first page wins over the file's creation date, which is when the PDF was made.
    Raises Unreadable: `encrypted`, `no_text` (a scan) or `broken`.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many reports are encrypted with an empty password, to forbid changes only.
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted()
        pages = [page.extract_text() for page in reader.pages]
        meta = reader.metadata
        title = (meta.title if meta else None) or ""
        author = (meta.author if meta else None) or ""
        try:
            created = meta.creation_date if meta else None
        except ValueError:  # free text where a date should be
            created = None
    except (FileNotDecryptedError, DependencyError) as error:
        raise _encrypted() from error
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError,
            AssertionError, OverflowError, RecursionError, OSError) as error:  # fmt: skip
        # pypdf lets these escape for damaged files.
        raise Unreadable(
            "broken", f"the PDF is damaged ({error}): open it in a viewer and save it again"
        ) from error
    text = "\n\n".join(page.strip("\n") for page in pages if page.strip())
    # Bad font tables yield lone surrogates and NULs, which no UTF-8 store can hold.
    text = _SURROGATE.sub("\ufffd", text).replace("\x00", "")
    if not any(c.isalnum() for c in text):
        raise Unreadable(
            "no_text",
            f"the PDF has {len(pages)} page(s) but no text, so it is probably a scan: "
            "run text recognition (OCR) on it first",
        )
    day = published_day(text) or (_utc(created).date() if created else None)
    byline = find_byline(text)
    return Reading(
        (
            Draft(
                text=text,
                title=title_of(text) if _NO_TITLE.match(title.strip()) else title.strip(),
                author=byline.author if byline else author.strip(),
                published_at=day.isoformat() if day else None,
            ),
        )
    )


def _encrypted() -> Unreadable:
    return Unreadable(
        "encrypted", "the PDF needs a password: save a copy without one and read that"
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment
