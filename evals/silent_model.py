"""A model that never answers: what the desk does without one is the floor it stands on.

Every request fails as an unusable answer would, so agents take their fallbacks. A run takes
seconds, needs no weights and gives the same brief each time: good for judging everything that
is not the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.ports import ModelAnswerInvalid, ModelReply, ModelRequest, Usage

__all__ = ["SilentModel"]


class SilentModel:
    """A `ModelPort` whose every answer is invalid."""

    name = "none (silent)"

    async def fill(self, request: ModelRequest) -> ModelReply:
        raise ModelAnswerInvalid(f"no model in this run (stage {request.stage})")

    async def choose(self, request: ModelRequest, options: Sequence[str]) -> dict[str, float]:
        raise ModelAnswerInvalid(f"no model in this run (stage {request.stage})")

    async def count_tokens(self, text: str) -> int:
        return len(text) // 4

    def usage(self) -> Mapping[str, Usage]:
        return {}
