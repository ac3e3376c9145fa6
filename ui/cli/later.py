"""Commands that are announced and not there yet."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["serve", "ui"]


def _not_yet(name: str, instead: str) -> None:
    typer.echo(f"underwrite: `{name}` comes in a later version. {instead}", err=True)
    raise typer.Exit(2)


def ui(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 7860,
) -> None:
    """The desk in a browser (not yet)."""
    _not_yet("ui", "Until then: underwrite ask QUESTION --out brief.html")


def serve() -> None:
    """REST and MCP (not yet)."""
    _not_yet("serve", "Until then: underwrite ask QUESTION --json")
