"""Words on their own: classes, verb bases and stems, from a lexicon and short lists.

The most frequent class of each word comes from Brill's lexicon (94,000 words, MIT licence), which
the `textblob` package ships as a data file; the file is read directly, since importing the
package loads NLTK. Classes are Penn Treebank tags (NN, NNS, NNP, VB, VBZ, VBD, JJ, IN, ...).
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

__all__ = [
    "BE",
    "CLOSED",
    "GET",
    "HAVE",
    "IRREGULAR",
    "SAME_PAST",
    "lexicon",
    "stem",
    "verb_base",
    "word_class",
]

CLOSED: dict[str, str] = {
    **dict.fromkeys("the a an this that these those each every no some any another both "
                    "either neither all such half".split(), "DT"),
    **dict.fromkeys("my your his her its our their whose".split(), "PRP$"),
    **dict.fromkeys("i you he she it we they me him us them one-self himself herself itself "
                    "themselves nobody anyone everyone someone anybody everybody somebody "
                    "nothing anything everything something ourselves".split(), "PRP"),
    **dict.fromkeys("and or but nor".split(), "CC"),
    **dict.fromkeys("of in on at by for with from into onto about against between through "
                    "during before after above below under over without within among amid "
                    "toward towards upon per via despite because since although though while "
                    "whereas if unless until whether as than except besides beyond near across "
                    "along around behind beside throughout versus amongst lest ex off".split(),
                    "IN"),
    **dict.fromkeys("can could may might must shall should will would cannot".split(), "MD"),
    **dict.fromkeys("is has does".split(), "VBZ"), **dict.fromkeys("are am have do".split(), "VBP"),
    **dict.fromkeys("was were had did".split(), "VBD"), "be": "VB", "been": "VBN", "being": "VBG",
    **dict.fromkeys("not never also still just even already only now yet soon then here there "
                    "again often always very too quite rather however therefore thus almost "
                    "nearly roughly instead perhaps maybe today yesterday tomorrow up down out "
                    "away back so".split(), "RB"),
    "to": "TO", "which": "WDT", "who": "WP", "whom": "WP", "what": "WP", "when": "WRB",
    "where": "WRB", "why": "WRB", "how": "WRB", "more": "JJR", "less": "JJR", "fewer": "JJR",
    "most": "JJS", "many": "JJ", "few": "JJ", "several": "JJ", "other": "JJ", "own": "JJ",
    "much": "JJ", "none": "NN", "n't": "RB", "n’t": "RB", "'s": "POS", "’s": "POS", "%": "NN",
    "percent": "NN", "per-cent": "NN", "due": "JJ", "including": "IN", "according": "IN",
    "excluding": "IN", "regarding": "IN", "following": "VBG", "said": "VBD", "close": "JJ",
    "like": "IN", "'re": "VBP", "’re": "VBP", "'ve": "VBP", "’ve": "VBP", "'ll": "MD", "’ll": "MD",
    "'d": "MD", "’d": "MD", "'m": "VBP", "’m": "VBP", "ai": "VBP", "wo": "MD", "ca": "MD",
    "sha": "MD", "lot": "NN", "management": "NN", "next": "JJ", "last": "JJ", "past": "JJ",
    "third": "JJ", "hundred": "CD", "thousand": "CD", "million": "CD", "billion": "CD",
    "trillion": "CD", "one": "CD", "two": "CD", "three": "CD", "four": "CD", "five": "CD",
    "six": "CD", "seven": "CD", "eight": "CD", "nine": "CD", "ten": "CD", "eleven": "CD",
    "twelve": "CD", "forecast": "NN", "bid": "NN", "layoffs": "NNS", "data": "NNS",
    "people": "NNS", "police": "NNS", "staff": "NNS", "buyers": "NNS", "exporters": "NNS",
    "importers": "NNS", "online": "JJ",
}  # fmt: skip

# Past forms equal to the base form, and past tenses that the lexicon lists as participles only.
SAME_PAST = frozenset(
    "cut hurt hit put set let cost shut spread split bid cast burst quit rid "
    "beat read thrust upset broadcast forecast offset bet".split()
)
BE = frozenset("be is are was were been being am 's ’s 're ’re".split())
HAVE = frozenset("have has had having 've ’ve 'd ’d".split())
GET = frozenset("get gets got getting".split())
IRREGULAR = {
    "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "lost": "lose",
    "won": "win", "grew": "grow", "grown": "grow", "began": "begin", "begun": "begin",
    "said": "say", "told": "tell", "made": "make", "paid": "pay", "sold": "sell",
    "bought": "buy", "sent": "send", "spent": "spend", "took": "take", "taken": "take",
    "gave": "give", "given": "give", "went": "go", "gone": "go", "came": "come",
    "saw": "see", "seen": "see", "held": "hold", "kept": "keep", "left": "leave",
    "led": "lead", "met": "meet", "ran": "run", "brought": "bring", "built": "build",
    "thought": "think", "found": "find", "got": "get", "stood": "stand", "wrote": "write",
    "written": "write", "chose": "choose", "drew": "draw", "drove": "drive", "driven": "drive",
    "broke": "break", "knew": "know", "known": "know", "became": "become", "felt": "feel",
    "sank": "sink", "shrank": "shrink", "dealt": "deal", "bore": "bear", "lent": "lend",
    "was": "be", "were": "be", "is": "be", "are": "be", "been": "be", "has": "have",
    "had": "have", "did": "do", "does": "do", "done": "do", "overtook": "overtake",
}  # fmt: skip


@lru_cache(maxsize=1)
def lexicon() -> dict[str, str]:
    """Word to its most frequent class; capitalised entries are separate. Read once."""
    found = find_spec("textblob")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("textblob, whose English lexicon agents.lexicon reads")
    path = Path(next(iter(found.submodule_search_locations))) / "en" / "en-lexicon.txt"
    entries: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(";;;"):
            word, _, tag = line.partition(" ")
            entries[word] = tag.strip().split("|")[0].replace("NNPS", "NNP")
    return entries


def word_class(word: str) -> str | None:
    """The most frequent class of a lower-case word, None for unknown ones."""
    return CLOSED.get(word) or lexicon().get(word)


@lru_cache(maxsize=20000)
def verb_base(word: str) -> str | None:
    """The base of a form that can be a verb ("guides" gives "guide"), None for other words."""
    low = word.lower().replace("’", "'")
    entries = lexicon()
    if low in IRREGULAR:
        return IRREGULAR[low]

    def known(base: str) -> bool:
        if "our" in base or base.endswith("ise"):  # British spelling, which the lexicon lacks
            american = base.replace("our", "or")
            american = american[:-3] + "ize" if american.endswith("ise") else american
            if american != base and known(american):
                return True
        if entries.get(base) in ("VB", "VBP") or base in SAME_PAST:
            return True
        e_less = base[:-1] if base.endswith("e") else base
        y_less = base[:-1] + "i" if base.endswith("y") else base
        double = base + base[-1:]
        forms = (e_less + "ing", double + "ing", e_less + "ed", y_less + "ed", double + "ed")
        return len(base) > 2 and any(entries.get(f, "")[:2] == "VB" for f in forms)

    candidates: list[str] = [low]
    if low.endswith(("ies", "ied")):
        candidates.append(low[:-3] + "y")
    if low.endswith("es"):
        candidates += [low[:-1], low[:-2]]
    elif low.endswith("s") and not low.endswith("ss"):
        candidates.append(low[:-1])
    for ending in ("ed", "ing"):
        if low.endswith(ending) and len(low) > len(ending) + 2:
            root = low[: -len(ending)]
            candidates += [root + "e", root]
            if root[-1:] == root[-2:-1]:
                candidates.append(root[:-1])
            candidates.remove(low) if low in candidates else None
    fitting = [base for base in candidates if known(base)]
    return next((base for base in fitting if base in entries), fitting[0] if fitting else None)


@lru_cache(maxsize=20000)
def stem(word: str) -> str:
    """A light stem for matching words of a question with words of a text."""
    low = word.lower().replace("’", "'")
    low = re.sub(r"'s$|'$", "", low)
    if low in IRREGULAR:
        return stem(IRREGULAR[low])
    if low in ("counter", "former", "letter", "matter", "power", "paper", "water", "border"):
        return low
    for ending, least in (
        ("isations", 4), ("izations", 4), ("isation", 4), ("ization", 4), ("ations", 4),
        ("ation", 4), ("ments", 4), ("ment", 4), ("ings", 4), ("ing", 4), ("ions", 4),
        ("ion", 4), ("ically", 4), ("ally", 4), ("edly", 4), ("ies", 3), ("ied", 3), ("ers", 4),
        ("ed", 3), ("er", 4), ("es", 3), ("ly", 4), ("s", 3), ("al", 4), ("e", 3), ("y", 3),
    ):  # fmt: skip
        if low.endswith(ending) and len(low) - len(ending) >= least and not low.endswith("ss"):
            low = low[: -len(ending)]
            break
    if low.endswith(("i", "e", "y")) and len(low) > 3:
        low = low[:-1]
    if len(low) > 4 and low[-1] == low[-2] and low[-1] not in "ls":
        low = low[:-1]
    return low
