"""What peers say becomes sentences with citations of the stored words."""

from __future__ import annotations

from typing import Any

import pytest

from agents.evidence import Document
from evals.answers import Answer, Library
from evals.peers.documents import header, passage
from evals.peers.prose import without_day
from evals.peers.reading import read_gpt_researcher, read_llamaindex, read_paperqa

WIRE = Document(
    source_id="d01",
    title="Russia and China to share counter-drone course",
    publisher="Baltic Wire",
    author="Riga bureau",
    published_at="2025-03-12",
    text="RIGA — The two armies plan a course.\r\nIt will take 240 people. It starts in April.",
)
NOTES = Document(
    source_id="d04",
    title="The course looks smaller than advertised",
    publisher="Harrow Street Notes",
    author="Ilse Tammsaar",
    published_at="2025-03-15",
    text="About 90 trainees are expected.\n\nThe figure of 240 has no named source.",
)
OTHER = Document(
    source_id="d12",
    title="Seven elements, one form",
    publisher="Harrow Street Notes",
    author="Ilse Tammsaar",
    published_at="2025-04-07",
    text="Beijing put seven rare earths under licence.",
)
LIBRARY = Library([WIRE, NOTES, OTHER])


def said(answer: Answer) -> list[tuple[str, list[str]]]:
    return [(s.text, [c.document_id for c in s.citations]) for s in answer.sentences]


def llama(answer: str, *more: Document) -> Answer:
    sources = [
        {"document": d.source_id, "text": f"Source {n}:\n{header(d)}{d.text}\n"}
        for n, d in enumerate([WIRE, NOTES, *more], start=1)
    ]
    return read_llamaindex("q17", {"answer": answer, "sources": sources}, LIBRARY)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It takes 240 people [1].", [("It takes 240 people.", ["d01"])]),
        ("It takes 240 people. [1] Or 90.[2]",
         [("It takes 240 people.", ["d01"]), ("Or 90.", ["d04"])]),
        ("Between 90 and 240 [1, 2].", [("Between 90 and 240.", ["d01", "d04"])]),
        ("Between 90 and 240 [1][2].", [("Between 90 and 240.", ["d01", "d04"])]),
        ("Between 90 and 240 [1-2] attend.", [("Between 90 and 240 attend.", ["d01", "d04"])]),
        ("It takes 240 [Source 1], some say.", [("It takes 240, some say.", ["d01"])]),
        ("It takes 240 (Sources 1 and 2).", [("It takes 240.", ["d01", "d04"])]),
        (
            "It takes 240 people. Source 1 and Source 2 confirm this.",
            [
                ("It takes 240 people.", []),
                ("Baltic Wire and Harrow Street Notes confirm this.", ["d01", "d04"]),
            ],
        ),
        ("According to Source 1, 83% of the parts pass.",
         [("According to Baltic Wire, 83% of the parts pass.", ["d01"])]),
        ("Sources 1, 2 and 3 agree.",
         [("Baltic Wire and Harrow Street Notes agree.", ["d01", "d04", "unknown source 3"])]),
        ("Source 9 says so.", [("Source 9 says so.", ["unknown source 9"])]),
        ("There are (3) points and 240 people.", [("There are (3) points and 240 people.", [])]),
        ("**Answer:**\n\n- It takes 240 [1].\n- It starts in April [1].",
         [("It takes 240.", ["d01"]), ("It starts in April.", ["d01"])]),
        ("Sales rose in [2024] sharply.", [("Sales rose in [2024] sharply.", [])]),
    ],
)  # fmt: skip
def test_numbered_marks(answer: str, expected: list[tuple[str, list[str]]]) -> None:
    assert said(llama(answer)) == expected


def test_a_number_of_no_source_stays_as_a_citation_of_nothing() -> None:
    (sentence,) = llama("It takes 240 people [7].").sentences
    assert [(c.document_id, c.quote) for c in sentence.citations] == [("unknown source 7", "")]


def test_the_quote_is_the_stored_text_without_the_files_header() -> None:
    (sentence,) = llama("It takes 240 people [1].").sentences
    (citation,) = sentence.citations
    # A text file read with universal line ends: the stored CRLF is found all the same.
    assert citation.quote == WIRE.text
    assert (citation.start, citation.end) == (0, len(WIRE.text))


def test_two_chunks_of_one_document_are_two_citations() -> None:
    first, second = NOTES.text.split("\n\n")
    rows = [{"document": "d04", "text": f"Source {n}:\n{part}\n"} for n, part in
            ((1, header(NOTES) + first), (2, second))]  # fmt: skip
    answer = read_llamaindex("q", {"answer": "So it is [1][2].", "sources": rows}, LIBRARY)
    assert [c.quote for c in answer.sentences[0].citations] == [first, second]


