"""Runs with a scripted desk: recorded at every step, stopped, taken up again, listed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.brief import Brief
from agents.ports import ModelUnusable
from evals.data import DatasetError
from evals.results import EvalRun, RunMissing, load_run
from evals.run import INTERRUPTED, list_runs, run_suites, show_run
from evals.work import Opener
from tests.evals.sample import DOCUMENTS, good_brief

CLAIM = {"claim": "Tin rose.", "evidence": ["Tin rose."], "label": "SUPPORTED"}
ODDS = {"SUPPORTED": 0.8, "REFUTED": 0.1, "NEI": 0.1}


class Desk:
    """Answers by question and row; an exception among the answers is raised."""

    def __init__(self, answers: Mapping[str, Any], asked: list[str], model: str) -> None:
        self.answers = answers
        self.asked = asked
        self.model = SimpleNamespace(name=model)

    async def ask(self, question: str, *, as_of: str | None = None) -> Brief:
        self.asked.append(question)
        answer = self.answers.get(question, good_brief())
        if isinstance(answer, BaseException):
            raise answer
        return Brief.model_validate(answer)

    async def verify(self, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        for row in rows:
            self.asked.append(str(row["id"]))
            answer = self.answers.get(str(row["id"]))
            if isinstance(answer, BaseException):
                raise answer
            yield {"id": row["id"], "label": "SUPPORTED", "published": "NEI",
                   "probabilities": ODDS, "checks": []}  # fmt: skip


class Opened:
    """What stands in for `open_desk`, and what was asked of the desks it opened."""

    def __init__(self, answers: Mapping[str, Any] | None = None, model: str = "m1") -> None:
        self.answers = answers or {}
        self.asked: list[str] = []
        self.model = model

    def __call__(self, documents: Any = (), **_: Any) -> Any:
        @asynccontextmanager
        async def open_() -> AsyncIterator[Desk]:
            yield Desk(self.answers, self.asked, self.model)

        return open_()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three questions and six claims."""
    folder = tmp_path / "set"
    folder.mkdir()
    documents = []
    for document in DOCUMENTS.values():
        row = document.model_dump(mode="json", exclude={"id", "source_id", "ingested_at"})
        documents.append({**row, "id": document.source_id})
    questions = [
        {"id": f"q{n}", "question": f"Question {n}?", "expect": {"status": "answered"}}
        for n in (1, 2, 3)
    ]
    claims = [{**CLAIM, "id": f"c{n}"} for n in range(6)]
    for name, rows in (("documents", documents), ("questions", questions), ("claims", claims)):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path, data: Path) -> Callable[..., int]:
    def call(*suites: str, opener: Opener, **options: Any) -> int:
        folder = None if "resumed" in options else data
        return run_suites(suites, folder, out=tmp_path / "runs", opener=opener, **options)

    return call


def _only(tmp_path: Path) -> EvalRun:
    (path,) = (tmp_path / "runs").glob("*.json")
    return load_run(path, tmp_path / "runs")


def _names(run: EvalRun, suite: str) -> list[str]:
    return [sample.id for sample in run.suites[suite].samples]


def test_a_run_leaves_a_record_of_what_it_was_made_with(
    tmp_path: Path, run: Callable[..., int]
) -> None:
    assert run("desk", "verify", opener=Opened()) == 0
    found = _only(tmp_path)
    assert found.finished
    assert (found.model, found.engine) == ("m1", "embedded")
    assert found.data == str(tmp_path / "set")
    assert found.prompts
    assert found.corpus_digest
    assert found.data_digest not in ("", found.corpus_digest)
    assert list(found.suites) == ["desk", "verify"]
    assert found.suites["desk"].data_digest == found.data_digest
    assert not found.suites["desk"].partial
    brief = tmp_path / "runs" / found.id / "desk" / "q1.json"
    assert Brief.model_validate_json(brief.read_bytes()).question == good_brief()["question"]
    assert not list((tmp_path / "runs").glob(".*"))


def test_the_record_is_written_after_every_question(
    tmp_path: Path, run: Callable[..., int]
) -> None:
    seen: list[list[str]] = []

    class Watched(dict[str, Any]):
        def get(self, question: str, default: Any = None) -> Any:
            found = _only(tmp_path)
            assert not found.finished
            seen.append(_names(found, "desk") if "desk" in found.suites else [])
            return default

    assert run("desk", opener=Opened(Watched({"-": None}))) == 0
    assert seen == [[], ["q1"], ["q1", "q2"]]


