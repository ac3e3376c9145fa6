from __future__ import annotations

from tools.corpus.fusion import Weights, capped, demoted, fuse

EQUAL = Weights(vectors=1, passages=1, documents=1, k=10)


def test_what_two_rankings_agree_on_wins() -> None:
    scores = fuse([1, 2], [2, 3], [], {1: 10, 2: 20, 3: 30}, EQUAL)
    assert max(scores, key=lambda n: scores[n]) == 2
    assert scores[1] > scores[3]


def test_the_best_passage_speaks_for_its_document() -> None:
    scores = fuse([1, 2], [], [7], {1: 7, 2: 7, 3: 8}, EQUAL)
    assert scores[1] == 1 / 11 + 1 / 11
    assert scores[2] == 1 / 12 + 1 / 11 / 2


def test_a_document_can_bring_in_a_passage_of_no_ranking() -> None:
    assert fuse([], [], [7], {3: 7}, EQUAL) == {3: 1 / 11}


def test_cap_per_document() -> None:
    documents = {1: 7, 2: 7, 3: 7, 4: 8}
    assert capped([1, 2, 3, 4], documents.__getitem__, 2) == [1, 2, 4]
    assert capped([1, 2, 3, 4], documents.__getitem__, None) == [1, 2, 3, 4]


def same_letter(one: str, other: str) -> bool:
    return one[0] == other[0]


def test_copies_come_down_and_the_original_takes_the_best_place() -> None:
    ranking = [("a-copy", 0.9), ("b", 0.8), ("a-original", 0.7), ("a-other", 0.6)]
    assert demoted(ranking, same_letter, lambda key: "original" in key) == [
        ("a-original", 0.9),
        ("b", 0.8),
        ("a-copy", 0.35),
        ("a-other", 0.3),
    ]
