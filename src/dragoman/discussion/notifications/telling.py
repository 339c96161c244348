"""What happened becomes notifications, in the transaction in which it happened.

Who is told directly (answered, quoted, mentioned) is a handful, and has a row at once. Those who follow the thread
may be thousands: the transaction defers the job that tells them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from dragoman.database import prepared
from dragoman.database.jobs import put_jobs_found
from dragoman.database.statements import Rows, Statement, put
from dragoman.discussion.models import Act, Comment, CommentState, Decision
from dragoman.discussion.notifications.models import (
    BY_A_COMMENT,
    Ignoring,
    Kind,
    Mail,
    MailState,
    Notification,
    Preferences,
)
from dragoman.discussion.notifications.queries import comments_after
from dragoman.discussion.notifications.wishes import mail_due, preferences_by_person
from dragoman.people.models import User

QUOTED_PEOPLE_TOLD = 20  # a comment that quotes more people than this tells the first ones
TOLD_AT_ONCE = 500  # followers a statement
# Of these nothing changes for the one who wrote.
UNTOLD = frozenset(
    {Act.DISMISS, Act.CORRECT_LANGUAGE, Act.PIN, Act.UNPIN, Act.UNFEATURE, Act.LOCK, Act.UNLOCK}
)


Concerned = dict[tuple[int, int], Kind]  # by comment and person: the first reason there is to tell them
Places = Mapping[str, Sequence[tuple[int, int]]]
"""Comment and person: who is quoted in the order of the quotations, who is mentioned, who was told."""


@transaction.atomic(savepoint=False)
def comments_shown(comments: Sequence[Comment]) -> None:
    """Comments can be read, for the first time or again: those they concern are told, once."""
    own = [
        each for each in comments if each.external_id is None
    ]  # nobody has just written what was brought along
    if own:
        _follow_own(own)
        _defer_followers(own)
        _tell_by_words([each for each in own if each.state == CommentState.LIVE], _named(own).asked())


@transaction.atomic(savepoint=False)
def comments_reworded(comments: Sequence[Comment]) -> None:
    """Whom comments concern by their words as they are now: who is no longer quoted in one is told nothing."""
    live = [each for each in comments if each.external_id is None and each.state == CommentState.LIVE]
    if live:
        _tell_by_words(live, _named(live).asked())


def _tell_by_words(comments: Sequence[Comment], places: Places) -> None:
    concerned, known = _concerned(comments, places)
    for comment, person in known - concerned.keys():
        Notification.objects.filter(comment=comment, recipient=person, kind__in=BY_A_COMMENT).delete()
    _tell_of_comments({place: kind for place, kind in concerned.items() if place not in known}, comments)


@transaction.atomic
def comment_withdrawn(comment: Comment) -> None:
    """A comment can no longer be read. What tells of it is shown to nobody (`queries.visible`); of a followed
    thread the next comment is told, or none."""
    unread = Notification.objects.filter(kind=Kind.FOLLOWED, comment=comment, read_at=None)
    advance(unread)
    if comment.state == CommentState.DELETED:
        Notification.objects.filter(comment=comment).exclude(kind=Kind.DECISION).delete()


@transaction.atomic
def decision_made(decision: Decision) -> None:
    """Whom a decision concerns learns of it, whoever decided."""
    if decision.concerned is not None and decision.act not in UNTOLD:
        kind = Kind.FEATURED if decision.act == Act.FEATURE else Kind.DECISION
        _tell_decided(decision.concerned.pk, kind, decision)


def tell_followers(comment_ids: Collection[int]) -> None:
    """Tell those who follow the threads of new comments, in their order, a stretch of people after the other."""
    # What was hidden in between is nothing new to those who follow.
    restored = Decision.objects.filter(comment=OuterRef("pk"), act=Act.RESTORE)
    new = Comment.objects.filter(~Exists(restored), pk__in=comment_ids, state=CommentState.LIVE)
    for comment in new.order_by("pk"):
        waiting = sorted(pk for (pk,) in prepared(_FOLLOWING, _about([comment])))
        for start in range(0, len(waiting), TOLD_AT_ONCE):
            _tell_followed(waiting[start : start + TOLD_AT_ONCE], comment)


def advance(rows: QuerySet[Notification]) -> None:
    """Let notifications of followed threads begin at the next comment their recipient may read, or end."""
    found = Notification.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    found.filter(~Exists(comments_after())).delete()
    found.update(comment=Subquery(comments_after().order_by("pk").values("pk")[:1]))


# --- whom a comment concerns -----------------------------------------------------------------------------------------


def _concerned(comments: Sequence[Comment], places: Places) -> tuple[Concerned, set[tuple[int, int]]]:
    """Nobody is told of their own doing, nor by whom they ignore. And who has been told already, for any of these
    reasons. One query whatever the number."""
    reasons = (
        (Kind.REPLY, _answered(comments)),
        (Kind.QUOTATION, _first_quoted(places[Kind.QUOTATION])),
        (Kind.MENTION, places[Kind.MENTION]),
    )
    found: Concerned = {}
    for kind, some in reasons:
        for place in some:
            found.setdefault(place, kind)
    authors = {each.pk: each.author_id for each in comments}
    deaf = _deaf(set(authors.values()), {person for _, person in found})
    concerned = {
        (comment, person): kind
        for (comment, person), kind in found.items()
        if person != authors[comment] and (person, authors[comment]) not in deaf
    }
    return concerned, set(places[_TOLD])


def _answered(comments: Iterable[Comment]) -> Iterator[tuple[int, int]]:
    for comment in comments:
        above = comment.parent
        if above is not None and above.author_id is not None:
            yield comment.pk, above.author_id


_TOLD = "told"
_NAMED = """
    SELECT %(quotation)s, quotation.comment_id, quoted.author_id, quotation.position
    FROM discussion_quotation AS quotation
    JOIN discussion_comment AS quoted ON quoted.document_id = quotation.document_id
    WHERE quotation.comment_id = ANY(%(comments)s::bigint[]) AND quoted.author_id IS NOT NULL
    UNION ALL
    SELECT %(mention)s, comment_id, person_id, 0 FROM discussion_mention
    WHERE comment_id = ANY(%(comments)s::bigint[]) AND person_id IS NOT NULL
    UNION ALL
    SELECT %(told)s, comment_id, recipient_id, 0 FROM discussion_notification
    WHERE comment_id = ANY(%(comments)s::bigint[]) AND kind = ANY(%(nearer)s::text[])
    ORDER BY 2, 4
