"""A desk without model and corpus, for what the command line itself does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from agents.brief import Brief
from agents.events import Progress
from agents.evidence import Document, Passage
from agents.ports import BadInput, Hit
from tests.tools.export.sample import DOCUMENTS, sample_brief
from tools.runs import RunStore
from tools.settings import Settings


class FakeCorpus:
    def __init__(self, documents: Iterable[Document]) -> None:
        self.stored = {document.id: document for document in documents}

    async def find(self, reference: str) -> list[Document]:
        found = self.stored.get(reference)
        return [found] if found else [d for d in self.stored.values() if d.source_id == reference]

    async def documents(self) -> list[Document]:
        return list(self.stored.values())

    async def delete(self, document_id: str) -> bool:
        return self.stored.pop(document_id, None) is not None

    async def count(self) -> int:
        return len(self.stored)


class FakeDesk:
    """Records its calls; `failure` is raised by the next one instead of an answer."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.opened: list[dict[str, Any]] = []
        self.failure: BaseException | None = None
        self.corpus = FakeCorpus(DOCUMENTS)
        self.closed = 0
        self._runs: RunStore | None = None
        self._on_progress: Callable[[Progress], None] | None = None

    @asynccontextmanager
    async def open(
        self,
        settings: Settings,
        *,
        cache: bool = True,
        on_progress: Callable[[Progress], None] | None = None,
        need_model: bool = True,
    ) -> AsyncIterator[FakeDesk]:
        self.opened.append({"settings": settings, "cache": cache, "need_model": need_model})
        self._runs, self._on_progress = RunStore(settings.runs_dir), on_progress
        try:
            yield self
        finally:
            self.closed += 1

    def _called(self, name: str, **arguments: Any) -> None:
        self.calls.append((name, arguments))
        if self.failure:
            raise self.failure

    def _run(self, kind: Any, question: str, as_of: date | None, source: str | None) -> Brief:
        assert self._runs is not None
        assert self._on_progress is not None
        brief = sample_brief()
        self._runs.start(brief.run.id, kind=kind, question=question, source=source)
        for kind_, message in (("started", "planning"), ("found", "claim 1 of 1: contested")):
            self._on_progress(
                Progress.model_validate(
                    {"run_id": brief.run.id, "stage": "plan", "kind": kind_, "message": message}
                )
            )
        self._called(kind, question=question, as_of=as_of, source=source)
        self._runs.save(brief, DOCUMENTS)
        return brief

    async def ask(self, question: str, *, as_of: date | None = None) -> Brief:
        return self._run("ask", question, as_of, None)

    async def analyze(self, source: str, *, as_of: date | None = None) -> Brief:
        return self._run("analyze", "An article", as_of, source)

    async def resume(self, run_id: str) -> Brief:
        self._called("resume", run_id=run_id)
        return sample_brief()

    async def verify(
        self, rows: Iterable[Mapping[str, Any]], *, as_of: date | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        self._called("verify", as_of=as_of)
        for row in rows:
            if "claim" in row:
                yield {"id": row["id"], "label": "NEI", "published": "NEI"}
            else:
                yield {"id": row.get("id"), "error": {"type": "bad_row", "message": "no claim"}}

    async def sentiment(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        self._called("sentiment")
        for row in rows:
            yield {"id": row["id"], "score": 0.5, "label": "positive"}

    async def search(self, query: str, *, k: int = 8, as_of: date | None = None) -> list[Hit]:
        self._called("search", query=query, k=k, as_of=as_of)
        document = DOCUMENTS[0]
        passage = Passage(document_id=document.id, start=0, end=20, text=document.text[:20])
        return [
            Hit(passage=passage, document=document, origin_id=document.id, score=1, similarity=0.9)
        ]

    async def ingest(self, paths: list[str], **options: Any) -> Any:
        self._called("ingest", paths=paths, **options)
        raise BadInput("unreadable")