def paper(raw: str, contexts: list[dict[str, Any]] | None = None) -> Answer:
    rows = contexts if contexts is not None else [
        {"id": "pqac-aaaa1111", "document": "d01", "text": header(WIRE) + WIRE.text,
         "summary": "240", "score": 8},
        {"id": "pqac-bbbb2222", "document": "d04", "text": header(NOTES) + NOTES.text,
         "summary": "90", "score": 7},
    ]  # fmt: skip
    return read_paperqa("q17", {"answer": raw, "raw_answer": raw, "contexts": rows}, LIBRARY)


def test_keys_of_contexts() -> None:
    answer = paper(
        "Accounts differ (pqac-aaaa1111, pqac-bbbb2222). The wire says 240 (pqac-aaaa1111).\n\n"
        "It starts in April pqac-aaaa1111. Brent hit 140 (pqac-dead0000)."
    )
    assert said(answer) == [
        ("Accounts differ.", ["d01", "d04"]),
        ("The wire says 240.", ["d01"]),
        ("It starts in April.", ["d01"]),
        # paper-qa takes a made-up key out of what it shows; the claim stays.
        ("Brent hit 140.", []),
    ]
    assert not answer.abstained


def test_paperqa_refuses_in_fixed_words() -> None:
    answer = paper("I cannot answer this question due to insufficient information.", [])
    assert answer.abstained


REPORT = """# The Kargaly course

## Introduction
The course was announced in March. It takes 240 people ([Baltic Wire, 2025](d01.txt)).

**Size**

- Another account has about 90 trainees (Tammsaar, 2025).
- It is said to be large (Jones et al., 2024).
- The accounts disagree [d01.txt; d04.txt].
- See [the study](https://example.com/study).

| Source | Number |
|---|---|
| Wire | 240 |

By March 2025 (March 12, 2025) nothing had begun [1].

## References
1. Baltic Wire. (2025). d01.txt
2. Harrow Street Notes, d04.txt
"""
CONTEXT = (
    f"Source: d01.txt\nTitle: \nContent: {header(WIRE)}RIGA — The two armies plan a course.\n"
    "Source: d01.txt\nTitle: \nContent: It starts in April.\n"
    f"Source: d04.txt\nTitle: \nContent: {NOTES.text}\n"
    f"Source: d12.txt\nTitle: \nContent: {OTHER.text}\n"
)


def test_a_report() -> None:
    answer = read_gpt_researcher("q17", {"report": REPORT, "context": CONTEXT}, LIBRARY)
    assert said(answer) == [
        # A mark at the end of a paragraph is its whole paragraph's.
        ("The course was announced in March.", ["d01"]),
        ("It takes 240 people.", ["d01"]),
        # Two texts by her were shown; the one that shares its words is meant.
        ("Another account has about 90 trainees.", ["d04"]),
        ("It is said to be large.", ["unknown Jones et al., 2024"]),
        ("The accounts disagree.", ["d01", "d04"]),
        ("See the study.", ["unknown https://example.com/study the study"]),
        ("Wire; 240", []),
        ("By March 2025 (March 12, 2025) nothing had begun.", ["d01"]),
    ]


def test_a_report_quotes_what_its_prompt_held() -> None:
    answer = read_gpt_researcher("q17", {"report": REPORT, "context": CONTEXT}, LIBRARY)
    (citation,) = answer.sentences[1].citations
    assert citation.quote == WIRE.text  # from the first passage to the last
    assert answer.sentences[4].citations[1].quote == NOTES.text


def test_a_document_that_was_not_in_the_prompt_is_not_cited() -> None:
    raw = {"report": "It takes 240 people (d01.txt).", "context": ""}
    (sentence,) = read_gpt_researcher("q", raw, LIBRARY).sentences
    assert [c.document_id for c in sentence.citations] == ["unknown d01.txt"]


def test_passages_are_found_across_white_space_and_headers() -> None:
    found = passage(NOTES, "looks smaller than advertised\n" + header(NOTES).split("\n", 1)[1]
                    + "About 90 trainees\nare expected.")  # fmt: skip
    assert found is not None
    assert NOTES.text[found.start : found.end] == "About 90 trainees are expected."
    assert passage(NOTES, "Not in there.") is None
    assert passage(NOTES, header(NOTES)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As of 31 July 2025, 83% pass.", "83% pass."),
        ("As of July 31, 2025, the award is firm.", "The award is firm."),
        ("The award is firm as of 31 July 2025.", "The award is firm."),
        ("The state, as of 31 July 2025, is open.", "The state is open."),
        ("As of 30 June 2025, it was open.", "As of 30 June 2025, it was open."),
        ("It ended on 31 July 2025.", "It ended on 31 July 2025."),
    ],
)
def test_the_questions_own_day_is_no_claim(text: str, expected: str) -> None:
    assert without_day(text, "As of 31 July 2025: How much?") == expected
    assert without_day(text, "How much?") == text
