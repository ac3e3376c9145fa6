"""From labelled pairs to token ids, in the very words that the desk asks at run time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tools.model.claim_question import ADAPTED, OPTIONS, Wording, claim_question, lines_of
from tools.model.messages import prompt_of
from training.pairs import Group, Pair, own_groups, pairs_of, public_pairs, sampled

__all__ = ["HELD_OUT_FOLD", "Data", "Example", "answer_tokens", "encoded", "prompt_text", "read"]

HELD_OUT_FOLD: Final = 85
"""Groups of this fold and above are never trained on."""


class Data(NamedTuple):
    train: list[list[Pair]]
    """Pairs of each epoch; own groups are shuffled and mixed anew in each."""
    held: list[Pair]
    """Pairs of held-out groups, as they are written."""
    sources: dict[str, int]
    """Pairs of the first epoch by source."""


class Example(NamedTuple):
    ids: list[int]
    """Token ids of the whole prompt, up to where the answer begins."""
    target: tuple[float, float, float]
    """1 for each of OPTIONS that is a right answer."""


def read(
    groups: Path,
    public: Sequence[Path],
    *,
    epochs: int,
    seed: int,
    public_each: int,
    most: int | None = None,
    longest: int = 2500,
) -> Data:
    """Training pairs by epoch and held-out pairs.

    groups: a folder of our own groups. public: public training files, or folders with
    `verification*.jsonl`. public_each: at most so many pairs of one public source. most: pairs
    of an epoch, drawn with the seed. longest: characters of evidence.
    Raises ValueError when nothing is left to train on, or for a bad line.
    """
    own = own_groups(groups) if groups.is_dir() else []
    learnt = [group for group in own if group.fold < HELD_OUT_FOLD]
    held = [group for group in own if group.fold >= HELD_OUT_FOLD]
    rows = list(public_pairs(_files(public)))
    caps = dict.fromkeys((pair.source for pair in rows), public_each)
    others = sampled(rows, caps, seed=seed, longest=longest)
    others = _without_held(others, held)
    train = []
    for epoch in range(epochs):
        pairs = [*pairs_of(learnt, seed=seed + epoch), *others]
        random.Random(seed + epoch).shuffle(pairs)
        train.append(pairs[:most])
    if not train or not train[0]:
        raise ValueError(f"nothing to train on: no groups in {groups} and no public pairs")
    return Data(train, pairs_of(held), dict(Counter(pair.source for pair in train[0])))


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("verification*.jsonl")) if path.is_dir() else [path]
    return found


def _without_held(pairs: Iterable[Pair], held: Sequence[Group]) -> list[Pair]:
    """Pairs whose claim is none of a held-out group."""
    claims = {claim[0] for group in held for claim in group.claims}
    return [pair for pair in pairs if pair.claim not in claims]


def prompt_text(tokenizer: Any, pair: Pair, wording: Wording = ADAPTED) -> str:
    """The chat-templated prompt, to where the model's answer begins."""
    request = claim_question(pair.claim, lines_of(pair.evidence), wording)
    text: str = tokenizer.apply_chat_template(
        prompt_of(request).messages,
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,  # as the client asks for
    )
    return text


def answer_tokens(tokenizer: Any) -> list[int]:
    """The first token of each of OPTIONS where an answer begins.

    Raises ValueError when the tokenizer does not keep them apart.
    """
    start = prompt_text(tokenizer, Pair("x", "x", (1.0, 0.0, 0.0), ""))
    before = _ids(tokenizer, start)
    found = []
    for option in OPTIONS:
        ids = _ids(tokenizer, start + option)
        if ids[: len(before)] != before or len(ids) == len(before):
            raise ValueError(f"the tokenizer joins {option!r} with the prompt before it")
        found.append(ids[len(before)])
    if len(set(found)) != len(OPTIONS):
        raise ValueError(f"two of {', '.join(OPTIONS)} begin with the same token")
    return found


def encoded(
    tokenizer: Any, pairs: Sequence[Pair], wording: Wording = ADAPTED, *, longest: int = 1024
) -> list[Example]:
    """Examples in order; pairs without evidence, or longer than `longest` tokens, are left out."""
    examples = []
    for pair in pairs:
        if not lines_of(pair.evidence):
            continue
        ids = _ids(tokenizer, prompt_text(tokenizer, pair, wording))
        if len(ids) <= longest:
            examples.append(Example(ids, pair.target))
    return examples


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
