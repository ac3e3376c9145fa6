"""The record of a run while it runs: written after every suite and every question."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

from agents.ports import PortError
from evals.data import CLAIM_FILES, DatasetError, find
from evals.results import (
    EvalRun,
    Suite,
    digest_of,
    files_digest,
    load_run,
    new_run_id,
    revision,
    save_run,
)
from evals.retrieval_suite import retrieval_folder
from evals.work import Options
from prompts import all_digests
from tools.encoder.weights import SHIPPED, manifest_of
from tools.settings import Settings

__all__ = ["Recorder", "begin", "resume"]

_SET_FILES = (
    "documents*.jsonl", "questions*.jsonl", "paraphrases*.jsonl", "sentiment*.jsonl",
    "injection*.jsonl", "injection/*.jsonl", *CLAIM_FILES,
)  # fmt: skip


class Recorder:
    """Keeps the run's file as it should be read if the program stopped now."""

    def __init__(
        self, run: EvalRun, folder: Path, say: Callable[[str], None] = lambda line: None
    ) -> None:
        self.run = run
        self.folder = folder
        self._say = say
        self.save()

    @property
    def path(self) -> Path:
        return self.folder / f"{self.run.id}.json"

    def save(self) -> None:
        save_run(self.run, self.folder)

    def update(self, suite: Suite) -> None:
        """Put the state of a suite into the record."""
        suite = suite.model_copy(update={"data_digest": self.run.data_digest})
        suites = {**self.run.suites, suite.name: suite}
        self.run = self.run.model_copy(update={"suites": suites})
        self.save()

    def stopped(self, name: str, why: str) -> None:
        """Mark a suite as partial, whatever it has, and say why."""
        suite = self.run.suites.get(name) or Suite(name=name)
        self.update(suite.model_copy(update={"partial": True, "note": why}))

    def opened(self, model: str) -> None:
        """Note the model that answers. Raises DatasetError when it is another than before."""
        known = self.run.model
        if known and model and known != model:
            raise DatasetError(
                f"run {self.run.id} was begun with {known}, and the server now has {model}: start"
                " a new run, or name the model (--model)"
            )
        if model and not known:
            self.run = self.run.model_copy(update={"model": model})
            self.save()

    def finish(self) -> None:
        whole = not any(suite.partial for suite in self.run.suites.values())
        self.run = self.run.model_copy(update={"finished": whole})
        self.save()


def _engine(options: Options, settings: Settings) -> str:
    if options.silent:
        return "silent"
    if settings.model_url:
        url = urlsplit(settings.model_url)
        return f"{url.scheme}://{url.hostname}{f':{url.port}' if url.port else ''}{url.path}"
    return f"embedded ({settings.model_path.name})" if settings.model_path else "embedded"


def _program(path: str) -> list[str]:
    """What to type for this program: a module's file cannot be run by its name."""
    return ["python", "-m", "evals"] if Path(path).name == "__main__.py" else [Path(path).name]


def _encoder() -> str:
    """Name and digest of the shipped encoder with its calibration; empty without weights."""
    folder = SHIPPED / "encoder"
    try:
        name = manifest_of(folder).name
        parts = [(folder / file).read_bytes() for file in ("manifest.json", "verifier.json")]
    except (PortError, OSError):
        return ""
    return f"{name} {digest_of(*parts)[:8]}"


def _digests(data: Path | None) -> tuple[str, str]:
    """Of the set's documents, and of all its files."""
    documents = find(data, "documents*.jsonl")
    files = {path for pattern in _SET_FILES for path in find(data, pattern)}
    retrieval = retrieval_folder(data)
    if retrieval is not None:
        files.add(retrieval / "dev" / "retrieval.jsonl")
    return files_digest(documents), files_digest(files)


def begin(options: Options, settings: Settings) -> EvalRun:
    """A new run with everything that can be known before it starts."""
    code, dirty = revision()
    corpus, data = _digests(options.folder)
    return EvalRun(
        id=new_run_id(),
        at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        git_revision=code,
        git_dirty=dirty,
        engine=_engine(options, settings),
        prompts=all_digests(),
        corpus_digest=corpus,
        data=options.data or "package",
        data_digest=data,
        encoder=_encoder(),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        command=shlex.join([*_program(sys.argv[0]), *sys.argv[1:]]),
        options=options.model_dump(mode="json"),
    )


def resume(run_id: str, folder: Path, settings: Settings) -> tuple[EvalRun, Options, list[str]]:
    """A run that stopped, what it was asked to do, and what is worth a warning.

    Raises RunMissing, and DatasetError when what it was begun with is no longer there: answers to
    other questions, prompts or documents would stand in one table.
    """
    run = load_run(run_id, folder)
    options = Options.model_validate(run.options)
    if run.finished:
        raise DatasetError(f"run {run.id} is finished; start a new one without --resume")
    fresh = begin(options, settings)
    changed = [
        name for name, was, now in (
            ("the evaluation set", run.data_digest, fresh.data_digest),
            ("the prompts", run.prompts, fresh.prompts),
            ("the encoder", run.encoder, fresh.encoder),
            ("the engine", run.engine, fresh.engine),
        )
        if was != now
    ]  # fmt: skip
    if changed:
        raise DatasetError(
            f"run {run.id} cannot go on: {' and '.join(changed)} changed since it began; start a"
            " new run"
        )
    warnings = []
    if (run.git_revision, run.git_dirty) != (fresh.git_revision, fresh.git_dirty):
        warnings.append(
            f"the code changed since run {run.id} began, so its figures are of two versions"
        )
        run = run.model_copy(update={"git_dirty": True})
    return run, options, warnings
