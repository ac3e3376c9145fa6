"""The project installs as it should, and carries nothing of the machine it was made on."""

from __future__ import annotations

import importlib
import re
import socket
import subprocess
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agents", "tools", "prompts", "evals", "ui")
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")


def committed_files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.decode().split("\0") if name]


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("package", PACKAGES)
def test_package_resolves_inside_the_repository(package: str) -> None:
    # `agents` is also the import name of openai-agents, and `tools` of others.
    module = importlib.import_module(package)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve().is_relative_to(ROOT)


def test_openai_agents_is_a_resolver_error() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["uv"]["constraint-dependencies"] == ["openai-agents<0"]
    assert "openai-agents" not in locked("requirements.lock")


def test_installed_script_is_the_command_line() -> None:
    (script,) = entry_points(group="console_scripts", name="underwrite")
    assert script.value == "ui.cli:main"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert version("underwrite") == project["project"]["version"]


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = locked("requirements.lock")
    for requirement in project["project"]["dependencies"]:
        name = re.split(r"[<>=!~\[; ]", requirement)[0].lower().replace("_", "-")
        assert name in pins, f"{name} is not in requirements.lock: run `make lock`"
    for lock in LOCKS:
        blocks = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8"), flags=re.M)
        for block in blocks:
            if "==" in block:
                assert "--hash=sha256:" in block, f"{lock}: no hash in {block[:80]!r}"


def test_locks_agree() -> None:
    runtime = locked("requirements.lock")
    for name, pin in locked("requirements-dev.lock").items():
        assert runtime.get(name, pin) == pin


def test_no_committed_file_names_a_registry_or_a_build_machine() -> None:
    # Written in pieces so that this file does not find itself.
    forbidden = re.compile(
        "|".join(
            (
                "pypi" + r"\.org",
                "python" + "hosted",
                "registry" + r"\.npmjs",
                "deb\\." + r"debian\.org",
                "files\\.python" + r"hosted",
                "/wo" + r"rk/",
                "extra-index" + "-url",
            )
        )
    )
    found = []
    for path in committed_files():
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in forbidden.finditer(text)]
    assert found == []


def test_no_uv_lock_is_committed() -> None:
    # It would record registry hosts.
    assert "uv.lock" not in {path.name for path in committed_files()}


def test_network_is_closed() -> None:
    with socket.socket() as connection, pytest.raises(OSError, match="may not connect"):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(OSError, match="may not connect"):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.parametrize("target", "demo test lint types bench eval docs setup".split())
def test_help_lists_the_target(target: str) -> None:
    printed = subprocess.run(
        ["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(rf"make {target}\s+\S", printed)
