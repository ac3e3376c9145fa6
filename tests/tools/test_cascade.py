from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from agents.evidence import Probabilities
from agents.fusion import Calibration
from agents.ports import BadInput, ModelUnusable
from tools.cascade import Cascade, Pool, Trust, TrustStore, doubted, pooled


def odds(supported: float, refuted: float, insufficient: float) -> Probabilities:
    return Probabilities(supported=supported, refuted=refuted, insufficient=insufficient)


SURE, TORN = odds(0.95, 0.03, 0.02), odds(0.4, 0.3, 0.3)
OWN = Calibration(model="encoder:e", weights={}, supported=0.9, refuted=0.9)
JOINT = Calibration(model="encoder:e and model:j", weights={}, supported=0.8, refuted=0.8)


class Reader:
    """An EntailmentPort that has one answer a claim."""

    def __init__(
        self,
        name: str,
        answers: Mapping[str, Probabilities],
        calibration: Calibration | None = None,
    ) -> None:
        self.name = name
        self.calibration = calibration
        self.asked: list[tuple[str, str]] = []
        self._answers = answers

    async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
        self.asked += pairs
        return [self._answers[claim] for claim, _ in pairs]


def trust(**changed: object) -> Trust:
    given = {
        "judge": "model:j",
        "encoder": "encoder:e",
        "measured_at": "2025-01-01T00:00:00+00:00",
        "claims": 80,
        "claims_digest": "0" * 16,
        "pool": Pool(encoder=1.0, judge=1.0),
        "calibration": JOINT,
        "macro_f1": 0.8,
        "encoder_macro_f1": 0.7,
        "precision": 0.95,
        "coverage": 0.5,
        "encoder_coverage": 0.4,
        "trusted": True,
    }
    return Trust.model_validate({**given, **changed})


PAIRS = [("torn", "x"), ("sure", "x"), ("torn", "y")]


def readers() -> tuple[Reader, Reader]:
    said = {"torn": TORN, "sure": SURE}
    encoder = Reader("encoder:e", said, OWN)
    return encoder, Reader("model:j", {"torn": odds(0.1, 0.8, 0.1), "sure": odds(0, 1, 0)})


async def test_a_trusted_judge_is_asked_what_is_in_doubt(tmp_path: Path) -> None:
    encoder, judge = readers()
    store = TrustStore(tmp_path / "trust.json")
    store.save(trust())
    cascade = Cascade(encoder, judge, store)
    read = await cascade.judge(PAIRS)
    assert encoder.asked == PAIRS
    assert judge.asked == [PAIRS[0], PAIRS[2]]
    assert read[1] == SURE
    # Odds against insufficient multiply: 4/3 * 1 and 1 * 8, against 1.
    whole = 4 / 3 + 8 + 1
    for index in (0, 2):
        assert read[index].supported == pytest.approx(4 / 3 / whole)
        assert read[index].refuted == pytest.approx(8 / whole)
        assert read[index].insufficient == pytest.approx(1 / whole)
    assert cascade.name == "encoder:e and model:j"
    assert cascade.calibration == JOINT


@pytest.mark.parametrize(
    "record", [None, {"trusted": False}, {"encoder": "encoder:older"}, {"judge": "model:other"}]
)
async def test_any_other_judge_is_never_asked(
    record: dict[str, object] | None, tmp_path: Path
) -> None:
    encoder, judge = readers()
    store = TrustStore(tmp_path / "trust.json")
    if record is not None:
        store.save(trust(**record))
    cascade = Cascade(encoder, judge, store)
    assert await cascade.judge(PAIRS) == [TORN, SURE, TORN]
    assert judge.asked == []
    assert cascade.trust is None
    assert (cascade.name, cascade.calibration) == ("encoder:e", OWN)


async def test_without_judge_or_records_the_encoder_reads_alone(tmp_path: Path) -> None:
    encoder, judge = readers()
    store = TrustStore(tmp_path / "trust.json")
    store.save(trust())
    for cascade in (Cascade(encoder), Cascade(encoder, None, store), Cascade(encoder, judge)):
        assert await cascade.judge(PAIRS) == [TORN, SURE, TORN]
        assert (cascade.name, cascade.calibration) == ("encoder:e", OWN)
    assert judge.asked == []