def test_what_was_interrupted_goes_on_without_asking_again(
    tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    first = Opened({"Question 2?": KeyboardInterrupt()})
    assert run("desk", "verify", opener=first) == INTERRUPTED
    stopped = _only(tmp_path)
    assert not stopped.finished
    assert _names(stopped, "desk") == ["q1"]
    assert (stopped.suites["desk"].partial, stopped.suites["desk"].note) == (True, "interrupted")
    assert f"--resume {stopped.id} --out" in capsys.readouterr().err

    again = Opened()
    assert run(opener=again, resumed=stopped.id[:15]) == 0
    assert again.asked == ["Question 2?", "Question 3?", "c0", "c1", "c2", "c3", "c4", "c5"]
    whole = _only(tmp_path)
    assert whole.finished
    assert (whole.id, whole.at) == (stopped.id, stopped.at)
    assert _names(whole, "desk") == ["q1", "q2", "q3"]
    assert not whole.suites["desk"].partial

    straight = tmp_path / "straight"
    assert run_suites(("desk",), tmp_path / "set", out=straight, opener=Opened()) == 0
    (path,) = straight.glob("*.json")
    uninterrupted = load_run(path, straight).suites["desk"].figures
    kept = whole.suites["desk"].figures
    assert {n: f for n, f in kept.items() if n != "seconds"} == {
        n: f for n, f in uninterrupted.items() if n != "seconds"
    }


def test_rows_that_were_answered_are_not_asked_again(
    tmp_path: Path, run: Callable[..., int]
) -> None:
    assert run("verify", opener=Opened({"c3": KeyboardInterrupt()})) == INTERRUPTED
    stopped = _only(tmp_path)
    assert _names(stopped, "verify") == ["c0", "c1", "c2"]
    assert stopped.suites["verify"].partial
    answers = tmp_path / "runs" / stopped.id / "verify.jsonl"
    with answers.open("a", encoding="utf-8") as out:
        out.write('{"id": "c3", "ans')  # as a stop in the middle of a line leaves it
    again = Opened({"c5": KeyboardInterrupt()})
    assert run(opener=again, resumed=stopped.id) == INTERRUPTED
    assert again.asked == ["c3", "c4", "c5"]
    last = Opened()
    assert run(opener=last, resumed=stopped.id) == 0
    assert last.asked == ["c5"]
    assert _names(_only(tmp_path), "verify") == [f"c{n}" for n in range(6)]
    assert _only(tmp_path).suites["verify"].figures["accuracy"].n == 6


def test_with_an_unusable_model_the_rest_runs_and_the_run_can_go_on(
    tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    gone = ModelUnusable("no server at http://127.0.0.1:1/v1: UNDERWRITE_MODEL_URL")
    with pytest.raises(ModelUnusable, match="UNDERWRITE_MODEL_URL"):
        run("desk", "cost", "verify", opener=Opened({"Question 2?": gone}))
    found = _only(tmp_path)
    assert not found.finished
    desk, cost = found.suites["desk"], found.suites["cost"]
    assert (desk.partial, [s.id for s in desk.samples]) == (True, ["q1"])
    assert desk.note == str(gone)
    assert cost.partial
    assert cost.note.startswith("not run: no server")
    assert not found.suites["verify"].partial
    said = capsys.readouterr()
    assert f"--resume {found.id}" in said.err
    assert "desk (partial)" in said.out
    again = Opened()
    assert run(opener=again, resumed=found.id) == 0
    assert again.asked == ["Question 2?", "Question 3?"]
    assert _only(tmp_path).finished


def test_a_question_that_fails_is_unscored_and_no_other_suite_is_touched(
    tmp_path: Path, run: Callable[..., int]
) -> None:
    opener = Opened({"Question 2?": RuntimeError("boom")})
    assert run("desk", "cost", opener=opener) == 0
    found = _only(tmp_path)
    assert found.finished
    assert found.suites["desk"].unscored == 1
    assert found.suites["desk"].figures["status"].n == 2
    # The cost suite reads the same briefs: nothing is asked twice, and the lost one is named.
    assert opener.asked == ["Question 1?", "Question 2?", "Question 3?"]
    lost = [s for s in found.suites["cost"].samples if s.error]
    assert [(s.id, s.error) for s in lost] == [("q2", "RuntimeError: boom")]


def test_a_crash_of_a_suite_is_recorded_and_raised_at_the_end(
    tmp_path: Path, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise TypeError("a mistake of ours")

    monkeypatch.setattr("evals.desk_suite.evaluate", crash)
    with pytest.raises(TypeError, match="a mistake of ours"):
        run("desk", "verify", opener=Opened())
    found = _only(tmp_path)
    assert found.suites["desk"].note == "TypeError: a mistake of ours"
    assert not found.suites["verify"].partial


def test_a_run_goes_on_only_with_what_it_was_begun_with(
    tmp_path: Path, data: Path, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("desk", opener=Opened({"Question 2?": KeyboardInterrupt()})) == INTERRUPTED
    name = _only(tmp_path).id
    with pytest.raises(DatasetError, match="leave suites"):
        run_suites(["desk"], out=tmp_path / "runs", resumed=name)
    with pytest.raises(DatasetError, match="begun with m1, and the server now has m2"):
        run(opener=Opened(model="m2"), resumed=name)
    with monkeypatch.context() as patch:
        patch.setattr("evals.recorder.all_digests", lambda: {"plan": "other"})
        with pytest.raises(DatasetError, match="the prompts changed"):
            run(opener=Opened(), resumed=name)
    more = json.dumps({"id": "q4", "question": "And?"}) + "\n"
    with (data / "questions.jsonl").open("a", encoding="utf-8") as out:
        out.write(more)
    with pytest.raises(DatasetError, match="the evaluation set changed"):
        run(opener=Opened(), resumed=name)
    with pytest.raises(RunMissing, match=r"no run zzz in .*--list"):
        run(opener=Opened(), resumed="zzz")


def test_a_finished_run_is_not_resumed(tmp_path: Path, run: Callable[..., int]) -> None:
    assert run("verify", opener=Opened()) == 0
    with pytest.raises(DatasetError, match="is finished"):
        run(opener=Opened(), resumed=_only(tmp_path).id)


def test_json_is_the_record_and_the_copy_and_briefs_are_where_they_were_asked_for(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # not in a checkout: the record goes to the home
    copy, briefs = tmp_path / "copy.json", tmp_path / "briefs"
    code = run_suites(["desk"], data, json=True, out=copy, briefs=briefs, opener=Opened())
    assert code == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.pop("gate_failures") == []
    assert EvalRun.model_validate(printed) == EvalRun.model_validate_json(copy.read_bytes())
    assert [p.name for p in sorted(briefs.iterdir())] == ["q1.json", "q2.json", "q3.json"]
    home = tmp_path / "home" / "evals"
    assert [p.stem for p in home.glob("*.json")] == [printed["id"]]
    # Saved briefs are read by what needs briefs, and nothing is asked.
    opener = Opened()
    assert run_suites(["cost"], data, briefs=briefs, opener=opener) == 0
    assert opener.asked == []


def test_runs_are_listed_newest_first_and_broken_files_are_named(
    tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", opener=Opened()) == 0
    assert run("verify", opener=Opened({"c3": KeyboardInterrupt()})) == INTERRUPTED
    (tmp_path / "runs" / "broken.json").write_text("{}", "utf-8")
    capsys.readouterr()
    assert list_runs(out=tmp_path / "runs", json=True) == 0
    captured = capsys.readouterr()
    rows = json.loads(captured.out)
    assert sorted(row["finished"] for row in rows) == [False, True]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert "broken.json is not an evaluation run" in captured.err
    assert list_runs(out=tmp_path / "runs") == 0
    assert "unfinished" in capsys.readouterr().out
    assert list_runs(out=tmp_path / "nowhere") == 0
    assert "no runs in" in capsys.readouterr().err


def test_a_cancelled_run_keeps_what_it_has(tmp_path: Path, data: Path) -> None:
    """As Ctrl-C does it: the task is cancelled while a question is being answered."""
    from evals.recorder import Recorder, begin
    from evals.registry import plan
    from evals.run import record
    from evals.work import Options
    from tools.settings import load_settings

    async def work() -> None:
        options = Options(suites=("desk",), data=str(data))
        recorder = Recorder(begin(options, load_settings()), tmp_path / "runs")
        waiting = asyncio.Event()

        class Slow(Desk):
            async def ask(self, question: str, *, as_of: str | None = None) -> Brief:
                if question == "Question 2?":
                    waiting.set()
                    await asyncio.sleep(60)
                return await super().ask(question, as_of=as_of)

        @asynccontextmanager
        async def opener(*_: Any, **__: Any) -> AsyncIterator[Desk]:
            yield Slow({}, [], "m1")

        task = asyncio.ensure_future(record(plan(options), options, recorder, opener))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert _names(_only(tmp_path), "desk") == ["q1"]
    assert _only(tmp_path).suites["desk"].partial


def test_a_recorded_run_is_shown_again_and_held_to_a_gate(
    tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", opener=Opened()) == 0
    name, runs = _only(tmp_path).id, tmp_path / "runs"
    gate = tmp_path / "gate.json"
    gate.write_text('{"verify.published_coverage": {"min": 0.5}}', "utf-8")
    capsys.readouterr()
    assert show_run(name, out=runs) == 0
    assert "published_coverage" in capsys.readouterr().out
    assert show_run(name, out=runs, json=True, gate=gate) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["gate_failures"] == [
        "verify.published_coverage is 0.000, at least 0.5 is asked"
    ]
    assert "c0, c1, c2, c3, c4, c5" in captured.err
