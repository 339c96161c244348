"""TMX 1.4b: memory in and out. In: every pair of languages of every unit becomes memory.

Formatting: `<hi x="1" type="bold">…</hi>` in a variant says which of its words the n-th formatted stretch of the
source became. Properties: `x-dragoman-origin` is the note shown to readers ("demo translation"),
`x-dragoman-direction` says `both`, `from-xx` or `to-xx`. What we write has besides `x-dragoman-made-by` (human,
imported, machine), `-context`, `-engine`, `-model`, `-terms` and `-fragments` (JSON, in place of `<hi>`): nothing is
lost on the way but who reviewed, which is no other installation's business.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dragoman.text.blocks import clean
from dragoman.translation.actions import MemoryRow, import_memory
from dragoman.translation.errors import MalformedExchange
from dragoman.translation.models import ANY_CONTEXT, Memory, Origin, Scope

_Texts = TypeVar("_Texts", dict[str, str], list[str])
_MOMENT = "%Y%m%dT%H%M%SZ"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="Dragoman" creationtoolversion="1" segtype="sentence" o-tmf="dragoman" adminlang="en"
 srclang="*all*" datatype="plaintext"/>
<body>
"""
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Variant:
    """One language's wording, and its formatted stretches by their number."""

    language: str
    text: str
    stretches: dict[str, str] = field(default_factory=dict)


def import_tmx(path: Path, *, scope: str, as_exported: bool = False) -> int:
    """Store a file's units as memory of a scope; gives how many pairs. What a file says people made is imported, unless
    `as_exported`: then it is a person's again. Raises MalformedExchange, and then stores nothing."""
    rows = list(read_tmx(path))
    if not as_exported:
        rows = [replace(row, origin=Origin.IMPORTED) if row.origin == Origin.HUMAN else row for row in rows]
    return import_memory(rows, scope=scope)


def read_tmx(path: Path) -> Iterator[MemoryRow]:
    """A file's units as pairs, each direction by itself. Raises MalformedExchange."""
    try:
        for _, element in iterparse(path, events=("end",), forbid_dtd=False):
            if element.tag == "tu":
                yield from _pairs(element)
                element.clear()
    except (ParseError, DefusedXmlException, OSError, UnicodeError) as fault:
        raise MalformedExchange(f"{path.name} is not a TMX file that can be read: {fault}.") from fault


def _pairs(unit: Element) -> Iterator[MemoryRow]:
    direction = _property(unit, "x-dragoman-direction") or "both"
    variants = [_variant(each) for each in unit.iter("tuv")]
    for source in variants:
        for target in variants:
            if source is not target and _goes(direction, source.language, target.language):
                yield _row(source, target, unit)


def _goes(direction: str, source: str, target: str) -> bool:
    way, _dash, language = direction.partition("-")
    if way == "from":
        return source.startswith(language)
    return target.startswith(language) if way == "to" else True


def _row(source: Variant, target: Variant, unit: Element) -> MemoryRow:
    shared = sorted(source.stretches.keys() & target.stretches.keys())
    fragments = {source.stretches[number]: target.stretches[number] for number in shared}
    fragments |= _texts(unit, "x-dragoman-fragments", {})
    made_by = _property(unit, "x-dragoman-made-by")
    return MemoryRow(
        source.language,
        target.language,
        source.text,
        target.text,
        tuple(fragments.items()),
        _property(unit, "x-dragoman-origin")[:60],
        Origin(made_by) if made_by in Origin.values else Origin.IMPORTED,
        _context(unit),
        _property(unit, "x-dragoman-engine")[:40],
        _property(unit, "x-dragoman-model")[:80],
        tuple(_texts(unit, "x-dragoman-terms", [])),
        _moment(unit),
    )


def _property(unit: Element, kind: str) -> str:
    return next((each.text or "" for each in unit.findall("prop") if each.get("type") == kind), "")


def _texts(unit: Element, kind: str, empty: _Texts) -> _Texts:
    """A property that is JSON of texts, of the kind that `empty` is. Raises MalformedExchange."""
    told = _property(unit, kind)
    if not told:
        return empty
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        found = None
    texts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [None]
    if type(found) is not type(empty) or not all(isinstance(each, str) for each in texts):
        raise MalformedExchange(f"The property {kind} is not what we write.")
    if isinstance(found, dict):
        return {clean(key): clean(value) for key, value in found.items()}
    return [clean(each) for each in found]


def _context(unit: Element) -> bytes:
    told = _property(unit, "x-dragoman-context")
    return bytes.fromhex(told) if re.fullmatch("[0-9a-f]{64}", told) else ANY_CONTEXT


def _moment(unit: Element) -> datetime | None:
    try:
        return datetime.strptime(unit.get("creationdate", ""), _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _variant(element: Element) -> Variant:
    segment = element.find("seg")
    language = element.get(_LANGUAGE) or element.get("lang") or ""
    if segment is None or not language:
        raise MalformedExchange("A variant without language or segment.")
    stretches = {each.get("x", ""): "".join(each.itertext()) for each in segment.iter("hi")}
    return Variant(language, "".join(segment.itertext()), stretches)


# --- out -------------------------------------------------------------------------------------------------------------


def export_tmx(*, scope: str = Scope.NEWSROOM) -> Iterator[str]:
    """The memory of a scope as a file's text, piece by piece. The discussion's is given out only when asked for."""
    rows = Memory.objects.filter(scope=scope).order_by("pk")
    return write_tmx(_kept(row) for row in rows.iterator(chunk_size=1000))


def _kept(row: Memory) -> MemoryRow:
    return MemoryRow(
        row.source_language,
        row.target_language,
        row.source,
        row.target,
        tuple(row.fragments.items()),
        row.note,
        row.origin,
        bytes(row.context),
        row.engine,
        row.model,
        tuple(row.terms),
        row.created_at,
    )


def write_tmx(rows: Iterable[MemoryRow]) -> Iterator[str]:
    """Rows as a file's text, a unit for each. What XML cannot hold (control characters) is left out."""
    yield _HEAD
    for row in rows:
        yield tostring(_unit(row), encoding="unicode") + "\n"
    yield "</body>\n</tmx>\n"


def _unit(row: MemoryRow) -> Element:
    unit = Element("tu", {"srclang": row.source_language})
    if row.made_at is not None:
        unit.set("creationdate", row.made_at.astimezone(UTC).strftime(_MOMENT))
    properties = {
        "direction": f"from-{row.source_language}",
        "made-by": str(row.origin),
        "origin": row.note,
        "context": row.context.hex() if row.context != ANY_CONTEXT else "",
        "engine": row.engine,
        "model": row.model,
        "terms": json.dumps(row.terms, ensure_ascii=True) if row.terms else "",
        "fragments": json.dumps(dict(row.fragments), ensure_ascii=True) if row.fragments else "",
    }
    for name, value in properties.items():
        if value:
            SubElement(unit, "prop", {"type": f"x-dragoman-{name}"}).text = clean(value)
    for language, text in ((row.source_language, row.source), (row.target_language, row.target)):
        variant = SubElement(unit, "tuv", {_LANGUAGE: language})
        SubElement(variant, "seg").text = clean(text)
    return unit
