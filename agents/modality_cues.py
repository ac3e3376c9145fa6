"""Cue words of fact, forecast and opinion, hedges, negation, cause, scope and direction."""

from __future__ import annotations

import re

__all__ = [
    "ADVICE",
    "ANALYSTS",
    "CAUSE",
    "DOWN",
    "FORECAST",
    "HEDGE",
    "IMPERATIVE",
    "JUDGEMENT",
    "MODAL",
    "NEGATION",
    "OPINES",
    "OUTCOME",
    "PAST_TIME",
    "PLAN",
    "PREDICTS",
    "RULE",
    "SCOPE",
    "UP",
]

HEDGE = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|apparently|seemingly|presumably|possibly|"
    r"perhaps|probably|potentially|conceivably|may|might|could|can|likely|unlikely|"
    r"(?:is|are|was|were|been|be) (?:widely |generally )?(?:said|believed|thought|understood|"
    r"alleged|rumou?red|suspected|expected|feared|reported)|appears?(?: to)?|seems?(?: to)?|"
    r"suggests?|suggesting|indicates? that|suspects?|unconfirmed|unverified|alleged|suspected|"
    r"rumou?red|in theory|in principle|tends? to|it is possible|as much as|no more than a guess|"
    r"believes?|subject to|if confirmed|preliminary|tentative(?:ly)?|provisional)\b",
    re.I,
)
NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|scarcely|"
    r"no longer|failed to|fails? to|refused to|declined to|lacks?|absence of|unable to|denied|"
    r"denies|stopped|rather than|instead of|far from)\b|\w+n['’]t\b",
    re.I,
)
CAUSE = re.compile(
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
SCOPE = re.compile(
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
UP = re.compile(
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
DOWN = re.compile(
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
ADVICE = re.compile(
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
JUDGEMENT: tuple[tuple[float, re.Pattern[str]], ...] = (
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
IMPERATIVE = frozenset(
    """avoid consider look act buy sell expect focus stay watch remember think ask keep hold own
    favour favor prefer wait position allocate rotate trim add reduce hedge note beware ignore
    forget do don't let take treat stand imagine begin start put read see read sign stop be play
    short underweight overweight diversify accumulate steer lean bet""".split()
)
OUTCOME = frozenset(
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
FORECAST = re.compile(
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
MODAL = re.compile(
    r"\b(will|won['’]t|would|could|may|might|shall|should|can|must)\b|['’]ll\b", re.I
)
PLAN = re.compile(
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
RULE = re.compile(
    r"\b(?:rule|rules|law|act|regulation|regulations|licence|license|permit|directive|ban|"
    r"decree|order|"
    r"statute|contract|agreement|deal|treaty|terms|clause|notice|bill|package|measure|tender|"
    r"award|work|"
    r"applicants?|exporters?|importers?|entities|permission)\b",
    re.I,
)
ANALYSTS = re.compile(
    r"\b(?:analysts?|economists?|strategists?|forecasters?|traders?|"
    r"investors?|"
    r"experts?|consensus|observers?|watchers|commentators?|brokers?|"
    r"consultants?|"
    r"columnists?|bankers?|markets?|participants|respondents|sceptics|"
    r"skeptics|"
    r"critics|pundits)\b",
    re.I,
)
PREDICTS = frozenset("expect forecast predict project anticipate foresee see envisage".split())
OPINES = frozenset(
    "argue believe think contend feel recommend advise suggest hope fear urge worry "
    "complain reckon doubt propose insist".split()
)
PAST_TIME = re.compile(
    r"\b(?:ago|used to|until (?:last|recently|then)|before (?:the|then)|in those days|last (?:year|"
    r"month|week|decade)|at the time|had|was|were)\b",
    re.I,
)
