from __future__ import annotations

from datetime import date
from pathlib import Path

from agents.evidence import Document
from tests.tools.corpus.conftest import Open
from tools.corpus.ledger import Ledger, day_number
from tools.corpus.lexical import Lexical
from tools.corpus.words import query_tokens


def texts(*rows: tuple[str, str | None]) -> list[Document]:
    return [Document(publisher=str(n), published_at=at, text=t) for n, (t, at) in enumerate(rows)]


EARLY = texts(
    ("Copper prices rose in Tessaly. Copper is dear.", "2025-01-01"),
    ("Copper and zinc were steady on the exchange this week.", "2025-01-02"),
    ("Zinc prices fell.", "2025-01-03"),
)
LATE = texts(*((f"Zinc zinc prices everywhere, report {n}.", "2025-06-01") for n in range(20)))


async def scores(
    home: Path, day: date | None, query: str = "zinc or copper prices"
) -> list[tuple[int, float]]:
    ledger = Ledger(home / "corpus.sqlite3")
    terms = query_tokens(query)
    number = None if day is None else day_number(day)
    try:
        return Lexical(ledger).search(terms, "passage", 10, day=number)
    finally:
        ledger.close()


async def test_later_documents_do_not_change_earlier_scores(open_corpus: Open, home: Path) -> None:
    corpus = open_corpus()
    await corpus.add(EARLY)
    before = await scores(home, date(2025, 2, 1))
    assert before == await scores(home, None)
    await corpus.add(LATE)
    assert before == await scores(home, date(2025, 2, 1))
    assert before != await scores(home, None)


async def test_rare_and_repeated_terms_count_more(open_corpus: Open, home: Path) -> None:
    corpus = open_corpus()
    await corpus.add(EARLY)
    numbers = {d.id: n for n, d in enumerate(EARLY, 1)}
    ranked = await scores(home, None, "copper")
    assert [number for number, _ in ranked] == [numbers[EARLY[0].id], numbers[EARLY[1].id]]
    ranked = await scores(home, None, "fell zinc")
    assert ranked[0][0] == numbers[EARLY[2].id]


async def test_queries_are_never_read_as_syntax(open_corpus: Open) -> None:
    corpus = open_corpus()
    await corpus.add(EARLY)
    for query in ('"', "copper AND", "NEAR(copper", "copper*", "terms:copper", "-zinc", "a" * 5000):
        await corpus.search(query)
    assert await corpus.search('NOT "copper') != []
