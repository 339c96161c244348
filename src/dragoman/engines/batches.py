"""Cutting a request into calls that a server takes, and putting the answers back in place."""

from collections.abc import Iterable, Iterator, Sequence

from dragoman.engines.errors import Refused
from dragoman.engines.faithful import wordless
from dragoman.engines.protocol import require_length


def worded(texts: Sequence[str]) -> list[int]:
    """The places of the texts that are to be asked; the others say the same in every language."""
    return [place for place, text in enumerate(texts) if not wordless(text)]


def batches(
    places: Iterable[int], texts: Sequence[str], *, most: int, characters: int
) -> Iterator[list[int]]:
    """Places in groups of at most `most` texts and `characters` characters; a longer text goes alone."""
    group: list[int] = []
    size = 0
    for place in places:
        length = len(texts[place])
        if group and (len(group) == most or size + length > characters):
            yield group
            group, size = [], 0
        group.append(place)
        size += length
    if group:
        yield group


def require_texts(engine: str, texts: tuple[str, ...], longest: int) -> None:
    """Raises TooLong when a text has more than `longest` characters, and Refused when it holds code points that are no
    characters: they cannot be sent as UTF-8."""
    require_length(engine, texts, longest)
    for text in texts:
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused(f"“{engine}” is not sent code points that are not characters.") from None
