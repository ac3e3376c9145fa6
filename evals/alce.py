"""Citation recall and citation precision of single sentences, as ALCE defines them.

Gao, Yen, Yu and Chen, "Enabling Large Language Models to Generate Text with Citations", EMNLP
2023, section 4: a sentence has recall 1 when all its citations together entail it. A citation of
such a sentence is precise unless it is irrelevant: it does not entail the sentence alone, and the
others still entail it when it is taken away. Citations of a sentence without recall are not
precise. Unlike ALCE's script, no citation beyond the third is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents.evidence import Record
from evals.answers import AnswerSentence
from evals.shown import Located, Shown, shown

__all__ = ["Judge", "Judged", "judge_sentences"]


class Judge(Protocol):
    """Says of pairs of a claim and its evidence whether the evidence entails the claim."""

    @property
    def name(self) -> str: ...

    async def judge(self, pairs: Sequence[tuple[str, Shown]]) -> list[bool | None]:
        """One answer a pair, in order; None where it has none, which is never taken as no."""
        ...


class Judged(Record):
    """One sentence, judged."""

    supported: bool | None
    """All its citations together entail it; False without citations; None when not judged."""
    precise: tuple[bool | None, ...] = ()
    """Of each citation."""


class _Asked:
    """Pairs for a judge, each asked once."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[str, Shown], bool | None] = {}

    async def ask(self, pairs: Sequence[tuple[str, Shown]]) -> list[bool | None]:
        new = list(dict.fromkeys(pair for pair in pairs if pair not in self._known))
        if new:
            answers = await self._judge.judge(new)
            self._known |= dict(zip(new, answers, strict=True))
        return [self._known[pair] for pair in pairs]


async def judge_sentences(
    sentences: Sequence[tuple[AnswerSentence, list[Located]]], judge: Judge
) -> list[Judged]:
    """Recall and precision of each sentence with its located citations, in order.

    The judge is asked three times: of all citations together, then of each alone where there are
    several, then of the rest without each that does not suffice alone.
    """
    asked = _Asked(judge)

    def pair(number: int, chosen: Sequence[int]) -> tuple[str, Shown]:
        sentence, located = sentences[number]
        return sentence.text, shown(sentence, located, chosen)

    cited = [i for i, (_, located) in enumerate(sentences) if located]
    whole = await asked.ask([pair(i, range(len(sentences[i][1]))) for i in cited])
    supported: dict[int, bool | None] = dict(zip(cited, whole, strict=True))
    several = [
        (i, c) for i in cited if supported[i] and len(sentences[i][1]) > 1
        for c in range(len(sentences[i][1]))
    ]  # fmt: skip
    alone = dict(zip(several, await asked.ask([pair(i, [c]) for i, c in several]), strict=True))
    lacking = [key for key in several if alone[key] is False]
    rest = await asked.ask(
        [pair(i, [n for n in range(len(sentences[i][1])) if n != c]) for i, c in lacking]
    )
    without = dict(zip(lacking, rest, strict=True))
    found: list[Judged] = []
    for number, (_, located) in enumerate(sentences):
        if not located:
            found.append(Judged(supported=False))
            continue
        whole_one = supported[number]
        if whole_one is not True or len(located) == 1:
            found.append(Judged(supported=whole_one, precise=(whole_one,) * len(located)))
            continue
        precise = tuple(
            _precise(alone[(number, c)], without.get((number, c))) for c in range(len(located))
        )
        found.append(Judged(supported=True, precise=precise))
    return found


def _precise(alone: bool | None, without: bool | None) -> bool | None:
    if alone is not False:
        return alone
    return None if without is None else not without
