"""When two names name one thing, and what a document is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from agents.gazetteer import ALIASES, LEGAL_FORMS, ORG_WORDS, PEOPLES, PLACE_WORDS, TITLES, places
from agents.grammar import word_class
from agents.name_spans import TICKER, Kind, heading, initials_of, is_ticker, names

__all__ = [
    "Cluster",
    "Subject",
    "canonical",
    "definitions",
    "same_name",
    "stated_ticker",
    "subjects",
]

_SMALL = frozenset("of and the for in on de la del & et und".split())
# Words that open many unrelated names, so that alone they are no short form of any.
_GENERIC = frozenset(
    """new north south east west northern southern eastern western general first national united
    royal global great old saint st san los las el la le de bank central state federal american
    international public people's white black red blue green golden big air sea prime grand
    northrop-x world pacific atlantic energy health home capital standard""".split()
) | PEOPLES  # fmt: skip


class Cluster(NamedTuple):
    """One named thing: its longest form, every form seen, and how often they were seen."""

    name: str
    forms: tuple[str, ...]
    mentions: int


class Subject(NamedTuple):
    """A named thing that a document is about."""

    name: str
    kind: Kind
    mentions: int
    """How often it is named, short forms included."""
    start: int
    """Offset of the first mention in the text (-1 if only the title has it)."""


@lru_cache(maxsize=8192)
def _parts(name: str) -> tuple[str, ...]:
    low = re.sub(r"['’]s\b|['’]$", "", name.strip().lower().replace("’", "'"))
    low = ALIASES.get(low, low).removeprefix("the ")
    low = ALIASES.get(low, low)
    words = re.findall(r"(?:[a-z]\.){2,}|[^\W_]+(?:['&.+-][^\W_]+)*\+?|&", low)
    kept = [w.rstrip(".") for w in words if w not in _SMALL]
    while len(kept) > 1 and (kept[-1] in LEGAL_FORMS or kept[-1] + "." in LEGAL_FORMS):
        kept.pop()
    while (
        len(kept) > 1
        and kept[0] in TITLES
        and kept[0] not in ("general", "foreign", "major", "prime", "chief")
    ):
        kept.pop(0)
    return tuple(kept)


def same_name(a: str, b: str, defined: Mapping[str, str] | None = None) -> bool:
    """Whether two names can name one thing.

    True for equal names after legal forms, titles and "the" are dropped, known aliases ("US",
    "America"), a short form that opens the longer one ("Kratos", "Kratos Defense & Security
    Solutions"), a surname, an acronym of three letters or more that is the other's initials, and
    acronyms in `defined` (see `definitions`). A country is never a short form of a company.
    """
    if defined:
        a, b = defined.get(a, a), defined.get(b, b)
    first, second = _parts(a), _parts(b)
    if not first or not second:
        return False
    if first == second or "".join(first) == "".join(second):
        return True
    short, long = (first, second) if len(first) <= len(second) else (second, first)
    source, longer = (a, b) if len(first) <= len(second) else (b, a)
    joined = " ".join(short)
    if joined in places() or " ".join(long) in places():
        return False
    if len(short) == 1 and len(short[0]) >= 3 and len(long) > 1:
        letters = short[0].replace(".", "")
        if source.strip().isupper() and initials_of(letters, longer) and (
            "".join(w[0] for w in long) == letters
            or initials_of(letters, longer).lower() == longer.lower().removeprefix("the ")
        ):  # fmt: skip
            return True
    if len(short) == len(long):
        return False
    if long[: len(short)] == short:
        return len(short) > 1 or (short[0] not in _GENERIC and len(short[0]) > 2)
    if len(short) == 1 and len(long) in (2, 3) and long[-1] == short[0]:
        return (
            short[0] not in ORG_WORDS | PLACE_WORDS | _GENERIC | LEGAL_FORMS
            and word_class(short[0]) in (None, "NNP")
            and not set(long[:-1]) & (ORG_WORDS | PLACE_WORDS | PEOPLES)
        )
    return False


def definitions(text: str) -> dict[str, str]:
    """Acronyms that the text defines: "People's Liberation Army (PLA)" gives PLA."""
    found: dict[str, str] = {}
    for match in re.finditer(r"\(([A-Z][A-Za-z.&-]{1,9})\)", text):
        full = initials_of(match.group(1), text[max(0, match.start() - 120) : match.start()])
        if full:
            found.setdefault(match.group(1), full)
    return found


def canonical(found: Iterable[str], defined: Mapping[str, str] | None = None) -> list[Cluster]:
    """Names, as often as they occur, grouped by what they name; largest group first.

    A short form that could belong to several long ones goes to the most frequent of them.
    """
    counts = Counter(name.strip() for name in found if name.strip())
    order = sorted(counts, key=lambda n: (-len(_parts(n)), -len(n), n))
    groups: list[list[str]] = []
    for name in order:
        fitting = [g for g in groups if same_name(name, g[0], defined)]
        if not fitting and len(_parts(name)) == 1 and _parts(name)[0] in ORG_WORDS:
            # "the Commission" after "European Commission".
            fitting = [g for g in groups if _parts(g[0])[-1:] == _parts(name)]
            fitting = fitting if len(fitting) == 1 else []
        if fitting:
            max(fitting, key=lambda g: sum(counts[n] for n in g)).append(name)
        else:
            groups.append([name])
    clusters = [Cluster(_best(g), tuple(g), sum(counts[n] for n in g)) for g in groups]
    return sorted(clusters, key=lambda c: (-c.mentions, c.name))


def _best(forms: list[str]) -> str:
    """The longest form, in ordinary capitals if one is written so."""
    longest = forms[0]
    plain = [f for f in forms if _parts(f) == _parts(longest) and not f.isupper()]
    return plain[0] if longest.isupper() and plain else longest


def subjects(text: str, title: str = "") -> list[Subject]:
    """What a document is about: its names, ranked by mentions, those in title and lead first.

    Tickers are left out. A place ranks below an organisation or person with as many mentions.
    """
    whole = f"{title}\n\n{text}" if title else text
    shift = len(title) + 2 if title else 0
    mentions = [n for n in names(whole) if n.kind != "ticker"]
    defined = definitions(whole)
    ranked: list[tuple[float, Subject]] = []
    for cluster in canonical((m.text for m in mentions), defined):
        forms = set(cluster.forms)
        own = [m for m in mentions if m.text in forms]
        if len(_parts(cluster.name)) == 1 and _parts(cluster.name)[0] in ORG_WORDS:
            continue
        kinds = Counter(m.kind for m in own if m.kind != "other")
        kind: Kind = kinds.most_common(1)[0][0] if kinds else "other"
        in_title = any(m.start < shift for m in own)
        in_lead = any(shift <= m.start < shift + 400 for m in own)
        body = [m.start - shift for m in own if m.start >= shift]
        score = cluster.mentions + 3 * in_title + 1.5 * in_lead - (1.5 if kind == "place" else 0)
        ranked.append(
            (score, Subject(cluster.name, kind, cluster.mentions, body[0] if body else -1))
        )
    ranked.sort(key=lambda pair: (-pair[0], pair[1].start, pair[1].name))
    return [subject for _, subject in ranked]


def stated_ticker(text: str, name: str) -> str | None:
    """The ticker that the text states for a name: "Kratos (KTOS)", "(NASDAQ: KTOS)", "(RHM GY)".

    Returns the code without exchange. None when no mention of the name, in any of its forms, is
    followed by one; an acronym made of the name's initials is not taken for a ticker.
    """
    for match in TICKER.finditer(text):
        before = text[max(0, match.start() - 120) : match.start()]
        inner = match.group()[1:-1]
        if not is_ticker(inner, before):
            continue
        line = before.rsplit("\n", 1)[-1]
        close = [n for n in names(line) if n.kind != "ticker" and not line[n.end :].strip(" .,’'s")]
        owner = close[-1].text if close else ""
        if not owner and heading(line) or not close:
            tail = re.search(r"([A-Z][\w&.’'-]*(?:[ ][A-Z&][\w&.’'-]*)*)\s*$", line)
            owner = tail.group(1) if tail else ""
        if owner and same_name(owner, name):
            return inner.split(":")[-1].strip().split(" ")[0]
    return None
