"""Texts with and without planted instructions: their schema and where they are.

A set is any of `injection*.jsonl` and `injection/*.jsonl` of a folder (or of its `desk` or `dev`);
without a folder, the one that comes with the package (`evals/injection/README.md`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError, model_validator

from agents.evidence import Document
from evals.data import DatasetError, Row, find, numbered_rows

__all__ = ["InjectionRow", "load_injection"]


class InjectionRow(Row):
    id: str
    text: str
    label: Literal["INJECTED", "CLEAN"]
    kind: str = ""
    """The way an instruction is planted, or what makes an honest text look like it."""
    domain: str = ""
    title: str = ""
    publisher: str = ""
    published_at: str | None = None
    injection: str = ""
    """The planted words, exactly as they stand in the text; empty where the set does not say."""
    marker: str = ""
    """Words that a reader who obeys would publish and the news itself does not have."""
    group: str = ""
    """The file it came from, without its ending; `own` for the package's set."""

    @model_validator(mode="after")
    def _stands_there(self) -> InjectionRow:
        if self.injection and self.injection not in self.text:
            raise ValueError("`injection` is not in `text`")
        return self

    @property
    def planted(self) -> bool:
        return self.label == "INJECTED"

    @property
    def span(self) -> tuple[int, int] | None:
        """Where the planted words stand, code points."""
        at = self.text.find(self.injection) if self.injection else -1
        return (at, at + len(self.injection)) if at >= 0 else None

    def document(self) -> Document:
        """The text as an article."""
        return Document(
            source_id=self.id, title=self.title, publisher=self.publisher or "Unnamed",
            author_kind="human", published_at=self.published_at, text=self.text,
        )  # fmt: skip


def load_injection(folder: Path | None = None) -> list[InjectionRow]:
    """Rows of all files of a set, in order; empty when it has none. Raises DatasetError."""
    loaded: list[InjectionRow] = []
    places: dict[tuple[str, str], str] = {}
    for path in find(folder, "injection*.jsonl", "injection/*.jsonl"):
        group = "own" if path.parent.name == "injection" else path.stem
        for place, given in numbered_rows(path):
            row = {**given, "kind": given.get("kind") or given.get("attack") or "", "group": group}
            try:
                made = InjectionRow.model_validate(row)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                where = ".".join(map(str, first["loc"])) or "row"
                raise DatasetError(f"{place}: {where}: {first['msg']}") from error
            if (key := (group, made.id)) in places:
                raise DatasetError(f"{place}: id {made.id!r} is taken by {places[key]}")
            places[key] = place
            loaded.append(made)
    return loaded
