"""XLIFF 2.1 (OASIS Standard, 2018) for professional translators: a document in one language, out and in.

One file, a group for each block, a unit with one segment for each sentence. What our checks noticed stands in notes.
`dragoman:told` of a unit says which target was given out, so that what people did meanwhile is not lost.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ElementTree, SubElement, register_namespace
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

from dragoman.text.blocks import clean
from dragoman.text.segments import normalise
from dragoman.translation.desk.explaining import explained
from dragoman.translation.errors import MalformedExchange, NotGivenOut
from dragoman.translation.exchange.inline import (
    Closed,
    Codes,
    Item,
    Opened,
    codes_of,
    target_places,
    write_inline,
)
from dragoman.translation.models import Edition, Origin, Scope, Target, TargetState
from dragoman.translation.queries import DeskSegment, segments_of

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
OWN = "urn:dragoman:xliff:1"
LARGEST = 20_000_000  # bytes
DEEPEST = 40  # elements in each other
MOST_UNITS = 20_000
_IN = f"{{{NAMESPACE}}}"
_TOLD = f"{{{OWN}}}told"
_XML = "{http://www.w3.org/XML/1998/namespace}"
DONE = frozenset({"reviewed", "final"})


def told(text: str) -> str:
    """The mark of a target that was given out."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else "-"


# --- out -------------------------------------------------------------------------------------------------------------


def write_xliff(edition: Edition) -> str:
    """An edition as a file's text. Raises NotGivenOut for what belongs to the discussion."""
    document = edition.document
    if document.scope != Scope.NEWSROOM:
        raise NotGivenOut
    register_namespace("", NAMESPACE)
    register_namespace("dragoman", OWN)
    root = Element(
        f"{_IN}xliff", {"version": "2.1", "srcLang": document.source_language, "trgLang": edition.language}
    )
    place = f"dragoman:document/{document.pk}/{edition.revision.number}"
    file = SubElement(root, f"{_IN}file", {"id": f"d{document.pk}", "original": place, "canResegment": "no"})
    file.set(f"{_XML}space", "preserve")
    group, block = file, ("", -1)
    for one in segments_of(edition):
        own = (one.segment.field, one.segment.block)
        if own != block:
            block = own
            name = f"{own[0]}-{own[1] + 1}"
            group = SubElement(file, f"{_IN}group", {"id": f"g-{name}", "name": own[0]})
        _write_unit(group, one, edition)
    stream = io.StringIO()
    ElementTree(root).write(stream, encoding="unicode")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _with_lines(stream.getvalue()) + "\n"


def _with_lines(text: str) -> str:
    """A line for each structural element, so that a fault's line says something; inside segments nothing is added."""
    for name in (
        "file",
        "group",
        "unit",
        "notes",
        "note",
        "originalData",
        "data",
        "segment",
        "source",
        "target",
    ):
        text = text.replace(f"<{name} ", f"\n<{name} ").replace(f"<{name}>", f"\n<{name}>")
    for name in ("notes", "originalData", "segment", "unit", "group", "file", "xliff"):
        text = text.replace(f"</{name}>", f"\n</{name}>")
    return text


def _write_unit(group: Element, one: DeskSegment, edition: Edition) -> None:
    codes = codes_of(one.source, one.ranges, edition.document.source_language)
    target = one.target if one.target is not None and _is_told(one.target) else None
    unit = SubElement(
        group,
        f"{_IN}unit",
        {"id": f"s{one.segment.position + 1}", _TOLD: told(target.text if target else "")},
    )
    _write_notes(unit, one.target)
    if codes.behind:
        kept = SubElement(unit, f"{_IN}originalData")
        for number, words in codes.behind.items():
            SubElement(kept, f"{_IN}data", {"id": f"d{number}"}).text = words
    segment = SubElement(unit, f"{_IN}segment", _state(target))
    write_inline(SubElement(segment, f"{_IN}source"), one.source, codes, codes.places, _IN)
    if target is not None:
        words = clean(target.text)  # an engine may have said what XML cannot hold
        places = target_places(codes, words, target.fragments)
        write_inline(SubElement(segment, f"{_IN}target"), words, codes, places, _IN)


