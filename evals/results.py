"""What an evaluation run leaves behind: one JSON file that people, gates and comparisons read.

A run is `<folder>/<run id>.json`, rewritten after every step and marked unfinished until the
last. What the run asked and was answered lies beside it in `<folder>/<run id>/`, so that it can
go on where it stopped.

Figures follow from the scores of the samples by a rule that is written with them, so two runs
can be compared sample by sample without knowing the suites.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from agents.evidence import Record
from evals.data import DatasetError

__all__ = [
    "Better",
    "Cited",
    "EvalRun",
    "Failure",
    "Figure",
    "RunMissing",
    "Sample",
    "Suite",
    "answers_folder",
    "digest_of",
    "files_digest",
    "load_run",
    "new_run_id",
    "results_folder",
    "revision",
    "save_run",
    "write_whole",
]

Better = Literal["higher", "lower", "neither"]


class RunMissing(DatasetError):
    """There is no such run, or its file is not one; the message says where was looked."""


class Figure(Record):
    """One figure of a suite with its 95 percent interval."""

    value: float | None
    """None where nothing defines it (no rows, one class only); `note` says why."""
    low: float | None = None
    high: float | None = None
    n: int
    """Samples behind it."""
    better: Better
    unit: str = ""
    """Empty for shares of 0 to 1; else `seconds`, `tokens`, `violations`, …"""
    rule: str = ""
    """How it follows from the samples' scores, see `evals.figure_rules`; empty: it does not."""
    note: str = ""


class Cited(Record):
    """A citation of a failed sentence, as a reader sees it."""

    marker: str
    quote: str
    document: str
    publisher: str = ""
    date: str = ""


class Failure(Record):
    """One thing that went wrong, with what a person needs to judge it."""

    sample: str
    where: str
    """Figure or check that it counts against, with the place: `2.figure summary[1]`."""
    sentence: str = ""
    citations: tuple[Cited, ...] = ()
    why: str


class Sample(Record):
    """One row, question or sentence. An unscored one has an error; it is never zero."""

    id: str
    scores: dict[str, float | None] = Field(default_factory=dict)
    """By name; None where the sample asks for nothing of the kind."""
    error: str = ""
    kind: str = ""
    """What it tests, in a word: the kind of a question, the trap of a claim."""


class Suite(Record):
    """What one suite found."""

    name: str
    figures: dict[str, Figure] = Field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    failures: tuple[Failure, ...] = ()
    unscored: int = 0
    plots: dict[str, Any] = Field(default_factory=dict)
    """reliability: [{from, count, sure, right}]; precision_coverage: [[coverage, precision]];
    scatter: [[gold, said]]; cost: {stage: {calls, prompt_tokens, cached_tokens,
    completion_tokens, seconds}}."""
    partial: bool = False
    """Stopped before its last sample; `note` says why."""
    note: str = ""
    seconds: float = 0.0
    data_digest: str = ""
    """Of the files the suite read."""


class EvalRun(Record):
    """One run of suites."""

    id: str
    at: str
    """UTC, ISO 8601: when it began."""
    finished: bool = False
    git_revision: str = ""
    git_dirty: bool = False
    """Whether tracked files differed from the revision."""
    model: str = ""
    engine: str = ""
    """Where the model ran: `silent`, `embedded` or the server's URL."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """Digest of each prompt by name."""
    corpus_digest: str = ""
    """Of the set's documents."""
    data: str = ""
    """`package` or the folder of the set."""
    data_digest: str = ""
    """Of all files of the set."""
    encoder: str = ""
    machine: str = ""
    command: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    """What the run was asked to do; `--resume` goes on with the same."""
    suites: dict[str, Suite] = Field(default_factory=dict)


def new_run_id() -> str:
    """`20260103-171500-1a2b3c`: sorts by time."""
    return f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"


def digest_of(*parts: str | bytes) -> str:
    """First 16 hex digits of the SHA-256 of the parts, each with its length."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()[:16]


def files_digest(paths: Iterable[Path]) -> str:
    """Digest of contents and names of files, whatever their folder; empty without files."""
    files = sorted(paths, key=lambda path: path.name)
    return digest_of(*(p for f in files for p in (f.name, f.read_bytes()))) if files else ""


def revision(folder: Path | None = None) -> tuple[str, bool]:
    """Git revision of the code and whether tracked files differ from it; "" outside a checkout."""
    where = folder or Path(__file__).parent

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(where), *arguments], capture_output=True, text=True, check=True,
            timeout=20,
        )  # fmt: skip
        return done.stdout.strip()

    try:
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain", "-uno"))
    except (OSError, subprocess.SubprocessError):
        return "", False


def results_folder(home: Path) -> Path:
    """Where runs go when nothing is said: `evals/results` of the checkout one stands in, else
    `evals` under the home."""
    here = Path("evals")
    inside = here.is_dir() and here.resolve() == Path(__file__).resolve().parent
    return here / "results" if inside else home / "evals"


def answers_folder(folder: Path, run_id: str) -> Path:
    """What a run was answered, so that nothing is asked twice."""
    return folder / run_id


def save_run(run: EvalRun, folder: Path) -> Path:
    """Write the run whole or not at all; an earlier state of it is replaced."""
    path = folder / f"{run.id}.json"
    write_whole(path, run.model_dump_json(indent=1) + "\n")
    return path


def write_whole(path: Path, text: str) -> None:
    """The file has either its old content or all of `text`, whenever the program stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as out:
            out.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load_run(name: str | Path, folder: Path) -> EvalRun:
    """A run by id, by the beginning of its id, or by file. Raises RunMissing."""
    given = Path(name)
    path = given if given.suffix == ".json" and given.is_file() else folder / f"{name}.json"
    if not path.is_file():
        near = sorted(folder.glob(f"{name}*.json")) if folder.is_dir() else []
        if len(near) != 1:
            what = f"{len(near)} runs begin with" if near else "no run"
            raise RunMissing(f"{what} {name} in {folder}; `underwrite eval --list` shows them")
        path = near[0]
    try:
        return EvalRun.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, ValueError) as error:
        raise RunMissing(f"{path} is not an evaluation run: {error}") from error
