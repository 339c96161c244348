"""Notifications with their words, as one view reads them: on the site and in e-mails."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Subquery

from dragoman.discussion.models import Decision, Thread
from dragoman.discussion.notifications.models import ABOUT_OWN, Follow, Kind, Notification
from dragoman.discussion.notifications.queries import comments_after, visible
from dragoman.discussion.notifications.readings import Headline, Told
from dragoman.discussion.queries import comment_readings
from dragoman.discussion.readings import CommentReading
from dragoman.languages import addresses
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.queries import readings
from dragoman.translation.readings import Reading

PER_PAGE = 20
FOLLOWED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what one is told, the newest first. `before`: where the next page begins; None at the end."""

    notifications: tuple[Told, ...]
    before: int | None = None

    @property
    def newest(self) -> int | None:
        """What is marked as read is what was shown."""
        return max((told.id for told in self.notifications), default=None)

    @property
    def has_new(self) -> bool:
        """Whether any of it was not read yet."""
        return any(told.is_new for told in self.notifications)


def page(person: User, view: View, before: int | None = None) -> Page:
    """What a person is told, in the view's language: nine queries whatever there is."""
    rows = visible(person) if before is None else visible(person).filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PER_PAGE + 1])
    following = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return Page(tuple(told(found[:PER_PAGE], view)), following)


@dataclass(frozen=True, slots=True)
class Followed:
    """A discussion one follows."""

    thread: int
    headline: Headline


def followed(person: User, view: View) -> list[Followed]:
    """The discussions a person follows, the latest first: as many as a page of settings has room for."""
    rows = Follow.objects.filter(person=person, is_on=True, thread__document__visible=True)
    threads = dict(
        rows.order_by("-changed_at", "-pk").values_list("thread_id", "thread__document_id")[:FOLLOWED_SHOWN]
    )
    read = readings(threads.values(), view)
    return [Followed(thread, _headline(read[document])) for thread, document in threads.items()]


def told(rows: Sequence[Notification], view: View) -> list[Told]:
    """Notifications as a view reads them: words, headlines and counts as they are now."""
    comments = comment_readings((row.comment_id for row in rows if row.comment_id), view)
    threads = dict(
        Thread.objects.filter(pk__in={row.thread_id for row in rows}).values_list("pk", "document_id")
    )
    headlines = readings(threads.values(), view)
    decisions = {row.pk: row for row in Decision.objects.filter(pk__in={row.decision_id for row in rows})}
    counts = _counts([row for row in rows if row.kind == Kind.FOLLOWED])
    return [
        _told(
            row,
            view,
            comments.get(row.comment_id or 0),
            headlines.get(threads.get(row.thread_id or 0, 0)),
            decisions.get(row.decision_id or 0),
            counts.get(row.pk, 1),
        )
        for row in rows
    ]


def _counts(rows: Sequence[Notification]) -> dict[int, int]:
    """How many comments a followed discussion has had since the one that is told, it included."""
    if not rows:
        return {}
    after = comments_after().order_by().values("thread").annotate(number=Count("pk")).values("number")
    found = Notification.objects.filter(pk__in=[row.pk for row in rows]).annotate(number=Subquery(after))
    return {pk: 1 + (number or 0) for pk, number in found.values_list("pk", "number")}


def _told(
    row: Notification,
    view: View,
    comment: CommentReading | None,
    story: Reading | None,
    decision: Decision | None,
    count: int,
) -> Told:
    own = row.kind in ABOUT_OWN
    return Told(
        id=row.pk,
        kind=Kind(row.kind),
        language=view.language,
        created_at=row.created_at,
        is_new=row.read_at is None,
        address=addresses.address("notification", language=view.language, notification=row.pk),
        thread=row.thread_id,
        author=comment.author if comment and not own else None,
        comment=comment,
        headline=_headline(story) if story and not story.is_withdrawn else None,
        count=count,
        act=decision.act if decision else "",
        reason=decision.reason if decision and row.kind == Kind.DECISION else "",
    )


def _headline(story: Reading) -> Headline:
    return Headline(story.text("headline"), story.language_of("headline"))