def _is_told(target: Target) -> bool:
    return bool(target.text) and target.state not in (TargetState.REFUSED, TargetState.UPDATING)


def _state(target: Target | None) -> dict[str, str]:
    if target is None:
        return {"state": "initial"}
    if target.locked:
        return {"state": "final"}
    if target.origin == Origin.HUMAN:
        return {"state": "reviewed"}
    doubtful = target.state == TargetState.DOUBTFUL
    return {"state": "translated", "subState": f"dragoman:{'doubtful' if doubtful else target.origin}"}


def _write_notes(unit: Element, target: Target | None) -> None:
    said = list(_notes(target)) if target is not None else []
    if said:
        notes = SubElement(unit, f"{_IN}notes")
        for number, (category, text) in enumerate(said, 1):
            attributes = {"id": f"n{number}", "category": category, "appliesTo": "target"}
            SubElement(notes, f"{_IN}note", attributes).text = text


def _notes(target: Target) -> Iterator[tuple[str, str]]:
    for finding in target.findings:
        yield "dragoman:finding", explained(finding)
    if target.outdated:
        yield "dragoman:outdated", f"{target.outdated_source} → {target.outdated}"


# --- in --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A sentence as a file brings it; `told` is "" where the file does not say what was given out."""

    line: int
    source: str  # without codes: protected stretches are left out
    target: tuple[Item, ...] | None
    target_line: int
    state: str
    told: str
    position: int  # of the sentence, -1 where the unit's name does not say


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A document's sentences in one language."""

    document: int
    source_language: str
    language: str
    units: tuple[ReadUnit, ...]


def read_xliff(content: bytes) -> ReadFile:
    """What a file says. Raises MalformedExchange, with the line."""
    if len(content) > LARGEST:
        raise MalformedExchange(_("The file is too large."))
    reader = _Reader()
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(reader)
    try:
        parser.parse(io.BytesIO(content))
    except SAXParseException as fault:
        raise malformed(fault.getLineNumber() or 1, fault.getMessage()) from fault
    except DefusedXmlException as fault:
        raise malformed(reader.line, _("document types and entities are not read")) from fault
    except (SAXException, UnicodeError, ValueError, LookupError) as fault:
        raise malformed(reader.line, str(fault)) from fault
    return reader.result()


def malformed(line: int, fault: str) -> MalformedExchange:
    """A refusal that names the line."""
    return MalformedExchange(_("Line %(line)d: %(fault)s") % {"line": line, "fault": fault.rstrip(".") + "."})


@dataclass(slots=True)
class _Unit:
    line: int
    position: int
    told: str
    state: str = "initial"
    source: list[Item] = field(default_factory=list)
    target: list[Item] | None = None
    target_line: int = 0
    segments: int = 0


_CODES = frozenset({"pc", "sc", "ec", "ph"})
_TRANSPARENT = frozenset({"mrk", "sm", "em"})


