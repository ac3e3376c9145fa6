"""What every command shares: settings from the global flags, the desk, progress on stderr."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from agents.events import Progress
from tools.export.wording import printable
from tools.runs import RunNotFound, RunStore
from tools.settings import Settings, load_settings

if TYPE_CHECKING:
    from agents.desk import Desk

__all__ = [
    "Interrupted",
    "ProgressLines",
    "Session",
    "open_desk",
    "session_of",
    "write_bytes",
]

T = TypeVar("T")
_STYLE = {"started": "dim", "found": "", "finished": "green", "failed": "yellow"}


class Interrupted(Exception):
    """Ctrl-C. `run_id` is the run that can be resumed, if one had begun."""

    def __init__(self, run_id: str | None) -> None:
        super().__init__("interrupted")
        self.run_id = run_id


def open_desk(
    settings: Settings,
    *,
    cache: bool = True,
    on_progress: Callable[[Progress], None] | None = None,
    need_model: bool = True,
) -> AbstractAsyncContextManager[Desk]:
    """The desk. Imported here, because `--help` should not wait for Chroma and LangGraph."""
    from agents.desk import Desk

    return Desk.open(settings, cache=cache, on_progress=on_progress, need_model=need_model)


class ProgressLines:
    """One line on stderr for each event: seconds since the start, stage, what happened."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.run_id: str | None = None
        self._console = console
        self._quiet = quiet
        self._began = time.monotonic()

    def __call__(self, event: Progress) -> None:
        self.run_id = event.run_id or self.run_id
        self.write(event.stage, event.message, event.kind)

    def write(self, stage: str, message: str, kind: str = "started") -> None:
        if self._quiet:
            return
        seconds = time.monotonic() - self._began
        line = Text(f"{seconds:6.1f}s  ", style="dim")
        line.append(f"{stage:<10}", style="yellow" if kind == "failed" else "bold cyan")
        # The words of a claim are in it, so what could act on the screen is taken out.
        line.append(printable(message), style=_STYLE[kind])
        # soft_wrap: a log gets whole lines, and a terminal wraps by itself.
        self._console.print(line, soft_wrap=True, highlight=False)


class Session:
    """One invocation of the command line."""

    def __init__(self, flags: dict[str, Any], *, quiet: bool = False) -> None:
        self.flags = flags
        self.quiet = quiet
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """Read on first use, so that `--help` and `--version` work with broken settings."""
        if self._settings is None:
            self._settings = load_settings(**self.flags)
        return self._settings

    def use(self, settings: Settings) -> None:
        """Work with these settings instead of those of the flags."""
        self._settings = settings

    @property
    def runs(self) -> RunStore:
        return RunStore(self.settings.runs_dir)

    def say(self, message: str) -> None:
        """A line for a person, on stderr."""
        if not self.quiet:
            self.err.print(message, markup=False, soft_wrap=True)

    def with_desk(
        self,
        action: Callable[[Desk], Awaitable[T]],
        *,
        cache: bool = True,
        need_model: bool = True,
    ) -> T:
        """Open the desk, run `action` and close it. Raises Interrupted on Ctrl-C."""
        settings = self.settings
        lines = ProgressLines(self.err, quiet=self.quiet)
        if need_model:
            # The imports alone take seconds on a slow machine; silence would look like a hang.
            lines.write("open", "opening the corpus and the model")

        async def work() -> T:
            async with open_desk(
                settings, cache=cache, on_progress=lines, need_model=need_model
            ) as desk:
                return await action(desk)

        try:
            return asyncio.run(work())
        except KeyboardInterrupt:
            if lines.run_id:
                _mark_interrupted(RunStore(settings.runs_dir), lines.run_id)
            raise Interrupted(lines.run_id) from None


def _mark_interrupted(runs: RunStore, run_id: str) -> None:
    """In case the desk was stopped before it could say so itself."""
    try:
        if runs.status(run_id).state == "started":
            runs.mark(run_id, "interrupted", "Ctrl-C")
    except RunNotFound:
        return


def session_of(context: typer.Context) -> Session:
    session = context.obj
    assert isinstance(session, Session)
    return session


def write_bytes(text: str) -> None:
    """`text` to stdout as UTF-8 whatever the locale, without touching line ends."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()
