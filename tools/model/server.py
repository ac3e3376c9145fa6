"""What a model server says about itself, and token counts in its own vocabulary."""

from __future__ import annotations

from typing import Any, Final, Literal

import openai

from agents.evidence import Record
from agents.ports import ModelUnusable
from tools.model.calls import Sleep, called, meaning

__all__ = ["ServerFacts", "count_tokens", "describe_server"]

Kind = Literal["llama.cpp", "vllm", "other"]

_ASSUMED_CONTEXT: Final = 4096
"""For servers that do not tell. Ollama's default, which cuts longer prompts without a word."""


class ServerFacts(Record):
    url: str
    kind: Kind
    """Decides how tokens are counted and which extra fields a request may carry."""
    models: tuple[str, ...]
    """What the server lists, in its order."""
    model: str
    """The one used: as configured, else the first listed."""
    context: int
    """Tokens of prompt and answer together."""
    context_known: bool
    """False when `context` is an assumption."""


async def describe_server(
    client: openai.AsyncOpenAI,
    model: str | None,
    *,
    assumed_context: int | None = None,
    attempts: int = 2,
    sleep: Sleep | None = None,
) -> ServerFacts:
    """Ask `/v1/models` (and llama.cpp's `/props`) once.

    Raises ModelUnusable, naming the setting, when the server is out of reach, refuses the key,
    lists nothing or does not list `model`.
    """
    url = str(client.base_url).rstrip("/")

    async def listed() -> list[Any]:
        # Plain JSON: the typed list drops what servers add (max_model_len, meta).
        answer = await client.get("/models", cast_to=object)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            raise openai.OpenAIError("no list of models in its answer")
        return [item for item in data if isinstance(item, dict) and item.get("id")]

    try:
        items = await (called(listed, attempts=attempts, sleep=sleep) if sleep
                       else called(listed, attempts=attempts))  # fmt: skip
    except openai.OpenAIError as error:
        raise meaning(error, url, model) from error
    names = tuple(str(item["id"]) for item in items)
    if not names:
        raise ModelUnusable(f"{url} lists no model. Load one there, or set UNDERWRITE_MODEL_URL.")
    if model is not None and model not in names:
        raise ModelUnusable(
            f"UNDERWRITE_MODEL={model} is not served at {url}, which lists {', '.join(names[:10])}."
        )
    item = items[names.index(model)] if model is not None else items[0]
    kind = _kind(item)
    context = _context(item)
    if context is None and kind == "llama.cpp":
        context = await _llama_context(client)
    return ServerFacts(
        url=url,
        kind=kind,
        models=names,
        model=str(item["id"]),
        context=context or assumed_context or _ASSUMED_CONTEXT,
        context_known=context is not None,
    )


def _kind(item: dict[str, Any]) -> Kind:
    owner = str(item.get("owned_by", "")).lower()
    if owner == "llamacpp":
        return "llama.cpp"
    if owner == "vllm" or "max_model_len" in item:
        return "vllm"
    return "other"


def _context(item: dict[str, Any]) -> int | None:
    meta = item.get("meta")
    found = item.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return found if isinstance(found, int) and found > 0 else None


async def _llama_context(client: openai.AsyncOpenAI) -> int | None:
    try:
        props = await client.get(f"{_root(client)}/props", cast_to=object)
    except openai.OpenAIError:
        return None
    settings = props.get("default_generation_settings") if isinstance(props, dict) else None
    found = settings.get("n_ctx") if isinstance(settings, dict) else None
    return found if isinstance(found, int) and found > 0 else None


async def count_tokens(client: openai.AsyncOpenAI, facts: ServerFacts, text: str) -> int:
    """Tokens of `text` as the served model reads it.

    llama.cpp and vLLM are asked (`/tokenize`, beside `/v1`). For other servers the count is an
    estimate that errs on the high side: a third of the characters, or half of the bytes where
    that is more (scripts other than Latin). Raises openai errors.
    """
    if not text:
        return 0
    if facts.kind == "llama.cpp":
        answer = await client.post(
            f"{_root(client)}/tokenize", cast_to=object, body={"content": text}
        )
        tokens = answer.get("tokens") if isinstance(answer, dict) else None
        if isinstance(tokens, list):
            return len(tokens)
    elif facts.kind == "vllm":
        answer = await client.post(
            f"{_root(client)}/tokenize",
            cast_to=object,
            body={"model": facts.model, "prompt": text, "add_special_tokens": False},
        )
        count = answer.get("count") if isinstance(answer, dict) else None
        if isinstance(count, int):
            return count
    return estimate(text)


def estimate(text: str) -> int:
    """Tokens a text will hardly exceed in any current vocabulary."""
    size = len(text.encode("utf-8", "surrogatepass"))
    return -(-len(text) // 3) if size == len(text) else -(-size // 2)


def _root(client: openai.AsyncOpenAI) -> str:
    return str(client.base_url).rstrip("/").removesuffix("/v1")
