"""The peers, and a virtual environment for each, made from its own lock."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from agents.evidence import Record
from agents.ports import BadInput

__all__ = ["PEERS", "Peer", "PeerUnusable", "locked", "make", "python_of", "worker_environment"]

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parents[1]


class PeerUnusable(BadInput):
    """A peer's environment cannot be made or used; the message says what to do."""


class Peer(Record):
    name: str
    """Of its folder here, of its environment and in answers."""
    package: str
    """The distribution whose version identifies it."""
    title: str
    settings: dict[str, Any]
    """Where they differ from the peer's defaults, README.md says why."""

    @property
    def folder(self) -> Path:
        return _HERE / self.name

    @property
    def lock(self) -> Path:
        return self.folder / "requirements.lock"


PEERS: Final = {
    peer.name: peer
    for peer in (
        Peer(
            name="llamaindex",
            package="llama-index-core",
            title="LlamaIndex CitationQueryEngine",
            settings={"similarity_top_k": 5, "citation_chunk_size": 512},
        ),
        Peer(
            name="paperqa",
            package="paper-qa",
            title="paper-qa",
            settings={"evidence_k": 5, "answer_max_sources": 5, "embedding": "openai/EMBEDDING"},
        ),
        Peer(
            name="gpt_researcher",
            package="gpt-researcher",
            title="gpt-researcher",
            settings={
                "MAX_ITERATIONS": 1,
                "TOTAL_WORDS": 300,
                "SMART_TOKEN_LIMIT": 1000,
                "FAST_TOKEN_LIMIT": 1000,
                "STRATEGIC_TOKEN_LIMIT": 1000,
            },
        ),
    )
}


def python_of(peer: Peer, environments: Path) -> Path:
    return environments / peer.name / "bin" / "python"


def locked(peer: Peer) -> str:
    """`NAME VERSION` as locked for this interpreter's minor version, for the records."""
    for line in peer.lock.read_text("utf-8").splitlines():
        name, _, rest = line.partition("==")
        if name == peer.package and _applies(rest):
            return f"{name} {rest.split()[0]}"
    return peer.package


def _applies(rest: str) -> bool:
    from packaging.markers import Marker

    marker = rest.partition(";")[2].rstrip(" \\")
    return Marker(marker.strip()).evaluate() if marker.strip() else True


def make(peer: Peer, environments: Path) -> bool:
    """Make or refresh the environment; False when it was there already. Raises PeerUnusable."""
    python = python_of(peer, environments)
    digest = hashlib.sha256(peer.lock.read_bytes()).hexdigest()
    stamp = python.parents[1] / ".lock-digest"
    if python.exists() and stamp.is_file() and stamp.read_text("utf-8") == digest:
        return False
    uv = _uv()
    environment = {**os.environ}
    mirror = environment.get("PIP_INDEX_URL")
    if mirror and not environment.get("UV_INDEX_URL"):
        environment.setdefault("UV_DEFAULT_INDEX", mirror)
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(python.parents[1])],
        [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes",
         str(peer.lock)],
    ):  # fmt: skip
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise PeerUnusable(f"{peer.title}: {' '.join(command[1:3])} failed: {' '.join(last)}")
    stamp.write_text(digest, "utf-8")
    return True


def _uv() -> str:
    for candidate in (_ROOT / ".uv" / "bin" / "uv", Path.home() / ".local" / "bin" / "uv"):
        if candidate.is_file():
            return str(candidate)
    found = shutil.which("uv")
    if found is None:
        raise PeerUnusable("uv is needed to make the peers' environments; `make setup` brings one")
    return found


def worker_environment(home: Path) -> dict[str, str]:
    """What a peer's process sees of the environment: no keys, no proxies, a home of its own."""
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "TMPDIR") if k in os.environ}
    return kept | {
        "HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        # Else litellm asks a code host for prices while it is imported.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "HF_HUB_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "LANGSMITH_TRACING": "false",
    }
