"""Train the claim verifier: `make train-verifier DATA=… BASE=…`.

Two stages on one network. First general entailment from public data, where claims and passages
come from many hands; then what the desk meets daily: our own groups with traps, and edited
sentences of real articles, beside a share of the first data so that it is not forgotten. Groups
in folds 85 to 99 are never trained on: 85 to 92 fit the calibration, 93 to 99 test it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch

from training.edits import edited_pairs, read_articles
from training.encoder import PairEncoder, predict, tokenizer_of, train
from training.pairs import LABELS, Pair, near_misses, own_groups, pairs_of, public_pairs, sampled
from training.splits import FITTING, TESTING

__all__ = ["first_stage", "second_stage"]

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
    "ling_in_loop": 700, "te_newprotocols_contrast": 500, "te_newprotocols_base": 300,
    "seminli_translate_wiki": 300, "mnli_sample": 200, "fever": 600, "fool-me-twice": 500,
    "fever-symmetric": 700, "sufficient_facts_fever": 600, "sufficient_facts_hover": 400,
    "sufficient_facts_vitaminc": 400, "factcheck-gpt": 1500, "wice": 1200, "rte_glue": 400,
    "summedits_ectsum": 400, "scitab": 200, "feverous_dev_programfc": 300,
}  # fmt: skip
"""The same for the second stage."""


def first_stage(data: Path) -> list[Pair]:
    """General entailment: public pairs and near-miss passages. About 54,000."""
    everything = list(
        public_pairs([data / "verification.jsonl", data / "verification_unstated_licence.jsonl"])
    )
    facts = [p for p in everything if p.source in ("fever", "fool-me-twice", "fever-symmetric")]
    return [
        *sampled(everything, FIRST, seed=1, longest=1000),
        *near_misses(facts, 2500, seed=2),
        *near_misses([p for p in everything if p.source == "factcheck-gpt"], 400, seed=3),
    ]


def second_stage(data: Path, corpus: Path, own: Path) -> list[Pair]:
    """Our own groups outside the held-out folds, edited sentences, and a replay of the first."""
    groups = [g for g in own_groups(own) if g.fold < FITTING.start]
    everything = list(
        public_pairs([data / "verification.jsonl", data / "verification_unstated_licence.jsonl"])
    )
    facts = [p for p in everything if p.source in ("fever", "fool-me-twice", "fever-symmetric")]
    return [
        *pairs_of(groups, seed=5),
        *thinned(edited_pairs(read_articles(corpus), 6000, seed=6), seed=7),
        *sampled(everything, REPLAYED, seed=8, longest=1000),
        *near_misses(facts, 700, seed=9),
        *near_misses([p for p in everything if p.source == "factcheck-gpt"], 300, seed=10),
    ]


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
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rate", type=float, nargs=2, default=(4e-5, 3e-5))
    parser.add_argument("--epochs", type=int, nargs=2, default=(1, 2))
    parser.add_argument("--first", type=Path, help="weights after the first stage, to skip it")
    given = parser.parse_args(arguments)
    if given.threads:
        torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer_of(given.base)
    model = PairEncoder(given.base)
    begun = time.monotonic()
    record: dict[str, Any] = {
        "command": "python -m training.verifier " + " ".join(arguments or sys.argv[1:]),
        "seed": given.seed,
    }

    def saved(name: str) -> None:
        state = {k: v.bfloat16() for k, v in model.state_dict().items()}
        torch.save(state, given.out / name)

    if given.first:
        state = torch.load(given.first)
        model.load_state_dict({k: v.float() for k, v in state.items()})
    else:
        pairs = first_stage(given.data / "train")
        record["first_pairs"] = len(pairs)
        _say(f"first stage: {len(pairs)} pairs")
        train(model, tokenizer, pairs, epochs=given.epochs[0], rate=given.rate[0],
              seed=given.seed, report=_say, checkpoint=lambda: saved("part.pt"))  # fmt: skip
        saved("first.pt")
    pairs = second_stage(given.data / "train", given.data / "corpus" / "news.jsonl", given.own)
    record["second_pairs"] = len(pairs)
    _say(f"second stage: {len(pairs)} pairs")
    train(model, tokenizer, pairs, epochs=given.epochs[1], rate=given.rate[1],
          seed=given.seed + 1, report=_say, checkpoint=lambda: saved("part.pt"))  # fmt: skip
    saved("second.pt")
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
