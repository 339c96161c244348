"""How common a word is in a language, by wordfreq (extra `lexicons`). A language takes about 5 MB, the library 20."""

import math
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from dragoman.fidelity.knowledge import may_load
from dragoman.fidelity.words import base

_NOT_SPLIT = frozenset({"zh", "ja", "ko", "th"})
"""Languages whose words are not found by spaces: the lists do not fit ours."""
_AS_LISTED = {"nb": "nb", "no": "nb", "nn": "nb", "hr": "sh", "sr": "sh", "bs": "sh"}


def zipf(word: str, language: str) -> float | None:
    """Ten to this power, in a thousand million words: 7 for "the", 3 for the rarest listed, 0 for others.

    None where nothing is known of the language. `word` is case folded.
    """
    listed = _listed(_AS_LISTED.get(base(language), base(language))) if may_load() else None
    if listed is None:
        return None
    share = listed.get(word, 0.0)
    return math.log10(share) + 9 if share else 0.0


@lru_cache(maxsize=12)
def _listed(language: str) -> dict[str, float] | None:
    wordfreq = _library()
    if wordfreq is None or language in _NOT_SPLIT or language not in wordfreq.available_languages("small"):
        return None
    listed: dict[str, float] = wordfreq.get_frequency_dict(language, wordlist="small")
    return listed


@lru_cache(maxsize=1)
def _library() -> Any | None:
    if find_spec("wordfreq") is None:
        return None
    import wordfreq

    return wordfreq
