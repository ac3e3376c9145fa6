"""A corpus of invented documents, ingested once, and desks over it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from pathlib import Path
from typing import NamedTuple

import pytest

import agents.desk
import tools.corpus.store
from agents.brief import Brief
from agents.desk import Desk
from agents.evidence import Document
from agents.ports import ModelPort, ModelRequest, SentimentPort
from tests.agents.world import ARTICLE, DOCUMENTS, FERRIES, PlainTone, obliging
from tools.corpus.embedding import MiniLM
from tools.corpus.store import Corpus
from tools.model.entailment import ModelEntailment
from tools.settings import Settings

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


class Told(NamedTuple):
    """A brief, and what the model was asked for it."""

    brief: Brief
    asked: list[ModelRequest]


@pytest.fixture(scope="session", autouse=True)
def _one_embedding() -> Iterator[None]:
    """The encoder is loaded once for all desks of a test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools.corpus.store, "MiniLM", functools.cache(MiniLM))
        yield


async def _fill(home: Path) -> None:
    async with Corpus(Settings(home=home).corpus_dir) as corpus:
        await corpus.add(DOCUMENTS)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, _one_embedding: None) -> Path:
    """A home with all documents of `world`."""
    home = tmp_path_factory.mktemp("library")
    asyncio.run(_fill(home))
    return home


@pytest.fixture(scope="session")
def shared(library: Path) -> Iterator[Corpus]:
    """The corpus of the library, opened once. Tests do not add to it."""
    corpus = Corpus(Settings(home=library).corpus_dir)
    yield corpus
    corpus.close()


@pytest.fixture
def desk(shared: Corpus, tmp_path: Path) -> OpenDesk:
    """`desk(model=…, documents=…)` opens a desk: over the library, or over `documents` alone.

    Runs and checkpoints are under `tmp_path/desk`, for every desk that a test opens.
    """
    own = 0

    @asynccontextmanager
    async def opened(
        model: ModelPort | None = None,
        documents: Sequence[Document] | None = None,
        sentiment: SentimentPort | None = None,
    ) -> AsyncIterator[Desk]:
        nonlocal own
        settings = Settings(home=tmp_path / "desk")
        async with AsyncExitStack() as stack:
            if documents is not None:
                own += 1
                settings = Settings(home=tmp_path / f"desk-{own}")
            else:
                patch = stack.enter_context(pytest.MonkeyPatch.context())
                patch.setattr(agents.desk, "_corpus", lambda _: nullcontext(shared))
            used = model or obliging()
            desk = await stack.enter_async_context(
                Desk.open(
                    settings,
                    model=used,
                    entailment=ModelEntailment(used),
                    sentiment=sentiment or PlainTone(),
                )
            )
            if documents:
                await desk.corpus.add(documents)
            yield desk

    return opened


async def _told(home: Path, work: Callable[[Desk], Awaitable[Brief]]) -> Told:
    model = obliging()
    async with Desk.open(
        Settings(home=home),
        model=model,
        entailment=ModelEntailment(model),
        sentiment=PlainTone(),
    ) as desk:
        return Told(await work(desk), model.asked)


@pytest.fixture(scope="session")
def ferries(library: Path) -> Told:
    """The ordinary brief of an ordinary question, asked with an as-of date."""
    return asyncio.run(_told(library, lambda desk: desk.ask(FERRIES, as_of="2025-04-01")))


@pytest.fixture(scope="session")
def note(library: Path) -> Told:
    """The ordinary desk note on the article."""
    return asyncio.run(_told(library, lambda desk: desk.analyze(ARTICLE, as_of="2025-04-01")))
