"""Splitting a sentence into clauses that stand on their own; what is no claim at all."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from agents.attribution import attribution, quotations
from agents.grammar import FINITE, Token, noun_groups, tagged
from agents.lexicon import verb_base, word_class
from agents.name_spans import heading
from agents.sentences import Span

__all__ = ["Clause", "clauses", "rhetorical"]


class Clause(NamedTuple):
    """A clause at [start, end) of the sentence, and the attribution it shares, if any."""

    start: int
    end: int
    text: str
    prefix: Span | None
    """The words elsewhere in the sentence that attribute this clause too ("officials said")."""


_JOINERS = ("while", "whereas", "but", "and", "although", "though", "yet")


def _subject_and_verb(tokens: tuple[Token, ...]) -> bool:
    """Whether the tokens open with a subject and have its finite verb."""
    at = 0
    while at < len(tokens) and (tokens[at].tag == "RB" or tokens[at].text in (",", '"', "“")):
        at += 1
    if at < len(tokens) and tokens[at].tag in ("IN", "TO") and tokens[at].low not in ("that",):
        # "In 2025, sales rose": an opening adjunct up to a comma.
        comma = next(
            (j for j in range(at, min(at + 12, len(tokens))) if tokens[j].text == ","), None
        )
        if comma is None or any(t.tag in FINITE for t in tokens[at:comma]):
            return False
        at = comma + 1
    if at >= len(tokens):
        return False
    first = tokens[at]
    one_of = first.tag in ("CD", "DT", "NN") and at + 1 < len(tokens) and tokens[at + 1].low == "of"
    starts_group = (
        one_of
        or any(g[0] == at for g in noun_groups(tokens))
        or first.low
        in ("it", "they", "he", "she", "we", "i", "nobody", "there", "this", "that", "these")
    )
    if not starts_group or first.tag in ("WDT", "WP", "WRB"):
        return False
    in_relative = False
    for token in tokens[at:]:
        if token.tag in ("WDT", "WP") or token.low in ("who", "which"):
            in_relative = True
        elif token.tag in FINITE:
            if not in_relative:
                return True
            in_relative = False
        elif token.text == ",":
            in_relative = False
        elif token.low in ("because", "if", "when", "while", "as", "that") and token.tag in (
            "IN",
            "WRB",
        ):
            return False
    return False


def _direct_subject(tokens: tuple[Token, ...]) -> bool:
    """Whether the first noun group, with its complements, is followed by a finite verb."""
    groups = noun_groups(tokens)
    at = 0
    while at < len(tokens) and tokens[at].tag == "RB":
        at += 1
    group = next((g for g in groups if g[0] == at), None)
    if group is None:
        return False
    at = group[1]
    while at < len(tokens):
        token = tokens[at]
        if token.tag in FINITE:
            return True
        if token.tag in ("IN", "RB", "VBN", "TO", "CD", "CC") and token.low not in (
            "that",
            "because",
            "as",
            "if",
            "while",
            "than",
        ):
            at += 1
            continue
        follow = next((g for g in groups if g[0] == at), None)
        if follow is None:
            return False
        at = follow[1]
    return False


def clauses(sentence: str) -> list[Clause]:
    """The clauses of a sentence, split only where both halves have a subject and a finite verb.

    Splits at ";", ", while", ", whereas", ", but" and "and" between main clauses; never inside
    quotes, brackets, conditions or relative clauses, and not before a pronoun (except after ";").
    A sentence that cannot be split safely comes back whole. An attribution that holds for
    several clauses stays in the one it is in and is the `prefix` of the others.
    """
    tokens = tagged(sentence)
    quoted = [(q.start, q.end) for q in quotations(sentence)]
    cuts: list[tuple[int, int]] = []  # character offsets: end of left, start of right
    depth = 0
    left_from = 0
    conditional = bool(tokens) and tokens[0].low in (
        "if",
        "when",
        "while",
        "although",
        "though",
        "as",
        "unless",
        "because",
        "since",
        "whether",
        "once",
        "after",
        "before",
    )
    for i, token in enumerate(tokens):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth = max(0, depth - 1)
        if depth or any(a <= token.start < b for a, b in quoted):
            continue
        after_comma = i > 0 and tokens[i - 1].text == ","
        if token.text == ";":
            left, right = tokens[left_from:i], tokens[i + 1 :]
            if right and right[0].low in ("and", "but", "while", "or"):
                right = right[1:]
            if right and _stands(left) and _subject_and_verb(right):
                cuts.append((token.start, right[0].start))
                left_from = i + 1
                conditional = right[0].low in ("if", "when", "unless")
            continue
        if token.low not in _JOINERS or conditional:
            if (
                token.text == ","
                and conditional
                and any(t.tag in FINITE for t in tokens[left_from:i])
            ):
                conditional = False
            continue
        if (
            token.low in ("while", "whereas", "but", "although", "though", "yet")
            and not after_comma
        ):
            continue
        left, right = tokens[left_from : i - 1 if after_comma else i], tokens[i + 1 :]
        if (
            token.low in ("while", "although", "though")
            and right
            and right[0].tag in ("VBG", "JJ", "VBN")
        ):
            continue
        stop = next((j for j, t in enumerate(right) if t.text == ";"), len(right))
        right_here = right[:stop]
        if (
            not right_here
            or right_here[0].tag in ("PRP", "PRP$", "WDT", "WP")
            or right_here[0].low
            in (
                "that",
                "this",
                "those",
                "these",
                "it",
                "they",
                "so",
                "then",
                "there",
                "both",
                "neither",
            )
        ):
            continue
        if len(left) < 4 or len(right_here) < 4:
            continue
        last_joint = max(
            (j for j, t in enumerate(left) if t.low in ("between", "both", "from")), default=-1
        )
        if token.low == "and" and last_joint >= 0 and not any(
            t.tag in FINITE or t.low == "and" for t in left[last_joint:]
        ):  # fmt: skip
            continue
        if not (_stands(left) and _direct_subject(right_here)) or _one_subject(left, right_here):
            continue
        if (
            any(
                t.tag in ("WDT", "WP", "WRB")
                or t.low in ("if", "whether", "because", "unless", "until", "than", "so")
                or (t.low == "that" and t.tag == "WDT")
                for t in left[1:]
            )
            and token.low == "and"
            and (not after_comma)
        ):
            continue
        if any(t.low in ("if", "unless", "until", "because") for t in left) and token.low == "and":
            continue
        cuts.append((left[-1].end, right[0].start))
        left_from = i + 1
    return _pieces(sentence, cuts)


def _one_subject(left: tuple[Token, ...], right: tuple[Token, ...]) -> bool:
    """Whether "and" joins nouns rather than clauses: "said Ann and Bob were there", "the upside
    and downside risks", "to fund research and support training"."""
    group = next((g for g in noun_groups(right) if g[0] == 0), None)
    if group is None:
        return False
    head = right[group[1] - 1]
    verb = next((t for t in right[group[1] :] if t.tag in FINITE), None)
    bare = right[0].tag not in ("DT", "PRP$", "NNP", "CD", "NNS") and not head.low.endswith("s")
    if verb is not None and verb.low in ("are", "were", "have", "do"):
        if head.tag in ("NN", "NNP") and not head.low.endswith("s"):
            return True
    if verb is not None and bare and word_class(verb.low) == "NNS" and left[-1].tag == "NN":
        return True
    if verb is not None:
        after = next((t for t in right if t.start >= verb.end), None)
        reduced = verb.tag == "VBD" and verb.low.endswith("ed") and after is not None and (
            after.low == "by"
        )  # fmt: skip
        closing = (after is None or after.text == ".") and word_class(verb.low) in ("NN", "NNS")
        if reduced or (closing and verb.tag == "VBP" and bare):
            return True
    base_opens = verb_base(right[0].low) == right[0].low and right[0].tag in ("NN", "VB", "VBP")
    return base_opens and any(t.tag == "TO" for t in left)


