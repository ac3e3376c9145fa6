"""`eval`: how good the desk is, measured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tools.settings import ENV_PREFIX
from ui.cli.options import Json
from ui.cli.session import Session, session_of

__all__ = ["evaluate"]


def evaluate(
    context: typer.Context,
    suites: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SUITE]...",
            help="desk, citations, injection, stability, cost, verify, sentiment, retrieval,"
            " invariants (default: all that the set has files for)",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the set (default: the one in the package)."),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Model at the server.")] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Without a language model: the floor.")
    ] = False,
    only: Annotated[str, typer.Option(metavar="ID,ID", help="Only these questions.")] = "",
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Also ask without the evidence: it must abstain.")
    ] = False,
    briefs: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save briefs there too, or read them.")
    ] = None,
    gate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Figures that must hold; else exit 1.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Folder of runs, or a .json file for a copy."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page for people.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with a run that stopped.")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="RUN RUN", help="What moved between two runs, and is it noise?"),
    ] = None,
    show: Annotated[
        str | None, typer.Option(metavar="RUN", help="Print a recorded run again.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="The runs that are recorded.")] = False,
    verbose: Annotated[bool, typer.Option(help="List every failure.")] = False,
    as_json: Json = False,
) -> None:
    """Run evaluation suites on the package's data or your own, and compare runs."""
    session = session_of(context)
    _ = session.settings  # a wrong setting is reported before any work
    _export(session)
    from evals.run import compare_runs, list_runs, run_suites, show_run

    if list_:
        code = list_runs(out=out, json=as_json)
    elif compare:
        code = compare_runs(*compare, out=out, json=as_json, verbose=verbose, html=html)
    elif show:
        code = show_run(show, out=out, json=as_json, verbose=verbose, html=html, gate=gate)
    else:
        code = run_suites(
            suites or [], data, as_json, model,
            only=[part for part in only.split(",") if part], briefs=briefs, ablate=ablate,
            silent=no_model, verbose=verbose, out=out, gate=gate, html=html, resumed=resume,
            quiet=session.quiet,
        )  # fmt: skip
    raise typer.Exit(code)


def _export(session: Session) -> None:
    """Suites read the settings themselves; the global flags reach them as environment."""
    for name, value in session.flags.items():
        if value is not None:
            os.environ[ENV_PREFIX + name.upper()] = str(value)
