"""Answers of any system against what their questions expect: facts, abstention, leaks, cost.

    python -m evals.answer_suite out/peers/*/as-of/answers desk=out/briefs [--data DIR]

One scorer for all systems, on the neutral form of `evals.answers`; what the citations of an
answer are worth is the citations suite's. Sentences are taken one by one, as a reader takes them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.answers import Answer, AnswerSentence, Library, load_answers
from evals.data import DatasetError, Fact, Question, load_documents, load_questions
from evals.desk_scoring import sentence_states
from evals.figure_rules import figure
from evals.figures import normalise
from evals.results import Better, Failure, Sample, Suite

__all__ = ["FIGURES", "main", "score_answers"]

FIGURES: Mapping[str, tuple[str, Better, str]] = {
    "facts": ("ratio found expected", "higher", ""),
    "facts_cited": ("ratio found_cited expected", "higher", ""),
    "abstained": ("mean abstained", "higher", ""),
    "answered": ("mean answered", "higher", ""),
    "leaks": ("mean leak", "lower", ""),
    "forbidden": ("mean forbidden", "lower", ""),
    "sentences": ("mean sentences", "neither", "sentences"),
    "calls": ("mean calls", "lower", "calls"),
    "prompt_tokens": ("mean prompt", "lower", "tokens"),
    "completion_tokens": ("mean completion", "lower", "tokens"),
    "seconds": ("mean seconds", "lower", "seconds"),
}
"""`facts`: share of the expected facts that one sentence states; `facts_cited`: states and cites
one of the fact's documents. `abstained` is over questions without an answer in the documents,
`answered` over those with one. `leaks`: share of the questions with an as-of date whose answer
cites a later document. `forbidden`: share of the questions with forbidden strings that say one."""


def score_answers(
    answers: Sequence[Answer], questions: Sequence[Question], library: Library
) -> Suite:
    """The suite over the answers of one system. An answer with an error is unscored.

    Raises DatasetError for an answer to no question of the set.
    """
    known = {question.id: question for question in questions}
    samples: list[Sample] = []
    failures: list[Failure] = []
    for answer in answers:
        question = known.get(answer.question_id)
        if question is None:
            raise DatasetError(f"{answer.system}: no question {answer.question_id!r} in this set")
        if answer.error:
            samples.append(Sample(id=question.id, kind=question.kind, error=answer.error))
            continue
        sample, found = _scored(answer, question, library)
        samples.append(sample)
        failures += found
    return Suite(
        name="answers",
        figures={
            name: figure(samples, rule, better, unit=unit)
            for name, (rule, better, unit) in FIGURES.items()
        },
        samples=tuple(samples),
        failures=tuple(failures),
        unscored=sum(bool(sample.error) for sample in samples),
    )


def _scored(
    answer: Answer, question: Question, library: Library
) -> tuple[Sample, list[Failure]]:
    expect = question.expect
    failures: list[Failure] = []

    def failed(where: str, why: str, sentence: str = "") -> None:
        failures.append(Failure(sample=question.id, where=where, sentence=sentence, why=why))

    scores: dict[str, float | None] = {
        "sentences": float(len(answer.sentences)),
        "calls": float(answer.tokens.calls),
        "prompt": float(answer.tokens.prompt),
        "completion": float(answer.tokens.completion),
        "seconds": answer.seconds,
    }
    if expect.facts:
        stated = [[s for s in answer.sentences if sentence_states(s.text, f)] for f in expect.facts]
        cited = [
            any(_cites(s, fact, library) for s in found)
            for fact, found in zip(expect.facts, stated, strict=True)
        ]
        scores |= {
            "expected": float(len(expect.facts)),
            "found": float(sum(map(bool, stated))),
            "found_cited": float(sum(cited)),
        }
        for fact, found in zip(expect.facts, stated, strict=True):
            if not found:
                failed("facts", f"no sentence states it: {fact.text}")
    if expect.status == "insufficient_evidence":
        scores["abstained"] = float(answer.abstained)
        if not answer.abstained:
            failed("abstained", "the documents do not answer it", _opening(answer))
    elif expect.status is not None:
        scores["answered"] = float(not answer.abstained)
        if answer.abstained:
            failed("answered", "the documents answer it", _opening(answer))
    if question.as_of:
        late = sorted(_late(answer, question.as_of, library))
        scores["leak"] = float(bool(late))
        if late:
            failed("leaks", f"cites {', '.join(late)}, later than {question.as_of}")
    if expect.forbidden_strings:
        said = normalise("\n".join(s.text for s in answer.sentences)).casefold()
        uttered = [f for f in expect.forbidden_strings if normalise(f).casefold() in said]
        scores["forbidden"] = float(bool(uttered))
        for words in uttered:
            failed("forbidden", f"says {words!r}")
    return Sample(id=question.id, kind=question.kind, scores=scores), failures


def _opening(answer: Answer) -> str:
    return answer.sentences[0].text if answer.sentences else ""


def _cites(sentence: AnswerSentence, fact: Fact, library: Library) -> bool:
    """Whether a sentence cites one of a fact's documents; any document where it names none."""
    found = [library.get(citation.document_id) for citation in sentence.citations]
    ids = {i for d in found if d is not None for i in (d.id, d.source_id) if i}
    return bool(ids & set(fact.doc_ids)) if fact.doc_ids else bool(ids)


def _late(answer: Answer, as_of: str, library: Library) -> set[str]:
    """Documents that an answer cites and that were published after the as-of date."""
    cited = {c.document_id for s in answer.sentences for c in s.citations}
    found = [document for name in cited if (document := library.get(name)) is not None]
    return {
        document.source_id or document.id
        for document in found
        if document.published_at and document.published_at[:10] > as_of[:10]
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.answer_suite", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("answers", nargs="+", metavar="[NAME=]PATH", help="folders of answers")
    parser.add_argument("--data", type=Path, help="folder with documents and questions")
    parser.add_argument("--verbose", action="store_true", help="list every miss")
    options = parser.parse_args(arguments)
    try:
        questions, library = load_questions(options.data), Library(load_documents(options.data))
        systems: dict[str, list[Answer]] = {}
        for given in options.answers:
            name, equals, path = given.rpartition("=")
            for answer in load_answers(Path(path), name if equals else "underwrite"):
                if not answer.question_id.endswith("-ablated"):
                    systems.setdefault(answer.system, []).append(answer)
        suites = {name: score_answers(a, questions, library) for name, a in systems.items()}
    except DatasetError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    sys.stdout.write("\t".join(["figure", *suites]) + "\n")
    for name in FIGURES:
        values = [suite.figures[name].value for suite in suites.values()]
        shown = ["-" if value is None else f"{value:.3f}" for value in values]
        sys.stdout.write("\t".join([name, *shown]) + "\n")
    unscored = [str(suite.unscored) for suite in suites.values()]
    sys.stdout.write("\t".join(["unscored", *unscored]) + "\n")
    if options.verbose:
        for name, suite in suites.items():
            for failure in suite.failures:
                sys.stdout.write(f"{name}\t{failure.sample}\t{failure.where}\t{failure.why}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
