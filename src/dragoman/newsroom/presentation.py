"""A reading put back into its page's structure: values for templates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from dragoman.languages.registry import direction
from dragoman.newsroom.models import ArticlePage
from dragoman.newsroom.pictures import Picture, pictures
from dragoman.text import emoticons, render
from dragoman.text.blocks import Block, safe_href
from dragoman.translation.readings import ReadBlock, Reading


@dataclass(frozen=True, slots=True)
class Shown:
    """One block as a template shows it. `place` ("body.3") is what a quotation refers to."""

    html: SafeString
    text: str
    place: str
    sentences: str  # "0-34 35-80": what a quotation snaps to
    language: str
    differs: bool  # from the language of the greater part: needs its own `lang` and `dir`
    pending: bool
    doubtful: bool
    part: str

    @property
    def direction(self) -> str:
        """`dir` of the block."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Part:
    """One child of the body's stream: paragraph, heading, list, quotation or picture."""

    kind: str
    blocks: tuple[Shown, ...]
    level: int = 2
    ordered: bool = False
    picture: Picture | None = None
    credit: str = ""

    def of(self, part: str) -> tuple[Shown, ...]:
        """The blocks that play this part."""
        return tuple(block for block in self.blocks if block.part == part)

    @property
    def quotation(self) -> tuple[Shown, ...]:
        """The quoted paragraphs."""
        return self.of("quotation")

    @property
    def attribution(self) -> Shown | None:
        """Whose words they are."""
        return next(iter(self.of("attribution")), None)

    @property
    def caption(self) -> Shown | None:
        """What stands under the picture."""
        return next(iter(self.of("caption")), None)

    @property
    def alt(self) -> Shown | None:
        """What the picture shows, for those who cannot see it; None for a decorative one."""
        return next(iter(self.of("alt")), None)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `url` is "" or safe to follow."""

    name: str
    url: str


def shown(reading: Reading, name: str, language: str) -> tuple[Shown, ...]:
    """A field's blocks, with emoji named in the page's language."""
    return tuple(
        _shown(read, f"{name}.{index}", reading.language, language)
        for index, read in enumerate(reading.blocks(name))
    )


@lru_cache(maxsize=1024)
def _html(block: Block, language: str) -> SafeString:
    """Most words are read many times, unchanged."""
    style = render.Rendering(
        language=language,
        emoji_name=partial(emoticons.name, language=language),
        nofollow=False,
        heading_shift=0,
    )
    return mark_safe(render.inline(block, style))  # noqa: S308 - render escapes and sanitises


def _shown(read: ReadBlock, place: str, language: str, page_language: str) -> Shown:
    return Shown(
        html=_html(read.block, page_language),
        text=read.block.text,
        place=place,
        sentences=" ".join(f"{start}-{end}" for start, end in read.block.sentences),
        language=read.language,
        differs=read.language != language,
        pending=read.pending,
        doubtful=read.doubtful,
        part=str(read.block.attrs.get("part") or read.block.kind),
    )


def first(reading: Reading, name: str, language: str) -> Shown | None:
    """A one-block field: headline, standfirst, a section's name."""
    return next(iter(shown(reading, name, language)), None)


def body_parts(article: ArticlePage, reading: Reading, language: str) -> tuple[Part, ...]:
    """The body in the order of the page's stream. Nothing that was read is left out."""
    by_anchor = _by_anchor(reading, shown(reading, "body", language))
    raw = _raw(article)
    images = pictures(_image_ids(raw))
    parts = [_part(child, by_anchor.pop(str(child.get("id")), ()), images) for child in raw]
    orphans = [Part("paragraph", tuple(blocks)) for blocks in by_anchor.values()]
    return tuple(part for part in [*parts, *orphans] if part.blocks or part.picture)


def _raw(article: ArticlePage) -> list[Mapping[str, Any]]:
    return [child for child in article.body.raw_data if isinstance(child, Mapping)]


def _by_anchor(reading: Reading, blocks: Iterable[Shown]) -> dict[str, tuple[Shown, ...]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for read, block in zip(reading.blocks("body"), blocks, strict=True):
        found[str(read.block.attrs.get("anchor") or "")].append(block)
    return {anchor: tuple(own) for anchor, own in found.items()}


def _image_ids(raw: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    for child in raw:
        if child["type"] == "picture" and child["value"].get("image"):
            yield int(child["value"]["image"])


def _part(child: Mapping[str, Any], blocks: tuple[Shown, ...], images: Mapping[int, Picture]) -> Part:
    kind, value = str(child["type"]), child["value"]
    if kind == "heading":
        return Part(kind, blocks, level=int(value.get("level") or 2))
    if kind == "list":
        return Part(kind, blocks, ordered=bool(value.get("ordered")))
    if kind == "picture":
        return Part(
            kind, blocks, picture=images.get(value.get("image") or 0), credit=value.get("credit") or ""
        )
    return Part(kind, blocks)


def leading_pictures(articles: Iterable[ArticlePage]) -> dict[int, Picture]:
    """The first picture of each article, by the article's id."""
    first_of = {article.pk: next(_image_ids(_raw(article)), None) for article in articles}
    images = pictures(image for image in first_of.values() if image is not None)
    return {article: images[image] for article, image in first_of.items() if image in images}


def sources(article: ArticlePage) -> tuple[Source, ...]:
    """The article's sources, names as written."""
    return tuple(
        Source(child.value["name"], safe_href(child.value.get("url") or "") or "")
        for child in article.sources
    )
