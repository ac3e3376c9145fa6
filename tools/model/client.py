"""One client for every engine that speaks the OpenAI API: embedded, vLLM, any server by URL."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion

from agents.ports import (
    ModelAnswerInvalid,
    ModelReply,
    ModelRequest,
    ModelUnusable,
    PromptTooLong,
    Usage,
)
from tools.model.adapter import lora_field
from tools.model.answers import option_probabilities, parse_answer
from tools.model.budget import fitted
from tools.model.calls import Sleep, called, is_retried, meaning
from tools.model.ledger import Ledger
from tools.model.messages import Prompt, request_key
from tools.model.server import ServerFacts, count_tokens, describe_server
from tools.model.single_flight import SingleFlight

__all__ = ["OpenAIModel", "Preparer"]

T = TypeVar("T")
_TOP_LOGPROBS: Final = 20
_FEWER_LOGPROBS: Final = 5


class Preparer(Protocol):
    """Called before each request, alone with it, to bring the engine into a known state."""

    async def prepare(self, prompt: Prompt) -> int:
        """Returns the prompt tokens that were read by preparing and not found in a cache."""
        ...


class OpenAIModel:
    """ModelPort over `/v1/chat/completions`.

    Temperature 0, seed 0, schema-constrained answers; one retry layer (the library's own is
    off); at most `concurrency` requests at once; equal questions asked at the same time are
    asked once. Open with `connect`, close with `close`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        model: str | None = None,
        concurrency: int = 16,
        timeout: float = 600.0,
        attempts: int = 5,
        context: int | None = None,
        preparer: Callable[[openai.AsyncOpenAI], Preparer] | None = None,
        adapter: str | None = None,
        http_client: httpx2.AsyncClient | None = None,
        sleep: Sleep = asyncio.sleep,
        ledger: Ledger | None = None,
    ) -> None:
        """context: tokens to assume where the server does not tell. timeout: seconds for one
        answer. preparer: makes, from this client's connection, what brings the engine into a
        known state before each request; needs concurrency 1. adapter: name of the adapter that
        the engine has loaded; it is not applied, see `adapted`."""
        if preparer is not None and concurrency != 1:
            raise ValueError("a prepared engine answers one request at a time")
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",  # the library insists on one; local servers ignore it
            max_retries=0,
            timeout=httpx2.Timeout(timeout, connect=10.0, pool=None),
            http_client=http_client or _http_client(base_url, concurrency),
        )
        self._url = base_url
        self._model = model
        self._attempts = attempts
        self._assumed_context = context
        self._preparer = preparer(self._client) if preparer is not None else None
        self._adapter = adapter
        self._scale = None if adapter is None else 0.0
        self._sleep = sleep
        self._ledger = ledger or Ledger()
        self._slots = asyncio.Semaphore(concurrency)
        self._flights: SingleFlight[ModelReply] = SingleFlight()
        self._choices: SingleFlight[dict[str, float]] = SingleFlight()
        self._facts: ServerFacts | None = None
        self._connecting = asyncio.Lock()
        self._top_logprobs = _TOP_LOGPROBS

    async def connect(self) -> ServerFacts:
        """Ask the server what it serves, once. Raises ModelUnusable naming the setting."""
        if self._facts is not None:
            return self._facts
        async with self._connecting:
            if self._facts is None:
                self._facts = await describe_server(
                    self._client,
                    self._model,
                    assumed_context=self._assumed_context,
                    sleep=self._sleep,
                )
            return self._facts

    async def close(self) -> None:
        await self._client.close()

    @property
    def name(self) -> str:
        base = self._facts.model if self._facts is not None else self._model
        if base is None:
            raise ModelUnusable("The model's name is known after connecting to its server.")
        return f"{base}+{self._adapter}" if self._scale else base

    def adapted(self) -> OpenAIModel | None:
        """The same model with its adapter applied, as `<name>+<adapter>`; None without one.

        Connection, queue, prepared engine and ledger are shared with this one, which goes on
        answering without the adapter; closing either closes both.
        """
        if self._adapter is None:
            return None
        other = copy.copy(self)
        other._scale = 1.0
        other._flights, other._choices = SingleFlight(), SingleFlight()
        return other

    def usage(self) -> Mapping[str, Usage]:
        return self._ledger.by_stage()

    async def fill(self, request: ModelRequest) -> ModelReply:
        if request.answer_schema is None:
            raise ValueError("fill needs an answer_schema")
        facts = await self.connect()
        reply, first = await self._flights.run(
            request_key(facts.model, request), lambda: self._fill(facts, request)
        )
        return reply if first else reply.model_copy(update={"usage": Usage(), "cached": True})

    async def choose(self, request: ModelRequest, options: Sequence[str]) -> dict[str, float]:
        facts = await self.connect()
        chosen, _ = await self._choices.run(
            request_key(facts.model, request, "choose", *options),
            lambda: self._choose(facts, request, options),
        )
        return dict(chosen)

    async def count_tokens(self, text: str) -> int:
        facts = await self.connect()
        return await self._count(facts, text)

    async def _fill(self, facts: ServerFacts, request: ModelRequest) -> ModelReply:
        schema = dict(request.answer_schema or {})
        prompt, dropped = await fitted(request, facts.context, lambda t: self._count(facts, t))
        completion, usage = await self._complete(
            facts,
            request,
            prompt,
            max_tokens=request.max_tokens,
            response_format={
                "type": "json_schema",
                "json_schema": {
                    "name": "answer",
                    "strict": True,
                    "schema": schema,
                },
            },
        )
        choice = completion.choices[0]
        if choice.message.refusal:
            raise ModelAnswerInvalid(f"the model refused: {choice.message.refusal[:200]}", usage)
        data = parse_answer(choice.message.content, choice.finish_reason, schema, usage)
        return ModelReply(data=data, usage=usage, dropped_passages=dropped)

    async def _choose(
        self, facts: ServerFacts, request: ModelRequest, options: Sequence[str]
    ) -> dict[str, float]:
        short = request.model_copy(update={"max_tokens": 1})
        prompt, dropped = await fitted(short, facts.context, lambda t: self._count(facts, t))
        if dropped:  # probabilities have no place to say what they leave out
            raise PromptTooLong(
                f"The evidence of a {request.stage} question does not fit the model's"
                f" {facts.context} tokens ({dropped} of {len(request.passages)} lines too many)."
            )
        completion, usage = await self._complete(
            facts, request, prompt, max_tokens=1, logprobs=True, top_logprobs=self._top_logprobs
        )
        logprobs = completion.choices[0].logprobs
        if logprobs is None or not logprobs.content:
            raise ModelUnusable(
                f"{self._url} gives no log-probabilities, which the desk needs. Set"
                " UNDERWRITE_MODEL_URL to a server that does (llama.cpp, vLLM)."
            )
        first = logprobs.content[0]
        listed = [(t.token, t.logprob) for t in first.top_logprobs] or [
            (first.token, first.logprob)
        ]
        return option_probabilities(listed, options, usage)

    async def _complete(
        self, facts: ServerFacts, request: ModelRequest, prompt: Prompt, **parameters: Any
    ) -> tuple[ChatCompletion, Usage]:
        # Thinking before a short form costs more than the form; templates without the switch
        # ignore it, and other servers may refuse fields they do not know.
        extra: dict[str, Any] = lora_field(self._scale)
        if facts.kind != "other":
            extra["chat_template_kwargs"] = {"enable_thinking": False}
        prompt = prompt._replace(scale=self._scale)
        read = 0

        async def ask() -> ChatCompletion:
            nonlocal read
            if self._preparer is not None:
                read += await self._preparer.prepare(prompt)
            answer: ChatCompletion = await self._client.chat.completions.create(
                model=facts.model,
                messages=prompt.messages,  # type: ignore[arg-type]  # our TypedDict, same shape
                temperature=0,
                seed=0,
                extra_body=extra or None,
                **parameters,
            )
            return answer

        async with self._slots:
            began = time.perf_counter()
            with self._ledger.in_flight(request.stage):
                try:
                    completion = await self._asked(ask, parameters)
                except openai.OpenAIError as error:
                    raise await self._meaning(error) from error
            seconds = time.perf_counter() - began
        usage = _usage(completion.usage, read)
        self._ledger.record(request.stage, usage)
        usage = usage.model_copy(update={"seconds": seconds})
        if not completion.choices:
            raise ModelAnswerInvalid("the server sent no answer", usage)
        return completion, usage

    async def _asked(
        self, ask: Callable[[], Awaitable[ChatCompletion]], parameters: dict[str, Any]
    ) -> ChatCompletion:
        try:
            return await called(ask, attempts=self._attempts, sleep=self._sleep)
        except openai.BadRequestError as error:
            fewer = parameters.get("top_logprobs", 0) > _FEWER_LOGPROBS
            if not (fewer and "logprobs" in str(error)):
                raise
        # Some servers list fewer than 20 alternatives; remember it for the next question.
        self._top_logprobs = parameters["top_logprobs"] = _FEWER_LOGPROBS
        return await called(ask, attempts=self._attempts, sleep=self._sleep)

    async def _meaning(self, error: openai.OpenAIError) -> Exception:
        if isinstance(error, openai.InternalServerError) and is_retried(error):
            # A server that is up otherwise fails on this one request: the run can go on.
            try:
                await self._client.get("/models", cast_to=object)
            except openai.OpenAIError:
                pass
            else:
                return ModelAnswerInvalid(f"the server failed on this request: {error}", Usage())
        return meaning(error, self._url, self._model or self.name)

    async def _count(self, facts: ServerFacts, text: str) -> int:
        try:
            return await called(
                lambda: count_tokens(self._client, facts, text),
                attempts=self._attempts,
                sleep=self._sleep,
            )
        except openai.OpenAIError as error:
            raise meaning(error, self._url, facts.model) from error


def _usage(reported: CompletionUsage | None, read: int) -> Usage:
    """read: tokens that preparing the engine read; the server then reports them as cached."""
    if reported is None:
        return Usage(calls=1)
    details = reported.prompt_tokens_details
    cached = (details.cached_tokens if details else None) or 0
    return Usage(
        prompt_tokens=reported.prompt_tokens,
        cached_tokens=max(0, cached - read),
        completion_tokens=reported.completion_tokens,
        calls=1,
    )


def _http_client(base_url: str, concurrency: int) -> httpx2.AsyncClient:
    # A proxy set for the outside world must not get between the desk and its own machine.
    host = urlsplit(base_url).hostname or ""
    local = host in {"localhost", "::1"} or host.startswith("127.")
    limits = httpx2.Limits(max_connections=concurrency + 4, max_keepalive_connections=concurrency)
    return openai.DefaultAsyncHttpxClient(trust_env=not local, limits=limits)
