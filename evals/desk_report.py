"""What a run of the desk suite found: one row a question, and the figures over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from agents.brief import Brief
from evals.desk_scoring import COMPONENTS, DeskScore
from evals.statistics import Estimate, bootstrap, mean
from evals.violation import Violation

__all__ = ["DeskReport", "QuestionResult", "StageTotal", "stage_totals"]


class StageTotal(BaseModel):
    model_config = ConfigDict(frozen=True)

    seconds: float = 0.0
    model_seconds: float = 0.0
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


class QuestionResult(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    score: DeskScore | None = None
    """None when the desk failed on the question: counted as an error, not scored as zero."""
    error: str = ""
    violations: tuple[Violation, ...] = ()
    model: str = ""
    seconds: float = 0.0
    stages: dict[str, StageTotal] = {}
    sentences: int = 0
    dropped: int = 0
    failures: int = 0
    claims: dict[str, int] = {}
    """Claims by verdict label; `none` for opinions and forecasts."""


def stage_totals(briefs: Sequence[Brief]) -> dict[str, StageTotal]:
    """Seconds, calls and tokens by stage, summed over runs."""
    totals: dict[str, StageTotal] = {}
    for brief in briefs:
        for stage in brief.run.stages:
            old = totals.get(stage.name, StageTotal())
            totals[stage.name] = StageTotal(
                **{
                    name: round(getattr(old, name) + getattr(stage, name), 3)
                    for name in StageTotal.model_fields
                }
            )
    return totals


class DeskReport(BaseModel):
    model_config = ConfigDict(frozen=True)

    data: str
    results: tuple[QuestionResult, ...]
    ablations: tuple[QuestionResult, ...] = ()
    """Questions whose evidence was taken away: the only right status is to abstain."""

    @property
    def model(self) -> str:
        """The models that answered, most often one."""
        return ", ".join(sorted({r.model for r in self.results if r.model}))

    def summary(self) -> dict[str, object]:
        """Means with intervals, violations by invariant, time and tokens."""
        scored = [r.score for r in self.results if r.score is not None]
        figures: dict[str, object] = {
            "model": self.model,
            "questions": len(self.results),
            "errors": sum(r.score is None for r in self.results),
            "score": self._estimate([s.score for s in scored])._asdict(),
        }
        for name in (*COMPONENTS, "facts_spread"):
            values = [v for s in scored if (v := getattr(s, name)) is not None]
            figures[name] = self._estimate(values)._asdict()
        everything = [v for r in (*self.results, *self.ablations) for v in r.violations]
        for severity in ("error", "warning"):
            chosen = Counter(v.invariant for v in everything if v.severity == severity)
            figures[f"violations_{severity}"] = dict(chosen.most_common())
            figures[f"violations_{severity}_total"] = sum(chosen.values())
        if self.ablations:
            abstained = [
                s.status for r in self.ablations if (s := r.score) and s.status is not None
            ]
            figures["ablated_abstains"] = self._estimate(abstained)._asdict()
        figures["seconds"] = round(sum(r.seconds for r in self.results), 1)
        figures["seconds_mean"] = mean([r.seconds for r in self.results])
        stages: dict[str, StageTotal] = {}
        for result in self.results:
            for name, stage in result.stages.items():
                old = stages.get(name, StageTotal())
                stages[name] = StageTotal(
                    **{k: getattr(old, k) + getattr(stage, k) for k in StageTotal.model_fields}
                )
        figures["stages"] = {name: stage.model_dump() for name, stage in stages.items()}
        return figures

    @staticmethod
    def _estimate(values: Sequence[float]) -> Estimate:
        return bootstrap(lambda rows: mean([values[i] for i in rows]), len(values))
