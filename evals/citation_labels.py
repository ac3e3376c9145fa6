"""Hand labels of generated sentences: their figures, and how far an automatic judge agrees.

`evals/citation_labels/*.jsonl` holds one labelled sentence a row, written by `evals.labelling`.
Nothing in a row depends on a later run: sentence and quotes are kept as they were judged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from agents.evidence import Record
from evals.alce import Judge, Judged
from evals.answers import AnswerCitation, AnswerSentence, Library
from evals.data import DatasetError, rows
from evals.figure_rules import figure
from evals.results import Failure, Figure, Sample
from evals.shown import Located, Shown, locate, shown
from evals.statistics import bootstrap, cohen_kappa

__all__ = ["HandJudge", "Label", "label_figures", "labels_folder", "load_labels"]


class Label(Record):
    """One sentence, judged by a person who did not see which system wrote it."""

    id: str
    system: str
    question_id: str
    sentence: str
    citations: tuple[AnswerCitation, ...] = Field(min_length=1)
    supported: Literal["yes", "partial", "no"]
    """By all citations together."""
    needed: tuple[bool, ...]
    """Of each citation: it bears the sentence or a part of it that no other one bears, or bears
    all of it."""
    wrong_number: bool
    """A number, date or percentage of the sentence is not what its sources say."""
    note: str = ""
    coverage: float = Field(default=1.0, ge=0, le=1)
    """Share of the system's sentences with citations: those without were not put to anybody."""

    @model_validator(mode="after")
    def _one_for_each(self) -> Label:
        if len(self.needed) != len(self.citations):
            raise ValueError(
                f"label {self.id}: {len(self.needed)} `needed` for {len(self.citations)} citations"
            )
        return self

    @property
    def judged(self) -> Judged:
        """The label in the terms of `evals.alce`: recall only when fully supported."""
        whole = self.supported == "yes"
        return Judged(supported=whole, precise=tuple(whole and n for n in self.needed))

    def evidence(self, library: Library) -> tuple[AnswerSentence, list[Located]]:
        sentence = AnswerSentence(text=self.sentence, citations=self.citations)
        return sentence, [locate(citation, library) for citation in self.citations]


def labels_folder() -> Path:
    """Where the labels that come with the project are."""
    return Path(__file__).parent / "citation_labels"


def load_labels(folder: Path | None = None) -> list[Label]:
    """Labels of all JSONL files of a folder, in order; none when there is no such folder."""
    root = folder or labels_folder()
    found: list[Label] = []
    for path in sorted(root.glob("*.jsonl")) if root.is_dir() else []:
        for row in rows(path):
            try:
                found.append(Label.model_validate(row))
            except ValidationError as error:
                raise DatasetError(f"{path}: label {row.get('id')!r}: {error}") from error
    repeated = {label.id for label in found if [other.id for other in found].count(label.id) > 1}
    if repeated:
        raise DatasetError(f"{root}: labelled twice: {', '.join(sorted(repeated))}")
    return found


class HandJudge:
    """A `evals.alce.Judge` that knows the labelled pairs and answers None to all others.

    Labels are of all citations of a sentence together; whether one of them is needed is in
    `Label.judged`, not in pairs.
    """

    name = "hand labels"

    def __init__(self, labels: Sequence[Label], library: Library) -> None:
        self._known: dict[tuple[str, Shown], bool] = {}
        for label in labels:
            sentence, located = label.evidence(library)
            key = (label.sentence, shown(sentence, located, range(len(located))))
            self._known[key] = label.supported == "yes"

    async def judge(self, pairs: Sequence[tuple[str, Shown]]) -> list[bool | None]:
        return [self._known.get(pair) for pair in pairs]


def _slug(system: str) -> str:
    return re.sub(r"\W+", "_", system).strip("_").lower()


async def label_figures(
    labels: Sequence[Label], library: Library, judge: Judge | None
) -> tuple[dict[str, Figure], list[Sample], list[Failure]]:
    """Figures of the labels by system, and the agreement of a judge with them.

    `hand_recall_SYSTEM` counts a sentence as ALCE does (fully supported or not), times the
    system's coverage, because sentences without citations are not labelled and have recall 0.
    `hand_precision_SYSTEM` is over citations. `judge_accuracy` and `judge_kappa` (Cohen 1960)
    compare a judge's answer on all citations together with `supported == "yes"`.
    """
    said: Mapping[str, bool | None] = {}
    if judge is not None and labels:
        pairs: list[tuple[str, Shown]] = []
        for label in labels:
            sentence, located = label.evidence(library)
            pairs.append((label.sentence, shown(sentence, located, range(len(located)))))
        answers = await judge.judge(pairs)
        said = {label.id: answer for label, answer in zip(labels, answers, strict=True)}
    samples: list[Sample] = []
    failures: list[Failure] = []
    for label in labels:
        system, judged = _slug(label.system), label.judged
        scores: dict[str, float | None] = {
            f"hand_recall_{system}": label.coverage * bool(judged.supported),
            f"hand_needed_{system}": float(sum(map(bool, judged.precise))),
            f"hand_citations_{system}": float(len(judged.precise)),
            f"hand_wrong_number_{system}": float(label.wrong_number),
        }
        answer = said.get(label.id)
        if answer is not None:
            scores |= {"hand": float(bool(judged.supported)), "judge": float(answer)}
            if answer != judged.supported:
                failures.append(_disagreement(label, answer))
        error = "the judge has no answer" if judge is not None and answer is None else ""
        samples.append(Sample(id=f"label:{label.id}", scores=scores, error=error))
    figures: dict[str, Figure] = {}
    for system in dict.fromkeys(_slug(label.system) for label in labels):
        figures[f"hand_recall_{system}"] = figure(samples, f"mean hand_recall_{system}", "higher")
        figures[f"hand_precision_{system}"] = figure(
            samples, f"ratio hand_needed_{system} hand_citations_{system}", "higher"
        )
        figures[f"hand_wrong_numbers_{system}"] = figure(
            samples, f"mean hand_wrong_number_{system}", "lower"
        )
    if said:
        figures["judge_accuracy"] = figure(samples, "accuracy hand judge", "higher")
        figures["judge_kappa"] = _kappa(samples)
    return figures, samples, failures


def _kappa(samples: Sequence[Sample]) -> Figure:
    both = [(s.scores["hand"], s.scores["judge"]) for s in samples if "judge" in s.scores]
    hand, judge = [str(h) for h, _ in both], [str(j) for _, j in both]
    found = bootstrap(
        lambda chosen: cohen_kappa([hand[i] for i in chosen], [judge[i] for i in chosen]), len(both)
    )
    note = "" if found.value is not None else "undefined: one of the two gives one answer only"
    return Figure(
        value=found.value, low=found.low, high=found.high, n=found.n, better="higher", note=note
    )


def _disagreement(label: Label, answer: bool) -> Failure:
    says = "supported" if answer else "not supported"
    return Failure(
        sample=f"label:{label.id}",
        where="judge_accuracy",
        sentence=label.sentence,
        why=f"the judge says {says}, by hand it is {label.supported}: {label.note}".rstrip(": "),
    )
