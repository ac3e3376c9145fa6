"""`ingest`, `search`, `document`, `documents`: what the desk has read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from agents.evidence import AuthorKind, Document, InvalidDate, parse_timestamp
from agents.ports import BadInput, Hit
from tools.export import printable
from ui.cli.options import AsOf, Json, print_json
from ui.cli.session import session_of, write_bytes

if TYPE_CHECKING:
    from agents.desk import Desk
    from tools.ingest import FileResult

__all__ = ["document", "documents", "ingest", "search"]

documents = typer.Typer(help="List or delete stored documents.", no_args_is_help=True)
DocumentId = Annotated[str, typer.Argument(metavar="ID", help="As `documents list` shows it.")]


def _timestamp(value: str) -> str:
    try:
        return parse_timestamp(value)
    except InvalidDate as error:
        raise typer.BadParameter(str(error)) from error


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL...",
            help="Files (txt, md, html, pdf, docx, eml), folders, JSONL, feeds, web pages.",
        ),
    ],
    publisher: Annotated[str | None, typer.Option(help="Where the file does not say.")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DATE", parser=_timestamp, help="Where it does not say.")
    ] = None,
    author_kind: Annotated[AuthorKind | None, typer.Option(help="Who writes there.")] = None,
    as_json: Json = False,
) -> None:
    """Read documents into the corpus. The same document twice is one."""
    session = session_of(context)

    def tell(result: FileResult) -> None:
        if result.message:
            session.say(f"{result.path}: {result.status}: {result.message}")
        elif session.err.is_terminal:
            session.say(f"{result.path}: {result.status}")

    report = session.with_desk(
        lambda desk: desk.ingest(
            paths,
            publisher=publisher,
            published=published,
            author_kind=author_kind,
            progress=tell,
        ),
        need_model=False,
    )
    unread = [item for item in report.files if item.status in {"failed", "empty"}]
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        known = f", {report.already_there} already there" if report.already_there else ""
        failed = f", {len(unread)} could not be read" if unread else ""
        session.out.print(
            f"{report.added} documents added ({report.passages} passages){known}{failed}"
        )
    if not report.added and not report.already_there:
        raise BadInput("nothing could be ingested; see the messages above")


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 8,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """The passages nearest to a query, by meaning and by words."""
    session = session_of(context)
    if not query.strip():
        raise BadInput("the query is empty")
    hits = session.with_desk(
        lambda desk: desk.search(query, k=k, as_of=as_of), need_model=False
    )
    if as_json:
        print_json([_hit(hit) for hit in hits])
        return
    if not hits:
        session.say("Nothing was found.")
    for rank, hit in enumerate(hits, 1):
        head = Text(f"{rank}. ", style="bold")
        head.append(printable(hit.document.title) or "(untitled)", style="bold")
        head.append(f"  {_from(hit.document)}", style="dim")
        session.out.print(head)
        session.out.print(Text(printable(hit.passage.text)))
        where = f"{hit.document.id}  characters {hit.passage.start}-{hit.passage.end}"
        copy = "" if hit.origin_id == hit.document.id else f"  copy of {hit.origin_id}"
        session.out.print(Text(f"{where}{copy}  similarity {hit.similarity:.2f}\n", style="dim"))


def _from(document: Document) -> str:
    parts = [document.publisher or "unknown publisher", document.published_at or "undated"]
    if document.author_kind is AuthorKind.AI:
        parts.append("machine-written")
    return printable(" · ".join(parts))


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        **_meta(hit.document),
        "origin_id": hit.origin_id,
        "passage_id": hit.passage.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
        "score": hit.score,
        "similarity": hit.similarity,
    }


def _meta(document: Document) -> dict[str, Any]:
    fields = document.model_dump(mode="json", exclude={"text", "id"})
    return {"document_id": document.id, **fields}


async def _one(desk: Desk, reference: str) -> Document:
    """The document with this id or source id. Raises BadInput for none or several."""
    found = await desk.corpus.find(reference)
    if not found:
        raise BadInput(f"there is no document {reference}; see: underwrite documents list")
    if len(found) > 1:
        ids = ", ".join(item.id for item in found)
        raise BadInput(f"several documents have the source id {reference}: {ids}")
    return found[0]


def document(context: typer.Context, document_id: DocumentId, as_json: Json = False) -> None:
    """Print a document's text exactly as it is stored (with --json, the whole record)."""
    session = session_of(context)
    found = session.with_desk(lambda desk: _one(desk, document_id), need_model=False)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    write_bytes(found.text)
    if sys.stdout.isatty() and not found.text.endswith("\n"):
        write_bytes("\n")


@documents.command("list")
def list_documents(context: typer.Context, as_json: Json = False) -> None:
    """Every stored document, latest first, undated last."""
    session = session_of(context)
    found = session.with_desk(lambda desk: desk.corpus.documents(), need_model=False)
    if as_json:
        print_json([_meta(item) for item in found])
        return
    if not found:
        session.say("The corpus is empty. Fill it: underwrite ingest PATH...")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("published", no_wrap=True)
    table.add_column("publisher")
    table.add_column("title")
    for item in found:
        kind = " (machine-written)" if item.author_kind is AuthorKind.AI else ""
        day = item.published_at[:10] if item.published_at else "undated"
        cells = printable(item.publisher) + kind, printable(item.title) or "(untitled)"
        table.add_row(item.id, day, *map(Text, cells))
    session.out.print(table)


@documents.command()
def delete(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...")],
) -> None:
    """Remove documents from the corpus. Finished runs keep their own copies."""
    session = session_of(context)

    async def remove(desk: Desk) -> list[str]:
        problems = []
        for reference in ids:
            try:
                await desk.corpus.delete((await _one(desk, reference)).id)
            except BadInput as error:
                problems.append(str(error))
        return problems

    problems = session.with_desk(remove, need_model=False)
    for problem in problems:
        session.err.print(problem, markup=False)
    session.say(f"deleted {len(ids) - len(problems)} of {len(ids)}")
    if len(problems) == len(ids):
        raise BadInput("nothing was deleted")
