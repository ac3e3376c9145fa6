"""The judge suite: a served model as a judge of claims, measured and put on record.

    underwrite eval verify --model NAME

What it finds is written to `trust.json` in the user's home, where the desk reads whether the
model may be asked about claims (`tools.cascade`).
"""

from __future__ import annotations

from evals.data import DatasetError, load_claims
from evals.judge import measure_judge
from evals.results import Better, Figure, Suite
from evals.work import Work
from tools.cascade import TrustStore
from tools.encoder.verifier import shipped_entailment
from tools.model.entailment import entailment_of
from tools.settings import load_settings

__all__ = ["judge_suite"]


async def judge_suite(work: Work) -> Suite:
    """Put every claim to the model; fit and measure by cross-validation what it adds.

    Raises DatasetError when the set has too few claims or not all labels.
    """
    claims = load_claims(work.data)
    async with work.desk() as desk:
        judge = entailment_of(desk.model)
        try:
            trust, alone = await measure_judge(claims, shipped_entailment(), judge)
        except ValueError as error:
            raise DatasetError(str(error)) from error
    store = TrustStore(load_settings().trust_path)
    store.save(trust)
    note = (
        f"{trust.judge} is {'' if trust.trusted else 'not '}trusted to judge claims beside"
        f" {trust.encoder}; recorded in {store.path}"
    )
    work.say(note)

    def known(value: float | None, better: Better = "higher") -> Figure:
        why = "" if value is not None else "nothing would be published"
        return Figure(value=value, n=len(claims), better=better, note=why)

    return Suite(
        name="judge",
        figures={
            "macro_f1": known(trust.macro_f1),
            "encoder_macro_f1": known(trust.encoder_macro_f1),
            "judge_alone_macro_f1": known(alone["macro_f1"]),
            "published_precision": known(trust.precision),
            "published_coverage": known(trust.coverage),
            "encoder_coverage": known(trust.encoder_coverage),
            "trusted": known(float(trust.trusted), "neither"),
        },
        note=note,
    )
