"""The graph: plan, retrieve, extract, verify and sentiment, position, write, audit, review.

Nodes are thin: each hands records to one agent and records back to the state. A fan-out task
that fails leaves a Failure and its siblings go on; only an unusable model or corpus ends a run,
and then the checkpoint lets it be resumed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send, interrupt
from typing_extensions import TypedDict

from agents import finish, research
from agents.context import Context
from agents.events import Stage
from agents.evidence import Claim
from agents.state import Line, RunState, Source
from agents.write import unfinished

__all__ = ["ClaimTask", "LinesTask", "TargetTask", "build"]

Graph = CompiledStateGraph[RunState, Context, RunState, RunState]


class LinesTask(TypedDict):
    """One document's lines, for extraction."""

    task_lines: tuple[Line, ...]
    lines: tuple[Line, ...]
    sources: dict[str, Source]
    article: Any


class ClaimTask(TypedDict):
    """One claim, for verification."""

    claim: Claim
    line: Line
    sources: dict[str, Source]
    as_of: str | None


class TargetTask(TypedDict):
    """One target and the lines that mention it, for sentiment."""

    target: str | None
    lines: tuple[Line, ...]


Node = Callable[[Any, Runtime[Context]], Awaitable[dict[str, Any]]]


def _timed(stage: Stage, work: Callable[[Any, Context], Awaitable[dict[str, Any]]]) -> Node:
    async def node(state: Any, runtime: Runtime[Context]) -> dict[str, Any]:
        with runtime.context.timed(stage):
            return await work(state, runtime.context)

    node.__name__ = stage
    return node


def _extractions(state: RunState) -> list[Send] | str:
    groups: dict[str, list[Line]] = {}
    for line in state["lines"]:
        groups.setdefault(line.document_id, []).append(line)
    if not groups:
        # An empty list would end the run in silence.
        return "gather"
    return [
        Send(
            "extract",
            LinesTask(
                task_lines=tuple(group),
                lines=state["lines"],
                sources=state["sources"],
                article=state.get("article"),
            ),
        )
        for group in groups.values()
    ]


def _checks(state: RunState) -> list[Send] | str:
    if not state.get("claim_order"):
        return "position"
    verify = [
        Send(
            "verify",
            ClaimTask(
                claim=state["claims"][claim_id],
                line=research.line_of(state, claim_id),
                sources=state["sources"],
                as_of=state.get("as_of"),
            ),
        )
        for claim_id in state["claim_order"]
    ]
    tone = [
        Send("sentiment", TargetTask(target=target, lines=lines))
        for target, lines in research.targets(state)
    ]
    return [*verify, *tone]


def _after_audit(state: RunState) -> str:
    return "write" if unfinished(state.get("slots", ())) else "review"


async def _review(state: RunState, runtime: Runtime[Context]) -> dict[str, Any]:
    """With review on, the run stops here until a person has decided (a checkpoint holds it)."""
    if not state.get("review"):
        return {}
    decision = interrupt(
        {
            "run_id": state["run_id"],
            "claims": [
                {
                    "id": c,
                    "text": state["claims"][c].text,
                    "verdict": state["verdicts"][c].label,
                    "why": state["verdicts"][c].why,
                }
                for c in state["claim_order"]
            ],
        }
    )
    rejected = tuple(decision.get("rejected", ())) if isinstance(decision, dict) else ()
    runtime.context.emit("review", "finished", f"reviewed, {len(rejected)} rejected")
    return {"rejected": rejected}


def build(checkpointer: BaseCheckpointSaver[Any] | None = None) -> Graph:
    """The compiled graph. One run is one thread of the checkpointer."""
    graph: StateGraph[RunState, Context, RunState, RunState] = StateGraph(
        RunState, context_schema=Context
    )
    add: Any = graph.add_node
    add("plan", _timed("plan", research.plan))
    add("retrieve", _timed("retrieve", research.retrieve))
    add("extract", _timed("extract", research.extract))
    add("gather", _timed("extract", research.gather))
    add("verify", _timed("verify", research.verify))
    add("sentiment", _timed("sentiment", research.sentiment))
    add("position", _timed("position", finish.position))
    add("write", _timed("write", finish.write))
    add("audit", _timed("audit", finish.audit))
    add("review", _review)
    add("publish", _timed("publish", finish.publish))
    graph.add_edge(START, "plan")
    graph.add_edge("plan", "retrieve")
    graph.add_conditional_edges("retrieve", _extractions, ["extract", "gather"])
    graph.add_edge("extract", "gather")
    graph.add_conditional_edges("gather", _checks, ["verify", "sentiment", "position"])
    graph.add_edge(["verify", "sentiment"], "position")
    graph.add_edge("position", "write")
    graph.add_edge("write", "audit")
    graph.add_conditional_edges("audit", _after_audit, ["write", "review"])
    graph.add_edge("review", "publish")
    graph.add_edge("publish", END)
    return graph.compile(checkpointer=checkpointer)