"""


def _named(comments: Sequence[Comment]) -> Statement[Places]:
    about = {"quotation": str(Kind.QUOTATION), "mention": str(Kind.MENTION), "told": _TOLD}
    return Statement(_NAMED, about | _about(comments), _places)


def _places(rows: Rows) -> Places:
    found: dict[str, list[tuple[int, int]]] = {Kind.QUOTATION: [], Kind.MENTION: [], _TOLD: []}
    for reason, comment, person, _ in rows:
        found[reason].append((comment, person))
    return found


def _first_quoted(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    told: Counter[int] = Counter()
    for comment, person in places:
        told[comment] += 1
        if told[comment] <= QUOTED_PEOPLE_TOLD:
            yield comment, person


def _deaf(authors: Collection[int | None], people: Collection[int]) -> set[tuple[int, int | None]]:
    """Who of these people does not want to hear of which author. No query where nobody is concerned."""
    if not people:
        return set()
    rows = Ignoring.objects.filter(person__in=people, ignored__in=[pk for pk in authors if pk is not None])
    return set(rows.values_list("person_id", "ignored_id"))


def _tell_of_comments(concerned: Concerned, comments: Sequence[Comment]) -> None:
    """A row for each person who is there to be told. A row that is there already stays as it is."""
    if not concerned:
        return
    there = _there(User.objects.filter(pk__in={person for _, person in concerned}), decided=False)
    preferences = preferences_by_person(there)
    by_number = {each.pk: each for each in comments}
    rows = [
        _row(preferences[person], kind, by_number[comment])
        for (comment, person), kind in sorted(concerned.items())
        if person in there
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _tell_decided(person: int, kind: Kind, decision: Decision) -> None:
    """Of a decision, if they are there to be told."""
    if person not in _there(User.objects.filter(pk=person), decided=True):
        return
    row = _row(preferences_by_person([person])[person], kind, decision.comment, decision)
    Notification.objects.bulk_create([row], ignore_conflicts=True)


def _there(people: QuerySet[User], *, decided: bool) -> set[int]:
    """Whose account is open. One who is suspended learns what is decided on their comments, and nothing else."""
    return {person.pk for person in people.filter(is_active=True) if decided or not person.is_suspended}


def _row(
    preferences: Preferences,
    kind: Kind,
    comment: Comment | None,
    decision: Decision | None = None,
) -> Notification:
    now, pace = timezone.now(), preferences.pace_of(kind)
    return Notification(
        recipient_id=preferences.person_id,
        kind=kind,
        thread_id=comment.thread_id if comment is not None else None,
        comment=comment,
        decision=decision,
        created_at=now,
        pace=pace,
        mail_due_at=mail_due(preferences, pace, now),
    )


# --- who follows the thread ------------------------------------------------------------------------------------------


_FOLLOW = """
    INSERT INTO discussion_follow (person_id, thread_id, is_on, changed_at)
    SELECT wanted.person, wanted.thread, true, %(now)s
    FROM unnest(%(people)s::bigint[], %(threads)s::bigint[]) AS wanted (person, thread)
    WHERE NOT EXISTS (
        SELECT FROM discussion_preferences AS own WHERE own.person_id = wanted.person AND NOT own.follows_own
    )
    ORDER BY wanted.person, wanted.thread
    ON CONFLICT DO NOTHING
