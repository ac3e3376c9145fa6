"""The forms in which texts write dates and windows, most specific first."""

from __future__ import annotations

import re

from agents.numerals import NUMBER_WORDS

__all__ = [
    "AFTER_NUMBER_YEAR",
    "BEFORE_BARE_MONTH",
    "BEFORE_NUMBER_YEAR",
    "CALENDAR_PATTERNS",
    "DAY_WORDS",
    "MODAL_AFTER",
    "MONTHS",
    "ORDINALS",
    "SEASONS",
    "WEEKDAYS",
    "WINDOW_PATTERNS",
]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января январе январь", "february feb февраля феврале февраль",
            "march mar марта марте март", "april apr апреля апреле апрель", "may мая мае май",
            "june jun июня июне июнь", "july jul июля июле июль",
            "august aug августа августе август", "september sept sep сентября сентябре сентябрь",
            "october oct октября октябре октябрь", "november nov ноября ноябре ноябрь",
            "december dec декабря декабре декабрь",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        "monday tuesday wednesday thursday friday saturday sunday".split(), start=1
    )
}
SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3,
             "4th": 4}  # fmt: skip
DAY_WORDS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1
    )
}

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_DAY2 = r"(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?![\d%])(?![.,]\d)"
_MOD = (
    r"(?:(?P<mod>early|mid|late|end|beginning|start|middle|close|turn)(?:[ -]+|[ -]of[ -]"
    r"(?:the )?))?"
)
_TO = r"(?: ?- ?| to | and | or )"
_NUM = r"(?:\d{1,3}(?:\.\d)?|" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True)) + r"|an?)"
_UNIT = (
    r"(?:working |business |trading |calendar )?(?:day|week|fortnight|month|quarter|year|decade)s?"
)
_SPAN = rf"(?P<low>{_NUM})(?:(?: ?- ?| to | or )(?P<high>{_NUM}))?[ -](?P<unit>{_UNIT})"

_PATTERNS: list[tuple[str, str]] = [
    ("iso", r"(?<![\d-])(?P<year>(?:1[5-9]|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)"
            r"(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])"),
    ("numeric", r"(?<![\d/.])(?P<a>[0-3]?\d)(?P<sep>[/.])(?P<b>[0-3]?\d)(?P=sep)(?P<year>(?:19|20)"
                r"\d\d)(?![\d/])"),
    ("dmy", rf"(?<![\d.,/])(?:{_DAY}(?: ?- ?| and | to ))?(?<![\d.,])(?P<day9>[0-3]?\d)(?:st|nd|"
            rf"rd|th)?[ -](?:day of |of )?{_MONTH}(?:,? {_YEAR}|-{_YEAR.replace('year', 'yearb')})"
            r"?(?! ?\d{3,4}[^\d])?"),
    ("mdy", rf"\b{_MONTH} {_DAY}(?:(?: ?- ?| and | to ){_DAY2}(?![\d%]))?(?![\d%])(?!,\d)(?!\.\d)"
            rf"(?:(?:,? | of ){_YEAR})?"),
    ("dayword", rf"\b(?P<dayword>{'|'.join(DAY_WORDS)}) (?:day )?of {_MONTH}(?:,? {_YEAR})?"),
    ("month", rf"\b{_MOD}{_MONTH}(?: ?- ?(?P<month2>{'|'.join(MONTHS)})\b\.?)?"
              rf"(?:,? (?:of )?{_YEAR})?"),
    ("quarter", rf"\b(?:Q(?P<q>[1-4])|(?P<q2>[1-4])Q|(?P<q3>first|second|third|fourth|1st|2nd|3rd|"
                rf"4th)[ -](?:fiscal |calendar )?quarter)(?:(?: of |[ -]| in )?(?:the )?(?:FY ?|"
                rf"fiscal (?:year )?)?(?:{_YEAR}|'?(?P<yy>\d\d)\b))?"),
    ("yearquarter", rf"\b{_YEAR}(?:'s)?[ -]?(?:Q(?P<q>[1-4])\b|(?P<q3>first|second|third|fourth) "
                    r"quarter)"),
    ("half", rf"\b(?:H(?P<h>[12])|(?P<h2>[12])H|(?P<h3>first|second|1st|2nd)[ -]half)\b"
             rf"(?:(?: of |[ -]| in )?(?:the )?(?:FY ?|fiscal (?:year )?)?(?:{_YEAR}|'?(?P<yy>\d\d)"
             r"\b))?"),
    ("halfjoined", r"\b(?:(?P<h2>[12])H|H(?P<h>[12])|Q(?P<q>[1-4])|(?P<q2>[1-4])Q)(?P<yy>\d\d)\b"),
    ("fiscal", r"\b(?:FY ?|(?:fiscal|financial)(?: year)? (?:of |to |ending )?)(?P<year>(?:19|20)"
               r"\d\d)(?:[/-](?P<year2>(?:20)?\d\d))?\b"),
    ("fiscalyy", r"\bFY'?(?P<yy>\d\d)(?:/(?P<year2>\d\d))?\b"),
    ("split", r"(?<![\d/-])(?P<year>(?:19|20)\d\d)/(?P<year2>(?:20)?\d\d)\b(?!/)"),
    ("season", rf"\b{_MOD}(?P<season>spring|summer|autumn|winter|fall(?= of (?:the )?(?:19|20)\d\d|"
               rf" (?:19|20)\d\d))(?:,? (?:of )?{_YEAR})"),
    ("seasonrel", r"\b(?P<rel>this|last|next|previous|coming|the) (?P<season>spring|summer|autumn|"
                  r"winter)\b"),
    ("decade", r"\b(?:(?:early|mid|late)[ -])?(?:the )?(?P<year>(?:1[5-9]|20)\d0)s\b"),
    ("years", rf"(?<![\d.,/$€£-]){_YEAR}(?: ?- ?|/)(?P<year2>(?:(?:19|20)?\d\d))"
              r"(?![\d%.,-]\d|\d|%)"),
    ("year", rf"(?<![\d.,/$€£¥#])(?<![\d]-)\b{_MOD}{_YEAR}(?!-\d)\b"),
    ("weekday", rf"\b(?:(?P<rel>last|next|this|previous) )?(?P<weekday>{'|'.join(WEEKDAYS)})\b"),
]  # fmt: skip

