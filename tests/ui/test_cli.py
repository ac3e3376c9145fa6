from __future__ import annotations

import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest

from agents.brief import Brief
from agents.evidence import InvalidDate
from agents.ports import BadInput, CorpusUnusable, ModelUnusable
from tests.tools.export.sample import DOCUMENTS, WIRE, sample_brief
from tests.ui.conftest import Run
from tests.ui.fake_desk import FakeDesk
from tools.runs import RunStore
from ui.cli import main

RUN = sample_brief().run.id


def test_ask_prints_the_brief_on_stdout_and_progress_on_stderr(desk: FakeDesk, run: Run) -> None:
    result = run("ask", "How long?", "--as-of", "2031-02-20")
    assert result.code == 0
    assert desk.calls == [
        ("ask", {"question": "How long?", "as_of": date(2031, 2, 20), "source": None})
    ]
    assert "Where the sources disagree" in result.out
    assert "claim 1 of 1: contested" in result.err
    assert "contested" not in result.err.replace("claim 1 of 1: contested", "")
    assert desk.closed == 1


def test_json_on_stdout_is_only_json(desk: FakeDesk, run: Run) -> None:
    result = run("ask", "How long?", "--json")
    assert Brief.model_validate_json(result.out) == sample_brief()
    assert "planning" in result.err
    assert run("--quiet", "ask", "How long?", "--json").err == ""


def test_out_is_repeatable_and_by_suffix(desk: FakeDesk, run: Run, tmp_path: Path) -> None:
    files = [tmp_path / "new" / name for name in ("b.md", "b.html", "b.JSON")]
    result = run("ask", "Q?", *[part for file in files for part in ("--out", str(file))])
    assert result.code == 0
    assert result.out == ""
    markdown, page, record = (file.read_text(encoding="utf-8") for file in files)
    assert markdown.startswith("# Halden")
    assert page.startswith("<!doctype html>")
    assert "<mark" in page
    assert Brief.model_validate_json(record) == sample_brief()


@pytest.mark.parametrize("name", ["brief.pdf", "brief", "."])
def test_out_that_cannot_be_written_is_refused_before_the_run(
    desk: FakeDesk, run: Run, name: str, tmp_path: Path
) -> None:
    result = run("ask", "Q?", "--out", str(tmp_path / name))
    assert result.code == 2
    assert desk.opened == []


