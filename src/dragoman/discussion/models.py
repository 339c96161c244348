"""State of the discussion. Words live in documents (translation); here stands who, where and when."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dragoman.discussion.moderation.models import (
    Appeal,
    AppealOutcome,
    Ground,
    HeldFor,
    HouseRules,
    ListedWord,
    PersonNote,
    WordKind,
)
from dragoman.translation.models import Document, Revision

__all__ = [
    "Act",
    "Appeal",
    "AppealOutcome",
    "Comment",
    "CommentState",
    "Decision",
    "Ground",
    "HeldFor",
    "HouseRules",
    "ListedWord",
    "PersonNote",
    "Quotation",
    "QuotedPart",
    "Report",
    "ReportReason",
    "Thread",
    "Vote",
    "WordKind",
]


class Thread(models.Model):
    """One discussion per story: keyed to the story's document, to neither address nor language."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="thread")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="stories"
    )  # the story's author, whose comments bear a badge
    locked_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True)  # by its age; kept by `actions.house_rules`
    close_days = models.PositiveSmallIntegerField(null=True)  # these three: None is as everywhere
    slow_seconds = models.PositiveIntegerField(null=True)
    premoderate = models.BooleanField(null=True)
    comment_count = models.PositiveIntegerField(default=0)  # visible ones, replies included
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("moderate", "Can moderate the discussion")]

    def __str__(self) -> str:
        return f"thread {self.pk}"

    def is_closed(self, now: datetime) -> bool:
        """Whether nobody but moderators may write here: closed by one of them, or by its age."""
        return self.locked_at is not None or (self.closes_at is not None and self.closes_at <= now)

    @property
    def is_locked(self) -> bool:
        """Whether it is closed now."""
        return self.is_closed(timezone.now())


class CommentState(models.TextChoices):
    """What became of a comment. Only `LIVE` ones are read by everyone."""

    LIVE = "live", pgettext_lazy("a comment", "shown")
    HELD = "held", pgettext_lazy("a comment", "waiting for a moderator")
    HIDDEN = "hidden", pgettext_lazy("a comment", "hidden by a moderator")
    DELETED = "deleted", pgettext_lazy("a comment", "deleted by its author")
    REMOVED = "removed", pgettext_lazy("a comment", "deleted by a moderator")


SHOWN = models.Q(state=CommentState.LIVE) | models.Q(below__gt=0)
"""What stands in a thread for everybody: what is live, and the places of withdrawn comments that still have answers."""


class Comment(models.Model):
    """A comment's place, author and standing. Its words are its document's (none once deleted).

    `root` and `path` are the database's own (a trigger, migration 0005): the first comment of the branch, and a key of
    12 bytes for each comment from there down to this one (when it was written, and its number), so that a branch
    sorted by `path` is every comment followed by its answers, the oldest first. Below the two hundredth level
    comments stand in the order they were written.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    depth = models.PositiveSmallIntegerField(default=0)
    root = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="+",
    )
    path = models.BinaryField(null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="comments"
    )
    author_name = models.CharField(max_length=60, blank=True)  # of an imported comment; "" = unnamed reader
    document = models.OneToOneField(Document, null=True, on_delete=models.SET_NULL, related_name="comment")
    state = models.CharField(max_length=10, choices=CommentState.choices, default=CommentState.LIVE)
    held_for = models.CharField(max_length=10, choices=HeldFor.choices, blank=True)  # "" unless held
    held_note = models.CharField(max_length=200, blank=True)  # what was noticed: for moderators
    baseline = models.IntegerField(default=0)  # score brought along by an import
    score = models.IntegerField(default=0)  # baseline + votes
    ups = models.PositiveIntegerField(default=0)  # votes for, given here
    downs = models.PositiveIntegerField(default=0)  # votes against, given here
    worth = models.FloatField(default=0.0)  # `arranging.worth_of` of the votes
    reply_count = models.PositiveIntegerField(default=0)  # visible direct replies
    below = models.PositiveIntegerField(default=0)  # visible answers, and answers to them, and so on
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - unique where present
    submission = models.UUIDField(null=True, unique=True)  # of form and words: sent twice, they post once
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)  # stands before the others of its thread
    featured_at = models.DateTimeField(null=True)  # the editors' choice: bears a badge

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "external_id"], name="discussion_comment_external"),
        ]
        indexes = [
            models.Index(fields=["thread", "created_at"], name="discussion_comment_order"),
            models.Index(fields=["author", "-created_at"], name="discussion_comment_by"),
            models.Index(
                fields=["created_at"], condition=models.Q(state="held"), name="discussion_comment_held"
            ),
            models.Index(fields=["root", "path"], name="discussion_comment_branch"),
            models.Index(
                fields=["thread", "-pinned_at"],
                condition=models.Q(pinned_at__isnull=False),
                name="discussion_comment_pinned",
            ),
            models.Index(
                fields=["thread", "created_at", "id"],
                condition=SHOWN & models.Q(parent=None),
                name="discussion_comment_first",
            ),
            models.Index(
                fields=["thread", "below", "created_at", "id"],
                condition=SHOWN & models.Q(parent=None),
                name="discussion_comment_discussed",
            ),
            models.Index(
                models.F("thread"),
                models.F("worth") * -1,
                models.F("created_at"),
                models.F("id"),
                condition=SHOWN & models.Q(parent=None),
                name="discussion_comment_best",
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(state="hidden"), name="discussion_comment_hidden"
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Vote(models.Model):
    """One person's vote on one comment: +1 or −1, changeable; 0 once taken back.

    A vote taken back keeps its row, or voting to and fro would escape the count of votes per minute.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField()
    changes = models.PositiveIntegerField(default=1)  # within the current minute
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "voter"], name="discussion_vote_once"),
            models.CheckConstraint(condition=models.Q(value__in=(-1, 0, 1)), name="discussion_vote_value"),
        ]
        indexes = [models.Index(fields=["voter", "-changed_at"], name="discussion_vote_by")]

    def __str__(self) -> str:
        return f"{self.value:+d} on comment {self.comment_id}"


