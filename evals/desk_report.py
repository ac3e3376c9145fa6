"""What a run of the desk suite found: one result a question, and the suite of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agents.brief import Brief
from agents.evidence import Record
from evals.desk_scoring import COMPONENTS, DeskScore
from evals.figure_rules import figure
from evals.results import Better, Failure, Figure, Sample, Suite
from evals.violation import Violation

__all__ = ["QuestionResult", "StageTotal", "desk_suite_of", "invariants_suite_of", "stage_totals"]


class StageTotal(Record):
    seconds: float = 0.0
    model_seconds: float = 0.0
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


class QuestionResult(Record):
    id: str
    kind: str
    expected: str = ""
    """Status that the question expects; empty when it expects none."""
    status: str = ""
    """Status of the brief; empty when the desk failed."""
    score: DeskScore | None = None
    """None when the desk failed on the question: counted as an error, not scored as zero."""
    error: str = ""
    violations: tuple[Violation, ...] = ()
    cases: tuple[Failure, ...] = ()
    """Each lost point and each broken promise, with its sentence and citations."""
    model: str = ""
    seconds: float = 0.0
    stages: dict[str, StageTotal] = {}
    sentences: int = 0
    dropped: int = 0
    failures: int = 0
    claims: dict[str, int] = {}
    """Claims by verdict label; `none` for opinions and forecasts."""
    ablated: bool = False
    """The question was asked without its evidence: the only right status is to abstain."""


def stage_totals(briefs: Sequence[Brief]) -> dict[str, StageTotal]:
    """Seconds, calls and tokens by stage, summed over runs."""
    return _summed(
        (stage.name, StageTotal.model_validate(stage.model_dump(exclude={"name"})))
        for brief in briefs
        for stage in brief.run.stages
    )


def _summed(stages: Iterable[tuple[str, StageTotal]]) -> dict[str, StageTotal]:
    totals: dict[str, StageTotal] = {}
    for name, stage in stages:
        old = totals.get(name, StageTotal())
        totals[name] = StageTotal(
            **{
                key: round(getattr(old, key) + getattr(stage, key), 3)
                for key in StageTotal.model_fields
            }
        )
    return totals


PROMISES: Final = {
    "1": "cited", "2": "figures", "3": "labels", "4": "origins", "5": "as_of", "6": "tickers",
    "7": "planted", "8": "abstention",
}  # fmt: skip
"""Invariants of the design by number; `evals.invariants` says what each checks."""


def _broken(violations: Sequence[Violation]) -> dict[str, float | None]:
    """Errors and warnings, and errors by promise; every promise is there, most often 0."""
    errors = [v for v in violations if v.severity == "error"]
    found: dict[str, float | None] = {
        "errors": float(len(errors)),
        "warnings": float(len(violations) - len(errors)),
    }
    for number, name in PROMISES.items():
        found[f"broken_{name}"] = float(sum(v.invariant.startswith(f"{number}.") for v in errors))
    found["broken_other"] = float(sum(v.invariant.split(".")[0] not in PROMISES for v in errors))
    return found


def _sample(result: QuestionResult) -> Sample:
    if result.score is None:
        return Sample(id=result.id, kind=result.kind, error=result.error)
    scores = _broken(result.violations)
    stages = result.stages.values()
    scores |= {
        "seconds": result.seconds,
        "prompt_tokens": float(sum(s.prompt_tokens - s.cached_tokens for s in stages)),
        "completion_tokens": float(sum(s.completion_tokens for s in stages)),
        "sentences": float(result.sentences),
        "dropped": float(result.dropped),
        "written": float(result.sentences + result.dropped),
    }
    if result.ablated:
        scores["ablated_abstains"] = result.score.status
        return Sample(id=result.id, kind=result.kind, scores=scores)
    scores["score"] = result.score.score
    scores |= {name: getattr(result.score, name) for name in (*COMPONENTS, "facts_spread")}
    abstained = float(result.status == "insufficient_evidence")
    if result.expected == "insufficient_evidence":
        scores["abstains"] = abstained
    elif result.expected:
        scores["answers"] = 1 - abstained
    return Sample(id=result.id, kind=result.kind, scores=scores)


def _violation_figures(samples: Sequence[Sample]) -> dict[str, Figure]:
    def count(score: str) -> Figure:
        return figure(samples, f"sum {score}", "lower", unit="violations")

    return {
        "violations_error_total": count("errors"),
        "violations_warning_total": count("warnings"),
        **{f"broken_{name}": count(f"broken_{name}") for name in (*PROMISES.values(), "other")},
    }


_SHARES: Final[Mapping[str, Better]] = {
    "score": "higher", **dict.fromkeys(COMPONENTS, "higher"), "facts_spread": "higher",
    "answers": "higher", "abstains": "higher", "ablated_abstains": "higher",
}  # fmt: skip


def desk_suite_of(
    results: Sequence[QuestionResult], *, partial: bool = False, note: str = ""
) -> Suite:
    """Means with intervals, broken promises, time and tokens a question, and every failure."""
    samples = [_sample(result) for result in results]
    figures = {name: figure(samples, f"mean {name}", better) for name, better in _SHARES.items()}
    if not any(result.ablated for result in results):
        del figures["ablated_abstains"]
    figures |= _violation_figures(samples)
    figures["dropped_share"] = figure(samples, "ratio dropped written", "neither")
    figures["seconds"] = figure(samples, "mean seconds", "lower", unit="seconds")
    for name in ("prompt_tokens", "completion_tokens"):
        figures[name] = figure(samples, f"mean {name}", "lower", unit="tokens")
    stages = _summed(pair for result in results for pair in result.stages.items())
    return Suite(
        name="desk",
        figures=figures,
        samples=tuple(samples),
        failures=_failures(results),
        unscored=sum(bool(sample.error) for sample in samples),
        plots={"cost": {name: stage.model_dump() for name, stage in stages.items()}},
        partial=partial,
        note=note,
        seconds=round(sum(result.seconds for result in results), 2),
    )


def invariants_suite_of(results: Sequence[QuestionResult]) -> Suite:
    """Broken promises of saved briefs, whatever they score."""
    samples = [
        Sample(id=r.id, kind=r.kind, scores=_broken(r.violations), error=r.error) for r in results
    ]
    broken = {v.invariant for r in results for v in r.violations}
    return Suite(
        name="invariants",
        figures=_violation_figures(samples),
        samples=tuple(samples),
        failures=tuple(
            case for r in results for case in r.cases if case.where.split(" ")[0] in broken
        ),
        unscored=sum(bool(sample.error) for sample in samples),
    )


def _failures(results: Sequence[QuestionResult]) -> tuple[Failure, ...]:
    crashed = [
        Failure(sample=r.id, where="unscored", why=r.error) for r in results if r.score is None
    ]
    return (*crashed, *(case for r in results for case in r.cases))
