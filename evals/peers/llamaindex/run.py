"""LlamaIndex's CitationQueryEngine over a folder of text files. Runs in its own environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike


class Peer:
    def __init__(self, setup: dict[str, Any]) -> None:
        self._settings = setup["settings"]
        self._llm = OpenAILike(
            model=setup["model"],
            api_base=setup["url"],
            api_key=setup["key"],
            is_chat_model=True,  # else it asks the completion endpoint, without a chat template
            is_function_calling_model=False,
            context_window=setup["context"],
            temperature=0.0,
            timeout=setup["timeout"],
            max_retries=0,
        )
        Settings.llm = self._llm
        Settings.embed_model = OpenAILikeEmbedding(
            model_name=setup["embedding"], api_base=setup["url"], api_key=setup["key"]
        )

    def prepare(self, folder: str, documents: list[dict[str, Any]]) -> VectorStoreIndex:
        return VectorStoreIndex.from_documents(
            [
                Document(
                    text=Path(folder, document["file"]).read_text("utf-8"),
                    metadata={"document": document["id"]},
                    excluded_embed_metadata_keys=["document"],
                    excluded_llm_metadata_keys=["document"],
                )
                for document in documents
            ]
        )

    def ask(self, index: VectorStoreIndex, question: str) -> dict[str, Any]:
        engine = CitationQueryEngine.from_args(
            index,
            llm=self._llm,
            similarity_top_k=self._settings["similarity_top_k"],
            citation_chunk_size=self._settings["citation_chunk_size"],
        )
        response = engine.query(question)
        return {
            "answer": str(response),
            "sources": [
                {"document": node.metadata["document"], "text": node.node.get_content()}
                for node in response.source_nodes
            ],
        }


def open_peer(setup: dict[str, Any]) -> Peer:
    return Peer(setup)
