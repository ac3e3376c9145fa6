from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.pairs import (
    Group,
    Pair,
    near_misses,
    own_groups,
    pairs_of,
    public_pairs,
    sampled,
    window_of,
)

S, R, N = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
FERRY: dict[str, Any] = {
    "e": ["Rosvik ordered nine ferries.", "They arrive in May."],
    "f": ["Rosvik ordered seven ferries.", "They arrive in May."],
    "c": [
        ["Rosvik ordered nine ferries.", "S", "R", "number"],
        ["Rosvik ordered red ferries.", "N", "N", "detail"],
    ],
}


def write(path: Path, *rows: Any) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def group(number: int, domain: str = "d") -> Group:
    return Group(
        f"{domain}:{number}", domain, (f"First {number}.", f"More {number}."),
        (f"Second {number}.",), ((f"Claim {number}", "S", "N", "t"),),
    )  # fmt: skip


# -- groups


def test_groups_are_read_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", FERRY)
    write(tmp_path / "a.jsonl", FERRY, "", {**FERRY, "e": ["Zürich — ordered."]})
    write(tmp_path / "notes.txt", "not a group")
    groups = own_groups(tmp_path)
    assert [(g.key, g.domain) for g in groups] == [("a:1", "a"), ("a:3", "a"), ("b:1", "b")]
    assert groups[1].first == ("Zürich — ordered.",)
    assert groups[0].second == tuple(FERRY["f"])
    assert groups[0].claims[0] == ("Rosvik ordered nine ferries.", "S", "R", "number")
    assert own_groups(tmp_path / "absent") == []


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        "null",
        {"e": ["x"], "f": ["y"]},
        {"e": ["x"], "c": []},
        {**FERRY, "c": [["claim", "S", "R"]]},
        {**FERRY, "c": [["claim", "S", "X", "t"]]},
        {**FERRY, "c": [["claim", "SUPPORTED", "R", "t"]]},
        {**FERRY, "c": 7},
        {**FERRY, "e": None},
    ],
)
def test_a_line_that_is_no_group_is_named(line: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "made.jsonl", FERRY, "", line, FERRY)
    with pytest.raises(ValueError, match=r"made\.jsonl:3: not a group") as raised:
        own_groups(tmp_path)
    assert str(raised.value).startswith(str(path))


def test_passages_that_are_one_string_are_no_group(tmp_path: Path) -> None:
    write(tmp_path / "made.jsonl", {**FERRY, "e": "Rosvik ordered nine ferries."})
    with pytest.raises(ValueError, match=r"made\.jsonl:1"):
        own_groups(tmp_path)


def test_a_line_separator_in_a_text_ends_no_line(tmp_path: Path) -> None:
    text = "Rosvik ordered\u2028nine ferries."
    write(tmp_path / "made.jsonl", json.dumps({**FERRY, "e": [text]}, ensure_ascii=False))
    [read] = own_groups(tmp_path)
    assert read.first == (text,)


def test_a_group_keeps_its_fold_whatever_else_changes(tmp_path: Path) -> None:
    [before] = own_groups(write(tmp_path / "a.jsonl", FERRY).parent)
    # The fold is written here so that another way of counting it does not go unseen: it would
    # mix what was trained on with what is held out.
    assert before.fold == 22
    others = [{**FERRY, "e": [f"Text {n}."]} for n in range(5)]
    write(tmp_path / "a.jsonl", *others, {**FERRY, "f": ["Changed."], "c": []})
    assert own_groups(tmp_path)[-1].fold == 22
    assert before._replace(key="z:9", domain="z").fold == 22


def test_folds_are_spread_over_all_of_0_to_99() -> None:
    folds = [group(number).fold for number in range(4000)]
    assert set(folds) == set(range(100))
    assert max(folds.count(fold) for fold in range(100)) < 80


# -- pairs of groups


def test_every_claim_is_paired_with_both_versions() -> None:
    made = Group("d:1", "d", ("A.", "B."), ("C.",), (("x", "S", "R", "t"), ("y", "N", "S", "u")))
    assert pairs_of([made]) == [
        Pair("x", "A.\nB.", S, "own:d", "t"), Pair("y", "A.\nB.", N, "own:d", "u"),
        Pair("x", "C.", R, "own:d", "t"), Pair("y", "C.", S, "own:d", "u"),
    ]  # fmt: skip


def test_a_seed_shuffles_and_mixes_in_but_changes_no_label() -> None:
    groups = [group(n) for n in range(60)] + [group(n, "other") for n in range(60)]
    plain, drawn = pairs_of(groups), pairs_of(groups, seed=3)
    assert drawn == pairs_of(groups, seed=3)
    assert drawn != pairs_of(groups, seed=4)
    added = 0
    for before, after in zip(plain, drawn, strict=True):
        assert after._replace(evidence="") == before._replace(evidence="")
        own, now = before.evidence.split("\n"), after.evidence.split("\n")
        assert sorted(set(now) & set(own)) == sorted(own)
        foreign = [passage for passage in now if passage not in own]
        assert len(foreign) <= 1
        added += len(foreign)
    assert 20 < added < 80, "one pair in five, give or take"
    assert any(a.evidence.startswith("More") for a in drawn)


