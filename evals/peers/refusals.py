"""When a peer's answer is a refusal to answer: its own wording, listed here.

An answer is an abstention when it opens with a refusal or at least half of its sentences are
refusals. One that states facts and adds that something else is unknown has answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["abstains", "is_refusal"]

_THINGS: Final = (
    r"(?:sources?|documents?|articles?|texts?|passages?|context|information|data|excerpts?|"
    r"materials?)"
)
_GIVEN: Final = r"(?:(?:provided|given|available|above|supplied|listed|numbered|retrieved)\s+)?"
_STATE: Final = (
    r"(?:provide|contain|mention|specify|state|include|give|offer|disclose|address|say|report|"
    r"indicate|answer|have|reveal|quantify|identify|list|name|explicitly|directly|specifically|"
    r"clearly)"
)

_REFUSALS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # paper-qa's fixed phrase, asked for by its prompt and written by its code.
        r"\bI cannot answer\b",
        # LlamaIndex when nothing was retrieved.
        r"^Empty Response$",
        # "If none of the sources are helpful, you should indicate that" (LlamaIndex's prompt).
        rf"\bnone of the {_GIVEN}{_THINGS}\b",
        rf"\bno {_GIVEN}{_THINGS} (?:(?:is|are|was|were) )?(?:helpful|relevant|useful|found)\b",
        # Free wording that small models use for it.
        rf"\bthe {_GIVEN}{_THINGS}(?: \w+)? (?:do|does|did) ?(?:not|n['’]t) {_STATE}",
        rf"\b{_THINGS} (?:provided |given |available )?(?:do|does|did) ?(?:not|n['’]t) {_STATE}",
        rf"\bno (?:specific |direct |explicit |relevant |such |further )?{_THINGS}\b"
        r"[^.]{0,60}\b(?:is|are|was|were|has been|have been) "
        r"(?:provided|available|given|mentioned|found|stated|specified|disclosed)\b",
        rf"\bthere (?:is|are|was|were) no (?:specific |direct |explicit |relevant )?{_THINGS}\b",
        rf"\b(?:is|are|was|were) not (?:\w+ )?(?:mentioned|provided|specified|stated|available|"
        rf"given|disclosed|reported|included|quantified|known|identified|found)"
        rf"(?: (?:in|by|from) the {_GIVEN}{_THINGS}|\.?$)",
        r"\b(?:can ?not|can['’]t|could not) be (?:determined|answered|established|found)\b",
        r"\b(?:I|we) (?:do not|don['’]t|cannot|can['’]t|could not|was unable to|were unable to|"
        r"am unable to|are unable to) (?:have|find|determine|answer|provide|locate)\b",
        r"\b(?:insufficient|not enough) (?:information|data|evidence|context)\b",
        r"\bunable to (?:answer|determine|find|provide)\b",
    )
)  # fmt: skip


def is_refusal(sentence: str) -> bool:
    return any(pattern.search(sentence.strip()) for pattern in _REFUSALS)


def abstains(sentences: Sequence[str]) -> bool:
    """Whether an answer of these sentences says that it cannot answer."""
    if not sentences:
        return False
    refusals = [is_refusal(sentence) for sentence in sentences]
    return refusals[0] or 2 * sum(refusals) >= len(refusals)
