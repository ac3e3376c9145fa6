"""Equal answers from a cached prompt: llama.cpp brought into a known state before each request.

llama.cpp's numbers depend on how a prompt was cut into batches: its kernels add in another order
for 500 tokens at once than for 20, and what its cache holds decides where a batch begins. The
same question asked first, again, or after a related one gave log-probabilities that differ by up
to 0.2, and other words (docs/decisions/0004-one-model-client.md has the measurement).

So the beginning that requests share is read on its own, from an empty slot, cut at places that
depend on the request alone, and its state is saved. Every request with that beginning starts from
the saved state, whether it was made a moment or an hour ago: the batches are always the same, and
so are the bits. Restoring 800 tokens takes about 10 ms; reading them takes 10 s on two cores.

A state holds what the weights made of the words, so one that was made with an adapter is of no use
without it. llama.cpp does not note which adapter a saved state was made with; here it is part of
the state's name. And it throws a slot's state away when a request comes with another scale than
the slot's last, so the slot is told the scale before a state is put into it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import openai

from tools.model.adapter import lora_field
from tools.model.messages import Prompt

__all__ = ["PrefixStates"]

_WORTH_SAVING: Final = 200
"""Characters; a shorter stretch is read again faster than its state is restored."""


class PrefixStates:
    """Preparer for one llama.cpp slot that serves nobody else.

    folder: where the engine saves states (its slot_save_path). limit: bytes of it to use; the
    states used longest ago are removed first.
    """

    def __init__(self, client: openai.AsyncOpenAI, folder: Path, limit: int) -> None:
        self._client = client
        self._root = str(client.base_url).rstrip("/").removesuffix("/v1")
        self._folder = folder
        self._limit = limit
        self._saved: OrderedDict[str, int] = OrderedDict()
        """Prefix digest to bytes, least recently used first."""
        self._scale: float | None = None
        """The adapter's scale in the slot's last request; None: not known, or no adapter."""

    async def prepare(self, prompt: Prompt) -> int:
        """Bring the slot to the state after the shared beginning of `prompt`, and nothing else.

        Returns the tokens that had to be read for it. Raises openai errors.
        """
        prefixes = list(await self._prefixes(prompt))
        digests = [_digest(prefix, prompt.scale) for prefix in prefixes]
        await self._set_scale(prompt.scale)
        start = await self._restore_longest(digests)
        read = 0
        for prefix, digest in zip(prefixes[start:], digests[start:], strict=True):
            read += await self._read(prefix, prompt.scale)
            await self._save(digest)
        return read

    async def _prefixes(self, prompt: Prompt) -> Iterator[str]:
        """The prompt's text up to each place where it is cut, shortest first."""
        answer = await self._post("/apply-template", {"messages": prompt.messages})
        text = str(answer["prompt"])
        user = prompt.messages[-1]["content"]
        at = text.rfind(user)
        cuts: list[int] = []
        # A template that changes the words has no place we know; then nothing is shared.
        for split in prompt.splits if at >= 0 else ():
            if at + split - (cuts[-1] if cuts else 0) >= _WORTH_SAVING:
                cuts.append(at + split)
        return iter([text[:cut] for cut in cuts])

    async def _restore_longest(self, digests: list[str]) -> int:
        """Restore the longest saved prefix; returns how many of the prefixes it covers."""
        for number in range(len(digests), 0, -1):
            digest = digests[number - 1]
            if digest in self._saved:
                try:
                    await self._slot("restore", digest)
                except openai.APIStatusError:  # its file is gone: read it again
                    del self._saved[digest]
                    continue
                self._saved.move_to_end(digest)
                return number
        await self._slot("erase")
        return 0

    async def _set_scale(self, scale: float | None) -> None:
        if scale == self._scale:
            return
        self._scale = None  # not known if this fails
        await self._slot("erase")
        await self._read(" ", scale)
        self._scale = scale

    async def _read(self, prefix: str, scale: float | None) -> int:
        answer = await self._post(
            "/completion",
            {
                "prompt": prefix,
                "n_predict": 0,
                "cache_prompt": True,
                "id_slot": 0,
                **lora_field(scale),
            },
        )
        return int(answer["timings"]["prompt_n"])

    async def _save(self, digest: str) -> None:
        try:
            answer = await self._slot("save", digest)
        except openai.APIStatusError:  # such as a full disk: read again next time, as now
            return
        self._saved[digest] = int(answer["n_written"])
        while sum(self._saved.values()) > self._limit and len(self._saved) > 1:
            oldest, _ = self._saved.popitem(last=False)
            (self._folder / oldest).unlink(missing_ok=True)

    async def _slot(self, action: str, filename: str | None = None) -> dict[str, Any]:
        body = {"filename": filename} if filename else {}
        return await self._post(f"/slots/0?action={action}", body)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._client.post(self._root + path, cast_to=object, body=body)
        if not isinstance(answer, dict):
            raise openai.OpenAIError(f"{path} did not answer with an object")
        return answer


def _digest(prefix: str, scale: float | None) -> str:
    adapted = f"adapter at {scale}: {prefix}" if scale else prefix
    return hashlib.sha256(adapted.encode("utf-8", "surrogatepass")).hexdigest()[:32]
