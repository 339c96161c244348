"""State of the translation core. Truth: documents, revisions, human targets. Derived: everything else."""

from dragoman.translation.models.document import Document, LanguageOrigin, Revision, Scope, Segment
from dragoman.translation.models.edition import Edition, EditionState, Progress, Target, TargetState
from dragoman.translation.models.ledger import LedgerEntry
from dragoman.translation.models.memory import ANY_CONTEXT, Memory, Origin
from dragoman.translation.models.report import TranslationReport
from dragoman.translation.models.terms import (
    Correction,
    TargetStatus,
    Term,
    TermChange,
    TermStatus,
    TermTarget,
)

__all__ = [
    "ANY_CONTEXT",
    "Correction",
    "Document",
    "Edition",
    "EditionState",
    "LanguageOrigin",
    "LedgerEntry",
    "Memory",
    "Origin",
    "Progress",
    "Revision",
    "Scope",
    "Segment",
    "Target",
    "TargetState",
    "TargetStatus",
    "Term",
    "TermChange",
    "TermStatus",
    "TermTarget",
    "TranslationReport",
]
