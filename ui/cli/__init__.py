"""The command line, `underwrite`. `main` is the console script."""

from __future__ import annotations

from ui.cli.app import main

__all__ = ["main"]
