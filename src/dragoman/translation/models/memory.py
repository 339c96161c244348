"""Translation memory: what a sentence became in another language, and who says so."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_noop, pgettext_lazy

from dragoman.translation.models.document import Scope

# Notes of the house's own memory: kept in English, shown to readers in their language.
HOUSE_NOTES = (gettext_noop("demo translation"), gettext_noop("reviewed phrase"))
ANY_CONTEXT = b"*"  # the sentence reads the same whatever stands before it


class Origin(models.TextChoices):
    """human > imported > machine. Recalled targets keep their origin."""

    HUMAN = "human", pgettext_lazy("who made a translation", "human")
    IMPORTED = "imported", pgettext_lazy("who made a translation", "imported")
    MACHINE = "machine", pgettext_lazy("who made a translation", "machine")


class Memory(models.Model):
    """(source language, segment text, context) + target language → target."""

    source_language = models.CharField(max_length=12)
    target_language = models.CharField(max_length=12)
    key = models.BinaryField(max_length=32)
    context = models.BinaryField(max_length=32, default=ANY_CONTEXT)
    scope = models.CharField(max_length=12, choices=Scope.choices)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    source = models.TextField()
    target = models.TextField()
    fragments = models.JSONField(default=dict)  # formatted fragment of the source → of the target
    note = models.CharField(max_length=60, blank=True)  # "demo translation", "reviewed phrase"
    engine = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=80, blank=True)
    terms = models.JSONField(default=list)  # terms used (text.terms.Term.fingerprint)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_language", "target_language", "key", "context", "scope", "origin"],
                name="translation_memory_key",
            )
        ]
        indexes = [
            models.Index(fields=["key", "target_language"], name="translation_memory_recall"),
            GinIndex(SearchVector("source", config="simple"), name="translation_memory_words"),
        ]
        verbose_name_plural = "memory"

    def __str__(self) -> str:
        return f"{self.source_language}→{self.target_language} {self.origin}"
