"""What was asked of engines: ids and figures, never text."""

from django.db import models


class LedgerEntry(models.Model):
    """One logical engine request: one document, one language."""

    document_id = models.BigIntegerField(db_index=True)  # no foreign key: outlives the document
    revision_id = models.BigIntegerField()
    source_language = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    engine = models.CharField(max_length=40)
    segments = models.PositiveIntegerField()
    characters = models.PositiveIntegerField()
    hops = models.PositiveSmallIntegerField(default=1)
    retries = models.PositiveSmallIntegerField(default=0)
    trigger = models.CharField(max_length=20, default="published")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "ledger"

    def __str__(self) -> str:
        return f"{self.engine} {self.source_language}→{self.language}: {self.segments}"
