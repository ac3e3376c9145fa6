"""Checks of what is said rather than counted: negation, hedges and forecasts, scope, names."""

from __future__ import annotations

import re

from agents.alignment import Evidence, Statement, aligned_names
from agents.attribution import attribution
from agents.countries import country_of
from agents.derived import derived
from agents.evidence import Check
from agents.grammar import tagged
from agents.wording import STOP, content, meaning

__all__ = ["check_cause", "check_entities", "check_hedges", "check_negation", "check_scope"]

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|scarcely)\b|n't\b",
    re.IGNORECASE,
)
_NEGATIVE_VERBS = frozenset(
    meaning(w) for w in "deny denied refuse refused fail failed lack lacked unable exclude".split()
)
_OPPOSITES = [
    ("open", "close"), ("accept", "reject"), ("approve", "refuse"), ("include", "exclude"),
    ("legal", "illegal"), ("win", "lose"), ("rise", "fall"), ("increase", "decrease"),
    ("tighten", "loosen"), ("improve", "worsen"), ("profit", "loss"), ("surplus", "deficit"),
    ("support", "oppose"), ("allow", "ban"), ("permit", "prohibit"), ("succeed", "fail"),
    ("guilty", "innocent"), ("convict", "acquit"), ("convict", "clear"), ("upgrade", "downgrade"),
    ("beat", "miss"), ("public", "private"), ("start", "end"), ("expand", "contract"),
    ("strengthen", "weaken"), ("raise", "lower"), ("hire", "fire"), ("enter", "leave"),
    ("safe", "unsafe"), ("effective", "ineffective"), ("positive", "negative"),
    ("voluntary", "mandatory"), ("alive", "dead"), ("import", "export"), ("buy", "sell"),
]  # fmt: skip
_HEDGE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|possibility|perhaps|maybe|potential(?:ly)?|likely|unlikely|"
    r"probabl[ey]|reportedly|allegedly|alleged|suspected|suspects?|suggests?|suggested|appears?|"
    r"seems?|seemed|looks? like|believed|believes?|thought to|rumou?red|speculat\w+|unconfirmed|"
    r"cannot exclude|could not exclude|can not exclude|not exclude|leaning towards|considering|"
    r"one explanation|in talks|chance)\b",
    re.IGNORECASE,
)
_FORECAST = re.compile(
    r"\b(?:expects?|expected|forecasts?|plans? (?:to|for)|planned|planning|intends?|aims?|aiming|"
    r"targets?|targeting|guid(?:es?|ed|ance)|projects?|projected|projections?|predicts?|predicted|"
    r"due to|is to|are to|was to|will|shall|scheduled|promis(?:es?|ed)|pledg(?:es?|ed)|proposed?|"
    r"proposes|pencilled in|hopes?|set to|model points|estimates? (?:that|for)|draft|"
    r"told [^.]{1,40} to (?:prepare|expect))\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(r"\b(?:has|have|had|was|were|did)\b|\b\w{3,}ed\b")
_UNIVERSAL = re.compile(
    r"\b(?P<all>every|all(?! while| along| but)|each|always|everyone|entire|whole|both)\b|"
    r"\b(?P<none>none|no|never|nobody)\b|\b(?P<most>most|majority)\b|\b(?P<only>only|sole|solely)\b",
    re.IGNORECASE,
)
_PARTIAL = re.compile(
    r"\b(?:some|several|a few|few|certain|one|two|three|four|five|six|a|an|many|part|partly|"
    r"exceptions?|except|apart from|excluding|other than|at least)\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"\b(?:exceptions?|except(?:ing)?|apart from|excluding|exempt\w*|but not|other than|does not "
    r"(?:cover|apply|include)|may still|still)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|caus(?:e|ed|es|ing)|due to|owing to|thanks to|as a result|"
    r"result(?:ed|s|ing)? in|led to|leads to|drove|driven by|triggered|prompted|"
    r"brought down|made [A-Z\w' ]+ (?:drop|fall|rise)|on account of|"
    r"pushed [^.]{1,60}(?:higher|lower|up|down)|is what|stems? from|"
    r"attribut\w+ to|explains? (?:why|the)|(?:is|are|was|were) behind)\b"
)
_CAUSE_EVIDENCE = re.compile(
    r"\b(?:because|caus(?:e|ed|es|ing)|due to|owing to|thanks to|as a result|result(?:ed|s|ing)? "
    r"(?:in|from)|led to|leads? to|drove|driven|triggered|prompted|after no|on account of|puts? "
    r"[^.]{1,40} down to|put [^.]{1,40} down to|reflect(?:s|ed)|so that|which is why|therefore|"
    r"stems? from|attribut\w+|traced|reason|blam\w+|explain\w*|thanks)\b",
    re.IGNORECASE,
)


def _negated(statement: Statement, word: str) -> bool | None:
    """Whether a word (by meaning) stands under a negation; None when it does not occur."""
    tokens = tagged(statement.text)
    for index, token in enumerate(tokens):
        if not token.text[0].isalpha() or meaning(token.text) != word:
            continue
        window = tokens[max(0, index - 5) : index]
        for back in reversed(range(len(window))):
            if window[back].text in {",", ";", ":", "and", "but", "that", "which", "who"}:
                window = window[back + 1 :]
                break
        text = " ".join(t.text for t in window)
        count = len(_NEGATION.findall(text)) + sum(
            meaning(t.text) in _NEGATIVE_VERBS for t in window
        )
        return count % 2 == 1
    return None


def check_negation(evidence: Evidence) -> Check | None:
    """The same predicate, negated on one side only; or its opposite."""
    claim = evidence.claim
    for score, sentence in evidence.ranked[:2]:
        if score < 0.65:
            continue
        found = [
            (word, mine, other)
            for word in sorted(_main_verb(claim) & sentence.words)
            if (mine := _negated(claim, word)) is not None
            and (other := _negated(sentence, word)) is not None
        ]
        # One predicate that agrees in polarity is enough doubt: the negation is elsewhere.
        if found and all(mine != other for _, mine, other in found):
            if _DOUBLE.search(claim.text) or _DOUBLE.search(sentence.text):
                continue
            return Check(
                name="negation",
                outcome="conflicts",
                claim_span=found[0][0],
                evidence_span=sentence.text[:160],
                detail="one side negates what the other asserts",
            )
        if score >= 0.7 and (clash := _opposite(claim, sentence)):
            return Check(
                name="negation",
                outcome="conflicts",
                claim_span=clash[0],
                evidence_span=clash[1],
                detail=f"the claim says {clash[0]}, the evidence {clash[1]}",
            )
    return None


_DOUBLE = re.compile(
    r"\b(?:not only|no longer|none|neither|no other|whether or not|"
    r"not (?:all|every|yet|least)|the other|others)\b",
    re.IGNORECASE,
)


def _opposite(claim: Statement, sentence: Statement) -> tuple[str, str] | None:
    """A word of the claim whose opposite the evidence has in its place."""
    for a, b in _OPPOSITE_PHRASES:
        for own, other in ((a, b), (b, a)):
            if own in claim.text and other in sentence.text and other not in claim.text:
                if own not in sentence.text.replace(other, ""):
                    return own, other
    for first, second in _OPPOSITES:
        x, y = meaning(first), meaning(second)
        for own, other in ((x, y), (y, x)):
            if own not in claim.words or other not in sentence.words:
                continue
            if own in sentence.words or other in claim.words or x == y:
                continue
            if _negated(claim, own) == _negated(sentence, other):
                return own, other
    return None


_OPPOSITE_PHRASES = [
    ("back in service", "out of service"), ("in service", "out of service"),
    ("on schedule", "behind schedule"), ("on time", "late"), ("ahead of schedule",
    "behind schedule"), ("in favour of", "against"), ("with a licence", "without a licence"),
]  # fmt: skip


def _main_verb(statement: Statement) -> frozenset[str]:
    """The first verb that is no auxiliary and no verb of saying; empty when there is none."""
    for token in tagged(statement.text):
        if token.text.lower() in {"which", "who", "that", "because", "where"}:
            continue
        if token.tag in {"VB", "VBD", "VBZ", "VBP", "VBN"} and token.text[0].isalpha():
            if token.text.lower() in STOP or meaning(token.text) in _SAYING:
                continue
            return frozenset({meaning(token.text)})
    return frozenset()


_SAYING = frozenset(
    meaning(w)
    for w in "conclude find show warn believe think expect confirm state claim argue admit".split()
)


def check_hedges(evidence: Evidence) -> Check | None:
    """A hedge, forecast or attribution of the evidence that the claim drops."""
    claim = evidence.claim.text
    best = evidence.best
    if best is None or best[0] < 0.35:
        return None
    sentence = best[1].text
    said = attribution(sentence)
    own = attribution(claim)
    outcome = not _FORECAST.search(claim) and not _HEDGE.search(claim)
    forecast = _FORECAST.search(sentence)
    hedge = _HEDGE.search(sentence)
    if hedge and not _HEDGE.search(claim) and not own and not _FORECAST.search(claim):
        return _hedged("hedge", hedge.group(), sentence)
    if forecast and outcome and own is None and not _future(claim):
        return _hedged("forecast", forecast.group(), sentence)
    if hedge and _future(claim) and not _HEDGE.search(claim) and own is None:
        return _hedged("hedge", hedge.group(), sentence)
    if said is not None and own is None and said.hedged:
        return _hedged("attribution", said.verb, sentence)
    return None


def _hedged(what: str, words: str, sentence: str) -> Check:
    return Check(
        name="hedge",
        outcome="conflicts",
        claim_span="",
        evidence_span=words,
        detail=f"the evidence has a {what} (“{words}”) that the claim drops",
    )


def _future(text: str) -> bool:
    return bool(re.search(r"\b(?:will|shall|is to|are to|plans? to|going to)\b", text))


def check_scope(evidence: Evidence) -> Check | None:
    """ "Every", "all", "none" and "most" against the shares and exceptions of the evidence."""
    claim = evidence.claim
    match = _UNIVERSAL.search(claim.text)
    if match is None:
        return None
    word = match.group()
    shares = [
        d
        for d in derived([(s.text, s.measures) for s in evidence.sentences], ())
        if d.share and d.explicit
    ]
    group = match.lastgroup
    for share in shares:
        if evidence.coverage < 0.5:
            break
        fails = (
            (group == "all" and share.value < 99.9)
            or (group == "none" and share.value > 0.1)
            or (group == "most" and share.value < 50)
        )
        if fails and evidence.coverage >= 0.6:
            return Check(
                name="quantity",
                outcome="conflicts",
                claim_span=word,
                evidence_span=share.calculation,
                detail=f"the claim says {word}; {share.calculation}",
            )
        if not fails and group == "most" and share.value > 50:
            return None
    best = evidence.best
    if best is None or best[0] < 0.4:
        return None
    sentence = best[1].text
    if group == "all" and (found := _EXCEPTION.search(sentence)) and best[0] >= 0.5:
        return Check(
            name="negation",
            outcome="conflicts",
            claim_span=word,
            evidence_span=found.group(),
            detail=f"the claim says {word}, the evidence makes exceptions",
        )
    if group in {"all", "most"} and not re.search(
        rf"\b(?:{word}|every|all|each|most|majority|both|any|whole|entire)\b", evidence.text, re.I
    ):
        return Check(
            name="scope",
            outcome="conflicts",
            claim_span=word,
            evidence_span=sentence[:160],
            detail=f"the evidence does not speak of {word}",
        )
    return None


def check_cause(evidence: Evidence) -> Check | None:
    """A cause that no sentence of the evidence gives for the same thing."""
    claim = _CAUSE.search(evidence.claim.text)
    if claim is None:
        return None
    before, after = evidence.claim.text[: claim.start()], evidence.claim.text[claim.end() :]
    cause, effect = content(before), content(after)
    for sentence in evidence.sentences:
        if _CAUSE_EVIDENCE.search(sentence.text) and all(
            len(side & sentence.words) >= min(2, len(side)) for side in (cause, effect)
        ):
            return None
    return Check(
        name="scope",
        outcome="conflicts",
        claim_span=claim.group(),
        detail="the evidence does not give this as a cause",
    )


def check_entities(evidence: Evidence) -> list[Check]:
    """One check for each name of the claim: stated by the evidence, or not; a conflict only where
    the evidence excludes it ("its only supplier is …", "it was Uzbekistan that …")."""
    checks: list[Check] = []
    claim = evidence.claim
    best = evidence.best
    rival: str | None = None
    for name in claim.names:
        if evidence.names_anywhere(name.text) and not (rival := _rival(evidence, name.text)):
            taken = _taken(evidence, name.text)
            checks.append(
                Check(
                    name="entity",
                    outcome="conflicts" if taken else "agrees",
                    claim_span=name.text,
                    evidence_span=taken or name.text,
                    detail=f"the evidence says {taken}" if taken else "named in the evidence",
                )
            )
        elif best is not None and (other := _exclusive(best, claim)):
            checks.append(
                Check(
                    name="entity",
                    outcome="conflicts",
                    claim_span=name.text,
                    evidence_span=other,
                    detail=f"the evidence names {other}, and only that",
                )
            )
        else:
            detail = f"said of {rival}" if evidence.names_anywhere(name.text) else ""
            checks.append(
                Check(name="entity", outcome="silent", claim_span=name.text, detail=detail)
            )
    named = {country_of(n.text) for n in claim.names}
    for country in claim.parties[len(claim.names) :]:
        if country not in named and (rival := _rival(evidence, country)):
            checks.append(
                Check(
                    name="entity",
                    outcome="silent",
                    claim_span=country.title(),
                    detail=f"said of {rival.title()}",
                )
            )
    return checks


def _rival(evidence: Evidence, name: str) -> str | None:
    """Whom the evidence says it of, where the sentence that says it lacks the claim's subject."""
    claim, best = evidence.claim, evidence.best
    if best is None or not _is_subject(claim, name):
        return None
    sentence = best[1]
    topic = len(claim.topic & sentence.words) / len(claim.topic) if claim.topic else 0.0
    if topic < 0.5 or _party_in(name, sentence):
        return None
    others = [p for p in sentence.parties if not any(aligned_names(p, o) for o in claim.parties)]
    return others[0] if others else None


def _is_subject(claim: Statement, name: str) -> bool:
    opening = re.match(r"(?:The |A |An )?((?:[\w'-]+ ?){1,4})", claim.text)
    words = opening.group(1).split() if opening else []
    return any(w in name.split() for w in words) or any(
        meaning(w.removesuffix("'s")) == meaning(name.title()) for w in words if w[:1].isupper()
    )


def _party_in(name: str, sentence: Statement) -> bool:
    return name.lower() in sentence.text.lower() or any(
        aligned_names(name, p) for p in sentence.parties
    )


def _exclusive(best: tuple[float, Statement], claim: Statement) -> str | None:
    sentence = best[1]
    topic = len(claim.topic & sentence.words) / len(claim.topic) if claim.topic else 0
    others = [n.text for n in sentence.names
              if not any(aligned_names(n.text, m.text) for m in claim.names)]  # fmt: skip
    if others and topic >= 0.6 and re.search(r"\b(?:only|sole|alone)\b", sentence.text):
        return others[0]
    return None


def _taken(evidence: Evidence, name: str) -> str | None:
    """Another name that the evidence puts, expressly, where the claim puts this one."""
    claim = evidence.claim
    first = claim.names[0].text if claim.names else ""
    if name != first or not claim.text.startswith(first):
        return None
    for score, sentence in evidence.ranked[:2]:
        if score < 0.5:
            continue
        match = re.search(r"\b[Ii]t was (?P<who>[A-Z][\w' -]+?) that\b", sentence.text)
        if match and not aligned_names(match.group("who"), name):
            return match.group("who")
        for other in sentence.names:
            if aligned_names(other.text, name) or any(
                aligned_names(other.text, n.text) for n in claim.names
            ):
                continue
            after = sentence.text[other.end :]
            if re.search(
                rf"\b(?:ahead of|rather than|instead of|not|over)\s+(?:the\s+)?{re.escape(name)}\b",
                after,
            ):
                return other.text
    return None
