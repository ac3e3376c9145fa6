"""Words and phrases that state who gains and who loses, and nouns that can."""

from __future__ import annotations

import re
from typing import Literal

__all__ = [
    "ACTOR_NOUN",
    "ASKED",
    "ATTACH",
    "BAD",
    "COSTS",
    "DEMAND",
    "EASES",
    "FALL",
    "GOOD",
    "HARDER",
    "MEASURES",
    "NEEDS",
    "NEGATION",
    "NOT_ACTORS",
    "OBJECT",
    "PREPARES",
    "RISE",
    "ROLE",
    "SECTORS",
    "SINGULAR",
    "SUBJECT",
    "VAGUE",
    "Effect",
]

Effect = Literal["benefits", "hurt"]

SUBJECT: dict[str, Effect] = {
    **dict.fromkeys(("benefit", "gain", "win", "profit", "thrive", "outperform", "prosper",
                     "flourish"), "benefits"),
    **dict.fromkeys(("lose", "suffer", "struggle", "underperform", "face", "pay", "absorb"),
                    "hurt"),
}  # fmt: skip
OBJECT: dict[str, Effect] = {
    **dict.fromkeys(("help", "boost", "favour", "favor", "benefit", "aid", "shield", "reward",
                     "enrich", "advantage"), "benefits"),
    **dict.fromkeys(("hurt", "harm", "damage", "squeeze", "penalise", "penalize", "punish",
                     "burden", "disadvantage", "cripple", "hit", "hamper", "weaken", "undercut",
                     "devastate"), "hurt"),
}  # fmt: skip
# What must follow a verb that states an effect only with the right object.
NEEDS = {
    "face": re.compile(
        r"\b(?:cost|costs|tariff|tariffs|dut(?:y|ies)|pressure|loss|losses|delay|delays|fine|"
        r"fines|"
        r"penalt\w+|lawsuit\w*|scrutiny|shortage\w*|competition|headwind\w*|squeeze|risk|risks|"
        r"bill|bills|tax|taxes|cut|cuts|disruption\w*|restriction\w*|curbs?|sanction\w*|"
        r"uncertainty|"
        r"backlash|rule that|claims|liabilit\w+|write-?downs?|price rises)\b", re.I),
    "pay": re.compile(r"^\W*(?:\w+\W+){0,2}?(?:more|higher|extra|dearly|fees?|a premium|"
                      r"the price|"
                      r"the bill|up to \w+ more)\b", re.I),
    "absorb": re.compile(r"\b(?:cost|costs|loss|losses|tariffs?|hit|blow)\b", re.I),
    "win": re.compile(r"^\W*$|\b(?:contract|contracts|order|orders|share|business|customers|from|"
                      r"approval|tender|deal|out)\b", re.I),
    "gain": re.compile(r"^\W*$|^\W*(?:from|most|first|by|if|when|as|access|share|market share|"
                       r"pricing power|customers|approval|ground|an? (?:edge|advantage)|in|too)\b",
                       re.I),
    "lose": re.compile(r"^\W*$|^\W*(?:out|business|money|access|share|market share|customers|"
                       r"orders|"
                       r"ground|sales|revenue|pricing power|most|contracts?|from|if|when|"
                       r"their|its|"
                       r"tax|the|an?|as|by|billions|millions)\b|^\W*(?:[$€£]|"
                       r"\d[\d.,]* (?:million|billion|percent|bn))", re.I),
    "suffer": re.compile(r""), "struggle": re.compile(r"^\W*(?:to|with|as|if|when|$)", re.I),
}  # fmt: skip
PREPARES = frozenset(
    """stand stands stood poised positioned set likely expected able placed bound due well best also
    still now first most already then therefore probably clearly directly indirectly to be is
    are was were been being have has had would could may might will should can must seem seems
    appear appears look looks continue continues begin begins began start starts""".split()
)
NEGATION = frozenset("not n't n’t never no hardly neither nor little cannot".split())
GOOD = re.compile(
    r"\b(?:good news|positive|bullish|tailwinds?|boon|boost|windfall|relief|opportunit(?:y|ies)|"
    r"great|good|upside|favou?rable|lifeline|a win|supportive|constructive)"
    r"(?: (?:news|outcome|result|development|sign|thing|backdrop))? (?:for|to)\b",
    re.I,
)
BAD = re.compile(
    r"\b(?:bad news|negative|bearish|headwinds?|blow|setback|drag|burden|bad|costly|"
    r"unwelcome|unfavou?rable|damaging|painful|a problem|trouble|risk-off (?:setup|set-up)|"
    r"weighs? (?:down )?|weighed|weighing|a squeeze|pressure|at the expense|"
    r"(?:costs?|bill|burden|brunt|pain) (?:will |would |could |may |now |also )*(?:falls?|fell)|"
    r"puts? pressure)(?: (?:news|outcome|result|development|sign|thing))? (?:for|to|on|of)\b",
    re.I,
)
COSTS = re.compile(
    r"\b(?:(?P<up>higher|rising|increased|extra|additional|raises?|raised|raising|more|"
    r"increases?|"
    r"adds?|pushes up|drives? up)|(?P<down>lower|falling|reduced|cuts?|cutting|lowers?|reduces?|"
    r"reducing)) (?:\w+ ){0,2}?(?:costs?|prices|premiums|taxes|duties|paperwork|expenses|bills) "
    r"(?:for|on|to)\b",
    re.I,
)
DEMAND = re.compile(
    r"\b(?:creat\w+|rais\w+|boost\w*|lift\w*|support\w*|increas\w+|stronger|higher|rising|"
    r"more|driv\w+|"
    r"spur\w*|fuel\w*) (?:\w+[ -]){0,3}?(?:demand|orders|business|work) for\b",
    re.I,
)
ROLE = re.compile(
    r"\b(?P<good>beneficiar(?:y|ies)|winners?|gainers?)|(?P<bad>losers?|victims?|"
    r"casualt(?:y|ies))\b",
    re.I,
)
ASKED = re.compile(
    r"^\s*(?:so )?(?:who|which|what)\b[^?]{0,60}?\b(?:(?P<good>benefits?|"
    r"gains?|wins?|"
    r"profits?|winners?|beneficiaries|helped)|(?P<bad>loses?|suffers?|hurt|"
    r"losers?|"
    r"pays?|hit|harmed|left out))\b[^?]{0,40}\?",
    re.I,
)
HARDER = re.compile(
    r"\bfind (?:it |\w+ ){1,3}?(?:harder|more difficult|tougher|dearer|"
    r"costlier)\b",
    re.I,
)
EASES = re.compile(
    r"\b(?:reduc|eas|lower|cut|remov|alleviat|reliev|lighten|offset|abat|diminish|limit|"
    r"shrink|end)"
    r"(?:e|es|ed|s|ing|ting)?\s+(?:\w+\s+){0,3}$",
    re.I,
)
RISE = frozenset("rise jump surge soar rally climb gain advance leap".split())
FALL = frozenset("fall drop slide slump tumble plunge sink slip lose decline retreat dip".split())
ACTOR_NOUN = re.compile(
    r"(?:^|-)(?:(?:airline|bank|firm|compan(?:y|ie)|agent|group|utilit(?:y|ie)|brand|hous|"
    r"fund|household|"
    r"stock|share|name|prime|famil(?:y|ie)|industrial|cyclical|mid-cap|small-cap|large-cap|"
    r"player|"
    r"business(?:e)?|plant|mill|farm|store|shop|chain|insurer|hospital|clinic|school|"
    r"universit(?:y|ie)|"
    r"startup|start-up|pension|saver|consumer|user|patient|worker|pharmac(?:y|ie)|network|"
    r"platform|"
    r"exchange|port|cit(?:y|ie)|countr(?:y|ie)|nation|state|government|economy|econom(?:y|"
    r"ie)|giant|"
    r"incumbent|rival|peer|major|junior|specialist|authorit(?:y|ie)|refiner(?:y|ie)|smelter|"
    r"bondholder|"
    r"champion|newcomer|entrant|landlord|tenant|veteran|enterprise|foundr(?:y|ie)|studio|"
    r"hotel|casino|"
    r"fleet|subsidiar(?:y|ie)|affiliate|franchise|franchisee|co-op|cooperative|trust|client|"
    r"citizen|"
    r"resident|people|breweries|brewer|airport|railway|carrier|fab|generics|semiconductor)s?"
    r"|\w+(?:ers|ors|ants|ists|ians|eers|mers|ees))$",
    re.I,
)
SINGULAR = frozenset("sector industry incumbent shareholders middlemen fishermen".split())
# Whole sectors named by their product, as in "good for regional banking".
SECTORS = frozenset(
    """defense defence banking insurance shipping mining pharma biotech autos semis aviation retail
    telecoms agriculture tourism hospitality aerospace reshoring tech""".split()
)
# "The long tail of family firms": the actors are in the complement.
MEASURES = frozenset(
    "tail majority handful bulk range number group bunch rest minority set".split()
)
NOT_ACTORS = frozenset(
    """numbers orders borders headers others matters offers powers papers waters quarters rumours
    factors errors sectors motors indicators processors reactors tractors sensors semiconductors
    transformers computers containers letters chapters trailers layers colours colors favours
    doors floors vapors monitors drivers tankers boosters triggers barriers fibers fibres
    registers parameters thrusters drawers winters summers disasters covers answers dollars
    pointers controllers routers servers printers filters helicopters interceptors launchers
    bombers fighters adapters elements plants grants variants restaurants covenants warrants
    quadcopters connectors conductors thermometers shares stocks names guarantees fees
    committees degrees trees vaccines lasers corridors prisoners cancers ulcers disorders fevers
    tumours tumors""".split()
) - {"shares", "stocks", "names", "plants", "restaurants", "sectors"}  # fmt: skip
VAGUE = frozenset(
    """others those everyone they company companies firm firms group business name names country
    countries government state investors-x people nation industry sector player players users
    report market markets""".split()
)
ATTACH = frozenset("of with without outside exposed tied linked dependent reliant in from".split())
