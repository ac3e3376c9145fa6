"""What a crash leaves between the two stores is found and finished."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agents.evidence import Document
from tests.tools.corpus.conftest import Open
from tools.corpus.ledger import Ledger
from tools.corpus.store import Corpus
from tools.corpus.vectors import VectorStore

Library = list[Document]


class PowerCut(BaseException):
    """Not an Exception, so that nothing handles it."""


def cut(*_: object, **__: object) -> None:
    raise PowerCut


async def consistent(corpus: Corpus, expected: set[str]) -> None:
    """Both stores hold the passages of these documents, and searches see them."""
    stored = {d.source_id for d in await corpus.documents()}
    assert stored == expected
    assert corpus._keeper.vectors.ids() == corpus._ledger.passage_ids()
    assert corpus._ledger.in_state("adding") == corpus._ledger.in_state("deleting") == []
    hits = await corpus.search("copper mine policy rate migraine drug", per_document=1)
    assert {h.document.source_id for h in hits} == expected


@pytest.mark.parametrize("same_process", [True, False])
async def test_cut_before_the_vectors(
    open_corpus: Open,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
    same_process: bool,
) -> None:
    corpus = open_corpus()
    await corpus.add(library[:1])
    with monkeypatch.context() as patch:
        patch.setattr(VectorStore, "put", cut)
        with pytest.raises(PowerCut):
            await corpus.add(library[1:])
    if not same_process:
        corpus.close()
        corpus = open_corpus()
    await consistent(corpus, {"ore", "bank", "pill"})


async def test_cut_after_the_vectors(
    open_corpus: Open, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = open_corpus()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "mark", cut)
        with pytest.raises(PowerCut):
            await corpus.add(library)
    corpus.close()
    await consistent(open_corpus(), {"ore", "bank", "pill"})


async def test_cut_before_the_ledger(
    open_corpus: Open, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = open_corpus()
    await corpus.add(library[:1])
    insert = Ledger.insert
    with monkeypatch.context() as patch:
        # The second of two documents fails: the batch is there whole or not at all.
        calls: list[int] = []

        def second_fails(self: Ledger, *args: object) -> int:
            calls.append(1)
            if len(calls) == 2:
                raise PowerCut
            return insert(self, *args)  # type: ignore[arg-type]

        patch.setattr(Ledger, "insert", second_fails)
        with pytest.raises(PowerCut):
            await corpus.add(library[1:])
    await consistent(corpus, {"ore"})


@pytest.mark.parametrize("step", ["drop_document", "remove"])
async def test_cut_while_deleting(
    open_corpus: Open, library: Library, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    with monkeypatch.context() as patch:
        patch.setattr(VectorStore if step == "drop_document" else Ledger, step, cut)
        with pytest.raises(PowerCut):
            await corpus.delete(library[0].id)
    corpus.close()
    await consistent(open_corpus(), {"bank", "pill"})


async def test_lost_vectors_are_made_again(open_corpus: Open, library: Library, home: Path) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    corpus._keeper.vectors.drop_document(library[1].id)
    corpus.close()
    corpus = open_corpus()
    await consistent(corpus, {"ore", "bank", "pill"})
    corpus.close()
    shutil.rmtree(home / "chroma")
    await consistent(open_corpus(), {"ore", "bank", "pill"})


async def test_vectors_of_no_document_are_dropped(open_corpus: Open, library: Library) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    corpus._keeper.vectors.put(
        ["pas_stray"], corpus._embedding.embed(["stray"]), ["doc_stray"], [20250101]
    )
    assert await corpus.search("stray") is not None
    corpus.close()
    await consistent(open_corpus(), {"ore", "bank", "pill"})
