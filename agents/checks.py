"""Deterministic comparison of a claim with evidence: every check, with the spans it compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from agents.alignment import Evidence, Statement
from agents.check_dates import check_dates
from agents.check_quantity import check_quantities
from agents.check_statement import (
    check_cause,
    check_entities,
    check_hedges,
    check_negation,
    check_scope,
)
from agents.comparisons import check_comparison
from agents.evidence import Check
from agents.fusion import Judgement, combine
from agents.support import support

__all__ = ["Judgement", "check", "combine", "judge"]


def _read(
    claim: str, evidence: str, claim_date: date | None, evidence_date: date | None
) -> Evidence:
    return Evidence(Statement(claim, claim_date), evidence, evidence_date)


def _checks(evidence: Evidence) -> list[Check]:
    single = (
        check_comparison(evidence),
        check_negation(evidence),
        check_hedges(evidence),
        check_scope(evidence),
        check_cause(evidence),
    )
    return [
        *check_quantities(evidence),
        *check_dates(evidence),
        *check_entities(evidence),
        *(c for c in single if c is not None),
    ]


def check(
    claim: str,
    evidence: str,
    *,
    claim_date: date | None = None,
    evidence_date: date | None = None,
) -> list[Check]:
    """Compare a claim with evidence (one or more sentences), without a model.

    quantity, date, entity: one check for each number, date and name of the claim: `agrees`,
    `conflicts`, or `silent` with `claim_span` when the evidence does not state it. negation,
    hedge, scope: present only when they find something. The dates are days of publication and
    settle years that are not written.
    """
    return _checks(_read(claim, evidence, claim_date, evidence_date))


def judge(
    claim: str,
    evidence: Sequence[str],
    *,
    claim_date: date | None = None,
    evidence_date: date | None = None,
) -> Judgement:
    """The verdict of the checks alone on a claim and its passages, read together."""
    read = _read(claim, "\n".join(evidence), claim_date, evidence_date)
    return combine(_checks(read), None, lexical=support(read))