def _stands(tokens: tuple[Token, ...]) -> bool:
    words = [t for t in tokens if t.text[0].isalnum()]
    return len(words) >= 3 and _subject_and_verb(tokens)


def _pieces(sentence: str, cuts: list[tuple[int, int]]) -> list[Clause]:
    said = attribution(sentence)
    edges = [0, *[c[1] for c in cuts]]
    ends = [*[c[0] for c in cuts], len(sentence)]
    found: list[Clause] = []
    for start, end in zip(edges, ends, strict=True):
        text = sentence[start:end]
        lead = len(text) - len(text.lstrip(" ,;"))
        text = text.strip(" ,;")
        start += lead
        prefix = None
        if said is not None and said.speaker is not None:
            inside = start <= said.frame.start < start + len(text)
            closes = not any(c.isalnum() for c in sentence[said.frame.end :])
            follows = said.frame.start < start
            if not (follows or closes):
                inside = True
            own = attribution(text) if cuts else None
            # A frame that opens its clause carries to later ones; one that closes the sentence
            # carries back. What has an attribution of its own keeps that.
            if not inside and (own is None or own.speaker is None):
                prefix = said.frame
        found.append(Clause(start, start + len(text), text, prefix))
    return found


_BOILERPLATE = re.compile(
    r"\b(?:past performance|financial advis[eo]r|investment advice|not (?:constitute|"
    r"intended as|a recommendation)|"
    r"all rights reserved|sign up|subscribe|newsletter|read more|click here|latest articles|"
    r"add a public comment|no comments|\d+ ?min read|terms of (?:use|service)|privacy policy|"
    r"cookies?\b.{0,40}\bsite|"
    r"this article (?:was|is) (?:originally|first)|for informational purposes|"
    r"general information|"
    r"do(?:ing)? (?:their|your) own research|share this|follow us|contact us|request a demo|"
    r"log ?in|download the app|"
    r"advertisement|copyright|editing by|reporting by|file photo|photo(?:graph)? by|"
    r"image(?:\s+credit)?:|disclaimer|"
    r"has not been reviewed by|may hold positions|holds? (?:shares|positions?) in|"
    r"writing agent|generated by|"
    r"stay ahead of|delivered to your inbox|source:)\b|^(?:figure|fig\.|table|chart|photo|"
    r"image|caption)\s*\d*\s*[:.]|"
    r"^\(?(?:ends?|more to come|updates?)\)?\W*$|^author avatar",
    re.I,
)

