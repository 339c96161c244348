"""The cookie that keeps a reader's preference: languages I read, originals on or off. No Django: the front reads it."""

import re

PREFERENCE_COOKIE = "dragoman_reads"  # "en.fr" and a trailing ".o" for originals on
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


def serialise(reads: frozenset[str], originals: bool) -> str:
    """The cookie's value: sorted codes, then `o` for originals; empty for the default."""
    return ".".join([*sorted(reads), *(["o"] if originals else [])])


def parse_preference(value: str) -> tuple[frozenset[str], bool]:
    """Inverse of `serialise`; what is not a language code is left out."""
    parts = value.split(".")[:40]
    return frozenset(part for part in parts if _CODE.fullmatch(part)), "o" in parts


def normalised(value: str, language: str) -> str:
    """The preference in normal form for a page in `language`: what one reads anyhow is no preference."""
    reads, originals = parse_preference(value)
    return serialise(reads - {language}, originals)
