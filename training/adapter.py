"""A LoRA adapter that teaches the served language model to judge claims: `make train-adapter`.

    python -m training.adapter --data DIR [--base model.gguf] [--out DIR]
    python -m training.adapter --evaluate CLAIMS.jsonl [--base model.gguf] [--out DIR]

Training needs the `train` packages (torch, transformers, peft, gguf); evaluation needs the desk's
own. What is written to --out:

    adapter_model.safetensors, adapter_config.json
                       for vLLM: --enable-lora --lora-modules verify=DIR
    adapter.gguf       for the embedded engine: UNDERWRITE_ADAPTER_PATH
    training.json      command, data, figures
    evaluation.json    of the last --evaluate
    checkpoint.pt      only while training is unfinished
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from agents.ports import ModelUnusable
from training.adapter_data import HELD_OUT_FOLD, answer_tokens, encoded, read

__all__ = ["main"]

_GROUPS: Final = Path(__file__).parent / "data" / "verification"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done, 2 bad options or data, 4 model unusable, 130 interrupted (and saved)."""
    options = _parser().parse_args(arguments)
    try:
        if options.base is None:
            options.base = _embedded()
        if options.evaluate is not None:
            _evaluate(options)
        else:
            _train(options, list(arguments) if arguments is not None else sys.argv[1:])
    except ModelUnusable as error:
        _say(f"train-adapter: {error}")
        return error.exit_code
    except (OSError, ValueError) as error:
        _say(f"train-adapter: {error}")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.adapter",
        description="Train or evaluate a LoRA adapter for claim verification.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, nargs="*", default=[], metavar="PATH",
        help="public training files, or folders with verification*.jsonl")
    add("--groups", type=Path, default=_GROUPS, metavar="DIR", help="our own groups")
    add("--base", type=Path, metavar="PATH",
        help="a GGUF file or a transformers folder; by default the embedded model's joined file")
    add("--out", type=Path, default=Path("out/adapter"), metavar="DIR")
    add("--evaluate", type=Path, metavar="PATH",
        help="do not train: compare base and adapter on a claims JSONL, or on the held-out"
        " groups of a folder")
    add("--adapter", type=Path, metavar="FILE", help="with --evaluate: default OUT/adapter.gguf")
    add("--pairs", type=int, metavar="N", help="pairs of an epoch, or of the evaluation")
    add("--public-each", type=int, default=1500, metavar="N", help="most pairs of a public source")
    add("--epochs", type=int, default=2)
    add("--rate", type=float, default=2e-4, help="peak learning rate")
    add("--schedule", choices=("cosine", "linear"), default="cosine")
    add("--rank", type=int, default=16)
    add("--alpha", type=float, default=32.0)
    add("--dropout", type=float, default=0.05)
    add("--targets", default="all-linear", help="or layer names: q_proj,v_proj")
    add("--rows", type=int, default=16, help="most pairs of a batch")
    add("--tokens", type=int, default=8192, help="most padded tokens of a batch")
    add("--accumulate", type=int, default=1, help="batches of one optimiser step")
    add("--longest", type=int, default=1024, help="tokens of a prompt; longer ones are left out")
    add("--smoothing", type=float, default=0.05)
    add("--mass", type=float, default=0.0,
        help="weight of keeping words other than the three answers unlikely")
    add("--seed", type=int, default=11)
    add("--held", type=int, default=600, metavar="N", help="held-out pairs to measure at the end")
    add("--most-steps", type=int, metavar="N", help="stop there, for a trial")
    add("--save-minutes", type=float, default=10.0)
    add("--save-memory", action="store_true", help="recompute activations: slower, less memory")
    add("--threads", type=int, metavar="N", help="CPU threads")
    add("--device", default="auto", help="auto, cuda or cpu")
    return parser  # fmt: skip


def _embedded() -> Path:
    from tools.model.weights import is_verified, models_directory, weights_path

    cache = os.environ.get("UNDERWRITE_CACHE")
    path = weights_path(models_directory(Path(cache) if cache else None))
    if not is_verified(path):
        raise ModelUnusable(f"There is no joined model at {path}: `make setup`, or name a --base.")
    return path


