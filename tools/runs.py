"""The run store: every published brief with the documents it rests on, and what is unfinished.

One folder a run under `<home>/runs`:

    record.json      what was asked and how far it got; enough to resume
    brief.json       the published brief (only when done)
    documents.jsonl  the documents it cites, as they were, so that every quote can be shown
                     after the corpus has changed

Files are written whole and renamed into place, so a crash leaves the old file or the new one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from agents.brief import Brief
from agents.evidence import Document, Record
from agents.ports import BadInput

__all__ = ["RunNotFound", "RunStatus", "RunStore", "RunSummary"]

Kind = Literal["ask", "analyze"]
State = Literal["started", "interrupted", "failed", "done"]
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RunNotFound(BadInput):
    """No such run, or it has no brief yet; the message says which and what to do."""


class RunStatus(Record):
    """What was asked and how far it got."""

    id: str
    kind: Kind
    question: str
    """The question, or the title of the analysed article."""
    source: str | None = None
    """Path or URL of the analysed article, as given."""
    as_of: str | None = None
    state: State
    started_at: str
    updated_at: str
    message: str = ""
    """Why it failed or stopped."""


class RunSummary(Record):
    """One line of `runs list`."""

    id: str
    kind: Kind
    question: str
    as_of: str | None
    state: State
    started_at: str
    status: str | None = None
    """The brief's status once done."""


class RunStore:
    """Runs under one folder. Methods are quick and synchronous; several processes may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(
        self,
        run_id: str,
        *,
        kind: Kind,
        question: str,
        as_of: str | None = None,
        source: str | None = None,
        documents: Iterable[Document] = (),
    ) -> RunStatus:
        """Record that a run began, before anything is paid for. Starting again keeps the time.

        documents: what the run needs that the corpus does not hold (the analysed article).
        """
        now = _now()
        began = now
        if self._file(run_id, "record.json").is_file():
            began = self.status(run_id).started_at
        status = RunStatus(
            id=run_id, kind=kind, question=question, source=source, as_of=as_of,
            state="started", started_at=began, updated_at=now,
        )  # fmt: skip
        kept = list(documents)
        if kept:
            self._write_documents(run_id, kept)
        self._write(run_id, "record.json", status.model_dump_json(indent=1))
        return status

    def mark(self, run_id: str, state: State, message: str = "") -> RunStatus:
        """Change the state of a started run. Raises RunNotFound."""
        status = self.status(run_id).model_copy(
            update={"state": state, "message": message, "updated_at": _now()}
        )
        self._write(run_id, "record.json", status.model_dump_json(indent=1))
        return status

    def save(
        self, brief: Brief, documents: Iterable[Document] = (), *, kind: Kind = "ask"
    ) -> Path:
        """Store a published brief with the documents it rests on; returns the run's folder."""
        run_id = brief.run.id
        self._write_documents(run_id, documents)
        self._write(run_id, "brief.json", brief.model_dump_json(indent=1))
        if not self._file(run_id, "record.json").is_file():
            self.start(run_id, kind=kind, question=brief.question, as_of=brief.as_of)
        # Last, so that a run is `done` only when all of it is there.
        self.mark(run_id, "done")
        return self.folder / run_id

    def load(self, run_id: str) -> Brief:
        """The brief of a run. Raises RunNotFound; says how to resume an unfinished run."""
        status = self.status(run_id)
        path = self._file(run_id, "brief.json")
        if not path.is_file():
            raise RunNotFound(
                f"Run {run_id} has no brief ({status.state}"
                f"{': ' + status.message if status.message else ''})."
                f" Resume it: underwrite runs resume {run_id}"
            )
        try:
            return Brief.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise RunNotFound(
                f"Run {run_id} was written by another version of Underwrite ({path}):"
                f" {error.error_count()} fields differ"
            ) from error

    def status(self, run_id: str) -> RunStatus:
        """Raises RunNotFound."""
        path = self._file(run_id, "record.json")
        try:
            return RunStatus.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise RunNotFound(
                f"There is no run {run_id}. See: underwrite runs list"
            ) from None
        except ValidationError as error:
            raise RunNotFound(f"{path} is damaged: {error.error_count()} errors") from error

    def documents(self, run_id: str) -> list[Document]:
        """The documents stored with a run. Raises RunNotFound for an unknown run."""
        self.status(run_id)
        path = self._file(run_id, "documents.jsonl")
        if not path.is_file():
            return []
        # Only "\n" ends a record: str.splitlines would also break at U+2028 inside one.
        lines = path.read_text(encoding="utf-8").split("\n")
        return [Document.model_validate_json(line) for line in lines if line]

    def list(self) -> list[RunSummary]:
        """All readable runs, newest first."""
        found: list[RunSummary] = []
        for record in self.folder.glob("*/record.json"):
            try:
                status = self.status(record.parent.name)
            except RunNotFound:
                continue  # a damaged record must not hide the others; `status` names it
            found.append(
                RunSummary(
                    **status.model_dump(include=set(RunSummary.model_fields)),
                    status=self._brief_status(status),
                )
            )
        return sorted(found, key=lambda run: (run.started_at, run.id), reverse=True)

    def delete(self, run_id: str) -> None:
        """Remove a run and all it holds. Raises RunNotFound."""
        self.status(run_id)
        shutil.rmtree(self.folder / run_id)

    def _brief_status(self, status: RunStatus) -> str | None:
        if status.state != "done":
            return None
        try:
            content = json.loads(self._file(status.id, "brief.json").read_bytes())
        except (OSError, ValueError):
            return None
        value = content.get("status") if isinstance(content, dict) else None
        return value if isinstance(value, str) else None

    def _file(self, run_id: str, name: str) -> Path:
        if not _ID.fullmatch(run_id):
            # Also keeps an id from the command line inside the folder.
            raise RunNotFound(f"{run_id!r} is not a run id. See: underwrite runs list")
        return self.folder / run_id / name

    def _write_documents(self, run_id: str, documents: Iterable[Document]) -> None:
        unique = {document.id: document for document in (*self._stored(run_id), *documents)}
        lines = [unique[key].model_dump_json() + "\n" for key in sorted(unique)]
        self._write(run_id, "documents.jsonl", "".join(lines))

    def _stored(self, run_id: str) -> Iterable[Document]:
        known = self._file(run_id, "record.json").is_file()
        return self.documents(run_id) if known else []

    def _write(self, run_id: str, name: str, content: str) -> None:
        path = self._file(run_id, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