class QuotedPart(models.TextChoices):
    """How much of the quoted sentences the quoter took."""

    WHOLE = "whole", pgettext_lazy("a quotation", "whole")
    PART = "part", pgettext_lazy("a quotation", "quoted in part")
    GONE = "gone", pgettext_lazy("a quotation", "no longer in the text")


class Quotation(models.Model):
    """A reference from a comment to sentences of a document; it follows that document's revisions."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="quotations")
    position = models.PositiveSmallIntegerField()  # index of the reference block in the comment's body
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="quoted_by")
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    field = models.CharField(max_length=30)
    block = models.PositiveIntegerField()
    first = models.PositiveIntegerField()  # sentences, inclusive
    last = models.PositiveIntegerField()
    part = models.CharField(max_length=10, choices=QuotedPart.choices, default=QuotedPart.WHOLE)
    wording = models.TextField(blank=True)  # the quoter's own, where cut or changed

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "position"], name="discussion_quotation_place")
        ]

    def __str__(self) -> str:
        return f"quotation in comment {self.comment_id}"


class PreviewState(models.TextChoices):
    """How far a preview has come."""

    WAITING = "waiting", pgettext_lazy("a preview", "waiting")
    READY = "ready", pgettext_lazy("a preview", "ready")
    FAILED = "failed", pgettext_lazy("a preview", "not possible")


class Preview(models.Model):
    """A draft that its author wants to read as others will. It expires: nothing is kept of what was not sent."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="previews")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    submission = models.UUIDField(null=True)  # of the form: sending from the preview posts once, too
    source = models.TextField()  # as typed
    language = models.CharField(max_length=12)  # declared; found out by the job
    target_language = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=PreviewState.choices, default=PreviewState.WAITING)
    content = models.JSONField(default=dict)  # as an edition's
    origin = models.CharField(max_length=10, blank=True)
    findings = models.JSONField(default=list)  # of the sentences shown or refused
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["author", "-created_at"], name="discussion_preview_by"),
            models.Index(fields=["created_at"], name="discussion_preview_age"),
        ]

    def __str__(self) -> str:
        return f"preview {self.pk}"


class ReportReason(models.TextChoices):
    """Why a reader reports a comment."""

    INSULT = "insult", _("It insults or threatens someone")
    HATE = "hate", _("It spreads hatred")
    SPAM = "spam", _("It is advertising or spam")
    PRIVACY = "privacy", _("It reveals private information")
    OFF_TOPIC = "off_topic", _("It is off topic")
    TRANSLATION = "translation", _("The translation is wrong")
    OTHER = "other", _("Something else")


