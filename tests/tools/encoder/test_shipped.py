"""The weights that come with the project: that they are whole, and that they read sensibly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.evidence import Probabilities
from agents.ports import ModelUnusable
from agents.rows import verify_rows
from agents.sentiment import sign_of
from tools.encoder.sentiment import EncoderSentiment, shipped_sentiment
from tools.encoder.verifier import EncoderEntailment, shipped_entailment
from tools.encoder.weights import SHIPPED, checked, manifest_of

FOLDER = SHIPPED / "encoder"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "manifest.json").is_file(),
    reason="weights/encoder/manifest.json is absent: train and `make ship-encoder`",
)

NEEDED = [
    "encoder.bin", "sentiment.onnx", "tokenizer.json", "verifier.json", "verifier.onnx",
]  # fmt: skip
CALM = "The harbour was calm and the weather stayed mild through the week. "


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """The folder again, each file a link: what a test changes it replaces."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    for path in FOLDER.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


def _likeliest(p: Probabilities) -> str:
    values = p.model_dump()
    return max(values, key=values.__getitem__)


# -- files


def test_every_file_is_the_recorded_one() -> None:
    manifest = manifest_of(FOLDER)
    assert set(NEEDED) <= set(manifest.files)
    for name in manifest.files:
        assert checked(FOLDER, name).stat().st_size > 0
    there = {p.name for p in FOLDER.iterdir() if p.is_file()}
    assert there == {*manifest.files, "manifest.json"}


def test_the_calibration_is_that_of_these_weights() -> None:
    reader = shipped_entailment()
    calibration = reader.calibration
    assert calibration is not None
    assert calibration.model == reader.name == f"encoder:{manifest_of(FOLDER).name}"
    assert 0.3 < calibration.supported < 1
    assert 0.3 < calibration.refuted < 1
    assert calibration.weights["read_supported"][0] > 0
    assert calibration.weights["read_refuted"][1] > 0


async def _used(folder: Path, name: str) -> None:
    """Use a file in the way the desk does."""
    if name == "sentiment.onnx":
        await EncoderSentiment(folder).score([("Sales rose.", None)])
    elif name == "verifier.json":
        _ = EncoderEntailment(folder).calibration
    else:
        await EncoderEntailment(folder).judge([("It rose.", "It rose.")])


@pytest.mark.parametrize("name", NEEDED)
async def test_a_damaged_byte_is_refused_by_name(name: str, linked: Path) -> None:
    path = linked / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(ModelUnusable, match=rf"{name} have SHA-256 .* damaged or swapped"):
        await _used(linked, name)


@pytest.mark.parametrize("name", NEEDED)
async def test_a_missing_file_is_refused_by_name(name: str, linked: Path) -> None:
    (linked / name).unlink()
    with pytest.raises(ModelUnusable, match=rf"{name} cannot be read"):
        await _used(linked, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [("verifier.onnx", "sentiment.onnx"), ("sentiment.onnx", "verifier.onnx"),
     ("tokenizer.json", "verifier.json")],
)  # fmt: skip
async def test_a_swapped_file_is_refused_by_name(name: str, other: str, linked: Path) -> None:
    (linked / name).unlink()
    (linked / name).symlink_to(FOLDER / other)
    with pytest.raises(ModelUnusable, match=rf"{name} have SHA-256 .* damaged or swapped"):
        await _used(linked, name)


async def test_links_to_the_files_are_as_good(linked: Path) -> None:
    pairs = [("The yard sold 41 boats.", "The yard sold 41 boats in spring.")]
    assert await EncoderEntailment(linked).judge(pairs) == await shipped_entailment().judge(pairs)


# -- claims

SENTENCES = [
    "The yard sold 41 boats in 2024.",
    "Kestrel Marine will deliver nine electric ferries to Rosvik.",
    "Operating profit rose to 310 million crowns, the company said.",
    "Orsa Pharma closed its plant in Mellby because of falling demand.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
async def test_an_exact_restatement_is_supported(sentence: str) -> None:
    [alone, within] = await shipped_entailment().judge(
        [(sentence, sentence), (sentence, f"{CALM}{sentence} {CALM}")]
    )
    assert _likeliest(alone) == _likeliest(within) == "supported"


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The yard sold 41 boats in 2024.", "The yard sold 29 boats in 2024."),
        ("Profit rose to 310 million crowns.", "Profit rose to 130 million crowns."),
        ("The bank cut its rate to 2.5 percent.", "The bank cut its rate to 3.75 percent."),
        ("Profit rose in the second quarter.", "Profit fell in the second quarter."),
        ("The merger was approved.", "The merger was not approved."),
    ],
)
async def test_a_changed_figure_or_direction_is_refuted(claim: str, evidence: str) -> None:
    [judged] = await shipped_entailment().judge([(claim, evidence)])
    assert _likeliest(judged) == "refuted"


@pytest.mark.parametrize("claim", SENTENCES)
async def test_an_unrelated_passage_settles_nothing(claim: str) -> None:
    unrelated = "The mayor opened a new footbridge in the park on Sunday morning."
    [judged] = await shipped_entailment().judge([(claim, unrelated)])
    assert _likeliest(judged) == "insufficient"


