from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from agents.brief import Brief
from agents.evidence import Document
from tests.tools.export.sample import DOCUMENTS, MACHINE, NOTE, empty_brief, sample_brief
from tools.export import NOTICE, render_html, render_json, render_markdown, render_terminal
from tools.export.wording import printable


def terminal(brief: Brief, width: int = 80) -> str:
    out = io.StringIO()
    render_terminal(brief, Console(file=out, width=width, force_terminal=False))
    return out.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def published_texts(brief: Brief) -> list[str]:
    """Every sentence, claim, title, note, reason and message that a reader has to see."""
    content = brief.model_dump(mode="json")
    found: list[str] = [*brief.notes, brief.question]

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                if name in {"text", "why", "title", "reason", "message", "horizon", "when"}:
                    found.append(str(item))
                elif name in {"conviction_why"}:
                    found.extend(item)
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk({name: value for name, value in content.items() if name != "citations"})
    return found


def test_json_is_the_contract() -> None:
    brief = sample_brief()
    assert Brief.model_validate_json(render_json(brief)) == brief
    assert json.loads(render_json(brief)) == brief.model_dump(mode="json")


@pytest.mark.parametrize("width", [40, 80, 160])
def test_terminal_shows_everything_within_its_width(width: int) -> None:
    shown = terminal(sample_brief(), width)
    assert max(len(line) for line in shown.splitlines()) <= width
    if width == 160:
        for text in published_texts(sample_brief()):
            assert flat(text) in re.sub(r"[\s│]+", " ", shown)
    assert NOTICE in flat(shown)


def test_markdown_shows_everything() -> None:
    shown = render_markdown(sample_brief()).replace("\\", "")
    for text in published_texts(sample_brief()):
        assert flat(text) in shown
    assert NOTICE in shown


def test_markdown_footnotes_all_resolve() -> None:
    shown = render_markdown(sample_brief())
    used = set(re.findall(r"\[\^(\w+)\](?!:)", shown))
    defined = set(re.findall(r"^\[\^(\w+)\]:", shown, re.MULTILINE))
    assert used <= defined == set(sample_brief().citations)


def test_markdown_text_starts_no_markup() -> None:
    brief = empty_brief().model_copy(
        update={"question": "# <b>x</b> | [link](http://evil) *a* `b`\n1. two"}
    )
    shown = render_markdown(brief)
    assert "# \\# \\<b\\>x\\</b\\> \\| \\[link\\](http://evil) \\*a\\* \\`b\\` 1. two" in shown


class Page(HTMLParser):
    """Tags with their attributes, and the text of each `data-keys` mark."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.marks: list[tuple[list[str], str]] = []
        self.words: list[str] = []
        self._open: list[str] | None = None
        self._script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        self._script = tag in {"script", "style"}
        if tag == "mark":
            self._open = values["data-keys"].split()

    def handle_endtag(self, tag: str) -> None:
        self._script = False
        if tag == "mark":
            self._open = None

    def handle_data(self, data: str) -> None:
        if not self._script:
            self.words.append(data)
        if self._open is not None:
            self.marks.append((self._open, data))


def test_page_shows_everything() -> None:
    text = flat("".join(Page(render_html(sample_brief(), DOCUMENTS)).words))
    for expected in published_texts(sample_brief()):
        assert flat(expected) in text
    assert NOTICE in text


def test_page_marks_exactly_the_quotes() -> None:
    brief = sample_brief()
    marks = Page(render_html(brief, DOCUMENTS)).marks
    for key, cited in brief.citations.items():
        marked = "".join(text for keys, text in marks if key in keys)
        assert flat(marked) == flat(printable(cited.quote))


def test_page_loads_nothing_and_runs_only_its_own_script() -> None:
    page = render_html(sample_brief(), DOCUMENTS)
    parsed = Page(page)
    loading = {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"}
    assert not loading & {tag for tag, _ in parsed.tags}
    for tag, attributes in parsed.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert not {"src", "srcset", "style", "action"} & set(attributes), tag
    assert [tag for tag, _ in parsed.tags].count("script") == 1
    (policy,) = (
        a["content"] for t, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_page_escapes_documents_and_follows_only_web_links() -> None:
    page = render_html(sample_brief(), DOCUMENTS)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    links = [a["href"] for t, a in Page(page).tags if t == "a"]
    assert not [link for link in links if not link.startswith(("#", "https://"))]


def test_every_citation_link_has_a_target() -> None:
    parsed = Page(render_html(sample_brief(), DOCUMENTS))
    ids = [a["id"] for _, a in parsed.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in parsed.tags:
        target = attributes.get("href", "")
        if tag == "a" and target.startswith("#"):
            assert target[1:] in ids


def test_verdicts_are_readable_without_colour() -> None:
    for shown in (
        terminal(sample_brief()),
        render_markdown(sample_brief()),
        "".join(Page(render_html(sample_brief(), DOCUMENTS)).words),
    ):
        for sign, word in (("✓", "supported"), ("✗", "refuted"), ("≠", "contested"),
                           ("○", "insufficient")):  # fmt: skip
            assert re.search(rf"{sign}\s*\**{word}", shown)


def test_missing_document_is_said() -> None:
    page = render_html(sample_brief(), [NOTE])
    assert "was not stored with the run" in page


def test_altered_document_is_reported_not_marked() -> None:
    altered = Document(id=MACHINE.id, text=MACHINE.text.replace("40 percent", "50 percent"))
    page = render_html(sample_brief(), [altered])
    assert "these words were not found there" in page
    assert not Page(page).marks


def test_empty_brief_has_no_empty_sections() -> None:
    for shown in (
        terminal(empty_brief()),
        render_markdown(empty_brief()),
        "".join(Page(render_html(empty_brief(), ())).words),
    ):
        assert "No document answers the question." in shown
        assert "Not answered" in shown
        for title in ("Claims", "Ideas", "Risks", "The other side", "Dropped", "Who is exposed"):
            assert title not in shown


def test_control_characters_do_not_reach_the_terminal() -> None:
    evil = "\x1b[2J\x9b31mred\u202eevil\x07"
    brief = empty_brief().model_copy(update={"question": evil, "notes": (evil,)})
    for shown in (terminal(brief), render_markdown(brief), render_html(brief, ())):
        assert not re.search("[\x1b\x9b\u202e\x07]", shown)
        assert "redevil" in shown


def test_rich_markup_in_text_is_shown_as_it_is() -> None:
    brief = empty_brief().model_copy(update={"question": "[bold]Is [/] this [red]markup?"})
    assert "[bold]Is [/] this [red]markup?" in terminal(brief)
