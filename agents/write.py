"""Writing: the model rewrites verified claims, one short sentence each; code holds the frame.

A slot is a place in the brief that wants a sentence. The model gets two tries; what the audit
refuses twice is published in the claim's own words with its speaker. A weak writer costs style,
never truth.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from agents.context import Context
from agents.evidence import Failure
from agents.phrasing import clean
from agents.ports import ModelAnswerInvalid, ModelRequest, PromptTooLong
from agents.state import Slot
from prompts import load

__all__ = ["unfinished", "write_slot"]

SCHEMA = {
    "type": "object",
    "properties": {"sentence": {"type": "string", "minLength": 12, "maxLength": 320}},
    "required": ["sentence"],
    "additionalProperties": False,
}


async def write_slot(context: Context, slot: Slot) -> tuple[Slot, Failure | None]:
    """The slot with the model's next sentence in it, or with the failure counted."""
    again = ""
    if slot.reason:
        before = json.dumps(slot.text or "", ensure_ascii=False)
        again = f"An earlier try, {before}, was refused: {slot.reason}. Stay closer to the line."
    try:
        reply = await context.model.fill(
            ModelRequest(
                stage="write",
                system=load("system").render(),
                task=load(slot.kind)
                .render(speaker=slot.speaker, line=slot.line, again=again)
                .rstrip(),
                answer_schema=SCHEMA,
                max_tokens=90,
            )
        )
    except (ModelAnswerInvalid, PromptTooLong) as error:
        failure = Failure(
            stage="write", subject_id=slot.claim_id, type=type(error).__name__, message=str(error)
        )
        return slot.model_copy(update={"text": None, "tries": slot.tries + 1}), failure
    text = clean(str(reply.data["sentence"]))
    return slot.model_copy(update={"text": text, "tries": slot.tries + 1}), None


def unfinished(slots: Sequence[Slot]) -> bool:
    return any(slot.open for slot in slots)