def _train(options: argparse.Namespace, command: list[str]) -> None:
    # Here, because evaluation must not need torch nor training the desk's packages.
    import torch

    from training.adapter_loop import Recipe, predict, train
    from training.adapter_model import LoraShape, load_base, save_adapter, with_lora
    from training.gguf_adapter import ARCHITECTURES, write_gguf_adapter

    began = time.monotonic()
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device(
        ("cuda" if torch.cuda.is_available() else "cpu")
        if options.device == "auto"
        else options.device
    )
    data = read(
        options.groups, options.data, epochs=options.epochs, seed=options.seed,
        public_each=options.public_each, most=options.pairs,
    )  # fmt: skip
    _say(f"{len(data.train[0])} pairs an epoch, {len(data.held)} held out; loading {options.base}")
    base = load_base(options.base, device)
    if base.architecture not in ARCHITECTURES:
        _say(f"no adapter.gguf will be written: {base.architecture} models are for vLLM only")
    tokens = answer_tokens(base.tokenizer)
    epochs = [encoded(base.tokenizer, pairs, longest=options.longest) for pairs in data.train]
    # The pairs that --evaluate --pairs takes of the same groups.
    chosen = list(data.held)
    random.Random(options.seed).shuffle(chosen)
    held = encoded(base.tokenizer, chosen[: options.held], longest=options.longest)
    shape = LoraShape(options.rank, options.alpha, options.dropout, options.targets)
    recipe = Recipe(
        options.rate, options.schedule, options.rows, options.tokens, options.accumulate,
        options.smoothing, options.mass, options.seed, options.most_steps, options.save_minutes,
    )  # fmt: skip
    model = with_lora(base, shape, seed=options.seed, save_memory=options.save_memory)
    count = sum(p.numel() for p in model.parameters() if p.requires_grad)
    lengths = sorted(len(example.ids) for example in epochs[0])
    _say(f"{count / 1e6:.1f} million weights to learn; prompts of {lengths[len(lengths) // 2]}"
         f" tokens (median), {lengths[-1]} at most; {device.type}")  # fmt: skip
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    digest = hashlib.sha256(json.dumps(epochs).encode()).hexdigest()
    # All that decides what is learnt.
    signature = json.dumps([digest, _sha256(options.base), shape, recipe._replace(save_minutes=0)])
    pad = base.tokenizer.pad_token_id
    pad = base.tokenizer.eos_token_id if pad is None else pad
    progress = train(
        model, epochs, tokens, pad, recipe,
        checkpoint=checkpoint, signature=signature, report=_say,
    )  # fmt: skip
    record: dict[str, Any] = {
        "command": shlex.join(["python", "-m", "training.adapter", *command]),
        "base": {"name": base.name, "sha256": _sha256(options.base)},
        "prompts": _prompt_digests(),
        "data": {
            "pairs_by_source": dict(sorted(data.sources.items())),
            "sha256_of_token_ids": digest,
            "left_out_as_too_long_or_empty": sum(map(len, data.train)) - sum(map(len, epochs)),
            "held_out_fold": HELD_OUT_FOLD,
        },
        "lora": shape._asdict(),
        "recipe": recipe._asdict(),
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "versions": _versions(),
        "steps": progress.steps,
        "resumed_at_step": progress.resumed_at,
        "pairs_per_second": round(progress.pairs / progress.seconds, 3) if progress.pairs else None,
        "losses": progress.losses,
    }
    save_adapter(model, options.out)
    if base.architecture in ARCHITECTURES:
        path = options.out / "adapter.gguf"
        size = write_gguf_adapter(options.out, path, base.architecture, f"{base.name} verify")
        record["adapter_gguf"] = {"bytes": size, "sha256": _sha256(path)}
    # Written before measuring too: that may take long on a CPU, and may be interrupted.
    _write(options.out / "training.json", record)
    if held:
        _say(f"measuring on {len(held)} held-out pairs")
        found, share = predict(model, held, tokens, pad)
        right = [
            example.target[row.index(max(row))] for example, row in zip(held, found, strict=True)
        ]
        record["held_out"] = {
            "pairs": len(held),
            "accuracy": round(sum(right) / len(right), 4),
            "macro_f1": _macro_f1([e.target for e in held], found),
            "probability_of_the_three_answers": round(share, 4),
        }
        _say(f"held out: {record['held_out']}")
    record["seconds"] = round(time.monotonic() - began)
    _write(options.out / "training.json", record)
    checkpoint.unlink()
    _say(f"written to {options.out}")


def _macro_f1(targets: Sequence[Sequence[float]], found: Sequence[Sequence[float]]) -> float:
    """Mean F1 of the labels that occur; targets have one right label each."""
    gold = [list(target).index(1.0) for target in targets]
    said = [list(row).index(max(row)) for row in found]
    scores = []
    for label in sorted(set(gold)):
        hits = sum(g == s == label for g, s in zip(gold, said, strict=True))
        scores.append(2 * hits / (gold.count(label) + said.count(label)))
    return round(sum(scores) / len(scores), 4)


def _evaluate(options: argparse.Namespace) -> None:
    from training.adapter_evaluation import evaluate, labelled

    rows = labelled(options.evaluate)
    random.Random(options.seed).shuffle(rows)
    rows = rows[: options.pairs]
    if not rows:
        raise ValueError(f"no labelled claims in {options.evaluate}")
    adapter = options.adapter or options.out / "adapter.gguf"
    with tempfile.TemporaryDirectory(prefix="underwrite-adapter-") as folder:
        log = Path(folder) / "engine.log"
        figures = asyncio.run(evaluate(options.base, adapter, rows, log_path=log, report=_say))
    record = {"claims": options.evaluate.name, "adapter_sha256": _sha256(adapter), **figures}
    if adapter.parent == options.out:
        _write(options.out / "evaluation.json", record)
    sys.stdout.write(json.dumps(record, indent=2) + "\n")


def _prompt_digests() -> dict[str, str]:
    from prompts import load
    from tools.model.claim_question import ADAPTED

    return {name: load(name).digest for name in ADAPTED if name}


def _versions() -> dict[str, str]:
    from importlib import metadata

    return {name: metadata.version(name) for name in ("torch", "transformers", "peft", "gguf")}


def _sha256(path: Path) -> str:
    """Of a file; of a folder, of its weight files in order of names."""
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as source:
            while block := source.read(1 << 22):
                digest.update(block)
    return digest.hexdigest()


def _write(path: Path, record: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
