"""Train the claim verifier: `make train-verifier DATA=… BASE=…`.

One network in several legs: first general entailment from public data, where claims and passages
come from many hands; then what the desk meets daily: our own groups with traps, and edited
sentences of real articles, beside a share of the public data. Groups in folds 85 to 99 are never
trained on: 85 to 92 fit the calibration, 93 to 99 test it.
"""
from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch

from training.edits import edited_pairs, read_articles
from training.encoder import PairEncoder, predict, tokenizer_of, train
from training.pairs import LABELS, Pair, near_misses, own_groups, pairs_of, public_pairs, sampled
from training.splits import FITTING, TESTING

__all__ = ["LEGS", "Leg", "general", "mixed"]

OWN: Final = Path(__file__).parent / "data" / "verification"

FIRST: Final[Mapping[str, int]] = {
    "ling_in_loop": 7000, "te_newprotocols_base": 1500, "te_newprotocols_edit_other": 1500,
    "te_newprotocols_edit_premise": 2000, "te_newprotocols_contrast": 2500,
    "te_newprotocols_paragraph": 900, "seminli_translate_wiki": 1500, "seminli_sim_wiki": 1500,
    "seminli_base_wiki": 800, "snli_counterfactual": 1500, "mnli_sample": 2000,
    "ambient_disamb": 1000, "conjnli_adv_train": 600, "conjnli_devtest": 600, "negnli_mnli": 700,
    "negnli_snli": 400, "negnli_rte": 700, "fever": 3000, "fool-me-twice": 2000,
    "fever-symmetric": 1000, "sufficient_facts_fever": 1300, "sufficient_facts_hover": 1000,
    "sufficient_facts_vitaminc": 1000, "factcheck-gpt": 2800, "wice": 2000, "scitail_devtest": 1000,
    "rte_glue": 2000, "feverous_dev_programfc": 1000, "summedits_ectsum": 668,
    "summedits_scitldr": 450, "summedits_news": 400, "summedits_samsum": 400, "scitab": 500,
    "infotabs": 1500, "tabfact_pairs": 300, "tracie": 300, "folio": 300, "help": 250, "med": 250,
    "breaking_nli": 250, "cannot_wikifactcheck": 500,
}  # fmt: skip
"""Most pairs of each public source in the first stage: kinds of text and of claim over counts."""
REPLAYED: Final[Mapping[str, int]] = {
    "ling_in_loop": 1200, "te_newprotocols_contrast": 900, "te_newprotocols_base": 400,
    "seminli_translate_wiki": 400, "mnli_sample": 500, "fever": 500, "fool-me-twice": 700,
    "fever-symmetric": 700, "sufficient_facts_fever": 400, "sufficient_facts_hover": 400,
    "sufficient_facts_vitaminc": 400, "factcheck-gpt": 1600, "wice": 1200, "rte_glue": 400,
    "summedits_ectsum": 300, "scitab": 150, "feverous_dev_programfc": 200, "ambient_disamb": 300,
}  # fmt: skip
"""The same for the later legs, times their share."""


class Leg(NamedTuple):
    """One run over one mix of pairs."""

    name: str
    seed: int
    rate: float
    """Peak learning rate of the encoder."""
    floor: float
    """Share of it at which the decay stops."""
    groups: tuple[str, ...] | None = ()
    """Files of our own groups (None: all)."""
    share: float = 0.0
    """Of the public pairs, edits and near misses that are mixed in."""
    most: int | None = None
    """Pairs of our own groups at most, drawn with the seed; of `fresh` files all are kept."""
    fresh: tuple[str, ...] = ()
    steps: int | None = None
    """Stop after so many of the planned steps."""


LEGS: Final = (
    Leg("general", seed=11, rate=4e-5, floor=0.02, steps=500),
    Leg(
        "mixed", seed=31, rate=4e-5, floor=0.5, share=1.0, steps=500,
        groups=("v_company", "v_macro", "v_geo", "v_commod", "v_tech", "v_web"),
    ),
    Leg(
        "own", seed=41, rate=4e-5, floor=0.3, share=0.5,
        groups=(
            "v_company", "v_macro", "v_geo", "v_commod", "v_tech", "v_web", "v_markets",
            "v_policy", "v_mix1", "v_science", "v_answers",
        ),
    ),
    Leg(
        "detail", seed=51, rate=1.5e-5, floor=0.02, share=0.15, groups=None, most=3500,
        fresh=("v_detail_a", "v_detail_b", "v_detail_c"),
    ),
    Leg("broad", seed=61, rate=3e-5, floor=0.02, share=1.2, groups=None, most=13000),
)  # fmt: skip
"""How the shipped weights were made. The legs are what the time on two cores allowed, in the
order in which the data was written; with more time, all of it together does as well or better."""


def general(data: Path) -> list[Pair]:
    """General entailment: public pairs and near-miss passages. About 54,000."""
    everything = list(public_pairs(_public(data)))
    facts = [p for p in everything if p.source in _FACTS]
    return [
        *sampled(everything, FIRST, seed=1, longest=1000),
        *near_misses(facts, 2500, seed=2),
        *near_misses([p for p in everything if p.source == "factcheck-gpt"], 400, seed=3),
    ]


