"""The commands, their global flags, and what each kind of error becomes.

Exit codes: 0 done, 1 internal error or eval gate failed, 2 usage, 3 bad input, 4 model server
unusable, 5 corpus unusable or empty, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from agents.evidence import EvidenceError
from agents.ports import PortError
from ui.cli import briefs, corpus, demo, doctor, evaluate, later, model, rows
from ui.cli.session import Interrupted, Session

__all__ = ["app", "main"]

app = typer.Typer(
    name="underwrite",
    help="Investment theses in which every sentence is underwritten by a source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"underwrite {version('underwrite')}")
        except PackageNotFoundError:
            typer.echo("underwrite (not installed)")
        raise typer.Exit


@app.callback()
def globals_(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder of corpus, checkpoints and runs.", metavar="DIR"),
    ] = None,
    model_url: Annotated[
        str | None,
        typer.Option(help="OpenAI-compatible server, with /v1.", metavar="URL"),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Model to ask for (default: the first that is listed).", metavar="NAME"),
    ] = None,
    model_path: Annotated[
        Path | None,
        typer.Option(help="A GGUF file for the embedded engine.", metavar="FILE"),
    ] = None,
    adapter_path: Annotated[
        Path | None,
        typer.Option(help="A GGUF LoRA adapter for claim verification.", metavar="FILE"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
    show_version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_version, help="Print the version."),
    ] = False,
) -> None:
    """Every flag here also has an environment variable and a key in underwrite.toml."""
    flags = {
        "home": home,
        "model_url": model_url,
        "model": model,
        "model_path": model_path,
        "adapter_path": adapter_path,
    }
    context.obj = Session(flags, quiet=quiet)


_CORPUS, _BRIEFS, _SCORES, _SYSTEM = "Corpus", "Briefs", "Rows in, rows out", "System"
app.command(rich_help_panel=_CORPUS)(corpus.ingest)
app.command(rich_help_panel=_CORPUS)(corpus.search)
app.command(rich_help_panel=_CORPUS)(corpus.document)
app.add_typer(corpus.documents, name="documents", rich_help_panel=_CORPUS)
app.command(rich_help_panel=_BRIEFS)(briefs.ask)
app.command(rich_help_panel=_BRIEFS)(briefs.analyze)
app.add_typer(briefs.runs, name="runs", rich_help_panel=_BRIEFS)
app.command(rich_help_panel=_SCORES)(rows.verify)
app.command(rich_help_panel=_SCORES)(rows.sentiment)
app.command("eval", rich_help_panel=_SCORES)(evaluate.evaluate)
app.command(rich_help_panel=_SYSTEM)(demo.demo)
app.command(rich_help_panel=_SYSTEM)(doctor.doctor)
app.add_typer(model.model, name="model", rich_help_panel=_SYSTEM)
app.command(rich_help_panel=_SYSTEM)(later.ui)
app.command(rich_help_panel=_SYSTEM)(later.serve)


def _complain(message: str) -> None:
    typer.echo(f"underwrite: {message}", err=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. `arguments` default to those of the process."""
    try:
        app(args=arguments, prog_name="underwrite")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except Interrupted as interrupted:
        hint = ""
        if interrupted.run_id:
            hint = (
                f" Run {interrupted.run_id} can go on where it stopped:"
                f" underwrite runs resume {interrupted.run_id}"
            )
        _complain(f"interrupted.{hint}")
        return 130
    except KeyboardInterrupt:
        _complain("interrupted.")
        return 130
    except PortError as error:
        _complain(str(error))
        return error.exit_code
    except EvidenceError as error:
        _complain(str(error))
        return 3
    except BrokenPipeError:
        # The reader has what it wanted (`… | head`); keep the interpreter from complaining too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort of a program
        traceback.print_exc()
        _complain(f"internal error, please report it: {type(error).__name__}: {error}")
        return 1
    return 0
