"""The driver with a scripted peer in place of a real one: resuming, failures, settings, as-of."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.evidence import Document
from evals.answers import Answer, Library, load_answers
from evals.data import DatasetError, Question
from evals.peers.__main__ import main
from evals.peers.documents import wording
from evals.peers.driver import Outcome, Plan, plan_of, reread, run_peer
from evals.peers.environments import PEERS, Peer, locked
from evals.peers.meter import Meter
from tests.evals.peers.model_server import Lengths, model_server, said

SCRIPTED = '''
import json, os, time, urllib.request

class Peer:
    def __init__(self, setup):
        print("a peer prints what it likes")
        self.setup = setup
        self.prepared = 0

    def prepare(self, folder, documents):
        self.prepared += 1
        return sorted(os.listdir(folder))

    def ask(self, files, question):
        if "crash" in question:
            os._exit(3)
        if "raise" in question:
            raise ValueError("no JSON found")
        if "sleep" in question:
            time.sleep(60)
        if "odd" in question:
            return {"answer": "no sources key"}
        body = {"model": "any", "messages": [{"role": "user", "content": question}]}
        request = urllib.request.Request(
            self.setup["url"] + "/chat/completions", json.dumps(body).encode(),
            {"Authorization": "Bearer " + self.setup["key"], "Content-Type": "application/json"})
        try:
            reply = json.load(urllib.request.urlopen(request))
            answer = reply["choices"][0]["message"]["content"]
        except urllib.error.HTTPError:
            answer = ""
        with open(os.path.join(FOLDER, files[0]), encoding="utf-8") as file:
            text = file.read()
        return {"answer": answer, "files": files, "prepared": self.prepared,
                "sources": [{"document": files[0][:-4], "text": "Source 1:\\n" + text}]}

def open_peer(setup):
    global FOLDER
    FOLDER = None
    peer = Peer(setup)
    before = peer.prepare
    def prepare(folder, documents):
        global FOLDER
        FOLDER = folder
        return before(folder, documents)
    peer.prepare = prepare
    return peer
'''

DOCUMENTS = [
    Document(source_id="d01", title="Early", publisher="Wire", published_at="2025-01-10",
             text="The route carried 37.9 million tonnes."),
    Document(source_id="d02", title="Late", publisher="Wire", published_at="2025-09-10",
             text="The route closed."),
    Document(source_id="d03", title="Undated", publisher="Wire", text="No day is given."),
]  # fmt: skip


class ScriptedPeer(Peer):
    place: Path

    @property
    def folder(self) -> Path:
        return self.place


@pytest.fixture
def peer(tmp_path: Path) -> ScriptedPeer:
    place = tmp_path / "scripted"
    place.mkdir()
    (place / "run.py").write_text(SCRIPTED, "utf-8")
    (place / "requirements.lock").write_text("scripted==1.0 \\\n", "utf-8")
    return ScriptedPeer(
        name="llamaindex", package="scripted", title="scripted", settings={"k": 1}, place=place
    )


def question(number: int, text: str = "How much?", as_of: str | None = "2025-02-15") -> Question:
    return Question(id=f"q{number}", question=text, as_of=as_of)


def ask(
    peer: Peer, out: Path, questions: list[Question], *, answer: str = "It was 37.9 [1].",
    given: Any = "all", status: int = 200, **options: Any,
) -> tuple[Outcome, list[dict[str, Any]], list[str]]:  # fmt: skip
    lines: list[str] = []
    reply = said(answer) if status == 200 else (status, {"error": {"message": "too long"}})
    with model_server(lambda body: reply) as (url, asked), Meter(url, "tiny", Lengths) as meter:
        plan = plan_of(peer, given, DOCUMENTS, "tiny", 4096, options.pop("changed", {}))
        outcome = run_peer(
            peer, plan, questions, DOCUMENTS, meter=meter, out=out, progress=lines.append,
            python=options.pop("python", Path(sys.executable)), **options,
        )  # fmt: skip
    return outcome, asked, lines


def answers(out: Path, given: str = "all") -> dict[str, Answer]:
    return {a.question_id: a for a in load_answers(out / "llamaindex" / given / "answers")}


def test_answers_are_in_the_neutral_form(peer: ScriptedPeer, tmp_path: Path) -> None:
    outcome, asked, lines = ask(peer, tmp_path, [question(1), question(2)])
    assert outcome == Outcome(answered=2)
    assert asked[0]["messages"][0]["content"] == "As of 15 February 2025: How much?"
    found = answers(tmp_path)["q1"]
    assert found.system == "llamaindex"
    assert found.tokens.model_dump() == {"calls": 1, "prompt": 100, "cached": 7, "completion": 10}
    assert 0 < found.seconds < 60
    (sentence,) = found.sentences
    assert (sentence.text, sentence.citations[0].document_id) == ("It was 37.9.", "d01")
    assert sentence.citations[0].quote == DOCUMENTS[0].text
    assert lines[0].startswith("llamaindex q1: 1 sentences, 1 citations; 1 calls, 100 + 10 tokens")
    assert "a peer prints what it likes" in (tmp_path / "llamaindex/all/log.txt").read_text("utf-8")
    raw = json.loads((tmp_path / "llamaindex/all/raw/q2.json").read_text("utf-8"))
    assert raw["reply"]["raw"]["prepared"] == 1  # the documents are read once


def test_a_second_pass_asks_only_what_is_missing(peer: ScriptedPeer, tmp_path: Path) -> None:
    ask(peer, tmp_path, [question(1)])
    outcome, asked, _ = ask(peer, tmp_path, [question(1), question(2)])
    assert outcome == Outcome(answered=1, kept=1)
    assert len(asked) == 1


def test_failures_have_kinds_and_the_others_go_on(peer: ScriptedPeer, tmp_path: Path) -> None:
    asked_for = [
        question(1, "crash"), question(2, "raise"), question(3, "sleep"), question(4, "odd"),
        question(5),
    ]  # fmt: skip
    outcome, _, _ = ask(peer, tmp_path, asked_for, limit=3.0)
    assert outcome.errors == {"crashed": 1, "raised": 1, "timeout": 1, "unreadable": 1}
    assert outcome.answered == 1
    found = answers(tmp_path)
    assert found["q1"].error == "crashed: its process ended with code 3"
    assert found["q2"].error == "raised: ValueError: no JSON found"
    assert found["q3"].error == "timeout: no answer within 3 s"
    assert found["q3"].seconds >= 3
    assert found["q4"].error.startswith("unreadable: KeyError")
    assert not found["q5"].error
    # An error is an answer: it is asked again only on request.
    assert ask(peer, tmp_path, [question(2)])[0] == Outcome(kept=1)
    retried, _, _ = ask(peer, tmp_path, [question(2, "raise")], retry=True)
    assert retried.errors == {"raised": 1}


def test_what_the_server_refused_is_told(peer: ScriptedPeer, tmp_path: Path) -> None:
    outcome, _, _ = ask(peer, tmp_path, [question(1)], status=400)
    assert outcome.errors == {"empty": 1}
    assert answers(tmp_path)["q1"].error == (
        "empty: it gave no text; the model server refused 1 calls, the last with 400 too long"
    )


def test_later_and_undated_documents_are_taken_away_on_request(
    peer: ScriptedPeer, tmp_path: Path
) -> None:
    ask(peer, tmp_path, [question(1)])
    ask(peer, tmp_path, [question(1), question(2, as_of=None)], given="as-of")

    def files(given: str, name: str) -> list[str]:
        path = tmp_path / "llamaindex" / given / "raw" / f"{name}.json"
        found: list[str] = json.loads(path.read_text("utf-8"))["reply"]["raw"]["files"]
        return found

    assert files("all", "q1") == ["d01.txt", "d02.txt", "d03.txt"]
    assert files("as-of", "q1") == ["d01.txt"]
    assert files("as-of", "q2") == ["d01.txt", "d02.txt", "d03.txt"]


def test_other_settings_need_another_folder(peer: ScriptedPeer, tmp_path: Path) -> None:
    ask(peer, tmp_path, [question(1)])
    with pytest.raises(DatasetError, match="another settings; name another --out"):
        ask(peer, tmp_path, [question(1)], changed={"k": 2})


def test_answers_are_made_again_from_what_was_said(peer: ScriptedPeer, tmp_path: Path) -> None:
    ask(peer, tmp_path, [question(1)])
    path = tmp_path / "llamaindex/all/answers/q1.json"
    before = path.read_text("utf-8")
    path.write_text("{}", "utf-8")
    assert reread(tmp_path, DOCUMENTS) == 1
    assert path.read_text("utf-8") == before
    with pytest.raises(DatasetError, match="holds no answers"):
        reread(tmp_path / "nowhere", DOCUMENTS)


def test_an_adapter_that_does_not_start_is_a_crash(peer: ScriptedPeer, tmp_path: Path) -> None:
    (peer.place / "run.py").write_text("import nothing_of_that_name\n", "utf-8")
    outcome, _, _ = ask(peer, tmp_path, [question(1)])
    assert outcome.errors == {"crashed": 1}
    assert "nothing_of_that_name" in answers(tmp_path)["q1"].error


def test_an_environment_may_be_named_from_here(
    peer: ScriptedPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    outcome, _, _ = ask(peer, Path("out"), [question(1)], python=Path("python"))
    assert outcome.answered == 1


def test_wording_without_a_day() -> None:
    assert wording(question(1, as_of=None)) == "How much?"


@pytest.mark.parametrize("peer", PEERS.values(), ids=lambda peer: str(peer.name))
def test_locks_pin_with_hashes_and_name_no_registry(peer: Peer) -> None:
    text = peer.lock.read_text("utf-8")
    assert "://" not in text
    assert text.count("==") <= text.count("\n    --hash=sha256:")
    assert locked(peer).startswith(f"{peer.package} ")
    # The adapter runs in the peer's environment, where nothing of this project is.
    code = (peer.folder / "run.py").read_text("utf-8")
    assert not any(f"{verb} {name}" in code for name in ("agents", "tools", "evals")
                   for verb in ("from", "import"))  # fmt: skip


def test_usage_errors_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["run", "nobody"]) == 3
    assert "no such peer: nobody" in capsys.readouterr().err
    assert main(["run", "paperqa", "--set", "evidence_j=3"]) == 3
    assert main(["run", "paperqa", "--only", "q99"]) == 3
    assert main(["read", "--out", str(tmp_path)]) == 3
    assert main(["list"]) == 0
    assert "paper-qa" in capsys.readouterr().out


def test_a_plan_names_what_identifies_a_run(peer: ScriptedPeer) -> None:
    plan = plan_of(peer, "all", DOCUMENTS, "tiny", 4096, {"k": 5})
    assert isinstance(plan, Plan)
    assert (plan.version, plan.settings) == ("scripted 1.0", {"k": 5})
    assert plan_of(peer, "all", DOCUMENTS[:1], "tiny", 4096, {}).corpus != plan.corpus


def test_library_knows_both_ids() -> None:
    library = Library(DOCUMENTS)
    assert library.get("d01") is library.get(DOCUMENTS[0].id)
