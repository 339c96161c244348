"""What moderators see: original and translation side by side, of what nobody else may read too.

One of the places on the allow-list for raw access (`translation.queries.source_blocks`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString

from dragoman.discussion import queries
from dragoman.discussion.models import Comment, Report
from dragoman.discussion.readings import Author
from dragoman.discussion.rendering import author_of, markup
from dragoman.languages.registry import base, direction
from dragoman.languages.view import View
from dragoman.text.blocks import Block, fields_from_json
from dragoman.translation.models import Edition, EditionState
from dragoman.translation.queries import source_blocks

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
    translations = _translations(listed, view)
    return [
        Case(
            comment=comment,
            author=author_of(comment),
            original=_original(comment, view),
            translation=translations.get(comment.document_id or 0),
            reports=tuple(reports.get(comment.pk, ())),
        )
        for comment in listed
    ]


def _original(comment: Comment, view: View) -> Words | None:
    if comment.document is None:
        return None
    language = comment.document.source_language
    return Words(markup(source_blocks(comment.document).get("body", ()), language, view), language)


def _translations(comments: Iterable[Comment], view: View) -> Mapping[int, Words]:
    revisions = [
        comment.document.current_id
        for comment in comments
        if comment.document and base(comment.document.source_language) != base(view.language)
    ]
    rows = Edition.objects.filter(revision__in=revisions, language=view.language)
    return {
        edition.document_id: Words(markup(_body(edition), view.language, view), view.language)
        for edition in rows.exclude(state=EditionState.ORIGINAL)
    }


def _body(edition: Edition) -> tuple[Block, ...]:
    return fields_from_json(edition.content["fields"]).get("body", ())
