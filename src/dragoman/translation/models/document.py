"""What people wrote: documents, their revisions, and where each sentence stands."""

from django.db import models
from django.utils.translation import pgettext_lazy

from dragoman.text.blocks import Block, fields_from_json


class Scope(models.TextChoices):
    """Sentences flow from newsroom to discussion and never back."""

    NEWSROOM = "newsroom", pgettext_lazy("where a text belongs", "newsroom")
    DISCUSSION = "discussion", pgettext_lazy("where a text belongs", "discussion")


class LanguageOrigin(models.TextChoices):
    """Who said what language the words are in."""

    DECLARED = "declared", pgettext_lazy("language of a text", "declared")
    DETECTED = "detected", pgettext_lazy("language of a text", "detected")
    CORRECTED = "corrected", pgettext_lazy("language of a text", "corrected")


class Document(models.Model):
    """One translatable text. Visibility is its own: an edition has none (sentence 3 of the design)."""

    kind = models.CharField(max_length=20)  # article, comment, section, home
    scope = models.CharField(max_length=12, choices=Scope.choices)
    source_language = models.CharField(max_length=12)
    declared_language = models.CharField(max_length=12)
    language_origin = models.CharField(
        max_length=12, choices=LanguageOrigin.choices, default=LanguageOrigin.DECLARED
    )
    visible = models.BooleanField(default=True)
    confidential = models.BooleanField(default=False)  # embargoed: only engines marked confidential
    bulk = models.BooleanField(default=False)  # imported: fresh comments precede it in the queue
    current = models.OneToOneField(
        "translation.Revision", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} document {self.pk} ({self.source_language})"


class Revision(models.Model):
    """A document's words at one moment, with its sentence boundaries (stored, never recomputed)."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    fields = models.JSONField()  # text.blocks.fields_to_json
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="translation_revision_number")
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of document {self.document_id}"

    def blocks(self) -> dict[str, tuple[Block, ...]]:
        """The revision's fields as values."""
        return fields_from_json(self.fields)


class Segment(models.Model):
    """One sentence of a document's current revision: an occurrence that keeps its memory alive."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="segments")
    position = models.PositiveIntegerField()  # in document order
    field = models.CharField(max_length=30)
    block = models.PositiveIntegerField()
    sentence = models.PositiveIntegerField()
    key = models.BinaryField(max_length=32)  # text.segments.segment_key
    context = models.BinaryField(max_length=32)  # text.segments.context_key, or ANY_CONTEXT

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="translation_segment_position")
        ]
        indexes = [models.Index(fields=["key"], name="translation_segment_key")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.field} {self.block}.{self.sentence}"
