"""The command line, `underwrite`."""

from __future__ import annotations


def main() -> None:
    raise SystemExit("underwrite: not built yet")
