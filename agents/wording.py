"""Words reduced to what they mean for the comparison of two statements.

Stems, with small classes of synonyms that news uses for one thing ("lodged", "filed"). Not a
thesaurus: only words that can be exchanged in a report without changing a fact.
"""

from __future__ import annotations

import re
from functools import lru_cache

from agents.countries import country_of
from agents.grammar import stem, verb_base
from agents.normalise import normalise

__all__ = ["FALL", "RISE", "content", "meaning", "meanings", "overlap"]

_CLASSES = """
buy purchase acquire acquisition takeover buyout bought procure procurement
sell sale sold
approve grant approval granted authorise authorize clear clearance
refuse reject rebuff
file lodge submit apply application
rise climb increase grow gain jump surge soar advance rose grew growth expand
fall drop decline slip decrease shrink slump plunge tumble fell shrank lower reduce reduction cut
close shut closure closed
open start begin launch commence began opened opening
company firm business group maker manufacturer producer enterprise corporation
seize confiscate impound capture remove
soldier troop serviceman personnel trainee cadet conscript student
worker employee staff job workforce headcount
people person individual man woman resident civilian
kill dead die death fatality casualty toll
injure wound hurt injured wounded
patient participant volunteer subject enrol
trial study test
deal contract agreement accord pact framework award
price cost worth value priced valued
revenue turnover sale
profit earning income
loss deficit
forecast expect predict project guidance guide anticipate estimate outlook expectation
report publish announce disclose release say
ship export shipment consignment cargo
import inbound
build construct construction building erect
make produce manufacture production output turn pump
plant factory works facility
vessel ship boat freighter carrier
car vehicle automobile truck
talk negotiation negotiate discussion negotiating
stake share shareholding holding interest
lay-off layoff redundancy
vote ballot
win victory won winner
lose defeat lost
bank lender
loan credit lend borrowing
debt borrowing liability
hold own possess
need require requirement must
ban prohibit forbid bar
allow permit let
hit strike attack
train teach instruct course training school
central key main
largest biggest
show indicate
month-on-month monthly
annual yearly year
inhabitant population
district region area province
home house household flat dwelling
deliver receive supply give
child pupil
doctor physician
drug medicine treatment
fee charge
fine penalty
barrel crude oil
dispute disagree contest
late delay overdue behind
finish complete end conclude
weaken soften
strengthen strong
rule regulation
law bill act statute
minister ministry
policeman constable
court judge tribunal
crossing border
outage blackout
user subscriber customer client consumer buyer
steal theft stolen
hacker intruder attacker
credential password login log-in
permit licence license
insurance cover insurer underwriter
credit rating
magnitude strength
quake earthquake tremor
evacuate evacuation displaced
"""


def _reduced(word: str) -> str:
    """The stem of the stem: "delivered" and "deliver" lose different endings at first."""
    low = word.lower()
    if low.endswith("ing") and len(low) < 8:
        low = verb_base(low) or low  # the stem keeps short gerunds whole: "buying"
    once = stem(low)
    return stem(once) if once != low else once


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _CLASSES.strip().splitlines():
        words = line.split()
        for word in words:
            found.setdefault(_reduced(word), _reduced(words[0]))
    # "sales" is turnover in some reports and the act in others; it stays itself.
    found.pop(_reduced("sales"), None)
    return found


STOP = frozenset(
    """a an the of to in on at by for from with without and or but as is are was were be been being
    am it its it's that this these those which who whom whose what when where while than then there
    here has have had having do does did done will would can could may might shall should must not
    no nor so such into onto over under about up down out off through during before after since
    until between among against per via more most less least fewer very also both each any all some
    other another same own only just even still already yet however though although because if
    his her their our your my he she they we you i him them us me itself themselves s t re ve ll d
    said say says saying according reported reportedly report reports told tell tells note notes
    one two three four five six seven eight nine ten million billion trillion thousand hundred
    percent per cent percentage point points basis dollar dollars euro euros pound pounds
    roughly nearly almost approximately around least much many well back too now ago amid
    usd eur gbp rmb cny chf sek nok pln rub jpy put get got go went come came take took make made
    total number figure amount level rate mr ms mrs new""".split()
)
RISE = frozenset(
    stem(w)
    for w in """rise rose risen rises rising climb climbed increase increased increases increasing
    grow grew grown growth growing gain gained gains jump jumped surge surged soar soared up
    advance advanced higher expand expanded widen widened improve improved accelerate accelerated
    rebound rebounded double doubled triple tripled raise raised lift lifted boost boosted upgrade
    upgraded strengthen strengthened swell swelled""".split()
)
FALL = frozenset(
    stem(w)
    for w in """fall fell fallen falls falling drop dropped drops decline declined declines
    declining slip slipped decrease decreased shrink shrank shrunk slump slumped plunge plunged
    tumble tumbled down lower lowered reduce reduced reduction cut cuts narrow narrowed weaken
    weakened slow slowed slide slid sink sank contract contracted halve halved downgrade downgraded
    ease eased dip dipped retreat retreated shed lose lost""".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@lru_cache(maxsize=20000)
def meaning(word: str) -> str:
    """The stem of a word, of its class where it has one, of its country where it names one."""
    word = word.removesuffix("'s").removesuffix("’s")
    country = country_of(word) if word[:1].isupper() else None
    if country:
        return stem(country.replace(" ", "-"))
    if word[:1].isupper() and len(word) > 5 and word.endswith("ian"):
        word = word[:-1]  # "Marovian" and "Marovia"
    reduced = _reduced(word)
    return _classes().get(reduced, reduced)


def meanings(text: str) -> list[tuple[int, str]]:
    """(normalised offset, meaning) of the content words of a text, in order."""
    folded = normalise(text).text
    return [
        (m.start(), meaning(m.group()))
        for m in _WORD.finditer(folded)
        if m.group().lower().removesuffix("'s") not in STOP and len(m.group()) > 1
    ]


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """The meanings of a text's content words."""
    return frozenset(m for _, m in meanings(text))


def overlap(wanted: frozenset[str], found: frozenset[str]) -> float:
    """The share of `wanted` that is in `found`; 1 when nothing is wanted."""
    return len(wanted & found) / len(wanted) if wanted else 1.0
