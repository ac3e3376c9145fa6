"""What a question asks for, and how well a sentence answers it.

A question is split into parts that can be answered on their own. For each part the rules say
what kind of answer it wants, which words, names and periods an answer must cover, and which
relations ("from Ukraine", "to European logistics companies") turn a near miss into a miss.
`answers` compares a part with a sentence and its surroundings; the features are transparent and
the decision to abstain is made from them elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from agents.actors import actors
from agents.dates import dates
from agents.gazetteer import CALENDAR, PEOPLES
from agents.grammar import FINITE, Token, noun_groups, stem, tagged, verb_base
from agents.name_match import same_name
from agents.name_spans import names
from agents.quantities import quantities
from agents.sentences import Span

__all__ = [
    "AnswerFit",
    "AnswerType",
    "Question",
    "SubQuestion",
    "answers",
    "is_question",
    "non_answer",
    "parse_question",
    "topic_words",
]

AnswerType = Literal["count", "amount", "money", "percent", "date", "duration", "entity", "list",
                     "yes_no", "reason", "effect", "general"]  # fmt: skip


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


class AnswerFit(NamedTuple):
    """How a sentence fits a part of a question. All fractions are 0..1; 1.0 when nothing is asked."""

    content: float
    """Share of content stems that the sentence itself has."""
    content_in_context: float
    """The same for sentence, passage, title and headings together."""
    type_present: bool
    """Whether the sentence has a number, date, name or clause of the kind asked for."""
    unit_present: bool
    """Whether a number of the sentence counts or measures the noun asked for."""
    names: float
    """Share of the question's names that sentence or context mention."""
    period: bool | None
    """Whether the period asked about is mentioned; None when the question names none."""
    relations: float
    """Share of restricting complements that the sentence itself covers."""
    relations_in_context: float
    non_answer: bool
    """The sentence says that this is not known, published or broken down."""
    non_answer_near: bool
    """The context says so about the words of the question."""
    missing: tuple[str, ...]
    """What neither sentence nor context covers, as written in the question."""
    score: float
    """A plain weighted mean for ranking, not a probability."""


_QUESTION_WORDS = frozenset("what which who whom whose when where why how whether".split())
_AUXILIARIES = frozenset(
    """is are was were be been being do does did has have had will would can could may might shall
    should must""".split()
)
_STOP = _QUESTION_WORDS | _AUXILIARIES | frozenset(
    """the a an of and or to in on at for with from by as about into between among against through
    during after before above below under over without within per via than then that this these
    those it its they them their he she his her we us our you your i me my there here not no any
    some all each every both either neither more most less least much many few several other
    another such same own only also just even still already yet now so too very if because while
    although however say says said tell told give gives gave given get got make makes made take
    takes took taken come comes came go goes went happen happens happened please according exactly
    main latest current recent recently specific far long soon often early late end begin year
    month quarter week day time new stand stands do done mean means it's what's who's lot kind
    report reported reports reportedly account accounts thing things compare compared out up down off
    part bear bears issue issues affect affects affected""".split()
)  # fmt: skip
# Words that say what kind of number is asked for; the answer's type covers them.
_TYPE_WORDS = frozenset(
    """value amount number figure share percentage percent proportion fraction total size level
    estimate estimates sum rate volume quantity count date""".split()
)
_MONEY_WORDS = re.compile(
    r"\b(?:cost|costs|price|prices|worth|value|valued|revenue|revenues|sales|budget|spend|spent|spending|"
    r"pay|paid|pays|payout|raise|raised|invest|invested|profit|profits|earnings|income|loss|losses|"
    r"dividend|fee|fees|premium|premiums|fine|fined|debt|loan|loans|fund|funds|funding|money|compensation|"
    r"salary|bid|offer|backlog|turnover|proceeds|claims|damages|subsidy|subsidies|owe|owes|charge|charged|"
    r"capex|cash|market cap|valuation|award|deal|contract|donate|donated)\b", re.I)  # fmt: skip
_SPLIT = re.compile(
    r"\s*(?:[;?]\s*(?=\S)|,?\s+(?:and|or|but)(?:\s+(?:also|then|so))?\s+(?=(?:how|what|which|who|whom|whose|when|where|why|"
    r"whether|for how|by how|to what|in what|at what|from what|on what|with what|if so|"
    r"do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might)\b)|"
    r",\s*(?=(?:how|what|which|who|when|where|why|to what|by how|for how)\s+(?!(?:are|is|was|were|has|have|had)\b)\S))", re.I)  # fmt: skip
