"""What part a sentence can play in a thesis, by its words.

These are proposals: they narrow what the model is asked about, and a line that plays no part
here is never offered for it. Nothing is concluded from them alone.
"""

from __future__ import annotations

import re
from enum import StrEnum

from agents.dates import windows

__all__ = ["Role", "roles", "when"]


class Role(StrEnum):
    INVALIDATION = "invalidation"
    RISK = "risk"
    VARIANT = "variant"
    SECOND_ORDER = "second_order"
    IMPLICATION = "implication"
    CATALYST = "catalyst"
    HORIZON = "horizon"


_FADE = (
    r"fad(?:e|es|ing)|unravel\w*|stall\w*|revers\w+|fail\w*|collaps\w+|disappoint\w*|cool\w*|"
    r"evaporat\w+|weaken\w*|falter\w*|end the|change (?:our|my|the) (?:mind|view|call)|wrong|"
    r"undermin\w+|derail\w*|break\w*|relax\w*|slip\w*|delay\w*|reject\w*|miss\w*"
)
_PATTERNS: dict[Role, re.Pattern[str]] = {
    Role.INVALIDATION: re.compile(
        rf"\b(?:if|unless|should|without|until|provided|as long as)\b.*\b(?:{_FADE})|"
        rf"\b(?:{_FADE}).*\b(?:if|unless|without)\b|\bwould (?:cool|end|undo|reverse|break|"
        r"remove|change (?:our|my) mind)\b|\bcould (?:unravel|reverse|fade|collapse|evaporate)\b|"
        r"\b(?:thesis|view|call|trade|case) (?:is|would be|will be|fails|breaks|would fail)\b.*\bif\b",
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
        r"\b(?:second[- ]order|in turn|knock[- ]on|spill[- ]?overs?|spilling|downstream|indirect\w*|"
        r"next step|longer[- ](?:duration|term|run)|suppliers? to|ripple|follow[- ]on|eventually|"
        r"reallocat\w+|reshor\w+|which makes|make[s]? it harder|longer-run)\b",
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
_AHEAD = re.compile(
    r"\b(?:will|would|due|scheduled|expected|expects?|upcoming|next|planned|plans?|until|by the|"
    r"before|from \d|could|may|if|set to|is to|are to|when)\b",
    re.I,
)


def roles(text: str) -> frozenset[Role]:
    """The parts the sentence can play."""
    found = {role for role, pattern in _PATTERNS.items() if pattern.search(text)}
    if windows(text):
        found.add(Role.HORIZON)
    if _EVENT.search(text) and _AHEAD.search(text):
        found.add(Role.CATALYST)
    return frozenset(found)


def when(text: str) -> str:
    """The date or window of the sentence, as written; "undated" when it states none."""
    found = windows(text)
    return found[0].text if found else "undated"
