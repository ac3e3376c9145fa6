"""The citations suite: does every sentence cite, do the citations say so, are all of them needed.

    python -m evals.citations_suite ANSWERS… [--data DIR] [--out FILE]

ANSWERS are saved briefs or answers of other systems (`evals.answers`): one scorer for all.
Recall and precision are those of ALCE (`evals.alce`), means over answers; `sentences_supported`
and `citations_needed` are the same over all sentences and citations.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evals import grounding
from evals.alce import Judge, Judged, judge_sentences
from evals.answers import Answer, AnswerSentence, Library, load_answers, reason_kinds
from evals.automatic_judge import AutomaticJudge
from evals.citation_labels import Label, label_figures, load_labels
from evals.data import load_documents
from evals.entities import missing_entities
from evals.figure_rules import figure
from evals.results import Better, Cited, Failure, Figure, Sample, Suite, write_whole
from evals.shown import Located, locate, shown
from tools.encoder.verifier import shipped_entailment

__all__ = ["FIGURES", "dropped_by_reason", "main", "score_citations"]

FIGURES: dict[str, tuple[str, Better]] = {
    "citation_recall": ("mean recall", "higher"),
    "citation_precision": ("mean precision", "higher"),
    "sentences_supported": ("ratio supported judged", "higher"),
    "citations_needed": ("ratio needed judged_citations", "higher"),
    "coverage": ("ratio cited sentences", "higher"),
    "citations_resolve": ("ratio resolved citations", "higher"),
    "quotes_exact": ("ratio exact citations", "higher"),
    "unsourced_numbers": ("ratio bad_numbers sentences", "lower"),
    "unsourced_names": ("ratio bad_names sentences", "lower"),
    "dropped": ("ratio dropped drafted", "neither"),
}
"""Figure to rule. `unsourced_numbers`: share of sentences with a number, date or percentage that
is in none of their quotes; `dropped`: share of drafted sentences that the audit held back."""


class _Read(NamedTuple):
    """A sentence with what reading it found."""

    answer: int
    sentence: AnswerSentence
    located: list[Located]
    numbers: tuple[str, ...]
    """Figures that no quote states."""
    names: tuple[str, ...]


async def score_citations(
    answers: Sequence[Answer],
    library: Library,
    judge: Judge,
    *,
    labels: Sequence[Label] = (),
) -> Suite:
    """The suite over answers of one or more systems; one sample an answer.

    library: the stored documents. labels: hand labels, whose figures are put beside the judge's
    (see `evals.citation_labels`). An answer with an error is unscored; an abstention is scored
    only by the sentences of it that cite.
    """
    began = time.monotonic()
    read = [
        _read(i, sentence, library)
        for i, answer in enumerate(answers)
        for sentence in answer.sentences
        if not answer.error and (sentence.citations or not answer.abstained)
    ]
    judged = await judge_sentences([(r.sentence, r.located) for r in read], judge)
    samples: list[Sample] = []
    failures: list[Failure] = []
    ids = _ids(answers)
    for i, answer in enumerate(answers):
        own = [(r, j) for r, j in zip(read, judged, strict=True) if r.answer == i]
        samples.append(_sample(ids[i], answer, own))
        failures += [f for r, j in own for f in _failures(ids[i], r, j)]
    figures: dict[str, Figure] = {
        name: figure(samples, rule, better) for name, (rule, better) in FIGURES.items()
    }
    if labels:
        by_hand, labelled, disagreements = await label_figures(labels, library, judge)
        figures |= by_hand
        samples += labelled
        failures += disagreements
    silent = sum(j.supported is None for j in judged)
    return Suite(
        name="citations",
        figures=figures,
        samples=tuple(samples),
        failures=tuple(failures),
        unscored=sum(bool(sample.error) for sample in samples),
        plots={"dropped": dropped_by_reason(answers)},
        note=f"{silent} sentences have no answer of the judge ({judge.name})" if silent else "",
        seconds=round(time.monotonic() - began, 2),
    )


def dropped_by_reason(answers: Sequence[Answer]) -> dict[str, int]:
    """Sentences held back by the audit, by reason, most frequent first; one may have several."""
    reasons = [kind for a in answers for reason in a.dropped for kind in reason_kinds(reason)]
    return dict(Counter(reasons).most_common())


def _ids(answers: Sequence[Answer]) -> list[str]:
    several = len({answer.system for answer in answers}) > 1
    return [f"{a.system}/{a.question_id}" if several else a.question_id for a in answers]


def _read(number: int, sentence: AnswerSentence, library: Library) -> _Read:
    located = [locate(citation, library) for citation in sentence.citations]
    evidence = shown(sentence, located, range(len(located)))
    documents = [found.document for found in located if found.document is not None]
    numbers = grounding.Evidence(evidence.quotes, evidence.about).missing(sentence.text)
    words = [*evidence.quotes, *evidence.about, *(d.title for d in documents)]
    return _Read(
        number,
        sentence,
        located,
        tuple(number.text for number in numbers),
        # A sentence without citations lacks all; that is what coverage and recall say already.
        tuple(missing_entities(sentence.text, words)) if located else (),
    )


def _sample(name: str, answer: Answer, own: Sequence[tuple[_Read, Judged]]) -> Sample:
    if answer.error:
        return Sample(id=name, error=answer.error, kind=answer.system)
    citations = [found for r, _ in own for found in r.located]
    known = [j for _, j in own if j.supported is not None]
    precise = [p for _, j in own for p in j.precise if p is not None]
    supported = float(sum(bool(j.supported) for j in known))
    needed = float(sum(precise))
    scores: dict[str, float | None] = {
        "recall": supported / len(known) if known else None,
        # ALCE gives an answer without citations the precision 0.
        "precision": needed / len(precise) if precise else (0.0 if known else None),
        "sentences": float(len(own)),
        "cited": float(sum(bool(r.located) for r, _ in own)),
        "supported": supported,
        "judged": float(len(known)),
        "needed": needed,
        "judged_citations": float(len(precise)),
        "citations": float(len(citations)),
        "resolved": float(sum(found.document is not None for found in citations)),
        "exact": float(sum(found.exact for found in citations)),
        "bad_numbers": float(sum(bool(r.numbers) for r, _ in own)),
        "bad_names": float(sum(bool(r.names) for r, _ in own)),
        "dropped": float(len(answer.dropped)),
        "drafted": float(len(answer.dropped) + len(own)),
    }
    return Sample(id=name, scores=scores, kind=answer.system)


def _failures(name: str, read: _Read, judged: Judged) -> Iterator[Failure]:
    sentence = read.sentence

    def failure(figure_name: str, why: str) -> Failure:
        return Failure(
            sample=name,
            where=f"{figure_name} {sentence.where}".strip(),
            sentence=sentence.text,
            citations=tuple(_cited(n, found) for n, found in enumerate(read.located, start=1)),
            why=why,
        )

    if not read.located:
        yield failure("coverage", "no citation")
    for number, found in enumerate(read.located, start=1):
        if found.document is None:
            cited = sentence.citations[number - 1].document_id
            yield failure("citations_resolve", f"[{number}] {cited} is no stored document")
        elif not found.exact:
            where = "stands elsewhere or with other spaces" if found.span else "is not"
            yield failure("quotes_exact", f"the quote of [{number}] {where} in the stored text")
    if read.numbers:
        yield failure("unsourced_numbers", f"in no quote: {', '.join(read.numbers)}")
    if read.names:
        yield failure("unsourced_names", f"in no quote: {', '.join(read.names)}")
    if read.located and judged.supported is False:
        yield failure("citation_recall", "its quotes do not entail it, by the automatic judge")
    for number, precise in enumerate(judged.precise, start=1):
        if judged.supported and precise is False:
            yield failure(
                "citation_precision",
                f"[{number}] does not entail the sentence, and the others do without it",
            )


def _cited(number: int, found: Located) -> Cited:
    document = found.document
    return Cited(
        marker=f"[{number}]",
        quote=found.quote,
        document=(document.title or document.id) if document else "",
        publisher=document.publisher if document else "",
        date=(document.published_at or "")[:10] if document else "",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.citations_suite", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("answers", nargs="+", type=Path, help="briefs or answers, or folders")
    parser.add_argument("--data", type=Path, help="folder with documents.jsonl")
    parser.add_argument("--labels", type=Path, help="folder of hand labels")
    parser.add_argument("--out", type=Path, help="write the suite as JSON to this file")
    options = parser.parse_args(arguments)
    answers = [answer for path in options.answers for answer in load_answers(path)]
    library = Library(load_documents(options.data))
    judge = AutomaticJudge(shipped_entailment())
    labels = load_labels(options.labels)
    suite = asyncio.run(score_citations(answers, library, judge, labels=labels))
    lines = [f"{name}\t{found.value}" for name, found in suite.figures.items()]
    lines += [f"{f.sample}\t{f.where}\t{f.why}\t{f.sentence[:160]}" for f in suite.failures]
    sys.stdout.write("\n".join(lines) + "\n")
    if options.out:
        write_whole(options.out, suite.model_dump_json(indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
