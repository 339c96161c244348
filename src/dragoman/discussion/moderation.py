"""What moderators see: original and translation side by side, of what nobody else may read too.

On the allow-list for raw access (`translation.queries.reviews`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from dragoman.discussion import queries
from dragoman.discussion.models import Comment, Report
from dragoman.discussion.readings import Author
from dragoman.discussion.rendering import author_of, markup
from dragoman.languages.registry import direction
from dragoman.languages.view import View
from dragoman.translation.queries import Review, reviews
from dragoman.translation.readings import Reading

QUEUE_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Words:
    """A comment's words in one language."""

    markup: SafeString
    language: str

    @property
    def direction(self) -> str:
        """`dir` of the words."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Case:
    """A comment a moderator is to decide on."""

    comment: Comment
    author: Author
    original: Words | None
    translation: Words | None  # None where the moderator reads the original's language, or there is none yet
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits."""

    held: tuple[Case, ...]
    reported: tuple[Case, ...]
    hidden: tuple[Case, ...]


def queue(view: View) -> Queue:
    """Held, reported and hidden comments: six queries whatever their number."""
    held = list(queries.held_comments()[:QUEUE_LONGEST])
    reported = list(queries.reported_comments()[:QUEUE_LONGEST])
    hidden = list(queries.hidden_comments()[:QUEUE_LONGEST])
    cases = {case.comment.pk: case for case in cases_of([*held, *reported, *hidden], view)}
    return Queue(*(tuple(cases[comment.pk] for comment in found) for found in (held, reported, hidden)))


def cases_of(comments: Iterable[Comment], view: View) -> list[Case]:
    """Each comment with its words and open reports."""
    listed = list(comments)
    reports = queries.open_reports(listed)
    words = reviews((comment.document_id for comment in listed if comment.document_id), view)
    return [
        _case(comment, words.get(comment.document_id or 0), reports.get(comment.pk, ()), view)
        for comment in listed
    ]


def _case(comment: Comment, words: Review | None, reports: Iterable[Report], view: View) -> Case:
    return Case(
        comment=comment,
        author=author_of(comment),
        original=_words(words.original, view) if words else None,
        translation=_words(words.translation, view) if words and words.translation else None,
        reports=tuple(reports),
    )


def _words(reading: Reading, view: View) -> Words:
    blocks = [read.block for read in reading.blocks("body")]
    return Words(markup(blocks, reading.language, view), reading.language)
