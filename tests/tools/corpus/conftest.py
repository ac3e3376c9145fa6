from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.evidence import Document
from tests.tools.corpus.fakes import Words
from tools.corpus.store import Corpus

Open = Callable[..., Corpus]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


@pytest.fixture
def open_corpus(home: Path) -> Iterator[Open]:
    """Opens the corpus at `home` with the small embedding; closes what the test leaves open."""
    opened: list[Corpus] = []

    def open_(**options: object) -> Corpus:
        settings: dict[str, object] = {"embedding": Words(), **options}
        corpus = Corpus(home, **settings)  # type: ignore[arg-type]
        opened.append(corpus)
        return corpus

    yield open_
    for corpus in opened:
        corpus.close()


ORE = (
    "Halvard Minerals will halt its Tessaly copper mine for 40 days, the company said. "
    "The mine produces 18,500 tonnes of copper a year and employs 620 people. "
    "Managers blamed a flooded shaft."
)
BANK = (
    "The central bank of Norvia raised its policy rate by 25 basis points to 4.75 percent. "
    "Governor Ilka Brandt said that inflation was falling too slowly. "
    "Two members voted against the decision."
)
PILL = (
    "Regulators approved the migraine drug Avolexa made by Corvin Pharma on Monday. "
    "A trial with 1,204 patients found fewer headaches than with placebo. "
    "The company expects to sell it from October."
)


@pytest.fixture
def library() -> list[Document]:
    """Three stories on different days, one of them undated."""
    return [
        Document(
            source_id="ore", title="Mine halted", publisher="Ore Daily",
            published_at="2025-01-10", text=ORE,
        ),
        Document(
            source_id="bank", title="Rates up", publisher="Coin Post",
            published_at="2025-02-20T09:30:00Z", text=BANK,
        ),
        Document(source_id="pill", title="Drug approved", publisher="Health Wire", text=PILL),
    ]  # fmt: skip
