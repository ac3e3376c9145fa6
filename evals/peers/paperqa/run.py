"""paper-qa's Docs over a folder of text files. Runs in its own environment."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from paperqa import Docs, Settings


class Peer:
    def __init__(self, setup: dict[str, Any]) -> None:
        chosen = setup["settings"]
        model = f"openai/{setup['model']}"
        reach = {"api_base": setup["url"], "api_key": setup["key"], "timeout": setup["timeout"]}
        router = {
            "name": model,
            "model_list": [
                {
                    "model_name": model,
                    "litellm_params": {"model": model, "temperature": 0.0, **reach},
                }
            ],
            "router_kwargs": {"num_retries": 0, "timeout": setup["timeout"]},
        }
        embedding = {} if chosen["embedding"] == "sparse" else {"kwargs": reach}
        name = chosen["embedding"].replace("EMBEDDING", setup["embedding"])
        # Every role: one that is left out asks a hosted model.
        self._settings = Settings(
            llm=model,
            llm_config=router,
            summary_llm=model,
            summary_llm_config=router,
            embedding=name,
            embedding_config=embedding,
            temperature=0.0,
            agent={"agent_llm": model, "agent_llm_config": router},
            answer={
                "evidence_k": chosen["evidence_k"],
                "answer_max_sources": chosen["answer_max_sources"],
                "max_concurrent_requests": 1,
            },
            parsing={
                "use_doc_details": False,  # else titles are looked up on the network
                "multimodal": False,
                "enrichment_llm": model,
                "enrichment_llm_config": router,
            },
        )
        self._loop = asyncio.new_event_loop()

    def prepare(self, folder: str, documents: list[dict[str, Any]]) -> Docs:
        async def add() -> Docs:
            docs = Docs()
            for document in documents:
                # Given, so that no model call invents a citation for each file.
                await docs.aadd(
                    Path(folder, document["file"]),
                    citation=document["citation"],
                    docname=document["id"],
                    dockey=document["id"],
                    settings=self._settings,
                )
            return docs

        return self._loop.run_until_complete(add())

    def ask(self, docs: Docs, question: str) -> dict[str, Any]:
        session = self._loop.run_until_complete(docs.aquery(question, settings=self._settings))
        return {
            "answer": session.answer,
            "raw_answer": session.raw_answer,
            "contexts": [
                {
                    "id": context.id,
                    "document": str(context.text.doc.dockey),
                    "text": context.text.text,
                    "summary": context.context,
                    "score": context.score,
                }
                for context in session.contexts
            ],
        }


def open_peer(setup: dict[str, Any]) -> Peer:
    return Peer(setup)
