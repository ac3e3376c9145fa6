"""What a text tells about itself as a source: instructions to machines, paid content, interests.

Text in a document is data whatever this module finds; the spans it returns keep instructions out
of claims and quotes, and are named in the brief. Rules only, so an attack in other words passes:
it is the schema-bound prompts that keep the desk from obeying. Figures are in
docs/decisions/0006-language-rules.md.
"""

from __future__ import annotations

import re

from agents.grammar import stem, tagged
from agents.sentences import Span, sentence_spans
from agents.trust_patterns import (
    ABOUT_ANSWER,
    BLOB,
    CODED,
    FOLLOW_ON,
    HIDDEN,
    HIDDEN_ORDER,
    IN_ANSWER,
    INTEREST,
    MARKER_CLOSE,
    MARKER_OPEN,
    NOT_INTEREST,
    ORDER_VERBS,
    OWN,
    SPONSORED,
    STOP,
    STRONG,
    TASK,
    UNSOURCED,
)

__all__ = ["addresses_machines", "disclosed_interest", "sponsored", "unsourced"]


def _blocks(text: str) -> list[tuple[int, int]]:
    """Marked blocks ("### SYSTEM ..." to "### END ..."), to the blank line where none closes."""
    found = []
    for opening in MARKER_OPEN.finditer(text):
        line = opening.group()
        if not re.search(
            r"message|instruction|prompt|override|note|command|system|<|\[", line, re.I
        ):
            continue
        strong = any(p.search(line.strip()) for p in STRONG)
        closing = MARKER_CLOSE.search(text, opening.end())
        blank = re.compile(r"\r?\n[^\S\n]*\r?\n").search(text, opening.end())
        limit = blank.start() if blank else len(text)
        inside = text[opening.start() : closing.end() if closing else limit]
        if MARKER_CLOSE.match(opening.group()):
            continue
        if strong or any(p.search(inside) for p in STRONG):
            end = closing.end() if closing and closing.start() - opening.end() < 4000 else limit
            found.append((opening.start() + (opening.group().startswith("\n")), end))
    for hidden in HIDDEN.finditer(text):
        if HIDDEN_ORDER.search(hidden.group()):
            found.append(hidden.span())
    for blob in BLOB.finditer(text):
        around = text[max(0, blob.start() - 120) : blob.end() + 60]
        varied = (
            re.search(r"\d", blob.group())
            and re.search(r"[a-z]", blob.group())
            and (re.search(r"[A-Z]", blob.group()))
        )
        if varied and re.search(r"\b(?:decode|execute|base64|run|follow)\b", around, re.I):
            found.append(blob.span())
    return found


def _imperative(sentence: str) -> bool:
    tokens = tagged(re.sub(r"^\W+", "", sentence))
    return (
        bool(tokens)
        and tokens[0].low in ORDER_VERBS
        and (len(tokens) > 1 and tokens[1].tag not in ("VBD", "MD"))
    )


def _is_order(sentence: str) -> bool:
    """Whether one sentence, by itself, tells a machine what to do."""
    if any(p.search(sentence) for p in STRONG):
        return True
    if IN_ANSWER.match(sentence):
        return True
    # "your answer" alone occurs in interviews; only an imperative that opens its sentence counts.
    about = ABOUT_ANSWER.search(sentence)
    if about and about.group().lower().startswith("your") and _imperative(sentence):
        return True
    coded = CODED.search(sentence)
    return bool(coded) and _imperative(sentence)


def _content(text: str) -> set[str]:
    return {stem(w) for w in re.findall(r"[^\W\d_]{3,}", text.lower()) if w not in STOP}