"""


def _follow_own(comments: Sequence[Comment]) -> None:
    """Who writes somewhere follows it from then on, unless they do not wish to, or have left it."""
    wanted = {(each.author_id, each.thread_id) for each in comments if each.author_id is not None}
    people, threads = [person for person, _ in wanted], [thread for _, thread in wanted]
    put(_FOLLOW, {"people": people, "threads": threads, "now": timezone.now()})


_FOLLOWERS = """
    SELECT follow.id FROM discussion_follow AS follow JOIN people_user AS person ON person.id = follow.person_id
    WHERE follow.thread_id = comment.thread_id AND follow.is_on AND person.is_active
      AND person.id IS DISTINCT FROM comment.author_id
      AND NOT EXISTS (
        SELECT FROM discussion_notification AS told
        WHERE told.comment_id = comment.id AND told.recipient_id = person.id AND told.kind = ANY(%(nearer)s::text[])
      )
      AND NOT EXISTS (
        SELECT FROM discussion_ignoring AS ignoring
        WHERE ignoring.ignored_id = comment.author_id AND ignoring.person_id = person.id
      )
"""
"""Who follows the thread of a `comment` and is not told of it for a nearer reason."""
_OF_COMMENTS = "FROM discussion_comment AS comment WHERE comment.id = ANY(%(comments)s::bigint[])"
_FOLLOWED = f"""
    SELECT jsonb_build_object('comment_ids', jsonb_agg(comment.id ORDER BY comment.id)) AS told
    {_OF_COMMENTS} AND EXISTS ({_FOLLOWERS}) HAVING count(*) > 0
"""
_FOLLOWING = f"SELECT unnest(ARRAY({_FOLLOWERS})) {_OF_COMMENTS}"


def _defer_followers(comments: Sequence[Comment]) -> None:
    """The job that tells those who follow the threads. Nothing is queued for a thread that nobody but the author
    follows."""
    from dragoman.discussion.notifications.tasks import tell_followers as job

    put_jobs_found(job.configure(), _FOLLOWED, _about(comments))


def _about(comments: Iterable[Comment]) -> dict[str, Any]:
    return {"comments": [each.pk for each in comments], "nearer": [str(each) for each in BY_A_COMMENT]}


@transaction.atomic
def _tell_followed(follows: Sequence[int], comment: Comment) -> None:
    people = User.objects.filter(follows__in=follows)
    there = _there(people, decided=False)
    preferences = preferences_by_person(there)
    Notification.objects.bulk_create(
        [_row(preferences[pk], Kind.FOLLOWED, comment) for pk in sorted(there)], ignore_conflicts=True
    )
    _mail_again(there, preferences, comment)


def _mail_again(people: Collection[int], preferences: Mapping[int, Preferences], comment: Comment) -> None:
    """Who was told of the thread by e-mail and has not looked since is told of what came after, in another one."""
    rows = Notification.objects.filter(
        recipient__in=people, thread=comment.thread_id, kind=Kind.FOLLOWED, read_at=None, mail_due_at=None
    )
    settled = Mail.objects.exclude(state__in=(MailState.WAITING, MailState.SENDING))
    for row in rows.filter(mail__in=settled, mailed_to__lt=comment.pk).order_by("pk"):
        pace = preferences[row.recipient_id].pace_of(Kind.FOLLOWED)
        row.pace, row.mail, row.mail_due_at = (
            pace,
            None,
            mail_due(preferences[row.recipient_id], pace, timezone.now()),
        )
        row.save(update_fields=["pace", "mail", "mail_due_at"])
