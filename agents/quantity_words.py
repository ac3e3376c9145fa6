"""The words around numbers: what qualifies them, what they count, what they are part of."""

from __future__ import annotations

__all__ = [
    "APPROXIMATE",
    "IN_NAMES",
    "MAXIMUM",
    "MINIMUM",
    "MULTIPLES",
    "NOT_PLURAL",
    "PLURALS",
    "PREPOSITIONS",
    "SKIPPED",
    "STOP",
]

STOP = frozenset(
    """a an the this that these those his her its their our your my of in on at by to from for with
    without within over under between among against per into onto through during before after since
    until till about around as than then and or but nor so yet if when while where which who whom
    whose what how why because although though not no never also only just even still already again
    more less fewer most least is are was were be been being am has have had having do does did
    will would shall should can could may might must say says said told tell asked ask made make
    took take taken got get gave give given went go gone came come left leave put set had seen saw
    won lost killed died fell rose grew sold bought met up down out off away back ahead above below
    higher lower larger smaller bigger greater longer shorter faster slower cheaper heavier lighter
    earlier later ago apart old each every all both either neither any some such own same other
    another there here now today yesterday tomorrow worth against versus vs including excluding
    compared showed show came fewer percent percentage followed follow signed died voted agreed
    remain remained began begin ended end reported report filed file opened open closed
    close""".split()
)
# Between the number and its noun: "53 more entities", "three other banks".
SKIPPED = frozenset("more other new additional further fresh extra such of the these those".split())
PLURALS = frozenset(
    """people personnel men women children staff police troops aircraft vessels cattle sheep fish
    offspring shrimp series species headquarters works barracks crew military infantry cavalry
    feet dead wounded injured""".split()
)
NOT_PLURAL = frozenset(
    """this thus less loss plus versus perhaps always towards besides across is as was has does us
    its gas news access process success business various previous serious numerous status focus
    census bonus virus campus basis crisis analysis bus lens famous obvious anonymous continuous
    overseas sometimes says goes""".split()
)
IN_NAMES = frozenset(
    """clause article section chapter rule page figure table annex appendix schedule lot lots item
    paragraph form permit model version type class category phase stage step level tier route
    highway flight resolution room gate channel unit division brigade regiment battalion exhibit
    note part title volume no number nr amendment directive regulation row column line""".split()
)
# Nouns after which a bare number may still be a count: "stage 3 trials" is a name, not a count.
PREPOSITIONS = frozenset(
    "in at from for of to by with since on over under and or than but about near within across that"
    .split()
)  # fmt: skip
APPROXIMATE: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "about", "around", "roughly", "approximately", "approx", "circa", "ca", "nearly", "almost",
        "some", "~", "perhaps", "maybe", "close to", "an estimated", "estimated", "broadly",
        "in the region of", "in the order of", "near", "probably", "c", "virtually",
        "just under", "just over", "just below", "just above", "just short of", "a little over",
        "a little under", "a little more than", "a little less than", "slightly more than",
        "slightly less than", "slightly over", "slightly under", "well over", "an average of",
    )
)  # fmt: skip
MINIMUM: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "at least", "more than", "over", "above", "upwards of", "exceeding", "exceeded", "exceeds",
        "exceed", "no fewer than", "no less than", "not less than", "not fewer than",
        "a minimum of", "minimum of", "greater than", "higher than", "larger than", "heavier than",
        "longer than",
        "in excess of", "north of", ">", "just over", "just above", "a little over",
        "a little more than", "slightly more than", "slightly over", "well over", "topped",
        "a little above", "bigger than",
    )
)  # fmt: skip
MAXIMUM: tuple[tuple[str, ...], ...] = tuple(
    tuple(words.split())
    for words in (
        "up to", "at most", "no more than", "not more than", "less than", "fewer than", "under",
        "below", "as much as", "as many as", "a maximum of", "maximum of", "lower than",
        "smaller than", "lighter than", "shorter than", "<", "just under", "just below",
        "a little under", "a little less than", "slightly less than", "slightly under",
        "just short of", "south of", "cheaper than", "a maximum demand",
    )
)  # fmt: skip
MULTIPLES = {
    "double": 2.0, "doubled": 2.0, "doubles": 2.0, "doubling": 2.0, "twice": 2.0, "twofold": 2.0,
    "triple": 3.0, "tripled": 3.0, "triples": 3.0, "tripling": 3.0, "thrice": 3.0, "threefold": 3.0,
    "trebled": 3.0, "treble": 3.0, "quadruple": 4.0, "quadrupled": 4.0, "quadrupling": 4.0,
    "fourfold": 4.0, "quintupled": 5.0, "fivefold": 5.0, "sixfold": 6.0, "sevenfold": 7.0,
    "eightfold": 8.0, "ninefold": 9.0, "tenfold": 10.0, "hundredfold": 100.0,
    "halved": 0.5, "halve": 0.5, "halves": 0.5, "halving": 0.5,
}  # fmt: skip
