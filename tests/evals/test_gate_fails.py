"""A promise is broken on purpose, and the gate fails with a table that says what, where and an
example. The desk is the real one with a scripted model over the invented world of the agents'
tests; the gate is recorded from the code as it is, then something is broken."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import agents.publish
import tools.corpus.store
from agents.desk import Desk
from agents.evidence import Citation, Sentence
from evals.fast_gate import fast_run
from evals.gates import Gate, gate_text, record_gate
from evals.run import run_suites
from tests.agents.world import DOCUMENTS, FERRIES, GROWTH, SMELTER, UNANSWERED, PlainTone, obliging
from tools.corpus.embedding import MiniLM
from tools.model.entailment import ModelEntailment
from tools.settings import Settings

QUESTIONS: Sequence[dict[str, Any]] = (
    {"id": "ferries", "question": FERRIES, "as_of": "2025-04-01", "expect": {
        "status": "answered", "must_cite": ["wire"],
        "facts": [{"text": "The port of Rosvik ordered 42 electric ferries.", "numbers": ["42"],
                   "doc_ids": ["wire", "filing"]}]}},
    {"id": "smelter", "question": SMELTER, "as_of": "2025-04-01", "expect": {"status": "answered"}},
    {"id": "growth", "question": GROWTH, "as_of": "2025-04-01", "expect": {"status": "answered"}},
    {"id": "opera", "question": UNANSWERED, "as_of": "2025-04-01",
     "expect": {"status": "insufficient_evidence"}},
)  # fmt: skip
SUITES = ("desk", "invariants")


@asynccontextmanager
async def scripted(documents: Sequence[Path] = (), **_: Any) -> AsyncIterator[Desk]:
    """A desk with a home of its own, as `open_desk` opens one, that asks the scripted model."""
    import tempfile

    model = obliging()
    with tempfile.TemporaryDirectory(prefix="underwrite-test-") as home:
        async with Desk.open(
            Settings(home=Path(home)), model=model, entailment=ModelEntailment(model),
            sentiment=PlainTone(),
        ) as desk:  # fmt: skip
            await desk.ingest([str(path) for path in documents])
            yield desk


@pytest.fixture(scope="module", autouse=True)
def _one_embedding() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools.corpus.store, "MiniLM", functools.cache(MiniLM))
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    rows = []
    for document in DOCUMENTS:
        row = document.model_dump(mode="json", exclude={"id", "source_id", "ingested_at"})
        rows.append({**row, "id": document.source_id})
    for name, lines in (("documents", rows), ("questions", QUESTIONS)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def gate(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recorded from the code as it is, with one repeated run for the noise."""
    folder = tmp_path_factory.mktemp("gate")
    runs = [
        fast_run(folder / name, world, suites=SUITES, opener=scripted) for name in ("a", "b")
    ]
    made = record_gate(runs[0], runs[1:], about="the world", command="none", silent=False)
    path = folder / "gate.json"
    path.write_text(gate_text(made), "utf-8")
    return path


@pytest.fixture
def gated(
    world: Path, gate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[[], tuple[int, str]]:
    def run() -> tuple[int, str]:
        # No suites are named: those of the gate are run.
        code = run_suites((), world, gate=gate, out=tmp_path / "runs", opener=scripted)
        return code, capsys.readouterr().err

    return run


def _row(printed: str, figure: str) -> list[str]:
    (line,) = [row for row in printed.splitlines() if row.split()[:1] == [figure]]
    return line.split()


def test_unbroken_the_gate_holds(gate: Path, gated: Callable[[], tuple[int, str]]) -> None:
    held = Gate.model_validate_json(gate.read_bytes())
    assert held.figures["invariants.broken_cited"].baseline == 0
    assert held.figures["desk.facts"].baseline == 1.0
    assert held.figures["desk.abstains"].baseline == 1.0
    code, printed = gated()
    assert code == 0, printed
    assert ": desk, invariants\n" in printed
    assert "gate failed" not in printed


def test_quotes_one_character_off_fail_the_gate(
    gated: Callable[[], tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = agents.publish._Interner.key

    def shifted(self: Any, citation: Citation) -> str:
        wrong = citation.model_copy(update={"start": citation.start + 1, "end": citation.end + 1})
        key: str = right(self, wrong)
        return key

    monkeypatch.setattr(agents.publish._Interner, "key", shifted)
    code, printed = gated()
    assert code == 1
    row = _row(printed, "invariants.broken_cited")
    assert {part.strip(",") for part in row[1:-3]} <= {"ferries", "smelter", "growth", "opera"}
    baseline, now, tolerance = row[-3:]
    assert (baseline, tolerance) == ("0", "0")
    assert int(now) > 0
    example = printed.split("example for")[1]
    assert "1.quote at citations." in example
    assert "“" in example  # the quote
    assert "of doc_" in example  # why: what stands there instead


def test_a_number_changed_after_the_audit_fails_the_gate(
    gated: Callable[[], tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = agents.publish._Interner.sentence

    def changed(self: Any, sentence: Sentence) -> Any:
        return right(self, sentence.model_copy(update={"text": sentence.text.replace("42", "43")}))

    monkeypatch.setattr(agents.publish._Interner, "sentence", changed)
    code, printed = gated()
    assert code == 1
    assert _row(printed, "invariants.broken_figures")[1] == "ferries"
    assert _row(printed, "desk.facts")[1] == "ferries"
    assert "'43' is in no quote" in printed
    assert "43 electric ferries" in printed
    assert "42 electric ferries" in printed  # its citation
    assert "example for desk.score, desk.facts:" in printed
    assert "gate failed: desk.facts is 0.000, at least" in printed


def test_an_answer_where_it_should_abstain_fails_the_gate(
    gated: Callable[[], tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import agents.compose

    monkeypatch.setattr(agents.compose, "abstains", lambda state: True)
    code, printed = gated()
    assert code == 1
    assert _row(printed, "desk.answers")[-3:-1] == ["1.000", "0.000"]
