"""From paths, folders, feeds and URLs to documents, with a report that names what failed.

A bad file never stops the rest: each source becomes documents or a line in the report.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import unquote, urlsplit

from agents.evidence import AuthorKind, Document, Record
from agents.ports import BadInput
from tools.readers import (
    Overrides,
    Reading,
    Unreadable,
    finish,
    kind_of_name,
    kind_of_response,
    kind_of_words,
    read_bytes,
)
from tools.readers.fetch import fetch, is_url
from tools.readers.plain import iso_date

__all__ = ["FileResult", "ReadReport", "read_one", "read_sources"]

MAX_BYTES = 50 * 1024 * 1024
_KNOWN = "txt, md, html, pdf, docx, eml, jsonl, json, rss, atom, xml"


class FileResult(Record):
    """What became of one source, or of one bad row, entry or attachment in it."""

    path: str
    """As given or found; a part of a file is `PATH:LINE` or `PATH:NAME`."""
    status: Literal["read", "empty", "failed", "skipped"]
    documents: int = 0
    error_type: str = ""
    """missing, unsupported, binary, empty, no_text, broken, encrypted, too_large, bad_row,
    unreachable, address_refused, permission; "" when read."""
    message: str = ""
    """One sentence that says what to do; "" when read."""


class ReadReport(Record):
    documents: tuple[Document, ...] = ()
    """In the order of the sources; the same document twice is twice here, one in the corpus."""
    files: tuple[FileResult, ...] = ()

    @property
    def failures(self) -> tuple[FileResult, ...]:
        return tuple(f for f in self.files if f.status in {"failed", "empty"})


Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


async def read_sources(
    paths: Sequence[str],
    *,
    publisher: str | None = None,
    published_at: str | None = None,
    author_kind: AuthorKind | str | None = None,
    title: str | None = None,
    progress: Callable[[FileResult], None] | None = None,
    clock: Clock = _utc_now,
    allow_private: bool = False,
) -> ReadReport:
    """Read files, folders (recursively, sorted, hidden files left out), feeds and URLs.

    publisher, published_at, author_kind, title: win over what the sources say.
    progress: called with each result as it is known. clock: the time stored as `ingested_at`.
    allow_private: also fetch from private addresses; for tests.
    Raises BadInput for an override that is not valid; what a source does wrong is reported.
    """
    overrides = _overrides(publisher, published_at, author_kind, title)
    documents: list[Document] = []
    files: list[FileResult] = []

    def report(result: FileResult) -> None:
        files.append(result)
        if progress is not None:
            progress(result)

    for source in await asyncio.to_thread(lambda: list(_expand(paths))):
        if isinstance(source, FileResult):
            report(source)
            continue
        try:
            reading = await _read(source, allow_private=allow_private)
        except Unreadable as error:
            report(_failed(source, error))
            continue
        found = [finish(draft, overrides, _stamp(clock)) for draft in reading.drafts]
        documents.extend(found)
        if found:
            report(FileResult(path=source, status="read", documents=len(found)))
        for problem in reading.problems:
            report(
                FileResult(
                    path=f"{source}:{problem.where}",
                    status="failed",
                    error_type=problem.kind,
                    message=problem.message,
                )
            )
    return ReadReport(documents=tuple(documents), files=tuple(files))


async def read_one(
    source: str,
    *,
    publisher: str | None = None,
    published_at: str | None = None,
    author_kind: AuthorKind | str | None = None,
    title: str | None = None,
    clock: Clock = _utc_now,
    allow_private: bool = False,
    stdin: BinaryIO | None = None,
) -> Document:
    """The one document at a path or URL, or on standard input for "-".

    Raises BadInput, with a message that names the source and says what to do, when it cannot be
    read or holds several documents.
    """
    overrides = _overrides(publisher, published_at, author_kind, title)
    try:
        if source == "-":
            data = await asyncio.to_thread((stdin or sys.stdin.buffer).read, MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                raise _too_large()
            reading = await asyncio.to_thread(_guarded, data, None)
        else:
            reading = await _read(source, allow_private=allow_private)
    except Unreadable as error:
        name = "standard input" if source == "-" else source
        raise Unreadable(error.kind, f"{name}: {error}") from error
    if len(reading.drafts) > 1:
        raise Unreadable(
            "several_documents",
            f"{source} holds {len(reading.drafts)} documents: analyze reads one article; "
            "use ingest to add them all to the corpus",
        )
    if not reading.drafts:
        problem = reading.problems[0]
        raise Unreadable(problem.kind, f"{source}:{problem.where}: {problem.message}")
    return finish(reading.drafts[0], overrides, _stamp(clock))


def _overrides(
    publisher: str | None,
    published_at: str | None,
    author_kind: AuthorKind | str | None,
    title: str | None,
) -> Overrides:
    day = None
    if published_at is not None:
        day = iso_date(published_at)
        if day is None:
            raise BadInput(f"{published_at!r} is not a date: use YYYY-MM-DD")
    try:
        kind = AuthorKind(author_kind) if author_kind is not None else None
    except ValueError:
        choices = ", ".join(k.value for k in AuthorKind)
        raise BadInput(f"{author_kind!r} is not an author kind: use {choices}") from None
    return Overrides(title=title, publisher=publisher, published_at=day, author_kind=kind)


def _stamp(clock: Clock) -> str:
    return clock().astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _failed(path: str, error: Unreadable) -> FileResult:
    return FileResult(
        path=path,
        status="empty" if error.kind == "empty" else "failed",
        error_type=error.kind,
        message=str(error),
    )


def _expand(paths: Sequence[str]) -> Iterator[str | FileResult]:
    """Files and URLs in order, folders walked; a result for what is not going to be read."""
    for source in paths:
        path = Path(source).expanduser()
        if is_url(source) or not path.is_dir():
            yield source
            continue
        usable = False
        for found in _walk(path):
            usable = usable or isinstance(found, str)
            yield found
        if not usable:
            yield FileResult(
                path=source,
                status="empty",
                error_type="empty",
                message=f"the folder has nothing to read; known kinds are {_KNOWN}",
            )


def _walk(folder: Path) -> Iterator[str | FileResult]:
    unreadable: list[OSError] = []
    for where, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = str(Path(where) / name)
            if kind_of_name(name) is not None:
                yield path
            else:
                yield FileResult(
                    path=path,
                    status="skipped",
                    error_type="unsupported",
                    message=f"files of this kind are not read; known kinds are {_KNOWN}",
                )
    for error in unreadable:
        yield FileResult(
            path=str(error.filename),
            status="failed",
            error_type="permission",
            message=f"the folder cannot be opened ({error.strerror})",
        )


async def _read(source: str, *, allow_private: bool) -> Reading:
    if is_url(source):
        page = await fetch(source, allow_private=allow_private)
        path = unquote(urlsplit(page.url).path)
        return await asyncio.to_thread(
            _guarded,
            page.data,
            lambda data: kind_of_response(data, page.content_type, path),
            page.charset,
            page.url,
        )
    return await asyncio.to_thread(_read_file, source)


def _read_file(source: str) -> Reading:
    path = Path(source).expanduser()
    try:
        if not path.exists():
            raise Unreadable("missing", "there is no such file or folder: check the path")
        if path.is_dir():
            raise Unreadable(
                "several_documents", "it is a folder: name one article, or use ingest for folders"
            )
        if not path.is_file():
            raise Unreadable("unsupported", "it is not a regular file")
        if path.stat().st_size > MAX_BYTES:
            raise _too_large()
        kind = kind_of_name(path.name)
        if kind is None and path.suffix:
            hint = {
                ".doc": "save it as .docx",
                ".rtf": "save it as .docx or .txt",
                ".msg": "save it as .eml",
            }.get(path.suffix.lower(), f"known kinds are {_KNOWN}")
            raise Unreadable("unsupported", f"{path.suffix} files are not read: {hint}")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(
            "permission", f"it cannot be opened ({error.strerror}): check its permissions"
        ) from error
    return _guarded(data, (lambda _: kind) if kind else None)


def _guarded(
    data: bytes,
    choose: Callable[[bytes], object] | None,
    charset: str | None = None,
    url: str = "",
) -> Reading:
    """Read bytes; whatever a parsing library raises becomes Unreadable.

    choose: the kind of the bytes; by their look when None.
    """
    try:
        kind = choose(data) if choose else kind_of_words(data)
        return read_bytes(data, kind, charset=charset, url=url)  # type: ignore[arg-type]
    except Unreadable:
        raise
    except Exception as error:  # five parsing libraries, each with errors it does not document
        raise Unreadable(
            "broken", f"it cannot be parsed ({type(error).__name__}: {error})"
        ) from error


def _too_large() -> Unreadable:
    return Unreadable("too_large", "it is larger than 50 MB: split it")
