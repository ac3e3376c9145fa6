"""Fact, forecast or opinion; hedges, negations, causes, scope, direction.

Cue words with weights, read in the light of who asserts the sentence: a plan or guidance that a
source states is a fact about a plan, what the author says will happen is a forecast, advice and
judgement are opinion. Measured on tests/agents/modality_sentences.tsv.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from agents.attribution import Attribution, attribution
from agents.grammar import FINITE, tagged, verb_base
from agents.sentences import Span

__all__ = [
    "Modality",
    "causal",
    "directions",
    "hedges",
    "modality",
    "negations",
    "scopes",
]


class Modality(NamedTuple):
    kind: Literal["fact", "forecast", "opinion"]
    confidence: float
    """0.5 (a guess) to 0.97."""
    cues: tuple[str, ...]
    """The words that decided, for the record."""


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [Span(m.start(), m.end(), m.group()) for m in pattern.finditer(text)]


_HEDGE = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|apparently|seemingly|presumably|possibly|"
    r"perhaps|probably|potentially|conceivably|may|might|could|can|likely|unlikely|"
    r"(?:is|are|was|were|been|be) (?:widely |generally )?(?:said|believed|thought|understood|"
    r"alleged|rumou?red|suspected|expected|feared|reported)|appears?(?: to)?|seems?(?: to)?|"
    r"suggests?|suggesting|indicates? that|suspects?|unconfirmed|unverified|alleged|suspected|"
    r"rumou?red|in theory|in principle|tends? to|it is possible|as much as|no more than a guess|"
    r"believes?|subject to|if confirmed|preliminary|tentative(?:ly)?|provisional)\b",
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|scarcely|"
    r"no longer|failed to|fails? to|refused to|declined to|lacks?|absence of|unable to|denied|"
    r"denies|stopped|rather than|instead of|far from)\b|\w+n['’]t\b",
    re.I,
)


def hedges(text: str) -> list[Span]:
    """Words that weaken an assertion ("reportedly", "may", "is said", "appears to")."""
    months = re.compile(
        r"\b(?:in|on|of|since|until|by|from|late|early|last|this|\d{1,2})\s+$", re.I
    )
    return [
        s
        for s in _spans(_HEDGE, text)
        if not (s.text == "May" and s.start > 0)
        and not (s.text.lower() == "may" and months.search(text[: s.start]))
    ]


def negations(text: str) -> list[Span]:
    """Words that negate, negative verbs ("failed to") and contrasts ("rather than") included."""
    return _spans(_NEGATION, text)


_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|thanks to|as a result(?: of)?|caused? by|causes?|"
    r"causing|"
    r"led to|leads? to|leading to|result(?:s|ed|ing)? in|result(?:s|ed|ing)? from|driven by|"
    r"drove|"
    r"drives|prompt(?:s|ed|ing)|trigger(?:s|ed|ing)?|spark(?:s|ed|ing)|therefore|hence|thus|"
    r"consequently|so that|which means|meaning that|stem(?:s|med|ming)? from|on the back of|"
    r"attribut(?:ed|es|able) to|in response to|blamed? on|forc(?:ed|es|ing)|reflect(?:s|ed|ing)|"
    r"mainly on|after which|makes? it|helped by|hurt by|boosted by|weighed down by|"
    r"put(?:s|ting)? down to|the reason|for that reason|why)\b",
    re.I,
)


def causal(sentence: str) -> list[Span]:
    """Words that state a cause or an effect."""
    return _spans(_CAUSE, sentence)


_SCOPE = re.compile(
    r"\b(?:all|every|each|entire(?:ly)?|whole|total|most|majority|nearly all|almost all|many|"
    r"some|"
    r"several|few|a handful|half|none|no|any|only|solely|exclusively|just|at least|at most|"
    r"first|last|sole|single|record|unprecedented|largest|biggest|smallest|highest|lowest|"
    r"fastest|"
    r"leading|main(?:ly)?|primarily|mostly|always|never|worldwide|global(?:ly)?|"
    r"the world['’]s \w+|"
    r"up to|more than|less than|fewer than|over|under)\b",
    re.I,
)


def scopes(text: str) -> list[Span]:
    """Words that set how much of a thing a statement covers ("all", "only", "first", "largest")."""
    return _spans(_SCOPE, text)


_UP = re.compile(
    r"\b(?:rose|rises?|rising|risen|increas(?:e[sd]?|ing)|grew|grows?|growing|grown|growth|"
    r"gain(?:s|ed|ing)?|"
    r"climb(?:s|ed|ing)?|jump(?:s|ed|ing)?|surg(?:e[sd]?|ing)|soar(?:s|ed|ing)?|rall(?:y|ies|"
    r"ied)|"
    r"advanc(?:e[sd]?|ing)|higher|up|above|exceed(?:s|ed|ing)?|more|faster|expand(?:s|ed|ing)?|"
    r"doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|widen(?:s|ed|ing)?|accelerat(?:e[sd]?|ing)|"
    r"rais(?:e[sd]?|ing)|lift(?:s|ed|ing)?|boost(?:s|ed|ing)?|improv(?:e[sd]?|ing)|"
    r"strengthen(?:s|ed|ing)?|"
    r"longer|larger|bigger|greater|stronger|rebound(?:s|ed|ing)?|record high)\b",
    re.I,
)
_DOWN = re.compile(
    r"\b(?:fell|falls?|falling|fallen|decreas(?:e[sd]?|ing)|declin(?:e[sd]?|ing)|drop(?:s|"
    r"ped|ping)?|"
    r"slid(?:e|es|ing)?|slump(?:s|ed|ing)?|tumbl(?:e[sd]?|ing)|plung(?:e[sd]?|ing)|sank|"
    r"sinks?|slip(?:s|ped|ping)?|"
    r"lower(?:s|ed|ing)?|down|below|less|fewer|slower|shrank|shrinks?|shrunk|shrinking|"
    r"contract(?:ed|ing)|"
    r"halv(?:e[sd]?|ing)|narrow(?:s|ed|ing)?|slow(?:s|ed|ing)?|cut(?:s|ting)?|reduc(?:e[sd]?|"
    r"ing)|"
    r"weaken(?:s|ed|ing)?|worsen(?:s|ed|ing)?|shorter|smaller|weaker|eas(?:e[sd]|ing)|"
    r"dip(?:s|ped|ping)?|"
    r"deteriorat(?:e[sd]?|ing)|lost|loses?|losing|record low|shortfall)\b",
    re.I,
)


def directions(text: str) -> list[tuple[Literal["up", "down"], Span]]:
    """Words that state a direction of change or of a comparison, in text order."""
    found: list[tuple[Literal["up", "down"], Span]] = [("up", s) for s in _spans(_UP, text)]
    found += [("down", s) for s in _spans(_DOWN, text)]
    skip = re.compile(r"^(?:up|down) (?:to|with|by the)\b", re.I)
    kept = [
        (d, s)
        for d, s in found
        if not (s.text.lower() in ("up", "down", "over") and skip.match(text[s.start : s.end + 8]))
    ]
    return sorted(kept, key=lambda pair: pair[1].start)


# --- fact, forecast, opinion -------------------------------------------------------------------

_ADVICE = re.compile(
    r"\b(?:investors?|traders|readers?|clients|buyers|holders|shareholders|you|we|one|"
    r"policymakers|"
    r"governments?|regulators?|the (?:market|board|fed|bank|government|minister|company)|"
    r"companies|"
    r"portfolios?|desks?)\b[^.;]{0,30}?\b(?:should|must|ought to|need to|needs to|had better|"
    r"would do well to|cannot afford to)\b|\b(?:our|my) (?:advice|view|recommendation|"
    r"preference|own "
    r"view|take|conclusion|call|sense)\b|\b(?:we|i) (?:would|like|prefer|recommend|advise|"
    r"suggest|own|"
    r"stay|keep|lift|cut|rate|see|worry|favou?r|read|think|believe|feel|doubt|suspect|regard|"
    r"consider|"
    r"hope|argue|remain|fear|find it|are (?:positive|negative|cautious|neutral|buyers|sellers|"
    r"inclined|sceptical|skeptical|bullish|bearish))\b|\bin (?:our|my) (?:view|opinion|"
    r"judg\w+)\b|"
    r"\bwhat we (?:like|worry)|\bit is (?:time|worth|wise|best|better|hard to|easy to|fair to|"
    r"tempting|no wonder|a mistake)\b|\bit (?:helps|pays) to\b|\b(?:strong )?(?:buy|"
    r"sell) rating\b",
    re.I,
)
_JUDGEMENT: tuple[tuple[float, re.Pattern[str]], ...] = (
    (2.2, re.compile(
        r"\b(?:attractive|unattractive|compelling|overvalued|undervalued|underpric\w+|"
        r"mispric\w+|overpric\w+|"
        r"underrated|overrated|underestimat\w+|overestimat\w+|underappreciated|must-own|"
        r"no-brainer|"
        r"once-in-a-\w+|game[- ]chang\w+|bullish|bearish|sweet spot|bargain|one-way street|"
        r"golden opportunity|rare opportunity|the real (?:opportunity|story|question|risk|"
        r"issue|winner|prize)|"
        r"wake-up call|house of cards|paper tiger|match made|writing is on the wall|"
        r"tip of the iceberg|"
        r"perfect storm|minefield|crown jewel|holy grail|secret sauce|playbook|battleground|"
        r"linchpin|"
        r"lynchpin|bedrock|cornerstones?|backbone|double-edged|silver lining|turning point|"
        r"pivotal|textbook|foolish|reckless|disgrace\w*|shameful|brilliant|masterstroke|"
        r"superb|excellent|"
        r"terrible|awful|wonderful|remarkable|astonishing\w*|breathtaking|ridiculous|absurd|"
        r"wrong-headed|"
        r"unconvincing|convincing|disappointing|impressive|admirable|regrettable|laudable|"
        r"smart money|nobody (?:needs|should)|everybody knows)\b", re.I)),
    (1.4, re.compile(
        r"\b(?:arguably|frankly|clearly|obviously|undoubtedly|undeniabl\w+|surely|simply|"
        r"unfortunately|"
        r"fortunately|sadly|admittedly|in truth|to be fair|after all|of course|no doubt|"
        r"rightly|wrongly|"
        r"deserves?|matters?|worth (?:a|the|watching|noting|owning)|looks? (?:cheap|"
        r"expensive|rich|stretched|fair|"
        r"fragile|weak|strong|vulnerable|overdone|optimistic|ambitious|like)|"
        r"too (?:\w+ )?(?:far|much|little|"
        r"late|high|low|early|slow|cautious|optimistic|complacent)|far from|better (?:than|"
        r"question|way)|"
        r"good (?:company|reason|sign|thing|for)|best (?:way|bet|idea|hope|placed)|"
        r"the (?:best|worst|smart|right|"
        r"wrong|key|biggest mistake|lesson|takeaway|danger|point) (?:\w+ )?(?:is|are|was)|"
        r"(?:un)?reasonable|"
        r"(?:un)?justified|sensible|prudent|unwise|troubl\w+|worrying|encouraging|"
        r"uncomfortable|interesting|"
        r"deliberate|rational|benign|conservative|patient|critical|crucial|vital|essential|"
        r"important|"
        r"formidable|ambitious|complacen\w+|generous|stingy|timid|bold|fragile|robust|"
        r"healthy|sound|"
        r"well placed|poorly|well-positioned|irreplaceable|indispensable|outweighs?|key to|"
        r"enabler|"
        r"the future|paradigm|narrative|mirage|monolith|tail risk|variant view|consensus|"
        r"tailwinds?|"
        r"headwinds?|signals? (?:that )?|underscores?|symboli[sz]e|not just|not merely|"
        r"more than a|"
        r"the direction of travel|in the abstract|framing|negative for|positive for|"
        r"good news|bad news|"
        r"a mixed (?:read|bag|picture)|risks? (?:is|are|remains?)|a chance to|"
        r"opportunit\w+)\b", re.I)),
)  # fmt: skip
_IMPERATIVE = frozenset(
    """avoid consider look act buy sell expect focus stay watch remember think ask keep hold own
    favour favor prefer wait position allocate rotate trim add reduce hedge note beware ignore
    forget do don't let take treat stand imagine begin start put read see read sign stop be play
    short underweight overweight diversify accumulate steer lean bet""".split()
)
_OUTCOME = frozenset(
    """rise fall grow decline increase decrease drop jump surge shrink recover improve worsen
    deteriorate double triple halve outperform underperform benefit suffer gain lose win thrive
    struggle exceed reach hit remain stay become continue accelerate slow ease tighten weaken
    strengthen drive force push boost hurt help lead cause create reshape disrupt squeeze
    pressure weigh erode collapse rebound climb slip slide peak bottom stabilise stabilize
    normalise normalize fade persist converge widen narrow return pay prove cost make see face
    need have take move trade underscore catalyze catalyse trigger spill come go feel amplify
    define happen end change follow dominate prevail emerge matter survive run top fail succeed
    cut crowd add""".split()
)
_FORECAST = re.compile(
    r"\b(?:(?:is|are|was|were|be|remains?) (?:\w+ )?(?:likely|unlikely|expected|set|poised|"
    r"bound|projected|"
    r"forecast|predicted|anticipated|on track|on course|headed|heading|destined|certain|sure|"
    r"going) (?:to|for)|"
    r"expected to|likely to|unlikely to|poised to|set to|on track to|stands? to|"
    r"(?:will|would|could|should) (?:likely|probably|eventually)|likely|forecasts?|outlook|"
    r"over the next|"
    r"in the coming|by (?:20[2-9]\d|the end of (?:the decade|next)|year-?end|mid-20\d\d)|"
    r"next (?:year|quarter|month|decade|leg)|before the decade|looks? set|sooner or later|"
    r"within (?:a |the next )?(?:\w+ )?(?:months?|years?|weeks?|quarters?))\b",
    re.I,
)
_MODAL = re.compile(
    r"\b(will|won['’]t|would|could|may|might|shall|should|can|must)\b|['’]ll\b", re.I
)
_PLAN = re.compile(
    r"\b(?:plans? to|plan(?:s|ned)? for|planned|planning to|intends? to|aims? to|targets?|"
    r"targeting|"
    r"guid(?:es?|ed|ance)|is due|are due|due to (?:open|begin|start|close|finish|expire|launch|"
    r"take effect|vote|meet|report|publish|be)|scheduled|slated|has agreed to|have agreed to|"
    r"agreed to|"
    r"committed to|has committed|pledg\w+|promis\w+|undertak\w+|takes? effect|take[sn]? force|"
    r"comes? into force|enters? into force|effective (?:from|on)|is to|are to|proposes? to|"
    r"proposed|"
    r"has set a target|has the right|must (?:be|name|file|report|submit|apply|pay|obtain|"
    r"hold|register)|"
    r"may (?:not|apply|appeal|take|request|be)|under (?:the|a) (?:deal|agreement|plan|"
    r"contract|rule|law|"
    r"scheme|programme|program|proposal|terms)|according to the (?:plan|schedule))\b",
    re.I,
)
_RULE = re.compile(
    r"\b(?:rule|rules|law|act|regulation|regulations|licence|license|permit|directive|ban|"
    r"decree|order|"
    r"statute|contract|agreement|deal|treaty|terms|clause|notice|bill|package|measure|tender|"
    r"award|work|"
    r"applicants?|exporters?|importers?|entities|permission)\b",
    re.I,
)
_ANALYSTS = re.compile(
    r"\b(?:analysts?|economists?|strategists?|forecasters?|traders?|"
    r"investors?|"
    r"experts?|consensus|observers?|watchers|commentators?|brokers?|"
    r"consultants?|"
    r"columnists?|bankers?|markets?|participants|respondents|sceptics|"
    r"skeptics|"
    r"critics|pundits)\b",
    re.I,
)
_PREDICTS = frozenset("expect forecast predict project anticipate foresee see envisage".split())
_OPINES = frozenset(
    "argue believe think contend feel recommend advise suggest hope fear urge worry "
    "complain reckon doubt propose insist".split()
)
_PAST_TIME = re.compile(
    r"\b(?:ago|used to|until (?:last|recently|then)|before (?:the|then)|in those days|last (?:year|"
    r"month|week|decade)|at the time|had|was|were)\b",
    re.I,
)
_SPECULATES = re.compile(r"\b(?:if|unless|were|should)\b", re.I)


def _modals(sentence: str) -> list[tuple[str, str]]:
    """Modals with the base of the verb they govern, in order."""
    tokens = tagged(sentence)
    found: list[tuple[str, str]] = []
    for i, token in enumerate(tokens):
        low = token.low
        if (
            low
            not in (
                "will",
                "wo",
                "would",
                "could",
                "may",
                "might",
                "shall",
                "should",
                "can",
                "must",
                "'ll",
                "’ll",
            )
            or token.tag != "MD"
        ):
            continue
        verb = ""
        for follower in tokens[i + 1 : i + 7]:
            if follower.text in (",", ";"):
                break
            if follower.tag in ("VB", "VBP", "VBD", "NN") and follower.tag != "RB":
                verb = verb_base(follower.low) or follower.low
                if verb in ("be", "have"):
                    continue
                break
            if follower.tag in ("VBN", "VBG", "JJ") and verb in ("be", "have"):
                break
        found.append((low, verb))
    return found


def modality(sentence: str, owner: Attribution | None = None) -> Modality:
    """Whether a sentence states a fact, predicts or judges, and how sure the rules are.

    owner: the attribution of the sentence if already known. A guidance or plan that a company or
    authority states is a fact (about a plan); what analysts expect is a forecast; advice,
    evaluation and imperatives are opinion. Conditional predictions are forecasts.
    """
    said = owner or attribution(sentence)
    text = sentence.strip()
    tokens = tagged(sentence)
    cues: list[str] = []
    opinion = forecast = 0.0
    fact = 1.0

    imperative = _imperative(text)
    if imperative:
        opinion += 3.0
        cues.append(imperative)
    advice = _ADVICE.search(text)
    if advice and not (said and said.source in ("named", "anonymous") and said.quotes):
        opinion += 2.4
        cues.append(advice.group())
    for weight, pattern in _JUDGEMENT:
        for match in list(pattern.finditer(text))[:2]:
            opinion += weight
            cues.append(match.group())
    if text.endswith(("?", "!")):
        opinion += 1.5
        cues.append(text[-1])

    modals = _modals(sentence)
    plan = _PLAN.search(text)
    for modal, verb in modals:
        outcome = verb in _OUTCOME or not verb
        if modal in ("will", "wo", "'ll", "’ll", "shall"):
            forecast += 2.0 if outcome else 1.3
        elif modal in ("would",):
            forecast += 1.8 if outcome else 1.2
        elif modal in ("could", "may", "might"):
            forecast += 1.9 if outcome else 1.5
            if modal == "could" and _PAST_TIME.search(text):
                forecast -= 1.5  # ability in the past: "a year ago an importer could pay in days"
        elif modal == "should":
            if verb in _OUTCOME - {
                "take",
                "make",
                "pay",
                "stay",
                "add",
                "follow",
                "come",
                "cut",
                "see",
                "need",
                "have",
                "move",
                "go",
                "trade",
                "end",
                "change",
            }:
                forecast += 3.0
            else:
                opinion += 2.4
        elif modal == "must":
            if re.search(
                r"\b(?:investors?|traders|we|you|policymakers|europe|the (?:west|"
                r"world|fed))\b",
                text,
                re.I,
            ):
                opinion += 2.2
        cues.append(modal)
    for match in list(_FORECAST.finditer(text))[:3]:
        word = match.group().lower()
        if word in ("forecast", "forecasts", "outlook") and not modals:
            forecast += 0.5
        elif word.startswith(
            ("by 20", "by the end", "over the next", "in the coming", "next ", "within")
        ):
            forecast += (
                0.7 if modals or "expect" in text.lower() or "likely" in text.lower() else 0.3
            )
        else:
            forecast += 1.8
        cues.append(match.group())
    if (
        re.search(
            r"\bif\b[^.]*,[^.]*\b(?:will|would|could|is likely|may|might|can|risks?)\b|"
            r"\bif\b",
            text,
            re.I,
        )
        and modals
    ):
        forecast += 0.6

    finite = [t for t in tokens if t.tag in FINITE]
    past = sum(t.tag == "VBD" or t.low in ("has", "have", "had", "was", "were") for t in finite)
    if past:
        fact += 0.8 + 0.2 * min(past, 3)
    if re.search(r"\d", text):
        fact += 0.5
    if said is not None:
        who = said.speaker.text if said.speaker else ""
        analysts = bool(_ANALYSTS.search(who))
        if said.source == "author":
            opinion += 1.8 if said.verb in _OPINES | {"say", "argue"} else 0.6
            if said.verb in _PREDICTS:
                forecast += 2.0
        elif (
            said.verb in _OPINES
            and not said.quotes
            and said.verb not in ("believe", "think", "fear")
        ):
            opinion += 2.0
            cues.append(said.verb)
        elif said.verb in _PREDICTS:
            if analysts or said.source == "unknown":
                forecast += 2.4
            else:
                fact += 3.2 if said.verb in ("expect", "anticipate", "project", "forecast") else 1.5
            cues.append(said.verb)
        elif said.source in ("named", "anonymous") or said.verb in ("say", "report", "according"):
            outcome_modal = any(v in _OUTCOME for _, v in modals)
            fact += 1.0 if outcome_modal or analysts else 2.2
            opinion -= 1.2 if not analysts else 0.0
            cues.append(said.verb)
        if said.verb in ("guide", "plan", "announce", "report", "confirm", "disclose"):
            fact += 2.0
    if plan:
        fact += 1.6
        forecast -= 0.6
        cues.append(plan.group())
    if (
        modals
        and any(m in ("will", "must", "shall") for m, _ in modals)
        and _RULE.search(text)
        and not any(v in _OUTCOME - {"pay", "need", "take", "have"} for _, v in modals)
    ):
        fact += 0.9

    scores = {"fact": fact, "forecast": max(forecast, 0.0), "opinion": max(opinion, 0.0)}
    order = sorted(scores, key=lambda k: -scores[k])
    best: Literal["fact", "forecast", "opinion"] = "fact"
    if order[0] == "forecast":
        best = "forecast"
    elif order[0] == "opinion":
        best = "opinion"
    margin = scores[order[0]] - scores[order[1]]
    confidence = min(0.97, 0.5 + 0.16 * margin)
    return Modality(best, round(confidence, 2), tuple(cues))


def _imperative(text: str) -> str:
    """The verb of a sentence that tells its reader what to do, "" for other sentences."""
    body = re.sub(r"^(?:\W*\d{1,2}[.)]|[•*\-–—])\s*", "", text)
    body = re.sub(
        r"^(?:so|but|and|then|instead|for now|first|finally|rather)[,:]?\s+", "", body, flags=re.I
    )
    after_condition = re.search(
        r"^(?:if|when|until|unless)\b[^,]{5,80},\s*(\w+)\s+(\w+)", body, re.I
    )
    if after_condition and after_condition.group(1).lower() in ("expect", "buy", "sell", "avoid"):
        return after_condition.group(1)
    tokens = tagged(body)
    if len(tokens) < 3:
        return ""
    first, second = tokens[0], tokens[1]
    low = first.low
    if low in ("do", "don") and second.low in ("not", "n't", "n’t"):
        return first.text
    if low not in _IMPERATIVE or low in ("let",) and second.low not in ("'s", "’s", "us", "me"):
        return ""
    # "Note holders ..." and "Buy ratings" have a finite verb of their own soon after.
    if second.tag in (
        "DT",
        "PRP$",
        "IN",
        "TO",
        "RB",
        "JJ",
        "JJR",
        "NNP",
        "NNS",
        "PRP",
        "CD",
        "VBG",
        "NN",
        "WP",
        "WRB",
        ":",
        ",",
    ):
        finite_early = next(
            (i for i, t in enumerate(tokens[1:8]) if t.tag in ("VBZ", "VBD", "MD")), None
        )
        between = tokens[1 : (finite_early or 0) + 1]
        opens_clause = any(t.tag in ("WDT", "WP", "IN", "WRB", ",") for t in between)
        if finite_early is None or opens_clause or second.tag in ("DT", "PRP$", "WP", "WRB", "TO"):
            return first.text
    return ""
