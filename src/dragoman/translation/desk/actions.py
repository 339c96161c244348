"""What editors do at the desk besides correcting and asking again, and what readers tell it."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dragoman.people.models import User
from dragoman.translation import facts
from dragoman.translation.actions import REVIEW, locked_current, make_human, refuse_reviewer
from dragoman.translation.errors import EmptyTarget, MayNotReport, NotPermitted, ReportedTooOften, Superseded
from dragoman.translation.models import (
    Document,
    Edition,
    Origin,
    Segment,
    Target,
    TargetState,
    TranslationReport,
)
from dragoman.translation.models.report import NOTE_LONGEST


@transaction.atomic
def approve_target(*, edition: Edition, segment: Segment, reviewer: User, text: str | None = None) -> None:
    """A person stands in for what is there: from now on it is a person's. `text`: what the person saw; raises
    Superseded where it is another by now."""
    _approved(edition, segment, reviewer, text)


@transaction.atomic
def lock_target(*, edition: Edition, segment: Segment, reviewer: User, text: str | None = None) -> None:
    """Approve, and keep from imports and from corrections made elsewhere until it is unlocked. A lock is of these
    words of the source: it goes when they change their meaning."""
    target = _approved(edition, segment, reviewer, text)
    Target.objects.filter(pk=target.pk).update(locked=True)


@transaction.atomic
def unlock_target(*, edition: Edition, segment: Segment, reviewer: User) -> None:
    """It stays a person's; imports and corrections made elsewhere may replace it."""
    refuse_reviewer(reviewer, edition)
    edition = locked_current(edition)
    Target.objects.filter(edition=edition, segment=segment).update(locked=False)


def _approved(edition: Edition, segment: Segment, reviewer: User, text: str | None) -> Target:
    refuse_reviewer(reviewer, edition)
    edition = locked_current(edition)
    target = Target.objects.filter(edition=edition, segment=segment).first()
    if target is None or target.state == TargetState.UPDATING or (text is not None and target.text != text):
        raise Superseded
    if not target.text:
        raise EmptyTarget
    if target.origin != Origin.HUMAN or target.by_term or target.carried:
        make_human(edition, segment, target.text, reviewer)
    return target


# --- what readers report ---------------------------------------------------------------------------------------------


@transaction.atomic
def report_translation(
    document: Document, *, language: str, reporter: User, key: bytes = b"", note: str = ""
) -> TranslationReport:
    """A reader tells the desk about what was read in `language`: one sentence (its key), or the whole. The same
    report again is the first one. Raises MayNotReport, ReportedTooOften."""
    writer = User.objects.select_for_update(no_key=True).get(pk=reporter.pk)
    if not writer.is_active or writer.is_suspended or not document.visible:
        raise MayNotReport
    standing = TranslationReport.objects.filter(
        document=document, language=language, key=key, reporter=writer, settled_at=None
    ).first()
    if standing is not None:
        return standing
    since = timezone.now() - timedelta(hours=1)
    recent = TranslationReport.objects.filter(reporter=writer, created_at__gt=since).count()
    if recent >= settings.DISCUSSION_REPORTS_PER_HOUR:
        raise ReportedTooOften
    return TranslationReport.objects.create(
        document=document, language=language, key=key, reporter=writer, note=note.strip()[:NOTE_LONGEST]
    )


@transaction.atomic
def close_report(report: TranslationReport, *, reviewer: User) -> None:
    """The desk has looked. Closing what is closed changes nothing."""
    if not reviewer.has_perm(REVIEW):
        raise NotPermitted
    closed = TranslationReport.objects.filter(pk=report.pk, settled_at=None).update(
        settled_at=timezone.now(), settled_by=reviewer
    )
    if closed:
        facts.translation_report_closed.happened(
            document_id=report.document_id, reporter_id=report.reporter_id
        )
