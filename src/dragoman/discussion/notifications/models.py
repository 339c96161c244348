"""State of notifications. None of them holds words: what is told is read when it is shown or sent."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Why someone is told. Each is a field of `Preferences`."""

    REPLY = "reply", _("Replies to my comments")
    QUOTATION = "quotation", _("Quotations of my words")
    MENTION = "mention", _("Mentions of my name")
    FEATURED = "featured", _("A comment of mine is featured")
    DECISION = "decision", _("Decisions on my comments")
    FOLLOWED = "followed", _("New comments in discussions I follow")


BY_A_COMMENT = (Kind.REPLY, Kind.QUOTATION, Kind.MENTION)
"""What one comment does to one person: of several the first is told."""
ABOUT_OWN = (Kind.FEATURED, Kind.DECISION)
"""What happened to a comment of one's own."""


class Pace(models.TextChoices):
    """How soon an e-mail tells it, if at all. The site tells it in any case."""

    INSTANT = "instant", _("at once")
    DAILY = "daily", _("once a day")
    NEVER = "never", _("no e-mail")


def _pace(default: Pace, kind: Kind) -> "models.CharField[str, str]":
    return models.CharField(kind.label, max_length=8, choices=Pace.choices, default=default)


class Preferences(models.Model):
    """What a person wishes to be told by e-mail, and when. Whoever never said anything has the defaults."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    reply = _pace(Pace.INSTANT, Kind.REPLY)
    quotation = _pace(Pace.INSTANT, Kind.QUOTATION)
    mention = _pace(Pace.INSTANT, Kind.MENTION)
    featured = _pace(Pace.INSTANT, Kind.FEATURED)
    decision = _pace(Pace.INSTANT, Kind.DECISION)
    followed = _pace(Pace.DAILY, Kind.FOLLOWED)
    digest_at = models.TimeField(_("Time of the daily e-mail"), default=time(7))
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)  # "" = the publication's
    follows_own = models.BooleanField(_("Follow the discussions I write in"), default=True)

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"

    def pace_of(self, kind: str) -> Pace:
        """How soon an e-mail tells this kind."""
        return Pace(getattr(self, Kind(kind).value))


class Follow(models.Model):
    """A person follows a thread, or has said that they do not any more: then writing there does not begin it anew."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    thread = models.ForeignKey("discussion.Thread", on_delete=models.CASCADE, related_name="follows")
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "person"], name="discussion_follow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows thread {self.thread_id}"


class Ignoring(models.Model):
    """One person does not want to hear of another."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ignoring")
    ignored = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ignored_by")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "ignored"], name="discussion_ignoring_once"),
            models.CheckConstraint(
                condition=~Q(person=models.F("ignored")), name="discussion_ignoring_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} ignores {self.ignored_id}"


class Mention(models.Model):
    """A comment mentions a person: `@p<number>` in its words stands for them, and outlives their account."""

    comment = models.ForeignKey("discussion.Comment", on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="mentioned_in"
    )
    number = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="discussion_mention_once"),
        ]

    def __str__(self) -> str:
        return f"mention in comment {self.comment_id}"


class MailState(models.TextChoices):
    """What became of an e-mail."""

    WAITING = "waiting"
    SENDING = (
        "sending"  # given to the server; found so later, nobody knows whether it took it: never sent again
    )
    SENT = "sent"
    REFUSED = "refused"  # the server does not take it for this address
    DROPPED = "dropped"  # there was nothing left to tell, or nobody to tell it to
    FAILED = "failed"  # tried as often as is sensible


class Mail(models.Model):
    """One e-mail to one person: it remembers that it was sent. Its words are composed when it leaves."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mails")
    is_digest = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="discussion_mail_due"),
            models.Index(fields=["recipient", "-created_at"], name="discussion_mail_to"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.recipient_id}"


class Notification(models.Model):
    """One person is told of one comment, or of one decision.

    `followed` stands for every comment since `comment` that is not read yet.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # None of a decision on the account itself:
    thread = models.ForeignKey(
        "discussion.Thread", null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    comment = models.ForeignKey(
        "discussion.Comment", null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    decision = models.ForeignKey(
        "discussion.Decision", null=True, on_delete=models.CASCADE, related_name="notifications"
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.NEVER)
    mail_due_at = models.DateTimeField(null=True)  # None: no e-mail is wanted, or one has it
    mail = models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="notifications")
    mailed_to = models.BigIntegerField(default=0)  # `followed`: the last comment that an e-mail told of

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "comment"],
                condition=Q(kind__in=BY_A_COMMENT),
                name="discussion_notification_comment",
            ),
            models.UniqueConstraint(
                fields=["recipient", "decision"], name="discussion_notification_decision"
            ),
            models.UniqueConstraint(
                fields=["recipient", "thread"],
                condition=Q(kind="followed", read_at=None),
                name="discussion_notification_followed",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="discussion_notification_of"),
            models.Index(
                fields=["recipient"], condition=Q(read_at=None), name="discussion_notification_unread"
            ),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="discussion_notification_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_id}"
