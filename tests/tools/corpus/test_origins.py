from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from agents.evidence import AuthorKind, Document
from tests.tools.corpus.conftest import BANK, Open
from tools.corpus.origins import earliest_first, features, same_story

DESK = Path(__file__).parents[3] / "evals" / "desk" / "documents.jsonl"

WIRE = (
    "OSTRAVA, 4 May (Delta Wire) - The utility Morava Power will close two coal units at its "
    "Hradek plant by the end of 2026, three people with knowledge of the plan said on Sunday. "
    "The units have a capacity of 420 megawatts and supply heat to about 31,000 homes. "
    "A gas plant of 280 megawatts is to replace them, at a cost of 6.1 billion crowns. "
    "Morava Power declined to comment. The energy ministry said that it had not received an "
    "application. Unions want talks about 530 jobs, a spokesman for the miners said."
)
REWRITE = (
    "The utility Morava Power is to close two coal units at its Hradek plant by the end of 2026, "
    "people with knowledge of the plan told a news agency. "
    "With a capacity of 420 megawatts, the units supply heat to about 31,000 homes. "
    "A gas plant of 280 megawatts is to replace them, at a cost of 6.1 billion crowns. "
    "Morava Power declined to comment, and the energy ministry said that it had not received an "
    "application. Unions want talks about 530 jobs."
)
OTHER_REPORT = (
    "Households around Hradek face a year of uncertainty. Morava Power told councillors in April "
    "that its coal units would go, but the date it gave was 2028, and the mayor, Eliska Novotna, "
    "says that nobody has explained how 31,000 homes will be heated in between. The gas plant "
    "that is meant to follow has no building permit. Analysts at Brandl Bank think that the cost "
    "will reach 8 billion crowns, a third more than the company has said."
)
TEMPLATE = (
    "{company} ({ticker}) reported quarterly revenue of ${revenue} million, compared with "
    "${before} million a year earlier. Net income was {income} cents a share. The results were "
    "better than the average estimate of analysts polled before the announcement. The shares of "
    "{company} rose {rise} percent in early trading after the results. The company, which is "
    "based in {town}, kept its outlook for the full year and said that demand had been steady."
)


def story(text: str, publisher: str, day: str | None = "2025-05-04", **fields: object) -> Document:
    return Document(text=text, publisher=publisher, published_at=day, **fields)


def same(a: Document, b: Document) -> bool:
    assert same_story(features(a), features(b)) == same_story(features(b), features(a))
    return same_story(features(a), features(b))


wire = story(WIRE, "Delta Wire", author_kind=AuthorKind.AGENCY)


def test_rewrites_of_a_wire_are_one_story() -> None:
    assert same(wire, story(REWRITE, "Hradek Courier", "2025-05-05"))
    assert same(wire, story(WIRE, "Hradek Courier", None))
    assert same(wire, story("Update: " + WIRE.upper(), "Loud News"))


def test_another_report_of_the_event_is_not() -> None:
    assert not same(wire, story(OTHER_REPORT, "Hradek Courier", "2025-05-06"))
    assert not same(story(REWRITE, "A"), story(OTHER_REPORT, "B"))


def test_a_cut_copy_is_one_story_when_it_credits_the_wire() -> None:
    cut = "(Delta Wire) - " + ". ".join(REWRITE.split(". ")[:2]) + ". Neighbours were surprised."
    assert same(wire, story(cut, "Hradek Courier"))


def test_a_copy_with_a_changed_figure_is_still_a_copy() -> None:
    assert same(wire, story(WIRE.replace("420", "240"), "Careless Times"))


def test_forms_filled_in_anew_are_different_stories() -> None:
    one = TEMPLATE.format(
        company="Quill Foods", ticker="QLF", revenue=412, before=398, income=41, rise=3.1,
        town="Leeds",
    )  # fmt: skip
    other = TEMPLATE.format(
        company="Sable Marine", ticker="SBM", revenue=1290, before=1175, income=77, rise=5.6,
        town="Bergen",
    )  # fmt: skip
    assert not same(story(one, "Robot Desk"), story(other, "Robot Desk"))
    assert not same(story(one, "Robot Desk"), story(other, "Machine Markets"))
    assert same(story(one, "Robot Desk"), story(one, "Machine Markets"))


def test_a_series_by_one_publisher_is_not_one_story() -> None:
    notice = "The office publishes the names of persons placed on its list of blocked persons. " * 3
    first = story(notice + "All property is blocked.", "Gazette", "2024-01-10")
    assert not same(first, story(notice + "Property is blocked.", "Gazette", "2025-03-10"))
    assert same(first, story(notice + "Property is blocked.", "Gazette", "2024-01-11"))


@pytest.mark.parametrize("text", ["", "...", "Yes."])
def test_little_text(text: str) -> None:
    assert same(story(text, "A"), story(text, "B")) == any(c.isalnum() for c in text)
    assert not same(story(text, "A"), wire)


