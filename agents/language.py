"""What a sentence asserts and how: the one module to import for English language rules.

Attribution, modality, references, clauses and languages, each in a module of its own; the
reasons for the rules are in docs/decisions/0006-language-rules.md.
"""

from __future__ import annotations

from agents.attribution import Attribution, attribution, quotations
from agents.clauses import Clause, clauses, rhetorical
from agents.corrections import Denial, Revision, denial, revision
from agents.modality import (
    Modality,
    causal,
    directions,
    hedges,
    modality,
    negations,
    scopes,
)
from agents.reference import antecedents, needs_context, resolve
from agents.scripts import language_of, looks_english

__all__ = [
    "Attribution",
    "Clause",
    "Denial",
    "Modality",
    "Revision",
    "antecedents",
    "attribution",
    "causal",
    "clauses",
    "denial",
    "directions",
    "hedges",
    "language_of",
    "looks_english",
    "modality",
    "needs_context",
    "negations",
    "quotations",
    "resolve",
    "revision",
    "rhetorical",
    "scopes",
]
