"""The readable part of an article's address, one per language (rule of reading 9)."""

from django.db import models

from dragoman.newsroom.models.article import ArticlePage

SLUG_LONGEST = 80


class ArticleSlug(models.Model):
    """Set when that language's edition is first ready, then changed only by an editor."""

    article = models.ForeignKey(ArticlePage, on_delete=models.CASCADE, related_name="slugs")
    language = models.CharField(max_length=12)
    slug = models.CharField(max_length=SLUG_LONGEST)
    set_by_editor = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="newsroom_slug_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.slug}"
