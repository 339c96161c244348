"""Decisions as those read them whom they concern, and appeals as moderators read them: in their own languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dragoman.discussion.actions.appealing import may_appeal
from dragoman.discussion.models import SILENT, Appeal, AppealOutcome, Comment, Decision
from dragoman.discussion.moderation.cases import Case, Words, cases_of, translation_of, words_of
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.translation.queries import reviews

ON_PAGE = 30
APPEALS_ON_PAGE = 50


@dataclass(frozen=True, slots=True)
class About:
    """A decision about a person or what they wrote. Who decided is not said: the publication did."""

    decision: Decision
    reason: Words | None  # as the moderator wrote it
    translation: Words | None
    appeal: Appeal | None
    may_appeal: bool


def decisions_about(person: User, view: View, now: datetime, page: int = 1) -> tuple[list[About], bool]:
    """A page of them, the newest first, and whether there are older ones."""
    start = (page - 1) * ON_PAGE
    rows = list(_concerning(person)[start : start + ON_PAGE + 1])
    return _about(rows[:ON_PAGE], person, view, now), len(rows) > ON_PAGE


def latest_about(comment: Comment, person: User, view: View, now: datetime) -> About | None:
    """The last decision on a person's own comment."""
    rows = list(_concerning(person).filter(comment=comment)[:1])
    return next(iter(_about(rows, person, view, now)), None)


def _concerning(person: User) -> QuerySet[Decision]:
    rows = Decision.objects.filter(Q(person=person) | Q(person=None, comment__author=person), part_of=None)
    rows = rows.exclude(act__in=SILENT).exclude(actor=person)
    return rows.select_related("comment__author", "person", "appeal")


def _about(rows: Sequence[Decision], person: User, view: View, now: datetime) -> list[About]:
    words = reviews((row.document_id for row in rows if row.document_id), view)
    return [
        About(
            decision=row,
            reason=words_of(words.get(row.document_id or 0), view),
            translation=translation_of(words.get(row.document_id or 0), view),
            appeal=getattr(row, "appeal", None),
            may_appeal=may_appeal(row, person, now),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AppealCase:
    """An appeal beside what was decided and what it was decided on."""

    appeal: Appeal
    decision: Decision
    original: Words | None
    translation: Words | None
    case: Case | None


def open_appeals(view: View, after: int | None = None) -> tuple[list[AppealCase], int | None]:
    """A page of them, the longest waiting first, and after which the next one begins. `after` stays a place when it
    is decided."""
    rows = Appeal.objects.filter(outcome=AppealOutcome.OPEN).order_by("created_at", "pk")
    place = Appeal.objects.filter(pk=after).values_list("created_at", "pk").first() if after else None
    if place is not None:
        moment, pk = place
        rows = rows.filter(Q(created_at__gt=moment) | Q(created_at=moment, pk__gt=pk))
    found = list(_with_all(rows)[: APPEALS_ON_PAGE + 1])
    shown = found[:APPEALS_ON_PAGE]
    return appeal_cases(shown, view), shown[-1].pk if len(found) > APPEALS_ON_PAGE else None


def appeal_case(appeal: int, view: View) -> AppealCase | None:
    """One of them, decided or not."""
    return next(iter(appeal_cases(list(_with_all(Appeal.objects.filter(pk=appeal))), view)), None)


def _with_all(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    return rows.select_related(
        "author",
        "decision__actor",
        "decision__person",
        "decision__comment__author",
        "decision__comment__document__current",
        "decision__comment__thread__document",
    )


def appeal_cases(appeals: Sequence[Appeal], view: View) -> list[AppealCase]:
    """With the words of each, and the comment."""
    words = reviews((each.document_id for each in appeals if each.document_id), view)
    comments = [each.decision.comment for each in appeals if each.decision.comment is not None]
    cases = {case.comment.pk: case for case in cases_of(comments, view)}
    return [
        AppealCase(
            appeal=each,
            decision=each.decision,
            original=words_of(words.get(each.document_id or 0), view),
            translation=translation_of(words.get(each.document_id or 0), view),
            case=cases.get(each.decision.comment_id or 0),
        )
        for each in appeals
    ]
