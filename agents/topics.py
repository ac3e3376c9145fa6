"""Content words of a text, as written and as roots that match across word forms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.gazetteer import CALENDAR
from agents.lexicon import stem, verb_base

__all__ = ["AUXILIARIES", "DEMONYMS", "QUESTION_WORDS", "content_stems", "root", "topic_words"]

QUESTION_WORDS = frozenset("what which who whom whose when where why how whether".split())
AUXILIARIES = frozenset(
    """is are was were be been being do does did has have had will would can could may might shall
    should must""".split()
)
_STOP = QUESTION_WORDS | AUXILIARIES | frozenset(
    """the a an of and or to in on at for with from by as about into between among against through
    during after before above below under over without within per via than then that this these
    those it its they them their he she his her we us our you your i me my there here not no any
    some all each every both either neither more most less least much many few several other
    another such same own only also just even still already yet now so too very if because while
    although however say says said tell told give gives gave given get got make makes made take
    takes took taken come comes came go goes went happen happens happened please according
    exactly main latest current recent recently specific far long soon often early late end
    begin year month quarter week day time new stand stands do done mean means it's what's who's
    lot kind report reported reports reportedly account accounts thing things compare compared
    out up down off part bear bears issue issues affect affects affected""".split()
)  # fmt: skip
# Words that say what kind of number is asked for; the answer's type covers them.
_TYPE_WORDS = frozenset(
    """value amount number figure share percentage percent proportion fraction total size level
    estimate estimates sum rate volume quantity count date""".split()
)


def topic_words(text: str) -> list[str]:
    """Content words of a text as written, in order, without stop words and repeats."""
    seen: set[str] = set()
    found: list[str] = []
    for match in re.finditer(r"[^\W_]+(?:[-'’.&][^\W_]+)*", text):
        word = re.sub(r"['’]s$", "", match.group())
        low = word.lower()
        if low in _STOP or low in seen or (len(low) < 3 and not (word.isupper() or word.isdigit())):
            continue
        seen.add(low)
        found.append(word)
    return found


def content_stems(text: str, drop: Sequence[str] = ()) -> tuple[str, ...]:
    """Stems of content words, hyphenated words as their parts too, without `drop`."""
    dropped = {stem(w) for phrase in drop for w in re.findall(r"[^\W_]+", phrase)}
    out: list[str] = []
    for match in re.finditer(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text):
        low = re.sub(r"['’]s?$", "", match.group().lower())
        if low in _STOP or low in _TYPE_WORDS or low in CALENDAR or len(low) < 2:
            continue
        if low.endswith("ing") and verb_base(low) in _STOP:
            continue
        own = root(low)
        if own not in out and stem(low) not in dropped:
            out.append(own)
    return tuple(out)


_PEOPLE = frozenset(
    """people person personnel soldiers troops staff workers employees trainees participants
    officers men women students patients residents passengers attendees recruits
    civilians""".split()
)
_SAME = {
    **dict.fromkeys(_PEOPLE, "people"),
    **dict.fromkeys(
        ("firm", "firms", "companies", "company", "corporation", "business", "businesses"), "firm"
    ),
    **dict.fromkeys(("fee", "fees", "charge", "charges", "charged"), "fee"),
    **dict.fromkeys(("purchase", "purchased", "buy", "buys", "bought", "buyers", "buyer"), "buy"),
    **dict.fromkeys(("sell", "sells", "sold", "sale", "sales", "seller"), "sell"),
    **dict.fromkeys(("authorities", "authority", "ministry", "government", "regulator"), "author"),
    **dict.fromkeys(("course", "training", "train", "trained", "trainee"), "train"),
    **dict.fromkeys(
        ("guide", "guides", "guidance", "outlook", "forecast", "expect", "expects", "expected"),
        "expect",
    ),
    **dict.fromkeys(
        (
            "carry",
            "carried",
            "carries",
            "transport",
            "transported",
            "ship",
            "shipped",
            "shipments",
            "shipment",
        ),
        "carri",
    ),
    **dict.fromkeys(("approve", "approved", "approval", "approvals", "grant", "granted"), "approv"),
    **dict.fromkeys(
        (
            "licence",
            "licences",
            "license",
            "licenses",
            "licensing",
            "licensed",
            "permit",
            "permits",
        ),
        "licenc",
    ),
    **dict.fromkeys(("defense", "defence"), "defenc"),
    **dict.fromkeys(("drone", "drones", "quadcopter", "quadcopters", "uav", "uavs"), "drone"),
    **dict.fromkeys(("pay", "paid", "pays", "payment", "payments", "payout", "payouts"), "pay"),
    **dict.fromkeys(("us", "u.s", "america", "american", "americans"), "americ"),
    **dict.fromkeys(("uk", "british", "britain"), "brit"),
}
DEMONYMS = {
    "russian": "russia",
    "chinese": "china",
    "german": "germany",
    "french": "france",
    "ukrainian": "ukraine",
    "japanese": "japan",
    "european": "europe",
    "indian": "india",
    "italian": "italy",
    "spanish": "spain",
    "polish": "poland",
    "dutch": "netherlands",
    "swedish": "sweden",
    "danish": "denmark",
    "turkish": "turkey",
    "israeli": "israel",
    "iranian": "iran",
    "korean": "korea",
    "canadian": "canada",
    "mexican": "mexico",
    "brazilian": "brazil",
    "swiss": "switzerland",
    "norwegian": "norway",
    "finnish": "finland",
    "austrian": "austria",
    "australian": "australia",
    "taiwanese": "taiwan",
    "saudi": "saudi",
}


def root(low: str) -> str:
    if low in _SAME:
        return _SAME[low]
    base = verb_base(low) if low.endswith(("ing", "ed")) else None
    if base in _SAME:
        return _SAME[base]
    if low in DEMONYMS:
        return stem(DEMONYMS[low])
    return stem(low)
