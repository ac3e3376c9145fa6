"""Who wrote a text: names and wires from its byline, dateline and source fields."""

from __future__ import annotations

import re
from typing import NamedTuple

from agents.evidence import AuthorKind
from tools.readers.machine import is_ai_author, machine_line, marks_itself_ai
from tools.readers.zones import header_and_footer

__all__ = ["Byline", "author_kind_of", "find_byline"]

# General and release wires by name; most others are caught by the words in _WIRE_WORD.
_WIRES = re.compile(
    r"^(?:the\s+)?(?:reuters|thomson reuters|ap|associated press|afp|agence france-presse"
    r"|dpa(?:-afx)?|upi|united press international|tass|ria novosti|interfax|xinhua|kyodo|yonhap"
    r"|jiji|ansa|efe|apa|lusa|belga|anp|ntb|tt|ritzau|stt|pap|ctk|mti|agerpres|bta|aap|pti|ani"
    r"|ians|anadolu(?: agency)?|antara|bernama|wam|spa|qna|mena|pa media|press association"
    r"|canadian press|dow jones newswires|mt newswires|rtt ?news|pr ?newswire|business ?wire"
    r"|globe ?newswire|accesswire|cnw(?: group)?|bloomberg news|bns|leta|elta|ukrinform|belta"
    r"|тасс|интерфакс|риа новости)$",
    re.IGNORECASE,
)
_WIRE_WORD = re.compile(
    r"\b(?:news ?wires?|wires?|wire service|press agency|news agency|(?:press|news) association"
    r"|bureau|(?:filings|wire|announcements|disclosures?) (?:desk|team)|nachrichtenagentur"
    r"|agencia|agence|agenzia|агентство)\b",
    re.IGNORECASE,
)
_WIRE_DATELINE = re.compile(
    r"^\W{0,3}(?:[A-ZÀ-ÞА-Я][^()\n]{1,70}?)?\s*"
    r"(?:\((?P<round>[A-ZÀ-ÞА-Я][^()\n]{1,40})\)|/(?P<slash>[A-Z][^/\n]{1,40})/)\s*[-–—―]{1,3}\s"
)
_STAFF = re.compile(
    r"\b(?:news ?desk|\w+ desk|features team|partner content team|newsroom"
    r"|staff(?: writers?| reporters?)?|editorial (?:team|board|staff)|"
    r"editors|reporters|content team|our correspondents?|special correspondent)\b",
    re.IGNORECASE,
)
_ORG = re.compile(
    r"\b(?:inc|llc|ltd|plc|corp|gmbh|ag|sa|co|news|team|desk|media|press|research|capital|group|"
    r"editors?|editorial|office|department|ministry|commission|agency|wire|times|post|journal|daily|"
    r"review|engine|admin|administrator|user|author|unknown|contributors?|securities|bank|partners|"
    r"fund|trust|university|institute|board|committee|council|association|company|services?|digest|"
    r"letter|notes|bulletin|intelligence|analytics|insights?|markets?|trading|python-docx|microsoft|"
    r"word|adobe|google|webmaster|info|noreply|no-reply|support|sales|alerts?|newsletter)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    (
        "de da do dos das di del della du la le van von der den ten ter zu zur al el bin ibn ben "
        "abu y e i"
    ).split()
)
_TITLE = re.compile(
    r"^(?:dr|prof|mr|mrs|ms|sir|dame|lord|lady|amb|gen|col|rev)\.?\s+", re.IGNORECASE
)
_SUFFIX = re.compile(
    r",?\s+(?:CFA|PhD|Ph\.D\.|MD|M\.D\.|CPA|MBA|FRM|CAIA|Esq\.?|Jr\.?|Sr\.?|I{2,3}|OBE)\b\.?"
)
_BY = re.compile(
    r"^[\s*_#>|•-]*(?:(?:(?:written|words|reported|reporting|story|text|analysis|opinion)\s+)?by:?"
    r"|author:|autor:|auteur\s*:|автор:|von|par|por)\s+(?P<names>\S.*)$",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"^\W*(?:additional )?reporting by (?P<names>[^;.)\n]{3,120})", re.IGNORECASE
)
_SPLIT = re.compile(r"\s+(?:and|und|et|y|и|&)\s+|\s*[,;/]\s*")
_TRAIL = re.compile(r"\s*[|•·–—]\s*|\s+-\s+|\s+(?:on|at)\s+(?=\d)|\s{2,}|\t|,\s+(?=[\w .]*\d)")