def test_out_keeps_the_old_file_when_the_run_fails(
    desk: FakeDesk, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "b.md"
    file.write_text("old")
    desk.failure = ModelUnusable("gone")
    assert run("ask", "Q?", "--out", str(file)).code == 4
    assert file.read_text() == "old"
    assert run("ask", "Q?", "--out", str(tmp_path / "c.md")).code == 4
    assert not (tmp_path / "c.md").exists()


def test_no_cache_reaches_the_desk(desk: FakeDesk, run: Run) -> None:
    run("ask", "Q?", "--no-cache")
    run("ask", "Q?")
    assert [opened["cache"] for opened in desk.opened] == [False, True]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("nothing"), 3),
        (InvalidDate("no date"), 3),
        (ModelUnusable("set UNDERWRITE_MODEL_URL"), 4),
        (CorpusUnusable("empty"), 5),
        (RuntimeError("bug"), 1),
    ],
)
def test_exit_codes(desk: FakeDesk, run: Run, error: Exception, code: int) -> None:
    desk.failure = error
    result = run("ask", "Q?", "--json")
    assert result.code == code
    assert str(error) in result.err
    assert result.out == ""
    assert desk.closed == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "Q?", "--as-of", "yesterday"],
        ["ask", "Q?", "--as-of", "2031-02-30"],
        ["search", "x", "-k", "0"],
        ["--model-url", "http://gpu:8000", "ask", "Q?"],
        ["ingest", "a.txt", "--published", "May"],
        ["ingest", "a.txt", "--author-kind", "robot"],
        ["ui"],
        ["serve"],
    ],
)
def test_usage_errors(desk: FakeDesk, run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.err
    assert desk.opened == []


@pytest.mark.parametrize("question", ["", "   "])
def test_empty_question_is_bad_input(desk: FakeDesk, run: Run, question: str) -> None:
    assert run("ask", question).code == 3
    assert desk.opened == []


def test_missing_article_is_told_before_a_model_is_started(
    desk: FakeDesk, run: Run, tmp_path: Path
) -> None:
    result = run("analyze", str(tmp_path / "none.md"))
    assert result.code == 3
    assert "does not exist" in result.err
    assert run("analyze", str(tmp_path)).code == 3
    assert desk.opened == []


def test_analyze_takes_a_file_a_url_or_stdin(desk: FakeDesk, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("words")
    for source in (str(file), "https://example.org/a", "-"):
        assert run("analyze", source).code == 0
        assert desk.calls[-1][1]["source"] == source


def test_interrupt_names_the_run_and_how_to_go_on(
    desk: FakeDesk, run: Run, tmp_path: Path
) -> None:
    desk.failure = KeyboardInterrupt()
    result = run("ask", "Q?")
    assert result.code == 130
    assert f"underwrite runs resume {RUN}" in result.err
    status = RunStore(tmp_path / "home" / "runs").status(RUN)
    assert status.state == "interrupted"
    # and the same command then finishes it
    desk.failure = None
    assert run("runs", "resume", RUN).code == 0
    assert desk.calls[-1] == ("resume", {"run_id": RUN})


def test_runs_are_listed_shown_and_not_resumed_twice(desk: FakeDesk, run: Run) -> None:
    assert "No runs yet" in run("runs", "list").err
    run("ask", "How long?")
    (listed,) = json.loads(run("runs", "list", "--json").out)
    assert (listed["id"], listed["state"], listed["status"]) == (RUN, "done", "answered")
    assert RUN in run("runs", "list").out
    opened = len(desk.opened)
    assert Brief.model_validate_json(run("runs", "show", RUN, "--json").out) == sample_brief()
    assert Brief.model_validate_json(run("runs", "resume", RUN, "--json").out) == sample_brief()
    assert len(desk.opened) == opened
    assert run("runs", "show", "no-such-run").code == 3
    assert run("runs", "resume", "../../etc").code == 3


def test_document_prints_the_stored_text_exactly(
    desk: FakeDesk, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["document", WIRE.id]) == 0
    assert capfdbinary.readouterr().out == WIRE.text.encode()
    assert main(["document", "w1"]) == 0
    assert capfdbinary.readouterr().out == WIRE.text.encode()


def test_document_commands(desk: FakeDesk, run: Run) -> None:
    listed = json.loads(run("documents", "list", "--json").out)
    assert {item["document_id"] for item in listed} == {d.id for d in DOCUMENTS}
    assert json.loads(run("document", WIRE.id, "--json").out)["text"] == WIRE.text
    assert run("document", "doc_none").code == 3
    result = run("documents", "delete", WIRE.id, "doc_none")
    assert result.code == 0
    assert "deleted 1 of 2" in result.err
    assert run("documents", "delete", WIRE.id).code == 3
    assert all(opened["need_model"] is False for opened in desk.opened)


def test_search(desk: FakeDesk, run: Run) -> None:
    (hit,) = json.loads(run("search", "Halden", "-k", "3", "--json").out)
    assert hit["document_id"] == WIRE.id
    assert hit["text"] == WIRE.text[hit["start"] : hit["end"]]
    assert desk.calls[-1] == ("search", {"query": "Halden", "k": 3, "as_of": None})
    assert "Norvik" in run("search", "Halden").out
    assert run("search", " ").code == 3


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_verify_keeps_order_around_bad_rows(desk: FakeDesk, run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "new" / "out.jsonl"
    source.write_bytes(
        b'\xef\xbb\xbf{"id": 1, "claim": "a"}\nnot json\n\n[1]\n{"id": 2}\n'
        b'{"id": 3, "claim": "\xff"}\n{"id": 4, "claim": "b\xe2\x80\xa8c", "error": "x"}\r\n'
    )
    result = run("verify", "--input", str(source), "--output", str(target))
    assert result.code == 0
    assert result.out == ""
    found = lines(target.read_text())
    assert [row["id"] for row in found] == [1, None, None, 2, None, 4]
    assert [sorted(row) for row in found][1] == ["error", "id"]
    assert "line 2" in str(found[1])
    assert "line 4" in str(found[2])
    assert "6 rows, 4 with errors" in result.err


def test_verify_reads_stdin_and_writes_stdout(
    desk: FakeDesk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "x", "claim": "c"}')))
    result = run("verify", "--as-of", "2031-01-01")
    assert lines(result.out) == [{"id": "x", "label": "NEI", "published": "NEI"}]
    assert desk.calls[-1] == ("verify", {"as_of": date(2031, 1, 1)})


@pytest.mark.parametrize("content", ["", "\n\n", "not json\n", '{"id": 1}\n'])
def test_no_usable_row_is_bad_input(
    desk: FakeDesk, run: Run, tmp_path: Path, content: str
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(content)
    assert run("verify", "--input", str(source)).code == 3


def test_input_is_never_overwritten(desk: FakeDesk, run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "claim": "a"}\n')
    assert run("verify", "--input", str(source), "--output", str(source)).code == 2
    assert "claim" in source.read_text()
    assert run("verify", "--input", str(tmp_path / "none")).code == 3


def test_sentiment(desk: FakeDesk, run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "text": "a"}\n')
    result = run("sentiment", "--input", str(source))
    assert lines(result.out) == [{"id": 1, "score": 0.5, "label": "positive"}]


def test_demo_works_in_a_home_of_its_own(
    desk: FakeDesk, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ingest(paths: list[str], **_: object) -> None:
        assert Path(paths[0]).name == "documents.jsonl"

    monkeypatch.setattr(desk, "ingest", ingest)
    out = tmp_path / "out"
    result = run("demo", "--out", str(out))
    assert result.code == 0
    assert [name for name, _ in desk.calls] == ["ask", "analyze"]
    (opened,) = desk.opened
    assert opened["settings"].home == out / "demo-home"
    written = {file.name for file in out.iterdir() if file.is_file()}
    assert written == {f"demo-{n}.{s}" for n in ("ask", "analyze") for s in ("html", "json")}
    assert "Try next" in result.err


def test_global_flags_reach_the_settings(desk: FakeDesk, run: Run, tmp_path: Path) -> None:
    run("--home", str(tmp_path / "h"), "--model-url", "http://gpu:8000/v1", "--model", "m",
        "ask", "Q?")  # fmt: skip
    settings = desk.opened[-1]["settings"]
    assert settings.home == tmp_path / "h"
    assert (settings.model_url, settings.model) == ("http://gpu:8000/v1", "m")


def test_version_and_help(run: Run) -> None:
    assert run("--version").out.startswith("underwrite ")
    shown = run("--help").out
    for command in ("ingest search document documents runs ask analyze verify sentiment eval model"
                    " demo doctor ui serve").split():  # fmt: skip
        assert command in shown


def test_help_does_not_need_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERWRITE_MODEL_URL", "nonsense")
    assert run("ask", "--help").code == 0
