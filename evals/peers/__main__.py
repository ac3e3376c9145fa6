"""Ask other systems the questions of a desk set.

    python -m evals.peers setup [PEER…]           make their environments
    python -m evals.peers run PEER… [--documents as-of] [--only q01,q17]
    python -m evals.peers read                    answers anew from what was said, without a model
    python -m evals.peers list

The model is the one that your settings name (UNDERWRITE_MODEL_URL, UNDERWRITE_MODEL), else the
embedded one, started with a longer context than the desk needs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import openai

from agents.ports import BadInput, ModelUnusable
from evals.data import DatasetError, load_documents, load_questions
from evals.peers.driver import Outcome, plan_of, reread, run_peer
from evals.peers.environments import PEERS, Peer, locked, make, python_of
from evals.peers.meter import Meter
from tools.corpus.embedding import MiniLM
from tools.model.embedded import EmbeddedEngine, EngineSettings
from tools.model.server import ServerFacts, describe_server
from tools.model.weights import ensure_weights
from tools.settings import load_settings

_CONTEXT = 16384
"""gpt-researcher's report prompt does not fit the 8,192 tokens that the desk works in."""


@contextmanager
def model_server(model: str | None) -> Iterator[tuple[ServerFacts, str]]:
    """Facts and key of the configured server, or of the embedded engine while it runs here."""
    settings = load_settings(model=model)
    if settings.model_url is not None:
        key = settings.api_key.get_secret_value() if settings.api_key else ""
        yield asyncio.run(_facts(settings.model_url, key, settings.model)), key
        return
    path = settings.model_path or ensure_weights(settings.models_dir)
    log = settings.home / "logs" / "peers-engine.log"
    engine = EmbeddedEngine(path, log_path=log, settings=EngineSettings(context=_CONTEXT))
    # No event loop while peers are asked: it would hold Ctrl-C back until the question is over.
    asyncio.run(engine.start())
    try:
        yield asyncio.run(_facts(engine.url, engine.api_key, None)), engine.api_key
    finally:
        asyncio.run(engine.stop())


async def _facts(url: str, key: str, model: str | None) -> ServerFacts:
    async with openai.AsyncOpenAI(base_url=url, api_key=key or "none", max_retries=0) as client:
        return await describe_server(client, model)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - progress, for a person


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _peers(names: Sequence[str]) -> list[Peer]:
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise BadInput(f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return [PEERS[name] for name in names] or list(PEERS.values())


def _changed(pairs: Sequence[str], peers: Sequence[Peer]) -> dict[str, Any]:
    """`name=value` pairs; a value is JSON where it can be, else text."""
    changed: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or len(peers) != 1:
            raise BadInput("--set takes NAME=VALUE, for one peer at a time")
        if peers[0].name != "gpt_researcher" and name not in peers[0].settings:
            raise BadInput(f"{peers[0].name} has {', '.join(peers[0].settings)}, not {name}")
        try:
            changed[name] = json.loads(value)
        except ValueError:
            changed[name] = value
    return changed


def _run(options: argparse.Namespace, say: Callable[[str], None]) -> list[Outcome]:
    peers = _peers(options.peers)
    changed = _changed(options.set, peers)
    questions = load_questions(options.data)
    only = [part for part in options.only.split(",") if part]
    unknown = set(only) - {question.id for question in questions}
    if unknown:
        raise BadInput(f"no such question: {', '.join(sorted(unknown))}")
    chosen = [question for question in questions if not only or question.id in only]
    documents = load_documents(options.data)
    for peer in peers:
        if make(peer, options.environments):
            say(f"{peer.name}: environment made from its lock")
    outcomes: list[Outcome] = []
    # The peer's process and the engine end with this one, however it is told to stop.
    signal.signal(signal.SIGTERM, _stop)
    with model_server(options.model) as (facts, key):
        say(f"{facts.model} at {facts.url}, context {facts.context}")
        with Meter(
            facts.url, facts.model, MiniLM, api_key=key, folder=options.out / "calls",
            timeout=options.limit,
        ) as meter:  # fmt: skip
            for peer in peers:
                plan = plan_of(
                    peer, options.documents, documents, facts.model, facts.context, changed
                )
                outcome = run_peer(
                    peer, plan, chosen, documents,
                    python=python_of(peer, options.environments), meter=meter, out=options.out,
                    limit=options.limit, retry=options.retry, progress=say,
                )  # fmt: skip
                outcomes.append(outcome)
                say(f"{peer.name}: {outcome.model_dump_json()}")
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evals.peers", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("action", choices=("setup", "run", "read", "list"))
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"of {', '.join(PEERS)}; or all")
    parser.add_argument("--data", type=Path, help="folder with documents and questions")
    parser.add_argument("--only", default="", help="question ids, comma-separated")
    parser.add_argument(
        "--documents", choices=("all", "as-of"), default="all",
        help="as-of: take away what was published after a question's day",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("out/peers"))
    parser.add_argument("--environments", type=Path, default=Path(".venv-peers"))
    parser.add_argument("--limit", type=float, default=1200.0, help="seconds for one question")
    parser.add_argument("--retry", action="store_true", help="ask failed questions again")
    parser.add_argument("--model", help="model name at the server")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    try:
        if options.action == "list":
            for peer in PEERS.values():
                print(f"{peer.name}: {peer.title}, {locked(peer)}")  # noqa: T201
        elif options.action == "setup":
            for peer in _peers(options.peers):
                made = make(peer, options.environments)
                _say(f"{peer.name}: {'made' if made else 'is there'}")
        elif options.action == "read":
            _say(f"{reread(options.out, load_documents(options.data))} answers")
        else:
            _run(options, _say)
    except ModelUnusable as error:
        _say(str(error))
        return 4
    except (BadInput, DatasetError) as error:
        _say(str(error))
        return 3
    except KeyboardInterrupt:
        _say("stopped; the same command goes on from here")
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
