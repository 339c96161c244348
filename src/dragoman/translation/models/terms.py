"""The glossary: truth, like all that people decide. What was made with it is derived."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from dragoman.text.terms import LONGEST
from dragoman.translation.models.document import Document, Revision


class TermStatus(models.TextChoices):
    """Only what is approved is used; proposals wait for an editor."""

    APPROVED = "approved", pgettext_lazy("a term", "approved")
    PROPOSED = "proposed", pgettext_lazy("a term", "proposed")
    RETIRED = "retired", pgettext_lazy("a term", "no longer used")


class TargetStatus(models.TextChoices):
    """What a wording of the other language is."""

    APPROVED = "approved", pgettext_lazy("a term's translation", "approved")
    PROPOSED = "proposed", pgettext_lazy("a term's translation", "proposed")
    FORBIDDEN = "forbidden", pgettext_lazy("a term's translation", "forbidden")
    DISMISSED = "dismissed", pgettext_lazy("a term's translation", "not wanted")  # never proposed again


class Term(models.Model):
    """A glossary entry of the publication: newsroom and discussion honour it alike."""

    source_language = models.CharField(max_length=12)
    source = models.CharField(max_length=LONGEST)
    variants = models.JSONField(default=list)  # other wordings of the source language
    match_case = models.BooleanField(default=False)
    inflected = models.BooleanField(default=True)  # other endings are the same term
    keep = models.BooleanField(default=False)  # never translated
    status = models.CharField(max_length=10, choices=TermStatus.choices, default=TermStatus.APPROVED)
    note = models.TextField(blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_language", "source"], name="translation_term_once")
        ]
        permissions = [("edit_terms", "Can edit the glossary")]
        ordering = ["source", "pk"]

    def __str__(self) -> str:
        return f"{self.source} ({self.source_language})"


class TermTarget(models.Model):
    """What a term is, or must not be, in another language; the first approved one is preferred."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="targets")
    language = models.CharField(max_length=12)
    text = models.CharField(max_length=LONGEST)
    forms = models.JSONField(default=list)  # inflected
    status = models.CharField(max_length=10, choices=TargetStatus.choices, default=TargetStatus.APPROVED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["term", "language", "text"], name="translation_term_target_once")
        ]
        ordering = ["language", "pk"]

    def __str__(self) -> str:
        return f"{self.text} ({self.language})"


class TermChange(models.Model):
    """One change of the glossary, and what came of it: who, which wordings, how many sentences are made anew."""

    source_language = models.CharField(max_length=12)
    wordings = models.JSONField()  # of before and after: where they stand is what the change touches
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    redone = models.PositiveIntegerField(default=0)  # sentences
    flagged = models.PositiveIntegerField(default=0)  # sentences a person translated

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"change {self.pk} of the glossary ({self.source_language})"


class Correction(models.Model):
    """A stretch of words that an editor replaced: the evidence for a proposed term. Of the newsroom only."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    key = models.BinaryField(max_length=32)  # of the sentence: text.segments.segment_key
    source_language = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    source = models.TextField()  # the sentence
    before = models.TextField()  # its translation, and what the editor made of it
    after = models.TextField()
    replaced = models.CharField(max_length=LONGEST)
    by = models.CharField(max_length=LONGEST)  # the words put in its place
    target = models.ForeignKey(
        TermTarget, null=True, on_delete=models.SET_NULL, related_name="evidence"
    )  # what it speaks for
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_language", "language", "key", "replaced", "by"],
                name="translation_correction_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["source_language", "language", "replaced"], name="translation_correction_same"
            )
        ]

    def __str__(self) -> str:
        return f"“{self.replaced}” became “{self.by}” ({self.language})"
