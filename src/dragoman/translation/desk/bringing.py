"""A translator's file comes back: what may be applied is, everything else is reported and left as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from dragoman.engines.protocol import Pair
from dragoman.languages.registry import base
from dragoman.people.models import User
from dragoman.translation.actions import REVIEW, one_line, store_human, tell_corrected
from dragoman.translation.asking import Asked, check
from dragoman.translation.errors import NotGivenOut, NotPermitted
from dragoman.translation.exchange.inline import Codes, CodesBroken, codes_of, read_inline
from dragoman.translation.exchange.xliff import (
    DONE,
    ReadFile,
    ReadUnit,
    bare_source,
    malformed,
    read_xliff,
    told,
)
from dragoman.translation.models import Document, Edition, Origin, Scope
from dragoman.translation.queries import DeskSegment, segments_of


class Reason(StrEnum):
    """Why a sentence of a file was not applied."""

    REVISED = "revised"  # the source has changed, or the sentence is gone
    CORRECTED = "corrected"  # a person changed the translation after the file was given out
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Left:
    """A sentence that was not applied."""

    line: int
    reason: Reason

    @property
    def sentence(self) -> str:
        """For people."""
        told_of = {
            Reason.REVISED: _("Line %(line)d: the original has changed since; this was not taken."),
            Reason.CORRECTED: _("Line %(line)d: somebody corrected this since; their words stay."),
            Reason.LOCKED: _("Line %(line)d: this sentence is locked; it stays as it is."),
        }
        return told_of[self.reason] % {"line": self.line}


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file."""

    document: int
    language: str
    applied: int
    unchanged: int
    empty: int
    findings: int
    left: tuple[Left, ...]

    def to_json(self) -> dict[str, object]:
        """For the command line."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Taken:
    one: DeskSegment
    text: str
    fragments: dict[str, str]


@transaction.atomic
def bring_xliff(
    content: bytes, *, reviewer: User | None, dry_run: bool = False, only: Edition | None = None
) -> Brought:
    """Take a translator's words for each sentence that is still the same. `reviewer` is None for who runs the
    command line; `only`: a file of any other edition is refused. Raises MalformedExchange, NotPermitted, NotGivenOut;
    then nothing is changed."""
    if reviewer is not None and not reviewer.has_perm(REVIEW):
        raise NotPermitted
    file = read_xliff(content)
    edition = _edition_of(file)
    if only is not None and edition.pk != only.pk:
        raise malformed(1, _("this is the file of another text, or of another language"))
    sentences = _Sentences(edition)
    left: list[Left] = []
    taken: list[_Taken] = []
    unchanged = empty = 0
    for unit in file.units:
        found = sentences.of(unit)
        brought = _brought(unit, *found) if found is not None else None
        if found is not None and brought is None:
            empty += 1
        elif found is None or brought is None:
            left.append(Left(unit.line, Reason.REVISED))
        elif not _is_news(unit, brought):
            unchanged += 1
        elif (reason := _reason_to_leave(unit, brought.one)) is not None:
            left.append(Left(unit.line, reason))
        else:
            taken.append(brought)
    findings = _store(edition, taken, reviewer, dry_run=dry_run)
    return Brought(file.document, file.language, len(taken), unchanged, empty, findings, tuple(left))


def _edition_of(file: ReadFile) -> Edition:
    document = Document.objects.select_for_update(of=("self",)).filter(pk=file.document).first()
    if document is None or document.current_id is None:
        raise malformed(1, _("the text of this file is not here"))
    if document.scope != Scope.NEWSROOM:
        raise NotGivenOut
    if base(document.source_language) != base(file.source_language):
        raise malformed(1, _("the text is in another language than the file says"))
    edition = (
        Edition.objects.select_for_update(of=("self",))
        .select_related("document", "revision")
        .filter(revision=document.current_id, language=file.language)
        .first()
    )
    if edition is None:
        raise malformed(1, _("the text is not translated to the language of this file"))
    return edition


class _Sentences:
    """The sentences that are there now, each given away once."""

    def __init__(self, edition: Edition) -> None:
        self._by_source: dict[str, list[tuple[DeskSegment, Codes]]] = {}
        for one in segments_of(edition):
            codes = codes_of(one.source, one.ranges, edition.document.source_language)
            self._by_source.setdefault(bare_source(codes), []).append((one, codes))

    def of(self, unit: ReadUnit) -> tuple[DeskSegment, Codes] | None:
        """The one of the same words: that in the same place first, then the next."""
        waiting = self._by_source.get(unit.source, [])
        here = next((each for each in waiting if each[0].segment.position == unit.position), None)
        found = here or next(iter(waiting), None)
        if found is not None:
            waiting.remove(found)
        return found


def _brought(unit: ReadUnit, one: DeskSegment, codes: Codes) -> _Taken | None:
    """The unit's target with its formatting; None without words. Raises MalformedExchange."""
    words = "".join(item for item in unit.target or () if isinstance(item, str))
    if unit.target is None or (not words.strip() and not codes.protected):
        return None
    try:
        text, fragments = read_inline(unit.target, codes, unit.target_line)
    except CodesBroken as fault:
        raise malformed(fault.line, _said(fault)) from fault
    text = one_line(text)
    return _Taken(one, text, fragments) if text else None


def _said(fault: CodesBroken) -> str:
    sentences = {
        "unknown": _("the code %(number)s is not in the original"),
        "twice": _("the code %(number)s stands there twice"),
        "missing": _("the code %(number)s of the original is missing"),
        "open": _("the code %(number)s has no end"),
    }
    return sentences[fault.reason] % {"number": fault.number[:20]}


def _is_news(unit: ReadUnit, brought: _Taken) -> bool:
    """Whether the file says other words than are there, or stands in for a machine's."""
    target = brought.one.target
    if target is None or one_line(target.text) != brought.text:
        return True
    return unit.state in DONE and target.origin != Origin.HUMAN


def _reason_to_leave(unit: ReadUnit, one: DeskSegment) -> Reason | None:
    target = one.target
    if target is None or target.origin != Origin.HUMAN:
        return None
    if target.locked:
        return Reason.LOCKED
    return None if unit.told == told(target.text) else Reason.CORRECTED


def _store(edition: Edition, taken: Sequence[_Taken], reviewer: User | None, *, dry_run: bool) -> int:
    """Store the words, each with what our checks notice; gives how much they noticed."""
    count = 0
    pair = Pair(edition.document.source_language, edition.language)
    for each in taken:
        noticed = check(Asked(each.one.source, each.one.ranges), each.text, each.fragments, pair)
        count += len(noticed)
        if not dry_run:
            findings = [asdict(finding) for finding in noticed]
            store_human(edition, each.one.segment, each.text, reviewer, each.fragments, findings)
    if taken and not dry_run:
        tell_corrected(edition)
    return count


def lines(brought: Brought) -> Iterator[str]:
    """What was not applied, a sentence each."""
    return (left.sentence for left in brought.left)
