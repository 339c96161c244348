"""Terms as TBX-Basic (ISO 30042:2019) in its DCA style; read as well in the DCT style, and as TBX of 2008.

What TBX-Basic has no category for stands in notes, which every TBX may have: `dragoman:source=ru`,
`dragoman:keep`, `dragoman:match-case`, `dragoman:as-written` (no inflection), `dragoman:status=proposed`,
`dragoman:form=…` (an inflected form of the term beside it). Other tools show them and keep them.
A file without them: the source language is the file's own (`xml:lang` of its root) or the entry's first one.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_external_ges, feature_external_pes
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

from dragoman.translation.errors import InvalidTerm, MalformedExchange
from dragoman.translation.models import TargetStatus, TermStatus
from dragoman.translation.terms.entries import Entry, TargetEntry, checked

NAMESPACE = "urn:iso:std:iso:30042:ed-2"
DEEPEST = 30  # elements in each other; TBX needs eight
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_OWN = "dragoman:"
_CONCEPTS, _LANGUAGES, _TERMS = (
    ("conceptEntry", "termEntry"),
    ("langSec", "langSet"),
    ("termSec", "tig", "ntig"),
)
_DEPRECATED = ("deprecated", "superseded")


# --- out ---------------------------------------------------------------------------------------------------------


def write_tbx(entries: Iterable[Entry]) -> str:
    """The entries as a file's text."""
    root = Element("tbx", {"xmlns": NAMESPACE, "type": "TBX-Basic", "style": "dca", _LANGUAGE: "en"})
    source = SubElement(SubElement(SubElement(root, "tbxHeader"), "fileDesc"), "sourceDesc")
    SubElement(source, "p").text = "Glossary, exported by Dragoman."
    body = SubElement(SubElement(root, "text"), "body")
    for number, entry in enumerate(entries, 1):
        _write_entry(SubElement(body, "conceptEntry", {"id": f"c{number}"}), entry)
    indent(root)
    stream = io.StringIO()
    ElementTree(root).write(stream, encoding="unicode")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + stream.getvalue() + "\n"


def _write_entry(concept: Element, entry: Entry) -> None:
    for note in _notes(entry):
        SubElement(concept, "note").text = note
    own = SubElement(concept, "langSec", {_LANGUAGE: entry.source_language})
    for place, wording in enumerate(entry.wordings):
        status = "admitted" if place else "superseded" if entry.status == TermStatus.RETIRED else "preferred"
        _write_term(own, wording, status if entry.status != TermStatus.PROPOSED else "")
    for language in dict.fromkeys(each.language for each in entry.targets):
        section = SubElement(concept, "langSec", {_LANGUAGE: language})
        preferred = True
        for target in entry.targets:
            if target.language == language:
                _write_term(section, target.text, _status(target, preferred), _target_notes(target))
                preferred = preferred and target.status != TargetStatus.APPROVED


def _write_term(section: Element, text: str, status: str, notes: Iterable[str] = ()) -> None:
    own = SubElement(section, "termSec")
    SubElement(own, "term").text = text
    if status:
        SubElement(own, "termNote", {"type": "administrativeStatus"}).text = f"{status}Term-admn-sts"
    for note in notes:
        SubElement(own, "note").text = note


def _notes(entry: Entry) -> Iterator[str]:
    yield f"{_OWN}source={entry.source_language}"
    if entry.status != TermStatus.APPROVED:
        yield f"{_OWN}status={entry.status}"
    for holds, name in (
        (entry.keep, "keep"),
        (entry.match_case, "match-case"),
        (not entry.inflected, "as-written"),
    ):
        if holds:
            yield _OWN + name
    if entry.note:
        yield f"{_OWN}note={entry.note}" if entry.note.startswith(_OWN) else entry.note


def _status(target: TargetEntry, preferred: bool) -> str:
    if target.status == TargetStatus.FORBIDDEN:
        return "deprecated"
    return ("preferred" if preferred else "admitted") if target.status == TargetStatus.APPROVED else ""


def _target_notes(target: TargetEntry) -> Iterator[str]:
    if target.status in (TargetStatus.PROPOSED, TargetStatus.DISMISSED):
        yield f"{_OWN}status={target.status}"
    yield from (f"{_OWN}form={form}" for form in target.forms)


# --- in ----------------------------------------------------------------------------------------------------------


def read_tbx(content: bytes) -> list[Entry]:
    """A file's entries, checked. Raises MalformedExchange with the line."""
    reader = _Reader()
    parser = make_parser()
    # Older files name a DTD. None is fetched, and whoever declares an entity is refused.
    parser.forbid_dtd = parser.forbid_external = False
    parser.setFeature(feature_external_ges, False)
    parser.setFeature(feature_external_pes, False)
    parser.setContentHandler(reader)
    try:
        parser.parse(io.BytesIO(content))
    except SAXParseException as fault:
        raise _malformed(fault.getLineNumber() or 1, fault.getMessage()) from fault
    except DefusedXmlException as fault:
        raise _malformed(reader.line, _("entities are not read")) from fault
    except (SAXException, UnicodeError, ValueError) as fault:
        raise _malformed(reader.line, str(fault)) from fault
    if not reader.root:
        raise _malformed(1, _("this is no glossary"))
    return reader.entries


