"""What every test gets: no network, a clean environment, a home of its own.

Tests that need more carry a marker (`browser`, `services`, `live`) and are left out by default;
the summary says how many were not run and which command runs them.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MARKERS = {
    "browser": "make test-browser",
    "services": "make test-services",
    "live": "make test-live",
}
_KEPT = {"UNDERWRITE_DEV_DATA"}
_OUTSIDE = ("OPENAI_", "LANGCHAIN_", "LANGSMITH_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class NetworkClosed(OSError):
    """A test tried to reach another machine."""


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    return host in {"localhost", "::1", "0.0.0.0", ""} or host.startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def _closed_network() -> Iterator[None]:
    """Connections to anything but loopback fail at once, and names are not looked up."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex, resolve = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(address: Any) -> None:
        if not _is_local(address):
            raise NetworkClosed(f"tests may not connect to {address!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        check((name or "localhost", 0))
        return resolve(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path: Path) -> Iterator[None]:
    """The developer's own settings do not reach a test; UNDERWRITE_HOME is a fresh folder.

    What a test or the code under test sets is gone after it.
    """
    before = dict(os.environ)
    for name in list(os.environ):
        ours = name.upper().startswith("UNDERWRITE_") and name not in _KEPT
        if ours or name.upper().startswith(_OUTSIDE):
            del os.environ[name]
    os.environ["UNDERWRITE_HOME"] = str(tmp_path / "home")
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def dev_data() -> Path:
    """The folder of shared development data; the test is skipped where there is none."""
    value = os.environ.get("UNDERWRITE_DEV_DATA")
    if not value:
        pytest.skip("UNDERWRITE_DEV_DATA is not set, so the shared development data is absent")
    folder = Path(value)
    if not folder.is_dir():
        pytest.skip(f"UNDERWRITE_DEV_DATA={value} is not a folder")
    return folder


_left_out: dict[str, int] = {}


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in MARKERS:
            if item.get_closest_marker(marker):
                _left_out[marker] = _left_out.get(marker, 0) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, command in MARKERS.items():
        if count := _left_out.get(marker):
            terminalreporter.write_line(f"not run: {count} {marker} tests ({command} runs them)")