_EFFECT = re.compile(
    r"\b(?:who|which|what)\b[^?]*\b(?:benefit\w*|gains?|los(?:e|es|ers?)|winners?|hurt|harm\w*|help\w*|suffer\w*|"
    r"stands? to|exposed|beneficiar\w+|hit|affected|worse off|better off|profit)\b", re.I)  # fmt: skip
_MONTH = (r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
          r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)")  # fmt: skip
_PERIOD = re.compile(
    rf"\b(?:{_MONTH}\.?\s+(?:\d{{1,2}},?\s+)?(?:19|20)\d\d|\d{{1,2}}\s+{_MONTH}(?:\s+(?:19|20)\d\d)?|"
    rf"(?:first|second|third|fourth|Q[1-4])[- ](?:quarter )?(?:of )?(?:19|20)\d\d|H[12] (?:19|20)\d\d|"
    rf"FY ?(?:19|20)?\d\d|(?:19|20)\d\d)\b")  # fmt: skip


_EFFECT_STEMS = frozenset(
    stem(w) for w in """benefit gain lose loser winner win hurt harm help suffer stand exposed beneficiary
    hit affected worse better profit firm company companies who""".split()
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
    if low in _QUESTION_WORDS:
        return low not in ("when", "while", "where", "which") or second in _AUXILIARIES
    return low in _AUXILIARIES and second not in ("the",) and not words.endswith(".")


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


def _stems(text: str, drop: Sequence[str] = ()) -> tuple[str, ...]:
    """Stems of content words, hyphenated words as their parts too, without `drop`."""
    dropped = {stem(w) for phrase in drop for w in re.findall(r"[^\W_]+", phrase)}
    out: list[str] = []
    for match in re.finditer(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text):
        low = re.sub(r"['’]s?$", "", match.group().lower())
        if low in _STOP or low in _TYPE_WORDS or low in CALENDAR or len(low) < 2:
            continue
        if low.endswith("ing") and verb_base(low) in _STOP:
            continue
        root = _root(low)
        if root not in out and stem(low) not in dropped:
            out.append(root)
    return tuple(out)


_PEOPLE = frozenset(
    """people person personnel soldiers troops staff workers employees trainees participants officers
    men women students patients residents passengers attendees recruits civilians""".split()
)
_SAME = {
    **{word: "people" for word in _PEOPLE},
    **dict.fromkeys(("firm", "firms", "companies", "company", "corporation", "business", "businesses"), "firm"),
    **dict.fromkeys(("fee", "fees", "charge", "charges", "charged"), "fee"),
    **dict.fromkeys(("purchase", "purchased", "buy", "buys", "bought", "buyers", "buyer"), "buy"),
    **dict.fromkeys(("sell", "sells", "sold", "sale", "sales", "seller"), "sell"),
    **dict.fromkeys(("authorities", "authority", "ministry", "government", "regulator"), "author"),
    **dict.fromkeys(("course", "training", "train", "trained", "trainee"), "train"),
    **dict.fromkeys(("guide", "guides", "guidance", "outlook", "forecast", "expect", "expects", "expected"), "expect"),
    **dict.fromkeys(("carry", "carried", "carries", "transport", "transported", "ship", "shipped",
                     "shipments", "shipment"), "carri"),
    **dict.fromkeys(("approve", "approved", "approval", "approvals", "grant", "granted"), "approv"),
    **dict.fromkeys(("licence", "licences", "license", "licenses", "licensing", "licensed", "permit",
                     "permits"), "licenc"),
    **dict.fromkeys(("defense", "defence"), "defenc"),
    **dict.fromkeys(("drone", "drones", "quadcopter", "quadcopters", "uav", "uavs"), "drone"),
    **dict.fromkeys(("pay", "paid", "pays", "payment", "payments", "payout", "payouts"), "pay"),
    **dict.fromkeys(("us", "u.s", "america", "american", "americans"), "americ"),
    **dict.fromkeys(("uk", "british", "britain"), "brit"),
}  # fmt: skip
_DEMONYM = {
    "russian": "russia", "chinese": "china", "german": "germany", "french": "france", "ukrainian": "ukraine",
    "japanese": "japan", "european": "europe", "indian": "india", "italian": "italy", "spanish": "spain",
    "polish": "poland", "dutch": "netherlands", "swedish": "sweden", "danish": "denmark", "turkish": "turkey",
    "israeli": "israel", "iranian": "iran", "korean": "korea", "canadian": "canada", "mexican": "mexico",
    "brazilian": "brazil", "swiss": "switzerland", "norwegian": "norway", "finnish": "finland",
    "austrian": "austria", "australian": "australia", "taiwanese": "taiwan", "saudi": "saudi",
}  # fmt: skip


def _root(low: str) -> str:
    if low in _SAME:
        return _SAME[low]
    base = verb_base(low) if low.endswith(("ing", "ed")) else None
    if base in _SAME:
        return _SAME[base]
    if low in _DEMONYM:
        return stem(_DEMONYM[low])
    return stem(low)


def _parts(text: str) -> list[str]:
    pieces = []
    at = 0
    for match in _SPLIT.finditer(text):
        left = text[at : match.start()].strip(" ,")
        if len(left.split()) < 3 and not (match.group().strip().startswith("?") and left):
            continue
        if not any(t.tag in FINITE for t in tagged(left)) and not re.match(r"(?i)\s*(?:what|who|how|which)", left):
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
        r"(?i)(?P<open>(?:what|how much|how many \w+|which \w+|when|where|why|how)\s+(?:did|does|do|will|would|can|has|have)\s+)(?P<rest>.+)$",
        piece)  # fmt: skip
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
    if re.search(r"\b(?:what|which) (?:share|percentage|proportion|fraction|part|percent)\b|\bhow (?:big|large) (?:is|was|are) the share\b", low):
        return "percent", ""
    if re.search(r"\bhow (?:long|quickly|soon|fast)\b|\bwhat (?:is|was) the (?:duration|term|length)\b", low) and not (
        re.search(r"\bhow long ago\b", low)
    ):  # fmt: skip
        return "duration", ""
    if re.search(r"^\W*(?:and )?(?:when|since when|by when|until when)\b|\b(?:what|which) (?:date|day|year|month)\b|\bwhat is the deadline\b", low):
        return "date", ""
    if re.search(r"\bhow much\b|\bhow (?:big|large|high|low|expensive)\b", low):
        noun = re.search(r"\bhow much (?!did|does|do|is|are|was|were|has|have|had|of|will|would|more|less|money)([\w-]+)", low)
        if noun and noun.group(1) not in ("for",):
            return "amount", noun.group(1)
        return ("money", "") if _MONEY_WORDS.search(low) or "for how much" in low else ("amount", "")
    if _EFFECT.search(low):
        return "effect", ""
    if re.search(r"\bwhat (?:was|is|are|were|will be|would be)?\s*(?:the |its |their )?(?:\w+ ){0,3}?(?:margin|rate|yield|growth|inflation|unemployment|return)\b", low):
        return "percent", ""
    if re.search(r"\b(?:what|which)\b[^?]{0,40}\b(?:value|price|cost|revenue|budget|valuation|amount|fee|premium|profit|dividend|payout)\b", low):
        return "money", ""
    if re.search(r"\b(?:latest |current |official |first )?(?:estimate|figure|number|total|count|target)s? (?:of|for)\b", low):
        return "amount", ""
    if re.search(r"^\W*(?:why\b|for what reason|what (?:caused|explains|drove|led to|is behind|was behind|are the reasons|is the reason|were the reasons))", low):
        return "reason", ""
    plural = re.search(r"^\W*(?:which|what) (?:are |were )?(?:the )?(?:\w+ ){0,2}?(\w+s)\b(?! (?:is|was|has|does)\b)", low)
    if re.search(r"^\W*who\b|^\W*whom\b|^\W*whose\b", low):
        return "entity", ""
    if re.search(r"^\W*(?:which|what) (?:are|were|is) (?:the )?(?:main |key |major )?(?:terms|conditions|risks|reasons|causes|steps|measures|provisions|features|points|changes|details|sources)\b", low):
        return "list", ""
    if re.match(r"\W*which\b", low):
        return ("list", "") if plural else ("entity", "")
    if re.match(r"\W*(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|am)\b", low):
        return "yes_no", ""
    return "general", ""


