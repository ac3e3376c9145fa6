"""Suites with a scripted desk: what is asked, what is scored, what is counted as unscored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.brief import Brief
from agents.ports import ModelUnusable
from evals.check_briefs import main as check_briefs
from evals.copies import copies_of, overlap
from evals.data import (
    ClaimRow,
    DatasetError,
    Expect,
    Question,
    SentimentRow,
    load_claims,
    load_documents,
    load_questions,
    load_sentiment,
)
from evals.desk_report import desk_suite_of
from evals.desk_suite import ablated, ask_all, desk_suite, evaluate, rescore
from evals.registry import UsageError
from evals.run import run_suites
from evals.sentiment_suite import run_sentiment, score_sentiment
from evals.verify_suite import run_verify, score_verify
from evals.work import Options, Shelf, Work
from tests.evals.sample import DENIAL, DOCUMENTS, REPORT, SURVEY, good_brief


class ScriptedDesk:
    """Answers each call with the next of its answers; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []

    def _next(self, asked: Any) -> Any:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask(self, question: str, *, as_of: str | None = None) -> Brief:
        return Brief.model_validate(self._next((question, as_of)))

    async def verify(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        for answer in self._next(list(rows)):
            yield answer

    async def sentiment(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        for answer in self._next(list(rows)):
            yield answer


def _question(name: str = "q1", **expect: Any) -> Question:
    return Question(id=name, question="How much tin?", expect=Expect.model_validate(expect))


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_crash_is_a_result_of_its_question_alone(tmp_path: Path) -> None:
    desk = ScriptedDesk(RuntimeError("boom"), good_brief())
    questions = [_question("q1", status="answered"), _question("q2", status="answered")]
    asked = ask_all(desk, questions, DOCUMENTS, shelf=Shelf(tmp_path))
    results = [result async for result in asked]
    assert results[0].score is None
    assert results[0].error == "RuntimeError: boom"
    assert results[1].score is not None
    assert results[1].score.score == 1.0
    assert _names(tmp_path) == ["q2.json"]
    suite = desk_suite_of(results)
    assert suite.unscored == 1
    assert suite.samples[0].error == "RuntimeError: boom"
    assert suite.failures[0].where == "unscored"
    status = suite.figures["status"]
    assert (status.value, status.low, status.high, status.n) == (1.0, None, None, 1)


async def test_an_unusable_model_stops_the_suite() -> None:
    asked = ask_all(ScriptedDesk(ModelUnusable("no server")), [_question()], DOCUMENTS)
    with pytest.raises(ModelUnusable):
        await anext(asked)


def test_a_result_carries_violations_and_tokens() -> None:
    brief = good_brief()
    brief["ideas"][0]["conviction"] = 5
    result = evaluate(_question(), Brief.model_validate(brief), DOCUMENTS, 2.0)
    assert [v.invariant for v in result.violations] == ["3.conviction"]
    assert result.stages["plan"].prompt_tokens == 100
    assert result.claims == {"supported": 1, "contested": 1, "none": 1}
    suite = desk_suite_of([result, result.model_copy(update={"id": "q2"})])
    assert suite.figures["violations_error_total"].value == 2
    assert suite.figures["broken_labels"].value == 2
    assert suite.figures["broken_figures"].value == 0
    assert suite.plots["cost"]["plan"]["cached_tokens"] == 80
    assert {f.where for f in suite.failures} == {"3.conviction at ideas[0]"}


def _write_set(folder: Path, questions: list[dict[str, Any]]) -> None:
    rows = []
    for document in DOCUMENTS.values():
        row = document.model_dump(mode="json", exclude={"id", "source_id", "ingested_at"})
        rows.append({**row, "id": document.source_id, "extra": "ignored"})
    for name, lines in (("documents.jsonl", rows), ("questions.jsonl", questions)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / name).write_text(text, "utf-8")


def test_saved_briefs_are_scored_again_without_a_model(tmp_path: Path) -> None:
    _write_set(tmp_path, [{"id": "q1", "question": "?", "expect": {"status": "answered"}}])
    briefs = tmp_path / "briefs"
    briefs.mkdir()
    (briefs / "q1.json").write_text(json.dumps(good_brief()), "utf-8")
    abstains = {**good_brief(), "status": "insufficient_evidence", "ideas": [], "exposures": []}
    (briefs / "q1-ablated.json").write_text(json.dumps(abstains), "utf-8")
    suite = rescore(briefs, tmp_path)
    first, again = suite.samples
    assert (first.id, first.scores["score"], first.scores["errors"]) == ("q1", 1.0, 0.0)
    assert (again.id, again.scores["ablated_abstains"]) == ("q1-ablated", 1.0)
    assert suite.figures["ablated_abstains"].value == 1.0
    assert "score" not in again.scores


def test_ablation_takes_every_document_that_answers() -> None:
    copy = REPORT.model_copy(update={"id": "doc_copy", "source_id": "t9", "publisher": "Copy Co"})
    documents = [*DOCUMENTS.values(), copy]
    facts = [{"text": "Alder Tin sold 41,000 tonnes of tin in 2023.", "numbers": ["41,000"]}]
    by_fact = ablated(_question(status="answered", facts=facts), documents)
    assert [d.source_id for d in by_fact] == ["t3"]
    by_citation = ablated(_question(status="answered", must_cite=["t1"]), documents)
    assert [d.source_id for d in by_citation] == ["t2", "t3"]
    sides = [{"claim": "x", "supporting": ["t1"], "opposing": ["t3"]}]
    by_contradiction = ablated(_question(status="answered", contradictions=sides), documents)
    assert [d.source_id for d in by_contradiction] == ["t2"]


async def test_ablated_questions_must_abstain_and_unanswerable_ones_are_not_ablated(
    tmp_path: Path,
) -> None:
    seen: list[list[str]] = []

    @asynccontextmanager
    async def opener(paths: Sequence[Path], **_: Any) -> AsyncIterator[ScriptedDesk]:
        rows = [json.loads(line) for line in paths[0].read_text("utf-8").splitlines()]
        seen.append([row["id"] for row in rows])
        yield ScriptedDesk(*[good_brief()] * 2)

    data, answers = tmp_path / "set", tmp_path / "answers"
    data.mkdir()
    answered = {"status": "answered", "must_cite": ["t1", "t2"]}
    questions = [("q1", answered), ("q2", {"status": "insufficient_evidence"})]
    _write_set(data, [{"id": i, "question": "?", "expect": e} for i, e in questions])
    work = Work(Options(data=str(data), ablate=True), answers, opener=opener)
    suite = await desk_suite(work)
    assert seen == [["t1", "t2", "t3"], ["t3"]]
    assert [s.id for s in suite.samples] == ["q1", "q2", "q1-ablated"]
    assert suite.figures["ablated_abstains"].value == 0.0
    assert suite.figures["abstains"].value == 0.0
    assert suite.figures["answers"].value == 1.0
    # The brief cites documents that this corpus no longer has, also when it is read again.
    assert "1.document" in {f.where.split()[0] for f in suite.failures if "ablated" in f.sample}
    again = await desk_suite(Work(Options(data=str(data), ablate=True), answers, opener=opener))
    assert len(seen) == 2
    assert again.samples[2].scores["errors"] == suite.samples[2].scores["errors"]


def test_overlap_finds_rewrites_and_not_neighbours() -> None:
    shortened = REPORT.text[: len(REPORT.text) // 2].replace("sold", "shipped")
    assert overlap(REPORT.text, shortened) > 0.6
    assert overlap(REPORT.text, DENIAL.text) < 0.1
    texts = {"a": REPORT.text, "b": shortened, "c": DENIAL.text, "d": SURVEY.text}
    assert copies_of(["a"], texts) == {"a", "b"}


CLAIMS = [
    ClaimRow(id="1", claim="x", evidence=("e",), label="SUPPORTED", trap="unit"),
    ClaimRow(id="2", claim="x", evidence=("e",), label="REFUTED", trap="unit"),
    ClaimRow(id="3", claim="x", evidence=("e",), label="NEI", trap="scope"),
    ClaimRow(id="4", claim="x", evidence=("e",), label="NEI", trap="scope"),
]


def _verdict(name: str, label: str, published: str) -> dict[str, Any]:
    odds = dict.fromkeys(("SUPPORTED", "REFUTED", "NEI"), 0.1) | {label: 0.8}
    return {"id": name, "label": label, "published": published, "probabilities": odds}


async def test_verify_scores_labels_and_what_is_published() -> None:
    answers = [
        _verdict("1", "SUPPORTED", "SUPPORTED"),
        _verdict("2", "SUPPORTED", "NEI"),
        _verdict("3", "NEI", "NEI"),
        {"id": "4", "error": {"type": "ModelAnswerInvalid", "message": "cut"}},
    ]
    desk = ScriptedDesk(answers)
    found = await run_verify(desk, CLAIMS)
    assert desk.asked[0][0] == {"id": "1", "claim": "x", "evidence": ["e"]}
    assert found.unscored == 1
    assert found.samples[3].error == "ModelAnswerInvalid: cut"
    figures = {name: figure.value for name, figure in found.figures.items()}
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["costly_error"] == 0.5
    assert figures["published_costly_error"] == 0.0
    assert figures["published_precision"] == 1.0
    assert figures["published_coverage"] == pytest.approx(1 / 3)
    assert figures["trap.unit"] == 0.5
    assert found.figures["trap.unit"].n == 2
    assert figures["ece"] == pytest.approx(0.8 - 2 / 3)
    assert "attribution_f1" not in figures
    wrong = next(f for f in found.failures if f.sample == "2")
    assert (wrong.sentence, wrong.citations[0].quote) == ("x", "e")
    assert "called SUPPORTED, it is REFUTED" in wrong.why
    assert [round(b["count"]) for b in found.plots["reliability"]] == [3]
    assert found.plots["precision_coverage"][-1] == [1.0, 0.3333]


def test_an_answer_out_of_order_is_unscored_not_wrong() -> None:
    found = score_verify(CLAIMS[:1], [_verdict("2", "SUPPORTED", "NEI")])
    assert found.unscored == 1
    assert found.figures["accuracy"].value is None
    assert found.figures["accuracy"].note == "no sample has what it needs"
    with pytest.raises(ValueError, match="0 answers"):
        score_verify(CLAIMS, [])


def _row(name: str, text: str, target: str | None, score: float) -> SentimentRow:
    label = "positive" if score >= 0.2 else "negative" if score <= -0.2 else "neutral"
    fields = {"id": name, "text": text, "target": target, "label": label, "score": score}
    return SentimentRow.model_validate({**fields, "min": score - 0.2, "max": score + 0.2})


async def test_sentiment_scores_signs_ranges_and_opposite_pairs() -> None:
    rows = [
        _row("1", "same", "A", 0.5), _row("2", "same", "B", -0.5), _row("3", "other", None, 0.0),
        _row("4", "both", "A", 0.5), _row("5", "both", "B", -0.5), _row("6", "lost", "A", 0.5),
    ]  # fmt: skip
    answers = [
        {"id": "1", "score": 0.6, "label": "moderately positive"},
        {"id": "2", "score": -0.9, "label": "strongly negative"},
        {"id": "3", "score": 0.1, "label": "neutral"},
        {"id": "4", "score": 0.5, "label": "positive"},
        {"id": "5", "score": 0.5, "label": "positive"},
        {"id": "6", "error": {"type": "BadInput", "message": "no text"}},
    ]
    desk = ScriptedDesk(answers)
    found = await run_sentiment(desk, rows)
    assert "target" not in desk.asked[0][2]
    assert found.unscored == 1
    figures = found.figures
    assert figures["accuracy"].value == 0.8
    assert figures["in_range"].value == 0.6
    assert figures["opposite_pairs"].value == 0.5
    assert figures["opposite_pairs"].n == 2
    assert figures["mse"].value == pytest.approx((0.01 + 0.16 + 0.01 + 0 + 1) / 5)
    assert [0.5, 0.6] in found.plots["scatter"]
    assert [f.sample for f in found.failures] == ["5", "6"]


def test_rows_without_scores_have_no_error_figures() -> None:
    row = SentimentRow(id="1", text="t", label="neutral")
    found = score_sentiment([row], [{"id": "1", "score": 0.0, "label": "neutral"}])
    assert found.figures["mse"].value is None
    assert found.figures["in_range"].value is None


def test_the_invariants_suite_runs_on_saved_briefs_and_keeps_stdout_for_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_set(tmp_path, [{"id": "q1", "question": "?", "expect": {"status": "answered"}}])
    briefs, gate = tmp_path / "briefs", tmp_path / "gate.json"
    briefs.mkdir()
    broken = good_brief()
    broken["headline"]["text"] = "Alder Tin sold 43,000 tonnes of tin in 2023"
    (briefs / "q1.json").write_text(json.dumps(broken), "utf-8")
    gate.write_text('{"invariants.violations_error_total": {"max": 0}}', "utf-8")
    runs = tmp_path / "runs"
    code = run_suites(["invariants"], tmp_path, json=True, briefs=briefs, gate=gate, out=runs)
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert code == 1
    suite = report["suites"]["invariants"]
    assert suite["figures"]["broken_figures"]["value"] == 1
    assert suite["failures"][0]["where"] == "2.figure at headline"
    assert report["gate_failures"] == [
        "invariants.violations_error_total is 1, at most 0 is asked"
    ]
    assert "43,000 tonnes" in captured.err
    assert "q1" in captured.err
    assert run_suites(["invariants"], tmp_path, json=True, briefs=briefs, out=runs) == 0


def test_a_run_folder_is_checked_against_its_own_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run1"
    folder.mkdir()
    brief = {**good_brief(), "as_of": "2024-06-10"}  # before the third document
    (folder / "brief.json").write_text(json.dumps(brief), "utf-8")
    stored = [d.model_dump_json() for d in DOCUMENTS.values()]
    (folder / "documents.jsonl").write_text("\n".join(stored) + "\n", "utf-8")
    record = {"kind": "analyze", "question": DENIAL.title}
    (folder / "record.json").write_text(json.dumps(record), "utf-8")
    assert check_briefs([str(folder)]) == 0
    (folder / "record.json").write_text(json.dumps({**record, "kind": "ask"}), "utf-8")
    assert check_briefs([str(folder)]) == 1
    assert "5.as_of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["dsk"], "no suite dsk"),
        (["invariants"], "saved briefs"),
        (["retrieval"], "holds neither"),
        (["verify"], "no claims"),
        ([], "no questions, claims or sentiment"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(names: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=message) as raised:
        run_suites(names, tmp_path, out=tmp_path / "runs")
    assert raised.value.exit_code == (2 if isinstance(raised.value, UsageError) else 3)
    assert not (tmp_path / "runs").exists()


def test_the_set_that_comes_with_the_package_is_whole() -> None:
    documents, questions = load_documents(), load_questions()
    ids = {d.source_id for d in documents}
    assert (len(documents), len(questions)) == (30, 20)
    assert (len(load_claims()), len(load_sentiment())) == (120, 60)
    for question in questions:
        expect = question.expect
        named = {*expect.must_cite, *expect.must_not_cite}
        named |= {d for fact in expect.facts for d in fact.doc_ids}
        assert named <= ids, question.id


def test_in_the_package_set_ablation_leaves_no_document_of_a_fact() -> None:
    documents = load_documents()
    for question in load_questions():
        if question.expect.status == "answered":
            left = {d.source_id for d in ablated(question, documents)}
            assert not left & {d for fact in question.expect.facts for d in fact.doc_ids}
            assert len(left) >= 22, (question.id, 30 - len(left))
