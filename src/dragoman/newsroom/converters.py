"""The last part of an article's address: `17` or `17-the-lighthouse`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleReference:
    """The id decides; the slug is cosmetic. `slug` is None where the address has none."""

    number: int
    slug: str | None = None


class ArticleReferenceConverter:
    """Between the address and the reference."""

    regex = r"[0-9]{1,15}(?:-[^/]*)?"

    def to_python(self, value: str) -> ArticleReference:
        """`17-the-lighthouse` → 17 and the slug."""
        number, hyphen, slug = value.partition("-")
        return ArticleReference(int(number), slug if hyphen else None)

    def to_url(self, value: ArticleReference) -> str:
        """The inverse."""
        return str(value.number) if value.slug is None else f"{value.number}-{value.slug}"
