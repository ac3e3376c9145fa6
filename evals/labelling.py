"""Sheets for labelling generated sentences by hand, without showing which system wrote them.

    python -m evals.labelling --answers out/briefs peers/out --out sheet.jsonl [--n 120] [--seed 7]
    python -m evals.labelling --answers out/briefs peers/out --join sheet.jsonl --out labels.jsonl

The sheet has one sentence a row, shuffled, with its citations as a reader sees them and empty
fields to fill in: `supported` (yes, partial or no: by all citations together), `needed` (true or
false for each citation), `wrong_number` (true or false) and `note`. Answers are folders or files
of `evals.answers`; NAME=PATH calls saved briefs NAME. Joining needs the same answers and seed;
rows without `supported` are left out and counted.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from evals.answers import Answer, AnswerSentence, Library, load_answers
from evals.citation_labels import Label
from evals.data import DatasetError, load_documents, load_questions, rows
from evals.results import digest_of, write_whole
from evals.shown import around, locate

__all__ = ["choose", "joined", "main", "sheet"]

SEED: Final = 7
SENTENCES: Final = 120

Pick = tuple[Answer, AnswerSentence]


def _pool(answers: Sequence[Answer]) -> Iterator[Pick]:
    """Every sentence that cites. One without citations has recall 0 without anybody's labour."""
    for answer in answers:
        if not answer.error:
            for sentence in answer.sentences:
                if sentence.citations:
                    yield answer, sentence


def choose(answers: Sequence[Answer], n: int, seed: int) -> list[Pick]:
    """n sentences, as many of each system as of any other and, within a system, of each question
    in turn; all there are when there are fewer. Equal input gives an equal choice."""
    generator = random.Random(seed)  # noqa: S311 - a choice to repeat, not a secret
    queues: dict[str, list[Pick]] = {}
    by_system: dict[str, dict[str, list[Pick]]] = defaultdict(lambda: defaultdict(list))
    for pick in _pool(answers):
        by_system[pick[0].system][pick[0].question_id].append(pick)
    for system in sorted(by_system):
        questions = [by_system[system][q] for q in sorted(by_system[system])]
        for group in questions:
            generator.shuffle(group)
        generator.shuffle(questions)
        queues[system] = [
            group[turn] for turn in range(max(map(len, questions))) for group in questions
            if turn < len(group)
        ]  # fmt: skip
    chosen: list[Pick] = []
    while len(chosen) < n and any(queues.values()):
        for queue in queues.values():
            if queue and len(chosen) < n:
                chosen.append(queue.pop(0))
    generator.shuffle(chosen)
    return chosen


def _id(pick: Pick, seed: int) -> str:
    answer, sentence = pick
    cited = sentence.model_dump_json(include={"citations"})
    parts = (str(seed), answer.system, answer.question_id, sentence.text, cited)
    return digest_of(*parts)[:12]


def sheet(
    answers: Sequence[Answer],
    library: Library,
    questions: Mapping[str, str],
    *,
    n: int = SENTENCES,
    seed: int = SEED,
) -> list[dict[str, Any]]:
    """Rows to fill in. questions: text by id, for those who label; absent ids are empty."""
    made: dict[str, dict[str, Any]] = {}
    for answer, sentence in choose(answers, n, seed):
        cited = []
        for number, citation in enumerate(sentence.citations, start=1):
            found = locate(citation, library)
            document = found.document
            cited.append(
                {
                    "n": number,
                    "title": document.title if document else "(no such document)",
                    "publisher": document.publisher if document else "",
                    "date": (document.published_at or "")[:10] if document else "",
                    **_in_context(around(found), citation.quote),
                }
            )
        name = _id((answer, sentence), seed)
        made[name] = {
            "id": name,
            "question": questions.get(answer.question_id, ""),
            "sentence": sentence.text,
            "citations": cited,
            "supported": None,
            "needed": [None] * len(cited),
            "wrong_number": None,
            "note": "",
        }
    return list(made.values())


def _in_context(context: tuple[str, str, str], quote: str) -> dict[str, str]:
    """The quote with what stands before and after it, the rest of its own sentence included."""
    before, whole, after = context
    start, _, end = whole.partition(" ".join(quote.split()))
    if start == whole:
        start, end = "", ""
    before, after = f"{before} {start}".strip(), f"{end} {after}".strip()
    return {"before": before, "quote": quote, "after": after}


def joined(
    labelled: Sequence[Mapping[str, Any]], answers: Sequence[Answer], *, seed: int = SEED
) -> tuple[list[Label], int]:
    """Labels with their systems again, and how many rows have none yet.

    Raises DatasetError for a row of other answers or another seed, and for a bad label.
    """
    known = {_id(pick, seed): pick for pick in _pool(answers)}
    coverage = _coverage(answers)
    found: list[Label] = []
    empty = 0
    for row in labelled:
        name = str(row.get("id"))
        if name not in known:
            raise DatasetError(
                f"row {name} is of no sentence of these answers: give the answers and the seed "
                "that the sheet was made with"
            )
        if row.get("supported") is None:
            empty += 1
            continue
        answer, sentence = known[name]
        try:
            found.append(
                Label.model_validate(
                    {
                        "id": name,
                        "system": answer.system,
                        "question_id": answer.question_id,
                        "sentence": sentence.text,
                        "citations": sentence.citations,
                        "coverage": coverage[answer.system],
                        **{k: row.get(k) for k in ("supported", "needed", "wrong_number")},
                        "note": row.get("note") or "",
                    }
                )
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise DatasetError(f"row {name}: {where} {first['msg']}") from error
    return found, empty


def _coverage(answers: Sequence[Answer]) -> dict[str, float]:
    """Share of each system's sentences that cite; abstentions count by what they cite."""
    every: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        for sentence in answer.sentences:
            if not answer.error and (sentence.citations or not answer.abstained):
                every[answer.system].append(bool(sentence.citations))
    return {system: round(sum(cited) / len(cited), 4) for system, cited in every.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.labelling", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--answers", nargs="+", required=True, metavar="[NAME=]PATH")
    parser.add_argument("--out", type=Path, required=True, help="file to write; never overwritten")
    parser.add_argument("--join", type=Path, metavar="SHEET", help="a sheet that was filled in")
    parser.add_argument("--data", type=Path, help="folder with documents and questions")
    parser.add_argument("--n", type=int, default=SENTENCES, help="sentences on the sheet")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    try:
        if options.out.exists():
            raise DatasetError(f"{options.out} exists: labels are not overwritten, name another")
        answers = [answer for given in options.answers for answer in _given(given)]
        if options.join:
            found, empty = joined(rows(options.join), answers, seed=options.seed)
            written = [label.model_dump(mode="json") for label in found]
            said = f"{len(found)} labels, {empty} rows without one"
        else:
            library = Library(load_documents(options.data))
            questions = {q.id: q.question for q in load_questions(options.data)}
            written = sheet(answers, library, questions, n=options.n, seed=options.seed)
            said = f"{len(written)} sentences to label"
    except DatasetError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in written]
    write_whole(options.out, "".join(lines))
    sys.stderr.write(f"{said}: {options.out}\n")
    return 0


def _given(argument: str) -> list[Answer]:
    name, equals, path = argument.partition("=")
    return load_answers(Path(path), name) if equals else load_answers(Path(argument))


if __name__ == "__main__":
    raise SystemExit(main())
