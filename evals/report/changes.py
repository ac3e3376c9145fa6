"""Which figures moved against a baseline, in a sign and a word that need no colour.

What is more than noise is for `evals.compare` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from evals.compare import Comparison, Moved
from evals.results import EvalRun
from tools.export.wording import Mark

__all__ = ["MOVED", "ORDER", "Change", "figure_changes"]

_MARKS: Final = {
    "better": Mark("▲", "better", "supported"),
    "worse": Mark("▼", "worse", "refuted"),
    "changed": Mark("◆", "changed", "contested"),
    "within noise": Mark("≈", "within noise", "insufficient"),
    "same": Mark("=", "same", "insufficient"),
    "too few samples": Mark("·", "too few samples", "insufficient"),
}
_NEW: Final = Mark("+", "new", "insufficient")
_LOST: Final = Mark("?", "no longer a figure", "refuted")

ORDER: Final = (
    _MARKS["worse"], _LOST, _MARKS["better"], _MARKS["changed"], _MARKS["within noise"],
    _MARKS["same"], _MARKS["too few samples"], _NEW,
)  # fmt: skip
"""What got worse is read first."""
MOVED: Final = ORDER[:4]
"""Beyond noise: what the page lists before all figures."""


class Change(NamedTuple):
    mark: Mark
    moved: Moved | None
    """None where the baseline has no such figure."""


def figure_changes(
    run: EvalRun, baseline: EvalRun, found: Comparison
) -> Mapping[tuple[str, str], Change]:
    """The change of each figure of `run`, by names of suite and figure. found: of the two runs."""
    moved = {(m.suite, m.figure): m for m in found.figures}
    changes = {}
    for name, suite in run.suites.items():
        for key, figure in suite.figures.items():
            at = moved.get((name, key))
            had = at is not None and baseline.suites[name].figures[key].value is not None
            if at is None or (not had and figure.value is not None):
                changes[name, key] = Change(_NEW, None)
            elif had and figure.value is None:
                changes[name, key] = Change(_LOST, at)
            else:
                changes[name, key] = Change(_MARKS[at.verdict], at)
    return changes
