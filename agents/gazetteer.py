"""Closed word lists that name recognition rests on: places, peoples, titles, organisation words.

Countries come from the Unicode CLDR through Babel and cities from the names of time zones, so
neither list is kept here by hand; what those sources lack (peoples, regions, capitals that name
no zone) is.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from babel import Locale

__all__ = [
    "ABBREVIATIONS",
    "ALIASES",
    "CALENDAR",
    "CONNECTORS",
    "FIRST_NAMES",
    "LEGAL_FORMS",
    "ORG_WORDS",
    "PEOPLES",
    "PLACE_WORDS",
    "TITLES",
    "places",
]

CALENDAR = frozenset(
    """january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday
    saturday sunday mon tue tues wed thu thurs fri sat sun christmas easter ramadan
    thanksgiving""".split()
)

PEOPLES = frozenset(
    """afghan african albanian algerian american americans arab arabs arabian argentine argentinian
    armenian asian asians australian australians austrian azerbaijani baltic bangladeshi belarusian
    belgian bolivian bosnian brazilian brazilians british bulgarian burmese cambodian cameroonian
    canadian canadians caucasian chechen chilean chinese colombian congolese croatian cuban cypriot
    czech danish danes dutch ecuadorian egyptian egyptians english estonian ethiopian eurasian
    european europeans filipino finnish finns french georgian german germans ghanaian greek greeks
    guatemalan haitian hungarian icelandic indian indians indonesian iranian iranians iraqi iraqis
    irish israeli israelis italian italians ivorian jamaican japanese jewish jews jordanian kazakh
    kenyan korean koreans kurdish kurds kuwaiti kyrgyz laotian latin latvian lebanese libyan
    lithuanian malaysian maltese mexican mexicans moldovan mongolian moroccan muslim muslims
    christian christians catholic catholics protestant nepalese nepali nicaraguan nigerian
    nordic norwegian norwegians pakistani palestinian palestinians panamanian paraguayan persian
    peruvian polish poles portuguese qatari romanian russian russians rwandan salvadoran saudi
    saudis scandinavian scottish scots senegalese serbian serbs singaporean slovak slovenian somali
    soviet spanish sudanese swedish swedes swiss syrian syrians taiwanese tajik tanzanian thai
    tibetan tunisian turk turks turkish turkmen ugandan ukrainian ukrainians uruguayan uyghur uzbek
    venezuelan vietnamese welsh western westerners eastern northern southern yemeni zambian
    zimbabwean hispanic latino republican republicans democrat democrats democratic liberal
    conservatives anglo non-american""".split()
)

TITLES = frozenset(
    """mr mrs ms miss dr prof professor sir dame lord lady president vice-president premier prime
    minister chancellor secretary senator sen representative rep congressman congresswoman governor
    gov mayor king queen prince princess pope bishop archbishop cardinal judge justice general gen
    colonel col major captain capt lieutenant lt sergeant sgt admiral commander chief chairman
    chairwoman chair ceo cfo coo cto director manager coach spokesman spokeswoman spokesperson
    ambassador attorney detective officer inspector sheriff analyst economist deputy vice acting
    former foreign defence defense finance interior health trade energy ex-president presidential
    commissioner executive speaker leader head founder reverend rev lawmaker undersecretary democrat
    republican assemblywoman assemblyman councillor councilman""".split()
)

ABBREVIATIONS = frozenset(
    """gdp ceo cfo coo cto ipo ai etf ebitda ebit eps vat utc gmt est edt cet pst bst am pm tv dvd
    id it hr pr ev evs ict faq roi yoy ytd qoq usd eur gbp jpy cny rmb chf cad aud inr rub hkd sgd
    sek nok dkk krw brl zar tl mw gw kw kwh mwh gwh km kg bn mn tn bps pdf url html http https www
    ok fy h1 h2 q1 q2 q3 q4 i ii iii iv vi vii viii ix xi xii cv adas esg r&d m&a sme smes ngo ngos
    pct capex opex arr sop rss api gps dna rna covid copyright mri lng lpg b2b b2c saas usa-made
    ann ends pv pe p/e""".split()
)

LEGAL_FORMS = frozenset(
    """inc inc. corp corp. corporation co co. company ltd ltd. limited llc llp lp plc ag se sa s.a.
    spa s.p.a. nv n.v. bv b.v. gmbh kg kgaa ab asa as oy oyj a/s aps srl sarl pte pty pjsc ojsc
    jsc ooo oao pao zao kk k.k. bhd tbk holding holdings group""".split()
)

ORG_WORDS = frozenset(
    """academy administration agency airlines airways alliance armed army assembly associates
    association authority bank board brothers bundesbank bundestag bureau cabinet capital
    center centre centers chamber church club coalition college command commission committee
    communications company confederation congress consortium consulting cooperative corporation
    corps council court dealers defence defense department dispatch division embassy energy
    enterprise enterprises exchange federation finance financial firm forces forum foundation fund
    funds government group guard health holdings hospital house industries initiative innovations
    institute institution insurance international investment investments journal judiciary
    laboratories laboratory labs league library logistics management materials media
    ministry mission mutual network news newspaper observatory office oil organisation
    organization parliament partners party petroleum pharma pharmaceuticals police post press
    programme program project railway railways register regulator reserve research resources
    review school secretariat securities senate service services shipping society software
    solutions state steel systems technologies technology telecom telegraph television times
    trade treasury tribunal trust union university ventures watch wire works""".split()
)

PLACE_WORDS = frozenset(
    """airport avenue bay beach bridge canyon cape city coast county desert district falls fjord
    gulf harbor harbour highway hill hills island islands isle lake mount mountain mountains
    ocean park peninsula plateau port province river road sea square strait street
    territory valley village reef archipelago oblast prefecture""".split()
)

# Words that may stand between the capitalised words of one name, after the words they follow.
CONNECTORS = frozenset(
    "of for & de del della der den di da do dos du el la le les van von zu al bin ibn ben y".split()
)

FIRST_NAMES = frozenset(
    """aaron adam adrian ahmed alan albert alex alexander alexei ali alice amanda amy ana
    andrea andrei andrew angela ann anna anne anthony antonio arthur barack barbara ben
    benjamin bernard bill bob boris brian bruce carl carlos carol caroline catherine
    charles charlie chris christian christine christopher claire clara colin craig dan
    daniel dave david deborah dennis diana dmitry donald douglas edward elena eleanor
    elizabeth ellen emily emma eric erik eva evan fatima felix fernando francis francisco
    frank fred gary gavin george gerald gordon grace graham greg gustav hans harold harry
    hassan heather helen henry hillary hugh hugo ian igor ilse irina isaac ivan jack jacob
    jacques james jamie jan jane janet jason jean jeff jennifer jeremy jerry jessica jill
    jim joan joe joel johan john jonas jonathan jorge jose joseph josh joshua juan judith
    julia julian julie karen karl kate katherine keith kelly ken kenneth kevin kim larry
    laura lauren lawrence lee leo leon leonard leslie li linda lisa louis lucas lucy luis
    luke manuel marc marco marcus margaret maria marie mark martin mary matthew maurice
    max michael michel michelle miguel mike mohamed mohammad mohammed muhammad nadia nancy
    narendra natalie nathan neil nicholas nick nicolas nicole nigel nina noah oleg oliver
    olivia omar oscar pablo pamela patricia patrick paul paula pedro peter petra phil
    philip pierre rachel ralph raymond rebecca ricardo richard rick rob robert roberto
    robin roger ronald rosa roy russell ruth ryan sally sam samuel sandra sara sarah
    saskia scott sean sebastian sergei sergey sharon simon sofia sophie stefan stephen
    steve steven stuart susan sylvia ted teresa terry theresa thomas tim timothy tina tom
    tony tracy ursula valentina vera victor victoria vincent viktor virginia vladimir
    volodymyr walter wang warren wayne wei wendy werner wilhelm will william xi yuri
    zhang""".split()
)

_MORE_PLACES = """america usa u.s. us u.s.a. uk u.k. britain england scotland wales uae u.a.e. eu
europe asia africa oceania antarctica arctic eurasia scandinavia siberia balkans caucasus crimea
donbas kashmir tibet xinjiang gaza gibraltar kosovo catalonia bavaria flanders
beijing shenzhen guangzhou tianjin wuhan chengdu mumbai delhi bangalore bengaluru chennai hyderabad
munich frankfurt hamburg cologne stuttgart milan turin naples barcelona valencia marseille lyon
geneva bern basel antwerp rotterdam eindhoven gothenburg krakow manchester birmingham glasgow
edinburgh liverpool oxford cambridge osaka yokohama busan abuja lahore islamabad ankara hanoi
washington boston houston dallas miami atlanta seattle philadelphia baltimore pittsburgh
cleveland minneapolis orlando tampa portland sacramento oakland
california texas florida ohio michigan illinois pennsylvania virginia georgia arizona
colorado nevada oregon utah wisconsin minnesota missouri tennessee kentucky louisiana alabama
mississippi arkansas oklahoma kansas nebraska iowa indiana maryland delaware connecticut
massachusetts vermont maine idaho montana wyoming alaska hawaii ontario quebec alberta manitoba
saskatchewan queensland tasmania
bosnia herzegovina burma congo korea czechia ivory-coast macedonia palestine taiwan turkey
brasilia bratislava bucharest canberra ottawa riyadh sanaa tbilisi yerevan zagreb pretoria
pyongyang odesa lviv mariupol""".split()

_MORE_PHRASES = (
    "United States", "United States of America", "United Kingdom", "Great Britain",
    "European Union",
    "Hong Kong", "New York", "New York City", "Los Angeles", "San Francisco", "San Diego",
    "Las Vegas", "New Jersey", "New Mexico", "New Hampshire", "North Carolina", "South Carolina",
    "North Dakota", "South Dakota", "West Virginia", "Rhode Island", "Washington D.C.", "New Delhi",
    "Cape Town", "Tel Aviv", "Saint Petersburg", "St Petersburg", "St. Petersburg", "North Korea",
    "South Korea", "Ivory Coast", "Russian Federation", "Middle East", "Central Asia",
    "Latin America", "North America", "South America", "South Africa", "Saudi Arabia",
    "Sri Lanka", "The Hague", "Baltic Sea", "Black Sea", "Red Sea", "New Zealand",
    "West Bank", "Gaza Strip", "British Columbia", "New South Wales", "Nova Scotia",
)  # fmt: skip

# Names of one thing, normalised, to the form they are compared by.
ALIASES = {
    **dict.fromkeys(
        ("us", "u.s", "u.s.", "usa", "u.s.a", "u.s.a.", "america", "united states of america"),
        "united states",
    ),
    **dict.fromkeys(("uk", "u.k", "u.k.", "britain", "great britain"), "united kingdom"),
    **dict.fromkeys(("eu", "e.u", "e.u."), "european union"),
    **dict.fromkeys(("uae", "u.a.e", "u.a.e."), "united arab emirates"),
    **dict.fromkeys(("prc", "people's republic of china"), "china"),
    **dict.fromkeys(("rf", "russian federation"), "russia"),
    **dict.fromkeys(("republic of korea", "rok"), "south korea"),
    **dict.fromkeys(("dprk",), "north korea"),
    **dict.fromkeys(("un", "u.n", "u.n."), "united nations"),
    "holland": "netherlands",
    "burma": "myanmar",
    "czech republic": "czechia",
    "türkiye": "turkey",
    "turkiye": "turkey",
    "fed": "federal reserve",
    "ecb": "european central bank",
    "opec+": "opec",
    "nhs": "national health service",
    "fda": "food and drug administration",
    "sec": "securities and exchange commission",
    "wto": "world trade organization",
    "who": "world health organization",
    "imf": "international monetary fund",
}


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Lower-case names of countries, regions and well-known cities."""
    known = {name.lower() for name in _MORE_PLACES} | {name.lower() for name in _MORE_PHRASES}
    for code, name in Locale("en").territories.items():
        if len(code) == 2 or code.isdigit():
            known.add(name.lower().replace(" & ", " and "))
            known.add(name.split(" (")[0].lower())
    known -= {"world", "jersey", "chad", "georgia state", "outlying oceania", "eurozone"}
    zones = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    regions = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    for zone in zones:
        region, _, city = zone.rpartition("/")
        if region.split("/")[0] in regions and len(city) > 3 and "_" not in city:
            known.add(city.lower())
        elif region.split("/")[0] in regions and "_" in city:
            known.add(city.replace("_", " ").lower())
    return frozenset(
        known
        - {
            "center",
            "nome",
            "west",
            "east",
            "north",
            "south",
            "mission",
            "noumea",
            "central",
            "pacific",
            "mountain",
            "currie",
            "troll",
            "monaco grand prix",
            "marengo",
            "general",
        }
    )
