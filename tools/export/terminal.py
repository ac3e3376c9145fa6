"""A brief on a terminal: narrow enough for 80 columns, readable without colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agents.brief import Brief, PublishedIdea, PublishedSentence
from tools.export.wording import (
    EFFECT_SIGNS,
    KIND_OF_CONTRADICTION,
    NOTICE,
    ORDER_TITLES,
    claim_numbers,
    documents_line,
    implications,
    mark_of,
    origin_line,
    owner_of,
    printable,
    score_words,
    source_line,
    sources_words,
    status_words,
    ticker_words,
    totals,
)

__all__ = ["render_terminal"]

_TONES = {
    "supported": "bold blue",
    "refuted": "bold red",
    "contested": "bold magenta",
    "insufficient": "bold",
    "reported": "dim",
}
_GAUGE = 21


class _Page:
    """Writes indented paragraphs; document text is always plain, never markup."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: Text | str = "", indent: int = 0) -> None:
        if not text:
            self._console.print()
            return
        content = Text(text) if isinstance(text, str) else text
        self._console.print(Padding(content, (0, 0, 0, indent), expand=False))

    def hang(self, label: Text | str, content: Text, indent: int = 2, width: int = 0) -> None:
        """A label and, beside it, a paragraph that keeps its left edge when it wraps."""
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True, min_width=width)
        grid.add_column()
        grid.add_row(label, content)
        self._console.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def title(self, text: str) -> None:
        self.line()
        self.line(Text(text, style="bold underline"))

    def bullet(self, content: Text, sign: str = "•") -> None:
        self.hang(sign, content)


def render_terminal(brief: Brief, console: Console) -> None:
    """Print the whole brief. Empty sections are left out."""
    page = _Page(console)
    _head(brief, page)
    _list(page, "What is claimed", brief.summary)
    _claims(brief, page)
    _contradictions(brief, page)
    for order, title in ORDER_TITLES.items():
        _list(page, title, implications(brief, order))
    _exposures(brief, page)
    for number, idea in enumerate(brief.ideas, 1):
        _idea(brief, page, number, idea)
    _list(page, "The other side", brief.opposing_case)
    _list(page, "What the consensus may miss", brief.variant_view)
    _list(page, "Risks", brief.risks)
    _sentiment(brief, page)
    _left_out(brief, page)
    _sources(brief, page)
    _run(brief, page)


def _keys(keys: Iterable[str]) -> Text:
    return Text("".join(f" [{key}]" for key in keys), style="cyan")


def _sentence(sentence: PublishedSentence) -> Text:
    text = Text(printable(sentence.text)).append_text(_keys(sentence.citations))
    if sentence.calculation:
        text.append(f" (calculation: {printable(sentence.calculation)})", style="dim")
    return text


def _list(page: _Page, title: str, sentences: Sequence[PublishedSentence]) -> None:
    if sentences:
        page.title(title)
        for sentence in sentences:
            page.bullet(_sentence(sentence))


def _head(brief: Brief, page: _Page) -> None:
    page.line()
    title = brief.headline.text if brief.headline else brief.question
    head = Text(printable(title), style="bold")
    if brief.headline:
        head.append_text(_keys(brief.headline.citations))
    page.line(head)
    if brief.headline:
        page.line(Text(printable(brief.question), style="italic dim"))
    as_of = f"as of {brief.as_of}" if brief.as_of else "no as-of date"
    page.line(f"{status_words(brief)} · {as_of} · {documents_line(brief)}")
    if brief.sentiment.overall:
        overall = brief.sentiment.overall
        page.line(
            Text(f"Overall sentiment {_gauge(overall.score)} {score_words(overall)}").append_text(
                _keys(overall.citations)
            )
        )
    for note in brief.notes:
        page.line(Text(f"Note: {printable(note)}", style="yellow"))
    page.line(Text(NOTICE, style="dim"))


def _gauge(score: float) -> str:
    at = round((score + 1) / 2 * (_GAUGE - 1))
    middle = _GAUGE // 2
    marks = ["●" if i == at else "|" if i == middle else "-" for i in range(_GAUGE)]
    return f"[{''.join(marks)}]"


def _claims(brief: Brief, page: _Page) -> None:
    if not brief.claims:
        return
    page.title("Claims")
    for number, claim in enumerate(brief.claims, 1):
        mark, verdict = mark_of(claim), claim.verdict
        head = Text(f"{mark.sign} {mark.word}", style=_TONES[mark.tone])
        if verdict.label is not None:
            head.append(f" · {sources_words(verdict.independent_sources)}", style="not bold dim")
        text = Text(printable(claim.text)).append_text(_keys(claim.citations))
        why = Text(f"{printable(owner_of(claim))} · {printable(verdict.why)}", style="dim")
        for word, keys in (("for", verdict.supporting), ("against", verdict.opposing)):
            if keys:
                why.append(f" · {word}").append_text(_keys(keys))
        page.hang(f"{number:>2}", Text("\n").join((head, text, why)))


