"""How common a word is in a language, by wordfreq's lists (extra `lexicons`). A language takes half a megabyte."""

import gzip
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from dragoman.fidelity.knowledge import may_load
from dragoman.fidelity.words import base

_NOT_SPLIT = frozenset({"zh", "ja", "ko", "th"})
"""Languages whose words are not found by spaces: the lists do not fit ours."""
_COMPARED = ("en", "fr", "es", "de", "it")
_AS_COMMON, _TOO_COMMON = 0.7, 4.7
"""How much commoner a word may be in its own language than elsewhere and still be a name, and how common at most:
others write "world" and "service" as well."""
_FORMAT = {"format": "cB", "version": 1}
"""Of the library's files: lists of words, the first of those that are every word of a text, each a centibel rarer."""
_AS_LISTED = {"nb": "nb", "no": "nb", "nn": "nb", "hr": "sh", "sr": "sh", "bs": "sh"}


def zipf(word: str, language: str) -> float | None:
    """Ten to this power, in a thousand million words: 7 for "the", 3 for the rarest listed, 0 for others.

    None where nothing is known of the language. `word` is case folded.
    """
    listed = _listed(_AS_LISTED.get(base(language), base(language))) if may_load() else None
    if listed is None:
        return None
    return listed.zipf(word)


@lru_cache(maxsize=8192)
def is_name(word: str, language: str) -> bool:
    """Whether a word that is written with a capital is a name everywhere: no list has it, or those of other languages
    have it as often ("hamilton", not "ministry"). `word` is case folded. False where nothing is known."""
    here = zipf(word, language)
    if here is None:
        return False
    if not here or here > _TOO_COMMON:
        return not here
    elsewhere = sorted(zipf(word, each) or 0.0 for each in _COMPARED if each != base(language))[-3:]
    return sum(elsewhere) / len(elsewhere) > here - _AS_COMMON


@lru_cache(maxsize=8192)
def is_elsewhere(word: str, language: str) -> bool:
    """Whether the list of another language has it. `word` is case folded."""
    return any(zipf(word, each) for each in _COMPARED if each != base(language))


class _Listed:
    """How common the words of a list are, in a tenth of the memory of a dictionary: by their hashes, of 64 bits."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        """`words` with their rareness in centibels: 0 is every word of a text, 900 one in a thousand million."""
        hashes, rareness = array("q"), array("H")
        for word, each in words:
            hashes.append(hash(word))
            rareness.append(each)
        order = sorted(range(len(hashes)), key=hashes.__getitem__)
        self._hashes = array("q", (hashes[place] for place in order))
        self._rareness = array("H", (rareness[place] for place in order))

    def zipf(self, word: str) -> float:
        """0 for a word that is not listed."""
        wanted = hash(word)
        place = bisect_left(self._hashes, wanted)
        found = place < len(self._hashes) and self._hashes[place] == wanted
        return math.log10(10 ** (-self._rareness[place] / 100)) + 9 if found else 0.0


@lru_cache(maxsize=12)
def _listed(language: str) -> _Listed | None:
    """The library's small list, read from its file: the library itself takes 20 MB, and keeps what it reads."""
    found = find_spec("wordfreq")
    if found is None or found.origin is None or language in _NOT_SPLIT:
        return None
    file = Path(found.origin).parent / "data" / f"small_{language}.msgpack.gz"
    if not file.exists():
        return None
    import msgpack

    with gzip.open(file) as packed:
        reader = msgpack.Unpacker(packed)
        lists = reader.read_array_header() - 1
        if (header := reader.unpack()) != _FORMAT:
            raise ValueError(f"{file.name} is written in a format we do not know: {header}.")
        return _Listed((word, rareness) for rareness in range(lists) for word in reader.unpack())
