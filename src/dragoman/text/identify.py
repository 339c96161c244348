"""Language identification by py3langid, loaded once per process on first use (98 MB: workers only)."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from dragoman.text.blocks import Block
from dragoman.text.spans import DESTROYED, find

THRESHOLD = 0.8
"""Decided at 99.7 % precision for texts up to 20 characters, 99.97 % up to 40 (FLORES, 11 languages)."""

LONGEST = 5_000  # characters looked at
LANGUAGES: tuple[str, ...] = tuple(
    "af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km "
    "ko lt lv mk ml mn mr ms mt nb ne nl pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur vi zh".split()
)
_OWN = {"nb": "no"}  # py3langid's codes where they are not ours
_lock = Lock()
_QUOTED_KINDS = frozenset({"reference", "blockquote", "code", "divider"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Identified:
    """The language, None when it is not certain enough; confidence from 0 to 1."""

    language: str | None
    confidence: float


def identify(text: str, candidates: Collection[str] | None = None) -> Identified:
    """What language a text is in, of `candidates` (LANGUAGES by default). Texts without letters: None."""
    words = unicodedata.normalize("NFC", text[:LONGEST])
    if not any(character.isalpha() for character in words):
        return Identified(None, 0.0)
    with _lock:
        language, confidence = _identifier(tuple(sorted(candidates or LANGUAGES))).classify(words)
    return Identified(_ours(str(language)) if confidence >= THRESHOLD else None, float(confidence))


def _ours(code: str) -> str:
    return {"no": "nb", "nn": "nb"}.get(code, code)


@cache
def _identifier(candidates: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels) if hasattr(identifier, "labels") else set(identifier.nb_classes)
    identifier.set_languages([code for code in (_OWN.get(each, each) for each in candidates) if code in known])
    return identifier


def own_words(blocks: Iterable[Block]) -> str:
    """What the author said in words: without quotations, code, addresses, mentions and emoticons."""
    return "\n".join(_bare(block) for block in blocks if block.kind not in _QUOTED_KINDS).strip()


def _bare(block: Block) -> str:
    bare, before = "", 0
    for span in find(block.text, ranges=block.ranges):
        if span.kind in DESTROYED:
            bare += block.text[before : span.start] + " "
            before = span.end
    return _SPACE.sub(" ", bare + block.text[before:]).strip()
