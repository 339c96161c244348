"""Translations in a TSV file (UTF-8, header, unquoted), examined row by row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dragoman.fidelity.findings import Finding, Pairing, verdict
from dragoman.fidelity.gate import examine_all

_AT_ONCE = 256  # rows, examined together


class MalformedRows(ValueError):
    """A file that is not such a table. The message names the line."""

    code = "malformed_rows"


def check_rows(
    lines: Iterable[str], source_language: str, target_language: str, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """A JSON row for each row, in order. `columns`: the names of source and target. Raises MalformedRows."""
    rows = iter(lines)
    header = next(rows, "").rstrip("\r\n").split("\t")
    source, target = _places(header, columns)
    pairings = (
        Pairing(cells[source], cells[target], source_language, target_language)
        for cells in _cells(rows, len(header))
    )
    number = 0
    for some in _some(pairings):
        for findings in examine_all(some):
            number += 1
            yield {
                "row": number,
                "verdict": verdict(findings),
                "findings": [_told(each) for each in findings],
            }


def _some(pairings: Iterable[Pairing]) -> Iterator[list[Pairing]]:
    """Those before a malformed row are told."""
    some: list[Pairing] = []
    try:
        for each in pairings:
            some.append(each)
            if len(some) == _AT_ONCE:
                yield some
                some = []
    except MalformedRows:
        yield some
        raise
    yield some


def _cells(rows: Iterable[str], count: int) -> Iterator[list[str]]:
    for number, line in enumerate(rows, 2):
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) != count:
            raise MalformedRows(f"Line {number} has {len(cells)} columns, the header {count}.")
        yield cells


def _places(header: Sequence[str], columns: Sequence[str]) -> tuple[int, int]:
    if len(columns) != 2:
        raise MalformedRows("Name two columns: source,target.")
    missing = [name for name in columns if name not in header]
    if missing:
        raise MalformedRows(f"The header (line 1) has no column “{missing[0]}”.")
    return header.index(columns[0]), header.index(columns[1])


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "severity": finding.severity,
        "message": finding.message,
        "source": [list(place) for place in finding.source],
        "target": [list(place) for place in finding.target],
    }
