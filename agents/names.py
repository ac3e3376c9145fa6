"""Names in text: where they are, when two are one, and which market actors a sentence affects.

The one module to import; the work is done in name_spans, name_match and actors.
"""

from __future__ import annotations

from agents.actors import Actor, actors
from agents.name_match import (
    Cluster,
    Subject,
    canonical,
    definitions,
    same_name,
    stated_ticker,
    subjects,
)
from agents.name_spans import Kind, Name, names

__all__ = [
    "Actor",
    "Cluster",
    "Kind",
    "Name",
    "Subject",
    "actors",
    "canonical",
    "definitions",
    "names",
    "same_name",
    "stated_ticker",
    "subjects",
]
