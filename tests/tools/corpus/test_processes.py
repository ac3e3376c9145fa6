"""Several processes on one corpus take turns and see each other's work."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from agents.evidence import Document
from agents.ports import CorpusUnusable
from tests.tools.corpus.conftest import Open

ROOT = Path(__file__).parents[3]
ADD = """
import asyncio, sys
from pathlib import Path
from agents.evidence import Document
from tests.tools.corpus.fakes import Words
from tools.corpus.store import Corpus

async def main():
    async with Corpus(Path(sys.argv[1]), embedding=Words()) as corpus:
        for n in range(5):
            await corpus.add([
                Document(publisher=sys.argv[2], text=f"Mine {n} sold copper to {sys.argv[2]}."),
                Document(publisher="both", text=f"Both saw mine {n} sell zinc."),
            ])

asyncio.run(main())
"""


async def test_two_processes_add_while_a_third_reads(open_corpus: Open, home: Path) -> None:
    corpus = open_corpus()
    await corpus.add([Document(publisher="here", text="Mine 0 sold copper at home.")])

    def run(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", ADD, str(home), name]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    adding = asyncio.gather(*(asyncio.to_thread(run, name) for name in ("left", "right")))
    while not adding.done():
        assert await corpus.search("copper")
        await asyncio.wait([adding], timeout=0.05)
    for done in await adding:
        assert done.returncode == 0, done.stderr
    assert await corpus.count() == 1 + 5 + 5 + 5
    found = {h.document.publisher for h in await corpus.search("mine copper zinc", k=16)}
    assert found == {"here", "left", "right", "both"}
    assert corpus._keeper.vectors.ids() == corpus._ledger.passage_ids()
    corpus.close()
    again = open_corpus()
    assert again._keeper.vectors.ids() == again._ledger.passage_ids()


async def test_a_lock_that_is_held_too_long_is_named(open_corpus: Open, home: Path) -> None:
    corpus = open_corpus(wait=0)
    with FileLock(home / "lock"), pytest.raises(CorpusUnusable, match="another process"):
        await corpus.count()
    assert await corpus.count() == 0
