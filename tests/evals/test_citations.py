"""The citations suite: what resolves, what is entailed, and what each citation is worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from agents.brief import Brief
from agents.evidence import Probabilities
from agents.fusion import Calibration
from agents.ports import ModelAnswerInvalid, ModelUnusable
from evals.alce import judge_sentences
from evals.answers import (
    Answer,
    AnswerCitation,
    AnswerSentence,
    Library,
    answer_of_brief,
    load_answers,
    reason_kinds,
)
from evals.automatic_judge import AutomaticJudge, by_words
from evals.citations_suite import dropped_by_reason, main, score_citations
from evals.data import DatasetError
from evals.entities import entities, missing_entities
from evals.restating import only_quotes, restates, shared, unframed
from evals.shown import Shown, locate, shown
from tests.evals.sample import DENIAL, DOCUMENTS, REPORT, SURVEY, good_brief

LIBRARY = Library(DOCUMENTS.values())
SOLD = "Alder Tin (ALD) sold 41,000 tonnes of tin in 2023, up 12 percent."
COST = "The smelter costs EUR 310 million."
RIVAL = "Rival Beck Metals may lose customers."


class ScriptedJudge:
    """Answers by a function of claim and quotes, and keeps what it was asked."""

    name = "scripted"

    def __init__(self, answer: Callable[[str, tuple[str, ...]], bool | None]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def judge(self, pairs: Sequence[tuple[str, Shown]]) -> list[bool | None]:
        self.asked += [(claim, evidence.quotes) for claim, evidence in pairs]
        return [self.answer(claim, evidence.quotes) for claim, evidence in pairs]


def needing(*quotes: str) -> ScriptedJudge:
    """Entailed when all these quotes are there."""
    return ScriptedJudge(lambda claim, there: set(quotes) <= set(there))


def cited(text: str, *quotes: str, document: str = "t1") -> AnswerSentence:
    return AnswerSentence(
        text=text,
        citations=tuple(AnswerCitation(document_id=document, quote=q) for q in quotes),
    )


def answer(*sentences: AnswerSentence, name: str = "q1", **fields: object) -> Answer:
    return Answer.model_validate(
        {"system": "peer", "question_id": name, "sentences": sentences, **fields}
    )


async def judged(judge: ScriptedJudge, *quotes: str) -> tuple[bool | None, list[bool | None]]:
    sentence = cited("Some claim.", *quotes)
    located = [locate(c, LIBRARY) for c in sentence.citations]
    [found] = await judge_sentences([(sentence, located)], judge)
    return found.supported, list(found.precise)


async def test_a_citation_is_precise_unless_the_others_do_without_it() -> None:
    assert await judged(needing(SOLD), SOLD) == (True, [True])
    assert await judged(needing(SOLD), COST) == (False, [False])
    # The second neither entails alone nor is missed: irrelevant.
    assert await judged(needing(SOLD), SOLD, COST) == (True, [True, False])
    # Only together: both are missed when they are taken away.
    assert await judged(needing(SOLD, COST), SOLD, COST) == (True, [True, True])
    # Either alone is enough: both count.
    either = ScriptedJudge(lambda claim, there: bool(there))
    assert await judged(either, SOLD, COST) == (True, [True, True])
    # Without recall no citation is precise, however good one is alone.
    together = ScriptedJudge(lambda claim, there: len(there) == 1)
    assert await judged(together, SOLD, COST) == (False, [False, False])


async def test_no_citation_is_no_recall_and_no_answer_is_no_verdict() -> None:
    assert await judged(needing(SOLD)) == (False, [])
    mute = ScriptedJudge(lambda claim, there: None)
    assert await judged(mute, SOLD, COST) == (None, [None, None])
    shy = ScriptedJudge(lambda claim, there: True if len(there) == 2 else None)
    assert await judged(shy, SOLD, COST) == (True, [None, None])


async def test_equal_pairs_are_asked_once() -> None:
    judge = needing(SOLD)
    sentence = cited("Some claim.", SOLD, COST)
    located = [locate(c, LIBRARY) for c in sentence.citations]
    await judge_sentences([(sentence, located), (sentence, located)], judge)
    assert len(judge.asked) == len(set(judge.asked)) == 3


def test_taking_a_citation_away_takes_its_words_away() -> None:
    sentence = cited("Some claim.", COST, RIVAL)
    located = [locate(c, LIBRARY) for c in sentence.citations]
    both = shown(sentence, located, [0, 1]).context
    alone = shown(sentence, located, [0])
    assert COST in both
    assert RIVAL in both
    assert RIVAL not in alone.context
    assert "Its chief executive expects a new smelter" in alone.context
    assert alone.context.startswith("Alder Tin posts higher sales.\nPublished by Hill Gazette")
    assert alone.about == ("Hill Gazette", "Nora Quist", "2024-05-14", "14 May 2024")


def test_where_a_quote_stands() -> None:
    exact = AnswerCitation(document_id=REPORT.id, quote=COST)
    at = REPORT.text.index(COST)
    assert locate(exact, LIBRARY).span == (at, at + len(COST))
    assert locate(exact, LIBRARY).exact
    shifted = exact.model_copy(update={"start": at + 1, "end": at + 1 + len(COST)})
    assert locate(shifted, LIBRARY)[2:] == ((at, at + len(COST)), False)
    spaced = AnswerCitation(
        document_id="t1", quote="up 12 percent. Its chief executive expects"
    )
    assert locate(spaced, LIBRARY).span is not None
    assert not locate(spaced, LIBRARY).exact
    made_up = AnswerCitation(document_id="t1", quote="The smelter costs EUR 311 million.")
    assert locate(made_up, LIBRARY)[2:] == (None, False)
    assert locate(AnswerCitation(document_id="t9", quote=COST), LIBRARY).document is None


async def test_a_good_brief_has_nothing_to_mend() -> None:
    brief = Brief.model_validate(good_brief())
    yes = ScriptedJudge(lambda claim, there: bool(there))
    suite = await score_citations([answer_of_brief(brief, "q1")], LIBRARY, yes)
    values = {name: found.value for name, found in suite.figures.items()}
    assert [f for f in suite.failures if "names" not in f.where] == []
    ones = ("citation_recall", "citation_precision", "coverage", "citations_resolve",
            "quotes_exact")  # fmt: skip
    assert {name: values[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert values["unsourced_numbers"] == 0.0


BREAKS: dict[str, tuple[str, AnswerSentence]] = {
    "no citation": ("coverage", AnswerSentence(text="Alder Tin sold tin.")),
    "no such document": ("citations_resolve", cited("Beck Metals may lose.", RIVAL, document="x")),
    "quote changed": ("quotes_exact", cited("It costs 310.", "The smelter costs EUR 3 million.")),
    "another number": ("unsourced_numbers", cited("The smelter costs EUR 410 million.", COST)),
    "another name": ("unsourced_names", cited("The smelter of Corvan costs money.", COST)),
    "not entailed": ("citation_recall", cited("The smelter is closed.", COST)),
    "idle citation": ("citation_precision", cited("Beck Metals may lose.", RIVAL, COST)),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_each_break_is_seen_where_it_counts(name: str) -> None:
    counted, sentence = BREAKS[name]
    judge = ScriptedJudge(lambda claim, there: "closed" not in claim and there != (COST,))
    both = answer(cited("Beck may lose.", RIVAL), sentence)
    suite = await score_citations([both], LIBRARY, judge)
    found = {failure.where.split()[0] for failure in suite.failures}
    assert counted in found
    mended = {"unsourced_numbers", "unsourced_names"}
    value = suite.figures[counted].value
    assert value is not None
    assert (value > 0.0) if counted in mended else (value < 1.0)
    clean = await score_citations([answer(cited("Beck may lose.", RIVAL))], LIBRARY, judge)
    assert clean.failures == ()


async def test_means_are_over_answers_and_ratios_over_sentences() -> None:
    good, bad = cited("Beck Metals may lose.", RIVAL), AnswerSentence(text="It rained.")
    answers = [answer(good), answer(good, bad, bad, name="q2")]
    suite = await score_citations(answers, LIBRARY, needing(RIVAL))
    assert suite.figures["citation_recall"].value == pytest.approx((1 + 1 / 3) / 2)
    assert suite.figures["sentences_supported"].value == pytest.approx(2 / 4)
    assert suite.figures["coverage"].value == pytest.approx(2 / 4)


async def test_an_error_is_unscored_and_an_abstention_has_only_what_it_cites() -> None:
    refusal = AnswerSentence(text="I cannot answer this.")
    answers = [
        answer(cited("Beck Metals may lose.", RIVAL)),
        answer(name="q2", error="timed out"),
        answer(refusal, name="q3", abstained=True),
        answer(refusal, cited("Alder is closed.", COST), name="q4", abstained=True),
    ]
    suite = await score_citations(answers, LIBRARY, needing(RIVAL))
    by_id = {sample.id: sample for sample in suite.samples}
    assert suite.unscored == 1
    assert by_id["q2"].scores == {}
    assert by_id["q3"].scores["recall"] is None
    assert by_id["q4"].scores["recall"] == 0.0
    assert suite.figures["citation_recall"].n == 2


async def test_sentences_that_were_not_judged_are_neither_right_nor_wrong() -> None:
    judge = ScriptedJudge(lambda claim, there: None if "lose" in claim else True)
    suite = await score_citations(
        [answer(cited("Beck Metals may lose.", RIVAL), cited("The smelter costs.", COST))],
        LIBRARY, judge,
    )  # fmt: skip
    assert suite.figures["sentences_supported"].value == 1.0
    assert suite.note == "1 sentences have no answer of the judge (scripted)"


async def test_systems_are_told_apart() -> None:
    ours = answer(cited("Beck Metals may lose.", RIVAL), system="underwrite")
    suite = await score_citations([ours, answer(name="q1")], LIBRARY, needing(RIVAL))
    assert [sample.id for sample in suite.samples] == ["underwrite/q1", "peer/q1"]


def test_a_brief_is_one_answer_with_each_sentence_once() -> None:
    brief = good_brief()
    brief["ideas"][0]["risks"] = [brief["opposing_case"][0]]
    brief["dropped"] = [{"text": "x", "reason": "41 words; drops the hedge: may"}]
    brief["summary"].append({**brief["summary"][0], "text": "Other.", "citations": ["99"]})
    found = answer_of_brief(Brief.model_validate(brief), "q7")
    texts = [s.text for s in found.sentences]
    assert texts.count("The board could cancel the smelter if prices fall again.") == 1
    assert (found.question_id, found.system, found.tokens.prompt) == ("q7", "underwrite", 100)
    assert locate(found.sentences[texts.index("Other.")].citations[0], LIBRARY).document is None
    assert dropped_by_reason([found]) == {"length": 1, "drops the hedge": 1}


def test_reasons_are_counted_without_their_cases() -> None:
    assert reason_kinds('"90" where the source has "about 90"; adds a cause') == (
        "figure differs", "adds a cause",
    )  # fmt: skip
    assert reason_kinds("idea: cites a document that is not stored (doc_1)") == (
        "cites a document that is not stored",
    )


def test_answers_are_read_from_briefs_and_from_neutral_files(tmp_path: Path) -> None:
    (tmp_path / "q1.json").write_text(json.dumps(good_brief()), "utf-8")
    line = {"system": "peer", "question_id": "q2", "sentences": [], "abstained": True,
            "seconds": 1.5, "tokens": {"calls": 1}, "error": ""}  # fmt: skip
    (tmp_path / "q2.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    assert [(a.system, a.question_id) for a in load_answers(tmp_path)] == [
        ("underwrite", "q1"), ("peer", "q2"),
    ]  # fmt: skip
    (tmp_path / "q3.json").write_text('{"system": "peer", "anwser": 1}', "utf-8")
    with pytest.raises(DatasetError, match=r"q3\.json: answer 1"):
        load_answers(tmp_path)
    with pytest.raises(DatasetError, match="no such file"):
        load_answers(tmp_path / "absent")


def _evidence(*quotes: str, about: tuple[str, ...] = ("Hill Gazette", "14 May 2024")) -> Shown:
    return Shown(quotes, "\n\n".join(quotes), about)


def test_a_frame_goes_only_when_it_names_the_publisher() -> None:
    about = ("Hill Gazette", "Nora Quist")
    assert unframed("According to Hill Gazette, sales rose.", about) == "sales rose."
    assert unframed("The Hill Gazette reported on 14 May that sales rose.", about) == "sales rose."
    assert unframed("Hill Gazette says: “Sales rose.”", about) == "Sales rose."
    assert unframed("Sales rose, Nora Quist says.", about) == "Sales rose"
    other = "According to the finance ministry, sales rose."
    assert unframed(other, about) == other


def test_words_alone_decide_what_they_can() -> None:
    evidence = _evidence(SOLD)
    assert by_words(f"According to Hill Gazette, {SOLD}", evidence) is True
    assert by_words("Alder Tin sold 42,000 tonnes of tin in 2023.", evidence) is False
    assert by_words("Rainfall delayed the barley harvest in the north.", evidence) is False
    assert by_words("Alder Tin sold more tin in 2023.", evidence) is None
    assert by_words(SOLD, _evidence()) is False
    # Written on the day it was published: the date counts as part of the quote.
    assert by_words("On 14 May 2024 Alder Tin sold tin.", evidence) is None


def test_a_restated_sentence_is_a_whole_one() -> None:
    context = "It is not true that Alder Tin closed its only smelter. ORE, 3 May — Beck lost money."
    assert restates("Beck lost money.", context)
    assert not restates("Alder Tin closed its only smelter.", context)
    assert not restates("lost money", context)


def test_quoting_two_sources_is_what_they_said_and_nothing_more() -> None:
    evidence = _evidence(SOLD, about=("Hill Gazette", "Ore Ledger"))
    said = "Hill Gazette says “sold 41,000 tonnes of tin in 2023”; the accounts disagree."
    assert only_quotes(said, evidence)
    assert not only_quotes(said.replace("41,000", "42,000"), evidence)
    assert not only_quotes(said.replace("disagree", "settle the dispute"), evidence)
    assert not only_quotes(said.replace("Hill Gazette", "Quarry Post"), evidence)
    assert not only_quotes("Hill Gazette says “of tin”.", evidence)


def test_shared_words() -> None:
    assert shared("The smelter costs money", [COST]) == pytest.approx(2 / 3)
    assert shared("Of the", [COST]) == 1.0


def test_names_and_where_they_may_come_from() -> None:
    text = "However, the European Union and Kratos told Reuters that Poland's customs agreed."
    assert entities(text) == ["European Union", "Kratos", "Reuters", "Poland"]
    assert missing_entities(text, ["Polish customs told Reuters and the EU about Kratos"]) == []
    assert missing_entities("Sales of Corvan rose in March.", ["Sales of Corvus rose"]) == [
        "Corvan"
    ]
    assert missing_entities("GDP fell.", ["gross domestic product fell"]) == []
    assert missing_entities("GDP fell.", ["output fell"]) == ["GDP"]


class Reader:
    """An EntailmentPort with one reading; a failure is raised for pairs with a word."""

    name = "reader"
    calibration: Calibration | None = None

    def __init__(self, supported: float, fails: str = "", error: Exception | None = None) -> None:
        self.supported = supported
        self.fails = fails
        self.error = error or ModelAnswerInvalid("no")
        self.read: list[tuple[str, str]] = []

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        if self.fails and any(self.fails in claim for claim, _ in pairs):
            raise self.error
        self.read += pairs
        rest = (1 - self.supported) / 2
        one = Probabilities(supported=self.supported, refuted=rest, insufficient=rest)
        return [one for _ in pairs]


async def test_the_reader_is_asked_only_what_words_leave_open() -> None:
    open_pair = ("According to Hill Gazette, Alder Tin's tin sales grew.", _evidence(SOLD))
    pairs = [(SOLD, _evidence(SOLD)), open_pair]
    sure, unsure = Reader(0.95), Reader(0.05)
    assert await AutomaticJudge(sure).judge(pairs) == [True, True]
    assert sure.read == [("Alder Tin's tin sales grew.", SOLD)]
    assert await AutomaticJudge(unsure).judge(pairs) == [True, False]


async def test_a_reader_that_fails_on_one_pair_leaves_the_others() -> None:
    pairs = [("Alder Tin's tin sales grew.", _evidence(SOLD)),
             ("Alder Tin sold tin to many.", _evidence(SOLD))]  # fmt: skip
    assert await AutomaticJudge(Reader(0.95, "many")).judge(pairs) == [True, None]
    gone = Reader(0.95, "many", ModelUnusable("weights missing"))
    with pytest.raises(ModelUnusable):
        await AutomaticJudge(gone).judge(pairs)


def test_the_command_scores_saved_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("evals.citations_suite.shipped_entailment", lambda: Reader(0.95))
    rows = [{**d.model_dump(mode="json", exclude={"id", "source_id"}), "id": d.source_id}
            for d in (REPORT, SURVEY, DENIAL)]  # fmt: skip
    (tmp_path / "documents.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "q1.json").write_text(json.dumps(good_brief()), "utf-8")
    out = tmp_path / "suite.json"
    assert main([str(answers), "--data", str(tmp_path), "--out", str(out)]) == 0
    assert "citations_resolve\t1.0" in capsys.readouterr().out
    assert json.loads(out.read_text("utf-8"))["name"] == "citations"
