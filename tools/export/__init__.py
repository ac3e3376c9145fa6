"""Renderers: one published brief as terminal text, Markdown, a self-contained page, or JSON."""

from __future__ import annotations

from agents.brief import Brief
from tools.export.html import render_html
from tools.export.markdown import render_markdown
from tools.export.terminal import render_terminal
from tools.export.wording import NOTICE, printable

__all__ = [
    "NOTICE",
    "printable",
    "render_html",
    "render_json",
    "render_markdown",
    "render_terminal",
]


def render_json(brief: Brief) -> str:
    """The contract's JSON, two spaces, non-ASCII as it is, with a final newline."""
    return brief.model_dump_json(indent=2) + "\n"
