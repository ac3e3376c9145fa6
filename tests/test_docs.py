"""What the documentation names exists: files, commands, settings, make targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from tools.settings import ENV_PREFIX, Settings
from ui.cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def code(text: str) -> str:
    """Indented blocks, fenced blocks and inline code, one a line."""
    inline = re.findall(r"`([^`\n]+)`", text)
    indented = re.findall(r"^ {4}(.+)$", text, re.MULTILINE)
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*inline, *indented, *fenced])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_exist(page: Path) -> None:
    group = typer.main.get_command(app)
    commands = getattr(group, "commands")  # noqa: B009 - typer's own group type is private
    for words in re.findall(r"\bunderwrite (?:--\S+ \S+ )?([a-z]+)(?: ([a-z]+))?", code(
        page.read_text(encoding="utf-8")
    )):  # fmt: skip
        assert words[0] in commands, words
        subcommands = getattr(commands[words[0]], "commands", None)
        if subcommands and words[1]:
            assert words[1] in subcommands, words


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_settings_exist(page: Path) -> None:
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    known.add("UNDERWRITE_DEV_DATA")
    named = set(re.findall(r"UNDERWRITE_[A-Z_]+", page.read_text(encoding="utf-8")))
    assert named <= known


def test_readme_lists_every_setting_and_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`{ENV_PREFIX}{name.upper()}`" in readme
    commands = getattr(typer.main.get_command(app), "commands")  # noqa: B009
    for name in set(commands) - {"ui", "serve"}:
        assert re.search(rf"`{name}\b", readme), name


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"^make ([a-z-]+)", code(page.read_text(encoding="utf-8")), re.M):
        assert target in targets, target
