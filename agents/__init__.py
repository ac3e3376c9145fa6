"""What the desk thinks: the vocabulary, the agents and the graph. `Desk` is the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.desk import Desk

__all__ = ["Desk"]


def __getattr__(name: str) -> Any:
    # Not imported here: the records are used by programs that need neither Chroma nor LangGraph.
    if name == "Desk":
        from agents.desk import Desk

        return Desk
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
