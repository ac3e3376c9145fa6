"""What the lexical index sees of a text: folded, stemmed words, numbers and CJK pairs.

Documents and queries go through the same function, so the index needs no tokenizer of its own:
`tokens` returns strings of letters and digits only, which FTS5 splits at spaces.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache

import regex
from snowballstemmer import stemmer  # type: ignore[import-untyped]

__all__ = ["STOP_WORDS", "plain_words", "query_tokens", "tokens"]

_TOKEN = regex.compile(
    r"(?P<number>\d+(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
    r"|(?P<cjk>[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)"
)
_PLAIN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[^\W_]+")
# Soft hyphens, zero-width characters and the byte order mark are invisible; drop them.
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_english = stemmer("english")
_stemming = threading.Lock()  # the stemmer keeps its word in itself

STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each few for from
    further had has have having he her here hers him his how i if in into is it its itself just
    me more most my no nor not of off on once only or other our out over own s same she should
    so some such t than that the their them then there these they this those through to too
    under until up very was we were what when where which while who whom why will with would
    you your""".split()
)


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    with _stemming:
        return str(_english.stemWord(word))


def _folded(text: str) -> str:
    """NFKC, case folded, accents dropped."""
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not _is_accent(c)))


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def tokens(text: str) -> list[str]:
    """The index terms of a text, in order, repeated as often as they occur.

    A number is one term without group commas and trailing zeros ("1,577.50" is `1577p5`);
    a CJK or Thai run is its overlapping pairs; English endings are stemmed (Snowball).
    """
    found: list[str] = []
    for match in _TOKEN.finditer(_folded(text)):
        value = match.group()
        kind = match.lastgroup
        if kind == "number":
            value = value.replace(",", "")
            if "." in value:
                value = value.rstrip("0").rstrip(".").replace(".", "p")
            # Digits of every script are one number to a reader.
            found.append(value if value.isascii() else unicodedata.normalize("NFKC", value))
        elif kind == "cjk":
            pairs = [value[at : at + 2] for at in range(len(value) - 1)]
            found.extend(pairs or [value])
        else:
            word = value.replace("’", "'").removesuffix("'s").replace("'", "")
            found.append(word if word in STOP_WORDS else _stem(word))
    return found


def query_tokens(query: str) -> list[str]:
    """The distinct terms of a query in order, without stop words unless it has nothing else."""
    distinct = list(dict.fromkeys(tokens(query)))
    return [t for t in distinct if t not in STOP_WORDS] or distinct


def plain_words(text: str) -> list[str]:
    """Folded words without stemming, for comparing wordings; a CJK character is a word."""
    return [match.group() for match in _PLAIN.finditer(_folded(text))]
