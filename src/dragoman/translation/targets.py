"""Targets of single sentences, made from what memory or an engine has; the caller gives them their edition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from dragoman.engines.protocol import Pair
from dragoman.fidelity.findings import Finding, Verdict
from dragoman.fidelity.gate import verdict
from dragoman.text.blocks import Block
from dragoman.text.terms import Term
from dragoman.translation.asking import Asked, Told, check
from dragoman.translation.models import Memory, Origin, Segment, Target, TargetState
from dragoman.translation.segmenting import sentence
from dragoman.translation.terms.queries import fingerprints
from dragoman.translation.terms.redoing import flag_by_terms

_STATES = {
    Verdict.PASS: TargetState.PASSED,
    Verdict.DOUBTFUL: TargetState.DOUBTFUL,
    Verdict.REFUSE: TargetState.REFUSED,
}


def asked_of(fields: Mapping[str, tuple[Block, ...]], segment: Segment, terms: tuple[Term, ...]) -> Asked:
    """A segment as it is asked, with the terms that stand in it."""
    return Asked(*sentence(fields, segment), terms)


def from_memory(row: Memory, segment: Segment, asked: Asked, pair: Pair) -> Target:
    """A target out of memory; a machine's passes the gate again, for its formatting may be another here. A
    person's is flagged where the glossary says otherwise."""
    target = Target(
        segment=segment,
        text=row.target,
        fragments=row.fragments,
        state=TargetState.PASSED,
        origin=row.origin,
        note=row.note,
        engine=row.engine,
        model=row.model,
        reviewer_id=row.reviewer_id,
        terms=fingerprints(asked.terms),
    )
    if row.origin == Origin.MACHINE:
        findings = check(asked, row.target, row.fragments, pair)
        target.state, target.findings = _STATES[verdict(findings)], _findings_json(findings)
    elif asked.terms:
        flag_by_terms(target, asked, pair)
    return target


def from_engine(told: Told, segment: Segment, terms: Sequence[Term]) -> Target:
    """A target out of what an engine said, refused or not."""
    return Target(
        segment=segment,
        text=told.text,
        fragments=told.fragments,
        state=_STATES[told.verdict],
        origin=Origin.MACHINE,
        engine=told.engine,
        model=told.model,
        findings=_findings_json(told.findings),
        terms=fingerprints(terms),
    )


def _findings_json(findings: Iterable[Finding]) -> list[dict[str, object]]:
    return [asdict(finding) for finding in findings]
