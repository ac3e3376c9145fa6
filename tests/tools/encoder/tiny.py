"""A folder of weights for tests: a real tokenizer of whole words, a network written in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer

from agents.fusion import Calibration
from tools.encoder.weights import recorded

__all__ = ["CALIBRATION", "FILLER", "Answer", "Network", "filler", "weights"]

Answer = Callable[[list[str], list[str]], Sequence[float]]
"""Outputs for the words of the first and of the second text."""

CALIBRATION = Calibration(
    model="encoder:tiny-1", weights={"bias": (0.5, -0.5)}, supported=0.9, refuted=0.8
)
START, END = 0, 2
FILLER = 20
"""Words of one sentence of `filler`, its full stop not counted."""
_WORDS = (
    "<s> <pad> </s> <unk> . , : ; ' $ [ ] acme borda rose fell beat the for tone overall investors "
    "boats yard sold doubt"
).split() + [f"w{number}" for number in range(FILLER)]


def filler(sentences: int) -> str:
    """Sentences that say nothing, each of FILLER + 1 tokens."""
    sentence = " ".join(f"w{number}" for number in range(FILLER)).capitalize() + "."
    return " ".join([sentence] * sentences)


def _tokenizer() -> Tokenizer:
    made = Tokenizer(WordLevel({word: at for at, word in enumerate(_WORDS)}, unk_token="<unk>"))
    made.normalizer = Lowercase()
    made.pre_tokenizer = BertPreTokenizer()
    # As in the file of a real base: what reads whole texts must not keep to these.
    made.enable_truncation(8)
    made.enable_padding(length=8)
    return made


def weights(folder: Path) -> Path:
    """The folder, with every file a shipped one has."""
    folder.mkdir(parents=True, exist_ok=True)
    _tokenizer().save(str(folder / "tokenizer.json"))
    for name in ("verifier.onnx", "sentiment.onnx", "encoder.bin"):
        (folder / name).write_bytes(name.encode())
    (folder / "verifier.json").write_text(CALIBRATION.model_dump_json())
    recorded(folder, name="tiny-1", base="none")
    return folder


class Network:
    """In place of onnxruntime.InferenceSession: answers each row by its words."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.loaded: list[str] = []
        self.rows: list[list[int]] = []

    def __call__(self, path: str, options: object, *, providers: Sequence[str]) -> Network:
        self.loaded.append(Path(path).name)
        return self

    def run(self, names: Sequence[str], feed: Mapping[str, Any]) -> list[Any]:
        ids, mask = feed["input_ids"], feed["attention_mask"]
        assert ids.shape == mask.shape == (1, ids.size), "each pair is run alone"
        assert ids.dtype == mask.dtype == np.int64
        assert mask.all()
        assert list(names) == ["outputs"]
        row = ids[0].tolist()
        self.rows.append(row)
        return [np.array([self._answer(*_parts(row))], dtype=np.float32)]

    @property
    def read(self) -> list[tuple[str, str]]:
        """The texts of each row, in no order: rows are run side by side."""
        return [(" ".join(first), " ".join(second)) for first, second in map(_parts, self.rows)]


def _parts(row: list[int]) -> tuple[list[str], list[str]]:
    """The words of `<s> first </s></s> second </s>`."""
    assert row[0] == START
    assert row[-1] == END
    middle = row.index(END)
    assert row[middle + 1] == END
    first, second = row[1:middle], row[middle + 2 : -1]
    assert END not in second
    return [_WORDS[i] for i in first], [_WORDS[i] for i in second]
