"""What the desk offers beside a sentence: what memory knows of it and of sentences like it, and the glossary's words.

Sentences like it are found by their longest words (a GIN index over words, core PostgreSQL) and then compared word by
word: at most `MOST_CANDIDATES`, whatever the size of the memory.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length

from dragoman.languages.registry import base
from dragoman.text.graphemes import WORD_CHARACTERS
from dragoman.translation.desk.kinds import offered
from dragoman.translation.models import ANY_CONTEXT, Edition, Memory, Origin, Scope, Target
from dragoman.translation.queries import DeskSegment
from dragoman.translation.recall import READABLE
from dragoman.translation.terms.queries import glossary

MOST = 6  # suggestions
MOST_MATCHES = 2_000  # rows that are ranked
MOST_CANDIDATES = 40  # rows that are compared
LEAST_ALIKE = 60  # per cent
_WORDS_ASKED = 8
_SHORTEST_WORD = 3
_LONGEST_COMPARED = 400  # words
_TRUST = (Origin.HUMAN, Origin.IMPORTED, Origin.MACHINE)
_WORD = re.compile(rf"[{WORD_CHARACTERS}]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words for a sentence. `name` is what a link asks for; `alike` is per cent, 100 for the same sentence."""

    name: str
    text: str
    source: str
    alike: int
    origin: str
    note: str = ""

    @property
    def origin_name(self) -> str:
        """For people."""
        return str(Origin(self.origin).label)


@dataclass(frozen=True, slots=True)
class TermSuggestion:
    """A term that stands in the sentence, and what it is in the other language."""

    found: str
    targets: tuple[str, ...]
    forbidden: tuple[str, ...]
    keep: bool


def suggestions(edition: Edition, one: DeskSegment) -> list[Suggestion]:
    """The best first: the same sentence, then those most like it; what is there already is left out."""
    found = [*_elsewhere(edition, one), *_exact(edition, one), *_near(edition, one)]
    found.sort(key=lambda each: (-each.alike, _TRUST.index(Origin(each.origin))))
    there = one.target.text if one.target is not None else ""
    unique = {each.text: each for each in reversed(found) if each.text and each.text != there}
    return sorted(unique.values(), key=found.index)[:MOST]


def _elsewhere(edition: Edition, one: DeskSegment) -> Iterator[Suggestion]:
    """What people said for the same sentence in other texts."""
    rows = Target.objects.filter(
        offered("edition__document"),
        segment__key=bytes(one.segment.key),
        origin=Origin.HUMAN,
        edition__language=edition.language,
        edition__document__scope__in=READABLE[Scope(edition.document.scope)],
    ).exclude(edition=edition)
    for row in rows.order_by("-changed_at")[:MOST]:
        yield Suggestion(f"t{row.pk}", row.text, one.source, 100, Origin.HUMAN)


def _readable(edition: Edition) -> QuerySet[Memory]:
    document = edition.document
    return Memory.objects.filter(
        source_language=base(document.source_language),
        target_language=base(edition.language),
        scope__in=READABLE[Scope(document.scope)],
    )


def _exact(edition: Edition, one: DeskSegment) -> Iterator[Suggestion]:
    rows = _readable(edition).filter(
        Q(context=bytes(one.segment.context)) | Q(context=ANY_CONTEXT), key=bytes(one.segment.key)
    )
    for row in rows[:MOST]:
        yield Suggestion(f"m{row.pk}", row.target, row.source, 100, row.origin, row.note)


def _near(edition: Edition, one: DeskSegment) -> Iterator[Suggestion]:
    words = _telling(one.source)
    if not words:
        return
    query = SearchQuery(" | ".join(words), config="simple", search_type="raw")
    matching = (
        _readable(edition)
        .annotate(words=SearchVector("source", config="simple"), length=Length("source"))
        .filter(words=query, length__gte=len(one.source) // 2, length__lte=len(one.source) * 2 + 20)
        .exclude(key=bytes(one.segment.key))
        .values("pk")[:MOST_MATCHES]
    )
    rows = (
        Memory.objects.filter(pk__in=matching)
        .annotate(rank=SearchRank(SearchVector("source", config="simple"), query))
        .order_by(F("rank").desc(), "pk")
    )
    own = _words(one.source)
    for row in rows[:MOST_CANDIDATES]:
        alike = likeness(own, _words(row.source))
        if alike >= LEAST_ALIKE:
            yield Suggestion(f"m{row.pk}", row.target, row.source, alike, row.origin, row.note)


def _telling(text: str) -> list[str]:
    """The words to look for: the longest ones, which are the rarest more often than not."""
    words = {word for word in _words(text) if len(word) >= _SHORTEST_WORD}
    return sorted(words, key=lambda word: (-len(word), word))[:_WORDS_ASKED]


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)][:_LONGEST_COMPARED]


def likeness(one: list[str], other: list[str]) -> int:
    """How much of two sentences is the same words in the same order: per cent, 100 never for unequal ones."""
    share = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return min(99, round(share * 100))


def named(suggested: Iterable[Suggestion], name: str) -> Suggestion | None:
    """The one a link asks for."""
    return next((each for each in suggested if each.name == name), None)


def terms(edition: Edition, one: DeskSegment) -> list[TermSuggestion]:
    """The glossary's terms in the sentence, each once, in the sentence's order."""
    found = glossary(edition.document.source_language, edition.language).find(one.source)
    unique = {each.term.number: each for each in reversed(found)}
    return [
        TermSuggestion(each.text, each.term.targets, each.term.forbidden, each.term.keep)
        for each in sorted(unique.values(), key=lambda each: each.start)
    ]
