"""What the eye reads: words freed of disguises, so that a list finds them. Pure.

Undone are case, accents and points, signs without width, other alphabets' look-alikes (Unicode TR 39, *Security
Mechanisms*; the table is `confusable_homoglyphs`'), digits and signs that stand for letters, repeated letters, and
letters set apart. Letters are led into the script of the list's language, so that its endings are still known there.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from dragoman.text.terms import base

_LATIN, _CYRILLIC, _GREEK = "Latn", "Cyrl", "Grek"
_NAMED = {
    _LATIN: "LATIN",
    _CYRILLIC: "CYRILLIC",
    _GREEK: "GREEK",
    "Arab": "ARABIC",
    "Hebr": "HEBREW",
    "Armn": "ARMENIAN",
}
_FOR_LETTERS = {
    _LATIN: ({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a"}, "l"),
    _CYRILLIC: ({"0": "о", "1": "и", "3": "з", "4": "ч", "6": "б", "8": "в", "9": "я", "@": "а"}, "л"),
}
_SIGNS = {"$": "s", "€": "e", "£": "l", "!": "i", "|": "i", "+": "t", "(": "c"}
_LETTERS_WITH_BREVE = frozenset("йў")  # letters of their own, in endings too
_SAME_IN_ARABIC = str.maketrans({"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": None})
_WORD = re.compile(r"[^\s]+")
_EDGES = re.compile(r"^[^\w@$€£|+]+|[^\w@$€£|+]+$")
_WITHIN = re.compile(r"(?<=\w)[.*_~^=•·]+(?=\w)")
_PIECES = re.compile(r"[^\W_]+")
_SET_APART = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,3}){2,}[^\W_](?![^\W_])")
_REPEATED = re.compile(r"(.)\1+")
_OFTEN_REPEATED = re.compile(r"(.)\1{2,}")


def visible(text: str) -> str:
    """Compatibility forms levelled, case and accents gone, and every sign that cannot be seen."""
    if text.isascii():  # nothing of that but case
        return text.lower()
    levelled = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(sign for sign in _taken_apart(levelled) if not _is_adornment(sign))
    return unicodedata.normalize("NFC", kept).translate(_SAME_IN_ARABIC)


def _taken_apart(text: str) -> Iterator[str]:
    for sign in text:
        if sign in _LETTERS_WITH_BREVE:
            yield sign
        else:
            yield from unicodedata.normalize("NFD", sign)


def _is_adornment(sign: str) -> bool:
    """Invisible, or a mark on a letter. The vowels of Indic and Thai words are letters, and stay."""
    if sign < "\x7f":
        return False
    above = unicodedata.combining(sign)
    return unicodedata.category(sign) in ("Cf", "Me") or 10 <= above <= 35 or above >= 200 or sign == "\u034f"


def folded(word: str, language: str) -> str:
    """A word of a list: visible, in the script of its language."""
    return _in_script(visible(word), script_of(language))


def _in_script(word: str, script: str) -> str:
    """With look-alikes led home, where that leaves no letter of another script: "сосо" in Latin letters is no word of
    theirs unless somebody means it to be."""
    table = _home(script)
    return "".join(table.get(sign, sign) for sign in word)


def script_of(language: str) -> str:
    """The script a language is written in (CLDR, likely subtags); Latin where nothing is known."""
    if not language or language == "und":
        return _LATIN
    try:
        parsed = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return _LATIN
    if parsed.script:
        return str(parsed.script)
    likely = str(get_global("likely_subtags").get(base(language), "")).split("_")
    return likely[1] if len(likely) > 1 and len(likely[1]) == 4 else _LATIN


@cache
def _home(script: str) -> dict[str, str]:
    """Each look-alike and the letter of the script it passes for."""
    from confusable_homoglyphs.confusables import confusables_data

    name = _NAMED.get(script, "")
    table: dict[str, str] = {}
    for sign, alike in confusables_data.items() if name else ():
        own = visible(sign)
        if len(own) != 1 or not own.isalpha() or _is_home(own, name):
            continue
        letters = {visible(other["c"]) for other in alike}
        fitting = sorted(one for one in letters if len(one) == 1 and one.isalpha() and _is_home(one, name))
        if fitting:
            table.setdefault(own, fitting[0])
    return table


def _is_home(letter: str, name: str) -> bool:
    """Latin's rarer letters are as good a disguise as another script's."""
    return letter.isascii() if name == "LATIN" else _is_of(letter, name)


def _is_of(letter: str, name: str) -> bool:
    return unicodedata.name(letter, "").startswith(name)


# --- what may be meant by what is written ---------------------------------------------------------------------------


def candidates(text: str, language: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each stretch of a text in its order, as written, with the words it may be read as in a language."""
    script = script_of(language)
    for found in _WORD.finditer(text):
        yield from _of_stretch(found.group(), script)


def set_apart(text: str, language: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Words whose letters were set apart: "w o r d", "w.o.r.d"."""
    script = script_of(language)
    for found in _SET_APART.finditer(visible(text)):
        joined = "".join(_PIECES.findall(found.group()))
        yield found.group(), frozenset(_readings(joined, script))


def _of_stretch(stretch: str, script: str) -> Iterator[tuple[str, frozenset[str]]]:
    seen = visible(stretch)
    whole = _WITHIN.sub("", _EDGES.sub("", seen))
    pieces = _PIECES.findall(seen)
    if len(pieces) != 1 or pieces[0] != whole:
        together = frozenset(_readings(whole, script))
        if together:
            yield stretch, together
    for piece in pieces:
        yield piece if len(pieces) > 1 else stretch, frozenset(_readings(piece, script))


def _readings(word: str, script: str) -> Iterator[str]:
    for plain in {word, *_without_digits(word, script)}:
        home = _in_script(plain, script)
        yield from (home, _OFTEN_REPEATED.sub(r"\1\1", home), _REPEATED.sub(r"\1", home))


def _without_digits(word: str, script: str) -> Iterator[str]:
    """Signs read as the letters they resemble: only beside letters, or "1984" would be a word."""
    if word.isalpha() or not any(sign.isalpha() for sign in word):
        return
    letters, other = _FOR_LETTERS.get(script, ({}, ""))
    table = letters | (_SIGNS if script == _LATIN else {})
    for one in {letters.get("1", "1"), other or "1"}:
        read = "".join({**table, "1": one}.get(sign, sign) for sign in word)
        if read.isalpha():
            yield read