class Report(models.Model):
    """A reader's report; open until a moderator decides."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=20, choices=ReportReason.choices)
    note = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=12)  # the edition that was read
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "reporter"], name="discussion_report_once")]
        indexes = [
            models.Index(
                fields=["comment"], condition=models.Q(settled_at=None), name="discussion_report_open"
            ),
            models.Index(fields=["reporter", "-created_at"], name="discussion_report_by"),
        ]

    def __str__(self) -> str:
        return f"report of comment {self.comment_id}"


class Act(models.TextChoices):
    """What a moderator did."""

    APPROVE = "approve", pgettext_lazy("what a moderator did", "approved")
    HIDE = "hide", pgettext_lazy("what a moderator did", "hid")
    RESTORE = "restore", pgettext_lazy("what a moderator did", "restored")
    LOCK = "lock", pgettext_lazy("what a moderator did", "locked")
    UNLOCK = "unlock", pgettext_lazy("what a moderator did", "unlocked")
    SUSPEND = "suspend", pgettext_lazy("what a moderator did", "suspended")
    REINSTATE = "reinstate", pgettext_lazy("what a moderator did", "reinstated")
    DISMISS = "dismiss", pgettext_lazy("what a moderator did", "dismissed reports")
    CORRECT_LANGUAGE = "language", pgettext_lazy("what a moderator did", "corrected the language")
    FEATURE = "feature", pgettext_lazy("what a moderator did", "featured")
    UNFEATURE = "unfeature", pgettext_lazy("what a moderator did", "features no longer")
    PIN = "pin", pgettext_lazy("what a moderator did", "pinned")
    UNPIN = "unpin", pgettext_lazy("what a moderator did", "unpinned")
    HOLD = "hold", pgettext_lazy("what a moderator did", "held for a moderator")
    REMOVE = "remove", pgettext_lazy("what a moderator did", "deleted")
    WARN = "warn", pgettext_lazy("what a moderator did", "warned")
    BAN = "ban", pgettext_lazy("what a moderator did", "banned")
    NOTE = "note", pgettext_lazy("what a moderator did", "wrote a note")
    UPHOLD = "uphold", pgettext_lazy("what a moderator did", "upheld on appeal")
    OVERTURN = "overturn", pgettext_lazy("what a moderator did", "overturned on appeal")
    THREAD_RULES = "thread_rules", pgettext_lazy("what a moderator did", "changed the rules of a discussion")
    HOUSE_RULES = "house_rules", pgettext_lazy("what a moderator did", "changed the rules of the house")
    WORDS = "words", pgettext_lazy("what a moderator did", "changed the word lists")


SILENT = frozenset({Act.DISMISS, Act.NOTE, Act.THREAD_RULES, Act.HOUSE_RULES, Act.WORDS})
"""What nobody is told who does not moderate."""
APPEALABLE = frozenset({Act.HIDE, Act.REMOVE, Act.WARN, Act.SUSPEND, Act.BAN})


class Rule(models.TextChoices):
    """What decided where no moderator did."""

    SUSPECT = "suspect", pgettext_lazy("what decided", "word lists and links")
    REPORTS = "reports", pgettext_lazy("what decided", "reports")
    CLASSIFIER = "classifier", pgettext_lazy("what decided", "classifier")


class Decision(models.Model):
    """One act of moderation: the log. Never changed, never deleted with what it is about."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    act = models.CharField(max_length=12, choices=Act.choices)
    comment = models.ForeignKey(Comment, null=True, on_delete=models.SET_NULL, related_name="decisions")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.SET_NULL, related_name="decisions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    rule = models.CharField(max_length=10, choices=Rule.choices, blank=True)  # "" = a person decided
    ground = models.CharField(max_length=10, choices=Ground.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # as it was typed: for the log
    document = models.OneToOneField(  # the reason once more, to be read by those it concerns
        Document, null=True, on_delete=models.SET_NULL, related_name="decision"
    )
    detail = models.CharField(
        max_length=500, blank=True
    )  # what a program adds: limits, settings, words of a list
    before = models.CharField(max_length=10, choices=CommentState.choices, blank=True)  # the comment's state
    part_of = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="parts")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["comment", "-created_at"], name="discussion_decision_on"),
            models.Index(fields=["person", "-created_at"], name="discussion_decision_of"),
        ]

    def __str__(self) -> str:
        return f"{self.act} by {self.actor_id}"

    @property
    def concerned(self) -> Any:
        """The account (a User) that is to know: the person, or the comment's author; None for what moderators keep to
        themselves, for the parts of a larger decision, and for one decided by the very person."""
        if self.act in SILENT or self.part_of_id is not None:
            return None
        person = self.person if self.person_id or self.comment is None else self.comment.author
        return person if person is None or person.pk != self.actor_id else None


# The state of notifications lives with them; Django finds an application's models in this module.
from dragoman.discussion.notifications.models import (  # noqa: E402, F401
    Follow,
    Ignoring,
    Mail,
    Mention,
    Notification,
    Preferences,
)
