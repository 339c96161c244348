"""Pictures of a page: a few widths of each, in two queries whatever their number."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, AbstractRendition, SourceImageIOError

logger = logging.getLogger(__name__)
WIDTHS = (480, 960, 1440)  # the measure is about 40 rem: one, one and a half, two device pixels
SPECS = tuple(f"width-{width}|format-webp" for width in WIDTHS)
SHOWN = SPECS[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """Addresses of one picture's renditions, and the size that keeps its place while it loads."""

    src: str
    srcset: str
    width: int
    height: int


def pictures(ids: Iterable[int]) -> dict[int, Picture]:
    """The pictures there are; one that is gone or unreadable is left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = get_image_model().objects.filter(pk__in=wanted).prefetch_renditions(*SPECS)
    shown = {image.pk: _picture(image) for image in found}
    return {pk: picture for pk, picture in shown.items() if picture is not None}


def _picture(image: AbstractImage) -> Picture | None:
    try:
        renditions = image.get_renditions(*SPECS)
    except (SourceImageIOError, OSError):
        logger.warning("image %s cannot be read", image.pk)
        return None
    shown = renditions[SHOWN]
    return Picture(shown.url, _srcset(renditions.values()), shown.width, shown.height)


def _srcset(renditions: Iterable[AbstractRendition]) -> str:
    """Each width once: a small original gives the same width for several."""
    by_width = {rendition.width: rendition.url for rendition in renditions}
    return ", ".join(f"{url} {width}w" for width, url in sorted(by_width.items()))
