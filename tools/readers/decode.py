"""Bytes to text: byte order marks, UTF-8, UTF-16, then detection.

The decoded text is stored untouched; only the byte order mark, which is not text, is removed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from tools.readers.draft import Unreadable

__all__ = ["decode", "looks_like"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its prefix
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip-based file, such as a Word document"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
)
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1"})
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 64 * 1024
# Above this share of accented letters a Western reading is a guess like any other.
_WESTERN_SHARE = 0.06


def looks_like(data: bytes) -> str | None:
    """What a file is by its first bytes, in words; None when nothing known."""
    return next((what for magic, what in _MAGIC if data.startswith(magic)), None)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of `data`.

    declared: the character set its transport or markup names; used after a byte order mark,
    and only if the bytes are valid in it. Raises Unreadable (`binary`) for what is not text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding)
    what = looks_like(data)
    if what is not None:
        raise Unreadable(
            "binary", f"this is {what}, not text: give it its proper extension or convert it"
        )
    if declared and declared.lower() in _LATIN:
        declared = "cp1252"  # what browsers read under these names (WHATWG Encoding)
    for candidate in (declared, _unmarked_utf16(data), "utf-8"):
        if candidate:
            try:
                return _checked(data.decode(candidate))
            except (UnicodeDecodeError, LookupError):
                continue
    if b"\x00" in data:
        raise _binary("it has NUL bytes")
    nearly = _nearly_utf8(data)
    if nearly is not None:
        return nearly
    western = _western(data)
    if western is not None:
        return western
    best = from_bytes(data).best()
    if best is None:
        raise _binary("its bytes fit no known character set")
    return _checked(data.decode(best.encoding))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return _checked(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise Unreadable(
            "broken",
            f"its byte order mark says {encoding}, but byte {error.start} does not fit: "
            "save it again as UTF-8",
        ) from error


def _binary(why: str) -> Unreadable:
    return Unreadable("binary", f"this is not text ({why}): convert it to text or UTF-8 first")


def _checked(text: str) -> str:
    """Text as is; Unreadable when it is binary that happens to decode."""
    sample = text[:_SAMPLE]
    controls = len(_CONTROL.findall(sample))
    if "\x00" in text or controls > max(2, len(sample) // 200):
        raise _binary("it has NUL bytes" if "\x00" in text else "it is full of control characters")
    return text


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: Latin text has a NUL in every other byte, always the same side."""
    sample = data[:4096]
    if len(data) % 2 or len(sample) < 4 or b"\x00" not in sample:
        return None
    half = len(sample) // 2
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    if even > 0.4 and odd < 0.05:
        return "utf-16-be"
    return None


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few damaged characters (a file cut in the middle of one), marked as U+FFFD."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    intact = sum(1 for char in text if char > "\x7f") - damaged
    return _checked(text) if intact >= 20 * damaged else None


def _western(data: bytes) -> str | None:
    """Windows-1252, when the text is nearly ASCII and every other character is plausible.

    Detection by statistics needs more than the three curly quotes of a short article. A letter
    must touch letters, and a sign must not stand inside a word: Polish or Russian read as
    Western fails that at once.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    letters = sum(1 for char in text if char.isalpha())
    foreign = sum(1 for char in text if char > "\x7f" and char.isalpha())
    if foreign > _WESTERN_SHARE * letters:
        return None
    for at, char in ((m.start(), m.group()) for m in re.finditer(r"[^\x00-\x7f]", text)):
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        inside = before.isalpha() and after.isalpha()
        category = unicodedata.category(char)
        if category.startswith("L") and char not in "ªº":
            if not (before.isalpha() or after.isalpha() or char in "ÀÉàâôÖÅø"):
                return None
            if category == "Lu" and before.islower():
                return None
        elif inside and char not in "’‘–—\xad·…“”«»\xa0":
            return None
    return _checked(text)
