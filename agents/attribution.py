"""Who says what in a sentence: speaker, reporting verb, the thing said, hedges and quotes."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from agents.attribution_words import (
    ACCORDING,
    ADVERB,
    ANONYMOUS_HEAD,
    AUTHOR,
    HEDGE_WORD,
    HEDGING,
    NEEDS_CLAUSE,
    PASSIVE,
    QUOTE,
    SAY,
    THINK,
)
from agents.gazetteer import PEOPLES
from agents.grammar import FINITE, Token, noun_groups, tagged, verb_base, word_class
from agents.name_spans import names
from agents.sentences import Span

__all__ = ["Attribution", "attribution", "quotations"]


class Attribution(NamedTuple):
    """What a sentence says that somebody says.

    proposition: the longest stretch of the sentence that is the thing said; `parts` has every
    stretch when the attribution stands in the middle.
    """

    speaker: Span | None
    """As the text names them; None for "reportedly" and "is said to"."""
    verb: str
    """Base form ("say", "according", "reportedly")."""
    frame: Span
    """The words that attribute, speaker included."""
    proposition: Span
    parts: tuple[Span, ...]
    hedged: bool
    """The verb does not vouch: believes, suggests, alleges, reportedly, may, ..."""
    source: Literal["named", "anonymous", "author", "unknown"]
    quotes: tuple[Span, ...]
    """Direct speech in the sentence."""

    @property
    def anonymous(self) -> bool:
        return self.source in ("anonymous", "unknown")


def quotations(sentence: str) -> list[Span]:
    """Direct speech: what stands between quotation marks, marks left out."""
    found = []
    for match in QUOTE.finditer(sentence):
        group = next(g for g in (1, 2, 3) if match.group(g))
        found.append(Span(match.start(group), match.end(group), match.group(group)))
    return found


def _span(sentence: str, start: int, end: int) -> Span:
    while start < end and sentence[start] in " ,;:—–-\t\r\n":
        start += 1
    while end > start and sentence[end - 1] in " ,;:—–-\t\r\n":
        end -= 1
    return Span(start, end, sentence[start:end])


def source_of(speaker: str) -> Literal["named", "anonymous", "author", "unknown"]:
    """Whether a speaker is named, anonymous or the author."""
    words = set(re.findall(r"[a-z]+", speaker.lower()))
    if words & AUTHOR:
        return "author"
    if speaker.lower() in ("he", "she", "it", "they", "this", "that", "who"):
        return "unknown"
    first = re.match(r"[A-Z][a-z]+\b", speaker)
    if first and word_class(first.group().lower()) not in (None, "NNP"):
        if len(speaker.split()) == 1 or not speaker.split()[1][:1].isupper():
            speaker = speaker[0].lower() + speaker[1:]
    own = [n for n in names("According to " + speaker) if n.kind != "ticker"]
    strong = [n for n in own if n.kind != "place" and n.text.lower() not in PEOPLES]
    before = speaker.lower()
    if strong and not re.match(
        r"(?:two|three|several|some|many|four|five|a|an|one|unnamed|"
        r"senior|people|officials|sources)\b",
        before,
    ):
        return "named"
    if ANONYMOUS_HEAD.search(speaker):
        of_named = re.search(r"\b(?:by|of|at|from|for|that)(?: the)? (?=[A-Z])", speaker)
        record = re.match(
            r"(?:an?|the|its|their|this|one)?\s*(?:\w+ ){0,2}?(?:survey|study|reports?|"
            r"estimates?|"
            r"data|records?|filings?|tally|poll|figures|analysis|analysts?|economists?|count)\b",
            before,
        )
        return "named" if strong and of_named and record else "anonymous"
    return "named" if own or words else "unknown"


def _speaker_end(sentence: str, start: int) -> int:
    """Where the speaker after "according to" ends."""
    match = re.compile(r"[;:]|\.(?:\s|$)|,(?!\s*(?:an?|the|who|which|whose|Inc|Ltd|LLC)\b)|,|"
                       r"\s(?:and|but|while|as|because|after|although)\s(?=(?:the|a|it|they|"
                       r"he|she)\s)"
                       ).search(sentence, start)  # fmt: skip
    return match.start() if match else len(sentence.rstrip(" .!?"))


def _build(
    sentence: str, speaker: tuple[int, int] | None, verb: str, frame: tuple[int, int]
) -> Attribution:
    frame_span = _span(sentence, *frame)
    parts = [
        part
        for part in (_span(sentence, 0, frame[0]), _span(sentence, frame[1], len(sentence)))
        if sum(c.isalnum() for c in part.text) > 3
    ]
    said = max(parts, key=lambda p: p.end - p.start) if parts else _span(sentence, 0, len(sentence))
    who = _span(sentence, *speaker) if speaker else None
    hedged = (
        verb in HEDGING
        or bool(HEDGE_WORD.search(frame_span.text))
        or (verb in ("reportedly", "allegedly") or bool(ADVERB.search(sentence)))
    )
    return Attribution(
        who,
        verb,
        frame_span,
        said,
        tuple(parts),
        hedged,
        source_of(who.text) if who else "unknown",
        tuple(quotations(sentence)),
    )


def attribution(sentence: str) -> Attribution | None:
    """Who the sentence says it from, None when its author asserts it.

    Handles "X said that P", "P, X said", "P, said X", "according to X, P", "X expects P",
    "reportedly" and "is said to". A reporting verb without anything said ("declined to comment")
    is no attribution.
    """
    tokens = tagged(sentence)
    return (
        _according(sentence)
        or _after_statement(sentence, tokens)
        or _before_statement(sentence, tokens)
        or _unowned(sentence)
    )


def _according(sentence: str) -> Attribution | None:
    match = ACCORDING.search(sentence)
    if match is None:
        return None
    end = _speaker_end(sentence, match.end())
    if end - match.end() < 2:
        return None
    return _build(sentence, (match.end(), end), "according", (match.start(), end))


def _verbs(tokens: tuple[Token, ...]) -> list[tuple[int, str]]:
    found = []
    for i, token in enumerate(tokens):
        if token.tag in FINITE or token.tag in ("VBN", "VB"):
            base = verb_base(token.low)
            if base in SAY or base in THINK:
                auxiliary = [
                    t
                    for t in tokens[max(0, i - 3) : i]
                    if t.low
                    in ("has", "have", "had", "will", "would", "did", "does", "do", "not", "n't")
                ]
                if token.tag in FINITE or auxiliary:
                    found.append((i, base or ""))
    return found


def _after_statement(sentence: str, tokens: tuple[Token, ...]) -> Attribution | None:
    """ "P, two officials briefed on the matter said" and "P, said the officials"."""
    for i, base in _verbs(tokens):
        if base not in SAY | {"believe", "think", "estimate", "reckon", "suggest", "show"}:
            continue
        before, after = tokens[i - 1] if i else None, tokens[i + 1] if i + 1 < len(tokens) else None
        closes = (
            after is None
            or after.text in (",", ".", "!", "?", "—")
            or (
                after.tag == "IN"
                and after.low in ("in", "on", "at", "after", "during", "by", "of", "as", "when")
                and not any(t.low == "that" for t in tokens[i : i + 6])
            )
            or after.low in ("yesterday", "today", "late", "early", "separately", "adding", "told")
            or (
                after.text
                in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
            )
        )
        if before is not None and closes:
            opening = next(
                (
                    j
                    for j in range(i - 1, -1, -1)
                    if tokens[j].text in (",", "”", '"', "»", "’") or (tokens[j].text in ("—", ";"))
                ),
                None,
            )
            if opening is not None and opening > 1 and i - opening > 1:
                speaker = (tokens[opening + 1].start, tokens[i].start)
                inner = tokens[opening + 1 : i]
                if _noun_like(inner) and not _clause_after(tokens, i):
                    end = tokens[i].end
                    stop = next(
                        (t.start for t in tokens[i + 1 :] if t.text in (",", ".", ";")), end
                    )
                    tail = sentence[end:stop]
                    end = (
                        stop if len(tail.split()) <= 6 and not tail.strip().startswith(",") else end
                    )
                    who = _strip_adverbs(sentence, speaker)
                    return _build(sentence, who, base, (speaker[0], end))
        quoted = bool(quotations(sentence))
        if before is not None and before.text in (",", "”", '"', "»") and after is not None and (
            base != "tell" and (quoted or _aside_start(tokens, i - 1) is None)
        ):  # fmt: skip
            # inverted: ", said X"
            stop = next(
                (t.start for t in tokens[i + 1 :] if t.text in (",", ".", ";", "“", '"')),
                len(sentence),
            )
            inner = tuple(t for t in tokens[i + 1 :] if t.start < stop)
            if inner and _noun_like(inner) and not any(
                t.low in ("that", "to") or t.tag in FINITE for t in inner
            ):  # fmt: skip
                return _build(sentence, (inner[0].start, stop), base, (tokens[i].start, stop))
    return None


def _strip_adverbs(sentence: str, span: tuple[int, int]) -> tuple[int, int]:
    text = sentence[span[0] : span[1]].rstrip()
    text = re.sub(
        r"(?:\s+(?:also|has|have|had|later|then|earlier|previously|would|will|did|does|"
        r"do|not|n['’]t|reportedly|separately|now|is|are|was|were|on (?:\w+day|\d+ \w+|"
        r"\w+ \d+)))+$",
        "",
        text,
    )
    return span[0], span[0] + len(text)


def _noun_like(tokens: tuple[Token, ...]) -> bool:
    if not tokens:
        return False
    first = tokens[0]
    if first.tag in ("IN", "CC", "WDT", "WRB", "TO", "VBG", "VBD", "MD"):
        return False
    return bool(noun_groups(tokens)) or any(
        t.tag in ("PRP", "NN", "NNS", "NNP", "CD", "DT") for t in tokens
    )


def _clause_after(tokens: tuple[Token, ...], verb: int) -> bool:
    """Whether a clause follows the verb before the next comma ("said sales rose, ...")."""
    for token in tokens[verb + 1 :]:
        if token.text in (",", ";", "."):
            return False
        if token.tag in FINITE:
            return True
    return False


def _before_statement(sentence: str, tokens: tuple[Token, ...]) -> Attribution | None:
    """ "X said (that) P", "X told Y that P", "X expects Y to ..."."""
    for i, base in _verbs(tokens):
        start = _subject_start(tokens, i)
        shared = start is None and i > 2 and tokens[i - 1].tag == "CC"
        first = next((j for j, t in enumerate(tokens) if t.tag in FINITE), i)
        if shared and first < i:
            start = _subject_start(tokens, first)
        if start is None or _relative(tokens, start):
            continue
        rest = tokens[i + 1 :]
        words = [t.low for t in rest[:14]]
        if not rest or (rest[0].text in (".", ";", ",") and not quotations(sentence)):
            continue
        that_at = words.index("that") if "that" in words else -1
        has_that = that_at >= 0 and (
            base not in NEEDS_CLAUSE or not any(t.tag in ("NN", "NNS") for t in rest[:that_at])
        )
        clause = _finite_within(rest) and (
            base not in ("add", "maintain", "respond", "reply") or that_at == 0
        )
        quoted = any(q.start > tokens[i].end for q in quotations(sentence))
        if base in NEEDS_CLAUSE and not (has_that or clause or quoted):
            continue
        if base in ("plan", "put") and not (
            base == "put" and re.search(r"\bat\b", sentence[tokens[i].end :])
            or base == "plan" and words[:1] == ["to"]
        ):  # fmt: skip
            continue
        if (
            base
            in (
                "deny",
                "describe",
                "warn",
                "report",
                "announce",
                "confirm",
                "estimate",
                "expect",
                "forecast",
                "predict",
                "project",
                "believe",
                "think",
                "guide",
                "suggest",
                "anticipate",
                "allege",
                "disclose",
                "caution",
                "suspect",
                "recommend",
                "advise",
                "reckon",
                "speculate",
                "doubt",
                "calculate",
                "contend",
                "assert",
                "testify",
                "tweet",
            )
            or has_that
            or clause
            or quoted
            or (base in ("plan", "put"))
        ):
            end = tokens[i].end
            if base == "tell" or base in ("warn", "advise"):
                that = next((t for t in rest[:12] if t.low == "that"), None)
                end = that.end if that else end
            elif rest[0].low == "that":
                end = rest[0].end
            else:
                that = next(
                    (
                        t
                        for k, t in enumerate(rest[:8])
                        if t.low == "that"
                        and not any(x.tag in FINITE or x.text in (",",) for x in rest[:k])
                    ),
                    None,
                )
                if that is not None and base in SAY:
                    end = that.end
            if shared:
                who = _strip_adverbs(sentence, (tokens[start].start, tokens[first].start))
                return _build(sentence, who, base, (tokens[i].start, end))
            who = _strip_adverbs(sentence, (tokens[start].start, tokens[i].start))
            return _build(sentence, who, base, (tokens[start].start, end))
    return None


def _relative(tokens: tuple[Token, ...], start: int) -> bool:
    """Whether the clause at `start` is relative: "terms that the ministry describes"."""
    if start == 0:
        return False
    before = tokens[start - 1]
    if before.tag in ("WDT", "WP", "WRB"):
        return True
    return (
        before.low in ("that", "which", "what")
        and start > 1
        and (tokens[start - 2].tag in ("NN", "NNS", "NNP", ","))
    )


def _finite_within(rest: tuple[Token, ...]) -> bool:
    for token in rest:
        if token.text in (";", "."):
            return False
        if token.tag in FINITE:
            return True
    return False


def _subject_start(tokens: tuple[Token, ...], verb: int) -> int | None:
    """First token of the noun phrase that is the verb's subject; None when it has none."""
    at = verb - 1
    while at >= 0 and (
        tokens[at].tag in ("RB", "MD")
        or tokens[at].low
        in ("has", "have", "had", "did", "does", "do", "been", "also", "is", "are", "was")
    ):
        at -= 1
    if at < 0:
        return None
    while at > 0 and tokens[at].text in "™®":
        at -= 1
    if tokens[at].text in (",", ")") or tokens[at].tag in ("CC",):
        opening = _aside_start(tokens, at)
        if opening is None:
            return None
        at = opening - 1
    if tokens[at].tag not in ("NN", "NNS", "NNP", "PRP", "CD", "DT", "JJ", "VBN", "VBG", "WP"):
        return None
    if tokens[at].tag in ("WP", "WDT"):
        return None
    start = at
    while start > 0:
        left = tokens[start - 1]
        if tokens[start].tag in ("DT", "PRP$", "PRP") and left.tag not in ("IN", "TO", "CC"):
            break
        if left.tag in (
            "DT",
            "PRP$",
            "JJ",
            "JJR",
            "JJS",
            "CD",
            "NN",
            "NNS",
            "NNP",
            "POS",
            "VBN",
            "RB",
            "&",
        ) or left.low in (
            "of",
            "with",
            "on",
            "in",
            "by",
            "at",
            "for",
            "to",
            "and",
            "&",
            "from",
            "about",
            "’",
            "'",
        ):
            if left.low in (
                "and",
                "to",
                "in",
                "on",
                "at",
                "for",
                "by",
                "from",
                "with",
                "about",
            ) and (
                start == 1 or tokens[start - 2].tag not in ("NN", "NNS", "NNP", "VBN", "JJ", "CD")
            ):
                break
            start -= 1
        else:
            break
    while start < at and tokens[start].tag in ("RB",) and tokens[start].low not in ("only",):
        start += 1
    while start < at and tokens[start].low in ("in", "on", "at", "by", "for", "from", "to", "and"):
        start += 1
    # An opening adjunct without comma is rare; a verb inside the stretch means it is no subject.
    if any(t.tag in ("VBD", "VBZ", "VBP", "MD") for t in tokens[start:at]):
        return None
    return start


