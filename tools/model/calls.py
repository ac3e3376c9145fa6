"""One retry layer, and what each way of failing means to the caller.

Retried, because waiting can mend it: no connection, timeouts, 408, 409, 425, 429 and 5xx. Not
retried, because it cannot: a refused key, an unknown model or path, a request the server does
not understand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import openai
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from agents.ports import ModelError, ModelUnusable, PromptTooLong

__all__ = ["RETRIED_STATUS", "Sleep", "called", "is_retried", "meaning"]

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

RETRIED_STATUS: Final = frozenset({408, 409, 425, 429})
_LONGEST_WAIT: Final = 60.0
_TOO_LONG: Final = ("context length", "context size", "context_length", "context window")
_backoff: Final = wait_exponential_jitter(multiplier=0.5, max=20.0)


async def called(
    ask: Callable[[], Awaitable[T]], *, attempts: int, sleep: Sleep = asyncio.sleep
) -> T:
    """The result of `ask`, asked up to `attempts` times. Raises the last openai error."""
    async for attempt in AsyncRetrying(
        stop=stop_after_attempt(attempts),
        wait=_wait,
        retry=retry_if_exception(is_retried),
        sleep=sleep,
        reraise=True,
    ):
        with attempt:
            return await ask()
    raise AssertionError("unreachable: tenacity returns or raises")


def is_retried(error: BaseException) -> bool:
    """Whether asking again may help."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code in RETRIED_STATUS or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError)  # timeouts are among these


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, openai.APIStatusError):
        try:
            asked = float(error.response.headers.get("retry-after", ""))
        except ValueError:
            asked = 0.0
        if 0 < asked <= _LONGEST_WAIT:
            return asked
    return _backoff(state)


def meaning(error: openai.OpenAIError, url: str, model: str | None) -> ModelError:
    """What a failed call means for the run, in words that name the setting to change."""
    if isinstance(error, openai.APITimeoutError):
        return ModelUnusable(f"The model server at {url} did not answer in time."
                             " Check UNDERWRITE_MODEL_URL and the server's load.")  # fmt: skip
    if isinstance(error, openai.APIStatusError):
        return _status_meaning(error, url, model)
    if isinstance(error, openai.APIConnectionError):
        return ModelUnusable(
            f"No model server answers at {url} ({error.__cause__ or error}). Start it, or set"
            " UNDERWRITE_MODEL_URL; unset it to use the embedded model."
        )
    return ModelUnusable(
        f"{url} does not answer like an OpenAI-compatible server ({error}). Check"
        " UNDERWRITE_MODEL_URL."
    )


def _status_meaning(error: openai.APIStatusError, url: str, model: str | None) -> ModelError:
    status, words = error.status_code, _words(error)
    if status in {401, 403}:
        return ModelUnusable(f"{url} refused the key ({status}: {words}). Set UNDERWRITE_API_KEY.")
    if status == 404:
        return ModelUnusable(
            f"{url} has no model {model!r}, or no such address ({words}). Set UNDERWRITE_MODEL to"
            " a model it lists, or UNDERWRITE_MODEL_URL (it ends in /v1)."
        )
    if status in {400, 413, 422} and any(term in words.lower() for term in _TOO_LONG):
        return PromptTooLong(f"{url} says that the prompt is too long: {words}")
    if status in {400, 422}:
        return ModelUnusable(
            f"{url} does not accept the desk's requests ({status}: {words}). The server must"
            " support response_format json_schema and logprobs; check UNDERWRITE_MODEL_URL and"
            " UNDERWRITE_MODEL."
        )
    return ModelUnusable(
        f"The model server at {url} keeps failing ({status}: {words}). Check"
        " UNDERWRITE_MODEL_URL and the server's log."
    )


def _words(error: openai.APIStatusError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or error.message)[:300]
