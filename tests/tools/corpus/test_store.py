from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from agents.evidence import Document
from agents.ports import CorpusPort, CorpusUnusable, Hit
from tests.tools.corpus.conftest import BANK, ORE, PILL, Open
from tests.tools.corpus.fakes import Words
from tools.corpus.embedding import MiniLM
from tools.corpus.store import Corpus

Library = list[Document]


def sources(hits: list[Hit]) -> list[str]:
    return [hit.document.source_id or "" for hit in hits]


async def test_it_is_a_corpus_port(open_corpus: Open) -> None:
    port: CorpusPort = open_corpus()
    assert await port.count() == 0
    assert await port.search("anything") == []
    assert await port.document("doc_none") is None
    assert await port.passages("doc_none") == []


async def test_search_finds_the_story_with_exact_passages(
    open_corpus: Open, library: Library
) -> None:
    corpus = open_corpus()
    report = await corpus.add(library)
    assert report.added == tuple(d.id for d in library)
    hits = await corpus.search("How much copper does the Tessaly mine produce?")
    assert sources(hits)[0] == "ore"
    for hit in hits:
        assert hit.document.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert -1 <= hit.similarity <= 1
        assert hit.origin_id == hit.document.id
        assert hit.passage in await corpus.passages(hit.document.id)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert len(await corpus.search("copper rate drug", k=2)) == 2


async def test_the_default_embedding_finds_a_paraphrase(home: Path, library: Library) -> None:
    async with Corpus(home, embedding=MiniLM(threads=1)) as corpus:
        await corpus.add(library)
        hits = await corpus.search("borrowing costs increased by monetary policy makers", k=1)
    assert sources(hits) == ["bank"]
    assert hits[0].similarity > 0.3


async def test_text_comes_back_exactly(open_corpus: Open) -> None:
    text = "One\r\nline. soft\u00adhyphen, e\u0301, \u200b中文。 half \ud800 pair \x00 end.\r\n\r\n"
    odd = Document(title="t\ud800", publisher="p\ud800", source_id="s\ud800", text=text)
    corpus = open_corpus()
    await corpus.add([odd])
    stored = await corpus.document(odd.id)
    assert stored is not None
    assert stored.model_dump(exclude={"ingested_at"}) == odd.model_dump(exclude={"ingested_at"})
    assert stored.ingested_at
    assert await corpus.find("s\ud800") == [stored]
    assert await corpus.find(odd.id) == [stored]
    assert await corpus.find("nothing") == []


async def test_the_same_document_twice_is_one(open_corpus: Open, library: Library) -> None:
    corpus = open_corpus()
    report = await corpus.add([library[0], library[0]])
    assert (report.added, report.present) == ((library[0].id,), (library[0].id,))
    digest = await corpus.digest()
    again = library[0].model_copy(update={"ingested_at": "2026-01-01T00:00:00Z"})
    report = await corpus.add([again])
    assert (report.added, report.present, report.passages) == ((), (library[0].id,), 0)
    assert await corpus.digest() == digest
    await corpus.add(library)
    assert await corpus.digest() != digest
    assert await corpus.count() == 3


async def test_copies_rank_after_distinct_passages(open_corpus: Open, library: Library) -> None:
    copies = [
        Document(source_id=f"copy{n}", publisher=f"Copy {n}", published_at="2025-01-11", text=ORE)
        for n in range(4)
    ]
    corpus = open_corpus()
    await corpus.add([*copies, *library])
    assert await corpus.count() == 7
    hits = await corpus.search("copper mine, policy rate, migraine drug", per_document=1)
    # The original speaks for its copies; what else was found comes before them; all are there.
    assert {h.document.id for h in hits[:3]} == {d.id for d in library}
    assert sorted(sources(hits[3:])) == [f"copy{n}" for n in range(4)]
    assert {h.origin_id for h in hits[3:]} == {library[0].id}
    # Before the original was published there is none.
    assert await corpus.search("Tessaly copper", as_of=date(2025, 1, 9)) == []


