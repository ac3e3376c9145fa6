"""What is wrong with a set is said with file and line, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evals.data import (
    DatasetError,
    load_claims,
    load_documents,
    load_questions,
    load_sentiment,
)
from evals.sentiment_suite import score_sentiment
from evals.verify_suite import score_verify

GOOD = b'{"id": "1", "claim": "c", "evidence": ["e"], "label": "NEI"}'
CLAIM = {"id": "2", "claim": "c", "evidence": ["e"], "label": "NEI"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": ', r":2: not JSON .*one object a line"),
        (b'["a"]', r":2: a list, not an object"),
        (b'{"id": "2", "claim": "\xff"}', r":2: not UTF-8"),
        ({**CLAIM, "label": None}, r":2: label: input should be .*'NEI'.*, not None"),
        ({**CLAIM, "label": "TRUE"}, r":2: label: .*'SUPPORTED', 'REFUTED'.*, not 'TRUE'"),
        ({**CLAIM, "claim": ""}, r":2: claim: .*at least 1 character"),
        ({**CLAIM, "evidence": "one text"}, r":2: evidence: .*tuple.*, not 'one text'"),
        ({k: v for k, v in CLAIM.items() if k != "claim"}, r":2: claim: field required \(the"),
        ({**CLAIM, "id": None}, r":2: no id: give each row"),
        ({**CLAIM, "id": "1"}, r":2: id '1' is taken by .*claims_x\.jsonl:1"),
    ],
)
def test_a_bad_row_is_named_with_its_line(
    tmp_path: Path, line: bytes | dict[str, Any], message: str
) -> None:
    written = line if isinstance(line, bytes) else json.dumps(line).encode()
    (tmp_path / "claims_x.jsonl").write_bytes(GOOD + b"\n" + written + b"\n")
    with pytest.raises(DatasetError, match=message) as raised:
        load_claims(tmp_path)
    assert raised.value.exit_code == 3
    assert "errors.pydantic.dev" not in str(raised.value)


def test_blank_lines_a_mark_of_order_and_carriage_returns_are_no_errors(tmp_path: Path) -> None:
    (tmp_path / "claims.jsonl").write_bytes(b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n   \n")
    assert [c.id for c in load_claims(tmp_path)] == ["1"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "d1", "text": "t", "published_at": 2024}, "documents.jsonl:1: .*2024"),
        ({"id": "d1", "text": "t", "published_at": "soon"}, "documents.jsonl:1: .*'soon'"),
        ({"id": "d1", "text": "t", "author_kind": "robot"}, "documents.jsonl:1: author_kind"),
        ({"id": "d1"}, "documents.jsonl:1: text"),
    ],
)
def test_a_bad_document_is_named_with_its_line(
    tmp_path: Path, row: dict[str, Any], message: str
) -> None:
    (tmp_path / "documents.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(DatasetError, match=message):
        load_documents(tmp_path)


def test_bad_questions_and_texts_are_named_too(tmp_path: Path) -> None:
    question = {"id": "q", "question": "?", "expect": {"facts": [{"numbers": ["1"]}]}}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question), "utf-8")
    with pytest.raises(DatasetError, match=r"questions\.jsonl:1: expect\.facts\.0\.text"):
        load_questions(tmp_path)
    row = {"id": "s", "text": "t", "label": "neutral", "score": 3}
    (tmp_path / "sentiment.jsonl").write_text(json.dumps(row), "utf-8")
    with pytest.raises(DatasetError, match=r"sentiment\.jsonl:1: score: .*, not 3"):
        load_sentiment(tmp_path)


@pytest.mark.parametrize("load", [load_claims, load_questions, load_documents, load_sentiment])
def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, load: Callable[[Path], object]
) -> None:
    with pytest.raises(DatasetError, match="nowhere does not exist"):
        load(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(DatasetError, match="is not a folder"):
        load(tmp_path / "file")


def test_with_one_class_only_what_is_undefined_has_a_note(tmp_path: Path) -> None:
    rows = [{**CLAIM, "id": str(i), "label": "SUPPORTED"} for i in range(6)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "claims.jsonl").write_text(text, "utf-8")
    odds = {"SUPPORTED": 0.7, "REFUTED": 0.1, "NEI": 0.2}
    answers = [
        {"id": str(i), "label": "SUPPORTED", "published": "SUPPORTED", "probabilities": odds}
        for i in range(6)
    ]
    suite = score_verify(load_claims(tmp_path), answers)
    assert suite.figures["accuracy"].value == 1.0
    for name in ("macro_f1", "balanced_accuracy"):
        assert (suite.figures[name].value, suite.figures[name].note) == (None, "one class only")
    costly = suite.figures["costly_error"]
    assert (costly.value, costly.n, costly.note) == (None, 0, "no sample has what it needs")

    texts = [{"id": str(i), "text": "t", "label": "neutral", "score": 0.0} for i in range(6)]
    lines = "".join(json.dumps(row) + "\n" for row in texts)
    (tmp_path / "sentiment.jsonl").write_text(lines, "utf-8")
    said = [{"id": str(i), "label": "neutral", "score": 0.1} for i in range(6)]
    tone = score_sentiment(load_sentiment(tmp_path), said)
    assert tone.figures["r2"].value is None
    assert tone.figures["mse"].value == pytest.approx(0.01)
