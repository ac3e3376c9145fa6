"""Readers: one module per kind of source, each from bytes or text to drafts of documents."""

from tools.readers.draft import Draft, Reading, RowProblem, Unreadable
from tools.readers.finish import Overrides, finish
from tools.readers.kinds import kind_of_name, kind_of_response, kind_of_words, read_bytes

__all__ = [
    "Draft",
    "Overrides",
    "Reading",
    "RowProblem",
    "Unreadable",
    "finish",
    "kind_of_name",
    "kind_of_response",
    "kind_of_words",
    "read_bytes",
]