_NOT_WIRE = re.compile(
    r"[:=%\d$€£]|\b(?:nasdaq|nyse|lse|xetra|euronext|otc\w*|company|group)\b", re.I
)


class Byline(NamedTuple):
    """What a text's byline says: the names as printed, and whether it names a machine."""

    author: str
    ai: bool


def _is_person(name: str) -> bool:
    name = _SUFFIX.sub("", _TITLE.sub("", name.strip())).strip(" ,.")
    if not name or any(c.isdigit() or c in '@<>()[]{}:"“”!?' for c in name):
        return False
    if _ORG.search(name) or _WIRE_WORD.search(name) or _STAFF.search(name):
        return False
    words = name.split()
    if len(words) == 1:
        # Chinese, Japanese and Korean names are not spaced.
        return 2 <= len(name) <= 5 and all("\u3040" <= c <= "\ud7a3" for c in name)
    return (
        len(words) <= 5
        and all(w.lower() in _PARTICLES or w[0].isupper() or not w[0].isascii() for w in words)
        and any(len(w.strip(".")) > 1 for w in words)
    )


def _names(raw: str) -> str:
    """The names of a byline, without what follows them; "" when they are not names."""
    raw = _TRAIL.split(raw.strip(), maxsplit=1)[0].strip(" *_|,.")
    if not raw or len(raw) > 120:
        return ""
    suffixes = _SUFFIX.sub("", raw)
    first = _SPLIT.split(suffixes)[0]
    if _is_person(first) or _wire(first) or is_ai_author(raw) or _STAFF.search(first):
        return raw
    return ""


def _wire(name: str) -> bool:
    return bool(_WIRES.match(name.strip()) or _WIRE_WORD.search(name))


def find_byline(text: str) -> Byline | None:
    """The byline in the header or footer of a plain text; None when there is none.

    "By Ann Lee | 3 May 2025" gives "Ann Lee"; "Generated by AI Agent Ann Lee" gives the same
    name with `ai` true.
    """
    head, tail = header_and_footer(text)
    for line in [*head[:1], *head[1:], *tail]:
        if line is not (head or [""])[0] and len(line) <= 400:
            machine = machine_line(line)
            if machine:
                name = machine.groupdict().get("name") or ""
                return Byline(name.strip(" ."), True)
    for line in head:
        match = _BY.match(line) if len(line) <= 160 else None
        names = _names(match["names"]) if match else ""
        if names:
            return Byline(names, is_ai_author(names))
    for line in tail[-6:]:
        match = _REPORTING.match(line) or (_BY.match(line) if len(line) <= 80 else None)
        names = _names(match["names"]) if match else ""
        if names:
            return Byline(names, is_ai_author(names))
    return None


def _has_wire_dateline(text: str) -> bool:
    for line in header_and_footer(text)[0][:6]:
        match = _WIRE_DATELINE.match(line)
        if match:
            name = match["round"] or match["slash"]
            before = line[: match.start("round") if match["round"] else match.start("slash")]
            # "(Wire) -" alone, or after a place in capitals: "Acme (Nasdaq: ACM) - " is neither.
            place = before.strip(" (/")
            shaped = not place or re.match(r"[A-ZÀ-ÞА-Я]{3,}", place)
            # "(RHM GY) -" is a ticker: initials count only when they are a known wire's.
            initials = name.isupper() and not _WIRES.match(name)
            if shaped and not initials and len(name.split()) <= 4 and not _NOT_WIRE.search(name):
                return True
    return False


def author_kind_of(text: str, *, author: str = "", publisher: str = "") -> AuthorKind:
    """What kind of author wrote `text`, from its own words and its author and publisher fields.

    A machine's mark outweighs the rest, a wire's a person's name: who rewrites a wire signs too.
    """
    byline = find_byline(text)
    if is_ai_author(author) or (byline and byline.ai) or marks_itself_ai(text, publisher=publisher):
        return AuthorKind.AI
    names = author or (byline.author if byline else "")
    first = _SPLIT.split(_SUFFIX.sub("", names))[0] if names else ""
    if (
        _has_wire_dateline(text)
        or (names and _wire(names))
        or (not names and _wire_publisher(publisher))
    ):
        return AuthorKind.AGENCY
    if first and (_is_person(first) or _STAFF.search(names)):
        return AuthorKind.HUMAN
    return AuthorKind.UNKNOWN


def _wire_publisher(publisher: str) -> bool:
    name = publisher.strip()
    return bool(
        _WIRES.match(name) or re.search(r"\b(?:news ?wire|wire|news agency)s?$", name, re.I)
    )
