"""`model`: which language model is used, and the embedded one made ready, tried and served."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import httpx
import typer

from agents.ports import ModelRequest, ModelUnusable
from tools.model.embedded import EmbeddedEngine
from tools.model.weights import (
    EMBEDDED,
    ensure_weights,
    is_verified,
    part_files,
    progress_bar,
    weights_path,
)
from tools.settings import Settings
from ui.cli.options import Json, print_json
from ui.cli.session import Interrupted, Session, session_of

if TYPE_CHECKING:
    from agents.desk import Desk

__all__ = ["list_models", "model"]

model = typer.Typer(help="Show and control the language model.", invoke_without_command=True)


@model.callback()
def show(context: typer.Context, as_json: Json = False) -> None:
    """Without a subcommand: which model is used and whether it is ready."""
    if context.invoked_subcommand:
        return
    session = session_of(context)
    facts = describe(session.settings)
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        session.out.print(f"{name.replace('_', ' '):<10} {value}", markup=False, soft_wrap=True)


def describe(settings: Settings) -> dict[str, Any]:
    """What `model` shows; a server that cannot be used is described, not raised."""
    if settings.model_url:
        facts: dict[str, Any] = {"kind": "server", "url": settings.model_url}
        try:
            names = list_models(settings)
        except ModelUnusable as error:
            return {**facts, "ready": False, "problem": str(error)}
        chosen = settings.model or (names[0] if names else None)
        ready = chosen in names
        facts |= {"model": chosen, "ready": ready, "served": names}
        if not ready:
            facts["problem"] = f"UNDERWRITE_MODEL={chosen} is not among the served models"
        return facts
    if settings.model_path:
        return {
            "kind": "embedded, from UNDERWRITE_MODEL_PATH",
            "path": str(settings.model_path),
            "ready": settings.model_path.is_file(),
        }
    path = weights_path(settings.models_dir)
    ready = is_verified(path)
    facts = {"kind": "embedded", "model": EMBEDDED.name, "path": str(path), "ready": ready}
    if not ready:
        missing = part_files().missing
        facts["problem"] = (
            f"{len(missing)} of {EMBEDDED.parts} weight packages are not installed: make setup"
            if missing
            else "not joined yet: underwrite model prepare (or the first question does it)"
        )
    return facts


def list_models(settings: Settings) -> list[str]:
    """Names that the server at `model_url` serves. Raises ModelUnusable."""
    assert settings.model_url
    headers = {}
    if settings.api_key:
        headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
    try:
        answer = httpx.get(f"{settings.model_url}/models", headers=headers, timeout=5.0)
    except httpx.HTTPError as error:
        raise ModelUnusable(
            f"no answer from UNDERWRITE_MODEL_URL={settings.model_url} ({type(error).__name__})"
        ) from error
    if answer.status_code in {401, 403}:
        raise ModelUnusable(f"{settings.model_url} refused the key; set UNDERWRITE_API_KEY")
    try:
        return [str(item["id"]) for item in answer.raise_for_status().json()["data"]]
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
        raise ModelUnusable(
            f"{settings.model_url}/models did not answer like an OpenAI-compatible server"
            f" (HTTP {answer.status_code}); check UNDERWRITE_MODEL_URL"
        ) from error


@model.command()
def prepare(context: typer.Context) -> None:
    """Join the embedded weights from their packages and check them. Nothing is downloaded."""
    session = session_of(context)
    if session.settings.model_url:
        session.say(f"The model is served at {session.settings.model_url}; nothing to prepare.")
        return
    if session.settings.model_path:
        session.say(f"The model is {session.settings.model_path}; nothing to prepare.")
        return
    bar, advance = progress_bar()
    with bar:
        path = ensure_weights(session.settings.models_dir, advance=advance)
    session.say(f"Embedded model ready: {EMBEDDED.name}, SHA-256 as expected ({path})")


@model.command()
def remove(context: typer.Context) -> None:
    """Delete the joined embedded weights (1.1 GB). They can be joined again at any time."""
    session = session_of(context)
    path = weights_path(session.settings.models_dir)
    if path.is_file():
        path.unlink()
        session.say(f"deleted {path}")
    else:
        session.say(f"there is nothing at {path}")


@model.command("test")
def try_out(context: typer.Context, as_json: Json = False) -> None:
    """Ask the model one small question with a schema, and say how fast it answered."""
    session = session_of(context)
    request = ModelRequest(
        stage="plan",
        system="You answer in the requested form.",
        task='Which of these is a currency: "euro" or "tonne"?',
        answer_schema={
            "type": "object",
            "properties": {"answer": {"type": "string", "enum": ["euro", "tonne"]}},
            "required": ["answer"],
            "additionalProperties": False,
        },
        max_tokens=32,
    )

    async def ask(desk: Desk) -> dict[str, Any]:
        began = time.monotonic()
        reply = await desk.model.fill(request)
        return {
            "model": desk.model.name,
            "answer": reply.data.get("answer"),
            "seconds": round(time.monotonic() - began, 2),
            **reply.usage.model_dump(include={"prompt_tokens", "completion_tokens"}),
        }

    found = session.with_desk(ask, cache=False)
    if as_json:
        print_json(found)
    else:
        session.out.print(
            f"{found['model']} answered {found['answer']!r} in {found['seconds']} s"
            f" ({found['prompt_tokens']} prompt, {found['completion_tokens']} completion tokens)",
            markup=False,
        )


@model.command()
def serve(context: typer.Context) -> None:
    """Run the embedded engine in the foreground, for other programs on this machine."""
    session = session_of(context)
    settings = session.settings
    if settings.model_url:
        raise typer.BadParameter("UNDERWRITE_MODEL_URL is set, so no engine is started here")
    try:
        asyncio.run(_serve(session, settings))
    except KeyboardInterrupt:
        raise Interrupted(None) from None


async def _serve(session: Session, settings: Settings) -> None:
    path = settings.model_path
    if path is None:
        bar, advance = progress_bar()
        with bar:
            path = await asyncio.to_thread(ensure_weights, settings.models_dir, advance=advance)
    log = settings.home / "logs" / "engine.log"
    async with EmbeddedEngine(path, log_path=log) as engine:
        session.say("Serving on this machine only; Ctrl-C stops it. In another shell:")
        session.out.print(f"export UNDERWRITE_MODEL_URL={engine.url}", markup=False, soft_wrap=True)
        session.out.print(
            f"export UNDERWRITE_API_KEY={engine.api_key}", markup=False, soft_wrap=True
        )
        await asyncio.Event().wait()
