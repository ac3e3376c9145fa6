"""What a run is given: the ports, and a place to report progress. Never part of the state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from agents.events import Progress, Stage
from agents.ports import CorpusPort, EntailmentPort, ModelPort, SecuritiesPort, SentimentPort, Usage


@dataclass
class Context:
    run_id: str
    model: ModelPort
    corpus: CorpusPort
    entailment: EntailmentPort
    sentiment: SentimentPort
    securities: SecuritiesPort
    on_progress: Callable[[Progress], None] | None = None
    baseline: Mapping[str, Usage] = field(default_factory=dict)
    """The model port's counters when the run began; it may have served others before."""
    carried_usage: Mapping[str, Usage] = field(default_factory=dict)
    """Spent by an interrupted run before it was resumed."""
    carried_seconds: Mapping[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _active: dict[str, int] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _measured: dict[str, float] = field(default_factory=dict)

    def emit(
        self,
        stage: Stage,
        kind: str,
        message: str,
        **data: str | int | float | bool | None,
    ) -> None:
        if self.on_progress is not None:
            self.on_progress(
                Progress.model_validate(
                    {
                        "run_id": self.run_id,
                        "stage": stage,
                        "kind": kind,
                        "message": message,
                        "data": data,
                    }
                )
            )

    def spent(self) -> dict[str, Usage]:
        """Model use of this run by stage: what a resumed run had spent, plus since the baseline."""
        total = dict(self.carried_usage)
        for stage, now in self.model.usage().items():
            then = self.baseline.get(stage, Usage())
            had = total.get(stage, Usage())
            total[stage] = Usage(
                prompt_tokens=had.prompt_tokens + now.prompt_tokens - then.prompt_tokens,
                cached_tokens=had.cached_tokens + now.cached_tokens - then.cached_tokens,
                completion_tokens=had.completion_tokens
                + now.completion_tokens
                - then.completion_tokens,
                seconds=had.seconds + now.seconds - then.seconds,
                calls=had.calls + now.calls - then.calls,
            )
        return {stage: used for stage, used in sorted(total.items()) if used.calls}

    def seconds(self) -> dict[str, float]:
        """Wall time by stage; stages that run at the same time overlap."""
        return {
            stage: self.carried_seconds.get(stage, 0.0) + self._measured.get(stage, 0.0)
            for stage in dict.fromkeys((*self.carried_seconds, *self._began))
        }

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count the block's wall time towards `stage`; tasks that run at once count once."""
        if not self._active.get(stage):
            self._began[stage] = self.clock()
        self._active[stage] = self._active.get(stage, 0) + 1
        try:
            yield
        finally:
            self._active[stage] -= 1
            if not self._active[stage]:
                spent = self.clock() - self._began[stage]
                self._measured[stage] = self._measured.get(stage, 0.0) + spent
