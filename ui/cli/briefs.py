"""`ask`, `analyze` and `runs`: making briefs and reading them again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from agents.brief import Brief
from agents.ports import BadInput
from tools.export import render_html, render_json, render_markdown, render_terminal
from ui.cli.options import AsOf, Json, NoCache, Out, check_outputs, print_json
from ui.cli.session import Session, session_of, write_bytes

__all__ = ["analyze", "ask", "publish", "runs"]

runs = typer.Typer(help="Finished and unfinished runs.", no_args_is_help=True)
RunId = Annotated[str, typer.Argument(metavar="ID", help="As `runs list` shows it.")]


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    as_of: AsOf = None,
    no_cache: NoCache = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Answer a question from the corpus: a brief in which every sentence is cited."""
    session, outputs = session_of(context), check_outputs(out)
    if not question.strip():
        raise BadInput("the question is empty")
    brief = session.with_desk(lambda desk: desk.ask(question, as_of=as_of), cache=not no_cache)
    publish(session, brief, outputs, as_json=as_json)


def analyze(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="PATH|URL", help="An article; - reads text from stdin.")
    ],
    as_of: AsOf = None,
    no_cache: NoCache = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """The desk note on one article: its claims checked against the corpus, and what follows."""
    session, outputs = session_of(context), check_outputs(out)
    is_url = source.lower().startswith(("http://", "https://"))
    if source != "-" and not is_url and not Path(source).expanduser().is_file():
        what = "is a folder" if Path(source).expanduser().is_dir() else "does not exist"
        raise BadInput(f"{source} {what}; give the path or the URL of one article")
    brief = session.with_desk(lambda desk: desk.analyze(source, as_of=as_of), cache=not no_cache)
    publish(session, brief, outputs, as_json=as_json)


def publish(session: Session, brief: Brief, outputs: list[Path], *, as_json: bool) -> None:
    """The brief where the user wants it: files, JSON on stdout, or the terminal."""
    for path in outputs:
        path.write_text(_rendered(session, brief, path), encoding="utf-8")
        session.say(f"wrote {path}")
    if as_json:
        write_bytes(render_json(brief))
    elif not outputs:
        render_terminal(brief, session.out)
    session.say(f"run {brief.run.id}")


def _rendered(session: Session, brief: Brief, path: Path) -> str:
    match path.suffix.lower():
        case ".md":
            return render_markdown(brief)
        case ".html":
            return render_html(brief, session.runs.documents(brief.run.id))
        case _:
            return render_json(brief)


@runs.command("list")
def list_runs(context: typer.Context, as_json: Json = False) -> None:
    """All runs, newest first."""
    session = session_of(context)
    found = session.runs.list()
    if as_json:
        print_json([run.model_dump(mode="json") for run in found])
        return
    if not found:
        session.say("No runs yet. Start one: underwrite ask QUESTION")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("run", no_wrap=True, overflow="fold")
    table.add_column("when (UTC)", no_wrap=True)
    table.add_column("state")
    table.add_column("question")
    for run in found:
        state = (run.status or run.state).replace("_", " ")
        asked = run.question if run.kind == "ask" else f"analyze: {run.question}"
        if run.as_of:
            asked += f" (as of {run.as_of})"
        table.add_row(run.id, run.started_at[:16].replace("T", " "), state, asked)
    session.out.print(table, markup=False)


@runs.command()
def show(context: typer.Context, run_id: RunId, out: Out = None, as_json: Json = False) -> None:
    """The brief of a finished run again."""
    session, outputs = session_of(context), check_outputs(out)
    publish(session, session.runs.load(run_id), outputs, as_json=as_json)


@runs.command()
def resume(context: typer.Context, run_id: RunId, out: Out = None, as_json: Json = False) -> None:
    """Go on with an interrupted run; what was paid for is not paid for again."""
    session, outputs = session_of(context), check_outputs(out)
    if session.runs.status(run_id).state == "done":
        session.say(f"run {run_id} is finished already")
        brief = session.runs.load(run_id)
    else:
        brief = session.with_desk(lambda desk: desk.resume(run_id))
    publish(session, brief, outputs, as_json=as_json)
