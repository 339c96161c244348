"""The state of moderation that is no comment's: rules, word lists, notes, appeals. `discussion.models` takes it in."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HeldFor(models.TextChoices):
    """Why a comment waits for a moderator: the kinds of the queue."""

    EVERY = "every", pgettext_lazy("why a comment waits", "every comment is read first")
    FIRST = "first", pgettext_lazy("why a comment waits", "a first comment")
    SUSPECT = "suspect", pgettext_lazy("why a comment waits", "suspect")
    REPORTS = "reports", pgettext_lazy("why a comment waits", "reported by several readers")
    CLASSIFIER = "classifier", pgettext_lazy("why a comment waits", "not examined yet")


class Ground(models.TextChoices):
    """The rule of the house that was broken: told to the author in the author's language."""

    INSULT = "insult", _("It insults or threatens someone")
    HATE = "hate", _("It spreads hatred")
    SPAM = "spam", _("It is advertising or spam")
    PRIVACY = "privacy", _("It reveals private information")
    OFF_TOPIC = "off_topic", _("It is off topic")
    ILLEGAL = "illegal", _("It breaks the law")
    OTHER = "other", _("Something else")


class HouseRules(models.Model):
    """The rules of the house where they differ from the configuration: one row; None is as configured."""

    premoderate = models.BooleanField(null=True)
    hold_first_comments = models.PositiveSmallIntegerField(null=True)
    reports_to_hold = models.PositiveSmallIntegerField(null=True)
    appeal_days = models.PositiveSmallIntegerField(null=True)
    comments_per_minute = models.PositiveIntegerField(null=True)
    comments_per_hour = models.PositiveIntegerField(null=True)
    duplicate_hours = models.PositiveSmallIntegerField(null=True)
    newcomer_comments = models.PositiveSmallIntegerField(null=True)
    newcomer_comments_per_hour = models.PositiveIntegerField(null=True)
    newcomer_links = models.PositiveSmallIntegerField(null=True)
    links = models.PositiveSmallIntegerField(null=True)
    slow_seconds = models.PositiveIntegerField(null=True)
    close_days = models.PositiveSmallIntegerField(null=True)
    hold_until_classified = models.BooleanField(null=True)
    blocked_hosts = models.JSONField(null=True)  # ["spam.example"]: the host and all below it

    class Meta:
        permissions = [("set_house_rules", "Can change the rules of the discussion")]

    def __str__(self) -> str:
        return "rules of the house"


class WordKind(models.TextChoices):
    """What follows when a word of a list is found."""

    BANNED = "banned", pgettext_lazy("words of a list", "refused")
    SUSPECT = "suspect", pgettext_lazy("words of a list", "held for a moderator")


class ListedWord(models.Model):
    """A word or phrase that comments are looked through for. `language` "" is every language's."""

    language = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=WordKind.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["language", "kind", "text"]
        constraints = [models.UniqueConstraint(fields=["language", "text"], name="discussion_word_once")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.language or 'every language'}"


class PersonNote(models.Model):
    """What moderators tell each other about a person. Nobody else ever reads it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moderation_notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"note on {self.person_id}"


class AppealOutcome(models.TextChoices):
    """What became of an appeal."""

    OPEN = "open", pgettext_lazy("an appeal", "waiting")
    UPHELD = "upheld", pgettext_lazy("an appeal", "the decision stands")
    OVERTURNED = "overturned", pgettext_lazy("an appeal", "the decision was taken back")


class Appeal(models.Model):
    """A person asks another moderator to look at a decision: once, with words, which are a document's."""

    decision = models.OneToOneField("discussion.Decision", on_delete=models.CASCADE, related_name="appeal")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="appeals")
    document = models.OneToOneField(
        "translation.Document", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=AppealOutcome.choices, default=AppealOutcome.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=models.Q(outcome="open"), name="discussion_appeal_open"
            )
        ]

    def __str__(self) -> str:
        return f"appeal against decision {self.decision_id}"
