"""The shipped weights: which files there are, and that they are the ones that were measured.

A folder of weights holds `manifest.json`, made by the training commands, with the SHA-256 of
every other file. Each file is checked before it is used; one that is missing, damaged or swapped
is refused by name.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from agents.evidence import Record
from agents.ports import ModelUnusable

__all__ = ["SHIPPED", "Manifest", "checked", "manifest_of", "read_json", "recorded"]

SHIPPED: Final = Path(__file__).resolve().parents[2] / "weights"
"""The weights that come with the project."""


class Manifest(Record):
    """What a folder of weights holds."""

    name: str
    """Of the model, with its version: what runs and calibrations are recorded under."""
    base: str
    files: dict[str, str] = Field(min_length=1)
    """SHA-256 of each file, by name."""


def manifest_of(folder: Path) -> Manifest:
    """Raises ModelUnusable when there is no readable manifest."""
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelUnusable(
            f"The encoder weights are missing ({path}): reinstall Underwrite, or take the "
            f"folder `weights/` from its repository."
        ) from error
    except (OSError, ValidationError) as error:
        raise ModelUnusable(f"{path} cannot be read as a manifest of weights: {error}") from error


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(folder: Path, name: str) -> Path:
    """The path of a file of the manifest, after its SHA-256 was found to be the recorded one.

    Raises ModelUnusable naming the file.
    """
    expected = manifest_of(folder).files.get(name)
    path = folder / name
    if expected is None:
        raise ModelUnusable(f"{folder / 'manifest.json'} lists no file {name}.")
    try:
        state = path.stat()
        found = _digest(path, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise ModelUnusable(
            f"The weights {path} cannot be read ({error.strerror}): reinstall Underwrite."
        ) from error
    if found != expected:
        raise ModelUnusable(
            f"The weights {path} have SHA-256 {found}, expected {expected}: the file was damaged "
            f"or swapped; restore it from the repository."
        )
    return path


def read_json(folder: Path, name: str) -> object:
    """The content of a checked JSON file."""
    return json.loads(checked(folder, name).read_bytes())


def recorded(folder: Path, *, name: str | None = None, base: str | None = None) -> Manifest:
    """Write the manifest of a folder's files as they are now. For training only.

    name, base: of the model; those of the manifest that is there by default.
    """
    if name is None or base is None:
        there = manifest_of(folder)
        name, base = name or there.name, base or there.base
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != "manifest.json"
    }
    made = Manifest(name=name, base=base, files=files)
    (folder / "manifest.json").write_text(made.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return made