def _contradictions(brief: Brief, page: _Page) -> None:
    if not brief.contradictions:
        return
    page.title("Where the sources disagree")
    for item in brief.contradictions:
        page.line(Text(KIND_OF_CONTRADICTION[item.kind], style="bold magenta"), 2)
        page.line(_sentence(item.sentence), 2)
        for side, keys in (("for", item.supporting), ("against", item.opposing)):
            for key in keys:
                cited = brief.citations[key]
                quote = Text(f"“{printable(cited.quote)}”")
                quote.append(f" {source_line(cited)}", style="dim").append_text(_keys([key]))
                page.hang(Text(side, style="bold"), quote, 4, 7)


def _exposures(brief: Brief, page: _Page) -> None:
    if not brief.exposures:
        return
    page.title("Who is exposed")
    for item in brief.exposures:
        ticker = ticker_words(item.ticker, item.ticker_source)
        who = Text(printable(item.name), style="bold")
        who.append(f"{', ' + printable(ticker) if ticker else ''}", style="not bold")
        who.append(f" · {item.order} order", style="not bold dim")
        page.hang(
            EFFECT_SIGNS[item.effect], Text("\n").join((who, _sentence(item.mechanism))), 2, 10
        )


def _idea(brief: Brief, page: _Page, number: int, idea: PublishedIdea) -> None:
    conditional = " (conditional: if the report is right)" if idea.conditional else ""
    page.title(f"Idea {number}{conditional}: {printable(idea.title)}")

    def row(name: str, content: Text | str) -> None:
        value = Text(printable(content)) if isinstance(content, str) else content
        page.hang(Text(name, style="bold"), value, 2, 10)

    for leg in idea.legs:
        ticker = ticker_words(leg.ticker, leg.ticker_source)
        row(leg.side, leg.name + (f", {ticker}" if ticker else ""))
    row("horizon", idea.horizon)
    for sentence in idea.thesis:
        row("thesis", _sentence(sentence))
    for catalyst in idea.catalysts:
        row("catalyst", Text(f"({printable(catalyst.when)}) ") + _sentence(catalyst.sentence))
    row("wrong if", _sentence(idea.invalidation))
    for sentence in idea.risks:
        row("risk", _sentence(sentence))
    filled = "■" * idea.conviction + "□" * (5 - idea.conviction)
    row("conviction", f"{filled} {idea.conviction} of 5: {'; '.join(idea.conviction_why)}")
    numbers = claim_numbers(brief)
    if known := [str(numbers[claim]) for claim in idea.claim_ids if claim in numbers]:
        row("rests on", f"claims {', '.join(known)}")


def _sentiment(brief: Brief, page: _Page) -> None:
    if not brief.sentiment.entities:
        return
    page.title("Sentiment by name")
    for item in brief.sentiment.entities:
        line = Text(f"{_gauge(item.score)} {printable(item.name or '')}: {score_words(item)}")
        page.line(line.append_text(_keys(item.citations)), 2)


def _left_out(brief: Brief, page: _Page) -> None:
    if brief.dropped:
        page.title("Dropped by the audit")
        for item in brief.dropped:
            page.bullet(Text(f"{printable(item.text)} ({printable(item.reason)})", style="dim"))
    if brief.failures:
        page.title("What failed")
        for failure in brief.failures:
            line = f"{failure.stage}: {failure.type}: {failure.message}"
            page.bullet(Text(printable(line)), "!")


def _sources(brief: Brief, page: _Page) -> None:
    if not brief.citations:
        return
    page.title("Sources")
    by_document: dict[str, list[str]] = {}
    for key, cited in brief.citations.items():
        by_document.setdefault(cited.document_id, []).append(key)
    for keys in by_document.values():
        cited = brief.citations[keys[0]]
        line = Text(printable(cited.title) or "(untitled)", style="bold")
        copy = origin_line(brief, cited)
        where = f"{source_line(cited)}{' · ' + copy if copy else ''} · {cited.document_id}"
        page.line(line.append(f"\n{where}", style="not bold dim"), 2)
        for key in keys:
            cited = brief.citations[key]
            quote = Text(f"“{printable(cited.quote)}”")
            quote.append(f" {cited.start}-{cited.end}", style="dim")
            page.hang(Text(f"[{key}]", style="cyan"), quote, 2, 4)


def _run(brief: Brief, page: _Page) -> None:
    run, spent = brief.run, totals(brief.run)
    page.line()
    page.line(
        Text(
            f"{run.id} · {printable(run.model)} · {run.seconds:.1f} s ({spent.model_seconds:.1f} s"
            f" with the model) · {spent.calls} calls · {spent.prompt_tokens} prompt tokens"
            f" ({spent.cached_tokens} cached), {spent.completion_tokens} completion tokens",
            style="dim",
        )
    )
