"""`doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer
from packaging.requirements import InvalidRequirement, Requirement
from rich.text import Text

from agents.ports import CorpusUnusable, ModelUnusable, PortError
from tools.encoder.weights import SHIPPED, checked, manifest_of
from tools.model.weights import EMBEDDED, is_verified, part_files, weights_path
from ui.cli.model import describe
from ui.cli.options import Json, print_json
from ui.cli.session import Session, session_of

if TYPE_CHECKING:
    from agents.desk import Desk

__all__ = ["Finding", "doctor"]

GIB = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `code` is the exit code that a failure asks for."""

    what: str
    state: Literal["ok", "note", "fail"]
    detail: str
    do: str = ""
    code: int = 1


_MARK = {"ok": ("✓ ok  ", "green"), "note": ("• note", "cyan"), "fail": ("✗ fail", "bold red")}


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Explain what is there, what is missing and what to do."""
    session = session_of(context)
    findings: list[Finding] = []
    for check in (
        _python, _settings, _packages, _weights, _encoder, _engine, _server, _disk, _corpus
    ):
        for finding in check(session):
            findings.append(finding)
            if not as_json:
                _print(session, finding)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    failed = [finding for finding in findings if finding.state == "fail"]
    if not failed:
        session.say("Everything that is needed is there.")
        return
    session.say(f"{len(failed)} of {len(findings)} need attention.")
    raise typer.Exit(failed[0].code)


def _print(session: Session, finding: Finding) -> None:
    mark, style = _MARK[finding.state]
    line = Text(mark, style=style)
    line.append(f"  {finding.what:<16} {finding.detail}", style="default")
    session.out.print(line, soft_wrap=True)
    if finding.do:
        session.out.print(Text(f"{'':<25}→ {finding.do}", style="bold"), soft_wrap=True)


def _python(session: Session) -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", "ok", f"{found} at {sys.executable}")


def _settings(session: Session) -> Iterator[Finding]:
    try:
        settings = session.settings
    except PortError as error:
        yield Finding("settings", "fail", str(error), "correct it; README lists them", code=2)
        raise typer.Exit(2) from error
    given = sorted(settings.model_fields_set - {"home"})
    yield Finding("settings", "ok", f"set: {', '.join(given)}" if given else "all defaults")
    folder = settings.home
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if os.access(folder, os.W_OK) and folder.is_dir():
        yield Finding("home", "ok", str(settings.home))
    else:
        yield Finding(
            "home", "fail", f"{settings.home} cannot be written",
            "set UNDERWRITE_HOME to a folder of yours", code=5,
        )  # fmt: skip


def _packages(session: Session) -> Iterator[Finding]:
    try:
        wanted = metadata.requires("underwrite") or []
    except metadata.PackageNotFoundError:
        yield Finding("packages", "fail", "underwrite is not installed", "make setup")
        return
    wrong: list[str] = []
    for line in wanted:
        try:
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate():
                continue
            if not requirement.specifier.contains(
                metadata.version(requirement.name), prereleases=True
            ):
                wrong.append(f"{requirement.name} {metadata.version(requirement.name)}")
        except (metadata.PackageNotFoundError, InvalidRequirement):
            wrong.append(f"{line} (missing)")
    if wrong:
        yield Finding("packages", "fail", ", ".join(wrong), "make setup")
    else:
        yield Finding("packages", "ok", f"{len(wanted)} dependencies in the versions wanted")
    root = Path(__file__).resolve().parents[2]
    for name in ("agents", "tools", "prompts", "evals", "ui"):
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or []) if spec else []
        if not any(Path(place).resolve().parent == root for place in places):
            yield Finding(
                "import names", "fail", f"`{name}` comes from {places or 'nowhere'}",
                "another package uses this name in this environment; make setup in a fresh one",
            )  # fmt: skip


def _weights(session: Session) -> Iterator[Finding]:
    settings = session.settings
    if settings.model_path:
        there = settings.model_path.is_file()
        yield Finding(
            "weights", "ok" if there else "fail", str(settings.model_path),
            "" if there else "correct UNDERWRITE_MODEL_PATH", code=4,
        )  # fmt: skip
        return
    parts = part_files()
    missing = len(parts.missing)
    needed: Literal["note", "fail"] = "note" if settings.model_url else "fail"
    if missing:
        yield Finding(
            "weights", needed, f"{missing} of {EMBEDDED.parts} weight packages are missing",
            "make setup", code=4,
        )  # fmt: skip
        return
    path = weights_path(settings.models_dir)
    if is_verified(path):
        detail = f"{EMBEDDED.name}, {EMBEDDED.parts} packages joined, SHA-256 as expected"
        yield Finding("weights", "ok", detail)
    else:
        yield Finding(
            "weights", "note", f"{EMBEDDED.parts} packages found, not joined yet",
            "underwrite model prepare (or the first question does it)",
        )  # fmt: skip


def _encoder(session: Session) -> Iterator[Finding]:
    folder = SHIPPED / "encoder"
    try:
        manifest = manifest_of(folder)
        for name in manifest.files:
            checked(folder, name)
    except ModelUnusable as error:
        yield Finding("encoder weights", "fail", str(error), "restore weights/encoder", code=4)
        return
    detail = f"{manifest.name}, {len(manifest.files)} files, SHA-256 as expected"
    yield Finding("encoder weights", "ok", detail)


def _engine(session: Session) -> Iterator[Finding]:
    for name, package in (("embedded engine", "xllamacpp"), ("encoder runtime", "onnxruntime")):
        try:
            importlib.import_module(package)
        except (ImportError, OSError) as error:
            yield Finding(name, "fail", f"{package}: {error}", "make setup", code=4)
        else:
            yield Finding(name, "ok", f"{package} {metadata.version(package)}")


def _server(session: Session) -> Iterator[Finding]:
    settings = session.settings
    if not settings.model_url:
        yield Finding("model server", "ok", "none set: the embedded model starts when needed")
        return
    facts = describe(settings)
    if facts["ready"]:
        yield Finding("model server", "ok", f"{facts['model']} at {settings.model_url}")
    else:
        yield Finding(
            "model server", "fail", facts["problem"],
            "start the server, or correct UNDERWRITE_MODEL_URL, UNDERWRITE_MODEL or"
            " UNDERWRITE_API_KEY; unset the URL to use the embedded model", code=4,
        )  # fmt: skip


def _disk(session: Session) -> Iterator[Finding]:
    settings = session.settings
    joined = settings.model_url or settings.model_path or is_verified(
        weights_path(settings.models_dir)
    )
    needs = {settings.home: 0.5, settings.cache: 0.1 if joined else 1.5}
    for folder, needed in needs.items():
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        free = shutil.disk_usage(existing).free / GIB
        if free >= needed:
            yield Finding("disk", "ok", f"{free:.1f} GiB free for {folder}")
        else:
            setting = "UNDERWRITE_HOME" if folder == settings.home else "UNDERWRITE_CACHE"
            yield Finding(
                "disk", "fail", f"{free:.1f} GiB free for {folder}, {needed} wanted",
                f"free some space or set {setting}",
            )  # fmt: skip


def _corpus(session: Session) -> Iterator[Finding]:
    settings = session.settings
    if not settings.corpus_dir.exists() and not settings.chroma_url:
        yield Finding(
            "corpus", "note", "empty", "underwrite ingest PATH..., or make demo for a sample"
        )
        return

    async def count(desk: Desk) -> int:
        return await desk.corpus.count()

    try:
        documents = session.with_desk(count, need_model=False)
    except CorpusUnusable as error:
        yield Finding("corpus", "fail", str(error), "see the message", code=5)
        return
    if documents:
        yield Finding("corpus", "ok", f"{documents} documents in {settings.corpus_dir}")
    else:
        yield Finding("corpus", "note", "empty", "underwrite ingest PATH...")
