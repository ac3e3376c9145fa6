"""The words by which a text replaces a figure, revises it, or denies what was said."""

from __future__ import annotations

import re

__all__ = [
    "DENIAL",
    "EARLIER_FIGURE",
    "NEGATED",
    "NOT_THE",
    "REVISION",
    "STRONG_DENIAL",
    "UNSETTLED",
]

NOT_THE = re.compile(
    r"\b(?:not|rather than|instead of|as opposed to|contrary to|nowhere near|far from|"
    r"well short of|well below|well above|against)(?: the| a| an| some| about| his| its| their)?"
    r"(?: (?:reported|rumoured|rumored|widely|often|originally|previously|initially|first|earlier|"
    r"claimed|quoted|cited|mooted|headline|figure|number|of|total|some|about|roughly|count))*\s*$",
    re.IGNORECASE,
)
EARLIER_FIGURE = re.compile(
    r"\b(?:earlier|initial|initially|previous|previously|original|originally|"
    r"first(?![ -](?:quarter|half|time|nine|six|two|three|year|week|month))|preliminary|prior|old|"
    r"former|provisional|advance|flash)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_ESTIMATE = (
    r"(?:estimates?|forecasts?|figures?|guidance|targets?|tolls?|counts?|numbers?|projections?|"
    r"outlook|range|expectations?|totals?|reading|data|tally|assumptions?|results?|loss|losses|"
    r"profit|revenue|valuation|offer|bid)"
)
REVISION = re.compile(
    r"\b(?:revis(?:e|es|ed|ing|ion|ions)|restat(?:e|es|ed|ing|ement)|"
    r"correct(?:s|ed|ing|ion)\b(?! way)|amended|supersed(?:e|es|ed|ing)|no longer be used|"
    rf"replaces (?:an|the|our|its) earlier|recalculat\w+|"
    rf"(?:earlier|previous|prior|initial|original) {_ESTIMATE}|"
    r"now (?:expects?|sees?|forecasts?|estimates?|puts?|predicts?|projects?)|"
    rf"(?:lower|cut|rais|trimm?|slash|upgrad|downgrad|lift|increas|reduc|updat|narrow|withdr[ae]w)"
    rf"(?:s|ed|ing|es|n|ting)?\b[^.;]{{0,50}}\b{_ESTIMATE}|"
    rf"{_ESTIMATE} (?:was|were|is|has been|have been) (?:lower|cut|rais|trimm|slash|upgrad|"
    r"downgrad|lift|increas|reduc|updat|narrow|withdr)\w*)\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denial|refut(?:e|es|ed|ing)|rebutt?(?:s|ed|ing|al)|disput(?:e|es|ed|"
    r"ing)|dismiss(?:es|ed|ing)? (?:the |a |an |media |press |these |those |as )?(?:report|claim|"
    r"rumou?r|allegation|speculation|suggestion|baseless|false|untrue|talk)\w*|"
    r"(?:reject(?:s|ed|ing)?) (?:the |a |an |media |press )?(?:report|claim|rumou?r|allegation|"
    r"suggestion|accusation|assertion)\w*|(?:is|are|was|were) (?:not true|untrue|false|incorrect|"
    r"wrong|baseless|unfounded|inaccurate)|no truth|without foundation|"
    r"(?:has|have|had|is|are|was|were|does|do|did|will|would) (?:not|never)|"
    r"(?:has|have|had|is|are|was|were|does|do|did|wo|would)n't|"
    r"no (?:plans?|intention|talks|discussions|negotiations|agreement|decision|deal|contact|"
    r"proposal|such)|"
    r"never)\b",
    re.IGNORECASE,
)
STRONG_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denial|refut|rebut|disput(?:e|es|ed|ing)|dismiss|reject|not true|"
    r"untrue|false|baseless|unfounded|no truth|no plans?|no intention)\w*",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"\b(?:not|no|never|none|n't|neither|nor|without|den(?:y|ies|ied|ying)|refus\w*|fail\w*|"
    r"unable|cannot|rul(?:e|es|ed|ing) out)\b|n't\b",
    re.IGNORECASE,
)
UNSETTLED = re.compile(
    r"\b(?:not (?:yet|only|least|all|every|any more|necessarily)|no longer|did not (?:say|reply|"
    r"answer|respond|comment|give|name|immediately)|declined to|not (?:clear|known|immediately|"
    r"disclosed|named|specif\w+|say))\b",
    re.IGNORECASE,
)
