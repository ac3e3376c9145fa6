"""What part a sentence can play in a thesis, by its words.

These are proposals: they narrow what the model is asked about, and a line that plays no part
here is never offered for it. Nothing is concluded from them alone.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache

from agents.dates import windows

__all__ = ["UNDATED", "Role", "roles", "when"]

UNDATED = "undated"


class Role(StrEnum):
    INVALIDATION = "invalidation"
    RISK = "risk"
    VARIANT = "variant"
    SECOND_ORDER = "second_order"
    IMPLICATION = "implication"
    CATALYST = "catalyst"
    HORIZON = "horizon"


_FADE = (
    r"(?:fad(?:e|es|ing)|unravel\w*|stall(?:s|ed|ing)?|revers(?:e|es|ed|al|ing)|fail(?:s|ed|ing|ure)?|"
    r"collaps(?:e|es|ed|ing)|disappoint\w*|cool(?:s|ed)?|evaporat\w+|weaken\w*|falter\w*|end the|"
    r"change (?:our|my|the) (?:mind|view|call)|wrong|undermin\w+|derail\w*|break(?:s|ing)?|"
    r"relax\w*|slip(?:s|ped)?|delay(?:s|ed)?|reject(?:s|ed|ion)?|miss(?:es|ed)?|unwind\w*|"
    r"sold into)\b"
)
_PATTERNS: dict[Role, re.Pattern[str]] = {
    Role.INVALIDATION: re.compile(
        rf"\b(?<!even )(?:if|unless|should|without|until|provided|as long as)\b.*\b(?:{_FADE})|"
        rf"\b(?:{_FADE}).*\b(?<!even )(?:if|unless|without)\b|\bwould (?:cool|end|undo|reverse|"
        r"break|remove|change (?:our|my) mind)\b|"
        r"\bcould (?:unravel|reverse|fade|collapse|evaporate)\b|"
        r"\b(?:thesis|view|call|trade|case) (?:is|would be|will be|fails|breaks|would fail)\b"
        r".*\bif\b",
        re.I | re.S,
    ),
    Role.RISK: re.compile(
        r"\b(?:risks?|risky|threat\w*|downside|uncertain\w*|headwinds?|unproven|dilution|"
        r"worr(?:y|ies|ied)|danger\w*|vulnerab\w+|overhang|exposed to|scrutiny|bottlenecks?|"
        r"could go wrong|goes wrong|shortages?|short of|depends on|escalat\w+|backlash|"
        r"overexposure|caution\w*|caveats?|not a census|least reliable)\b",
        re.I,
    ),
    Role.VARIANT: re.compile(
        r"\b(?:consensus|market|markets|investors|analysts|the street|headlines?)\b[^.]*\b(?:"
        r"underpric\w+|overpric\w+|mispric\w+|misread\w*|miss(?:es|ing)?|overlook\w*|ignor\w+|"
        r"underestimat\w+|overestimat\w+|underappreciat\w+|complacen\w+|assum\w+|wrong\w*|"
        r"not priced|begun to price|barely moved)\b|\b(?:under|mis|over)pric(?:ed|ing)\b|"
        r"\bunderappreciated\b|\boverlooked\b|\b(?:is|are) not [“\"'‘]?[^.;]{3,80}; (?:it|they) "
        r"(?:is|are)\b|\bsmaller than advertised\b|\bfaster than (?:the )?headlines\b",
        re.I,
    ),
    Role.SECOND_ORDER: re.compile(
        r"\b(?:second[- ]order|in turn|knock[- ]on|spill[- ]?overs?|spilling|downstream|"
        r"indirect\w*|next step|longer[- ](?:duration|term|run)|suppliers? to|ripple|follow[- ]on|"
        r"eventually|reallocat\w+|reshor\w+|which makes|make[s]? it harder|longer-run)\b",
        re.I,
    ),
    Role.IMPLICATION: re.compile(
        r"\b(?:impli\w+|means? that|which means|leads? to|would lead|drive[sn]?|support(?:s|ing)?|"
        r"benefit\w*|hurt[s]?|gain\w*|lose[rs]?|pressur\w+|boost\w*|tailwinds?|headwinds?|"
        r"demand for|positions? (?:it|them)|stand[s]? to|outperform\w*|underperform\w*|"
        r"the cost falls|pay[s]? for|help[s]?|market implication|signal)\b",
        re.I,
    ),
}
_EVENT = re.compile(
    r"\b(?:summit|meeting|vote|ruling|decision|deadline|results|earnings|announce\w*|hearing|"
    r"election|filing|trial|read-?outs?|launch|review|expir\w+|tests?|parade|budget|package|"
    r"controls?|sanctions?|contract|award|approval|estimate|forum|auction|commission\w*|"
    r"revisions?|response|takes? effect|in force|delivery|completion|licen[cs]\w+)\b",
    re.I,
)
_OUTWEIGHED = re.compile(r"\b(?:outweigh\w*|overcom\w+|despite|no longer a risk)\b", re.I)
_BEHIND = re.compile(r"\b(?:over (?:two|three|four|five|six|\d+) years|has been|have been)\b", re.I)
_AHEAD = re.compile(
    r"\b(?:will|would|due|scheduled|expected|expects?|upcoming|next|planned|plans?|until|by the|"
    r"before|from \d|could|may|if|set to|is to|are to|when)\b",
    re.I,
)


_FORWARD = re.compile(
    r"^(?:(?:over|in|within|during|for|through) (?:the )?(?:next|coming|following)\b|within\b|by\b|"
    r"until\b|till\b|before\b|next\b|this (?:spring|summer|autumn|fall|winter|year|quarter)|"
    r"over \d|over (?:a|one|two|three|several)\b|later this|days|weeks|into 20)",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:past|last|since|ago|earlier|previous)\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def roles(text: str, published: date | None = None) -> frozenset[Role]:
    """The parts the sentence can play. published: the day its document appeared, when known."""
    found = {role for role, pattern in _PATTERNS.items() if pattern.search(text)}
    if _OUTWEIGHED.search(text):
        found.discard(Role.RISK)
    if when(text, published) != UNDATED:
        found.add(Role.HORIZON)
    if _EVENT.search(text) and _AHEAD.search(text) and not _BEHIND.search(text):
        found.add(Role.CATALYST)
    return frozenset(found)


def when(text: str, published: date | None = None) -> str:
    """The window or date ahead that the sentence states, as written; "undated" when none.

    A calendar date counts when it lies after the day of publication or a preposition makes it a
    deadline; what lies behind is no horizon.
    """
    for window in windows(text, published):
        if _PAST.search(window.text):
            continue
        if published is not None and window.last is not None:
            if window.last > published:
                return window.text
            continue
        if _FORWARD.match(window.text):
            return window.text
    return UNDATED
