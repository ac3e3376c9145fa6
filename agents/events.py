"""Typed progress: what each agent is doing and what it found."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agents.evidence import Record

Stage = Literal[
    "open", "plan", "retrieve", "extract", "verify", "sentiment", "position", "write", "audit",
    "review", "publish",
]  # fmt: skip


class Progress(Record):
    """One thing that happened in a run, in order."""

    run_id: str
    stage: Stage
    kind: Literal["started", "found", "finished", "failed"]
    message: str
    """One line for a person, such as "claim 3 of 8: contested (2 sources)"."""
    data: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    """The same for programs: claim_id, label, count, …"""
