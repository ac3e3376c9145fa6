"""How suites reach the desk: through a small protocol, in a home of their own."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from agents.brief import Brief
from evals.silent_model import SilentModel
from tools.settings import Settings, load_settings

__all__ = ["DeskLike", "eval_settings", "open_desk"]


class DeskLike(Protocol):
    """What suites ask of `agents.desk.Desk`; tests pass a scripted one."""

    async def ask(self, question: str, *, as_of: str | None = None) -> Brief: ...

    def verify(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]: ...

    def sentiment(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]: ...


def eval_settings(home: Path, model: str | None = None) -> Settings:
    """The user's settings with another home; the joined embedded weights stay where they are."""
    own = load_settings(model=model)
    weights = home / own.models_dir.name
    own.models_dir.mkdir(parents=True, exist_ok=True)
    if not weights.exists() and own.model_path is None and own.model_url is None:
        home.mkdir(parents=True, exist_ok=True)
        weights.symlink_to(own.models_dir, target_is_directory=True)
    changed = own.model_copy(update={"home": home})
    if own.trust_path.is_file() and not changed.trust_path.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(own.trust_path, changed.trust_path)
    return changed


@asynccontextmanager
async def open_desk(
    documents: Sequence[Path] = (),
    *,
    home: Path | None = None,
    model: str | None = None,
    silent: bool = False,
    need_model: bool = True,
    cache: bool = True,
) -> AsyncIterator[Any]:
    """A desk whose corpus is the given document files and nothing else.

    home: a folder to use and keep (its corpus is reused); a temporary one otherwise.
    silent: with no language model at all, see `evals.silent_model`. need_model: False for suites
    that only score rows. cache: False where a second answer may not be a copy of the first.
    """
    desk_class = importlib.import_module("agents.desk").Desk
    with tempfile.TemporaryDirectory(prefix="underwrite-eval-") as temporary:
        settings = eval_settings(home or Path(temporary), model)
        port = SilentModel() if silent else None
        async with desk_class.open(
            settings, model=port, need_model=need_model, cache=cache
        ) as desk:
            if documents:
                await desk.ingest([str(path) for path in documents])
            yield desk
