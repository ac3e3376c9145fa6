"""What every page that we write shares: its look, and the promise that nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

__all__ = ["base_style", "content_policy", "page_file"]


@cache
def page_file(package: str, name: str) -> str:
    """A style or script that lies beside the code of `package`."""
    return (files(package) / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def base_style() -> str:
    """Colours of both schemes, type, links, tables: what comes before a page's own style."""
    return page_file("tools.export", "base.css")


def content_policy(style: str, script: str = "") -> str:
    """A Content-Security-Policy that lets the page load nothing, and run and look like nothing
    but these two texts. With it a style in an attribute has no effect."""
    rules = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    rules.append(f"style-src 'sha256-{_digest(style)}'")
    if script:
        rules.append(f"script-src 'sha256-{_digest(script)}'")
    return "; ".join(rules)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
