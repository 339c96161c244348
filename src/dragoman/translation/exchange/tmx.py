"""TMX 1.4b in: every pair of languages of every unit becomes memory.

Formatting: `<hi x="1" type="bold">…</hi>` in a variant says which of its words the n-th formatted stretch of the
source became. Properties: `x-dragoman-origin` is the note shown to readers ("demo translation"),
`x-dragoman-direction` says `both`, `from-en` or `to-en`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dragoman.translation.actions import MemoryRow, import_memory
from dragoman.translation.errors import MalformedExchange

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Variant:
    """One language's wording, and its formatted stretches by their number."""

    language: str
    text: str
    stretches: dict[str, str] = field(default_factory=dict)


def import_tmx(path: Path, *, scope: str) -> int:
    """Store a file's units as imported memory of a scope; gives how many pairs. Raises MalformedExchange."""
    return import_memory(list(read_tmx(path)), scope=scope)


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
    note = _property(unit, "x-dragoman-origin")
    direction = _property(unit, "x-dragoman-direction") or "both"
    variants = [_variant(each) for each in unit.iter("tuv")]
    for source in variants:
        for target in variants:
            if source is not target and _goes(direction, source.language, target.language):
                yield _row(source, target, note)


def _goes(direction: str, source: str, target: str) -> bool:
    if direction == "from-en":
        return source.startswith("en")
    return target.startswith("en") if direction == "to-en" else True


def _row(source: Variant, target: Variant, note: str) -> MemoryRow:
    shared = sorted(source.stretches.keys() & target.stretches.keys())
    fragments = tuple((source.stretches[number], target.stretches[number]) for number in shared)
    return MemoryRow(source.language, target.language, source.text, target.text, fragments, note)


def _property(unit: Element, kind: str) -> str:
    return next((each.text or "" for each in unit.findall("prop") if each.get("type") == kind), "")


def _variant(element: Element) -> Variant:
    segment = element.find("seg")
    language = element.get(_LANGUAGE) or element.get("lang") or ""
    if segment is None or not language:
        raise MalformedExchange("A variant without language or segment.")
    stretches = {each.get("x", ""): "".join(each.itertext()) for each in segment.iter("hi")}
    return Variant(language, "".join(segment.itertext()), stretches)