Reason = Literal["question", "exclamation", "heading", "fragment", "boilerplate"]


def rhetorical(sentence: str) -> Reason | None:
    """Why the sentence asserts nothing (question, exclamation, heading, fragment, boilerplate);
    None for sentences that can hold a claim. Lines such as "Sales: 9.7 billion, +36%" can."""
    text = sentence.strip()
    if _BOILERPLATE.search(text):
        return "boilerplate"
    bare = text.rstrip("\"'”’)»] ")
    if bare.endswith("?") and not attribution(text):
        return "question"
    if bare.endswith("!"):
        return "exclamation"
    tokens = tagged(text)
    has_finite = any(t.tag in FINITE for t in tokens) or (bool(tokens) and tokens[0].tag == "VB")
    has_number = any(c.isdigit() for c in text)
    ends = bool(re.search(r"[.!?…][\"'”’)»]*$", text))
    words = [t for t in tokens if t.text[0].isalnum()]
    if not ends and heading(text) and not re.search(r"\d", text) and (len(words) <= 14):
        return "heading"
    if not ends and len(words) <= 14 and re.match(r"^[^.]{3,60}: \S", text) and not has_number:
        return "heading"
    if not has_finite and not has_number:
        return "heading" if not ends and len(words) <= 12 else "fragment"
    if len(words) < 3 and not has_number:
        return "fragment"
    if not ends and re.match(r"^(?:#+\s|[A-Z][^.]{0,40}:$)", text):
        return "heading"
    return None
