"""Countries under their other names: the adjective ("Chinese") and the capital ("Beijing").

Babel names countries but not their adjectives; the regular ones are found by their opening
letters, the rest are listed.
"""

from __future__ import annotations

from functools import lru_cache

from agents.gazetteer import ALIASES, PEOPLES, places

__all__ = ["country_of"]

_ADJECTIVES = {
    "american": "united states", "americans": "united states", "british": "united kingdom",
    "dutch": "netherlands", "french": "france", "greek": "greece", "greeks": "greece",
    "danish": "denmark", "danes": "denmark", "polish": "poland", "poles": "poland",
    "spanish": "spain", "swedish": "sweden", "swedes": "sweden", "swiss": "switzerland",
    "turkish": "turkey", "turks": "turkey", "finnish": "finland", "finns": "finland",
    "norwegian": "norway", "norwegians": "norway", "irish": "ireland", "welsh": "wales",
    "scottish": "scotland", "scots": "scotland", "english": "england", "filipino": "philippines",
    "philippine": "philippines", "czech": "czechia", "european": "european union",
    "europeans": "european union", "emirati": "united arab emirates", "chinese": "china",
    "japanese": "japan", "peruvian": "peru", "welshman": "wales", "argentine": "argentina",
    "congolese": "congo", "saudi": "saudi arabia", "saudis": "saudi arabia", "kazakh": "kazakhstan",
    "uzbek": "uzbekistan", "tajik": "tajikistan", "turkmen": "turkmenistan", "afghan":
    "afghanistan", "thai": "thailand", "hungarian": "hungary", "norman": "france", "kyrgyz":
    "kyrgyzstan", "italian": "italy", "italians": "italy", "german": "germany", "germans":
    "germany", "korean": "south korea", "israelis": "israel", "iraqis": "iraq",
    "iranians": "iran", "indians": "india", "russians": "russia", "ukrainians": "ukraine",
    "slovak": "slovakia", "slovene": "slovenia", "slovenian": "slovenia",
}  # fmt: skip
_CAPITALS = {
    "beijing": "china", "moscow": "russia", "kremlin": "russia", "washington": "united states",
    "white house": "united states", "pentagon": "united states", "brussels": "european union",
    "london": "united kingdom", "downing street": "united kingdom", "berlin": "germany",
    "paris": "france", "elysee": "france", "rome": "italy", "madrid": "spain", "lisbon": "portugal",
    "warsaw": "poland", "prague": "czechia", "vienna": "austria", "budapest": "hungary",
    "the hague": "netherlands", "hague": "netherlands", "stockholm": "sweden", "oslo": "norway",
    "copenhagen": "denmark", "helsinki": "finland", "tallinn": "estonia", "riga": "latvia",
    "vilnius": "lithuania", "kyiv": "ukraine", "kiev": "ukraine", "minsk": "belarus", "ankara":
    "turkey", "athens": "greece", "sofia": "bulgaria", "bucharest": "romania", "belgrade":
    "serbia", "zagreb": "croatia", "dublin": "ireland", "bern": "switzerland", "tokyo": "japan",
    "seoul": "south korea", "pyongyang": "north korea", "taipei": "taiwan", "hanoi": "vietnam",
    "jakarta": "indonesia", "manila": "philippines", "bangkok": "thailand", "canberra":
    "australia", "wellington": "new zealand", "ottawa": "canada", "new delhi": "india", "delhi":
    "india", "islamabad": "pakistan", "dhaka": "bangladesh", "tehran": "iran", "baghdad": "iraq",
    "riyadh": "saudi arabia", "abu dhabi": "united arab emirates", "doha": "qatar", "cairo":
    "egypt", "jerusalem": "israel", "damascus": "syria", "astana": "kazakhstan", "tashkent":
    "uzbekistan", "bishkek": "kyrgyzstan", "dushanbe": "tajikistan", "baku": "azerbaijan",
    "tbilisi": "georgia", "yerevan": "armenia", "abuja": "nigeria", "nairobi": "kenya",
    "pretoria": "south africa", "addis ababa": "ethiopia", "brasilia": "brazil", "buenos aires":
    "argentina", "santiago": "chile", "bogota": "colombia", "lima": "peru", "caracas":
    "venezuela", "mexico city": "mexico", "havana": "cuba",
}  # fmt: skip


@lru_cache(maxsize=4096)
def country_of(word: str, *, capital: bool = False) -> str | None:
    """The country that a name or adjective stands for, normalised; None when it is neither.

    capital: also read a capital as its government ("Beijing" for China), which suits the
    alignment of two texts but is too free for what gets published.
    """
    low = word.lower().removeprefix("the ").removesuffix("'s").removesuffix("’s").strip()
    low = ALIASES.get(low, low)
    if low in _ADJECTIVES:
        return _ADJECTIVES[low]
    if capital and low in _CAPITALS:
        return _CAPITALS[low]
    if low in PEOPLES and len(low) >= 5:
        stem = low[:5]
        found = [p for p in places() if p.startswith(stem) and " " not in p]
        if len(found) == 1:
            return found[0]
    return low if low in places() and low not in _CAPITALS else None
