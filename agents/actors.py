"""Which market actors a sentence says benefit or are hurt, and by which words.

Actors are names and noun groups whose head can own a profit ("European airlines", "holders of
German government bonds"). Precision comes before recall: an effect verb under a negation, a
pronoun and a bare "the company" give nothing.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from agents.actor_words import (
    ACTOR_NOUN,
    ASKED,
    ATTACH,
    BAD,
    COSTS,
    DEMAND,
    EASES,
    FALL,
    GOOD,
    HARDER,
    MEASURES,
    NEEDS,
    NEGATION,
    NOT_ACTORS,
    OBJECT,
    PREPARES,
    RISE,
    ROLE,
    SECTORS,
    SINGULAR,
    SUBJECT,
    VAGUE,
    Effect,
)
from agents.gazetteer import ABBREVIATIONS, CALENDAR
from agents.grammar import Token, noun_groups, tagged, verb_base
from agents.name_spans import names

__all__ = ["Actor", "actors"]


class Actor(NamedTuple):
    """An actor at [start, end) of the sentence, and the words that state the effect."""

    start: int
    end: int
    text: str
    effect: Literal["benefits", "hurt"]
    trigger_start: int
    trigger_end: int
    trigger: str
    basis: Literal["stated", "price"]
    """`price` when only a share price move is stated."""


def _head(tokens: tuple[Token, ...], group: tuple[int, int]) -> Token:
    return tokens[group[1] - 1]


def _is_actor(tokens: tuple[Token, ...], group: tuple[int, int], base_end: int) -> bool:
    """Whether a (possibly extended) group can be a market actor. base_end: end of its base."""
    start = group[0]
    head = tokens[base_end - 1]
    low = head.low
    if any(t.tag == "NNP" for t in tokens[base_end - 1 : base_end]):
        if low in CALENDAR | ABBREVIATIONS or not head.text[0].isupper():
            return False
        return not (tokens[start].low in ("this", "that") and base_end - start == 1)
    if low in NOT_ACTORS or low in CALENDAR or tokens[start].low in ("no", "neither", "his", "her"):
        return False
    words = [t for t in tokens[start:base_end] if t.tag not in ("DT", "PRP$", "CD")]
    if low in ("anyone", "everyone"):
        return group[1] > base_end
    determined = tokens[start].low in ("the", "this", "that", "these", "those", "its", "their")
    if low in VAGUE and len(words) == 1 and group[1] == base_end:
        return False
    if determined and len(words) == 1 and group[1] == base_end:
        return False
    if low in SINGULAR:
        return len(words) > 1
    if low in SECTORS:
        return len(words) > 1 and not determined
    if low in MEASURES and group[1] > base_end and tokens[base_end].low == "of":
        return bool(ACTOR_NOUN.search(tokens[group[1] - 1].low))
    if head.tag == "NN" and not low.endswith("s"):
        return bool(
            re.search(
                r"(?:maker|producer|exporter|importer|supplier|miner|builder|"
                r"operator|"
                r"lender|insurer|bank|airline|retailer|carrier|contractor)$",
                low,
            )
            and not determined
        )
    return bool(ACTOR_NOUN.search(low))


def _extend(
    tokens: tuple[Token, ...], groups: list[tuple[int, int]], which: int
) -> tuple[int, int]:
    """A base group with its "of / with / without / exposed to ..." complements."""
    start, end = groups[which]
    follow = which + 1
    while follow < len(groups):
        next_start, next_end = groups[follow]
        between = [t.low for t in tokens[end:next_start]]
        joins = (
            len(between) in (1, 2, 3)
            and between[0] in ATTACH
            and all(b in ATTACH | {"to", "on", "a", "the"} for b in between)
        )
        if not joins:
            break
        head = tokens[next_end - 1]
        if between[0] in ("in", "from") and not (
            head.tag == "NNP" and head.low not in CALENDAR and between == [between[0]]
        ):
            break
        if between[0] == "from" and tokens[start].tag != "NNS" and end - start > 1:
            break
        end = next_end
        follow += 1
    return start, end


class _Sentence:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tagged(text)
        base = noun_groups(self.tokens)
        # A pronoun such as "anyone" with a complement is an actor too.
        for i, token in enumerate(self.tokens):
            if token.low in ("anyone", "everyone", "those"):
                base.append((i, i + 1))
        self.base = sorted(set(base))
        self.groups = [_extend(self.tokens, self.base, i) for i in range(len(self.base))]

    def list_after(self, at: int) -> list[tuple[int, int]]:
        """Coordinated groups that start at token `at` (determiners and "firms like" skipped)."""
        found: list[tuple[int, int]] = []
        position = at
        while position < len(self.tokens):
            which = next((i for i, g in enumerate(self.base) if g[0] == position), None)
            if which is None:
                token = self.tokens[position]
                if token.tag == "RB" or (not found and token.low in ("both", "either", "mostly")):
                    position += 1
                    continue
                if token.text == "(":
                    closing = next(
                        (
                            j
                            for j in range(position, len(self.tokens))
                            if self.tokens[j].text == ")"
                        ),
                        None,
                    )
                    if closing is None:
                        break
                    position = closing + 1
                    continue
                if found and token.low in (",", "and", "or", "&") or (
                    found and token.low in ("like", "including")
                ) or (found and token.low == "such"):  # fmt: skip
                    if token.low == "such":
                        position += 1
                    following = (
                        self.tokens[position + 1] if position + 1 < len(self.tokens) else None
                    )
                    if following is None or following.tag in (
                        "WDT",
                        "WP",
                        "PRP",
                        "MD",
                        "VBD",
                        "VBZ",
                    ):
                        break
                    position += 1
                    continue
                break
            group = self.groups[which]
            if found and self.tokens[position - 1].low in (",", "and", "but"):
                after = self.tokens[group[1]] if group[1] < len(self.tokens) else None
                if after is not None and after.tag in ("VBZ", "VBP", "VBD", "MD"):
                    break  # a new clause
            found.append(self.groups[which])
            position = group[1]
        return self._merged(found)

    def _merged(self, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """ "Names tied to missile defence, drones and jamming" is one actor: members of a list
        that follow a complement and are no actors themselves belong to the complement."""
        out: list[tuple[int, int]] = []
        for group in found:
            base_end = next((b[1] for b in self.base if b[0] == group[0]), group[1])
            if out:
                last_base = next((b[1] for b in self.base if b[0] == out[-1][0]), out[-1][1])
                if out[-1][1] > last_base and not _is_actor(
                    self.tokens, group, min(base_end, group[1])
                ):
                    out[-1] = (out[-1][0], group[1])
                    continue
                head = self.tokens[base_end - 1]
                if (
                    out[-1][1] > last_base
                    and head.tag == "NNP"
                    and (self.tokens[last_base].low in ("tied", "exposed", "linked", "with"))
                ):
                    out[-1] = (out[-1][0], group[1])
                    continue
            out.append(group)
        return out

    def subject_of(self, verb: int) -> list[tuple[int, int]]:
        """Groups that are the subject of the verb chain that ends at token `verb`."""
        at = verb - 1
        while at >= 0 and (self.tokens[at].low in PREPARES or self.tokens[at].tag in ("RB", "MD")):
            at -= 1
        if at >= 0 and self.tokens[at].low in ("that", "which", "who"):
            at -= 1
        if at >= 0 and self.tokens[at].text == ",":
            at = self._before_aside(at)
        elif at >= 0 and not any(g[1] == at + 1 for g in self.groups):
            # "farmers who plant early stand to lose": back over a short relative clause.
            relative = next(
                (
                    j
                    for j in range(at, max(0, at - 9), -1)
                    if self.tokens[j].low in ("who", "which", "that")
                ),
                None,
            )
            if relative is not None and not any(t.text in ",;" for t in self.tokens[relative:at]):
                at = relative - 1
        while at >= 0 and self.tokens[at].text == ")":
            at = next((j for j in range(at, -1, -1) if self.tokens[j].text == "("), 0) - 1
        found: list[tuple[int, int]] = []
        while at >= 0:
            which = next(
                (
                    i
                    for i, g in enumerate(self.groups)
                    if g[1] == at + 1 and g == self._outermost(i)
                ),
                None,
            )
            if which is None:
                break
            found.append(self.groups[which])
            at = self.groups[which][0] - 1
            if at >= 0 and self.tokens[at].low in ("like", "including", "as"):
                at -= 2 if self.tokens[at].low == "as" else 1
                continue
            joined = False
            while at >= 0 and (
                self.tokens[at].low in (",", "and", "or", "&", "both")
                or self.tokens[at].text == ")"
            ):
                joined = True
                if self.tokens[at].text == ")":
                    at = next((j for j in range(at, -1, -1) if self.tokens[j].text == "("), 0)
                at -= 1
            if not joined:
                break
        return self._whole_list(found)

    def _whole_list(self, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """A list whose first member follows a preposition or verb is not a subject list:
        only what stands after the last comma is ("In Europe, airlines and hotels gain")."""
        kept = list(found)
        while len(kept) > 1:
            first = kept[-1][0]
            before = self.tokens[first - 1] if first else None
            if before is not None and (
                before.tag in ("IN", "TO", "VB", "VBG", "VBZ", "VBP", "VBD")
                and before.low
                not in ("that", "as", "if", "while", "and", "because", "like", "including")
            ):
                kept.pop()
            else:
                break
        return self._merged(kept[::-1])

    def _outermost(self, which: int) -> tuple[int, int]:
        """The group itself unless an earlier one contains it."""
        start, end = self.groups[which]
        return next((g for g in self.groups if g[0] < start and g[1] == end), (start, end))

    def _before_aside(self, comma: int) -> int:
        """Index before ", which ... ," or an apposition that ends at `comma`."""
        opening = next((j for j in range(comma - 1, -1, -1) if self.tokens[j].text == ","), None)
        if opening is None:
            return comma
        following = self.tokens[opening + 1]
        if following.tag in ("WDT", "WP") or following.low in ("including", "such", "among", "who"):
            return opening - 1
        return comma

    def negated(self, verb: int) -> bool:
        window = self.tokens[max(0, verb - 5) : verb]
        for token in reversed(window):
            if token.text in (",", ";", ":"):
                return False
            if token.low in NEGATION:
                return True
        return False


def _passive(tokens: tuple[Token, ...], at: int) -> bool:
    back = at - 1
    while back >= 0 and tokens[back].tag == "RB":
        back -= 1
    return back >= 0 and tokens[back].low in (
        "be",
        "is",
        "are",
        "was",
        "were",
        "been",
        "being",
        "get",
        "gets",
        "got",
        "'s",
        "’s",
        "'re",
    )


def _verb_effects(s: _Sentence) -> list[tuple[tuple[int, int], Effect, tuple[int, int]]]:
    out: list[tuple[tuple[int, int], Effect, tuple[int, int]]] = []
    for i, token in enumerate(s.tokens):
        if token.tag[:2] != "VB":
            continue
        base = verb_base(token.low) or token.low
        if base not in SUBJECT and base not in OBJECT or s.negated(i):
            continue
        rest = s.text[token.end : token.end + 90].split(";")[0]
        trigger = (token.start, token.end)
        following = s.tokens[i + 1].low if i + 1 < len(s.tokens) else "."
        passive = token.tag == "VBN" or (token.low in ("hurt", "hit") and _passive(s.tokens, i))
        if passive and base in OBJECT:
            if _passive(s.tokens, i):
                out += [(g, OBJECT[base], trigger) for g in s.subject_of(i)]
            elif following == "by" or (i + 2 < len(s.tokens) and s.tokens[i + 1].tag == "RB"):
                near = [g for g in s.groups if g[1] == i]
                out += [(g, OBJECT[base], trigger) for g in near[:1]]
            continue
        object_groups = s.list_after(i + 1) if base in OBJECT else []
        if base == "gain" and object_groups:
            object_groups = []
        if base in ("help", "aid") and object_groups:
            # "help banks meet their targets" says what is done, not who gains.
            after_list = s.tokens[object_groups[-1][1] :]
            opener = s.tokens[i + 1].low
            does = after_list and (
                after_list[0].tag in ("VB", "VBP", "TO")
                or (
                    after_list[0].tag == "RB"
                    and len(after_list) > 1
                    and after_list[1].tag in ("VB", "VBP")
                )
            )
            if does or (
                verb_base(opener) == opener
                and s.tokens[i + 1].tag[:2] in ("VB", "NN")
                and not opener.endswith("s")
            ):
                continue
        if object_groups and not (base == "benefit" and following in ("from", "as", "if")):
            out += [(g, OBJECT[base], trigger) for g in object_groups]
            if base in ("favour", "favor"):
                out += _over(s, object_groups[-1][1], trigger)
            continue
        if base in SUBJECT and token.tag != "VBN" and (
            base not in NEEDS or NEEDS[base].search(rest)
        ):  # fmt: skip
            if token.tag == "VBG" and not _passive(s.tokens, i):
                continue
            out += [(g, SUBJECT[base], trigger) for g in s.subject_of(i)]
    for match in HARDER.finditer(s.text):
        verb = next((i for i, t in enumerate(s.tokens) if t.start == match.start()), None)
        if verb is not None and not s.negated(verb):
            out += [(g, "hurt", match.span()) for g in s.subject_of(verb)]
    return out


def _over(
    s: _Sentence, at: int, trigger: tuple[int, int]
) -> list[tuple[tuple[int, int], Effect, tuple[int, int]]]:
    """ "favours agile mid-caps over prime contractors": the latter lose by comparison."""
    if at < len(s.tokens) and s.tokens[at].low in ("over", "against"):
        return [(g, "hurt", trigger) for g in s.list_after(at + 1)]
    return []


def _phrase_effects(s: _Sentence) -> list[tuple[tuple[int, int], Effect, tuple[int, int]]]:
    out: list[tuple[tuple[int, int], Effect, tuple[int, int]]] = []

    def after(end: int) -> int:
        return next((i for i, t in enumerate(s.tokens) if t.start >= end), len(s.tokens))

    def sentence_before(start: int) -> str:
        return s.text[max(0, start - 45) : start].rsplit(",", 1)[-1]

    def at_token(start: int) -> int:
        return next((i for i, t in enumerate(s.tokens) if t.end > start), 0)

    for pattern, effect in ((GOOD, "benefits"), (BAD, "hurt"), (DEMAND, "benefits")):
        for match in pattern.finditer(s.text):
            if s.negated(at_token(match.start())):
                continue
            groups = s.list_after(after(match.end()))
            good = (effect == "benefits") != bool(EASES.search(sentence_before(match.start())))
            out += [(g, "benefits" if good else "hurt", match.span()) for g in groups]
    for match in COSTS.finditer(s.text):
        if not s.negated(at_token(match.start())):
            worse: Effect = "hurt" if match.group("up") else "benefits"
            out += [(g, worse, match.span()) for g in s.list_after(after(match.end()))]
    for match in ROLE.finditer(s.text):
        role: Effect = "benefits" if match.group("good") else "hurt"
        index = at_token(match.start())
        if s.negated(index):
            continue
        tail = re.match(
            r"(?:\s+(?:from|of|in|under|here|there)\b[^,;:.]{0,40}?)?\s*(?::|\b(?:are|is|"
            r"will be|would be|include|"
            r"includes|could be|may be)\b)(?:\s+(?:more )?likely(?: to be)?|\s+(?:probably|"
            r"mostly|"
            r"first|the|a))*\s*",
            s.text[match.end() :],
        )
        if tail:
            start = after(match.end() + tail.end())
            if start and s.tokens[start - 1].low in ("the", "a"):
                start -= 1
            out += [(g, role, match.span()) for g in s.list_after(start)]
            continue
        back = index - 1
        while back >= 0 and s.tokens[back].tag in ("JJ", "JJS", "NN", "DT", "PRP$", "NNP", "CD"):
            back -= 1
        if back >= 0 and (s.tokens[back].low in ("is", "are", "be", "as", "among", "of")):
            while back >= 0 and s.tokens[back].low in ("among", "of", "one", "the"):
                back -= 1
            if back >= 0 and s.tokens[back].low in ("is", "are", "be", "was", "were"):
                out += [(g, role, match.span()) for g in s.subject_of(back)]
    return out


def _price_effects(s: _Sentence) -> list[tuple[tuple[int, int], Effect, tuple[int, int]]]:
    """ "Shares of X fell", "X shares jumped", "X's stock slid"."""
    out: list[tuple[tuple[int, int], Effect, tuple[int, int]]] = []
    for i, token in enumerate(s.tokens):
        base = verb_base(token.low) if token.tag in ("VBD", "VBZ", "VBP") else None
        if base not in RISE | FALL or s.negated(i):
            continue
        for start, end in s.subject_of(i):
            words = [t.low for t in s.tokens[start:end]]
            effect: Effect = "benefits" if base in RISE else "hurt"
            if words[0] in ("shares", "stocks") and "of" in words[:2] and end - start > 2:
                owner = (start + 2, end)
            elif words[-1] in ("shares", "stock", "stocks") and end - start > 1:
                cut = end - 2 if s.tokens[end - 2].low in ("'s", "’s", "'", "’") else end - 1
                owner = (start, cut)
            else:
                continue
            out.append((owner, effect, (token.start, token.end)))
    return out


def _asked(s: _Sentence, previous: str) -> list[tuple[tuple[int, int], Effect, tuple[int, int]]]:
    """Answers to "Who benefits?" in the sentence before, and "X did not" after a gain."""
    out: list[tuple[tuple[int, int], Effect, tuple[int, int]]] = []
    question = ASKED.search(previous)
    if question:
        effect: Effect = "benefits" if question.group("good") else "hurt"
        first = s.base[0][0] if s.base else len(s.tokens)
        if first <= 1:
            out += [(g, effect, (0, 0)) for g in s.list_after(first)[:4]]
        colon = next((i for i, t in enumerate(s.tokens) if t.text == ":"), None)
        if colon is not None:
            out += [
                (g, effect, (0, 0))
                for g in s.groups
                if g[0] > colon and s.tokens[g[0]].tag == "NNP"
                and s.tokens[g[0] - 1].low in (",", ":", "and")
            ]  # fmt: skip
    match = re.search(r"\bdid (?:not|n['’]t)\s*[:.;,]", s.text)
    if match and previous and not question:
        verb = next((i for i, t in enumerate(s.tokens) if t.start == match.start()), 0)
        if any(a.effect == "benefits" for a in actors(previous)):
            out += [(g, "hurt", match.span()) for g in s.subject_of(verb)]
    return out


def actors(sentence: str, previous: str = "") -> list[Actor]:
    """Actors of one sentence with the effect stated for them, in text order.

    previous: the sentence before, if any: it lets "Who gains? Producers outside China." and
    "Holders of bonds did not." be read. The same actor appears once per effect.
    """
    s = _Sentence(sentence)
    raw = _verb_effects(s) + _phrase_effects(s) + _asked(s, previous)
    stated = [(g, e, t, False) for g, e, t in raw]
    stated += [(g, e, t, True) for g, e, t in _price_effects(s)]
    people = [(n.start, n.end) for n in names(sentence) if n.kind == "person"]
    found: list[Actor] = []
    seen: set[tuple[int, int, str]] = set()
    for group, effect, trigger, price in stated:
        start, end = group
        if end <= start:
            continue
        base_end = next((b[1] for b in s.base if b[0] == start), end)
        base_end = min(base_end, end)
        if not _is_actor(s.tokens, group, base_end):
            continue
        head = s.tokens[base_end - 1].low
        if not price and head in ("shares", "stock", "stocks") and end == base_end and (
            end - start < 2
        ):  # fmt: skip
            continue
        while start < end and s.tokens[start].low in ("the", "a", "an", "any", "many", "some"):
            start += 1
        left, right = s.tokens[start].start, s.tokens[end - 1].end
        owned = re.match(r"['’](?:s\b)?\s*\w", sentence[right : right + 4])
        if owned or any(a < right and left < b for a, b in people):
            continue
        if any(left < a_end and a_start < right and e == effect for a_start, a_end, e in seen):
            continue
        seen.add((left, right, effect))
        found.append(
            Actor(
                left,
                right,
                sentence[left:right],
                effect,
                *trigger,
                sentence[trigger[0] : trigger[1]],
                "price" if price else "stated",
            )
        )
    return sorted(found, key=lambda a: (a.start, a.end))