def _unit_of(text: str) -> str:
    """Head noun of what is counted in "how many Chinese civilian drones did ..."."""
    tokens = tagged(text)[2:]
    words: list[Token] = []
    for token in tokens:
        if token.low in _AUXILIARIES or token.low in ("of",) or token.tag in ("IN", "TO", "WDT", "MD"):
            break
        if token.tag in ("VBD", "VBZ", "VBP", "VB") and words:
            break
        words.append(token)
    return words[-1].low if words else ""


_TAIL = re.compile(
    r"\b(?P<prep>from|to|through|via|in|into|by|against|between|with|without|under|among|for|on|over|at|inside|outside|"
    r"directly to|directly from|of)\s+(?P<rest>[^,?;]+?)(?=\s+(?:from|to|through|via|in|into|by|against|between|with|"
    r"without|under|for|on|at|and (?:how|what)|of|that|which|who|is|are|was|were|did|does|has|have|had|be|been|will)\b|[,?;]|$)", re.I)  # fmt: skip


def _relations(part: str, periods: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for match in _TAIL.finditer(part):
        prep = match.group("prep").lower()
        rest = match.group("rest")
        if prep in ("of",) and re.search(r"\b(?:share|value|number|estimate|amount|terms|much|many|percentage|"
                                         r"proportion|fraction)\s+$", part[: match.start()], re.I):  # fmt: skip
            continue
        for period in periods:
            rest = rest.replace(period, " ")
        first = tagged("to " + rest)[1:2]
        if prep == "to" and first and first[0].tag == "VB":
            continue
        roots = _stems(rest)
        if roots and prep != "of":
            found.append(roots)
    if re.search(r"\bdirectly\b", part, re.I):
        found.append(("direct",))
    return tuple(dict.fromkeys(found))


def _facets(part: str) -> tuple[str, ...]:
    """ "in sales, operating margin and backlog" as its members."""
    match = re.search(r"\b(?:in|for|on|of|about|is the|are the)\s+((?:[\w' -]+,\s+)+[\w' -]+?,?\s+and\s+[\w' -]+)$", part)
    if not match:
        return ()
    members = re.split(r",\s+and\s+|,\s+|\s+and\s+", match.group(1))
    return tuple(m.strip() for m in members if 0 < len(m.split()) <= 5)


_ELLIPTICAL = re.compile(
    r"^\W*(?:and )?(?:for how much|by how much|how (?:many|much)(?: of (?:it|them|that|these|those))?|why|when|where|how|by whom|to whom|"
    r"how many (?:were|was|are|is|have|had|did)\b.*|how much (?:was|is|of (?:it|them|that)).*)\W*$", re.I)  # fmt: skip
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|that|this|these|those|he|she|his|her|the (?:company|group|firm|deal|agreement))\b", re.I)