def mixed(leg: Leg, data: Path, corpus: Path, own: Path) -> list[Pair]:
    """Our own groups outside the held-out folds, edited sentences, and a share of the public
    pairs, so that what the first leg learnt is not forgotten."""
    groups = [g for g in own_groups(own) if g.fold < FITTING.start]
    if leg.groups is not None:
        groups = [g for g in groups if g.domain in leg.groups]
    pairs = pairs_of(groups, seed=leg.seed)
    if leg.most is not None:
        kept = [p for p in pairs if p.source.removeprefix("own:") in leg.fresh]
        rest = [p for p in pairs if p.source.removeprefix("own:") not in leg.fresh]
        random.Random(leg.seed).shuffle(rest)
        pairs = kept + rest[: leg.most]
    edits = thinned(edited_pairs(read_articles(corpus), 6000, seed=6), seed=leg.seed)
    random.Random(leg.seed).shuffle(edits)
    everything = list(public_pairs(_public(data)))
    facts = [p for p in everything if p.source in _FACTS]
    said = [p for p in everything if p.source == "factcheck-gpt"]
    drawn = {source: int(count * leg.share) for source, count in REPLAYED.items()}
    return [
        *pairs,
        *edits[: int(2000 * leg.share)],
        *sampled(everything, drawn, seed=leg.seed + 1, longest=900),
        *near_misses(facts, int(500 * leg.share), seed=leg.seed + 2),
        *near_misses(said, int(300 * leg.share), seed=leg.seed + 3),
    ]


_FACTS: Final = ("fever", "fool-me-twice", "fever-symmetric")


def _public(data: Path) -> list[Path]:
    return [data / "verification.jsonl", data / "verification_unstated_licence.jsonl"]


def thinned(pairs: Sequence[Pair], *, seed: int) -> list[Pair]:
    """At most 300 pairs an edit: the frequent ones are the least like what is met."""
    by_trap: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_trap.setdefault(pair.trap, []).append(pair)
    rng = random.Random(seed)
    chosen: list[Pair] = []
    for trap in sorted(by_trap):
        rng.shuffle(by_trap[trap])
        chosen += by_trap[trap][:300]
    return chosen


def held_out(own: Path, folds: range) -> list[Pair]:
    return pairs_of([g for g in own_groups(own) if g.fold in folds])


def _say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.verifier", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and corpus/")
    parser.add_argument("--base", type=Path, required=True, help="the pre-trained encoder")
    parser.add_argument("--own", type=Path, default=OWN)
    parser.add_argument("--out", type=Path, default=Path("out/verifier"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--after", default="", help="go on after this leg (its weights are there)")
    given = parser.parse_args(arguments)
    names = [leg.name for leg in LEGS]
    if given.after and given.after not in names:
        parser.error(f"--after takes one of {', '.join(names)}")
    if given.threads:
        torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer_of(given.base)
    model = PairEncoder(given.base)
    begun = time.monotonic()
    record: dict[str, Any] = {
        "command": "python -m training.verifier " + " ".join(arguments or sys.argv[1:]),
        "legs": [],
    }

    def save(path: Path) -> None:
        torch.save({k: v.bfloat16() for k, v in model.state_dict().items()}, path)

    first = names.index(given.after) + 1 if given.after else 0
    if first:
        state = torch.load(given.out / f"{given.after}.pt")
        model.load_state_dict({k: v.float() for k, v in state.items()})
    data, corpus = given.data / "train", given.data / "corpus" / "news.jsonl"
    for leg in LEGS[first:]:
        pairs = mixed(leg, data, corpus, given.own) if leg.share else general(data)
        _say(f"{leg.name}: {len(pairs)} pairs")
        train(
            model,
            tokenizer,
            pairs,
            epochs=1,
            rate=leg.rate,
            seed=leg.seed,
            floor=leg.floor,
            steps=leg.steps,
            report=_say,
            checkpoint=lambda: save(given.out / "part.pt"),
        )
        save(given.out / f"{leg.name}.pt")
        record["legs"].append({**leg._asdict(), "pairs": len(pairs)})
    save(given.out / "verifier.pt")
    record["minutes"] = round((time.monotonic() - begun) / 60, 1)
    record["held_out"] = accuracy(model, tokenizer, held_out(given.own, TESTING))
    (given.out / "record.json").write_text(json.dumps(record, indent=1) + "\n")
    _say(json.dumps(record["held_out"]))
    return 0


def accuracy(model: PairEncoder, tokenizer: Any, pairs: Sequence[Pair]) -> dict[str, float]:
    """Share of pairs whose likeliest label is a right one, overall and by label."""
    right: dict[str, list[bool]] = {"all": []}
    for pair, logits in zip(pairs, predict(model, tokenizer, pairs), strict=True):
        said = max(range(3), key=lambda i: logits[i])
        hit = pair.target[said] > 0
        right["all"].append(hit)
        right.setdefault(LABELS[pair.target.index(1.0)], []).append(hit)
    return {name: sum(hits) / len(hits) for name, hits in right.items() if hits}


if __name__ == "__main__":
    raise SystemExit(main())
