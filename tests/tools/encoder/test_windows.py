from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.encoder.conftest import Tiny
from tests.tools.encoder.tiny import FILLER, filler
from tools.encoder.session import CrossEncoder
from tools.encoder.windows import sentence_tokens, windows


def numbered(sizes: list[int]) -> list[list[int]]:
    """Units of the sizes given, every token another number, in order."""
    ends = accumulate(sizes)
    return [list(range(end - size, end)) for end, size in zip(ends, sizes, strict=True)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 25))
def test_every_token_is_read_and_no_window_is_too_long(sizes: list[int], room: int) -> None:
    units = numbered(sizes)
    found = windows(units, room)
    assert all(len(window) <= room for window in found)
    for window in found:
        assert window == list(range(window[0], window[-1] + 1)) if window else not sum(sizes)
    assert {token for window in found for token in window} == set(range(sum(sizes)))
    assert [window[:1] for window in found] == sorted(window[:1] for window in found)
    whole = {unit[0] for unit in units if 0 < len(unit) <= room}
    long = {token for unit in units if len(unit) > room for token in unit}
    starts = {window[0] for window in found if window}
    assert starts <= whole | long, "a sentence that fits is never cut"


def test_what_fits_is_one_window() -> None:
    assert windows([[1, 2], [3]], 3) == [[1, 2, 3]]
    assert windows([[1, 2], [], [3]], 4) == [[1, 2, 3]]


def test_windows_overlap_by_half() -> None:
    assert windows(numbered([2] * 8), 8) == [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [4, 5, 6, 7, 8, 9, 10, 11],
        [8, 9, 10, 11, 12, 13, 14, 15],
    ]


def test_a_sentence_longer_than_a_window_is_cut_into_pieces() -> None:
    found = windows(numbered([3, 10, 3]), 4)
    assert [0, 1, 2] in found
    assert [3, 4, 5, 6] in found
    assert [7, 8, 9, 10] in found
    assert found[-1][-3:] == [13, 14, 15]


def test_short_text_is_one_unit_and_long_text_is_sentences(tiny: Tiny) -> None:
    folder, _ = tiny(lambda first, second: [0.0])
    encoder = CrossEncoder(folder, "verifier.onnx")
    size = FILLER + 1
    assert [len(u) for u in sentence_tokens(encoder, filler(3), 3 * size)] == [3 * size]
    assert [len(u) for u in sentence_tokens(encoder, filler(3), 3 * size - 1)] == [size] * 3
    # Far longer than could fit: taken in sentences without reading it whole first.
    assert [len(u) for u in sentence_tokens(encoder, filler(60), 50)] == [size] * 60
    assert sentence_tokens(encoder, "… — …", 50) != []


def test_neighbours_of_long_text_share_sentences(tiny: Tiny) -> None:
    folder, _ = tiny(lambda first, second: [0.0])
    encoder = CrossEncoder(folder, "verifier.onnx")
    size = FILLER + 1
    found = windows(sentence_tokens(encoder, filler(40), 10 * size), 10 * size)
    assert {len(window) % size for window in found} == {0}
    # 40 sentences in windows of ten, each begun five after the one before.
    assert len(found) == 7
    assert all(len(before) == len(after) for before, after in pairwise(found))