def test_other_scripts() -> None:
    russian = "Компания «Север» закроет два блока станции до конца года, сообщили источники. " * 2
    chinese = "据两名知情官员称，该公司计划在年底前关闭两台燃煤机组，并新建一座燃气电厂。"
    assert same(story(russian, "A"), story("Срочно: " + russian, "B"))
    assert same(story(chinese, "A"), story(chinese + "公司未予置评。", "B"))
    assert not same(story(chinese, "A"), story("央行周四宣布上调利率二十五个基点以抑制通胀。", "B"))


def test_the_earliest_is_the_origin_undated_last() -> None:
    undated = story(WIRE, "Undated", None)
    early, late = story(WIRE, "Early", "2025-05-03"), story(WIRE, "Late", "2025-05-09")
    assert earliest_first([undated, late, wire, early]) == [early, wire, late, undated]


def test_on_one_day_the_credited_publisher_comes_first_and_machines_last() -> None:
    machine = story(WIRE, "Auto", author_kind=AuthorKind.AI)
    courier = story(REWRITE, "Courier", author="Delta Wire", author_kind=AuthorKind.AGENCY)
    local = story(REWRITE + " More follows.", "Local")
    origin = wire.model_copy(update={"author_kind": AuthorKind.UNKNOWN})
    assert earliest_first([machine, local, courier, origin]) == [origin, courier, local, machine]


async def test_origins_in_a_corpus_respect_the_as_of_date(open_corpus: Open) -> None:
    early = story(REWRITE, "Courier", "2025-05-02")
    late = story(WIRE + " Correction.", "Late", "2025-05-20")
    undated = story(WIRE, "Undated", None)
    corpus = open_corpus()
    await corpus.add([late, wire, undated, story(BANK, "Coin Post"), early])
    assert {await corpus.origin(d) for d in (early, late, wire, undated)} == {early.id}
    assert [d.id for d in await corpus.copies(late.id)] == [early.id, wire.id, late.id, undated.id]
    may_5 = date(2025, 5, 5)
    assert [d.id for d in await corpus.copies(wire.id, may_5)] == [early.id, wire.id]
    assert await corpus.origin(wire, date(2025, 5, 1)) == wire.id  # it is always there itself
    await corpus.delete(early.id)
    assert await corpus.origin(late) == wire.id
    assert await corpus.copies("doc_unknown") == []


async def test_a_document_that_is_not_stored_has_an_origin(open_corpus: Open) -> None:
    corpus = open_corpus()
    await corpus.add([wire, story(BANK, "Coin Post")])
    article = story(REWRITE, "Blog", "2025-05-06")
    assert await corpus.origin(article) == wire.id
    assert await corpus.origin(article, date(2025, 5, 3)) == article.id
    assert await corpus.origin(story(REWRITE, "Blog", None)) == wire.id
    assert await corpus.origin(story(REWRITE, "First", "2025-05-01")) != wire.id
    assert await corpus.origin(story(OTHER_REPORT, "Blog")) != wire.id
    assert await corpus.count() == 2


@pytest.mark.skipif(not DESK.is_file(), reason="evals/desk is not there")
async def test_the_sample_corpus_has_one_wire(open_corpus: Open) -> None:
    rows = [json.loads(line) for line in DESK.read_text(encoding="utf-8").splitlines()]
    documents = {row["id"]: Document(source_id=row.pop("id"), **row) for row in rows}
    corpus = open_corpus()
    await corpus.add(list(documents.values()))
    origins = {name: await corpus.origin(document) for name, document in documents.items()}
    assert origins["d01"] == origins["d02"] == origins["d03"] == documents["d01"].id
    assert len(set(origins.values())) == len(documents) - 2


def test_two_short_notices_by_one_publisher_on_one_day_are_different() -> None:
    notice = (
        "The ministry has opened an inquiry into the effects on national security of imports of "
        "{goods}. Interested parties are invited to submit written comments, data and analyses "
        "about the inquiry within three weeks of the publication of this notice."
    )
    one, other = (story(notice.format(goods=g), "Gazette") for g in ("lorries", "medicines"))
    assert not same(one, other)
    assert same(one, story(notice.format(goods="lorries") + " Corrected.", "Gazette"))


def test_a_free_rewrite_without_credit_adds_nothing_of_its_own() -> None:
    free = (
        "Two coal units at Hradek will be shut by the end of 2026 under plans of Morava Power, "
        "according to people with knowledge of the plan. Together they have 420 megawatts and "
        "keep about 31,000 homes warm. In their place the utility wants a gas plant of 280 "
        "megawatts that would cost 6.1 billion crowns. The energy ministry has no application "
        "yet. Morava Power would not comment. The unions, with 530 jobs at stake, ask for talks."
    )
    assert same(wire, story(free, "Evening Sheet", "2025-05-05"))
    local = free + (
        " Mayor Eliska Novotna told the Evening Sheet on Tuesday that she would call a council in "
        "June. Brandl Bank puts the bill at 8 billion crowns, and Karel Dvorak of Charles "
        "University doubts that 2026 can be kept."
    )
    assert not same(wire, story(local, "Evening Sheet", "2025-05-06"))
