"""What a question asks for.

A question is split into parts that can be answered on their own. For each part the rules say
what kind of answer it wants, which words, names and periods an answer must cover, and which
relations ("from Ukraine", "to European logistics companies") turn a near miss into a miss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from agents.gazetteer import PEOPLES
from agents.grammar import FINITE, Token, noun_groups, tagged
from agents.lexicon import stem, verb_base
from agents.name_spans import names
from agents.topics import AUXILIARIES, QUESTION_WORDS, content_stems, topic_words

__all__ = ["MONTH", "AnswerType", "Question", "SubQuestion", "is_question", "parse_question"]

AnswerType = Literal[
    "count",
    "amount",
    "money",
    "percent",
    "date",
    "duration",
    "entity",
    "list",
    "yes_no",
    "reason",
    "effect",
    "general",
]


class SubQuestion(NamedTuple):
    """One part of a question."""

    text: str
    """The part as words of its own; an elliptical part is completed from the one before."""
    answer_type: AnswerType
    unit: str
    """The counted or measured noun ("people", "cargo"), empty when none is named."""
    focus: str
    """The noun phrase asked for ("share of the electronics")."""
    content: tuple[str, ...]
    """Stems of its content words, in order, names and periods left out."""
    names: tuple[str, ...]
    periods: tuple[str, ...]
    """Years and months as written ("2024", "January 2025")."""
    relations: tuple[tuple[str, ...], ...]
    """Stems of each complement that restricts the answer ("from Ukraine": ("ukrain",))."""
    facets: tuple[str, ...]
    """Things listed side by side ("sales", "operating margin", "backlog")."""
    inherited: tuple[str, ...]
    """Stems that an elliptical or pronominal part takes over from earlier parts."""


class Question(NamedTuple):
    text: str
    parts: tuple[SubQuestion, ...]
    names: tuple[str, ...]
    periods: tuple[str, ...]
    topics: tuple[str, ...]
    """Content words as written, stop words stripped; a search query."""


_MONEY_WORDS = re.compile(
    r"\b(?:cost|costs|price|prices|worth|value|valued|revenue|revenues|sales|budget|spend|"
    r"spent|spending|"
    r"pay|paid|pays|payout|raise|raised|invest|invested|profit|profits|earnings|income|loss|"
    r"losses|"
    r"dividend|fee|fees|premium|premiums|fine|fined|debt|loan|loans|fund|funds|funding|money|"
    r"compensation|"
    r"salary|bid|offer|backlog|turnover|proceeds|claims|damages|subsidy|subsidies|owe|owes|"
    r"charge|charged|"
    r"capex|cash|market cap|valuation|award|deal|contract|donate|donated)\b",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:[;?]\s*(?=\S)|,?\s+(?:and|or|but)(?:\s+(?:also|then|so))?\s+(?=(?:how|what|which|"
    r"who|whom|whose|when|where|why|"
    r"whether|for how|by how|to what|in what|at what|from what|on what|with what|if so|"
    r"do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might)\b)|"
    r",\s*(?=(?:how|what|which|who|when|where|why|to what|by how|for how)\s+(?!(?:are|is|was|"
    r"were|has|have|had)\b)\S))",
    re.I,
)
_EFFECT = re.compile(
    r"\b(?:who|which|what)\b[^?]*\b(?:benefit\w*|gains?|los(?:e|es|ers?)|winners?|hurt|"
    r"harm\w*|help\w*|suffer\w*|"
    r"stands? to|exposed|beneficiar\w+|hit|affected|worse off|better off|profit)\b",
    re.I,
)
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_PERIOD = re.compile(
    rf"\b(?:{MONTH}\.?\s+(?:\d{{1,2}},?\s+)?(?:19|20)\d\d|\d{{1,2}}\s+{MONTH}(?:\s+(?:19|"
    rf"20)\d\d)?|"
    rf"(?:first|second|third|fourth|Q[1-4])[- ](?:quarter )?(?:of )?(?:19|20)\d\d|"
    rf"H[12] (?:19|20)\d\d|"
    rf"FY ?(?:19|20)?\d\d|(?:19|20)\d\d)\b"
)


_EFFECT_STEMS = frozenset(
    stem(w) for w in """benefit gain lose loser winner win hurt harm help suffer stand exposed
    beneficiary hit affected worse better profit firm company companies who""".split()
) | {"firm"}  # fmt: skip


def is_question(text: str) -> bool:
    """Whether the text asks something (a question mark, or a question's opening words)."""
    words = text.strip()
    if not words:
        return False
    if words.rstrip("\"'”’) ").endswith("?"):
        return True
    first = re.match(r"\W*([A-Za-z']+)\s+([A-Za-z']+)", words)
    if not first:
        return False
    low, second = first.group(1).lower(), first.group(2).lower()
    if low in QUESTION_WORDS:
        return low not in ("when", "while", "where", "which") or second in AUXILIARIES
    return low in AUXILIARIES and second not in ("the",) and not words.endswith(".")


def _parts(text: str) -> list[str]:
    pieces = []
    at = 0
    for match in _SPLIT.finditer(text):
        left = text[at : match.start()].strip(" ,")
        if len(left.split()) < 3 and not (match.group().strip().startswith("?") and left):
            continue
        if not any(t.tag in FINITE for t in tagged(left)) and not re.match(
            r"(?i)\s*(?:what|"
            r"who|how|which)",
            left,
        ):
            continue
        pieces.append(left)
        at = match.end()
    rest = text[at:].strip(" ,")
    if rest:
        pieces.append(rest)
    out: list[str] = []
    for piece in pieces:
        out += _shared_subject(piece)
    return [p.rstrip("?. ").strip() for p in out if p.strip("?. ")]


def _shared_subject(piece: str) -> list[str]:
    """ "What did X report for 2024 and guide for 2025": two questions with one subject."""
    match = re.match(
        r"(?i)(?P<open>(?:what|how much|how many \w+|which \w+|when|where|why|how)\s+(?:did|"
        r"does|do|will|would|can|has|have)\s+)(?P<rest>.+)$",
        piece,
    )
    if not match:
        return [piece]
    rest = match.group("rest")
    shift = match.start("rest")
    tokens = tuple(
        t._replace(start=t.start - shift, end=t.end - shift)
        for t in tagged(piece)
        if t.start >= shift
    )
    for i, token in enumerate(tokens[:-1]):
        if token.low != "and" or i < 2:
            continue
        following = tokens[i + 1]
        base = verb_base(following.low)
        if base != following.low or following.tag not in ("VB", "VBP") and not (
            i + 2 < len(tokens) and tokens[i + 2].low in ("for", "to", "in", "about", "on", "from")
            and following.tag == "NN" and verb_base(following.low) == following.low
            and any(t.low in ("for", "in", "about") for t in tokens[:i])
        ):  # fmt: skip
            continue
        groups = noun_groups(tokens)
        subject = next((rest[tokens[a].start : tokens[b - 1].end] for a, b in groups if a <= 1), "")
        if subject:
            left = rest[: token.start].strip(" ,")
            right = rest[following.start :].strip()
            return [match.group("open") + left, f"{match.group('open')}{subject} {right}"]
    return [piece]


def _answer_type(part: str) -> tuple[AnswerType, str]:
    """Kind of answer and counted or measured noun."""
    low = part.lower()
    found = re.search(r"\bhow many ((?:[\w-]+ ){0,4}?[\w-]+)", low)
    if found:
        return "count", _unit_of(part[found.start() :])
    if re.search(
        r"\b(?:what|which) (?:share|percentage|proportion|fraction|part|percent)\b|"
        r"\bhow (?:big|large) (?:is|was|are) the share\b",
        low,
    ):
        return "percent", ""
    if re.search(r"\bhow (?:long|quickly|soon|fast)\b|\bwhat (?:is|was) the (?:duration|term|"
                 r"length)\b", low) and not (
        re.search(r"\bhow long ago\b", low)
    ):  # fmt: skip
        return "duration", ""
    if re.search(
        r"^\W*(?:and )?(?:when|since when|by when|until when)\b|\b(?:what|"
        r"which) (?:date|day|year|month)\b|\bwhat is the deadline\b",
        low,
    ):
        return "date", ""
    if re.search(r"\bhow much\b|\bhow (?:big|large|high|low|expensive)\b", low):
        noun = re.search(
            r"\bhow much (?!did|does|do|is|are|was|were|has|have|had|of|will|"
            r"would|more|less|money)([\w-]+)",
            low,
        )
        if noun and noun.group(1) not in ("for",):
            return "amount", noun.group(1)
        return (
            ("money", "") if _MONEY_WORDS.search(low) or "for how much" in low else ("amount", "")
        )
    if _EFFECT.search(low):
        return "effect", ""
    if re.search(
        r"\bwhat (?:was|is|are|were|will be|would be)?\s*(?:the |its |"
        r"their )?(?:\w+ ){0,3}?(?:margin|rate|yield|growth|inflation|unemployment|"
        r"return)\b",
        low,
    ):
        return "percent", ""
    if re.search(
        r"\b(?:what|which)\b[^?]{0,40}\b(?:value|price|cost|revenue|budget|"
        r"valuation|amount|fee|premium|profit|dividend|payout)\b",
        low,
    ):
        return "money", ""
    if re.search(
        r"\b(?:latest |current |official |first )?(?:estimate|figure|number|total|"
        r"count|target)s? (?:of|for)\b",
        low,
    ):
        return "amount", ""
    if re.search(
        r"^\W*(?:why\b|for what reason|what (?:caused|explains|drove|led to|"
        r"is behind|was behind|are the reasons|is the reason|were the reasons))",
        low,
    ):
        return "reason", ""
    plural = re.search(
        r"^\W*(?:which|what) (?:are |"
        r"were )?(?:the )?(?:\w+ ){0,2}?(\w+s)\b(?! (?:is|was|has|does)\b)",
        low,
    )
    if re.search(r"^\W*who\b|^\W*whom\b|^\W*whose\b", low):
        return "entity", ""
    if re.search(
        r"^\W*(?:which|what) (?:are|were|is) (?:the )?(?:main |key |"
        r"major )?(?:terms|conditions|risks|reasons|causes|steps|measures|"
        r"provisions|features|points|changes|details|sources)\b",
        low,
    ):
        return "list", ""
    if re.match(r"\W*which\b", low):
        return ("list", "") if plural else ("entity", "")
    if re.match(
        r"\W*(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|"
        r"may|might|am)\b",
        low,
    ):
        return "yes_no", ""
    return "general", ""


def _unit_of(text: str) -> str:
    """Head noun of what is counted in "how many Chinese civilian drones did ..."."""
    tokens = tagged(text)[2:]
    words: list[Token] = []
    for token in tokens:
        if (
            token.low in AUXILIARIES
            or token.low in ("of",)
            or token.tag in ("IN", "TO", "WDT", "MD")
        ):
            break
        if token.tag in ("VBD", "VBZ", "VBP", "VB") and words:
            break
        words.append(token)
    return words[-1].low if words else ""


_TAIL = re.compile(
    r"\b(?P<prep>from|to|through|via|in|into|by|against|between|with|without|under|among|for|"
    r"on|over|at|inside|outside|"
    r"directly to|directly from|of)\s+(?P<rest>[^,?;]+?)(?=\s+(?:from|to|through|via|in|into|"
    r"by|against|between|with|"
    r"without|under|for|on|at|and (?:how|what)|of|that|which|who|is|are|was|were|did|does|"
    r"has|have|had|be|been|will)\b|[,?;]|$)",
    re.I,
)


def _relations(part: str, periods: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for match in _TAIL.finditer(part):
        prep = match.group("prep").lower()
        rest = match.group("rest")
        if prep in ("of",) and re.search(
            r"\b(?:share|value|number|estimate|amount|terms|"
            r"much|many|percentage|"
            r"proportion|fraction)\s+$",
            part[: match.start()],
            re.I,
        ):
            continue
        for period in periods:
            rest = rest.replace(period, " ")
        first = tagged("to " + rest)[1:2]
        if prep == "to" and first and first[0].tag == "VB":
            continue
        roots = content_stems(rest)
        if roots and prep != "of":
            found.append(roots)
    if re.search(r"\bdirectly\b", part, re.I):
        found.append(("direct",))
    return tuple(dict.fromkeys(found))


def _facets(part: str) -> tuple[str, ...]:
    """ "in sales, operating margin and backlog" as its members."""
    match = re.search(
        r"\b(?:in|for|on|of|about|is the|"
        r"are the)\s+((?:[\w' -]+,\s+)+[\w' -]+?,?\s+and\s+[\w' -]+)$",
        part,
    )
    if not match:
        return ()
    members = re.split(r",\s+and\s+|,\s+|\s+and\s+", match.group(1))
    return tuple(m.strip() for m in members if 0 < len(m.split()) <= 5)


_ELLIPTICAL = re.compile(
    r"^\W*(?:and )?(?:for how much|by how much|how (?:many|much)(?: of (?:it|them|that|these|"
    r"those))?|why|when|where|how|by whom|to whom|"
    r"how many (?:were|was|are|is|have|had|did)\b.*|how much (?:was|is|of (?:it|them|"
    r"that)).*)\W*$",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|that|this|these|those|he|she|his|her|"
    r"the (?:company|group|firm|deal|agreement))\b",
    re.I,
)


def parse_question(text: str) -> Question:
    """Parts, answer types, names, periods and relations of a question (English rules).

    A part without content of its own ("and for how much?") or with a pronoun takes over the words
    and names of the parts before it. Text that is no question is taken as a topic to report on:
    one part of type "general".
    """
    clean = re.sub(r"\s+", " ", text).strip()
    colon = re.match(
        r"(?:[^:?]{3,80}):\s+((?:how|what|which|who|when|why|is|are|did|does)\b.*)$", clean, re.I
    )
    lead = clean[: colon.start(1)] if colon else ""
    parts: list[SubQuestion] = []
    every_name: list[str] = []
    earlier_stems: list[str] = list(content_stems(lead))
    earlier_names: list[str] = _names_in(lead)
    earlier_periods: list[str] = _PERIOD.findall(lead)
    last_unit = ""
    for piece in _parts(clean[colon.start(1) :] if colon else clean):
        found_names = _names_in(piece)
        periods = tuple(dict.fromkeys(m.group() for m in _PERIOD.finditer(piece)))
        answer, unit = _answer_type(piece)
        elliptical = bool(_ELLIPTICAL.match(piece))
        if answer == "count" and not unit:
            unit = last_unit
        points_back = elliptical or bool(_PRONOUN.search(piece)) or bool(lead and not parts)
        own = content_stems(piece, [*found_names, *periods])
        if answer == "effect":
            own = tuple(s for s in own if s not in _EFFECT_STEMS)
        if (
            answer == "money"
            and elliptical
            or (answer == "amount" and elliptical and "much" in piece)
        ):
            answer = "money"
        thin = len(own) < 2 and not found_names
        inherit = (points_back or thin) and (bool(parts) or bool(lead))
        inherited = tuple(s for s in earlier_stems if s not in own) if inherit else ()
        own_names = (
            tuple(found_names)
            if not inherit
            else tuple(dict.fromkeys([*found_names, *earlier_names]))
        )
        if inherit and not periods:
            periods_used = tuple(dict.fromkeys(earlier_periods)) if elliptical else ()
        else:
            periods_used = periods
        shown = piece
        if elliptical and parts:
            shown = f"{parts[-1].text} - {piece}"
        relations = _relations(piece, periods)
        if elliptical and parts:
            relations = parts[-1].relations
        parts.append(
            SubQuestion(
                text=shown + "?",
                answer_type=answer,
                unit=unit,
                focus=_focus(piece),
                content=own,
                names=own_names,
                periods=periods_used,
                relations=relations,
                facets=_facets(piece),
                inherited=inherited,
            )
        )
        last_unit = unit or last_unit
        every_name += [n for n in found_names if n not in every_name]
        earlier_names += [n for n in found_names if n not in earlier_names]
        earlier_periods += [p for p in periods if p not in earlier_periods]
        earlier_stems += [s for s in own if s not in earlier_stems]
    all_periods = tuple(dict.fromkeys(m.group() for m in _PERIOD.finditer(clean)))
    return Question(
        clean,
        tuple(parts),
        tuple(dict.fromkeys([*_names_in(lead), *every_name])),
        all_periods,
        tuple(topic_words(clean)),
    )


def _names_in(text: str) -> list[str]:
    found: list[str] = []
    for name in names(text):
        words = name.text.split()
        while words and words[0].lower() in QUESTION_WORDS | AUXILIARIES:
            words = words[1:]
        shown = " ".join(words)
        if any(f.endswith(" " + shown) for f in found):
            continue
        if shown and name.kind != "ticker" and shown.lower() not in PEOPLES and shown not in found:
            found.append(shown)
    return found


def _focus(part: str) -> str:
    """The noun phrase a question asks about, as written."""
    match = re.match(
        r"(?i)\W*(?:how many|how much|what|which|whose)\s+(?:is |was |are |"
        r"were )?(?P<noun>(?:the |its |their )?[\w'’-]+"
        r"(?: (?!did|does|do|is|are|was|were|has|have|had|will|would|can|could)[\w'’-]+){0,8})",
        part,
    )
    if not match:
        return ""
    words = match.group("noun").split()
    if words and words[0].lower() in AUXILIARIES:
        return ""
    return " ".join(words)
