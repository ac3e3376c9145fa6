"""A run of the evaluation suites as a page that people can read."""

from __future__ import annotations

from evals.report.html import write

__all__ = ["write"]
