"""Options and output checks that several commands share."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.evidence import InvalidDate, parse_timestamp
from ui.cli.session import write_bytes

__all__ = ["AsOf", "Json", "NoCache", "Out", "check_outputs", "parse_day", "print_json"]

SUFFIXES = (".md", ".html", ".json")


def parse_day(value: str | date | None) -> date | None:
    """The UTC day of an ISO date or timestamp; a usage error otherwise."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(parse_timestamp(value)[:10])
    except InvalidDate as error:
        raise typer.BadParameter(str(error)) from error


AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=parse_day,
        metavar="DATE",
        help="Read nothing published after this day (UTC, inclusive); undated documents are"
        " left out.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, and only JSON, on stdout.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Ask the model again instead of using stored answers.")
]
Out = Annotated[
    list[Path] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the brief to FILE (.md, .html or .json) instead of the terminal;"
        " may be given more than once.",
    ),
]


def check_outputs(paths: list[Path] | None) -> list[Path]:
    """Refuse, before minutes are spent, what could not be written afterwards."""
    for path in paths or []:
        if path.suffix.lower() not in SUFFIXES:
            raise typer.BadParameter(
                f"{path}: the suffix must be one of {', '.join(SUFFIXES)}", param_hint="--out"
            )
        if path.is_dir():
            raise typer.BadParameter(f"{path} is a folder", param_hint="--out")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Opened for appending: the file that is there keeps its content until the end.
            existed = path.exists()
            path.open("ab").close()
            if not existed:
                path.unlink()
        except OSError as error:
            raise typer.BadParameter(
                f"{path} cannot be written: {error.strerror}", param_hint="--out"
            ) from error
    return list(paths or [])


def print_json(value: Any) -> None:
    write_bytes(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