def parse_question(text: str) -> Question:
    """Parts, answer types, names, periods and relations of a question (English rules).

    A part without content of its own ("and for how much?") or with a pronoun takes over the words
    and names of the parts before it. Text that is no question is taken as a topic to report on:
    one part of type "general".
    """
    clean = re.sub(r"\s+", " ", text).strip()
    colon = re.match(r"(?:[^:?]{3,80}):\s+((?:how|what|which|who|when|why|is|are|did|does)\b.*)$", clean, re.I)
    lead = clean[: colon.start(1)] if colon else ""
    parts: list[SubQuestion] = []
    every_name: list[str] = []
    earlier_stems: list[str] = list(_stems(lead))
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
        own = _stems(piece, [*found_names, *periods])
        if answer == "effect":
            own = tuple(s for s in own if s not in _EFFECT_STEMS)
        if answer == "money" and elliptical or (answer == "amount" and elliptical and "much" in piece):
            answer = "money"
        thin = len(own) < 2 and not found_names
        inherit = (points_back or thin) and (bool(parts) or bool(lead))
        inherited = tuple(s for s in earlier_stems if s not in own) if inherit else ()
        own_names = tuple(found_names) if not inherit else tuple(
            dict.fromkeys([*found_names, *earlier_names])
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
    return Question(clean, tuple(parts), tuple(dict.fromkeys([*_names_in(lead), *every_name])),
                    all_periods, tuple(topic_words(clean)))  # fmt: skip


def _names_in(text: str) -> list[str]:
    found: list[str] = []
    for name in names(text):
        words = name.text.split()
        while words and words[0].lower() in _QUESTION_WORDS | _AUXILIARIES:
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
        r"(?i)\W*(?:how many|how much|what|which|whose)\s+(?:is |was |are |were )?(?P<noun>(?:the |its |their )?[\w'’-]+"
        r"(?: (?!did|does|do|is|are|was|were|has|have|had|will|would|can|could)[\w'’-]+){0,8})", part)  # fmt: skip
    if not match:
        return ""
    words = match.group("noun").split()
    if words and words[0].lower() in _AUXILIARIES:
        return ""
    return " ".join(words)


