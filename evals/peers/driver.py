"""One peer over the questions: asks, keeps what it said, goes on where it stopped.

    OUT/<peer>/<documents>/run.json        with which settings, model, lock and corpus
    OUT/<peer>/<documents>/raw/q01.json    what the peer said, in its own form
    OUT/<peer>/<documents>/answers/q01.json  the same in the form of evals.answers
    OUT/<peer>/<documents>/log.txt         what the peer printed
    OUT/calls/                             answers of the model server by request

A question that fails has an answer with an error, whose first word is its kind: `timeout`,
`crashed` (the process ended), `raised` (the peer's own exception), `empty` (no text), `unreadable`.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from agents.evidence import Document, Record
from evals.answers import Answer, Library
from evals.data import DatasetError, Question
from evals.peers.documents import as_file, citation, known_by, wording, write
from evals.peers.environments import Peer, locked
from evals.peers.meter import EMBEDDING_NAME, Meter, Reading
from evals.peers.process import Worker, WorkerEnded, WorkerSlow
from evals.peers.prose import without_day
from evals.peers.reading import READERS
from evals.results import write_whole

__all__ = ["Outcome", "Plan", "answer_of", "plan_of", "reread", "run_peer"]

_SCRIPT: Final = Path(__file__).with_name("worker.py")
DocumentsGiven = Literal["all", "as-of"]
"""`all`: what a user of the peer would get. `as-of`: documents published later are taken away."""


class Plan(Record):
    """With what a folder of answers was made; another plan needs another folder."""

    peer: str
    version: str
    lock: str
    documents: DocumentsGiven
    settings: dict[str, Any]
    model: str
    context: int
    embedding: str = EMBEDDING_NAME
    corpus: str
    """Digest of the documents' texts."""


class Outcome(Record):
    """How a pass over the questions went."""

    answered: int = 0
    abstained: int = 0
    kept: int = 0
    """Answered by an earlier pass."""
    errors: dict[str, int] = {}
    """Failed questions of this pass by kind."""


def plan_of(
    peer: Peer, given: DocumentsGiven, documents: Sequence[Document], model: str, context: int,
    changed: Mapping[str, Any],
) -> Plan:  # fmt: skip
    corpus = hashlib.sha256("".join(sorted(d.id for d in documents)).encode()).hexdigest()
    return Plan(
        peer=peer.name,
        version=locked(peer),
        lock=hashlib.sha256(peer.lock.read_bytes()).hexdigest()[:16],
        documents=given,
        settings={**peer.settings, **changed},
        model=model,
        context=context,
        corpus=corpus[:16],
    )


