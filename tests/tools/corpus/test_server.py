"""The same corpus with its vectors on a Chroma server."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agents.evidence import Document
from tests.tools.corpus.conftest import Open
from tests.tools.corpus.fakes import Words
from tools.corpus.store import Corpus

pytestmark = pytest.mark.services


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(tmp_path / "s")]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{url}/api/v2/heartbeat").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        # Chroma does not close its HTTP clients.
        for client in [o for o in gc.get_objects() if isinstance(o, httpx.Client)]:
            client.close()
        process.terminate()
        process.wait(timeout=10)


async def test_two_homes_share_a_server(
    server: str, open_corpus: Open, library: list[Document], tmp_path: Path
) -> None:
    corpus = open_corpus(chroma_url=server)
    await corpus.add(library)
    async with Corpus(tmp_path / "other", embedding=Words(), chroma_url=server) as other:
        await other.add(library[:1])
        assert await other.count() == 1
    query = "copper mine policy rate"
    before = await corpus.search(query)
    assert {h.document.source_id for h in before} == {"ore", "bank", "pill"}
    corpus.close()
    corpus = open_corpus(chroma_url=server)
    assert await corpus.search(query) == before
    assert await corpus.delete(library[0].id)
    assert corpus._keeper.vectors.count() == corpus._ledger.passage_count() == 2
