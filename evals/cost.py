"""The cost suite: what briefs cost, by stage, as their run records say.

    python -m evals.cost out/briefs/*.json

Calls and tokens are those that the model server was asked for; answers from the local answer cache
cost nothing and show as fewer calls. Seconds are wall time, and depend on the machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from agents.brief import Brief
from evals.data import DatasetError
from evals.figure_rules import figure
from evals.results import Figure, Sample, Suite

__all__ = ["UNITS", "main", "score_cost"]

UNITS = {
    "calls": "calls", "prompt_tokens": "tokens", "cached_tokens": "tokens",
    "completion_tokens": "tokens", "seconds": "seconds", "model_seconds": "seconds",
}  # fmt: skip
"""What a stage spends, with its unit."""


def score_cost(briefs: Iterable[tuple[str, Brief]], errors: Mapping[str, str] = {}) -> Suite:
    """Means per question with intervals, and totals by stage in `plots["cost"]`.

    briefs: by question id. errors: questions without a brief, which are unscored. `seconds` of a
    question are its run's; those of a stage are summed over questions. `cached_share` is the part
    of the prompt tokens that the server had read before; `seconds_STAGE` and `tokens_STAGE`
    (prompt and completion) are means over questions.
    """
    samples: list[Sample] = []
    stages: dict[str, dict[str, float]] = {}
    for name, brief in briefs:
        spent = dict.fromkeys(UNITS, 0.0)
        scores: dict[str, float | None] = {}
        for stage in brief.run.stages:
            total = stages.setdefault(stage.name, dict.fromkeys(UNITS, 0.0))
            for unit in UNITS:
                spent[unit] += getattr(stage, unit)
                total[unit] += getattr(stage, unit)
            tokens = stage.prompt_tokens + stage.completion_tokens
            for key, value in (("seconds", stage.seconds), ("tokens", tokens)):
                key = f"{key}_{stage.name}"
                scores[key] = (scores.get(key) or 0.0) + value
        scores |= spent
        scores["seconds"] = brief.run.seconds
        samples.append(Sample(id=name, scores=scores))
    samples += [Sample(id=name, error=error) for name, error in errors.items()]
    return Suite(
        name="cost",
        figures=_figures(samples, stages),
        samples=tuple(samples),
        unscored=len(errors),
        plots={
            "cost": {
                name: {unit: round(value, 3) for unit, value in total.items()}
                for name, total in stages.items()
            }
        },
    )


def _figures(samples: Sequence[Sample], stages: Iterable[str]) -> dict[str, Figure]:
    found = {
        # More tokens from the server's cache are no cost and no gain by themselves.
        name: figure(
            samples, f"mean {name}", "neither" if name == "cached_tokens" else "lower", unit=unit
        )
        for name, unit in UNITS.items()
    }
    found["cached_share"] = figure(samples, "ratio cached_tokens prompt_tokens", "higher")
    for stage in stages:
        for name, unit in (("seconds", "seconds"), ("tokens", "tokens")):
            key = f"{name}_{stage}"
            found[key] = figure(samples, f"mean {key}", "lower", unit=unit)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.cost", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("briefs", nargs="+", type=Path, help="brief JSON files")
    options = parser.parse_args(arguments)
    try:
        suite = score_cost([(path.stem, _brief(path)) for path in options.briefs])
    except DatasetError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    for name, found in suite.figures.items():
        value = "-" if found.value is None else f"{found.value:.3f}"
        sys.stdout.write(f"{name}\t{value}\t{found.unit}\n")
    return 0


def _brief(path: Path) -> Brief:
    try:
        return Brief.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetError(f"{path} is not a brief: {error}") from error


if __name__ == "__main__":
    raise SystemExit(main())
