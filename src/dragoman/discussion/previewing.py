"""What the author of a draft sees of it: the draft as written, and as readers of another language would get it.

On the allow-list for raw access: nobody but the author reads this.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from dragoman.discussion.actions.posting import worded
from dragoman.discussion.actions.previewing import LIFETIME
from dragoman.discussion.models import Preview, PreviewState, Quotation
from dragoman.discussion.readings import Part
from dragoman.discussion.references import Reference
from dragoman.discussion.rendering import parts_of
from dragoman.languages.registry import base
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.text.blocks import Block, fields_from_json
from dragoman.translation.desk.explaining import explained
from dragoman.translation.models import Document
from dragoman.translation.queries import readings
from dragoman.translation.readings import ReadBlock, Reading, ReadingState, Why

PATIENCE = timedelta(seconds=20)
"""After it the page asks less often: nobody is at work."""


@dataclass(frozen=True, slots=True)
class PreviewReading:
    """A draft as its author, and as readers of `target_language` would read it."""

    row: Preview
    parts: tuple[Part, ...]  # as readers would get it: the original where nothing passed
    reading: Reading
    findings: tuple[str, ...]  # sentences in the page's language

    @property
    def is_waiting(self) -> bool:
        """Whether the job has not come to it."""
        return self.row.state == PreviewState.WAITING

    @property
    def look_again(self) -> str:
        """How long an open page waits before it asks again, as htmx writes it."""
        return "500ms" if timezone.now() - self.row.created_at < PATIENCE else "3s"

    @property
    def is_failed(self) -> bool:
        """Whether no engine could translate it now."""
        return self.row.state == PreviewState.FAILED

    @property
    def is_own_language(self) -> bool:
        """Whether there is nothing to translate."""
        return base(self.row.language) == base(self.row.target_language)


def preview_of(author: User, key: Any) -> Preview | None:
    """One's own preview that has not expired."""
    rows = Preview.objects.select_related("thread__document", "parent__author", "parent__thread")
    return rows.filter(author=author, key=key, created_at__gt=timezone.now() - LIFETIME).first()


def preview_reading(row: Preview, view: View) -> PreviewReading:
    """A draft as it would be read in the language it was asked for; emoji are named in the page's language."""
    source = worded(row.source)
    reading = _reading(row, source)
    quotations = dict(_quotations(source))
    theirs = View(row.target_language)
    read = readings({each.document_id for each in quotations.values() if each.document_id}, theirs)
    parts = parts_of(reading, quotations, read, View(view.language))
    return PreviewReading(row, parts, reading, tuple(_sentences(row.findings)))


def _quotations(blocks: Iterable[Block]) -> Iterator[tuple[int, Quotation]]:
    """By position; rows that are never stored."""
    references = {
        position: reference
        for position, block in enumerate(blocks)
        if block.kind == "reference"
        and (reference := Reference.parse(str(block.attrs.get("ref", "")))) is not None
    }
    rows = Document.objects.select_related("thread", "comment__author", "comment__thread__document")
    documents = rows.in_bulk({each.document for each in references.values()})
    for position, each in references.items():
        place = {"field": each.field, "block": each.block, "first": each.first, "last": each.last}
        yield position, Quotation(position=position, document=documents.get(each.document), **place)


def _reading(row: Preview, source: tuple[Block, ...]) -> Reading:
    blocks = _translated(row) or tuple(ReadBlock(block, row.language) for block in source)
    is_translated = any(each.language == row.target_language != row.language for each in blocks)
    return Reading(
        document=0,
        state=ReadingState.READY if is_translated else ReadingState.ORIGINAL,
        language=row.target_language if is_translated else row.language,
        source_language=row.language,
        origin=row.origin,
        why=Why.NONE if is_translated else Why.UNAVAILABLE,
        fields={"body": blocks},
    )


def _translated(row: Preview) -> tuple[ReadBlock, ...]:
    """() where there is no translation to show."""
    if not row.content:
        return ()
    told: Mapping[str, Any] = row.content
    blocks = fields_from_json(told["fields"])["body"]
    flags = zip(blocks, told["translated"]["body"], told["doubtful"]["body"], strict=True)
    return tuple(
        ReadBlock(block, row.target_language if translated else row.language, doubtful=doubtful)
        for block, translated, doubtful in flags
    )


def _sentences(findings: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """What was noticed, each thing once."""
    return dict.fromkeys(_sentence(finding) for finding in findings)


def _sentence(finding: Mapping[str, Any]) -> str:
    params = dict(finding.get("params") or {})
    lost, added = params.get("source") or params.get("lost"), params.get("target") or params.get("added")
    if finding.get("code") == "numbers_lost" and lost:
        return gettext("“%(number)s” is missing in the translation.") % {"number": lost}
    if finding.get("code") == "numbers_added" and added:
        return gettext("“%(number)s” stands in the translation only.") % {"number": added}
    return explained(finding)