def _foreign_tasks(text: str) -> list[tuple[int, int]]:
    """Paragraphs of one short question or task that shares no content with the rest of the text.

    "What is the capital of Brazil?" as a paragraph of its own in a report on a court case is
    addressed to whoever answers questions. Needs a document around it (five sentences).
    """
    paragraphs = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text)]
    if len(paragraphs) < 2 or len(text) < 400:
        return []
    found = []
    for start, end in paragraphs:
        words = text[start:end].strip()
        if not 8 <= len(words) <= 220 or len(words.split()) > 28 or not TASK.match(words):
            continue
        if re.search(r"[.!?]\s+[A-Z]", words[:-1]) or words[-1:] not in ".?!'\"’”":
            continue
        if words[0] in "\"“‘'" or re.match(r"(?:WN|Q|A)\b", words):
            continue
        own = _content(words)
        rest = _content(text[:start]) | _content(text[end:])
        task_noun = re.search(
            r"\b(?:poem|essay|story|letter|speech|function|code|python|javascript|sql|recipe|"
            r"haiku|song|joke|"
            r"translat\w+|in (?:french|spanish|german|japanese|russian|english|italian|"
            r"chinese)|equations?|"
            r"plot of|step by step|in simple terms)\b",
            words,
            re.I,
        )
        foreign = bool(own) and len(own & rest) <= (0 if len(own) <= 2 else len(own) / 3)
        question = words.endswith("?")
        if (foreign and (task_noun or question or len(own - rest) >= 2)) or (
            task_noun and own and len(own & rest) <= len(own) / 2
        ):
            found.append((start, end))
    return found


def addresses_machines(text: str) -> list[Span]:
    """Stretches of a text that try to instruct whoever reads it by machine, in order, merged.

    Covers whole sentences, whole marked blocks, and the orders next to an instruction. Also, in a
    document, a lone question or task that has nothing to do with the rest. An empty list says
    only that no rule matched.
    """
    ranges = _blocks(text)
    sentences = sentence_spans(text)
    flags = [_is_order(s.text) for s in sentences]
    for i, sentence in enumerate(sentences):
        if not flags[i]:
            continue
        ranges.append((sentence.start, sentence.end))
        for step in (1, -1):
            at = i + step
            while 0 <= at < len(sentences) and abs(at - i) <= 4:
                near = sentences[at]
                low, high = sorted(
                    (
                        sentence.end if step > 0 else sentence.start,
                        near.start if step > 0 else near.end,
                    )
                )
                if re.search(r"\n\s*\n", text[low:high]) or not FOLLOW_ON.match(near.text):
                    break
                ranges.append((near.start, near.end))
                at += step
    for pattern in STRONG:  # marks that sentence splitting can cut apart
        for match in pattern.finditer(text):
            if not any(a <= match.start() and match.end() <= b for a, b in ranges):
                ranges.append(match.span())
    ranges += _foreign_tasks(text)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 3 and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    out = []
    for start, end in merged:
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip())
        if end > start:
            out.append(Span(start, end, text[start:end]))
    return out


def sponsored(text: str) -> Span | None:
    """The words by which a text says that somebody paid for it, None when it does not.

    Only labels and statements about the text itself count, not "a bill sponsored by".
    """
    match = SPONSORED.search(text)
    if match is None:
        return None
    words = match.group()
    start = match.start() + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()), words.strip())


def unsourced(sentence: str) -> Span | None:
    """Words that give a statement a source nobody can ask ("industry watchers believe").

    None when the same clause names one ("analysts at Berenberg expect").
    """
    for match in UNSOURCED.finditer(sentence):
        after = sentence[match.end() : match.end() + 60]
        if re.match(r"\s+(?:at|from|of|for|in a (?:survey|filing)) [A-Z]", after):
            continue
        before = sentence[max(0, match.start() - 50) : match.start()]
        if re.search(r"\b(?:[A-Z]\w+['’]s|who|which|that)\s+$", before):
            continue
        return Span(match.start(), match.end(), match.group())
    return None


def disclosed_interest(text: str) -> Span | None:
    """The statement that the author or publisher owns or trades what the text is about.

    Statements of having no position are not returned.
    """
    for match in INTEREST.finditer(text):
        words = match.group()
        about_text = re.search(
            r"\b(?:column|article|post|report|note|mentioned|discussed|above|this (?:stock|"
            r"company)|author|writer|"
            r"columnist|affiliates|disclosure|so i own|positions? in the (?:securities|"
            r"stocks|shares|companies))\b",
            words,
            re.I,
        )
        if about_text and not NOT_INTEREST.search(words):
            return Span(match.start(), match.end(), words)
    own = OWN.search(text)
    return Span(own.start(), own.end(), own.group()) if own else None