# --- how well a sentence answers ----------------------------------------------------------------

_NON_ANSWER = re.compile(
    r"\b(?:(?:did|does|do|has|have|had|would|will|could|can|was|were|is|are)(?: not|n['’]t)(?: been)? (?:\w+ ){0,2}?"
    r"(?:publish\w*|disclos\w*|give|given|say|said|provide\w*|specif\w*|break (?:out|down)|broken (?:out|down)|name|named|comment\w*|reveal\w*|"
    r"show|tell|identif\w*|quantif\w*|report\w*|state|stated|detail\w*|known?|available|clear|elaborate|release\w*|confirm\w*|mention\w*|"
    r"announce\w*|agreed|decided|determined|set|separate|split|distinguish|cover)|cannot (?:tell|say|know|show|be (?:known|said|verified|determined))|"
    r"declin(?:ed|es|ing) to (?:\w+ ){0,1}?(?:say|comment|disclose|give|name|specify|reveal|provide|elaborate|discuss)|"
    r"refus(?:ed|es|ing) to (?:say|comment|disclose|give|name|specify)|(?:there (?:is|are|was|were)|gives?|gave|with|offers?|offered|provides?|provided|"
    r"has|have|had|publish\w*) no (?:\w+ ){0,3}?(?:breakdown|figures?|data|numbers?|details?|estimates?|information|evidence|indication|"
    r"record|records|statistics|price|sign|word|comment|date|timetable)|no (?:\w+ ){0,2}?(?:breakdown|figures?|data|numbers?|details?|price|estimate|evidence) "
    r"(?:\w+ ){0,2}?(?:was|were|is|are|has been|have been)(?: \w+){0,2}|names? no|without (?:giving|disclosing|saying|specifying|naming)|"
    r"undisclosed|unknown|unclear|not (?:yet )?(?:known|available|published|disclosed|public|clear)|says? nothing (?:about|of|on)|"
    r"remains? (?:unclear|unknown|undisclosed|secret|confidential)|(?:is|are|was|were|remain) (?:\w+ )?(?:confidential|secret)|not broken (?:out|down)|"
    r"silent (?:on|about)|makes? no mention|did not answer|did not (?:reply|respond)|neither (?:\w+ ){1,4}(?:replied|answered|commented))\b", re.I)  # fmt: skip


def non_answer(sentence: str) -> Span | None:
    """The words by which a sentence says that something is not known, published or broken down."""
    match = _NON_ANSWER.search(sentence)
    return Span(match.start(), match.end(), match.group()) if match else None


def _covered(needed: Sequence[str], have: set[str]) -> float:
    if not needed:
        return 1.0
    return sum(n in have or any(_close(n, h) for h in have) for n in needed) / len(needed)


