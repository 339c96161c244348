"""The readable part of an address, in the letters of its own language."""

import re
import unicodedata

LONGEST = 80
_KEPT = frozenset("LMN")  # letters, marks (vowel signs are marks in many scripts), numbers
_HYPHENS = re.compile("-{2,}")


def slugify(text: str, longest: int = LONGEST) -> str:
    """`"L'été à Paris!"` → `l-été-à-paris`: letters of any script, cut between words; perhaps ""."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(sign if unicodedata.category(sign)[0] in _KEPT else "-" for sign in folded)
    slug = unicodedata.normalize("NFC", _HYPHENS.sub("-", kept)).strip("-")
    return slug if len(slug) <= longest else _cut(slug, longest)


def _cut(slug: str, longest: int) -> str:
    """The longest beginning made of whole words; of a single endless word, as much as fits."""
    words = slug[: longest + 1].rpartition("-")[0]
    return words or slug[:longest]