class _Reader(ContentHandler):
    """Takes a file's units; everything else of it is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.units: list[ReadUnit] = []
        self.source_language = self.language = ""
        self.document = 0
        self._files = self._depth = 0
        self._locator: Locator | None = None
        self._unit: _Unit | None = None
        self._into: list[Item] | None = None
        self._open: list[
            str
        ] = []  # inline elements that are open, by the number of their code ("" for others)

    @property
    def line(self) -> int:
        return (self._locator.getLineNumber() if self._locator else None) or 1

    def result(self) -> ReadFile:
        if not self._files:
            raise malformed(self.line, _("there is no text in this file"))
        return ReadFile(self.document, self.source_language, self.language, tuple(self.units))

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the names are SAX's
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        name = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(_("too many elements stand in each other"))
        if self._depth == 1:
            self._start_root(name, attrs)
        elif self._into is not None:
            self._start_inline(name, attrs)
        elif name == "file":
            self._start_file(attrs)
        elif name == "unit":
            self._start_unit(attrs)
        elif self._unit is not None and name == "segment":
            self._unit.segments += 1
            self._unit.state = attrs.get("state", "initial")
            if self._unit.segments > 1:
                raise ValueError(_("the sentences were cut anew; this file cannot be taken back"))
        elif self._unit is not None and name == "source":
            self._into = self._unit.source
        elif self._unit is not None and name == "target":
            self._unit.target, self._unit.target_line = [], self.line
            self._into = self._unit.target

    def _start_root(self, name: str, attrs: AttributesImpl) -> None:
        if name != "xliff" or not attrs.get("version", "").startswith("2."):
            raise ValueError(_("this is no %(name)s file") % {"name": "XLIFF 2"})
        self.source_language, self.language = attrs.get("srcLang", ""), attrs.get("trgLang", "")
        if not self.language or not self.source_language:
            raise ValueError(_("the language is missing"))

    def _start_file(self, attrs: AttributesImpl) -> None:
        self._files += 1
        if self._files > 1:
            raise ValueError(_("a file may hold one text only"))
        kind, _slash, rest = attrs.get("original", "").partition("/")
        number = rest.partition("/")[0]
        if kind != "dragoman:document" or not (number.isascii() and number.isdigit() and len(number) < 19):
            raise ValueError(_("the file does not say which text it is of"))
        self.document = int(number)

    def _start_unit(self, attrs: AttributesImpl) -> None:
        if len(self.units) >= MOST_UNITS:
            raise ValueError(_("there are too many sentences"))
        number = attrs.get("id", "")[1:]
        known = (
            attrs.get("id", "").startswith("s") and number.isascii() and number.isdigit() and len(number) < 9
        )
        told_attribute = next((attrs[key] for key in attrs.getNames() if key.endswith(":told")), "")
        self._unit = _Unit(self.line, int(number) - 1 if known else -1, told_attribute)

    def _start_inline(self, name: str, attrs: AttributesImpl) -> None:
        assert self._into is not None
        number = attrs.get("id", "")
        self._open.append(number if name == "pc" else "")
        if name in ("pc", "sc"):
            self._into.append(Opened(number, self.line))
        elif name == "ph":
            self._into.append(Opened(number, self.line, protected=True))
        elif name == "ec":
            self._into.append(Closed(attrs.get("startRef", "") or number, self.line))
        elif name == "cp":
            raise ValueError(_("characters that cannot stand in such a file are not taken"))
        elif name not in _TRANSPARENT:
            raise ValueError(_("<%(name)s> cannot stand in a sentence") % {"name": name[:40]})

    def characters(self, content: str) -> None:
        if self._into is not None:
            self._into.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        name = name.rpartition(":")[2]
        self._depth -= 1
        if self._into is not None and self._open:
            number = self._open.pop()
            if number:
                self._into.append(Closed(number, self.line))
        elif name in ("source", "target"):
            self._into = None
        elif name == "unit" and self._unit is not None:
            self.units.append(_finished(self._unit))
            self._unit = None


def _finished(unit: _Unit) -> ReadUnit:
    source = "".join(item for item in unit.source if isinstance(item, str))
    target = tuple(unit.target) if unit.target is not None else None
    return ReadUnit(
        unit.line,
        normalise(source),
        target,
        unit.target_line or unit.line,
        unit.state,
        unit.told,
        unit.position,
    )


def bare_source(codes: Codes) -> str:
    """A sentence as `ReadUnit.source` has it."""
    text, before = "", 0
    for number in codes.protected:
        start, end = codes.places[number]
        text += codes.text[before:start]
        before = end
    return normalise(text + codes.text[before:])
