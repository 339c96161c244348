"""E-mails: gathered by person when they are due, sent once, tried again while the server does not take them.

A row remembers what became of each. Between asking the server and writing down its answer lies the one moment in which
a dying worker leaves an e-mail `sending`: it is not sent again, and the site has told the same already.
"""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from dragoman.discussion.notifications.letters import Letter, NotReady, compose
from dragoman.discussion.notifications.models import Mail, MailState, Notification, Pace
from dragoman.discussion.notifications.wishes import digest_due, preferences_of
from dragoman.people.models import User

PEOPLE_A_ROUND = 200
MAILS_A_ROUND = 500
LEASE = timedelta(minutes=10)  # a job that has not begun by then is queued again
AGAIN_SOON = timedelta(seconds=15)  # for a translation
ATTEMPTS_AT_MOST = 12  # some fifteen hours
LONGEST_WAIT = timedelta(hours=4)

log = logging.getLogger(__name__)


def gather(now: datetime | None = None) -> int:
    """Make e-mails of what is due, and queue those whose time has come; gives how many were queued."""
    now = now or timezone.now()
    due = Notification.objects.filter(mail_due_at__lte=now).order_by("recipient")
    for pk in due.values_list("recipient", flat=True).distinct()[:PEOPLE_A_ROUND]:
        _gather_for(pk, now)
    waiting = Mail.objects.filter(state=MailState.WAITING, due_at__lte=now).order_by("due_at")
    return sum(_queue(pk, now) for pk in waiting.values_list("pk", flat=True)[:MAILS_A_ROUND])


@transaction.atomic
def _gather_for(person: int, now: datetime) -> None:
    recipient = User.objects.select_for_update(no_key=True).get(pk=person)
    rows = Notification.objects.filter(recipient=person, mail_due_at__lte=now)
    rows.filter(Q(read_at__isnull=False) | Q(pace=Pace.NEVER)).update(mail_due_at=None)
    if _had_enough(person, now):
        later = digest_due(preferences_of(recipient), now)
        rows.filter(pace=Pace.INSTANT).update(pace=Pace.DAILY, mail_due_at=later)
    for pace in (Pace.INSTANT, Pace.DAILY):
        _put_into_mail(recipient, rows.filter(pace=pace), now)


def _had_enough(person: int, now: datetime) -> bool:
    """Whether a person got as many e-mails in the last hour as anybody is sent: the rest waits for the daily one."""
    recent = Mail.objects.filter(recipient=person, created_at__gt=now - timedelta(hours=1), is_digest=False)
    sent = recent.exclude(state=MailState.DROPPED)
    return sent.count() >= settings.DISCUSSION_MAILS_PER_HOUR


def _put_into_mail(recipient: User, rows: QuerySet[Notification], now: datetime) -> None:
    found = list(rows.values_list("pk", "pace"))
    if found:
        mail = Mail.objects.create(recipient=recipient, is_digest=found[0][1] == Pace.DAILY, due_at=now)
        Notification.objects.filter(pk__in=[pk for pk, _ in found]).update(mail=mail, mail_due_at=None)


@transaction.atomic
def _queue(mail: int, now: datetime) -> int:
    """One job for an e-mail at a time; 0 where another round was quicker."""
    from dragoman.discussion.notifications.tasks import send as job

    rows = Mail.objects.filter(pk=mail, state=MailState.WAITING, due_at__lte=now)
    if not rows.update(due_at=now + LEASE):
        return 0
    job.defer(mail_id=mail)
    return 1


def send(mail_id: int, now: datetime | None = None) -> None:
    """Send an e-mail, unless it was; what comes of it is written down."""
    now = now or timezone.now()
    mail = Mail.objects.select_related("recipient").filter(pk=mail_id, state=MailState.WAITING).first()
    if mail is None:
        return
    try:
        letter = compose(mail, now)
    except NotReady:
        _wait(mail, now + AGAIN_SOON)
        return
    if letter is None:
        _settle(mail, MailState.DROPPED)
    elif _claim(mail):
        _hand_over(mail, letter, now)


def _claim(mail: Mail) -> bool:
    rows = Mail.objects.filter(pk=mail.pk, state=MailState.WAITING)
    return bool(rows.update(state=MailState.SENDING, attempts=F("attempts") + 1))


def _hand_over(mail: Mail, letter: Letter, now: datetime) -> None:
    try:
        letter.message.send()
    except (smtplib.SMTPException, OSError) as fault:
        _after(fault, mail, now)
        return
    _settle(mail, MailState.SENT)
    for pk, last in letter.mailed_to.items():
        if last:
            Notification.objects.filter(pk=pk).update(mailed_to=last)


def _after(fault: Exception, mail: Mail, now: datetime) -> None:
    """The log names the e-mail by its number: no address, no words."""
    mail.refresh_from_db(fields=["attempts"])
    if _is_final(fault):
        log.warning("mail %s was refused by the server (%s)", mail.pk, type(fault).__name__)
        _settle(mail, MailState.REFUSED)
    elif mail.attempts >= ATTEMPTS_AT_MOST:
        log.error("mail %s is given up after %s attempts", mail.pk, mail.attempts)
        _settle(mail, MailState.FAILED)
    else:
        log.warning("mail %s waits: the server did not take it (%s)", mail.pk, type(fault).__name__)
        _wait(mail, now + min(timedelta(minutes=2 ** (mail.attempts - 1)), LONGEST_WAIT))


def _is_final(fault: Exception) -> bool:
    """Whether the server will never take it: a reply of 500 or more to this recipient or these words (RFC 5321,
    4.2.1). Anything about ourselves, as a wrong password, may be put right."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in fault.recipients.values())
    return isinstance(fault, smtplib.SMTPDataError) and fault.smtp_code >= 500


def _wait(mail: Mail, until: datetime) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=MailState.WAITING, due_at=until)


def _settle(mail: Mail, state: MailState) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=state, settled_at=timezone.now())