def _close(a: str, b: str) -> bool:
    """Stems of one word family ("industr", "industri"); five letters at least."""
    if len(a) < 5 or len(b) < 5:
        return False
    return (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 3


def _bag(text: str) -> set[str]:
    bag = set(_stems(text))
    for match in re.finditer(r"[^\W\d_]+", text.lower()):
        word = match.group()
        bag.add(_root(word))
        if word in _DEMONYM:
            bag.add(stem(_DEMONYM[word]))
        bag.add(stem(word))
    if re.search(r"\bown(?:ed|s|er)?\b", text, re.I):
        bag.add("own")
    return bag


def _type_present(part: SubQuestion, sentence: str) -> tuple[bool, bool]:
    """Whether the kind of answer is there, and whether a number goes with the noun asked for."""
    found = quantities(sentence)
    when = dates(sentence)
    kind = part.answer_type
    unit_root = _root(part.unit) if part.unit else ""
    own = {_root(q.unit.split(" ")[-1]) for q in found if q.unit}
    bare = [q for q in found if not q.currency and q.unit not in ("percent", "percentage point", "basis point")]
    if kind == "count":
        fits = not unit_root or unit_root in own or any(
            unit_root in _stems(sentence[q.end : q.end + 60]) for q in bare
        ) or (bool(bare) and unit_root in _bag(sentence))  # fmt: skip
        return bool(bare), bool(bare) and fits
    if kind == "money":
        money = any(q.currency for q in found)
        return money, money
    if kind == "percent":
        percent = any(q.unit in ("percent", "percentage point", "basis point") for q in found)
        return percent, percent
    if kind == "amount":
        near = bool(found) and (not unit_root or unit_root in _bag(sentence))
        return bool(found), near
    if kind == "duration":
        spans = ("day", "week", "month", "year", "hour", "minute", "quarter", "working day", "decade")
        timed = any(q.unit.split(" ")[-1].rstrip("s") in spans or q.unit.rstrip("s") in spans for q in found)
        timed = timed or bool(re.search(r"\b(?:\w+|\d+)[- ](?:day|week|month|year|hour|decade)s?\b", sentence, re.I)
                              and found)  # fmt: skip
        return timed, timed
    if kind == "date":
        return bool(when), bool(when)
    if kind in ("entity",):
        named = any(n.kind != "ticker" for n in names(sentence)) or bool(noun_groups(tagged(sentence)))
        return named, named
    if kind == "effect":
        affected = bool(actors(sentence))
        return affected, affected
    if kind == "reason":
        why = bool(re.search(r"\b(?:because|due to|since|owing|after|as|reason|caus\w+|driven|thanks to|result|so)\b", sentence, re.I))
        return why, why
    return True, True


def _period_covered(period: str, text: str) -> bool:
    year = re.search(r"(?:19|20)\d\d", period)
    month = re.search(_MONTH, period)
    if year and year.group() not in text:
        short = year.group()[2:]
        if not re.search(rf"\b(?:FY|H[12]|Q[1-4])[ ’']?{short}\b|20\d\d[/⁄-]{short}\b", text):
            return False
    return not month or bool(re.search(month.group()[:3], text, re.I))


def answers(
    part: SubQuestion, sentence: str, context: str = "", published: str | None = None
) -> AnswerFit:
    """Features of how a sentence answers a part of a question.

    context: passage, title and headings around the sentence (the sentence itself may be in it).
    published: ISO date of the document, which can supply the year of the period asked about.
    """
    around = f"{context}\n{sentence}" if context else sentence
    own, near = _bag(sentence), _bag(around)
    needed = part.content
    wanted = [*part.content, *part.inherited]
    type_present, unit_present = _type_present(part, sentence)
    mentioned = [n.text for n in names(around)]
    named = [
        any(same_name(name, m) for m in mentioned) or name.lower() in around.lower()
        or bool(_stems(name)) and _covered(_stems(name), near) == 1.0
        for name in part.names
    ]  # fmt: skip
    period: bool | None = None
    if part.periods:
        dated = f"{around}\n{published or ''}"
        period = all(_period_covered(p, dated) for p in part.periods)
    name_roots = {r for n in part.names for r in (*_stems(n), *(stem(w) for w in n.lower().split()))}

    def relations_in(bag: set[str]) -> float:
        if not part.relations:
            return 1.0
        held = [_covered(r, bag) >= (1.0 if len(r) == 1 else 0.6) for r in part.relations]
        return sum(held) / len(held)

    silent = non_answer(sentence)
    near_silent = False
    if context:
        for other in re.split(r"(?<=[.!?])\s+|\n+", context):
            if non_answer(other) and len(set(wanted) & _bag(other)) >= (1 if len(wanted) < 4 else 2):
                near_silent = True
    missing = [w for w in wanted if w not in near and not any(_close(w, h) for h in near)]
    missing += [n for n, ok in zip(part.names, named, strict=True) if not ok]
    if period is False:
        missing += list(part.periods)
    content = _covered([w for w in needed if w not in name_roots], own)
    in_context = _covered([w for w in wanted if w not in name_roots], near)
    name_share = sum(named) / len(named) if named else 1.0
    relations, relations_context = relations_in(own), relations_in(near)
    typed = 1.0 if unit_present else (0.4 if type_present else 0.0)
    score = (
        0.25 * content + 0.2 * in_context + 0.2 * typed + 0.1 * name_share
        + 0.1 * (0.0 if period is False else 1.0) + 0.1 * relations + 0.05 * relations_context
    ) * (0.5 if silent else 1.0) * (0.6 + 0.4 * name_share)  # fmt: skip
    return AnswerFit(
        content=round(content, 3),
        content_in_context=round(in_context, 3),
        type_present=type_present,
        unit_present=unit_present,
        names=round(name_share, 3),
        period=period,
        relations=round(relations, 3),
        relations_in_context=round(relations_context, 3),
        non_answer=silent is not None,
        non_answer_near=near_silent,
        missing=tuple(dict.fromkeys(missing)),
        score=round(score, 3),
    )
