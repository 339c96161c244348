"""How a name sounds, roughly, whatever its script: "Путин", "Putin" and "بوتين" are one.

Our own folding: letters become Latin ones by script, then classes of consonants; vowels count only at the start.
Coarse on purpose: names are inflected, respelled and heard differently.
"""

import re
from functools import lru_cache

from dragoman.fidelity.words import plain

_CYRILLIC = dict(
    zip(
        "абвгґдежзийклмнопрстуфхцчшщъыьэюяёєіїўјљњћђџ",
        "a b v g g d e z z i i k l m n o p r s t u f h s s s s - i - e u a o e i i u i l n s d d".split(),
        strict=True,
    )
)
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i t i k l m n k o p r s s t i f h p o".split(), strict=True)
)
_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأإؤئپچژگکیڤ",
        "a b t t s h h d d r z s s s d t z - g f k k l m n h v i - a - a a a v i b s z g k i v".split(),
        strict=True,
    )
)
_HEBREW = dict(
    zip(
        "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
        "- v g d h v z h t i k k l m m n n s - p p s s k r s t".split(),
        strict=True,
    )
)
_DEVANAGARI = {
    **dict(
        zip(
            "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
            "k k g g n s s z z n t t d d n t t d d n p f b b m i r l v s s s h".split(),
            strict=True,
        )
    ),
    **dict.fromkeys("अआइईउऊएऐओऔऑऍऋ", "a"),
}
_KANA_ROWS = {
    "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソチツ", "z": "ザジズゼゾヂヅ", "t": "タテト", "d": "ダデド",
    "n": "ナニヌネノン", "h": "ハヒヘホ", "f": "フ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ",
    "i": "ヤユヨャュョ", "r": "ラリルレロ", "v": "ワヴヮ", "a": "アイウエオァィゥェォ",
}  # fmt: skip
_KANA = {sign: sound for sound, signs in _KANA_ROWS.items() for sign in signs}
_LETTERS = {**_CYRILLIC, **_GREEK, **_ARABIC, **_HEBREW, **_DEVANAGARI, **_KANA}
_DIGRAPHS = (
    (re.compile("dz|dž|dj|sch|tsch|tch|cz|sz|sh|ch|zh|ts|tz|ş|ç|ž|š|č|ć|ś|ż|ź|x"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("kh|gh"), "h"),
    (re.compile("ck|cc|q"), "k"),
    (re.compile("c(?=[eiy]|ae|oe)|j"), "s"),
    (re.compile("c"), "k"),
    (re.compile("w"), "v"),
)
_IN_DIGRAPHS = re.compile("ts|[hjcqwxzçžščćśżźş]")  # one of them stands in each
_SPECIAL = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "s", "æ": "a", "œ": "o", "þ": "t", "ð": "d"}
)
_CLASSES = str.maketrans({"z": "s", "d": "t", "b": "p", "g": "k", "v": "f", "m": "n", "l": "r", "h": None})
_FIRM = frozenset("nr")
"""Sounds that no respelling turns into others: Endogan is not Erdogan."""
_VOWELS = frozenset("aeiouy")
_NO_LETTER = re.compile("[^a-z]")


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """Classes of the consonants of a word; "a" first where it begins with a vowel."""
    latin = word.casefold()
    if not latin.isascii():
        latin = "".join(_LETTERS.get(sign.upper() if sign in "ァヴ" else sign, sign) for sign in latin)
    if _IN_DIGRAPHS.search(latin):
        for pattern, sound in _DIGRAPHS:
            latin = pattern.sub(sound, latin)
    latin = _NO_LETTER.sub("", plain(latin.translate(_SPECIAL)))
    if not latin:
        return ""
    first = "a" if latin[0] in _VOWELS else ""
    sounds = "".join(sign for sign in latin if sign not in _VOWELS).translate(_CLASSES)
    return first + "".join(
        sign for number, sign in enumerate(sounds) if number == 0 or sounds[number - 1] != sign
    )


_OTHERWISE = (
    (re.compile("w"), "u"),
    (re.compile("^h"), "g"),
    (re.compile("g(?=[eiy])"), "j"),
    (re.compile("j"), "h"),
    (re.compile("j"), "y"),
    (re.compile("gh|^k(?=n)|^w(?=r)|y$"), ""),
    (re.compile("(?<=[aeo])[uw]|x$|ts?$"), ""),
)
"""How Latin letters are read elsewhere: "Wyatt" is "Уайэтт", "George" "Джордж", "Harry" "Гарри", "Knight" "Найт"."""


@lru_cache(maxsize=8192)
def _readings(word: str) -> frozenset[str]:
    """Skeletons of a word of Latin letters as other scripts spell it."""
    latin = plain(word)
    read = {latin}
    for pattern, letters in _OTHERWISE:
        read |= {pattern.sub(letters, each) for each in read}
    return frozenset(sounds for sounds in map(skeleton, read) if len(sounds) > 1)


@lru_cache(maxsize=16384)
def heard_as(one: str, other: str) -> bool:
    """Whether two words in different scripts may be one name, whatever its spelling is read like."""
    if plain(one).isascii() == plain(other).isascii():
        return False
    latin, foreign = (one, other) if plain(one).isascii() else (other, one)
    sounds = skeleton(foreign)
    return any(_skeletons_meet(each, sounds) for each in _readings(latin))


@lru_cache(maxsize=16384)
def sound_alike(one: str, other: str) -> bool:
    """Whether two words may be one name: spelled alike at the start, or of one skeleton but for an ending."""
    first, second = plain(one), plain(other)
    if first[:3] == second[:3]:
        length = min(len(first), len(second))
        if length >= 3 and first[: max(3, length - 2)] == second[: max(3, length - 2)]:
            return True
    return _skeletons_meet(skeleton(one), skeleton(other))


def _skeletons_meet(one: str, other: str) -> bool:
    return _meet(one, other) if len(one) <= len(other) else _meet(other, one)


@lru_cache(maxsize=16384)
def _meet(one: str, other: str) -> bool:
    """Of the shorter, and the other."""
    if len(one) < 2:
        return bool(one) and one == other
    if other.startswith(one) and len(other) - len(one) <= (2 if len(one) < 3 else 4):
        return True
    if len(one) >= 4 and one[:-1] == other[: len(one) - 1]:
        return True  # another ending
    if len(one) == len(other) and _FIRM & _exchanged(one, other):
        return False
    most = 1 if len(one) < 6 else 2
    return 3 <= len(one) >= len(other) - most and _distance(one, other) <= most


@lru_cache(maxsize=1024)
def is_altered(one: str, other: str) -> bool:
    """Whether one is the other but for a sound that no respelling changes: a name corrected in somebody's mouth."""
    first, second = skeleton(one), skeleton(other)
    alike = len(first) == len(second) >= 4 and _distance(first, second) == 1
    return alike and bool(_FIRM & _exchanged(first, second))


def _exchanged(one: str, other: str) -> set[str]:
    """The signs that differ between words of one length."""
    return {each for pair in zip(one, other, strict=True) if pair[0] != pair[1] for each in pair}


def _distance(one: str, other: str) -> int:
    """Of Levenshtein; words are short."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, another in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sign != another)))
        before = now
    return before[-1]
