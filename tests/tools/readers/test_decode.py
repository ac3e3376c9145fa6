import codecs

import pytest

from tools.readers.decode import decode
from tools.readers.draft import Unreadable

SMART = "“Firm” prices — the bank’s own £84 million — café, naïve,\xa012\xa0%.\r\nSecond line.\r\n"
RUSSIAN = "Правительство утвердило новый порядок экспорта редкоземельных металлов. " * 6
POLISH = (
    "Spółka podała, że w trzecim kwartale sprzedaż wzrosła o pięć procent, dzięki źródłom. " * 6
)
CHINESE = "中国宣布对七类中重稀土实施出口管制，相关企业需要申请许可证。" * 8


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_smart_quotes_spaces_and_line_ends_survive(encoding: str) -> None:
    assert decode(SMART.encode(encoding)) == SMART


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    assert decode(SMART.encode(encoding)) == SMART


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_the_mark_itself_is_not_text(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert decode(mark + "Rates rose.".encode(encoding)) == "Rates rose."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (POLISH, "cp1250"),
        (CHINESE, "gb18030"),
    ],
)
def test_other_languages_in_old_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_declared_set_is_used_when_it_fits_and_ignored_when_not() -> None:
    assert decode("Wzrosła".encode("iso8859-2"), declared="iso-8859-2") == "Wzrosła"
    assert decode("Wzrosła".encode(), declared="ascii") == "Wzrosła"
    assert decode(b"Plain", declared="no-such-set") == "Plain"
    assert decode("“Yes”".encode("cp1252"), declared="ISO-8859-1") == "“Yes”"


def test_a_file_cut_inside_a_character_keeps_the_rest() -> None:
    data = RUSSIAN.encode()[:-1] + b"\xd0"
    text = decode(data)
    assert text.startswith(RUSSIAN[:100])
    assert text.endswith("\ufffd")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x00\x01\x02\x03" * 500,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
        b"PK\x03\x04rest of an archive",
        b"words\x00words",
    ],
)
def test_binary_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(Unreadable, match="convert it") as caught:
        decode(data)
    assert caught.value.kind == "binary"


def test_a_false_mark_is_named() -> None:
    with pytest.raises(Unreadable, match="byte order mark"):
        decode(codecs.BOM_UTF8 + b"\xff\xff")
