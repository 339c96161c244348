"""Which language a text is written in, by py3langid.

The model takes 98 MB and most of a second to load: only the worker calls `identify`, and the first call
loads.
"""

import re
import threading
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, cast

from dragoman.text.blocks import Block
from dragoman.text.spans import find

THRESHOLD = 0.8
"""Below it the guess is too often wrong: at it, 99.7 % of decisions on 20 characters are right (ENGINES.md).
"""

EXPECTED_WEIGHT = 5
"""How much likelier a publication's own languages are than any other. Of news cut to 20 characters, in six expected
languages and three others, it lets 61 % of the expected be told (41 % unweighted), none of them wrongly, and 99.6 %
of what is decided of the others is right; at 12 it would be 95 % (docs/measurements.md).
"""

_LONGEST = 5_000
_LOCK = threading.Lock()
_SPACES = re.compile(r"\s+")
_NOT_OWN_KINDS = frozenset({"code", "reference", "blockquote", "divider"})
_NOT_LANGUAGE = frozenset({"url", "email", "mention", "hashtag", "emoticon", "emoji", "code"})

LANGUAGES: tuple[str, ...] = (
    "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo",
    "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is",
    "it", "ja", "ka", "kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms",
    "my", "nb", "ne", "nl", "pa", "pl", "ps", "pt", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr",
    "sv", "sw", "ta", "te", "tg", "th", "tl", "tr", "uk", "ur", "uz", "vi", "zh",
)  # fmt: skip
"""The candidates when a caller names none (BCP 47 base languages)."""

_TO_MODEL = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl"}
_FROM_MODEL = {"no": "nb", "nn": "nb"}


@dataclass(frozen=True, slots=True)
class Identified:
    """A BCP 47 base language, or None where the text does not tell; `confidence` between 0 and 1."""

    language: str | None
    confidence: float


class _Model(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


def identify(
    text: str, candidates: Collection[str] | None = None, *, expected: Collection[str] = ()
) -> Identified:
    """The language of `text` among `candidates` (default `LANGUAGES`; unknown ones are passed over), those
    `expected` weighing `EXPECTED_WEIGHT` times as much as the others.

    No language where the text has no letters, where its confidence is below `THRESHOLD`, or where no
    candidate is known to the model. Thread-safe.
    """
    words = _letters_only(text)
    wanted = _known_labels(LANGUAGES if candidates is None else candidates)
    if not words or not wanted:
        return Identified(None, 0.0)
    likelier = _known_labels(expected)
    with _LOCK:
        ranked = _model().rank(words)
    weighed = {
        label: float(share) * (EXPECTED_WEIGHT if label in likelier else 1)
        for label, share in ranked
        if label in wanted
    }
    label = max(weighed, key=weighed.__getitem__)
    confidence = weighed[label] / (sum(weighed.values()) or 1.0)
    language = _FROM_MODEL.get(label, label) if confidence >= THRESHOLD else None
    return Identified(language, confidence)


def _letters_only(text: str) -> str:
    """Normalised as the model was measured: NFC, one space between words, figures left out; "" without
    letters.
    """
    kept = "".join(char for char in text[:_LONGEST] if not (char.isdigit() or "\ud800" <= char <= "\udfff"))
    kept = _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip()
    return kept if any(char.isalpha() for char in kept) else ""


def _known_labels(candidates: Collection[str]) -> frozenset[str]:
    bases = (candidate.replace("_", "-").partition("-")[0].lower() for candidate in candidates)
    return frozenset(_TO_MODEL.get(base, base) for base in bases) & _labels()


@lru_cache(maxsize=1)
def _model() -> _Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return cast(_Model, LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    model: Any = _model()
    return frozenset(model.labels)


def own_words(blocks: Iterable[Block]) -> str:
    """What an author wrote in their own language: no quotations, code, addresses, mentions, hashtags or
    emoticons.
    """
    return "\n".join(
        filter(None, (_own_words(block) for block in blocks if block.kind not in _NOT_OWN_KINDS))
    )


def _own_words(block: Block) -> str:
    parts: list[str] = []
    position = 0
    for span in find(block.text, ranges=block.ranges):
        if span.kind in _NOT_LANGUAGE:
            parts += (block.text[position : span.start], " ")
            position = span.end
    parts.append(block.text[position:])
    return " ".join("".join(parts).split())