_WINDOWS: list[tuple[str, str]] = [
    ("within", rf"\b(?P<cue>within|over|during|in|for|across|throughout)(?: about| around| roughly|"
               rf" some| at least| up to)? (?:the )?(?P<dir>next|coming|following|past|last|"
               rf"previous|preceding)? ?{_SPAN}"),
    ("ago", rf"\b(?:about |around |some |nearly |almost )?{_SPAN} (?P<dir>ago|earlier|later|"
            r"from now|before|after|ahead|hence)\b"),
    ("next", rf"\b(?P<dir>next|coming|following|past|last|previous) {_SPAN}"),
    ("units", r"\b(?P<low>days|weeks|months|quarters|years) (?:to|or|and) (?P<high>days|weeks|"
              r"months|quarters|years)\b"),
    ("unitrel", r"\b(?P<rel>this|next|last|current|coming|previous|the coming) (?P<unit>week|month|"
                r"quarter|year|decade|century)\b"),
    ("later", r"\b(?:later|earlier) (?P<rel>this|next|last) (?P<unit>week|month|quarter|year)\b"),
    ("relday", r"\b(?P<day>today|yesterday|tomorrow|tonight)\b"),
    ("ends", r"\b(?P<cue>by|before|until|till) (?:the )?(?:end of )?(?:the |this |next )?"
             r"(?P<unit>week|month|quarter|year|decade|century)(?: ends?| is out|-end| end)?\b"),
    ("duration", rf"\b(?<![.\d]){_SPAN}"),
]  # fmt: skip

CALENDAR_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS]
WINDOW_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _WINDOWS]
BEFORE_BARE_MONTH = re.compile(
    r"(?:\b(?:in|of|by|since|until|till|late|early|mid|this|last|next|from|to|between|and|or|during|"
    r"end|through|before|after|for|on|previous|every|than|over|again|versus|vs|against|both|into|with"
    r"|as)[ -]|[(,:/]\s?|^)$",
    re.IGNORECASE,
)
MODAL_AFTER = re.compile(
    r"\s+(?:not|be|have|also|well|or may|soon|still|yet|never|even|take|need|lead|seem)\b"
)
BEFORE_NUMBER_YEAR = re.compile(
    r"(?:\b(?:USD|EUR|GBP|CNY|RMB|JPY|CHF|no\.?|number|about|roughly|around|nearly|almost|some|"
    r"approximately|than|least|to some|over about) |[A-Za-z]-|[#§])$",
    re.IGNORECASE,
)
AFTER_NUMBER_YEAR = re.compile(
    r"\s?(?:%|percent|per cent|basis|bps|tonnes?|tons?|km|kg|miles|metres|meters|MW|GW|MWh|barrels|"
    r"euros?|dollars?|million|billion|thousand|hours?|days?|weeks?|units?|people|soldiers|troops|"
    r"employees|staff|workers|patients|participants|feet|acres|hectares|°)(?![a-z])"
)
