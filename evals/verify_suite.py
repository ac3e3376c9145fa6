"""The verification suite: claims judged from listed passages, and what it costs to be wrong.

python -m evals.verify_suite --data DIR
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from evals.calibration import reliability
from evals.data import ClaimRow, load_claims
from evals.desk_access import DeskLike
from evals.figure_rules import figure
from evals.results import Better, Cited, Failure, Figure, Sample, Suite
from evals.work import Work

__all__ = ["LABELS", "answers_to", "run_verify", "score_verify", "verify_suite"]

LABELS: Final = ("SUPPORTED", "REFUTED", "NEI")
_FIGURES: Final[Mapping[str, tuple[str, Better]]] = {
    "accuracy": ("mean right", "higher"),
    "balanced_accuracy": ("balanced_accuracy gold said", "higher"),
    "macro_f1": ("macro_f1 gold said", "higher"),
    "costly_error": ("mean costly", "lower"),
    "published_precision": ("mean published_right", "higher"),
    "published_coverage": ("mean published", "higher"),
    "published_costly_error": ("mean published_costly", "lower"),
    "ece": ("ece sure right", "lower"),
    "attribution_f1": ("macro_f1 attributable called_attributable", "higher"),
}


def _sample(claim: ClaimRow, answer: Mapping[str, Any]) -> Sample:
    kind = claim.trap or claim.group or "none"
    if str(answer.get("id")) != claim.id or answer.get("label") not in LABELS:
        error = answer.get("error") or {}
        why = f"{error.get('type', 'no label')}: {error.get('message', '')}".strip(": ")
        return Sample(id=claim.id, kind=kind, error=why)
    said = str(answer["label"])
    if claim.label == "NOT_SUPPORTED" or claim.group.startswith("citation_quality"):
        scores: dict[str, float | None] = {
            "attributable": float(claim.label == "SUPPORTED"),
            "called_attributable": float(said == "SUPPORTED"),
        }
        return Sample(id=claim.id, kind=kind, scores=scores)
    published = str(answer.get("published") or "NEI")
    false = claim.label != "SUPPORTED"
    odds = answer.get("probabilities") or {}
    scores = {
        "gold": float(LABELS.index(claim.label)),
        "said": float(LABELS.index(said)),
        "right": float(claim.label == said),
        "costly": float(said == "SUPPORTED") if false else None,
        "published": float(published != "NEI"),
        "published_right": float(published == claim.label) if published != "NEI" else None,
        "published_costly": float(published == "SUPPORTED") if false else None,
    }
    if set(odds) == set(LABELS):
        scores["sure"] = float(odds[said])
        scores |= {label: float(odds[label]) for label in LABELS}
    return Sample(id=claim.id, kind=kind, scores=scores)


def score_verify(
    claims: Sequence[ClaimRow], answers: Sequence[Mapping[str, Any]], *, partial: bool = False
) -> Suite:
    """What one run found.

    answers: rows `{"id", "label", "published", "probabilities"}` in the order of `claims`, or
    `{"id", "error"}`. A row with an error, of another id or without a known label is unscored:
    counted, never taken as wrong or right. partial: answers may end early.

    costly_error: share of claims that are not SUPPORTED and were called so; the mistake that
    puts a false sentence in a brief. coverage and precision are of `published` other than NEI.
    attribution_f1: over rows of two classes, attributable or not.
    """
    if len(claims) != len(answers) and not (partial and len(answers) < len(claims)):
        raise ValueError(f"{len(answers)} answers to {len(claims)} claims")
    pairs = list(zip(claims, answers, strict=False))
    samples = [_sample(claim, answer) for claim, answer in pairs]
    figures = _figures(samples)
    groups = sorted({claim.group for claim, _ in pairs})
    for group in groups if len(groups) > 1 else ():
        ids = {claim.id for claim, _ in pairs if claim.group == group}
        found = _figures([s for s in samples if s.id in ids])
        figures |= {f"{group}.{name}": one for name, one in found.items()}
    for trap, count in sorted(Counter(s.kind for s in samples if "right" in s.scores).items()):
        if count >= 2 and trap != "none":
            same = [s for s in samples if s.kind == trap]
            figures[f"trap.{trap}"] = figure(same, "mean right", "higher")
    return Suite(
        name="verify",
        figures=figures,
        samples=tuple(samples),
        failures=tuple(
            _failure(claim, answer, sample)
            for (claim, answer), sample in zip(pairs, samples, strict=True)
            if sample.error or sample.scores.get("right") == 0.0
        ),
        unscored=sum(bool(sample.error) for sample in samples),
        plots=_plots(samples),
        partial=partial,
    )


def _figures(samples: Sequence[Sample]) -> dict[str, Figure]:
    made = {name: figure(samples, rule, better) for name, (rule, better) in _FIGURES.items()}
    attribution = any("attributable" in sample.scores for sample in samples)
    labelled = any("gold" in sample.scores for sample in samples)
    return {
        name: found for name, found in made.items()
        if (attribution if name == "attribution_f1" else labelled or not attribution)
    }  # fmt: skip


def _failure(claim: ClaimRow, answer: Mapping[str, Any], sample: Sample) -> Failure:
    shown = tuple(
        Cited(marker=str(i), quote=text, document="") for i, text in enumerate(claim.evidence, 1)
    )
    why = sample.error or f"called {answer['label']}, it is {claim.label}"
    published = answer.get("published")
    if not sample.error and published not in (None, "NEI"):
        why += f"; published as {published}"
    checks = "; ".join(
        f"{c['name']} conflicts: {c.get('detail', '')}"
        for c in answer.get("checks") or []
        if c.get("outcome") == "conflicts"
    )
    return Failure(
        sample=claim.id,
        where="unscored" if sample.error else f"accuracy ({claim.trap or claim.group or 'claim'})",
        sentence=claim.claim,
        citations=shown,
        why=f"{why} ({checks})" if checks else why,
    )


def _plots(samples: Sequence[Sample]) -> dict[str, Any]:
    """Reliability of the likeliest label; precision by coverage of what could be published."""
    known = [s for s in samples if all(s.scores.get(label) is not None for label in LABELS)]
    if not known:
        return {}
    odds = [[float(s.scores[label] or 0.0) for label in LABELS] for s in known]
    gold = [int(s.scores["gold"] or 0) for s in known]
    ranked = sorted(
        ((max(row[:2]), row.index(max(row[:2])) == g) for row, g in zip(odds, gold, strict=True)),
        key=lambda pair: -pair[0],
    )
    curve, right = [], 0
    for taken, (_, correct) in enumerate(ranked, start=1):
        right += correct
        curve.append([round(taken / len(ranked), 4), round(right / taken, 4)])
    confusion: dict[str, dict[str, int]] = {g: dict.fromkeys(LABELS, 0) for g in LABELS}
    for s in known:
        confusion[LABELS[int(s.scores["gold"] or 0)]][LABELS[int(s.scores["said"] or 0)]] += 1
    return {
        "reliability": reliability(gold, odds),
        "precision_coverage": curve,
        "confusion": confusion,
    }


def _rows(claims: Sequence[ClaimRow]) -> list[dict[str, Any]]:
    return [{"id": c.id, "claim": c.claim, "evidence": list(c.evidence)} for c in claims]


async def run_verify(desk: DeskLike, claims: Sequence[ClaimRow]) -> Suite:
    """Send the claims with their passages, and score what comes back."""
    return score_verify(claims, [answer async for answer in desk.verify(_rows(claims))])


async def answers_to(work: Work, desk: DeskLike, claims: Sequence[ClaimRow]) -> Suite:
    """As `run_verify`; what was answered before is not asked again, and is kept when stopped."""
    answers: list[dict[str, Any]] = []
    try:
        async for answer in work.answers("verify", _rows(claims), desk.verify):
            answers.append(answer)
    except BaseException:
        work.update(score_verify(claims, answers, partial=len(answers) < len(claims)))
        raise
    return score_verify(claims, answers)


async def verify_suite(work: Work) -> Suite:
    """The claims of the run's set through the rows of `underwrite verify`."""
    claims = load_claims(work.data)
    async with work.desk(need_model=False) as desk:
        return await answers_to(work, desk, claims)


if __name__ == "__main__":
    import sys

    from evals.run import main

    raise SystemExit(main(["verify", *sys.argv[1:]]))
