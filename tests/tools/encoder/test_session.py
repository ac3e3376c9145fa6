from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from agents.ports import ModelUnusable
from tests.tools.encoder.conftest import Tiny
from tools.encoder.session import MAX_TOKENS, CrossEncoder


def length(first: list[str], second: list[str]) -> Sequence[float]:
    return [len(first), len(second)]


def test_both_texts_are_read_in_one_row(tiny: Tiny) -> None:
    folder, network = tiny(length)
    encoder = CrossEncoder(folder, "verifier.onnx")
    assert (encoder.name, network.loaded) == ("tiny-1", ["verifier.onnx"])
    first, second = encoder.tokens(["Acme rose", "Borda fell."])
    assert encoder.outputs([(first, second)]).tolist() == [[2, 3]]
    assert network.rows == [[0, *first, 2, 2, *second, 2]]
    assert network.read == [("acme rose", "borda fell .")]


def test_texts_are_neither_cut_nor_padded_as_the_file_says(tiny: Tiny) -> None:
    folder, _ = tiny(length)
    tokens = CrossEncoder(folder, "verifier.onnx").tokens(["Acme", "acme " * 2000])
    assert [len(ids) for ids in tokens] == [1, 2000]


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        (10, 370, (10, 370)),
        (10, 371, (10, 370)),
        (380, 5, (380, 0)),
        (500, 5, (380, 0)),
        (0, 500, (0, 380)),
        (0, 0, (0, 0)),
    ],
)
def test_a_long_pair_is_cut_at_its_end(
    first: int, second: int, read: tuple[int, int], tiny: Tiny
) -> None:
    folder, network = tiny(length)
    word, other = CrossEncoder(folder, "verifier.onnx").tokens(["acme", "borda"])
    found = CrossEncoder(folder, "verifier.onnx").outputs([(word * first, other * second)])
    assert found.tolist() == [list(read)]
    assert len(network.rows[0]) == sum(read) + 4 <= MAX_TOKENS


def test_the_order_is_that_of_the_pairs_not_of_the_answers(tiny: Tiny) -> None:
    done = threading.Event()

    def answer(first: list[str], second: list[str]) -> Sequence[float]:
        if len(first) == 1:
            assert done.wait(30), "the second pair was not read beside the first"
        if len(first) == 4:
            done.set()
        return [len(first)]

    folder, _ = tiny(answer)
    encoder = CrossEncoder(folder, "verifier.onnx", threads=2)
    [word] = encoder.tokens(["acme"])
    found = encoder.outputs([(word * count, word) for count in (1, 2, 3, 4)])
    assert found.tolist() == [[1], [2], [3], [4]]


@pytest.mark.parametrize("threads", [None, 0, 1, 3])
def test_the_number_of_threads_changes_nothing(threads: int | None, tiny: Tiny) -> None:
    folder, network = tiny(length)
    encoder = CrossEncoder(folder, "verifier.onnx", threads=threads)
    [word] = encoder.tokens(["acme"])
    found = encoder.outputs([(word * count, word) for count in range(7)])
    assert found.tolist() == [[count, 1] for count in range(7)]
    assert len(network.rows) == 7


def test_nothing_gives_nothing(tiny: Tiny) -> None:
    folder, network = tiny(length)
    encoder = CrossEncoder(folder, "verifier.onnx")
    assert encoder.tokens([]) == []
    assert encoder.outputs([]).shape == (0, 0)
    assert network.rows == []


def test_odd_characters_are_read(tiny: Tiny) -> None:
    folder, _ = tiny(length)
    encoder = CrossEncoder(folder, "verifier.onnx")
    plain, nul, lone, pair = encoder.tokens(
        ["acme borda", "acme\0borda", "acme \udfff\ud800 borda", "acme \U0001f6a2 borda"]
    )
    assert nul == plain
    assert [lone[0], lone[-1]] == plain
    assert [pair[0], pair[-1]] == plain


@pytest.mark.parametrize("name", ["encoder.bin", "tokenizer.json", "sentiment.onnx"])
def test_a_damaged_file_is_refused_before_anything_is_loaded(name: str, tiny: Tiny) -> None:
    folder, network = tiny(length)
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelUnusable, match=name):
        CrossEncoder(folder, "sentiment.onnx")
    assert network.loaded == []


def test_a_graph_that_is_not_there_is_named(tiny: Tiny) -> None:
    folder, network = tiny(length)
    with pytest.raises(ModelUnusable, match=r"lists no file other\.onnx"):
        CrossEncoder(folder, "other.onnx")
    assert network.loaded == []
