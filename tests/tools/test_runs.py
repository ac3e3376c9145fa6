from __future__ import annotations

from pathlib import Path

import pytest

from agents.brief import Brief, PublishedSentiment, RunRecord
from agents.evidence import Document
from tools.runs import RunNotFound, RunStore


def brief(run_id: str = "run_a", question: str = "What changed?") -> Brief:
    return Brief(
        question=question,
        as_of="2031-05-01",
        status="insufficient_evidence",
        headline=None,
        sentiment=PublishedSentiment(overall=None),
        run=RunRecord(id=run_id, model="m", prompts={}, corpus="c", seconds=1.5),
    )


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_saved_run_loads_equal_with_its_documents(store: RunStore) -> None:
    documents = [
        Document(text="one\r\ntwo\u2028three\u0085 \xad four", title="T", publisher="P"),
        Document(text="other", title="U", publisher="Q"),
    ]
    folder = store.save(brief(), documents)
    assert folder == store.folder / "run_a"
    assert store.load("run_a") == brief()
    assert {d.id: d for d in store.documents("run_a")} == {d.id: d for d in documents}
    assert store.status("run_a").state == "done"


def test_listed_newest_first(store: RunStore) -> None:
    for name in ("run_c", "run_a", "run_b"):
        store.save(brief(name))
    assert [run.id for run in store.list()] == ["run_b", "run_a", "run_c"]
    assert store.list()[0].status == "insufficient_evidence"


def test_interrupted_run_keeps_what_resume_needs(store: RunStore) -> None:
    article = Document(text="Words.", title="An article")
    store.start(
        "run_x", kind="analyze", question="An article", as_of="2031-01-02",
        source="a.md", documents=[article],
    )  # fmt: skip
    store.mark("run_x", "interrupted", "Ctrl-C")
    status = store.status("run_x")
    assert (status.kind, status.source, status.as_of) == ("analyze", "a.md", "2031-01-02")
    assert (status.state, status.message) == ("interrupted", "Ctrl-C")
    assert store.documents("run_x") == [article]
    with pytest.raises(RunNotFound, match="underwrite runs resume run_x"):
        store.load("run_x")
    # Resumed: the start time stays, the article stays beside the cited documents.
    again = store.start("run_x", kind="analyze", question="An article", as_of="2031-01-02")
    assert again.started_at == status.started_at
    cited = Document(text="Cited.")
    store.save(brief("run_x"), [cited])
    assert set(store.documents("run_x")) == {article, cited}
    assert store.status("run_x").kind == "analyze"


def test_unknown_run(store: RunStore) -> None:
    with pytest.raises(RunNotFound, match="runs list"):
        store.load("run_missing")
    assert store.list() == []


@pytest.mark.parametrize("name", ["../escape", "/etc/passwd", "a/b", "", ".hidden"])
def test_an_id_cannot_leave_the_folder(store: RunStore, name: str) -> None:
    with pytest.raises(RunNotFound):
        store.load(name)


def test_damaged_record_does_not_hide_the_others(store: RunStore) -> None:
    store.save(brief("run_good"))
    store.save(brief("run_bad"))
    (store.folder / "run_bad" / "record.json").write_text("{")
    assert [run.id for run in store.list()] == ["run_good"]
    with pytest.raises(RunNotFound, match="damaged"):
        store.status("run_bad")


def test_brief_of_another_version(store: RunStore) -> None:
    store.save(brief())
    path = store.folder / "run_a" / "brief.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 99'))
    with pytest.raises(RunNotFound, match="another version"):
        store.load("run_a")


def test_failed_write_leaves_the_old_file(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(brief())

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("tools.runs.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(brief(question="Another?"))
    monkeypatch.undo()
    assert store.load("run_a").question == "What changed?"
    assert not list((store.folder / "run_a").glob(".*"))


def test_delete(store: RunStore) -> None:
    store.save(brief())
    store.delete("run_a")
    assert store.list() == []
    with pytest.raises(RunNotFound):
        store.delete("run_a")
