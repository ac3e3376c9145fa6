"""Pairs a second of the whole cascade, beside the language model as the only judge.

    python -m evals.bench_verifier [--rows 40]

Both in one run on the development claims: what a pair costs with every check, the encoder and the
fusion (as `underwrite verify` does it), and what one question a pair costs at the served model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence

from evals.data import load_claims
from evals.desk_access import open_desk
from tools.model.entailment import ModelEntailment

__all__ = ["main"]


async def _run(rows: int, rounds: int) -> dict[str, float]:
    claims = load_claims()
    sent = [{"id": c.id, "claim": c.claim, "evidence": list(c.evidence)} for c in claims]
    async with open_desk() as desk:
        judge = ModelEntailment(desk.model)
        # Weights are loaded and the shared prompt is read before the clock starts.
        _ = [answer async for answer in desk.verify(sent[:2])]
        await judge.judge([(claims[0].claim, "\n".join(claims[0].evidence))])
        begun = time.monotonic()
        for _ in range(rounds):
            _ = [answer async for answer in desk.verify(sent)]
        cascade = rounds * len(sent) / (time.monotonic() - begun)
        begun = time.monotonic()
        for claim in claims[1 : rows + 1]:
            await judge.judge([(claim.claim, "\n".join(claim.evidence))])
        alone = rows / (time.monotonic() - begun)
    return {
        "cascade_pairs_a_second": round(cascade, 2),
        "judge_pairs_a_second": round(alone, 3),
        "ratio": round(cascade / alone, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.bench_verifier", description=__doc__)
    parser.add_argument("--rows", type=int, default=40, help="pairs for the language model")
    parser.add_argument("--rounds", type=int, default=3, help="times all pairs for the cascade")
    given = parser.parse_args(arguments)
    sys.stdout.write(json.dumps(asyncio.run(_run(given.rows, given.rounds)), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
