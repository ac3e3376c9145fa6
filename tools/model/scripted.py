"""A model for tests: an ordinary ModelPort whose answers come from functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import jsonschema

from agents.ports import ModelReply, ModelRequest, Usage
from tools.model.ledger import Ledger
from tools.model.messages import prompt_of

__all__ = ["ScriptedModel", "Unscripted"]

T = TypeVar("T")
Fill = Callable[[ModelRequest], "dict[str, Any] | Exception"]
Choose = Callable[[ModelRequest, Sequence[str]], "dict[str, float] | Exception"]


class Unscripted(AssertionError):
    """The model was asked something the test gave no answer for, or an impossible answer.

    An AssertionError, so that no agent takes it for a failure of the model and goes on.
    """


class ScriptedModel:
    """ModelPort over handlers. A handler's exception, returned or raised, is raised.

    Answers are checked against the request's schema, and choices against its options, so that a
    test cannot show an agent something no constrained model would say. Requests are kept in
    `asked`, in order.
    """

    def __init__(
        self, fill: Fill | None = None, choose: Choose | None = None, *, name: str = "scripted"
    ) -> None:
        self._fill = fill
        self._choose = choose
        self._name = name
        self._ledger = Ledger(clock=lambda: 0.0)
        self.asked: list[ModelRequest] = []

    @property
    def name(self) -> str:
        return self._name

    async def fill(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        if self._fill is None:
            raise Unscripted(f"no answer for fill in stage {request.stage}: {request.task[:200]!r}")
        if request.answer_schema is None:
            raise Unscripted(f"fill in stage {request.stage} without an answer_schema")
        answer = _given(self._fill(request))
        try:
            jsonschema.validate(answer, dict(request.answer_schema))
        except jsonschema.ValidationError as error:
            raise Unscripted(
                f"the scripted answer in stage {request.stage} is off its schema at"
                f" {error.json_path}: {error.message}"
            ) from error
        usage = self._spend(request, str(answer))
        return ModelReply(data=answer, usage=usage)

    async def choose(self, request: ModelRequest, options: Sequence[str]) -> dict[str, float]:
        self.asked.append(request)
        if self._choose is None:
            raise Unscripted(f"no answer for choose in stage {request.stage}: {list(options)}")
        chosen = _given(self._choose(request, options))
        total = sum(chosen.values())
        if not set(chosen) <= set(options) or total <= 0 or min(chosen.values()) < 0:
            raise Unscripted(f"the scripted choice {chosen} does not fit {list(options)}")
        self._spend(request, "x")
        return {option: chosen.get(option, 0.0) / total for option in options}

    async def count_tokens(self, text: str) -> int:
        """A quarter of the characters, rounded up."""
        return -(-len(text) // 4)

    def usage(self) -> Mapping[str, Usage]:
        return self._ledger.by_stage()

    def _spend(self, request: ModelRequest, answer: str) -> Usage:
        prompt = sum(len(message["content"]) for message in prompt_of(request).messages)
        usage = Usage(
            prompt_tokens=-(-prompt // 4), completion_tokens=-(-len(answer) // 4), calls=1
        )
        self._ledger.record(request.stage, usage)
        return usage


def _given(answer: T | Exception) -> T:
    if isinstance(answer, Exception):
        raise answer
    return answer
