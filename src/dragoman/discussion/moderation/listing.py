"""Word lists as text: an entry a line, or language, kind and entry separated by tabs."""

from collections.abc import Iterable, Iterator

from dragoman.discussion.models import ListedWord, WordKind
from dragoman.discussion.tongues import is_known

EVERY = "*"
LINES_AT_MOST = 20_000
Listed = tuple[str, str, WordKind]


def read(text: str, language: str, kind: WordKind) -> tuple[list[Listed], list[int]]:
    """The entries of a text, and the numbers of the lines that are none. `language` and `kind` are those of lines that
    are an entry only; "*" is every language. Lines that begin with # are left out."""
    entries, faulty = [], []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines()[:LINES_AT_MOST], 1):
        if not line.strip() or line.startswith("#"):
            continue
        entry = _entry(line.split("\t"), language, kind)
        if entry is None:
            faulty.append(number)
        else:
            entries.append(entry)
    return entries, faulty


def _entry(parts: list[str], language: str, kind: WordKind) -> Listed | None:
    if len(parts) == 1:
        return language, parts[0].strip(), kind
    if len(parts) != 3:
        return None
    own, told, text = (part.strip() for part in parts)
    own = "" if own == EVERY else own
    if not text or told not in WordKind.values or (own and not is_known(own)):
        return None
    return own, text, WordKind(told)


def written(words: Iterable[ListedWord]) -> Iterator[str]:
    """The lines of a file that `read` takes."""
    for word in words:
        yield f"{word.language or EVERY}\t{word.kind}\t{word.text}\n"