async def test_as_of_hides_later_and_undated_documents(open_corpus: Open, library: Library) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    query = "copper mine rate decision migraine drug"
    assert set(sources(await corpus.search(query))) == {"ore", "bank", "pill"}
    assert set(sources(await corpus.search(query, as_of=date(2025, 2, 20)))) == {"ore", "bank"}
    assert set(sources(await corpus.search(query, as_of=date(2025, 2, 19)))) == {"ore"}
    assert await corpus.search(query, as_of=date(2025, 1, 9)) == []
    counts = [await corpus.count(day) for day in (None, date(2025, 2, 20), date(1990, 1, 1))]
    assert counts == [3, 2, 0]


async def test_later_documents_change_nothing_in_an_earlier_search(
    open_corpus: Open, library: Library
) -> None:
    query = "copper tonnes at the mine and the policy rate"
    day = date(2025, 3, 1)
    corpus = open_corpus()
    await corpus.add(library[:2])
    before = await corpus.search(query, as_of=day)
    await corpus.add(
        [
            Document(publisher=str(n), published_at="2025-07-01", text=f"{ORE} Copper {n}! {BANK}")
            for n in range(30)
        ]
    )
    assert await corpus.search(query, as_of=day) == before
    assert await corpus.search(query) != before


async def test_excluded_documents_give_their_places_to_others(
    open_corpus: Open, library: Library
) -> None:
    crowd = [Document(publisher=str(n), text=f"Copper report {n}. {ORE}") for n in range(120)]
    corpus = open_corpus()
    await corpus.add([*crowd, *library])
    left = library[1].id
    hits = await corpus.search(
        "Copper mine Tessaly",
        exclude=frozenset({*(d.id for d in crowd), library[0].id, "doc_unknown"}),
    )
    assert {h.document.id for h in hits} == {left, library[2].id}


async def test_at_most_so_many_passages_of_one_document(open_corpus: Open) -> None:
    long = Document(text="\n\n".join(f"{ORE} {BANK} {PILL} Part {n}." for n in range(6)))
    corpus = open_corpus()
    await corpus.add([long])
    for limit, expected in ((1, 1), (2, 2), (None, 6)):
        assert len(await corpus.search("copper mine", k=6, per_document=limit)) == expected


async def test_deleting_leaves_no_trace(open_corpus: Open, library: Library, home: Path) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    assert await corpus.delete(library[0].id)
    assert not await corpus.delete(library[0].id)
    assert await corpus.document(library[0].id) is None
    assert "ore" not in sources(await corpus.search("Tessaly copper mine"))
    for document in library[1:]:
        await corpus.delete(document.id)
    assert await corpus.search("anything") == []
    corpus.close()
    with sqlite3.connect(home / "corpus.sqlite3") as tables:
        for table in ("document", "passage", "document_terms", "passage_terms", "shingle", "kin"):
            assert tables.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    tables.close()


async def test_reopening_gives_equal_hits(open_corpus: Open, library: Library) -> None:
    queries = ["copper mine", "policy rate of the bank", "drug trial patients", "7.1 percent"]
    corpus = open_corpus()
    await corpus.add(library)
    first = [await corpus.search(q) for q in queries]
    assert first == [await corpus.search(q) for q in queries]
    corpus.close()
    again = open_corpus()
    assert [await again.search(q) for q in queries] == first
    assert await again.count() == 3


async def test_order_of_adding_does_not_matter(tmp_path: Path, library: Library) -> None:
    found = []
    for name, documents in (("one", library), ("other", library[::-1])):
        async with Corpus(tmp_path / name, embedding=Words()) as corpus:
            for document in documents:
                await corpus.add([document.model_copy(update={"ingested_at": "2025-01-01"})])
            found.append(await corpus.search("copper policy drug"))
    assert found[0] == found[1]