def _claim(folder: Path, plan: Plan) -> None:
    """Write the plan, or check that the folder was made with the same. Raises DatasetError."""
    path = folder / "run.json"
    if path.is_file():
        try:
            found = Plan.model_validate(json.loads(path.read_text("utf-8"))["plan"])
        except (ValueError, KeyError, ValidationError) as error:
            raise DatasetError(f"{path} is not the record of a run: {error}") from error
        differ = [k for k, v in plan.model_dump().items() if found.model_dump()[k] != v]
        if differ:
            raise DatasetError(
                f"{folder} holds answers made with another {', '.join(differ)}; name another --out"
            )
        return
    whole = {
        "plan": plan.model_dump(),
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    write_whole(path, json.dumps(whole, indent=1))


def run_peer(
    peer: Peer,
    plan: Plan,
    questions: Sequence[Question],
    documents: Sequence[Document],
    *,
    python: Path,
    meter: Meter,
    out: Path,
    limit: float = 1200.0,
    retry: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Outcome:
    """Ask every question that has no answer yet. retry: also those whose answer is an error.

    limit: seconds for one question, its documents' indexing included.
    """
    folder = out / peer.name / plan.documents
    _claim(folder, plan)
    library = Library(documents)
    worker: Worker | None = None
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    setup = {
        "url": meter.url, "key": meter.key, "model": plan.model, "embedding": plan.embedding,
        "context": plan.context, "timeout": limit, "settings": plan.settings,
    }  # fmt: skip
    command = [str(python.absolute()), "-P", str(_SCRIPT), str(peer.folder / "run.py")]
    try:
        for question in questions:
            before = _saved(folder, question.id)
            if before is not None and not (retry and before.error):
                counts["kept"] += 1
                continue
            request = _request(question, plan.documents, documents, out)
            meter.read()
            began = time.monotonic()
            reply: dict[str, Any]
            try:
                if worker is None:
                    home = out / "homes" / peer.name
                    worker = Worker(command, setup, home=home.absolute(), log=folder / "log.txt")
                reply = worker.send(request, limit)
            except (WorkerSlow, WorkerEnded) as error:
                kind = "timeout" if isinstance(error, WorkerSlow) else "crashed"
                reply = {"failure": f"{kind}: {error}", "seconds": time.monotonic() - began}
                if worker is not None:
                    worker.close()
                    worker = None
            record = {
                "question_id": question.id,
                "asked": request["question"],
                "reply": reply,
                "reading": meter.read().model_dump(),
            }
            write_whole(
                folder / "raw" / f"{question.id}.json",
                json.dumps(record, ensure_ascii=False, indent=1),
            )
            answer = _save(folder, peer.name, record, library)
            if answer.error:
                errors[answer.error.split(":")[0]] += 1
            counts["abstained" if answer.abstained else "answered"] += not answer.error
            progress(_line(peer, answer))
    finally:
        if worker is not None:
            worker.close()
    return Outcome(
        answered=counts["answered"], abstained=counts["abstained"], kept=counts["kept"],
        errors=dict(errors),
    )  # fmt: skip


def _line(peer: Peer, answer: Answer) -> str:
    said = answer.error or (
        f"{'abstained, ' if answer.abstained else ''}{len(answer.sentences)} sentences, "
        f"{sum(len(s.citations) for s in answer.sentences)} citations"
    )
    return (
        f"{peer.name} {answer.question_id}: {said}; {answer.tokens.calls} calls, "
        f"{answer.tokens.prompt} + {answer.tokens.completion} tokens, {answer.seconds:.0f} s"
    )


def _request(
    question: Question, given: DocumentsGiven, documents: Sequence[Document], out: Path
) -> dict[str, Any]:
    chosen = known_by(documents, question.as_of if given == "as-of" else None)
    names = "".join(as_file(d) + d.id for d in chosen)
    folder = out / "documents" / hashlib.sha256(names.encode()).hexdigest()[:12]
    write(chosen, folder)
    return {
        "question": wording(question),
        "folder": str(folder.absolute()),
        "documents": [
            {"id": d.source_id or d.id, "file": as_file(d), "citation": citation(d)}
            for d in chosen
        ],
    }  # fmt: skip


def _saved(folder: Path, question_id: str) -> Answer | None:
    path = folder / "answers" / f"{question_id}.json"
    if not path.is_file():
        return None
    try:
        return Answer.model_validate_json(path.read_text("utf-8"))
    except ValidationError:
        return None  # of an older form: asked again, from the kept calls


def _save(folder: Path, peer: str, record: Mapping[str, Any], library: Library) -> Answer:
    answer = answer_of(peer, record, library)
    write_whole(
        folder / "answers" / f"{answer.question_id}.json",
        json.dumps(answer.model_dump(mode="json"), ensure_ascii=False, indent=1),
    )
    return answer


def answer_of(peer: str, record: Mapping[str, Any], library: Library) -> Answer:
    """The neutral answer to a question from the record of what happened."""
    reply = record["reply"]
    reading = Reading.model_validate(record["reading"])
    question_id = str(record["question_id"])
    seconds = round(float(reply.get("seconds", 0.0)) + reading.replayed_seconds, 2)
    error = str(reply.get("failure", ""))
    if "error" in reply:
        error = f"raised: {reply['error']}"
    answer = Answer(system=peer, question_id=question_id)
    if not error:
        try:
            answer = READERS[peer](question_id, reply["raw"], library)
            told = [
                sentence.model_copy(update={"text": without_day(sentence.text, record["asked"])})
                for sentence in answer.sentences
            ]
            answer = answer.model_copy(update={"sentences": tuple(told)})
        except (KeyError, TypeError, ValueError, ValidationError) as problem:
            error = f"unreadable: {type(problem).__name__}: {problem}"
    if not error and not answer.sentences:
        error = "empty: it gave no text"
    if error and reading.refused:
        error += (
            f"; the model server refused {len(reading.refused)} calls, the last with "
            f"{reading.refused[-1]}"
        )
    return answer.model_copy(
        update={"seconds": seconds, "tokens": reading.tokens, "error": error[:600]}
    )


def reread(out: Path, documents: Sequence[Document]) -> int:
    """Make all answers under `out` again from what the peers said, after a change of the reader.

    Returns how many. Raises DatasetError for a folder without any.
    """
    library = Library(documents)
    count = 0
    for path in sorted(out.glob("*/*/raw/*.json")):
        folder = path.parents[1]
        peer = folder.parent.name
        if peer in READERS:
            _save(folder, peer, json.loads(path.read_text("utf-8")), library)
            count += 1
    if not count:
        raise DatasetError(f"{out} holds no answers of peers")
    return count
