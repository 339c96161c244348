"""Terms as CSV: UTF-8 with a header, one row for each translation of a term, comma, semicolon or tab between.

| column | |
|---|---|
| source_language, source | required; rows with the same two are one term |
| variants, forms | wordings separated by `|`; `\\|` is a bar, `\\\\` a backslash |
| match_case, inflected, keep | yes or no; by default no, yes, no |
| status | approved, proposed, retired |
| note | |
| target_language, target | empty for a term without translations |
| target_status | approved, proposed, forbidden, dismissed |

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, which is read away.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from dragoman.translation.errors import InvalidTerm, MalformedExchange
from dragoman.translation.models import TargetStatus, TermStatus
from dragoman.translation.terms.entries import Entry, TargetEntry, checked

COLUMNS = (
    "source_language",
    "source",
    "variants",
    "match_case",
    "inflected",
    "keep",
    "status",
    "note",
    "target_language",
    "target",
    "forms",
    "target_status",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_YES = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
_UNESCAPED_BAR = re.compile(r"(?<!\\)(?:\\\\)*\|")


def write_terms_csv(entries: Iterable[Entry]) -> str:
    """The entries as a file's text."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for entry in entries:
        for target in entry.targets or (None,):
            writer.writerow({name: _safe(cell) for name, cell in _row(entry, target).items()})
    return stream.getvalue()


def read_terms_csv(text: str) -> list[Entry]:
    """A file's entries, checked. Raises MalformedExchange with the line."""
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: dict[tuple[str, str], tuple[Entry, int]] = {}
    try:
        names = _names(next(reader, []))
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                _take(found, _cells(names, cells, line), line)
    except csv.Error as fault:
        raise _malformed(reader.line_num, str(fault)) from fault
    return [_checked(entry, line) for entry, line in found.values()]


def _row(entry: Entry, target: TargetEntry | None) -> dict[str, str]:
    return {
        "source_language": entry.source_language,
        "source": entry.source,
        "variants": _joined(entry.variants),
        "match_case": _yes(entry.match_case),
        "inflected": _yes(entry.inflected),
        "keep": _yes(entry.keep),
        "status": entry.status,
        "note": entry.note,
        "target_language": target.language if target else "",
        "target": target.text if target else "",
        "forms": _joined(target.forms) if target else "",
        "target_status": target.status if target else "",
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def _joined(wordings: Iterable[str]) -> str:
    return " | ".join(wording.replace("\\", "\\\\").replace("|", "\\|") for wording in wordings)


def _split(cell: str) -> tuple[str, ...]:
    parts, begin = [], 0
    for found in _UNESCAPED_BAR.finditer(cell):
        parts.append(cell[begin : found.end() - 1])
        begin = found.end()
    parts.append(cell[begin:])
    return tuple(re.sub(r"\\(.)", r"\1", part.strip()) for part in parts if part.strip())


def _names(header: list[str]) -> list[str]:
    names = [name.strip().lower() for name in header]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise _malformed(1, _("there is no column “%(name)s”") % {"name": unknown[0][:40]})
    if len(set(names)) < len(names):
        raise _malformed(1, _("a column stands there twice"))
    for name in COLUMNS[:2]:
        if name not in names:
            raise _malformed(1, _("the column “%(name)s” is missing") % {"name": name})
    return names


def _cells(names: list[str], cells: list[str], line: int) -> dict[str, str]:
    if len(cells) > len(names):
        raise _malformed(line, _("there are more cells than columns"))
    return {name: _unsafe(cell) for name, cell in zip(names, cells, strict=False)}


def _take(found: dict[tuple[str, str], tuple[Entry, int]], cells: Mapping[str, str], line: int) -> None:
    entry = _entry(cells, line)
    key = entry.source_language, entry.source
    if key not in found:
        found[key] = entry, line
        return
    known, first = found[key]
    if replace(known, targets=()) != replace(entry, targets=()):
        raise _malformed(line, _("the term is described otherwise than in line %(line)d") % {"line": first})
    found[key] = replace(known, targets=(*known.targets, *entry.targets)), first


def _entry(cells: Mapping[str, str], line: int) -> Entry:
    entry = Entry(
        source_language=cells.get("source_language", "").strip(),
        source=cells.get("source", ""),
        variants=_split(cells.get("variants", "")),
        match_case=_flag(cells, "match_case", False, line),
        inflected=_flag(cells, "inflected", True, line),
        keep=_flag(cells, "keep", False, line),
        status=cells.get("status", "").strip() or TermStatus.APPROVED,
        note=cells.get("note", ""),
        targets=tuple(_targets(cells, line)),
    )
    return _checked(entry, line)


def _targets(cells: Mapping[str, str], line: int) -> Iterator[TargetEntry]:
    language, text = cells.get("target_language", "").strip(), cells.get("target", "")
    if not language and not text.strip():
        return
    if not language:
        raise _malformed(line, _("the language of the translation is missing"))
    status = cells.get("target_status", "").strip() or TargetStatus.APPROVED
    yield TargetEntry(language, text, _split(cells.get("forms", "")), status)


def _flag(cells: Mapping[str, str], name: str, default: bool, line: int) -> bool:
    cell = cells.get(name, "").strip().lower()
    if cell and cell not in _YES:
        told = {"name": name, "yes": "yes", "no": "no"}
        raise _malformed(line, _("“%(name)s” is “%(yes)s” or “%(no)s”") % told)
    return _YES[cell] if cell else default


def _checked(entry: Entry, line: int) -> Entry:
    try:
        return checked(entry)
    except InvalidTerm as refusal:
        raise _malformed(line, refusal.sentence) from refusal


def _malformed(line: int, fault: str) -> MalformedExchange:
    return MalformedExchange(_("Line %(line)d: %(fault)s") % {"line": line, "fault": fault.rstrip(".") + "."})