async def test_searches_and_adds_at_the_same_time(open_corpus: Open, library: Library) -> None:
    corpus = open_corpus()
    more = [Document(publisher=str(n), text=f"{ORE} Number {n}.") for n in range(20)]
    adding = asyncio.gather(corpus.add(library), corpus.add([*more, *library]))
    await asyncio.gather(
        *(corpus.search("copper mine") for _ in range(6)),
        *(corpus.similarity(["copper"], [ORE]) for _ in range(6)),
    )
    one, other = await adding
    assert sorted([*one.added, *other.added]) == sorted(d.id for d in [*more, *library])
    assert await corpus.count() == 23


async def test_similarity_is_a_table(open_corpus: Open) -> None:
    corpus = open_corpus()
    table = await corpus.similarity([ORE, BANK], [ORE, BANK, PILL])
    assert [len(row) for row in table] == [3, 3]
    assert table[0][0] == pytest.approx(1)
    assert table[0][0] > table[0][1]
    assert await corpus.similarity([], [ORE]) == []
    assert await corpus.similarity([ORE], []) == [[]]


async def test_listing_is_latest_first_with_filters(open_corpus: Open, library: Library) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    listed = await corpus.documents()
    assert [d.source_id for d in listed] == ["bank", "ore", "pill"]
    assert await corpus.documents(publisher="Ore Daily") == [listed[1]]
    assert await corpus.documents(since=date(2025, 2, 1)) == [listed[0]]
    assert await corpus.documents(until=date(2025, 2, 1)) == [listed[1]]
    assert await corpus.documents(limit=1, offset=1) == [listed[1]]


async def test_progress_reaches_the_total(open_corpus: Open) -> None:
    seen: list[tuple[int, int]] = []
    documents = [Document(publisher=str(n), text=f"Note {n} on copper.") for n in range(600)]
    report = await open_corpus().add(documents, progress=lambda *at: seen.append(at))
    assert len(report.added) == report.passages == 600
    assert seen[-1] == (600, 600)
    assert len(seen) > 1


async def test_a_document_without_words_is_kept(open_corpus: Open) -> None:
    blank = Document(text=" \r\n--\r\n", publisher="Blank")
    corpus = open_corpus()
    report = await corpus.add([blank])
    assert (report.added, report.passages) == ((blank.id,), 0)
    assert await corpus.document(blank.id) is not None
    assert await corpus.search("--") == []


async def test_another_embedding_is_refused(open_corpus: Open, library: Library) -> None:
    corpus = open_corpus()
    await corpus.add(library)
    corpus.close()
    with pytest.raises(CorpusUnusable, match="UNDERWRITE_EMBEDDING_URL"):
        open_corpus(embedding=Words("other words dim:32", 32))
    assert await open_corpus().count() == 3


def change(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "corpus.sqlite3")
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda home: change(home, "UPDATE meta SET value = '999' WHERE key = 'schema_version'"),
        lambda home: change(home, "DELETE FROM meta WHERE key = 'schema_version'"),
        lambda home: change(home, "DROP TABLE meta"),
    ],
    ids=["newer", "unmarked", "not ours"],
)
def test_another_version_is_refused(
    open_corpus: Open, home: Path, spoil: Callable[[Path], None]
) -> None:
    open_corpus().close()
    spoil(home)
    with pytest.raises(CorpusUnusable, match="version"):
        open_corpus()


def test_a_file_that_is_no_database_is_refused(open_corpus: Open, home: Path) -> None:
    home.mkdir()
    (home / "corpus.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(CorpusUnusable, match="not a corpus"):
        open_corpus()


def test_an_unreachable_server_is_named(open_corpus: Open) -> None:
    with pytest.raises(CorpusUnusable, match="UNDERWRITE_CHROMA_URL"):
        open_corpus(chroma_url="http://127.0.0.1:9")


async def test_a_closed_corpus_says_so(open_corpus: Open) -> None:
    corpus = open_corpus()
    corpus.close()
    corpus.close()
    with pytest.raises(CorpusUnusable, match="closed"):
        await corpus.count()