async def test_a_record_counts_from_when_it_is_made(tmp_path: Path) -> None:
    encoder, judge = readers()
    store = TrustStore(tmp_path / "trust.json")
    cascade = Cascade(encoder, judge, store)
    assert await cascade.judge(PAIRS[:1]) == [TORN]
    TrustStore(tmp_path / "trust.json").save(trust())
    [read] = await cascade.judge(PAIRS[:1])
    assert read != TORN


async def test_nothing_in_doubt_asks_nothing(tmp_path: Path) -> None:
    encoder, judge = readers()
    store = TrustStore(tmp_path / "trust.json")
    store.save(trust())
    assert await Cascade(encoder, judge, store).judge([PAIRS[1]]) == [SURE]
    assert await Cascade(encoder, judge, store).judge([]) == []
    assert judge.asked == []


async def test_a_judge_that_is_gone_is_an_error(tmp_path: Path) -> None:
    class Gone(Reader):
        async def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Probabilities]:
            raise ModelUnusable("gone")

    store = TrustStore(tmp_path / "trust.json")
    store.save(trust())
    encoder, _ = readers()
    with pytest.raises(ModelUnusable, match="gone"):
        await Cascade(encoder, Gone("model:j", {}), store).judge(PAIRS)


def test_doubt_begins_under_nine_tenths() -> None:
    assert not doubted(odds(0.9, 0.1, 0.0))
    assert not doubted(odds(0.0, 0.95, 0.05))
    assert not doubted(odds(0.0, 0.05, 0.95))
    assert doubted(odds(0.89, 0.11, 0.0))


def test_a_judge_of_no_weight_changes_nothing() -> None:
    same = pooled(TORN, odds(0, 1, 0), Pool(encoder=1.0, judge=0.0))
    assert same.model_dump() == pytest.approx(TORN.model_dump())


def test_a_lean_is_added_to_the_log_odds() -> None:
    pool = Pool(encoder=0.0, judge=0.0, supported=math.log(3), refuted=math.log(0.5))
    found = pooled(SURE, TORN, pool)
    assert found.model_dump() == pytest.approx(
        {"supported": 3 / 4.5, "refuted": 0.5 / 4.5, "insufficient": 1 / 4.5}
    )


@pytest.mark.parametrize("one", [odds(1, 0, 0), odds(0, 1, 0), odds(0, 0, 1), TORN])
@pytest.mark.parametrize("other", [odds(1, 0, 0), odds(0, 1, 0), odds(0, 0, 1), TORN])
def test_opinions_that_exclude_a_label_still_add_up(
    one: Probabilities, other: Probabilities
) -> None:
    found = pooled(one, other, Pool(encoder=1.0, judge=1.0))
    assert sum(found.model_dump().values()) == pytest.approx(1)
    if one == other and one is not TORN:
        assert max(found.model_dump().values()) > 0.999


# -- the store


def test_records_are_kept_by_judge(tmp_path: Path) -> None:
    store = TrustStore(tmp_path / "home" / "trust.json")
    assert store.load() == {}
    store.save(trust())
    store.save(trust(judge="model:k", trusted=False, precision=None))
    store.save(trust(macro_f1=0.9))
    assert store.load() == {
        "model:j": trust(macro_f1=0.9),
        "model:k": trust(judge="model:k", trusted=False, precision=None),
    }
    assert [path.name for path in store.path.parent.iterdir()] == ["trust.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b"null", b'{"model:j": {}}', b'{"model:j": 1}', b"\xff\xfe"],
)
def test_a_damaged_file_is_named_and_left_alone(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"trust\.json cannot be read") as raised:
        TrustStore(path).load()
    assert raised.value.exit_code == 3
    with pytest.raises(BadInput):
        TrustStore(path).save(trust())
    assert path.read_bytes() == content


def test_a_record_with_a_key_that_is_not_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    TrustStore(path).save(trust())
    rows = json.loads(path.read_text())
    rows["model:j"]["more"] = 1
    path.write_text(json.dumps(rows))
    with pytest.raises(BadInput, match="more"):
        TrustStore(path).load()
