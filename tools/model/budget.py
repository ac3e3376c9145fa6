"""Prompts that fit: whole evidence lines are dropped from the end, never cut, and counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from agents.ports import ModelRequest, PromptTooLong
from tools.model.messages import Prompt, prompt_of

__all__ = ["TEMPLATE_TOKENS", "fitted"]

TEMPLATE_TOKENS: Final = 96
"""Room for what a chat template adds around two messages (roles, a date line, …)."""


async def fitted(
    request: ModelRequest, context: int, count: Callable[[str], Awaitable[int]]
) -> tuple[Prompt, int]:
    """The prompt with as many passages, from the first, as fit; and how many were dropped.

    context: tokens of prompt and answer together. count: tokens of a text.
    Raises PromptTooLong when not even the prompt without passages fits.
    """
    room = context - request.max_tokens - TEMPLATE_TOKENS

    async def fits(kept: int) -> bool:
        texts = [message["content"] for message in prompt_of(request, kept).messages]
        # No token is shorter than a byte, so most prompts need no counting at all.
        if sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) <= room:
            return True
        return sum([await count(text) for text in texts]) <= room

    total = len(request.passages)
    if await fits(total):
        return prompt_of(request, total), 0
    if not await fits(0):
        raise PromptTooLong(
            f"The {request.stage} question alone does not fit the model's {context} tokens"
            f" ({request.max_tokens} kept for the answer). Use a model with a longer context, or"
            " a shorter question."
        )
    fitting, too_many = 0, total
    while too_many - fitting > 1:
        middle = (fitting + too_many) // 2
        if await fits(middle):
            fitting = middle
        else:
            too_many = middle
    return prompt_of(request, fitting), total - fitting