def _aside_start(tokens: tuple[Token, ...], at: int) -> int | None:
    """Opening of the aside that closes at `at`: ", who ... ," or "( ... )"."""
    if tokens[at].text == ")":
        return next((j for j in range(at, 0, -1) if tokens[j].text == "("), None)
    if tokens[at].text != ",":
        return None
    opening = next((j for j in range(at - 1, 0, -1) if tokens[j].text == ","), None)
    if opening is None or opening < 1:
        return None
    if tokens[opening + 1].tag in ("WP", "WDT", "DT", "PRP$", "NN", "NNP", "JJ"):
        return opening
    return None


def _unowned(sentence: str) -> Attribution | None:
    match = PASSIVE.search(sentence)
    adverb = ADVERB.search(sentence)
    if adverb is not None:
        return _build(sentence, None, adverb.group().lower(), adverb.span())._replace(
            proposition=_span(sentence, 0, len(sentence)), hedged=True
        )
    if match is None:
        return None
    verb = match.group("verb").lower()
    if verb in ("known", "considered", "expected", "estimated") and "that" not in match.group():
        if verb in ("known", "considered", "estimated"):
            return None
    built = _build(sentence, None, verb_base(verb) or verb, match.span())
    return built._replace(proposition=_span(sentence, 0, len(sentence)), hedged=True)