@dataclass(slots=True)
class _Node:
    name: str
    kind: str
    language: str
    line: int
    text: list[str] = field(default_factory=list)
    children: list["_Node"] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(self.text).strip()

    def all(self, *names: str) -> list["_Node"]:
        return [each for each in self.children if each.name in names]


class _Reader(ContentHandler):
    """Keeps one entry in memory at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.language = ""
        self.entries: list[Entry] = []
        self._locator: Locator | None = None
        self._open: list[_Node] = []
        self._depth = 0
        self._lines: dict[tuple[str, str], int] = {}

    @property
    def line(self) -> int:
        return (self._locator.getLineNumber() if self._locator else None) or 1

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the name is SAX's
        self._locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        name = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(_("too many elements stand in each other"))
        if self._depth == 1:
            if name not in ("tbx", "martif"):
                raise ValueError(_("this is no glossary"))
            self.root, self.language = name, attrs.get("xml:lang", "")
        if self._open or name in _CONCEPTS:
            node = _Node(name, attrs.get("type", ""), attrs.get("xml:lang", attrs.get("lang", "")), self.line)
            if self._open:
                self._open[-1].children.append(node)
            self._open.append(node)

    def characters(self, content: str) -> None:
        for node in self._open[-1:]:
            node.text.append(content)
        if len(self._open) > 1 and self._open[-1].name in ("hi", "foreign", "ec", "sc", "ph"):
            self._open[-2].text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002
        self._depth -= 1
        if self._open:
            node = self._open.pop()
            if not self._open:
                for entry in _read_entry(node, self.language):
                    self._take(entry, node.line)

    def _take(self, entry: Entry, line: int) -> None:
        first = self._lines.setdefault((entry.source_language, entry.source), line)
        if first != line:
            told = {"term": entry.source, "line": first}
            raise _malformed(line, _("“%(term)s” stands in line %(line)d already") % told)
        self.entries.append(entry)


def _read_entry(concept: _Node, language: str) -> Iterator[Entry]:
    notes = [each.words for each in _deep(concept, "note", stop=_LANGUAGES)]
    own = _own_notes(notes)
    sections = concept.all(*_LANGUAGES)
    for section in sections:
        if not section.language:
            raise _malformed(section.line, _("the language is missing"))
    wanted = own.get("source", language)
    source = next(
        (each for each in sections if _same(each.language, wanted)), sections[0] if sections else None
    )
    if source is None:
        raise _malformed(concept.line, _("an entry without a language"))
    wordings = _sorted_terms(source)
    if not wordings:
        raise _malformed(source.line, _("an entry without a term"))
    entry = Entry(
        source_language=source.language,
        source=wordings[0].text,
        variants=tuple(each.text for each in wordings[1:]),
        targets=tuple(
            TargetEntry(section.language, each.text, each.forms, each.target_status)
            for section in sections
            if section is not source
            for each in _sorted_terms(section)
        ),
        match_case="match-case" in own,
        inflected="as-written" not in own,
        keep="keep" in own,
        status=own.get("status", TermStatus.APPROVED),
        note="\n".join(_plain_notes(notes)),
    )
    try:
        yield checked(entry)
    except InvalidTerm as refusal:
        raise _malformed(concept.line, refusal.sentence) from refusal


@dataclass(frozen=True, slots=True)
class _ReadTerm:
    text: str
    status: str
    forms: tuple[str, ...]
    own_status: str

    @property
    def target_status(self) -> str:
        if self.own_status:
            return self.own_status
        return TargetStatus.FORBIDDEN if self.status.startswith(_DEPRECATED) else TargetStatus.APPROVED


def _sorted_terms(section: _Node) -> list[_ReadTerm]:
    """The preferred term first; else as they stand in the file."""
    terms = [_read_term(each) for each in section.all(*_TERMS)]
    return sorted(terms, key=lambda each: not each.status.startswith("preferred"))


def _read_term(section: _Node) -> _ReadTerm:
    text = next((each.words for each in _deep(section, "term")), "")
    if not text:
        raise _malformed(section.line, _("an entry without a term"))
    status = next(
        (
            each.words
            for each in _deep(section, "termNote", "administrativeStatus")
            if each.name == "administrativeStatus" or each.kind == "administrativeStatus"
        ),
        "",
    )
    notes = [each.words for each in _deep(section, "note")]
    forms = tuple(note.removeprefix(f"{_OWN}form=") for note in notes if note.startswith(f"{_OWN}form="))
    return _ReadTerm(text, status, forms, _own_notes(notes).get("status", ""))


def _deep(node: _Node, *names: str, stop: tuple[str, ...] = ()) -> Iterator[_Node]:
    for each in node.children:
        if each.name in names:
            yield each
        elif each.name not in stop:
            yield from _deep(each, *names, stop=stop)


def _own_notes(notes: Iterable[str]) -> dict[str, str]:
    pairs = (note.removeprefix(_OWN).partition("=") for note in notes if note.startswith(_OWN))
    return {name: value for name, _equals, value in pairs}


def _plain_notes(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        if note.startswith(f"{_OWN}note="):
            yield note.removeprefix(f"{_OWN}note=")
        elif not note.startswith(_OWN):
            yield note


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _malformed(line: int, fault: str) -> MalformedExchange:
    return MalformedExchange(_("Line %(line)d: %(fault)s") % {"line": line, "fault": fault.rstrip(".") + "."})
