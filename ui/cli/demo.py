"""`demo`: the sample corpus, one question and one article, from nothing to two briefs."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.rule import Rule

from agents.brief import Brief
from ui.cli.briefs import publish
from ui.cli.session import Session, session_of

if TYPE_CHECKING:
    from agents.desk import Desk

__all__ = ["demo"]

QUESTION = (
    "What is reported about the Russia-China counter-drone course: how many personnel, and do"
    " the accounts agree?"
)


def demo(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option(help="Where the briefs and the demo's own corpus go.", metavar="DIR")
    ] = Path("out"),
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask the model again.")] = False,
) -> None:
    """Ingest the sample corpus, answer one question, analyse one article. Invented news only."""
    session = session_of(context)
    home = (out / "demo-home").absolute()
    home.mkdir(parents=True, exist_ok=True)
    # A home of its own, so that invented documents never mix with the user's corpus. The joined
    # weights are in the cache and shared.
    settings = session.settings.model_copy(update={"home": home})
    demo_session = Session(session.flags, quiet=session.quiet)
    demo_session.use(settings)

    async def work(desk: Desk) -> tuple[Brief, Brief]:
        with as_file(files("evals") / "desk" / "documents.jsonl") as corpus:
            session.say(f"1/3  Ingesting the sample corpus ({_count(corpus)} invented articles)")
            await desk.ingest([str(corpus)])
        session.say(f"2/3  Asking: {QUESTION}")
        answer = await desk.ask(QUESTION)
        with as_file(files("evals") / "demo" / "article.md") as article:
            session.say("3/3  Analysing an article that the corpus does not hold")
            note = await desk.analyze(str(article))
        return answer, note

    answer, note = demo_session.with_desk(work, cache=not no_cache)
    written: list[Path] = []
    for name, brief in (("demo-ask", answer), ("demo-analyze", note)):
        session.out.print(Rule(name))
        publish(demo_session, brief, [], as_json=False)
        outputs = [out / f"{name}.html", out / f"{name}.json"]
        publish(demo_session, brief, outputs, as_json=False)
        written += outputs
    session.say(_next(written[0], home))


def _count(path: Path) -> int:
    with path.open(encoding="utf-8") as lines:
        return sum(1 for line in lines if line.strip() and json.loads(line))


def _next(page: Path, home: Path) -> str:
    return f"""
Open {page} in a browser and click a citation: its words are highlighted in the document.

Try next:
  underwrite --home {home} ask "Which share of magnet licence applications was approved?"
  underwrite --home {home} ask "Who gains from German defence spending?" --as-of 2025-04-15
  underwrite ingest FOLDER-OF-ARTICLES     your own corpus
  underwrite analyze ARTICLE.html          a note on one article, checked against it
  underwrite doctor                        what is there and what is missing
A larger model answers better and faster: serve one with vLLM and set UNDERWRITE_MODEL_URL."""
