"""What came back from a model: parsed, checked against its schema, or refused with a reason.

Answers are never repaired. A truncated or off-schema answer is a fact about the model that the
agent records; guessing at what it meant is how invented figures get in.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jsonschema
from jsonschema.exceptions import best_match

from agents.ports import ModelAnswerInvalid, Usage

__all__ = ["TokenProbability", "option_probabilities", "parse_answer"]

TokenProbability = tuple[str, float]
"""A token's text and its log-probability."""

# Up to the last closing tag; the opening one is often part of the prompt. What begins as JSON is
# left alone: a tag inside a string is a quote.
_THINKING: Final = re.compile(r"\A\s*[^\s{].*</think(?:ing)?>", re.DOTALL)
_AROUND: Final = " \t\r\n\u2581\u0120\"'`*_.,:;()[]{}"


def parse_answer(
    content: str | None,
    finish_reason: str | None,
    schema: Mapping[str, Any],
    usage: Usage,
) -> dict[str, Any]:
    """The answer as a JSON object valid under `schema`.

    Thinking in front of the object is taken off. Raises ModelAnswerInvalid, with what was spent,
    for an answer that is empty, cut at its length limit, only thinking, not a JSON object or off
    its schema.
    """
    text = content or ""
    if finish_reason == "length":
        raise ModelAnswerInvalid(
            f"the answer was cut at {usage.completion_tokens} tokens: …{text[-80:]!r}", usage
        )
    if finish_reason == "content_filter":
        raise ModelAnswerInvalid("the server's content filter held the answer back", usage)
    if not text.strip():
        raise ModelAnswerInvalid("the answer is empty", usage)
    text = _THINKING.sub("", text).strip()
    if not text:
        raise ModelAnswerInvalid("the answer is only thinking, without an answer after it", usage)
    try:
        data = json.loads(text)
    except ValueError as error:
        # A document may hold secrets; enough of the answer to see what kind of text it was.
        raise ModelAnswerInvalid(f"the answer is not JSON: {text[:80]!r}", usage) from error
    if not isinstance(data, dict):
        raise ModelAnswerInvalid(f"the answer is not a JSON object: {text[:80]!r}", usage)
    problem = best_match(jsonschema.Draft202012Validator(dict(schema)).iter_errors(data))
    if problem is not None:
        raise ModelAnswerInvalid(
            f"the answer is off its schema at {problem.json_path}: {problem.message[:200]}", usage
        )
    return data


def option_probabilities(
    tokens: Sequence[TokenProbability], options: Sequence[str], usage: Usage
) -> dict[str, float]:
    """Probabilities of the options from the likeliest next tokens, normalised to sum 1.

    A token counts for an option when, without spaces, quotes and case, it is the option or its
    beginning and no other option's ("Yes", " yes" and "y" for yes). An option that no listed
    token stands for gets the probability of the least likely listed token, its upper bound.
    Raises ModelAnswerInvalid when no option is listed at all: the model answered something else.
    """
    if not options or len({o.casefold() for o in options}) != len(options):
        raise ValueError(f"options must be distinct and at least one: {list(options)}")
    mass = dict.fromkeys(options, 0.0)
    for token, logprob in tokens:
        option = _option_of(token, options)
        if option is not None:
            mass[option] += _exp(logprob)
    if not any(mass.values()):
        seen = ", ".join(repr(token) for token, _ in tokens[:5])
        raise ModelAnswerInvalid(
            f"none of {', '.join(options)} is among the likely next tokens ({seen})", usage
        )
    floor = min(_exp(logprob) for _, logprob in tokens)
    mass = {option: value or floor for option, value in mass.items()}
    total = sum(mass.values())
    return {option: value / total for option, value in mass.items()}


def _option_of(token: str, options: Sequence[str]) -> str | None:
    text = token.strip(_AROUND).casefold()
    if not text:
        return None
    exact = [option for option in options if option.casefold() == text]
    if exact:
        return exact[0]
    begun = [option for option in options if option.casefold().startswith(text)]
    return begun[0] if len(begun) == 1 else None


def _exp(logprob: float) -> float:
    # Servers write -9999 or -inf for "impossible".
    return math.exp(max(logprob, -100.0))
