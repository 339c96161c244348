"""Readers tell moderators about a comment."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dragoman.discussion.actions.showing import withhold_if_reported
from dragoman.discussion.errors import NotLive, OwnComment, TooFast
from dragoman.discussion.models import Comment, CommentState, Report, ReportReason
from dragoman.discussion.permissions import is_own
from dragoman.discussion.standing import locked_author, locked_comment
from dragoman.people.models import User
from dragoman.translation.desk.actions import report_translation
from dragoman.translation.errors import TranslationRefused
from dragoman.translation.models import Document

NOTE_LONGEST = 500


@transaction.atomic
def report(
    comment: Comment, *, reporter: User, reason: ReportReason, note: str = "", language: str
) -> Report:
    """Report what was read in `language`. A second report of the same comment is the first one."""
    writer = locked_author(reporter)
    current = locked_comment(comment)
    if current.state != CommentState.LIVE:
        raise NotLive
    if is_own(writer, current):
        raise OwnComment
    standing = Report.objects.filter(comment=current, reporter=writer).first()
    if standing is not None:
        return standing
    _refuse_haste(writer)
    if reason == ReportReason.TRANSLATION and current.document is not None:
        _tell_desk(current.document, writer, note, language)
    made = Report.objects.create(
        comment=current,
        reporter=writer,
        reason=ReportReason(reason),
        note=note.strip()[:NOTE_LONGEST],
        language=language,
    )
    withhold_if_reported(current)
    return made


def _tell_desk(document: Document, writer: User, note: str, language: str) -> None:
    try:
        report_translation(document, language=language, reporter=writer, note=note)
    except TranslationRefused as refusal:
        raise TooFast from refusal


@transaction.atomic
def settle_translation_report(document_id: int, reporter_id: int | None) -> None:
    """The desk has looked at the translation that a reader reported: there is nothing left for a moderator."""
    Report.objects.filter(
        comment__document=document_id,
        reporter=reporter_id,
        reason=ReportReason.TRANSLATION,
        settled_at=None,
    ).update(settled_at=timezone.now())


def _refuse_haste(writer: User) -> None:
    since = timezone.now() - timedelta(hours=1)
    if (
        Report.objects.filter(reporter=writer, created_at__gt=since).count()
        >= settings.DISCUSSION_REPORTS_PER_HOUR
    ):
        raise TooFast
