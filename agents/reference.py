"""References that a sentence leaves open ("It", "the company"), and what they can stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.attribution import attribution
from agents.grammar import FINITE, Token, noun_groups, tagged
from agents.name_spans import Name, names
from agents.sentences import Span

__all__ = ["antecedents", "needs_context", "resolve"]

_PERSONAL = frozenset("it they he she".split())
_OBLIQUE = frozenset("him her them its their his theirs hers".split())
_POINTING = frozenset("this that these those such".split())
# Nouns that "the" alone points back with: a text has introduced one before.
_BACK = frozenset(
    """company firm group bank business maker carmaker manufacturer operator lender insurer retailer
    airline producer supplier builder contractor developer broker startup start-up agency
    department ministry regulator commission committee court government authority bureau office
    union body council board fund trust exchange administration report survey study article
    paper letter filing document documents statement announcement research analysis estimate
    figure figures number numbers total deal agreement contract accord pact treaty merger
    takeover acquisition offer bid transaction plan programme program scheme project initiative
    proposal move decision ruling verdict order rule rules law bill act measure measures package
    ban notice directive sanctions tariffs plant factory facility mine terminal pipeline
    refinery drug treatment vaccine therapy product device course training exercise cooperation
    partnership alliance venture trial test officials researchers scientists authors team
    group's person official spokesman spokeswoman man woman suspect victim driver minister
    president chairman country city state region island company's change changes shift increase
    decrease rise fall decline gap difference attack explosion fire crash incident accident
    storm outbreak strike protest meeting summit talks vote election case lawsuit complaint data
    results news idea result effect trend pattern target sale purchase investment loan loans
    award framework tender system technology method""".split()
)
_ORDINAL = re.compile(
    r"^(?:(?:the|a|one) )?(?:former|latter|first|second|third|other|others|same|rest|two|"
    r"three|both|"
    r"neither|either|another|remaining \w+)\b",
    re.I,
)
_PLEONASTIC = re.compile(
    r"^\s*(?:it|that) (?:is|was|will be|would be|may be|might be|seems|appears|remains|"
    r"has been|looks|"
    r"became|becomes|takes|took|turns out|turned out|follows|rained|snowed|makes sense|"
    r"is not|isn['’]t)\b"
    r"[^.;]{0,70}?\b(?:that|to|if|whether|how|why|who|for \w+ to|when|before|since|like|"
    r"as if|time)\b",
    re.I,
)
# Alone before a verb they count something that an earlier sentence names.
_QUANTIFIERS = frozenset(
    "some several many most few none all two three four five six seven eight nine ten".split()
)


def _pleonastic(sentence: str, token: Token) -> bool:
    rest = sentence[token.start :]
    match = _PLEONASTIC.match(rest)
    if not match or token.low != "it":
        return False
    # "It is one reason that": a noun between makes "that" relative, which still needs "it".
    middle = match.group().lower()
    return not re.search(
        r"\b(?:a|an|the|one) (?:\w+ )?(?!\w*(?:time|reason|mistake|pity|"
        r"shame))\w+ that$",
        middle,
    )


def _clause_starts(tokens: tuple[Token, ...]) -> set[int]:
    """Indexes at which a clause can begin: the first word and words after marks and joiners."""
    starts: set[int] = set()
    opening = True
    for i, token in enumerate(tokens):
        if opening and (token.text[0].isalnum()):
            starts.add(i)
            opening = token.tag in ("CC", "RB") or token.low in (
                "if",
                "because",
                "while",
                "although",
                "when",
                "as",
                "since",
                "that",
                "but",
                "and",
                "though",
                "whether",
                "after",
                "before",
                "until",
                "unless",
                "whereas",
            )
        elif (
            token.text in (",", ";", ":", "(", "—", "–", "“", '"')
            or token.tag == "CC"
            or (
                token.low
                in (
                    "that",
                    "because",
                    "while",
                    "although",
                    "whether",
                    "if",
                    "when",
                    "as",
                    "since",
                    "until",
                    "than",
                    "where",
                    "which",
                    "after",
                    "before",
                )
            )
        ):
            opening = True
        else:
            opening = False
    return starts


def needs_context(sentence: str) -> list[Span]:
    """References that nothing in the sentence itself resolves, in text order.

    Pronouns and "this cooperation", "the company", "the former" as subjects, possessives and
    objects, when no name or noun before them in the sentence can be what they mean. "It is clear
    that", "we" and a "the report" with its own complement are not references.
    """
    tokens = tagged(sentence)
    own = [n for n in names(sentence) if n.kind != "ticker"]
    groups = noun_groups(tokens)
    starts = _clause_starts(tokens)
    first_finite = next((i for i, t in enumerate(tokens) if t.tag in FINITE), len(tokens))
    found: list[Span] = []

    def earlier(token: Token, plural: bool | None, person: bool) -> bool:
        """Whether a noun or name before the token can be its antecedent."""
        for name in own:
            if name.end <= token.start and (not person or name.kind in ("person", "other")):
                return True
        if person:
            return any(
                tokens[b - 1].end <= token.start
                and re.search(
                    r"(?:er|or|ist|man|woman|ian|ent|ant|person|official|one|"
                    r"mother|father|"
                    r"chief|minister|judge|king|queen|nurse|pilot|attaché|student)$",
                    tokens[b - 1].low,
                )
                for _, b in groups
            )
        for a, b in groups:
            if tokens[b - 1].end <= token.start:
                is_plural = tokens[b - 1].tag == "NNS" or any(t.low == "and" for t in tokens[a:b])
                low = tokens[b - 1].low
                if low in (
                    "%",
                    "percent",
                    "year",
                    "years",
                    "day",
                    "days",
                    "month",
                    "week",
                    "today",
                ):
                    continue
                if plural is None or plural == is_plural:
                    return True
        return False

    for i, token in enumerate(tokens):
        low = token.low
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if low in _PERSONAL and token.text != "IT":
            plural = low == "they"
            person = low in ("he", "she")
            if not (_pleonastic(sentence, token) or earlier(token, plural, person)):
                found.append(Span(token.start, token.end, token.text))
        elif low in _OBLIQUE and not (low == "her" and token.text.isupper()):
            person = low in ("him", "her", "his", "hers")
            many = True if low in ("them", "their", "theirs") else None
            if not earlier(token, many, person):
                later = (
                    low in ("its", "their", "his", "her")
                    and any(n.start > token.end for n in own[:1])
                    and i < first_finite
                )
                if not later:
                    found.append(Span(token.start, token.end, token.text))
        elif low in _POINTING and following is not None:
            span = _pointing(sentence, tokens, groups, i, starts, own)
            if span:
                found.append(span)
        elif i in starts and _ORDINAL.match(sentence[token.start : token.start + 20]):
            span = _ordinal(sentence, tokens, groups, i, own)
            if span:
                found.append(span)
        elif (
            i in starts
            and following is not None
            and token.tag in ("DT", "JJ", "CD", "NN", "JJS")
            and low in _QUANTIFIERS
            and following.tag in FINITE
            and not any(n.end <= token.start for n in own)
        ):
            found.append(Span(token.start, token.end, token.text))
        elif low == "the" and (
            i in starts or (i and tokens[i - 1].tag in ("IN", "VBD", "VBZ", "VB", "TO"))
        ):
            span = _definite(sentence, tokens, groups, i, own, subject=i in starts)
            if span:
                found.append(span)
    return found


def _pointing(
    sentence: str,
    tokens: tuple[Token, ...],
    groups: list[tuple[int, int]],
    i: int,
    starts: set[int],
    own: list[Name],
) -> Span | None:
    token, following = tokens[i], tokens[i + 1]
    group = next((g for g in groups if g[0] == i), None)
    if group is not None and group[1] - group[0] > 1:
        head = tokens[group[1] - 1]
        if head.low in (
            "year",
            "month",
            "week",
            "quarter",
            "time",
            "morning",
            "summer",
            "spring",
            "autumn",
            "winter",
            "decade",
            "century",
            "afternoon",
            "weekend",
            "day",
        ):
            return None
        if token.low in ("that", "those") and tokens[i - 1].tag[:2] in ("VB",) and i:
            return None
        after = tokens[group[1]] if group[1] < len(tokens) else None
        if token.low in ("those", "that") and after is not None and (
            after.tag in ("WDT", "WP", "IN") or after.low in ("who", "that", "of")
        ):  # fmt: skip
            return None
        if token.low in ("this", "these", "such") and any(
            n.end <= token.start for n in own
        ) and i not in starts:  # fmt: skip
            return None
        if (
            token.low == "such"
            and following.low not in ("a", "an")
            and following.tag not in ("NN", "NNS")
        ):
            return None
        if i and i not in starts and token.low == "such":
            return None
        return Span(token.start, head.end, sentence[token.start : head.end])
    if token.low == "such" and following.low in ("a", "an") and i in starts:
        near = next((g for g in groups if g[0] == i + 1), None)
        end = tokens[near[1] - 1].end if near else following.end
        return Span(token.start, end, sentence[token.start : end])
    if token.low in ("these", "those") and i and tokens[i - 1].low == "of" and i <= 2:
        return Span(token.start, token.end, token.text)
    if token.low != "such" and (following.tag in FINITE or following.tag == "RB") and i in starts:
        if token.low in ("those", "that") and following.low in ("who", "of"):
            return None
        if i and tokens[i - 1].tag in ("NN", "NNS", "NNP") and token.low == "that":
            return None
        # "rose, and that helped": the clause before is what "that" means.
        if i > 3 and any(t.tag in FINITE for t in tokens[: i - 1]):
            return None
        return Span(token.start, token.end, token.text)
    return None


def _ordinal(
    sentence: str, tokens: tuple[Token, ...], groups: list[tuple[int, int]], i: int, own: list[Name]
) -> Span | None:
    match = _ORDINAL.match(sentence[tokens[i].start :])
    if match is None or any(n.end <= tokens[i].start for n in own):
        return None
    group = next((g for g in groups if g[0] == i), None)
    words = match.group().lower().split()
    word = words[-1]
    end = tokens[i].start + match.end()
    following = next((t for t in tokens if t.start >= end), None)
    if word in ("former", "latter", "rest", "others"):
        return Span(tokens[i].start, end, sentence[tokens[i].start : end])
    if word in ("both", "neither", "either"):
        if following is not None and (
            following.tag in FINITE or following.low == "of" or following.tag in ("RB",)
        ):
            return Span(tokens[i].start, end, sentence[tokens[i].start : end])
        return None
    if words[0] in ("the", "one") and word in ("first", "second", "third", "other", "two", "three"):
        if group is None and following is not None and (following.tag in FINITE):
            return Span(tokens[i].start, end, sentence[tokens[i].start : end])
        if group is not None and word in ("other", "second", "two") and group[1] - group[0] <= 3:
            head = tokens[group[1] - 1]
            after = tokens[group[1]] if group[1] < len(tokens) else None
            if head.tag in ("NN", "NNS") and (after is None or after.low not in ("of", "in", "to")):
                if head.low not in (
                    "quarter",
                    "half",
                    "time",
                    "week",
                    "day",
                    "year",
                    "month",
                    "hand",
                ):
                    return Span(tokens[i].start, head.end, sentence[tokens[i].start : head.end])
    return None


def _definite(
    sentence: str,
    tokens: tuple[Token, ...],
    groups: list[tuple[int, int]],
    i: int,
    own: list[Name],
    subject: bool,
) -> Span | None:
    """ "The company" with no complement of its own and nothing named before it."""
    group = next((g for g in groups if g[0] == i), None)
    if group is None or group[1] - group[0] != 2:
        return None
    head = tokens[group[1] - 1]
    if head.low not in _BACK or head.text[0].isupper():
        return None
    after = tokens[group[1]] if group[1] < len(tokens) else None
    if after is not None and (
        after.low
        in (
            "of",
            "that",
            "which",
            "who",
            "between",
            "for",
            "by",
            "on",
            "in",
            "from",
            "to",
            "with",
            "against",
            "behind",
        )
        or after.tag in ("VBN", "VBG")
    ):
        complement = after.low in ("of", "that", "which", "who", "between") or after.tag == "VBN"
        if complement or not subject:
            return None
    if any(n.end <= tokens[i].start for n in own):
        return None
    if not subject and any(b <= i for _, b in groups):
        return None
    return Span(tokens[i].start, head.end, sentence[tokens[i].start : head.end])


def antecedents(
    sentences: Sequence[str], index: int, span: Span | None = None, title: str = ""
) -> list[str]:
    """Candidates for what a reference in `sentences[index]` stands for, best first.

    Looks at the three sentences before and the title: subjects before other mentions, nearer
    before farther. With `span` (from `needs_context`) candidates that do not agree in number or
    kind with it come last or not at all; a definite noun ("the company") keeps to names.
    """
    word = span.text.lower() if span else ""
    person = word in ("he", "she", "him", "his", "her", "hers")
    plural = word in ("they", "them", "their", "theirs", "both", "these", "those") or (
        word.startswith(("these ", "those "))
    )
    head = word.split()[-1] if len(word.split()) > 1 else ""
    scored: dict[str, float] = {}
    around = " ".join([title, *sentences[max(0, index - 3) : index + 1]])
    kinds = {n.text: n.kind for n in names(around)}

    def note(text: str, score: float) -> None:
        clean = " ".join(text.split())
        if clean and clean.lower() not in _PERSONAL | _OBLIQUE | _POINTING:
            scored[clean] = max(scored.get(clean, 0.0), score)

    if index and word in ("they", "he", "she", "their", "his", "her"):
        said = attribution(sentences[index - 1])
        if said and said.speaker and said.source != "author":
            speaker = said.speaker.text
            many = bool(re.match(r"(?:two|three|several|some|many|the \w+s$|\w+s$)", speaker, re.I))
            if not plural or many:
                note(speaker, 5.2)
    context = [(title, 2.2)] if title else []
    context += [
        (sentences[at], 4.0 - 0.9 * (index - 1 - at)) for at in range(max(0, index - 3), index)
    ]
    for text, weight in context:
        tokens = tagged(text)
        finite = next((t.start for t in tokens if t.tag in FINITE), len(text))
        mentions = [n for n in names(text) if n.kind != "ticker"]
        for name in mentions:
            bonus = 1.0 if name.start < finite else 0.0
            kind = kinds.get(name.text, name.kind)
            if person and kind != "person":
                bonus -= 3.0 if kind in ("place", "org") else 1.0
            if not person and kind == "person" and word:
                bonus -= 2.5
            if head in _ORG_HEADS and kind == "place":
                bonus -= 2.5
            if head and head not in _ORG_HEADS | {
                "country",
                "government",
                "city",
                "state",
                "region",
            }:
                bonus -= 0.0 if head in name.text.lower() else 2.2
            if head in ("country", "government", "city") and kind != "place":
                bonus -= 2.0
            if plural and not person:
                bonus -= 0.8
            note(name.text, weight + bonus)
        for a, b in noun_groups(tokens):
            phrase = text[tokens[a].start : tokens[b - 1].end]
            if any(n.start < tokens[b - 1].end and tokens[a].start < n.end for n in mentions):
                continue
            last = tokens[b - 1]
            if (
                last.low
                in (
                    "year",
                    "years",
                    "day",
                    "days",
                    "percent",
                    "%",
                    "month",
                    "months",
                    "week",
                    "time",
                    "today",
                )
                or b - a < 2
                and last.tag == "NN"
            ):
                continue
            is_plural = last.tag == "NNS"
            bonus = 0.6 if tokens[a].start < finite else -0.6
            if plural != is_plural:
                bonus -= 1.5
            if person:
                bonus -= 2.5
            if head and last.low != head and last.low.rstrip("s") != head.rstrip("s"):
                bonus -= 1.5
            if head and last.low.rstrip("s") == head.rstrip("s") and b - a > 2:
                bonus += 2.0
            note(phrase, weight + bonus - 0.4)
    return [t for t, s in sorted(scored.items(), key=lambda kv: (-kv[1], kv[0])) if s > 0]


_ORG_HEADS = frozenset(
    """company firm group bank business maker carmaker manufacturer operator lender insurer retailer
    airline producer supplier builder contractor developer broker startup agency department
    ministry regulator commission committee court""".split()
)


def resolve(sentence: str, span: Span, referent: str) -> str:
    """The sentence with its reference replaced, possessives and capitals kept right.

    Raises ValueError when the span is not in the sentence as it says.
    """
    if sentence[span.start : span.end] != span.text:
        raise ValueError(f"{span.text!r} is not at [{span.start}, {span.end}) of the sentence")
    low = span.text.lower()
    after = sentence[span.end :]
    possessive = low in ("its", "their", "his") or (
        low == "her"
        and re.match(r"\s+[a-z-]+(?:\s|[,.;]|$)", after) is not None
        and not re.match(r"\s+(?:to|in|on|at|for|with|that|as|and|by|from)\b", after)
    )
    words = referent.strip()
    if possessive:
        words += "'" if words.endswith("s") and low == "their" else "'s"
    clitic = re.match(r"['’]s\b", after)
    if clitic and low in ("it", "he", "she", "that"):
        verb = " has" if re.match(r"['’]s (?:been|not been|had|\w+ed)\b", after) else " is"
        after = verb + after[clitic.end() :]
    elif re.match(r"['’]re\b", after):
        after = " are" + after[3:]
    at_start = not any(c.isalnum() for c in sentence[: span.start])
    if at_start:
        words = words[:1].upper() + words[1:]
    elif re.match(r"(?:The|A|An|This|These|Its|Their) [a-z]", words):
        words = words[:1].lower() + words[1:]
    return sentence[: span.start] + words + after
