"""Invented stories for the newsroom's tests."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image as Canvas
from wagtail.images import get_image_model

from dragoman.newsroom.actions import ArticleText, ensure_section, write_article
from dragoman.newsroom.models import ArticlePage, SectionPage
from dragoman.people.models import User

PUBLISHED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PARAGRAPH = "<p>The lamp turns. It has <b>turned</b> since 1788.</p>"


def section(slug: str = "coast", name: str = "The Coast") -> SectionPage:
    return ensure_section(slug=slug, name=name, description="Harbours and lights.", language="en")


def article(
    key: str = "lamp",
    *,
    language: str = "en",
    headline: str = "A lamp that counts to twenty",
    body: list[tuple[str, Any]] | None = None,
    under: SectionPage | None = None,
    published_at: datetime = PUBLISHED,
    **words: Any,
) -> ArticlePage:
    text = ArticleText(
        key=key,
        language=language,
        headline=headline,
        standfirst=words.pop("standfirst", "It has done so for years."),
        byline=words.pop("byline", "Maris Tamsin"),
        body=body if body is not None else [("paragraph", PARAGRAPH)],
        published_at=published_at,
        **words,
    )
    return write_article(under or section(), text)[0]


def picture(title: str = "lamp", size: tuple[int, int] = (1600, 900)) -> int:
    stored = BytesIO()
    Canvas.new("RGB", size, "teal").save(stored, "PNG")
    stored.seek(0)
    image = get_image_model()(title=title, file=ImageFile(stored, name=f"{title}.png"))
    image.save()
    return int(image.pk)


def everything() -> list[tuple[str, Any]]:
    """A body with one child of every kind."""
    return [
        ("paragraph", PARAGRAPH),
        ("heading", {"text": "How it works", "level": "3"}),
        ("list", {"ordered": True, "items": ["First.", "Second, <i>slowly</i>."]}),
        ("quotation", {"quotation": "<p>Count with me.</p>", "attribution": "the keeper"}),
        (
            "picture",
            {
                "image": picture(),
                "caption": "The lamp at dusk.",
                "alt": "A lamp.",
                "decorative": False,
                "credit": "Iven Tarrow",
            },
        ),
    ]


def editor() -> User:
    return User.objects.create_superuser("editor@example.org", "secret", display_name="Ottoline")


def republish(page: ArticlePage, **changes: Any) -> ArticlePage:
    """As an editor does: change, save a draft, publish it."""
    page = ArticlePage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return ArticlePage.objects.get(pk=page.pk)
