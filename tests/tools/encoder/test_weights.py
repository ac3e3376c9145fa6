from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from agents.ports import ModelUnusable
from tests.tools.encoder.tiny import CALIBRATION, weights
from tools.encoder.weights import checked, manifest_of, read_json, recorded

FILES = ["encoder.bin", "sentiment.onnx", "tokenizer.json", "verifier.json", "verifier.onnx"]


def test_what_was_recorded_is_accepted(tmp_path: Path) -> None:
    folder = weights(tmp_path)
    manifest = manifest_of(folder)
    assert (manifest.name, manifest.base) == ("tiny-1", "none")
    assert sorted(manifest.files) == FILES
    for name, digest in manifest.files.items():
        assert checked(folder, name) == folder / name
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert read_json(folder, "verifier.json") == CALIBRATION.model_dump(mode="json") | {
        "weights": {"bias": [0.5, -0.5]}
    }


def test_a_damaged_byte_is_refused_by_name(tmp_path: Path) -> None:
    folder = weights(tmp_path)
    checked(folder, "encoder.bin")
    content = bytearray((folder / "encoder.bin").read_bytes())
    content[3] ^= 1
    (folder / "encoder.bin").write_bytes(content)
    with pytest.raises(ModelUnusable, match=r"encoder\.bin.*damaged") as raised:
        checked(folder, "encoder.bin")
    assert hashlib.sha256(content).hexdigest() in str(raised.value)
    assert raised.value.exit_code == 4
    assert checked(folder, "tokenizer.json"), "the others stand"


def test_files_that_changed_places_are_refused(tmp_path: Path) -> None:
    folder = weights(tmp_path)
    one, other = folder / "verifier.onnx", folder / "sentiment.onnx"
    swapped = one.read_bytes(), other.read_bytes()
    other.write_bytes(swapped[0])
    one.write_bytes(swapped[1])
    for name in (one.name, other.name):
        with pytest.raises(ModelUnusable, match=f"{name}.*swapped"):
            checked(folder, name)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    folder = weights(tmp_path)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelUnusable, match=r"tokenizer\.json cannot be read"):
        checked(folder, "tokenizer.json")
    (folder / "tokenizer.json").mkdir()
    with pytest.raises(ModelUnusable, match=r"tokenizer\.json cannot be read"):
        checked(folder, "tokenizer.json")


def test_a_file_that_no_manifest_lists_is_refused(tmp_path: Path) -> None:
    folder = weights(tmp_path)
    (folder / "added.json").write_text("{}")
    with pytest.raises(ModelUnusable, match=r"lists no file added\.json"):
        checked(folder, "added.json")
    with pytest.raises(ModelUnusable, match=r"added\.json"):
        read_json(folder, "added.json")


def test_without_a_manifest_there_are_no_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"weights are missing .*manifest\.json"):
        manifest_of(tmp_path / "absent")
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(ModelUnusable, match=r"manifest\.json cannot be read"):
        manifest_of(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"name": "x", "base": "y"}',
        '{"name": "x", "base": "y", "files": {}}',
        '{"name": "x", "base": "y", "files": {"a": 1}}',
        '{"name": "x", "base": "y", "files": {"a": "b"}, "more": 1}',
        "\0\0\0",
    ],
)
def test_a_manifest_that_is_none_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ModelUnusable, match=r"manifest\.json cannot be read as a manifest"):
        manifest_of(tmp_path)


def test_recording_again_accepts_what_changed(tmp_path: Path) -> None:
    folder = weights(tmp_path)
    (folder / "verifier.json").write_text("[1]")
    with pytest.raises(ModelUnusable):
        read_json(folder, "verifier.json")
    manifest = recorded(folder)
    assert read_json(folder, "verifier.json") == [1]
    assert (manifest.name, manifest.base) == ("tiny-1", "none")
    assert "manifest.json" not in manifest.files
    assert manifest_of(folder) == manifest
    assert recorded(folder, name="tiny-2").base == "none"
    assert manifest_of(folder).name == "tiny-2"


def test_the_first_record_needs_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"a")
    with pytest.raises(ModelUnusable, match=r"manifest\.json"):
        recorded(tmp_path)
    assert not (tmp_path / "manifest.json").exists()
