"""What readers say of a translation."""

from django.conf import settings
from django.db import models

from dragoman.translation.models.document import Document

NOTE_LONGEST = 500  # characters


class TranslationReport(models.Model):
    """A reader's report of a translation; open until the desk closes it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="translation_reports")
    language = models.CharField(max_length=12)  # the edition that was read
    # The sentence, by its key: it is found again in a later revision. Empty: the whole text.
    key = models.BinaryField(max_length=32, default=b"")
    note = models.CharField(max_length=NOTE_LONGEST, blank=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "language", "key", "reporter"],
                condition=models.Q(settled_at=None),
                name="translation_report_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["document", "language"],
                condition=models.Q(settled_at=None),
                name="translation_report_open",
            ),
            models.Index(fields=["reporter", "-created_at"], name="translation_report_by"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"report {self.pk} of document {self.document_id} in {self.language}"
