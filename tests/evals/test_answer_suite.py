"""One scorer for the answers of any system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.answer_suite import main, score_answers
from evals.answers import Answer, Library
from evals.data import DatasetError, Question
from tests.evals.sample import DENIAL, DOCUMENTS, REPORT, SURVEY

LIBRARY = Library(DOCUMENTS.values())
SOLD = {"text": "Alder Tin sold 41,000 tonnes of tin in 2023.", "numbers": ["41,000"],
        "doc_ids": ["t1", "t2"]}  # fmt: skip
COST = {"text": "The smelter costs EUR 310 million.", "numbers": ["310"], "doc_ids": ["t1"]}


def question(name: str = "q1", as_of: str | None = None, **expect: Any) -> Question:
    return Question.model_validate(
        {"id": name, "question": "How much tin?", "as_of": as_of, "expect": expect}
    )


def answer(*sentences: tuple[str, str], name: str = "q1", **fields: Any) -> Answer:
    """Sentences with the id of the document each cites."""
    made = [{"text": t, "citations": [{"document_id": d, "quote": "x"}] if d else []}
            for t, d in sentences]  # fmt: skip
    whole = {"system": "peer", "question_id": name, "sentences": made, **fields}
    return Answer.model_validate(whole)


def values(given: Answer, asked: Question) -> dict[str, float | None]:
    suite = score_answers([given], [asked], LIBRARY)
    return {name: found.value for name, found in suite.figures.items()}


def test_a_fact_is_found_in_one_sentence_and_cited_from_its_document() -> None:
    asked = question(status="answered", facts=[SOLD, COST])
    both = answer(("Alder Tin sold 41,000 tonnes of tin.", "t2"), ("The smelter: EUR 310m.", "t3"))
    assert (values(both, asked)["facts"], values(both, asked)["facts_cited"]) == (1.0, 0.5)
    wrong = answer(("Alder Tin sold 42,000 tonnes of tin.", "t1"))
    assert values(wrong, asked)["facts"] == 0.0
    spread = answer(("Alder Tin sold tin.", "t1"), ("It was 41,000.", "t1"))
    assert values(spread, question(facts=[SOLD]))["facts"] == 0.0


def test_abstention_is_scored_on_both_kinds_of_question() -> None:
    silent, talks = answer(abstained=True), answer(("It was much.", "t1"))
    unanswerable = question(status="insufficient_evidence")
    answerable = question(status="answered")
    assert values(silent, unanswerable)["abstained"] == 1.0
    assert values(talks, unanswerable)["abstained"] == 0.0
    assert values(talks, unanswerable)["answered"] is None
    assert values(silent, answerable)["answered"] == 0.0
    assert values(talks, answerable)["answered"] == 1.0


def test_a_later_document_is_a_leak() -> None:
    given = answer(("It costs more.", "t3"))
    assert values(given, question(as_of="2024-06-20"))["leaks"] == 0.0
    assert values(given, question(as_of="2024-06-19"))["leaks"] == 1.0
    assert values(given, question())["leaks"] is None


def test_forbidden_strings_cost_and_errors() -> None:
    asked = question(forbidden_strings=["much MORE"])
    given = answer(("It costs much  more.", "t3"), seconds=4.0, tokens={"calls": 3, "prompt": 90})
    found = values(given, asked)
    assert (found["forbidden"], found["seconds"], found["calls"]) == (1.0, 4.0, 3.0)
    both = [given, answer(name="q2", error="timeout")]
    suite = score_answers(both, [asked, question("q2")], LIBRARY)
    assert suite.unscored == 1
    assert suite.figures["seconds"].n == 1
    with pytest.raises(DatasetError, match="no question 'q9'"):
        score_answers([answer(name="q9")], [asked], LIBRARY)


def test_the_command_puts_systems_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**d.model_dump(mode="json", exclude={"id", "source_id"}), "id": d.source_id}
            for d in (REPORT, SURVEY, DENIAL)]  # fmt: skip
    (tmp_path / "documents.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    asked = question(status="answered", facts=[SOLD]).model_dump(mode="json")
    (tmp_path / "questions.jsonl").write_text(json.dumps(asked) + "\n", "utf-8")
    for system, text in (("a", "Alder Tin sold 41,000 tonnes of tin."), ("b", "No idea.")):
        made = answer((text, "t1")).model_copy(update={"system": system})
        (tmp_path / f"{system}.jsonl").write_text(made.model_dump_json() + "\n", "utf-8")
    paths = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]
    assert main([*paths, "--data", str(tmp_path), "--verbose"]) == 0
    out = capsys.readouterr().out
    assert "figure\ta\tb" in out
    assert "facts\t1.000\t0.000" in out
    assert "b\tq1\tfacts\tno sentence states it" in out
    assert main([str(tmp_path / "absent"), "--data", str(tmp_path)]) == 3
