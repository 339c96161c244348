"""A glossary entry as people write it and as files carry it: a value, without anything of the database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dragoman.languages.registry import base
from dragoman.text import terms as values
from dragoman.text.blocks import clean
from dragoman.text.terms import LONGEST
from dragoman.translation.errors import InvalidTerm
from dragoman.translation.models import TargetStatus, Term, TermStatus

MOST_WORDINGS = 50  # variants of a term, forms or wordings of a target
LONGEST_NOTE = 2000
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """What the term is, or must not be, in a language."""

    language: str
    text: str
    forms: tuple[str, ...] = ()
    status: str = TargetStatus.APPROVED


@dataclass(frozen=True, slots=True)
class Entry:
    """One term with all its languages."""

    source_language: str
    source: str
    variants: tuple[str, ...] = ()
    targets: tuple[TargetEntry, ...] = ()
    match_case: bool = False
    inflected: bool = True
    keep: bool = False
    status: str = TermStatus.APPROVED
    note: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """All wordings of the source language, the preferred one first."""
        return (self.source, *self.variants)


def checked(entry: Entry) -> Entry:
    """The entry with its words in the form they are stored in. Raises InvalidTerm with a sentence."""
    if not _TAG.fullmatch(entry.source_language):
        raise InvalidTerm(_("“%(tag)s” is no language.") % {"tag": entry.source_language[:40]})
    if entry.status not in TermStatus.values:
        raise InvalidTerm(_("“%(status)s” is no state of a term.") % {"status": entry.status[:40]})
    targets = tuple(_checked_target(each) for each in entry.targets)
    if len({(each.language, each.text) for each in targets}) < len(targets):
        raise InvalidTerm(_("A translation stands there twice."))
    source = _words(entry.source)
    return replace(
        entry,
        source_language=_tag(entry.source_language),
        source=source,
        variants=tuple(each for each in _wordings(entry.variants) if each != source),
        targets=_ordered(targets),
        note=clean(entry.note).strip()[:LONGEST_NOTE],
    )


def _ordered(targets: Iterable[TargetEntry]) -> tuple[TargetEntry, ...]:
    """By language, what is used first; else as they came: the first approved one is preferred."""
    ranks = TargetStatus.values
    return tuple(sorted(targets, key=lambda each: (each.language, ranks.index(each.status))))


def _checked_target(target: TargetEntry) -> TargetEntry:
    if not _TAG.fullmatch(target.language):
        raise InvalidTerm(_("“%(tag)s” is no language.") % {"tag": target.language[:40]})
    if target.status not in TargetStatus.values:
        raise InvalidTerm(_("“%(status)s” is no state of a term.") % {"status": target.status[:40]})
    text = _words(target.text)
    forms = tuple(each for each in _wordings(target.forms) if each != text)
    return TargetEntry(_tag(target.language), text, forms, target.status)


def _tag(tag: str) -> str:
    first, dash, rest = tag.partition("-")
    return first.lower() + dash + rest


def _wordings(texts: Iterable[str]) -> tuple[str, ...]:
    wordings = tuple(dict.fromkeys(_words(text) for text in texts if text.strip()))
    if len(wordings) > MOST_WORDINGS:
        raise InvalidTerm(_("A term has at most %(count)d wordings.") % {"count": MOST_WORDINGS})
    return wordings


def _words(text: str) -> str:
    words = " ".join(clean(text).split())
    if not any(map(str.isprintable, words)) or not words:
        raise InvalidTerm(_("A term needs some words."))
    if len(words) > LONGEST:
        raise InvalidTerm(_("A term has at most %(count)d characters.") % {"count": LONGEST})
    return words


def entry_of(term: Term) -> Entry:
    """A stored term as an entry."""
    return Entry(
        source_language=term.source_language,
        source=term.source,
        variants=tuple(term.variants),
        targets=tuple(
            TargetEntry(each.language, each.text, tuple(each.forms), each.status)
            for each in term.targets.all()
        ),
        match_case=term.match_case,
        inflected=term.inflected,
        keep=term.keep,
        status=term.status,
        note=term.note,
    )


def glossary_of(entries: Iterable[Entry], source_language: str, language: str) -> values.Glossary:
    """The approved entries as a pair of languages sees them, regions aside; without a database. Numbered in order, from
    1. Raises InvalidTerm."""
    own = [
        each
        for each in map(checked, entries)
        if base(each.source_language) == base(source_language) and effect(each) is not None
    ]
    terms = (_value(number, entry, language) for number, entry in enumerate(own, 1))
    return values.Glossary([term for term in terms if term is not None], source_language)


def _value(number: int, entry: Entry, language: str) -> values.Term | None:
    targets = [each for each in entry.targets if base(each.language) == base(language)]
    wordings = {
        status: tuple(w for each in targets if each.status == status for w in (each.text, *each.forms))
        for status in (TargetStatus.APPROVED, TargetStatus.FORBIDDEN)
    }
    if not any(wordings.values()) and not entry.keep:
        return None
    return values.Term(
        number,
        entry.wordings,
        wordings[TargetStatus.APPROVED],
        wordings[TargetStatus.FORBIDDEN],
        entry.keep,
        entry.match_case,
        entry.inflected,
    )


def effect(entry: Entry | None) -> object:
    """What of an entry makes a difference to translations; equal for two entries that do the same."""
    if entry is None or entry.status != TermStatus.APPROVED:
        return None
    used = tuple(
        each for each in entry.targets if each.status in (TargetStatus.APPROVED, TargetStatus.FORBIDDEN)
    )
    if not used and not entry.keep:
        return None
    return replace(entry, targets=used, note="")
