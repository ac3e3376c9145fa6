"""`eval`: how good the desk is, measured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from agents.ports import BadInput
from tools.settings import ENV_PREFIX
from ui.cli.options import Json
from ui.cli.session import Session, session_of

__all__ = ["evaluate"]


def evaluate(
    context: typer.Context,
    suites: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SUITE]...", help="desk, verify, sentiment, retrieval, invariants"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the set (default: the one in the package)."),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Model at the server.")] = None,
    only: Annotated[str, typer.Option(metavar="ID,ID", help="Only these questions.")] = "",
    briefs: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save briefs there, or read them.")
    ] = None,
    gate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Figures that must hold; else exit 1.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report.")] = None,
    verbose: Annotated[bool, typer.Option(help="List every miss.")] = False,
    as_json: Json = False,
) -> None:
    """Run evaluation suites on the package's data or your own."""
    session = session_of(context)
    _ = session.settings  # a wrong setting is reported before any work
    _export(session)
    from evals.data import DatasetError
    from evals.run import run_suites

    try:
        code = run_suites(
            suites or [], data, as_json, model,
            only=[part for part in only.split(",") if part], briefs=briefs,
            verbose=verbose, out=out, gate=gate,
        )  # fmt: skip
    except DatasetError as error:
        raise BadInput(str(error)) from error
    raise typer.Exit(code)


def _export(session: Session) -> None:
    """Suites read the settings themselves; the global flags reach them as environment."""
    for name, value in session.flags.items():
        if value is not None:
            os.environ[ENV_PREFIX + name.upper()] = str(value)
