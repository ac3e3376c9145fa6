"""Labelled pairs of claim and evidence, read from our own groups and from public data.

A group is one line of `training/data/verification/*.jsonl`:

    {"e": [passage, …], "f": [passage, …], "c": [[claim, label under e, label under f, trap], …]}

`f` tells the story of `e` with a few deliberate differences, so that most claims change their
label with the evidence and no claim gives its label away by itself (a remedy for annotation
artefacts: Gururangan et al., NAACL 2018; contrast sets: Gardner et al., EMNLP Findings 2020).
Labels: S supported, R refuted, N not enough information.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

__all__ = [
    "LABELS",
    "Pair",
    "near_misses",
    "own_groups",
    "pairs_of",
    "public_pairs",
    "sampled",
    "window_of",
]

LABELS: Final = ("SUPPORTED", "REFUTED", "NEI")
_SHORT: Final = {"S": (1.0, 0.0, 0.0), "R": (0.0, 1.0, 0.0), "N": (0.0, 0.0, 1.0)}
_TARGETS: Final[Mapping[str, tuple[float, float, float]]] = {
    "SUPPORTED": (1.0, 0.0, 0.0),
    "REFUTED": (0.0, 1.0, 0.0),
    "NEI": (0.0, 0.0, 1.0),
    # Half of the claim is stated: not enough for the whole of it.
    "PARTIAL": (0.0, 0.0, 1.0),
    # Refuted or not decided, the source does not say which: either answer is right.
    "NOT_SUPPORTED": (0.0, 1.0, 1.0),
}


class Pair(NamedTuple):
    """One training example."""

    claim: str
    evidence: str
    target: tuple[float, float, float]
    """1 for each of supported, refuted, insufficient that is a right answer."""
    source: str
    trap: str = ""


class Group(NamedTuple):
    """Claims with their evidence in two versions."""

    key: str
    domain: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    claims: tuple[tuple[str, str, str, str], ...]

    @property
    def fold(self) -> int:
        """0..99, from the text alone: a group stays in its split whatever is added."""
        return int(hashlib.sha256("\n".join(self.first).encode()).hexdigest()[:8], 16) % 100


def own_groups(folder: Path) -> list[Group]:
    """All groups of a folder, in file and line order. Raises ValueError naming a bad line."""
    groups: list[Group] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                for key in ("e", "f"):
                    if not isinstance(row[key], list) or not all(
                        isinstance(passage, str) for passage in row[key]
                    ):
                        raise ValueError(f"{key} is a list of passages")
                claims = tuple((str(c[0]), str(c[1]), str(c[2]), str(c[3])) for c in row["c"])
                if any(label not in _SHORT for c in claims for label in c[1:3]):
                    raise ValueError("labels are S, R or N")
                groups.append(
                    Group(
                        f"{path.stem}:{number}", path.stem, tuple(row["e"]), tuple(row["f"]), claims
                    )
                )
            except (ValueError, KeyError, IndexError, TypeError) as error:
                raise ValueError(f"{path}:{number}: not a group ({error})") from error
    return groups


def pairs_of(groups: Sequence[Group], *, seed: int | None = None) -> list[Pair]:
    """Every claim of the groups under both versions of its evidence.

    seed: given, passages are shuffled and, for one pair in five, a passage of another group of
    the same domain is mixed in: it changes no label and teaches to ignore what does not matter.
    """
    rng = random.Random(seed)
    by_domain: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        by_domain[group.domain].append(group)
    pairs = []
    for group in groups:
        for version, column in ((group.first, 1), (group.second, 2)):
            for claim in group.claims:
                passages = list(version)
                if seed is not None:
                    if rng.random() < 0.2 and len(passages) < 4:
                        other = rng.choice(by_domain[group.domain])
                        if other.key != group.key:
                            passages.append(rng.choice(other.first))
                    rng.shuffle(passages)
                target = _SHORT[claim[column]]
                pairs.append(
                    Pair(claim[0], "\n".join(passages), target, f"own:{group.domain}", claim[3])
                )
    return pairs


def public_pairs(paths: Iterable[Path]) -> Iterator[Pair]:
    """Rows of the public training files (`claim, evidence, label, source, licence`)."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                evidence = row["evidence"]
                text = evidence if isinstance(evidence, str) else "\n".join(evidence)
                yield Pair(row["claim"], text, _TARGETS[row["label"]], row["source"])


def sampled(
    pairs: Iterable[Pair], most: Mapping[str, int], *, seed: int, longest: int = 2500
) -> list[Pair]:
    """At most `most[source]` pairs a source (sources not named: none), drawn with the seed.

    longest: characters of evidence from which a pair is cut to the window nearest its claim.
    """
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.source in most:
            by_source[pair.source].append(pair)
    rng = random.Random(seed)
    chosen: list[Pair] = []
    for source in sorted(by_source):
        group = by_source[source]
        rng.shuffle(group)
        chosen += group[: most[source]]
    return [
        p._replace(evidence=window_of(p.claim, p.evidence, longest))
        if len(p.evidence) > longest
        else p
        for p in chosen
    ]


_WORD = re.compile(r"[a-z0-9]+")


def _words(text: str) -> set[str]:
    return {w for w in _WORD.findall(text.lower()) if len(w) > 3 or w.isdigit()}


def window_of(claim: str, evidence: str, characters: int) -> str:
    """The run of whole sentences, at most so many characters, that shares most with the claim."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", evidence)
    wanted = _words(claim)
    best, chosen = -1.0, evidence[:characters]
    for start in range(len(sentences)):
        run: list[str] = []
        size = 0
        for sentence in sentences[start:]:
            if run and size + len(sentence) > characters:
                break
            run.append(sentence)
            size += len(sentence) + 1
        text = " ".join(run)
        score = len(wanted & _words(text)) - 0.001 * start
        if score > best:
            best, chosen = score, text[:characters]
    return chosen


def near_misses(pairs: Sequence[Pair], count: int, *, seed: int) -> list[Pair]:
    """Claims with evidence of another claim on the same subject: not enough information.

    The other evidence shares the most rare words with the claim among those that were not written
    for it, and less than half of its words, so that it seldom happens to settle it.
    """
    rng = random.Random(seed)
    evidence = list(dict.fromkeys(p.evidence for p in pairs))
    own: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        own[pair.claim].add(pair.evidence)
    index: dict[str, list[int]] = defaultdict(list)
    words = [_words(text) for text in evidence]
    for number, found in enumerate(words):
        for word in found:
            index[word].append(number)
    claims = list(own)
    rng.shuffle(claims)
    made: list[Pair] = []
    for claim in claims:
        if len(made) >= count:
            break
        wanted = _words(claim)
        scores: dict[int, float] = defaultdict(float)
        for word in wanted:
            posting = index.get(word, [])
            if 1 < len(posting) < 400:
                for number in posting:
                    scores[number] += 1.0 / len(posting)
        near = sorted(scores, key=lambda n: (-scores[n], n))
        for number in near[:6]:
            share = len(wanted & words[number]) / max(1, len(wanted))
            text = evidence[number]
            if text in own[claim] or not 0.15 <= share <= 0.5:
                continue
            made.append(Pair(claim, text, _TARGETS["NEI"], "near_miss"))
            break
    return made