async def test_rows_are_verified_by_reading_and_checks_together() -> None:
    claim = SENTENCES[0]
    rows = [
        {"id": "same", "claim": claim, "evidence": ["In 2024 the yard sold 41 boats."]},
        {"id": "other", "claim": claim, "evidence": ["In 2024 the yard sold 29 boats."]},
        {"id": "far", "claim": claim, "evidence": [CALM]},
    ]
    found = await verify_rows(rows, entailment=shipped_entailment(), corpus=None, as_of=None)
    assert [row["label"] for row in found] == ["SUPPORTED", "REFUTED", "NEI"]
    assert found[0]["published"] in ("SUPPORTED", "NEI")
    assert found[1]["published"] in ("REFUTED", "NEI")
    assert found[2]["published"] == "NEI"


async def test_a_row_gives_equal_numbers_alone_and_in_a_batch() -> None:
    rows: list[dict[str, Any]] = [
        {"id": n, "claim": claim, "evidence": [f"{CALM * (n % 4)}{evidence}"]}
        for n, (claim, evidence) in enumerate(
            (claim, evidence) for claim in SENTENCES for evidence in SENTENCES
        )
    ]
    reader = shipped_entailment()
    together = await verify_rows(rows, entailment=reader, corpus=None, as_of=None)
    for row, answer in zip(rows, together, strict=True):
        assert [answer] == await verify_rows([row], entailment=reader, corpus=None, as_of=None)
    backwards = await verify_rows(rows[::-1], entailment=reader, corpus=None, as_of=None)
    assert backwards == together[::-1]
    pairs = [(row["claim"], row["evidence"][0]) for row in rows]
    narrow = await EncoderEntailment(threads=1).judge(pairs[:4])
    assert narrow == await reader.judge(pairs[:4])


@pytest.mark.parametrize(
    ("sentence", "label"),
    [("In 2024 the yard sold 41 boats.", "SUPPORTED"),
     ("In 2024 the yard sold 29 boats.", "REFUTED")],
)  # fmt: skip
async def test_100_000_characters_of_evidence_are_read(sentence: str, label: str) -> None:
    calm = CALM * (100_000 // len(CALM) + 1)
    evidence = f"{calm[:70_000]} {sentence} {calm[70_000:]}"
    assert len(evidence) > 100_000
    row = {"id": 1, "claim": SENTENCES[0], "evidence": [evidence]}
    reader = shipped_entailment()
    [answer] = await verify_rows([row], entailment=reader, corpus=None, as_of=None)
    assert answer["label"] == label


async def test_odd_text_is_read_without_an_error() -> None:
    odd = ["\0", "\ud800", "\u202e\u200b", "…", "🚢" * 400, "船は九隻です。", "x" * 5000]
    judged = await shipped_entailment().judge([(a, b) for a in odd for b in odd])
    assert all(sum(p.model_dump().values()) == pytest.approx(1, abs=1e-5) for p in judged)
    tones = await shipped_sentiment().score([(text, target) for text in odd
                                             for target in (None, text)])  # fmt: skip
    assert all(-1 <= tone.score <= 1 for tone in tones)


# -- sentiment


@pytest.mark.parametrize(
    ("text", "better", "worse"),
    [
        ("Acme beat rival Borda for the contract; Borda's shares fell 9 percent.",
         "Acme", "Borda"),
        ("Kestrel Marine won the ferry order that Norsund Yard had counted on, and Norsund Yard "
         "will cut 200 jobs.", "Kestrel Marine", "Norsund Yard"),
        ("Shares of Orsa Pharma jumped 12 percent while Lumenta slumped after a profit warning.",
         "Orsa Pharma", "Lumenta"),
        ("Lumenta lost customers to Brantholm, whose sales rose to a record.",
         "Brantholm", "Lumenta"),
    ],
)  # fmt: skip
async def test_two_targets_of_one_sentence_get_opposite_signs(
    text: str, better: str, worse: str
) -> None:
    up, down = await shipped_sentiment().score([(text, better), (text, worse)])
    assert sign_of(up.score) == "positive"
    assert sign_of(down.score) == "negative"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("The company raised its forecast after record profit and strong demand.", "positive"),
        ("The company issued a profit warning and its shares plunged 20 percent.", "negative"),
        ("The company will publish its quarterly report on 14 May.", "neutral"),
    ],
)
async def test_the_overall_tone(text: str, sign: str) -> None:
    [tone] = await shipped_sentiment().score([(text, None)])
    assert sign_of(tone.score) == sign


async def test_a_tone_is_equal_alone_and_in_a_batch() -> None:
    rows = [(f"{CALM * n}Acme beat Borda.", target) for n in range(4)
            for target in ("Acme", "Borda", None)]  # fmt: skip
    port = shipped_sentiment()
    together = await port.score(rows)
    assert together == [(await port.score([row]))[0] for row in rows]
    assert await port.score(rows[::-1]) == together[::-1]


# -- what is loaded

_RUN = """
import asyncio, json, sys
from pathlib import Path
import agents.desk
from tools.settings import Settings

async def main():
    async with agents.desk.Desk.open(Settings(home=Path(sys.argv[1])), need_model=False) as desk:
        row = {"id": 1, "claim": "It rose by 3 percent.", "evidence": ["It rose by 3 percent."]}
        answers = [a async for a in desk.verify([row])]
        answers += [a async for a in desk.sentiment([{"id": 2, "text": "Shares of Acme fell."}])]
    return answers

answers = asyncio.run(main())
loaded = sorted({"torch", "transformers", "onnx"} & set(sys.modules))
print(json.dumps({"labels": [a.get("label", a) for a in answers], "loaded": loaded}))
"""


def test_the_desk_runs_without_what_training_needs(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(tmp_path / "home")],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {"labels": ["SUPPORTED", "negative"], "loaded": []}
