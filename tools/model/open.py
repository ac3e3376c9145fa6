"""The model that the settings name, ready to be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tools.model.adapter import read_adapter
from tools.model.cache import CachedModel
from tools.model.client import OpenAIModel
from tools.model.embedded import EmbeddedEngine
from tools.model.prefixes import PrefixStates
from tools.model.weights import Advance, ensure_weights
from tools.settings import Settings

__all__ = ["open_embedded", "open_model"]


@asynccontextmanager
async def open_model(
    settings: Settings, *, cache: bool = True, advance: Advance | None = None
) -> AsyncIterator[CachedModel]:
    """The server at `model_url`, else the embedded engine, behind the answer cache.

    cache: reuse answers kept in the cache folder. advance: told how far joining the embedded
    weights is. Raises ModelUnusable with the setting to change.
    """
    async with AsyncExitStack() as stack:
        if settings.model_url is not None:
            key = settings.api_key.get_secret_value() if settings.api_key else None
            model = OpenAIModel(settings.model_url, api_key=key, model=settings.model)
            stack.push_async_callback(model.close)
        else:
            path = settings.model_path
            if path is None:
                path = await asyncio.to_thread(ensure_weights, settings.models_dir, advance=advance)
            log = settings.home / "logs" / "engine.log"
            model = await stack.enter_async_context(
                open_embedded(path, log_path=log, adapter_path=settings.adapter_path)
            )
        await model.connect()
        cached = CachedModel(
            model, settings.cache / "answers.sqlite", enabled=cache, adapted=model.adapted()
        )
        stack.callback(cached.close)
        yield cached


@asynccontextmanager
async def open_embedded(
    path: Path, *, log_path: Path, adapter_path: Path | None = None
) -> AsyncIterator[OpenAIModel]:
    """The embedded engine on a GGUF file and a client for it; both end with the context.

    adapter_path: a LoRA adapter that `OpenAIModel.adapted` applies. Raises ModelUnusable.
    """
    adapter = None
    if adapter_path is not None:
        adapter = await asyncio.to_thread(read_adapter, adapter_path, path)
    async with EmbeddedEngine(path, log_path=log_path, adapter_path=adapter_path) as engine:
        limit = engine.settings.prefix_mib * 1024 * 1024
        model = OpenAIModel(
            engine.url,
            api_key=engine.api_key,
            concurrency=1,
            preparer=lambda client: PrefixStates(client, engine.states, limit),
            adapter=adapter.name if adapter else None,
        )
        try:
            yield model
        finally:
            await model.close()
