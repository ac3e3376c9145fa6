"""What the runner hands to every suite: the set, the desk, what was answered before, and where
to put what was found.

A suite keeps every answer as soon as it has it. A run that stops, for whatever reason, is taken
up from those answers and asks only for the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from agents.brief import Brief
from agents.evidence import Record
from evals.desk_access import open_desk
from evals.desk_report import QuestionResult
from evals.results import Suite, digest_of, write_whole

__all__ = ["Ask", "Opener", "Options", "Shelf", "Work"]

Opener = Callable[..., AbstractAsyncContextManager[Any]]
"""As `evals.desk_access.open_desk`; tests hand in one with a scripted desk."""
Ask = Callable[[Iterable[Mapping[str, Any]]], AsyncIterator[dict[str, Any]]]
"""`Desk.verify` and `Desk.sentiment`."""


class Options(Record):
    """What a run was asked to do; kept in its record, so that it can go on."""

    suites: tuple[str, ...] = ()
    data: str = ""
    """Folder of the set; empty for the one that comes with the package."""
    only: tuple[str, ...] = ()
    """Question ids; empty for all."""
    briefs: str = ""
    """Folder where briefs are saved too, or read from by suites of saved briefs."""
    model: str | None = None
    silent: bool = False
    """No language model at all, see `evals.silent_model`."""
    ablate: bool = False

    @property
    def folder(self) -> Path | None:
        return Path(self.data) if self.data else None


class Shelf:
    """Briefs by name, as JSON files; `python -m evals.desk_suite --rescore FOLDER` reads them."""

    def __init__(self, *folders: Path, reuse: bool = True) -> None:
        self._folders = folders
        self._reuse = reuse

    def load(self, name: str) -> Brief | None:
        """A brief that was kept in the first folder; None when there is none or none is reused."""
        path = self._path(self._folders[0], name) if self._reuse and self._folders else None
        if path is None or not path.is_file():
            return None
        return Brief.model_validate_json(path.read_bytes())

    def keep(self, name: str, brief: Brief) -> None:
        text = json.dumps(brief.model_dump(mode="json"), ensure_ascii=False, indent=1)
        for folder in self._folders:
            write_whole(self._path(folder, name), text)

    @staticmethod
    def _path(folder: Path, name: str) -> Path:
        return folder / f"{_file_name(name)}.json"


def _file_name(name: str) -> str:
    """The name where it can be a file's, else a safe part of it and a digest."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        return name
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', name)[:60]}-{digest_of(name)[:8]}"


class Work:
    """One run, as its suites see it."""

    def __init__(
        self,
        options: Options,
        folder: Path,
        *,
        say: Callable[[str], None] = lambda line: None,
        update: Callable[[Suite], None] = lambda suite: None,
        opened: Callable[[str], None] = lambda model: None,
        opener: Opener = open_desk,
    ) -> None:
        self.options = options
        self.folder = folder
        """What this run was answered, a folder or file for each suite."""
        self.say = say
        """Tell the person who waits, in one line."""
        self.update = update
        """Put the state of a suite into the run's record, before the suite is done."""
        self.crashed: list[QuestionResult] = []
        """Results of questions on which the desk failed; they are not asked twice in one run."""
        self._opened = opened
        self._opener = opener

    @property
    def data(self) -> Path | None:
        return self.options.folder

    @property
    def desk_briefs(self) -> Path:
        """The desk's briefs on the questions of the set, `<question id>.json`."""
        return self.folder / "desk"

    def shelf(self, suite: str) -> Shelf:
        """Where a suite keeps the briefs it asked for. The desk's are also put where `briefs`
        says."""
        also = [Path(self.options.briefs)] if self.options.briefs and suite == "desk" else []
        return Shelf(self.folder / suite, *also)

    @asynccontextmanager
    async def desk(
        self,
        documents: Sequence[Path] = (),
        *,
        need_model: bool = True,
        home: Path | None = None,
        cache: bool = True,
    ) -> AsyncIterator[Any]:
        """A desk over these document files and nothing else, with the run's model.

        home: a folder to use and keep; a temporary one otherwise. cache: False where a second
        answer may not be a copy of the first.
        """
        async with self._opener(
            documents,
            home=home,
            model=self.options.model,
            silent=self.options.silent and need_model,
            need_model=need_model,
            cache=cache,
        ) as desk:
            if need_model:
                self._opened(str(getattr(getattr(desk, "model", None), "name", "")))
            yield desk

    async def answers(
        self, suite: str, rows: Sequence[Mapping[str, Any]], ask: Ask
    ) -> AsyncIterator[dict[str, Any]]:
        """What `ask` says to each row, in order; rows answered before are not asked again.

        Rows have an `id`. A row that was answered with an error is asked again.
        """
        path = self.folder / f"{suite}.jsonl"
        known = _answered(path)
        waiting = [row for row in rows if str(row["id"]) not in known]
        fresh = ask(waiting)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="surrogatepass") as kept:
            kept.write("\n" if kept.tell() else "")  # after a line that a stop cut off
            for row in rows:
                name = str(row["id"])
                if name in known:
                    yield known[name]
                    continue
                answer = await anext(fresh)
                if "error" not in answer:
                    kept.write(json.dumps({"id": name, "answer": answer}) + "\n")
                    kept.flush()
                yield answer


def _answered(path: Path) -> dict[str, dict[str, Any]]:
    """Answers by row; a last line that was cut off by a stop is not one."""
    found: dict[str, dict[str, Any]] = {}
    if path.is_file():
        for line in path.read_text("utf-8", errors="surrogatepass").split("\n"):
            try:
                kept = json.loads(line)
                found[kept["id"]] = kept["answer"]
            except (ValueError, TypeError, KeyError):
                continue
    return found