def test_what_is_mixed_in_is_of_the_same_domain() -> None:
    alone = Group("b:1", "b", ("Own.",), ("Own too.",), (("c", "S", "S", "t"),) * 200)
    pairs = pairs_of([alone, *(group(n, "a") for n in range(20))], seed=1)
    assert {p.evidence for p in pairs if p.source == "own:b"} == {"Own.", "Own too."}


# -- public pairs


def test_public_rows(tmp_path: Path) -> None:
    labels = {
        "SUPPORTED": S, "REFUTED": R, "NEI": N, "PARTIAL": N, "NOT_SUPPORTED": (0.0, 1.0, 1.0),
    }  # fmt: skip
    rows = [
        {"claim": label, "evidence": "x", "label": label, "source": "s", "licence": "CC0"}
        for label in labels
    ]
    path = write(tmp_path / "rows.jsonl", *rows, {**rows[0], "evidence": ["x", "y"]})
    pairs = list(public_pairs([path, path]))
    assert len(pairs) == 12
    assert {p.claim: p.target for p in pairs} == labels
    assert pairs[5].evidence == "x\ny"


def test_sources_are_capped_and_those_not_named_left_out() -> None:
    pairs = [Pair(f"c{n}", "e", S, source) for n in range(30) for source in ("a", "b", "c")]
    drawn = sampled(pairs, {"a": 5, "b": 100}, seed=1)
    counts = {s: sum(p.source == s for p in drawn) for s in "abc"}
    assert counts == {"a": 5, "b": 30, "c": 0}
    assert len(set(drawn)) == 35
    assert drawn == sampled(pairs, {"a": 5, "b": 100}, seed=1)
    assert drawn != sampled(pairs, {"a": 5, "b": 100}, seed=2)


def test_long_evidence_is_cut_to_what_is_nearest_the_claim() -> None:
    filler = "The weather stayed mild. " * 200
    pair = Pair("Rosvik ordered nine ferries.", f"{filler}Rosvik ordered ferries. {filler}", S, "a")
    [cut] = sampled([pair], {"a": 1}, seed=1, longest=300)
    assert "Rosvik ordered ferries." in cut.evidence
    assert len(cut.evidence) <= 300
    short = pair._replace(evidence="x" * 300)
    assert sampled([short], {"a": 1}, seed=1, longest=300) == [short]


@pytest.mark.parametrize(
    ("claim", "evidence", "characters", "expected"),
    [
        ("Kestrel opened", "It rained. Kestrel opened. It snowed.", 16, "Kestrel opened."),
        ("Kestrel opened", "One.\nKestrel opened.\n\nTwo.", 22, "One. Kestrel opened."),
        ("nothing shared", "Alpha came. Beta came.", 12, "Alpha came."),
        ("Kestrel", "K" * 50, 20, "K" * 20),
        ("9 boats", "It had 9. It had 8.", 10, "It had 9."),
        ("Kestrel", "", 10, ""),
    ],
)
def test_windows_are_whole_sentences(
    claim: str, evidence: str, characters: int, expected: str
) -> None:
    assert window_of(claim, evidence, characters) == expected


# -- near misses


def subjects() -> list[Pair]:
    """Two facts about each of a dozen places: neither settles the other."""
    made = []
    for number in range(12):
        place = f"Place{number}"
        made.append(Pair(f"{place} harbour ordered ferries yesterday", f"{place} harbour ordered "
                         "ferries yesterday.", S, "own"))  # fmt: skip
        made.append(Pair(f"{place} library received donations lately", f"{place} library received "
                         "donations lately.", S, "own"))  # fmt: skip
    return made


def test_a_near_miss_is_evidence_of_another_claim_on_the_same_subject() -> None:
    pairs = subjects()
    own = {p.claim: p.evidence for p in pairs}
    made = near_misses(pairs, 100, seed=1)
    assert {p.claim for p in made} == set(own)
    for pair in made:
        assert pair.evidence != own[pair.claim]
        assert pair.evidence in own.values()
        assert pair.claim.split()[0] == pair.evidence.split()[0]
        assert (pair.target, pair.source) == (N, "near_miss")


def test_near_misses_are_counted_and_drawn_with_the_seed() -> None:
    pairs = subjects()
    assert len(near_misses(pairs, 5, seed=1)) == 5
    assert near_misses(pairs, 5, seed=1) == near_misses(pairs, 5, seed=1)
    assert near_misses(pairs, 5, seed=1) != near_misses(pairs, 5, seed=2)
    assert near_misses(pairs, 0, seed=1) == near_misses([], 5, seed=1) == []


def test_evidence_that_shares_most_words_might_settle_the_claim_and_is_not_taken() -> None:
    claim = "Rosvik harbour ordered nine electric ferries"
    pairs = [
        Pair(claim, "Own evidence about Rosvik harbour.", S, "a"),
        Pair("other", "Rosvik harbour ordered nine electric ferries in spring.", S, "a"),
        Pair("another", "Completely different things happened elsewhere.", S, "a"),
    ]
    assert [p for p in near_misses(pairs, 10, seed=1) if p.claim == claim] == []
