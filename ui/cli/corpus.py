"""`ingest`, `search`, `document`, `documents`: what the desk has read."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from agents.evidence import AuthorKind, Document, InvalidDate, parse_timestamp
from agents.ports import BadInput, Hit
from ui.cli.options import AsOf, Json, print_json
from ui.cli.session import session_of, write_bytes

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
            help="Files (txt, md, html, pdf, docx, eml), folders, JSONL of documents, feeds, pages.",
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
    report = session.with_desk(
        lambda desk: desk.ingest(
            paths,
            publisher=publisher,
            published=published,
            author_kind=author_kind,
            progress=session.say,
        ),
        need_model=False,
    )
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        session.out.print(report.summary(), markup=False, soft_wrap=True)
    if not report.usable:
        raise BadInput("nothing could be ingested")


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
        head.append(hit.document.title or "(untitled)", style="bold")
        head.append(f"  {_from(hit.document)}", style="dim")
        session.out.print(head)
        session.out.print(Text(" ".join(hit.passage.text.split())))
        where = f"{hit.document.id}  characters {hit.passage.start}-{hit.passage.end}"
        copy = "" if hit.origin_id == hit.document.id else f"  copy of {hit.origin_id}"
        session.out.print(Text(f"{where}{copy}  similarity {hit.similarity:.2f}\n", style="dim"))


def _from(document: Document) -> str:
    written = " · machine-written" if document.author_kind is AuthorKind.AI else ""
    return f"{document.publisher or 'unknown publisher'}, {document.published_at or 'undated'}{written}"


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


def document(context: typer.Context, document_id: DocumentId, as_json: Json = False) -> None:
    """Print a document's text exactly as it is stored (with --json, the whole record)."""
    session = session_of(context)
    found = session.with_desk(lambda desk: desk.corpus.document(document_id), need_model=False)
    if found is None:
        raise BadInput(f"there is no document {document_id}; see: underwrite documents list")
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    write_bytes(found.text)
    if sys.stdout.isatty() and not found.text.endswith("\n"):
        write_bytes("\n")


@documents.command("list")
def list_documents(context: typer.Context, as_json: Json = False) -> None:
    """Every stored document, oldest first."""
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
        table.add_row(item.id, day, Text(item.publisher + kind), Text(item.title or "(untitled)"))
    session.out.print(table)


@documents.command()
def delete(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...")],
) -> None:
    """Remove documents from the corpus. Finished runs keep their own copies."""
    session = session_of(context)

    async def remove(desk: Any) -> list[str]:
        missing = []
        for item in ids:
            if await desk.corpus.document(item) is None:
                missing.append(item)
            else:
                await desk.corpus.delete(item)
        return missing

    missing = session.with_desk(remove, need_model=False)
    for item in missing:
        session.err.print(f"there is no document {item}", markup=False)
    session.say(f"deleted {len(ids) - len(missing)} of {len(ids)}")
    if len(missing) == len(ids):
        raise BadInput("nothing was deleted; see: underwrite documents list")
