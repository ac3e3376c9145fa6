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
from agents.modality_cues import (
    ADVICE,
    ANALYSTS,
    CAUSE,
    DOWN,
    FORECAST,
    HEDGE,
    IMPERATIVE,
    JUDGEMENT,
    NEGATION,
    OPINES,
    OUTCOME,
    PAST_TIME,
    PLAN,
    PREDICTS,
    RULE,
    SCOPE,
    UP,
)
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


def hedges(text: str) -> list[Span]:
    """Words that weaken an assertion ("reportedly", "may", "is said", "appears to")."""
    months = re.compile(
        r"\b(?:in|on|of|since|until|by|from|late|early|last|this|\d{1,2})\s+$", re.I
    )
    return [
        s
        for s in _spans(HEDGE, text)
        if not (s.text == "May" and s.start > 0)
        and not (s.text.lower() == "may" and months.search(text[: s.start]))
    ]


def negations(text: str) -> list[Span]:
    """Words that negate, negative verbs ("failed to") and contrasts ("rather than") included."""
    return _spans(NEGATION, text)


def causal(sentence: str) -> list[Span]:
    """Words that state a cause or an effect."""
    return _spans(CAUSE, sentence)


def scopes(text: str) -> list[Span]:
    """Words that set how much of a thing a statement covers ("all", "only", "first", "largest")."""
    return _spans(SCOPE, text)


def directions(text: str) -> list[tuple[Literal["up", "down"], Span]]:
    """Words that state a direction of change or of a comparison, in text order."""
    found: list[tuple[Literal["up", "down"], Span]] = [("up", s) for s in _spans(UP, text)]
    found += [("down", s) for s in _spans(DOWN, text)]
    skip = re.compile(r"^(?:up|down) (?:to|with|by the)\b", re.I)
    kept = [
        (d, s)
        for d, s in found
        if not (s.text.lower() in ("up", "down", "over") and skip.match(text[s.start : s.end + 8]))
    ]
    return sorted(kept, key=lambda pair: pair[1].start)


# --- fact, forecast, opinion -------------------------------------------------------------------


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
    advice = ADVICE.search(text)
    if advice and not (said and said.source in ("named", "anonymous") and said.quotes):
        opinion += 2.4
        cues.append(advice.group())
    for weight, pattern in JUDGEMENT:
        for match in list(pattern.finditer(text))[:2]:
            opinion += weight
            cues.append(match.group())
    if text.endswith(("?", "!")):
        opinion += 1.5
        cues.append(text[-1])

    modals = _modals(sentence)
    plan = PLAN.search(text)
    for modal, verb in modals:
        outcome = verb in OUTCOME or not verb
        if modal in ("will", "wo", "'ll", "’ll", "shall"):
            forecast += 2.0 if outcome else 1.3
        elif modal in ("would",):
            forecast += 1.8 if outcome else 1.2
        elif modal in ("could", "may", "might"):
            forecast += 1.9 if outcome else 1.5
            if modal == "could" and PAST_TIME.search(text):
                forecast -= 1.5  # ability in the past: "a year ago an importer could pay in days"
        elif modal == "should":
            if verb in OUTCOME - {
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
    for match in list(FORECAST.finditer(text))[:3]:
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
        analysts = bool(ANALYSTS.search(who))
        if said.source == "author":
            opinion += 1.8 if said.verb in OPINES | {"say", "argue"} else 0.6
            if said.verb in PREDICTS:
                forecast += 2.0
        elif (
            said.verb in OPINES
            and not said.quotes
            and said.verb not in ("believe", "think", "fear")
        ):
            opinion += 2.0
            cues.append(said.verb)
        elif said.verb in PREDICTS:
            if analysts or said.source == "unknown":
                forecast += 2.4
            else:
                fact += 3.2 if said.verb in ("expect", "anticipate", "project", "forecast") else 1.5
            cues.append(said.verb)
        elif said.source in ("named", "anonymous") or said.verb in ("say", "report", "according"):
            outcome_modal = any(v in OUTCOME for _, v in modals)
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
        and RULE.search(text)
        and not any(v in OUTCOME - {"pay", "need", "take", "have"} for _, v in modals)
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
    if low not in IMPERATIVE or low in ("let",) and second.low not in ("'s", "’s", "us", "me"):
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
