"""The desk: the composition root, and the Python API.

    async with Desk.open() as desk:
        brief = await desk.ask("How many …?", as_of="2025-03-31")

This is the one module of `agents` that knows `tools`.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agents import brief as brief_module
from agents import evidence as evidence_module
from agents import ports as ports_module
from agents import state as state_module
from agents.brief import Brief
from agents.context import Context
from agents.events import Progress
from agents.evidence import AuthorKind, Document, InvalidDate, Record
from agents.graph import Graph, build
from agents.ports import (
    BadInput,
    CorpusUnusable,
    EntailmentPort,
    Hit,
    ModelPort,
    ModelUnusable,
    SecuritiesPort,
    SentimentPort,
    Usage,
)
from agents.rows import BATCH, sentiment_rows, verify_rows
from agents.state import Plan, RunState
from tools.cascade import Cascade, TrustStore
from tools.corpus.embedding import OpenAIEmbedding
from tools.corpus.store import Corpus
from tools.encoder.sentiment import shipped_sentiment
from tools.encoder.verifier import shipped_entailment
from tools.ingest import FileResult, read_one, read_sources
from tools.model.as_of import as_of_scope
from tools.model.entailment import entailment_of
from tools.model.open import open_model
from tools.runs import RunStore
from tools.securities import Securities
from tools.settings import Settings, load_settings

__all__ = ["Desk", "IngestReport"]

LONGEST_QUESTION = 2000
"""Code points; a longer question is an article."""


class IngestReport(Record):
    files: tuple[FileResult, ...]
    added: int
    already_there: int
    passages: int


class _NoModel:
    """Stands in where a command needs no model, so that none is started for it."""

    name = "none"

    def __getattr__(self, _name: str) -> Any:
        raise ModelUnusable("The desk was opened without a model (need_model=False).")

    def usage(self) -> Mapping[str, Usage]:
        return {}


def _records() -> list[tuple[str, str]]:
    """What a checkpoint may contain; anything else is refused when it is read."""
    modules = (evidence_module, brief_module, ports_module, state_module)
    found = {
        (value.__module__, value.__name__)
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__.startswith("agents.")
    }
    return sorted(found)


def _as_of(value: date | str | None) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            value = value.astimezone(timezone.utc).date() if value.tzinfo else value.date()
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except ValueError as error:
        raise InvalidDate(f"{value!r} is not a date: use YYYY-MM-DD") from error


def _corpus(settings: Settings) -> Corpus:
    embedding = None
    if settings.embedding_url is not None:
        embedding = OpenAIEmbedding(
            settings.embedding_url,
            settings.embedding_model or "",
            settings.api_key.get_secret_value() if settings.api_key else "",
        )
    return Corpus(settings.corpus_dir, embedding=embedding, chroma_url=settings.chroma_url or "")


class Desk:
    """One open desk: a corpus, a model and the runs under one home. Make one with `open`."""

    def __init__(
        self,
        *,
        corpus: Corpus,
        model: ModelPort,
        entailment: EntailmentPort,
        sentiment: SentimentPort,
        securities: SecuritiesPort,
        runs: RunStore,
        graph: Graph,
        trust_path: Path | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.corpus = corpus
        self.model = model
        self.entailment = entailment
        self.sentiment_port = sentiment
        self.securities = securities
        self.runs = runs
        self.graph = graph
        self.trust_path = trust_path
        self.on_progress = on_progress

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings | None = None,
        *,
        cache: bool = True,
        on_progress: Callable[[Progress], None] | None = None,
        need_model: bool = True,
        model: ModelPort | None = None,
        entailment: EntailmentPort | None = None,
        sentiment: SentimentPort | None = None,
    ) -> AsyncIterator[Desk]:
        """Open the corpus, the model and the checkpoints; close them all at the end.

        cache: reuse model answers of earlier equal questions. need_model: False for what only
        reads or writes the corpus or scores rows; no model is started. model: use this one
        instead of the one that the settings name. entailment, sentiment: instead of the shipped
        encoders.
        Raises ModelUnusable, CorpusUnusable.
        """
        settings = settings or load_settings()
        settings.home.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as stack:
            corpus = await stack.enter_async_context(_corpus(settings))
            if model is None and need_model:
                model = await stack.enter_async_context(open_model(settings, cache=cache))
            used: Any = model if model is not None else _NoModel()
            saver = await stack.enter_async_context(
                AsyncSqliteSaver.from_conn_string(str(settings.checkpoints_path))
            )
            saver.serde = JsonPlusSerializer(allowed_msgpack_modules=_records())
            yield cls(
                corpus=corpus,
                model=used,
                entailment=entailment or _reader(settings, model),
                sentiment=sentiment or shipped_sentiment(),
                securities=Securities(),
                runs=RunStore(settings.runs_dir),
                graph=build(saver),
                trust_path=settings.trust_path,
                on_progress=on_progress,
            )

    async def ask(self, question: str, *, as_of: date | str | None = None) -> Brief:
        """The brief on a question. Raises BadInput, CorpusUnusable, ModelUnusable, InvalidDate."""
        question = " ".join(question.split())
        if not any(c.isalnum() for c in question):
            raise BadInput("The question is empty: write what you want to know, in one sentence.")
        if len(question) > LONGEST_QUESTION:
            raise BadInput(
                f"The question has {len(question)} characters, more than {LONGEST_QUESTION}: "
                "use `analyze` for an article."
            )
        day = _as_of(as_of)
        if not await self.corpus.count():
            raise CorpusUnusable(
                "The corpus is empty: add documents with `underwrite ingest PATH`."
            )
        plan = Plan(question=question, sub_questions=(), queries=(), language="")
        return await self._run(
            {"task": "ask", "as_of": day, "article": None, "plan": plan}, question, None
        )

    async def analyze(self, source: str | Document, *, as_of: date | str | None = None) -> Brief:
        """The desk note on one article, checked against the corpus.

        source: a path, a URL, "-" for standard input, or a Document. The article is stored with
        the run, not in the corpus. Raises BadInput, CorpusUnusable, ModelUnusable, InvalidDate.
        """
        day = _as_of(as_of)
        article = source if isinstance(source, Document) else await read_one(source)
        if not any(c.isalnum() for c in article.text):
            raise BadInput("The article has no text.")
        # The time of reading is no part of the article; without it equal input gives equal state.
        article = article.model_copy(update={"ingested_at": None})
        return await self._run(
            {"task": "analyze", "as_of": day, "article": article},
            article.title or article.text[:80],
            article,
            source if isinstance(source, str) else None,
        )

    async def resume(self, run_id: str) -> Brief:
        """Go on with an interrupted run from its last checkpoint; a finished one is returned."""
        status = self.runs.status(run_id)
        if status.state == "done":
            return self.runs.load(run_id)
        snapshot = await self.graph.aget_state(self._config(run_id))
        if not snapshot.values:
            raise BadInput(f"Run {run_id} stopped before its first step: ask again.")
        context = self._context(run_id)
        context.carried_usage = snapshot.values.get("spent", {})
        context.carried_seconds = snapshot.values.get("seconds", {})
        return await self._finish(None, context, snapshot.values.get("article"))

    async def stream(
        self, question: str, *, as_of: date | str | None = None
    ) -> AsyncIterator[Progress | Brief]:
        """Progress as it happens, then the brief."""
        queue: asyncio.Queue[Progress | None] = asyncio.Queue()
        desk = Desk(
            corpus=self.corpus,
            model=self.model,
            entailment=self.entailment,
            sentiment=self.sentiment_port,
            securities=self.securities,
            runs=self.runs,
            graph=self.graph,
            on_progress=queue.put_nowait,
        )
        task = asyncio.create_task(desk.ask(question, as_of=as_of))
        task.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            yield await task
        finally:
            # A consumer that stops listening stops the work too.
            task.cancel()

    async def verify(
        self, rows: Iterable[Mapping[str, Any]], *, as_of: date | str | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Contract rows of `verify`, in order."""
        day = _as_of(as_of)
        when = date.fromisoformat(day) if day else None
        for batch in _batches(rows):
            for answer in await verify_rows(
                batch, entailment=self.entailment, corpus=self.corpus, as_of=when
            ):
                yield answer

    async def sentiment(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        """Contract rows of `sentiment`, in order."""
        for batch in _batches(rows):
            for answer in await sentiment_rows(batch, sentiment=self.sentiment_port):
                yield answer

    async def search(self, query: str, *, k: int = 8, as_of: date | str | None = None) -> list[Hit]:
        """Passages for a query, best first."""
        day = _as_of(as_of)
        return await self.corpus.search(query, k=k, as_of=date.fromisoformat(day) if day else None)

    async def ingest(
        self,
        paths: Sequence[str],
        *,
        publisher: str | None = None,
        published: str | None = None,
        author_kind: AuthorKind | str | None = None,
        progress: Callable[[FileResult], None] | None = None,
    ) -> IngestReport:
        """Read and store files, folders, feeds and URLs; what cannot be read is reported."""
        read = await read_sources(
            paths,
            publisher=publisher,
            published_at=published,
            author_kind=author_kind,
            progress=progress,
        )
        added = await self.corpus.add(read.documents)
        return IngestReport(
            files=read.files,
            added=len(added.added),
            already_there=len(added.present),
            passages=added.passages,
        )

    def _config(self, run_id: str) -> Any:
        return {"configurable": {"thread_id": run_id}, "recursion_limit": 60}

    def _context(self, run_id: str) -> Context:
        return Context(
            run_id=run_id,
            model=self.model,
            corpus=self.corpus,
            entailment=self.entailment,
            sentiment=self.sentiment_port,
            securities=self.securities,
            on_progress=self.on_progress,
            baseline=dict(self.model.usage()),
        )

    async def _run(
        self,
        start: RunState,
        question: str,
        article: Document | None,
        source: str | None = None,
    ) -> Brief:
        run_id = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        self.runs.start(
            run_id,
            kind=start["task"],
            question=question,
            as_of=start["as_of"],
            source=source,
            documents=[article] if article is not None else [],
        )
        return await self._finish({**start, "run_id": run_id}, self._context(run_id), article)

    async def _finish(
        self, start: RunState | None, context: Context, article: Document | None
    ) -> Brief:
        run_id = context.run_id
        try:
            # Part of the answer cache's key: no answer is reused across as-of dates.
            with as_of_scope(self.runs.status(run_id).as_of):
                done = await self.graph.ainvoke(
                    start, self._config(run_id), context=context, version="v2", durability="sync"
                )
        except (asyncio.CancelledError, KeyboardInterrupt):
            self.runs.mark(run_id, "interrupted", "stopped; resume to go on")
            raise
        except Exception as error:
            self.runs.mark(run_id, "failed", f"{type(error).__name__}: {error}")
            raise
        if done.interrupts:
            self.runs.mark(run_id, "interrupted", "waiting for review")
            raise BadInput(f"Run {run_id} waits for review.")
        brief: Brief = done.value["brief"]
        cited = {c.document_id for c in brief.citations.values()}
        documents = [article] if article is not None else []
        for document_id in sorted(cited - {d.id for d in documents}):
            document = await self.corpus.document(document_id)
            if document is not None:
                documents.append(document)
        self.runs.save(brief, documents)
        return brief


def _reader(settings: Settings, model: ModelPort | None) -> EntailmentPort:
    """The shipped encoder, and the model beside it where that was measured and found worth it."""
    judge = entailment_of(model) if model is not None else None
    return Cascade(shipped_entailment(), judge, TrustStore(settings.trust_path))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch
