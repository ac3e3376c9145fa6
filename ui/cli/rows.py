"""`verify` and `sentiment`: one JSON object a line in, one a line out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from agents.ports import BadInput
from tools.cascade import TrustStore
from ui.cli.options import AsOf
from ui.cli.session import session_of

if TYPE_CHECKING:
    from agents.desk import Desk

__all__ = ["sentiment", "verify"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Unusable:
    """A line that is no JSON object."""

    line: int
    message: str

    def result(self) -> dict[str, Any]:
        message = f"line {self.line}: {self.message}"
        return {"id": None, "error": {"type": "bad_row", "message": message}}


Input = Annotated[
    Path | None, typer.Option("--input", metavar="FILE.jsonl", help="Default: stdin.")
]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="FILE.jsonl", help="Default: stdout.")
]


def verify(
    context: typer.Context,
    source: Input = None,
    target: Output = None,
    as_of: AsOf = None,
) -> None:
    """Judge claims: rows of id, claim and evidence (a list; without it the corpus is searched)."""

    def judge(desk: Desk, rows: Iterable[Row]) -> AsyncIterator[dict[str, Any]]:
        return desk.verify(rows, as_of=as_of)

    # The encoder reads claims; a language model is started only where one is trusted to help.
    trusted = TrustStore(session_of(context).settings.trust_path).load().values()
    _stream(context, source, target, judge, asks_model=any(t.trusted for t in trusted))


def sentiment(context: typer.Context, source: Input = None, target: Output = None) -> None:
    """Score texts: rows of id, text and, if wanted, target."""

    def score(desk: Desk, rows: Iterable[Row]) -> AsyncIterator[dict[str, Any]]:
        return desk.sentiment(rows)

    _stream(context, source, target, score, asks_model=False)


def _stream(
    context: typer.Context,
    source: Path | None,
    target: Path | None,
    work: Callable[[Desk, Iterable[Row]], AsyncIterator[dict[str, Any]]],
    *,
    asks_model: bool,
) -> None:
    session = session_of(context)
    if source and target and source.resolve() == target.resolve():
        raise typer.BadParameter("input and output are the same file", param_hint="--output")
    lines = _read(source)
    good = [row for row in lines if not isinstance(row, _Unusable)]
    if not good:
        what = f"{len(lines)} rows, none of them a JSON object" if lines else "no rows"
        raise BadInput(f"{source or 'stdin'} has {what}; give one JSON object a line")

    bad = 0

    async def action(desk: Desk) -> None:
        nonlocal bad
        results = work(desk, good)
        with _writer(target) as out:
            for number, row in enumerate(lines, 1):
                result = row.result() if isinstance(row, _Unusable) else await anext(results)
                bad += "error" in result
                out.write(json.dumps(result, ensure_ascii=False).encode() + b"\n")
                out.flush()
                if session.err.is_terminal and not session.quiet:
                    session.err.print(f"row {number} of {len(lines)}", end="\r")

    session.with_desk(action, need_model=asks_model)
    session.say(f"{len(lines)} rows, {bad} with errors")
    if bad == len(lines):
        raise BadInput("no row could be used; each row's error says why")


def _read(source: Path | None) -> list[Row | _Unusable]:
    """The rows in order, with what is no JSON object in its place."""
    try:
        data = source.read_bytes() if source else sys.stdin.buffer.read()
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}") from error
    rows: list[Row | _Unusable] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            rows.append(_Unusable(number, f"the row is not JSON: {error}"))
            continue
        rows.append(
            value if isinstance(value, dict) else _Unusable(number, "the row is not an object")
        )
    return rows


@contextmanager
def _writer(target: Path | None) -> Iterator[IO[bytes]]:
    if target is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = target.open("wb")
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}") from error
    with file:
        yield file
