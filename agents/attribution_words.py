"""Reporting verbs and other words that attribute a statement."""

from __future__ import annotations

import re

__all__ = [
    "ACCORDING",
    "ADVERB",
    "ANONYMOUS_HEAD",
    "AUTHOR",
    "HEDGE_WORD",
    "HEDGING",
    "NEEDS_CLAUSE",
    "PASSIVE",
    "QUOTE",
    "SAY",
    "THINK",
]

SAY = frozenset(
    """say tell add announce state note declare explain confirm report write argue claim insist
    acknowledge admit concede stress emphasise emphasize remark comment reply respond testify
    disclose reveal describe tweet post indicate warn caution deny""".split()
)
THINK = frozenset(
    """believe think expect estimate forecast predict project suggest allege suspect assume
    anticipate reckon hope fear consider guide maintain contend speculate hint propose calculate
    conclude find show observe doubt agree suppose worry put guess figure imply assert recommend
    advise complain plan""".split()
)
NEEDS_CLAUSE = frozenset(
    """find show consider hope fear add note put write argue agree propose maintain indicate
    conclude figure assume suppose worry complain reveal observe imply state stress comment reply
    respond guess post hint plan describe explain declare tell say claim insist acknowledge admit
    concede remark emphasise emphasize""".split()
)
HEDGING = frozenset(
    """believe think suggest allege suspect assume reckon hope fear speculate hint claim suppose
    imply worry guess figure contend doubt estimate indicate""".split()
)
HEDGE_WORD = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|apparently|ostensibly|rumou?red|"
    r"may|might|could|possibly|perhaps|probably|likely|seems?|appears?|unconfirmed)\b",
    re.I,
)
ADVERB = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|ostensibly|rumou?red to)\b", re.I
)
PASSIVE = re.compile(
    r"(?:\b(?:is|are|was|were|been|be)\s+(?:also\s+|widely\s+|now\s+|generally\s+)?|"
    r"^[^,.]{3,60}?\s(?=\w+\s+to\b))"
    r"(?P<verb>said|believed|reported|thought|understood|alleged|rumou?red|considered|"
    r"estimated|known|claimed|feared|expected)\s+(?:to(?=\s+(?:be|have|hold|own|seek|plan|weigh|"
    r"consider|prepare|\w+))|that)\b",
    re.I,
)
ACCORDING = re.compile(
    r"\b(?:according to|in the (?:view|words|opinion) of|citing|quoting|as reported by|"
    r"as stated by|seen by|based on data from)\s+",
    re.I,
)
AUTHOR = frozenset("we i our my us".split())
ANONYMOUS_HEAD = re.compile(
    r"\b(?:officials?|sources?|people|persons?|analysts?|traders?|experts?|insiders?|observers?|"
    r"critics?|diplomats?|watchers|economists?|brokers?|dealers|managers?|bankers?|investors?|"
    r"lawyers?|researchers?|scientists?|residents?|witnesses|executives?|workers?|employees|"
    r"sceptics|skeptics|supporters|opponents|many|some|others|respondents?|firms|companies|"
    r"buyers|"
    r"wholesalers|agents|reports?|rumou?rs?|media|observers|participants|strategists|someone|"
    r"one of (?:them|the)|the (?:first|second|other))\b",
    re.I,
)
QUOTE = re.compile(r"[\"“]([^\"“”]{2,})[\"”]|«([^»]{2,})»|(?<![\w])[‘']([^‘’']{12,})[’'](?!\w)")
