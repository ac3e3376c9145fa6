"""The Python API: bad input, rows, search, ingest, runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, cast

import pytest

from agents.brief import Brief
from agents.desk import LONGEST_QUESTION, Desk
from agents.events import Progress
from agents.evidence import Document, InvalidDate
from agents.ports import BadInput, CorpusUnusable, ModelAnswerInvalid, ModelUnusable, Tone
from tests.agents.conftest import OpenDesk
from tests.agents.world import ARTICLE, FERRIES, LAMPS, obliging, stored
from tools.model.scripted import ScriptedModel
from tools.settings import Settings

LABELS = {"SUPPORTED", "REFUTED", "NEI"}


async def verified(desk: Desk, *rows: Any, as_of: str | None = None) -> list[dict[str, Any]]:
    return [answer async for answer in desk.verify(rows, as_of=as_of)]


async def toned(desk: Desk, *rows: Any) -> list[dict[str, Any]]:
    return [answer async for answer in desk.sentiment(rows)]


# -- bad input


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "???", "…", "—"])
async def test_an_empty_question_is_bad_input(question: str, desk: OpenDesk) -> None:
    model = ScriptedModel()
    async with desk(model) as opened:
        with pytest.raises(BadInput, match="empty") as raised:
            await opened.ask(question)
        assert opened.runs.list() == []
    assert raised.value.exit_code == 3
    assert model.asked == []


async def test_a_question_that_is_an_article_is_bad_input(desk: OpenDesk) -> None:
    async with desk(ScriptedModel()) as opened:
        with pytest.raises(BadInput, match="analyze"):
            await opened.ask("ferry " * LONGEST_QUESTION)
        assert opened.runs.list() == []


async def test_the_longest_question_is_still_a_question(desk: OpenDesk) -> None:
    question = f"{FERRIES} {'x' * LONGEST_QUESTION}"[:LONGEST_QUESTION]
    async with desk(documents=[stored("plant")]) as opened:
        brief = await opened.ask(question)
    assert brief.status == "insufficient_evidence"


@pytest.mark.parametrize("question", ["¿Cuántos barcos? 🚢", "船は何隻ですか", "\u202eabc"])
async def test_odd_questions_get_a_brief(question: str, desk: OpenDesk) -> None:
    async with desk(documents=[stored("plant")]) as opened:
        brief = await opened.ask(question)
    assert brief.status == "insufficient_evidence"
    assert brief.notes


async def test_an_empty_corpus_is_unusable_for_questions_only(desk: OpenDesk) -> None:
    async with desk(documents=[]) as opened:
        with pytest.raises(CorpusUnusable, match="ingest") as raised:
            await opened.ask(FERRIES)
        assert raised.value.exit_code == 5
        assert opened.runs.list() == []
        note = await opened.analyze(ARTICLE)
        [answer] = await verified(opened, {"id": 1, "claim": "Nine boats were sold."})
    assert note.claims
    assert any("No other document" in n for n in note.notes)
    assert answer["label"] == "NEI"


@pytest.mark.parametrize("as_of", ["yesterday", "2025-02-30", "12/03/2025", "", "2025"])
async def test_a_bad_date_is_named(as_of: str, desk: OpenDesk) -> None:
    async with desk(ScriptedModel()) as opened:
        for call in (
            opened.ask(FERRIES, as_of=as_of),
            opened.analyze(ARTICLE, as_of=as_of),
            opened.search(FERRIES, as_of=as_of),
            verified(opened, {"id": 1, "claim": "x y z"}, as_of=as_of),
        ):
            with pytest.raises(InvalidDate, match="YYYY-MM-DD"):
                await call
        assert opened.runs.list() == []


async def test_a_date_may_be_a_date(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(LAMPS, as_of=date(2025, 4, 1))
    assert brief.as_of == "2025-04-01"


async def test_a_date_may_be_a_moment(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.ask(LAMPS, as_of=datetime(2025, 4, 1, 9, tzinfo=timezone.utc))
    assert brief.as_of == "2025-04-01"


@pytest.mark.parametrize("text", ["", "  \n", "…", "* * *"])
async def test_an_article_without_text_is_bad_input(text: str, desk: OpenDesk) -> None:
    async with desk(ScriptedModel()) as opened:
        with pytest.raises(BadInput, match="no text"):
            await opened.analyze(Document(title="Empty", text=text))
        assert opened.runs.list() == []


async def test_an_article_that_claims_nothing_says_so(desk: OpenDesk) -> None:
    async with desk() as opened:
        brief = await opened.analyze(Document(title="Menu", text="Soup. Bread. Why not?"))
    assert brief.status == "insufficient_evidence"
    assert not brief.claims
    assert any("no sentence that makes a claim" in note for note in brief.notes)


async def test_a_missing_file_is_bad_input(desk: OpenDesk, tmp_path: Path) -> None:
    async with desk(ScriptedModel()) as opened:
        with pytest.raises(BadInput, match="nothing-here"):
            await opened.analyze(str(tmp_path / "nothing-here.txt"))


async def test_an_article_is_read_from_a_file_and_kept_with_the_run(
    desk: OpenDesk, tmp_path: Path
) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE.text, encoding="utf-8")
    async with desk(documents=[stored("filing")]) as opened:
        digest = await opened.corpus.digest()
        brief = await opened.analyze(str(path))
        assert await opened.corpus.digest() == digest, "an article is no part of the corpus"
        kept = {d.id: d for d in opened.runs.documents(brief.run.id)}
        assert opened.runs.status(brief.run.id).source == str(path)
    for cited in brief.citations.values():
        assert kept[cited.document_id].text[cited.start : cited.end] == cited.quote


async def test_without_a_model_the_corpus_can_still_be_used(tmp_path: Path) -> None:
    async with Desk.open(Settings(home=tmp_path / "home"), need_model=False) as opened:
        await opened.corpus.add([stored("plant")])
        hits = await opened.search("Orsa Pharma plant")
        assert [h.document.source_id for h in hits] == ["plant"]
        with pytest.raises(ModelUnusable):
            await opened.ask("How many jobs will Orsa Pharma cut at its plant in Mellby?")


async def test_an_unusable_model_ends_the_run_and_says_so(desk: OpenDesk) -> None:
    gone = ModelUnusable("UNDERWRITE_MODEL_URL: nobody answers")
    model = obliging(fill={"write": lambda _: gone})
    async with desk(model) as opened:
        with pytest.raises(ModelUnusable, match="UNDERWRITE_MODEL_URL"):
            await opened.ask(LAMPS)
        [run] = opened.runs.list()
        assert run.state == "failed"
        assert "nobody answers" in opened.runs.status(run.id).message


async def test_progress_names_every_stage(desk: OpenDesk) -> None:
    heard: list[Progress] = []
    async with desk() as opened:
        opened.on_progress = heard.append
        brief = await opened.ask(FERRIES, as_of="2025-04-01")
    assert {event.run_id for event in heard} == {brief.run.id}
    assert {"plan", "retrieve", "extract", "verify", "sentiment", "position", "write", "audit",
            "publish"} <= {event.stage for event in heard}  # fmt: skip
    assert all(event.message for event in heard)


async def test_a_listener_that_leaves_stops_the_work(desk: OpenDesk) -> None:
    async with desk() as opened:
        stream = cast("AsyncGenerator[Progress | Brief, None]", opened.stream(FERRIES))
        first = await anext(stream)
        await stream.aclose()
        for _ in range(1000):
            if [run.state for run in opened.runs.list()] == ["interrupted"]:
                break
            await asyncio.sleep(0)
    assert getattr(first, "stage", None) == "plan"
    assert [run.state for run in opened.runs.list()] == ["interrupted"]


async def test_an_error_in_a_stream_is_raised(desk: OpenDesk) -> None:
    async with desk(ScriptedModel()) as opened:
        with pytest.raises(BadInput, match="empty"):
            _ = [event async for event in opened.stream("")]


# -- rows: verify


async def test_rows_of_verify(desk: OpenDesk) -> None:
    claim = "The yard sold 41 boats in 2024."
    async with desk() as opened:
        answers = await verified(
            opened,
            {"id": "same", "claim": claim, "evidence": ["In 2024 the yard sold 41 boats."]},
            {"id": "other", "claim": claim, "evidence": ["In 2024 the yard sold 29 boats."]},
            {"id": "far", "claim": claim, "evidence": ["The mayor opened the bridge."]},
            {"id": "none", "claim": claim, "evidence": []},
            {"id": "blank", "claim": claim, "evidence": ["  "]},
            {"id": "text", "claim": claim, "evidence": "In 2024 the yard sold 41 boats."},
            {"id": "refs", "claim": claim, "references": ["In 2024 the yard sold 41 boats."]},
        )
    by_id = {a["id"]: a for a in answers}
    assert [a["id"] for a in answers] == ["same", "other", "far", "none", "blank", "text", "refs"]
    for answer in answers:
        assert set(answer) == {"id", "label", "published", "probabilities", "checks"}
        assert {answer["label"], answer["published"]} <= LABELS
        assert set(answer["probabilities"]) == LABELS
        assert sum(answer["probabilities"].values()) == pytest.approx(1.0, abs=1e-3)
    assert {by_id[i]["published"] for i in ("same", "text", "refs")} == {"SUPPORTED"}
    assert by_id["other"]["published"] == "REFUTED"
    assert any(c["outcome"] == "conflicts" for c in by_id["other"]["checks"])
    assert {by_id[i]["published"] for i in ("far", "none", "blank")} == {"NEI"}


async def test_a_row_without_evidence_searches_the_corpus(desk: OpenDesk) -> None:
    claim = "Lumenta employs 640 people at its lamp factory in Tarvik."
    async with desk() as opened:
        absent, null, empty = await verified(
            opened,
            {"id": 1, "claim": claim},
            {"id": 2, "claim": claim, "evidence": None},
            {"id": 3, "claim": claim, "evidence": []},
        )
    assert absent["published"] == null["published"] == "SUPPORTED"
    assert empty["published"] == "NEI"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": "r"},
        {"id": "r", "claim": ""},
        {"id": "r", "claim": "   "},
        {"id": "r", "claim": 7},
        {"id": "r", "claim": None},
        {"id": "r", "claim": ["a", "b"]},
        {"id": "r", "claim": "It rained.", "evidence": 7},
        {"id": "r", "claim": "It rained.", "evidence": {"text": "It rained."}},
        {"id": "r", "claim": "It rained.", "evidence": ["It rained.", 7]},
        {"id": "r", "claim": "It rained.", "evidence": [None]},
        "not an object",
        7,
        None,
        ["claim"],
    ],
)
async def test_a_bad_row_is_reported_and_the_rest_goes_on(row: Any, desk: OpenDesk) -> None:
    good = {"id": "good", "claim": "It rained.", "evidence": ["It rained."]}
    async with desk() as opened:
        bad, after = await verified(opened, row, good)
    assert set(bad) == {"id", "error"}
    assert bad["id"] == (row.get("id") if isinstance(row, dict) else None)
    assert bad["error"]["type"] == "bad_row"
    assert bad["error"]["message"]
    assert after["id"] == "good"
    assert after["label"] in LABELS


async def test_a_row_whose_answer_failed_is_an_error_row(desk: OpenDesk) -> None:
    model = obliging(choose={"verify": lambda *_: ModelAnswerInvalid("cut off")})
    rows = [
        {"id": "a", "claim": "The mill burned.", "evidence": ["Fire struck the old building."]},
        {"id": "b", "claim": "The mill burned.", "evidence": []},
    ]
    async with desk(model) as opened:
        failed, empty = await verified(opened, *rows)
    assert failed == {"id": "a", "error": {"type": "ModelAnswerInvalid", "message": "cut off"}}
    assert empty["published"] == "NEI"


async def test_a_model_that_is_gone_ends_the_rows(desk: OpenDesk) -> None:
    model = obliging(choose={"verify": lambda *_: ModelUnusable("gone")})
    row = {"id": "a", "claim": "The mill burned.", "evidence": ["Fire struck the old building."]}
    async with desk(model) as opened:
        with pytest.raises(ModelUnusable):
            await verified(opened, row)


# -- rows: sentiment


class _Says:
    """A SentimentPort with one answer."""

    name = "says"

    def __init__(self, score: float) -> None:
        self._score = score
        self.asked: list[tuple[str, str | None]] = []

    async def score(self, rows: Sequence[tuple[str, str | None]]) -> list[Tone]:
        self.asked += rows
        return [Tone(score=self._score, weight=1.0) for _ in rows]


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (1.0, "positive"), (-1.0, "negative"), (0.0, "neutral"), (0.22, "positive"),
        (0.19, "neutral"), (-0.22, "negative"), (0.2, "positive"), (-0.2, "negative"),
    ],
)  # fmt: skip
async def test_rows_of_sentiment(score: float, label: str, desk: OpenDesk) -> None:
    said = _Says(score)
    async with desk(sentiment=said) as opened:
        [answer] = await toned(opened, {"id": "s", "text": "Sales rose.", "target": "Lumenta"})
    assert answer == {"id": "s", "score": score, "label": label}
    assert said.asked == [("Sales rose.", "Lumenta")]


@pytest.mark.parametrize(
    "row",
    [{}, {"id": 1, "text": ""}, {"id": 1, "text": 3}, {"id": 1, "text": "Up.", "target": 3}, "x"],
)
async def test_a_bad_row_of_sentiment_is_reported(row: Any, desk: OpenDesk) -> None:
    async with desk() as opened:
        bad, good = await toned(opened, row, {"id": 2, "text": "Sales rose."})
    assert bad["error"]["type"] == "bad_row"
    assert set(bad) == {"id", "error"}
    assert good["id"] == 2


# -- ingest and search


async def test_ingest_reports_what_it_read(desk: OpenDesk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = folder / "good.txt"
    good.write_text("The yard sold 41 boats in 2024, the harbour office counted.", "utf-8")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    async with desk(documents=[]) as opened:
        first = await opened.ingest([str(folder)], publisher="Post", published="2025-01-02")
        second = await opened.ingest([str(good)], publisher="Post", published="2025-01-02")
        [hit] = await opened.search("boats sold", k=1)
    assert (first.added, first.already_there) == (1, 0)
    assert first.passages >= 1
    assert {Path(f.path).name: f.status for f in first.files} == {
        "bad.pdf": "failed",
        "good.txt": "read",
    }
    assert (second.added, second.already_there) == (0, 1)
    assert (hit.document.publisher, hit.document.published_at) == ("Post", "2025-01-02")
