"""Sheets for hand labels: blind, repeatable, spread over systems; and what the labels say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.answers import Answer, AnswerCitation, AnswerSentence, Library
from evals.citation_labels import HandJudge, Label, label_figures, load_labels
from evals.citations_suite import score_citations
from evals.data import DatasetError
from evals.labelling import choose, joined, main, sheet
from evals.shown import Shown, locate, shown
from evals.statistics import cohen_kappa
from tests.evals.sample import DOCUMENTS, REPORT

LIBRARY = Library(DOCUMENTS.values())
COST = "The smelter costs EUR 310 million."


def system(name: str, questions: int, sentences: int, *, plain: int = 0) -> list[Answer]:
    """Answers whose sentences cite one quote; `plain` more in each cite nothing."""
    quote = AnswerCitation(document_id="t1", quote="costs EUR 310 million")
    return [
        Answer(
            system=name,
            question_id=f"q{q}",
            sentences=tuple(
                AnswerSentence(text=f"{name} {q} {s}.", citations=(quote,) * (s < sentences))
                for s in range(sentences + plain)
            ),
        )
        for q in range(questions)
    ]


def test_the_choice_is_spread_and_repeatable() -> None:
    answers = [*system("ours", 5, 10), *system("peer", 5, 2), *system("other", 5, 9)]
    chosen = choose(answers, 45, seed=1)
    assert Counter(a.system for a, _ in chosen) == {"ours": 17, "peer": 10, "other": 18}
    per_question = Counter(a.question_id for a, _ in chosen if a.system == "ours")
    assert set(per_question.values()) <= {3, 4}
    assert chosen == choose(answers, 45, seed=1)
    assert chosen != choose(answers, 45, seed=2)
    assert len(choose(answers, 1000, seed=1)) == 50 + 10 + 45


def test_nothing_on_the_sheet_names_a_system() -> None:
    answers = system("peerless-system", 3, 2)
    hidden = [a.model_copy(update={"sentences": tuple(
        s.model_copy(update={"text": "It costs money."}) for s in a.sentences)}) for a in answers]
    rows = sheet(hidden, LIBRARY, {"q0": "What does it cost?"}, n=9)
    text = json.dumps(rows)
    assert "peerless" not in text
    assert "q1" not in text
    assert {"supported", "needed", "wrong_number", "note"} <= set(rows[0])
    # Equal sentences of one question are one row.
    assert len(rows) == 3


def test_a_quote_is_shown_in_its_sentence_and_with_its_neighbours() -> None:
    [row] = sheet(system("ours", 1, 1), LIBRARY, {"q0": "What does it cost?"})
    assert row["question"] == "What does it cost?"
    [cited] = row["citations"]
    assert cited["before"].endswith("in the third quarter of 2025. The smelter")
    assert cited["quote"] == "costs EUR 310 million"
    assert cited["after"] == ". Rival Beck Metals may lose customers."
    assert (cited["publisher"], cited["date"]) == ("Hill Gazette", "2024-05-14")


def _filled(rows: Sequence[dict[str, Any]], **fields: Any) -> list[dict[str, Any]]:
    return [{**row, "supported": "yes", "needed": [True], "wrong_number": False, **fields}
            for row in rows]  # fmt: skip


def test_labels_come_back_to_their_systems() -> None:
    answers = [*system("ours", 2, 2), *system("peer", 2, 2, plain=2)]
    rows = sheet(answers, LIBRARY, {}, n=8)
    half = [*_filled(rows[:5]), *rows[5:]]
    labels, empty = joined(half, answers)
    assert (len(labels), empty) == (5, 3)
    assert {(x.system, x.coverage) for x in labels} == {("ours", 1.0), ("peer", 0.5)}
    assert all(label.sentence.startswith(label.system) for label in labels)
    assert {label.sentence for label in labels} == {row["sentence"] for row in rows[:5]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"supported": "perhaps"}, "supported"),
        ({"needed": [True, True]}, "2 `needed` for 1 citations"),
        ({"wrong_number": None}, "wrong_number"),
        ({"id": "x"}, "no sentence of these answers"),
    ],
)
def test_a_bad_label_is_named(fields: dict[str, Any], said: str) -> None:
    answers = system("ours", 1, 1)
    with pytest.raises(DatasetError, match=said):
        joined(_filled(sheet(answers, LIBRARY, {}), **fields), answers)


def test_another_seed_joins_nothing() -> None:
    answers = system("ours", 1, 1)
    with pytest.raises(DatasetError, match="the seed"):
        joined(_filled(sheet(answers, LIBRARY, {}, seed=1)), answers, seed=2)


def label(name: str, supported: str, *needed: bool, **fields: Any) -> Label:
    quotes = (COST, "Rival Beck Metals may lose customers.")[: len(needed)]
    return Label.model_validate(
        {
            "id": name, "system": "our desk", "question_id": "q1", "sentence": f"Claim {name}.",
            "citations": [{"document_id": "t1", "quote": q} for q in quotes],
            "supported": supported, "needed": list(needed), "wrong_number": False, **fields,
        }
    )  # fmt: skip


class Says:
    name = "says"

    def __init__(self, **answers: bool | None) -> None:
        self.answers = answers

    async def judge(self, pairs: Sequence[tuple[str, Shown]]) -> list[bool | None]:
        return [self.answers[claim.split()[1].rstrip(".")] for claim, _ in pairs]


async def test_figures_by_hand_and_the_judge_beside_them() -> None:
    labels = [
        label("a", "yes", True, False),
        label("b", "partial", True, wrong_number=True),
        label("c", "yes", True),
        label("d", "no", False),
    ]
    judge = Says(a=True, b=True, c=True, d=False)
    figures, samples, failures = await label_figures(labels, LIBRARY, judge)
    values = {name: found.value for name, found in figures.items()}
    assert values == {
        "hand_recall_our_desk": 0.5,
        "hand_precision_our_desk": pytest.approx(2 / 5),
        "hand_wrong_numbers_our_desk": 0.25,
        "judge_accuracy": 0.75,
        "judge_kappa": pytest.approx(0.5),
    }
    assert all(f.low is not None and f.low <= (f.value or 0.0) for f in figures.values())
    assert [(f.sample, f.why) for f in failures] == [
        ("label:b", "the judge says supported, by hand it is partial")
    ]
    assert not any(s.error for s in samples)


async def test_recall_counts_the_sentences_that_cite_nothing() -> None:
    labels = [label("a", "yes", True, coverage=0.5), label("b", "yes", True, coverage=0.5)]
    figures, _, _ = await label_figures(labels, LIBRARY, None)
    assert figures["hand_recall_our_desk"].value == 0.5
    assert "judge_accuracy" not in figures


async def test_a_judge_without_answers_is_unscored_and_one_class_has_no_kappa() -> None:
    labels = [label("a", "yes", True), label("b", "yes", True)]
    figures, samples, _ = await label_figures(labels, LIBRARY, Says(a=True, b=None))
    assert [bool(s.error) for s in samples] == [False, True]
    assert figures["judge_accuracy"].n == 1
    assert figures["judge_kappa"].value is None
    assert figures["judge_kappa"].note


async def test_the_suite_has_the_figures_of_labels() -> None:
    judge = Says(a=False)
    suite = await score_citations([], LIBRARY, judge, labels=[label("a", "yes", True)])
    assert suite.figures["hand_recall_our_desk"].value == 1.0
    assert suite.figures["judge_accuracy"].value == 0.0
    assert suite.figures["citation_recall"].value is None


async def test_the_hand_judge_knows_what_was_labelled() -> None:
    known = label("a", "partial", True)
    sentence, located = known.evidence(LIBRARY)
    judge = HandJudge([known], LIBRARY)
    pair = (known.sentence, shown(sentence, located, [0]))
    assert await judge.judge([pair, ("Other.", pair[1])]) == [False, None]


def test_kappa_is_agreement_beyond_chance() -> None:
    assert cohen_kappa(list("yynn"), list("yynn")) == 1.0
    assert cohen_kappa(list("yynn"), list("ynyn")) == 0.0
    # 45 of 60 agree, 35 by chance (worked by hand).
    first = "y" * 40 + "n" * 20
    second = "y" * 35 + "n" * 5 + "y" * 10 + "n" * 10
    assert cohen_kappa(list(first), list(second)) == pytest.approx((0.75 - 35 / 60) / (25 / 60))
    assert cohen_kappa(["y", "y"], ["y", "y"]) is None
    assert cohen_kappa([], []) is None


def test_a_sheet_goes_out_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.jsonl"
    given = [a.model_dump(mode="json") for a in system("peer", 2, 2)]
    answers.write_text("".join(json.dumps(row) + "\n" for row in given), "utf-8")
    row = {**REPORT.model_dump(mode="json", exclude={"id", "source_id"}), "id": "t1"}
    (tmp_path / "documents.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    out, back = tmp_path / "sheet.jsonl", tmp_path / "labels" / "labels.jsonl"
    common = ["--answers", str(answers), "--data", str(tmp_path)]
    assert main([*common, "--out", str(out), "--n", "3"]) == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == 3
    assert main([*common, "--out", str(out)]) == 3
    assert "not overwritten" in capsys.readouterr().err
    out.write_text("".join(json.dumps(r) + "\n" for r in _filled(rows)), "utf-8")
    assert main([*common, "--join", str(out), "--out", str(back)]) == 0
    labels = load_labels(back.parent)
    assert [x.system for x in labels] == ["peer"] * 3
    again = back.with_name("again.jsonl")
    again.write_bytes(back.read_bytes())
    with pytest.raises(DatasetError, match="labelled twice"):
        load_labels(back.parent)
    assert load_labels(tmp_path / "absent") == []


def test_where_a_labelled_quote_is_gone_it_shows_nothing() -> None:
    gone = label("a", "no", False).model_copy(
        update={"citations": (AnswerCitation(document_id="t9", quote=COST),)}
    )
    _, [found] = gone.evidence(LIBRARY)
    assert found == locate(gone.citations[0], LIBRARY)
    assert found.document is None
