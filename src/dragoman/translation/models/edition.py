"""A document as read in one language, and each of its sentences there."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from dragoman.translation.models.document import Document, Revision, Segment
from dragoman.translation.models.memory import Origin


class EditionState(models.TextChoices):
    """How much of the document a reader gets in the edition's language."""

    ORIGINAL = "original", pgettext_lazy("an edition", "original")
    PARTIAL = "partial", pgettext_lazy("an edition", "partial")
    READY = "ready", pgettext_lazy("an edition", "ready")


class Progress(models.TextChoices):
    """Where the work on an edition stands."""

    QUEUED = "queued", pgettext_lazy("work on an edition", "queued")
    # no engine for the pair
    WAITING = "waiting", pgettext_lazy("work on an edition", "waiting for an engine")
    PARKED = "parked", pgettext_lazy("work on an edition", "set aside")  # tried too often
    DONE = "done", pgettext_lazy("work on an edition", "done")


class Edition(models.Model):
    """A document's revision in one language. The row itself de-duplicates the work (ADR 0005)."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="editions")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="editions")
    language = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=EditionState.choices, default=EditionState.ORIGINAL)
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(
        max_length=12, choices=Origin.choices, blank=True
    )  # the least trusted one shown
    note = models.CharField(max_length=60, blank=True)
    content = models.JSONField(default=dict)  # composed: translation.compose
    updating_since = models.DateTimeField(null=True)  # some sentence shown is of an earlier revision
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "revision", "language"], name="translation_edition_once"
            )
        ]
        indexes = [models.Index(fields=["language", "created_at"], name="translation_edition_on_view")]
        permissions = [("review_editions", "Can review and correct editions")]

    def __str__(self) -> str:
        return f"document {self.document_id} in {self.language}"


class TargetState(models.TextChoices):
    """What may be shown of a target."""

    PASSED = "pass", pgettext_lazy("a translated sentence", "checked")
    DOUBTFUL = "doubtful", pgettext_lazy("a translated sentence", "doubtful")
    REFUSED = "refuse", pgettext_lazy("a translated sentence", "refused")  # never shown; kept to explain
    # made for an earlier wording of the sentence
    UPDATING = "updating", pgettext_lazy("a translated sentence", "being updated")


class Target(models.Model):
    """One sentence of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="targets")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="targets")
    text = models.TextField(blank=True)
    fragments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=TargetState.choices)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    note = models.CharField(max_length=60, blank=True)
    engine = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=80, blank=True)
    findings = models.JSONField(default=list)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    carried = models.BooleanField(default=False)  # a human's, carried over a spelling fix of the source
    locked = models.BooleanField(default=False)  # a person's, replaced by no import and no "everywhere"
    outdated = models.TextField(blank=True)  # a human's text for an earlier wording, kept beside the new
    outdated_source = models.TextField(blank=True)
    terms = models.JSONField(default=list)  # terms it was made or checked with (text.terms.Term.fingerprint)
    redo = models.BooleanField(
        default=False
    )  # the glossary changed: shown until what is made anew has passed
    by_term = models.BooleanField(default=False)  # a person's, and the glossary says otherwise by now
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "segment"], name="translation_target_once"),
            models.CheckConstraint(
                condition=models.Q(locked=False) | models.Q(origin=Origin.HUMAN),
                name="translation_target_locked_human",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} target of segment {self.segment_id}"
