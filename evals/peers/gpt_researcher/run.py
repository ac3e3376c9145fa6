"""gpt-researcher on local documents. Runs in its own environment.

Its settings are environment variables, read when a researcher is made.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
from pathlib import Path
from typing import Any


def _offline_encodings() -> None:
    """Point tiktoken at the encoding files that litellm ships, else it downloads them."""
    found = importlib.util.find_spec("litellm")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "litellm_core_utils" / "tokenizers"
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)


class Peer:
    def __init__(self, setup: dict[str, Any]) -> None:
        model = f"openai:{setup['model']}"
        os.environ |= {
            "OPENAI_BASE_URL": setup["url"],
            "OPENAI_API_KEY": setup["key"],
            "FAST_LLM": model,
            "SMART_LLM": model,
            "STRATEGIC_LLM": model,
            "EMBEDDING": f"custom:{setup['embedding']}",
            # Planning searches the web in local mode too; with nothing to reach it invents.
            "RETRIEVER": "custom",
            "RETRIEVER_ENDPOINT": f"{setup['url']}/nothing",
            "REPORT_SOURCE": "local",
            **{name: str(value) for name, value in setup["settings"].items()},
        }
        _offline_encodings()
        from gpt_researcher import GPTResearcher

        self._researcher = GPTResearcher
        self._loop = asyncio.new_event_loop()

    def prepare(self, folder: str, documents: list[dict[str, Any]]) -> str:
        present = sorted(document["file"] for document in documents)
        assert sorted(path.name for path in Path(folder).iterdir()) == present
        return folder

    def ask(self, folder: str, question: str) -> dict[str, Any]:
        async def research() -> dict[str, Any]:
            os.environ["DOC_PATH"] = folder
            researcher = self._researcher(
                query=question, report_type="research_report", report_source="local", verbose=False
            )
            await researcher.conduct_research()
            report = await researcher.write_report()
            context = researcher.context
            joined = context if isinstance(context, str) else "\n".join(map(str, context))
            return {"report": report, "context": joined}

        return self._loop.run_until_complete(research())


def open_peer(setup: dict[str, Any]) -> Peer:
    return Peer(setup)
