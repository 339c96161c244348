"""What moderators know about a person."""

from dataclasses import dataclass

from dragoman.discussion.models import Comment, Decision, PersonNote, Report
from dragoman.discussion.moderation.cases import Case, Record, cases_of, records_of
from dragoman.discussion.queries import Wanted, decisions
from dragoman.languages.view import View
from dragoman.people.models import User

COMMENTS_ON_PAGE = 20
DECISIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class History:
    """A person's comments (newest first, in any state), decisions about them, and what was reported."""

    person: User
    record: Record
    notes: tuple[PersonNote, ...]
    decisions: tuple[Decision, ...]
    has_more_decisions: bool
    cases: tuple[Case, ...]
    older: int | None  # the comment before which the next page ends
    reported: int  # of the person's comments, how often
    reports: int  # made by the person


def history_of(person: User, view: View, before: int | None = None) -> History:
    """The history as a moderator reads it in `view`, comments from `before` on backwards."""
    rows = Comment.objects.filter(author=person).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.select_related("author", "document__current", "thread__document")[: COMMENTS_ON_PAGE + 1]
    )
    shown = found[:COMMENTS_ON_PAGE]
    about, more = decisions(1, Wanted(person=person.pk))
    return History(
        person=person,
        record=records_of([person.pk])[person.pk],
        notes=tuple(PersonNote.objects.filter(person=person).select_related("author")),
        decisions=tuple(about[:DECISIONS_SHOWN]),
        has_more_decisions=more or len(about) > DECISIONS_SHOWN,
        cases=tuple(cases_of(shown, view)),
        older=shown[-1].pk if len(found) > COMMENTS_ON_PAGE else None,
        reported=Report.objects.filter(comment__author=person).count(),
        reports=Report.objects.filter(reporter=person).count(),
    )
