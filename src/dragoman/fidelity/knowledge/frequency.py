"""How common a word is in a language, by wordfreq (extra `lexicons`). A language takes about 5 MB, the library 20."""

import math
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from dragoman.fidelity.knowledge import may_load
from dragoman.fidelity.words import base

_NOT_SPLIT = frozenset({"zh", "ja", "ko", "th"})
"""Languages whose words are not found by spaces: the lists do not fit ours."""
_COMPARED = ("en", "fr", "es", "de", "it")
_AS_COMMON, _TOO_COMMON = 0.7, 4.7
"""How much commoner a word may be in its own language than elsewhere and still be a name, and how common at most:
others write "world" and "service" as well."""
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
