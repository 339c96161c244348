"""Is the target in the language it should be in, all of it, and nothing but the translation?"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.knowledge import may_load
from dragoman.fidelity.knowledge.frequency import is_elsewhere, zipf
from dragoman.fidelity.lexicons.borrowed import AS_THEY_ARE
from dragoman.fidelity.lexicons.function import SMALL, small_words
from dragoman.fidelity.words import AT_HAND, Word, base, without_protected, words
from dragoman.text.identify import identify

_SCRIPTS = {
    "Cyrl": re.compile("[\u0400-\u052f]+"),
    "Arab": re.compile("[\u0620-\u064a\u066e-\u06d3]+"),
    "Deva": re.compile("[\u0904-\u0939]+"),
    "Hani": re.compile("[\u3400-\u9fff\u3040-\u30ff]+"),
    "Hang": re.compile("[\uac00-\ud7af]+"),
    "Grek": re.compile("[\u0370-\u03ff]+"),
    "Hebr": re.compile("[\u05d0-\u05ea]+"),
    "Thai": re.compile("[\u0e01-\u0e30]+"),
    "Armn": re.compile("[\u0531-\u0587]+"),
    "Geor": re.compile("[\u10a0-\u10ff]+"),
    "Latn": re.compile("[A-Za-z\u00c0-\u024f]+"),
}
_WRITTEN_IN = {
    "Cyrl": "ru uk be bg mk mn kk ky tg",
    "Arab": "ar fa ur ps",
    "Deva": "hi mr ne",
    "Hani": "zh ja",
    "Hang": "ko",
    "Grek": "el",
    "Hebr": "he",
    "Thai": "th",
    "Armn": "hy",
    "Geor": "ka",
    "Latn": "en fr es pt it de nl pl cs sk sl hr ro hu tr az sv da nb nn no fi et lv lt sq ca eu gl cy ga is id ms tl"
    " vi sw so af eo",
}
_SCRIPT_OF = {language: script for script, listed in _WRITTEN_IN.items() for language in listed.split()}
_LETTERS = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = 3  # of a language that is not the target's
_FEW = 10  # letters from which a script or a language tells
_RUN = 4  # words of the source in a row that make a part left untranslated
_SHORT_RUN = 3  # with a small word that only the source's language has
_LONG_RUN = 6
_OWN_LETTERS = {
    "en": "",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíóúüñ",
    "pt": "áàâãçéêíóôõúü",
    "it": "àèéìíîòóùú",
    "de": "äöüßé",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "tr": "çğıiöşüâîû",
}
_TELLING = 4  # letters
_LIKELY, _SURE = 0.9, 0.95
"""Of words of four letters and more that stand alike in both: at 0.85, 43 % of DEMETR's single words left
untranslated, and 0.3 % of human references. French and English share many spellings: 0.95 there."""
_MANY_IN_COMMON = frozenset(
    frozenset(pair.split("-"))
    for pair in ("en-fr", "es-pt", "es-it", "it-pt", "ru-uk", "be-ru", "cs-sk", "es-fr", "ca-es", "fr-it")
)
_COMMON, _COMMONER, _USUAL = 3.5, 1.5, 4.5
_LISTED, _VERY_COMMON = 3.0, 5.0
_NAMED_BY_WORDS = frozenset({"tr"})  # "Yıldız" is a star, and a name
"""Ten to the power of it in a thousand million words. Lower-case words that are so common in the source and so much
commoner than in the target: 69 % of DEMETR's, 0.1 % of human references. What no other language has may be rarer; at
the start, where a name would have its capital, it must be very common."""
_MARKS = '"“”„«»‘*_'
_OPENING = " \"'“„«»‘’¿¡([*_—–-"
_GERMAN_NOUN = re.compile(
    r"(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tum|nisse?|lich\w*|isch\w*)$"
)


class RightLanguage:
    """Is the target written in its language?"""

    name = "language"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if _number_of(_LETTERS, pairing.target) < _FEW:
            return
        script = _SCRIPT_OF.get(base(pairing.target_language))
        if (script and _other_script(pairing.target, script)) or _other_language(pairing):
            yield Finding(
                self.name,
                Severity.REFUSE,
                "The translation is in another language.",
                (),
                ((0, len(pairing.target)),),
                "wrong_language",
            )


def _own_words(text: str) -> tuple[Word, ...]:
    return words(without_protected(text))


@lru_cache(maxsize=AT_HAND)
def _number_of(letters: re.Pattern[str], text: str) -> int:
    return sum(map(len, letters.findall(text)))


def _other_script(target: str, script: str) -> bool:
    """Whether hardly a letter is of the script, though it is not full of names in another."""
    own = _number_of(_SCRIPTS[script], target) * 5
    hardly = own < len(target) and own < _number_of(_LETTERS, target)
    return hardly and any(word.islower() or not word.isascii() for word in target.split())


def _other_language(pairing: Pairing) -> bool:
    each = {word.folded for word in _own_words(pairing.target)}
    small, others = _beside(base(pairing.target_language))
    if len(each) < 5 or len(each & small) < _SMALL_WORDS:
        return False
    return any(len(each & foreign) >= _SMALL_WORDS and each.isdisjoint(own) for foreign, own in others)


_Listed = frozenset[str]


@lru_cache(maxsize=32)
def _beside(language: str) -> tuple[_Listed, tuple[tuple[_Listed, _Listed], ...]]:
    """Small words of any other language; and of each those that only it has, and that only this one has."""
    own = small_words(language)
    others = [listed for other, listed in SMALL.items() if other != language] if own else []
    return frozenset().union(*others) - own, tuple((listed - own, own - listed) for listed in others)


class AllTranslated:
    """Is a part of the source left as it was?"""

    name = "untranslated"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if base(pairing.source_language) == base(pairing.target_language):
            return
        runs = list(_left(pairing))
        if not runs:
            return
        longest = max(len(run) for run in runs)
        shown = " ".join(word.text for word in runs[0])
        yield Finding(
            self.name,
            Severity.REFUSE if longest >= _LONG_RUN else Severity.DOUBTFUL,
            f"“{shown}” is left untranslated.",
            (),
            tuple((run[0].start, run[-1].end) for run in runs),
            "untranslated",
            {"words": shown},
        )


def _left(pairing: Pairing) -> Iterator[list[Word]]:
    """Runs of words of the source that have no place in the target."""
    yield from _in_other_script(pairing)
    yield from _in_source_order(pairing)
    yield from ([word] for word in _single(pairing))


def _in_other_script(pairing: Pairing) -> Iterator[list[Word]]:
    """What the target's readers cannot read, and the source has. Latin is read everywhere."""
    own, other = _SCRIPT_OF.get(base(pairing.target_language)), _SCRIPT_OF.get(base(pairing.source_language))
    if own is None or other is None or own == other or other == "Latn":
        return
    pattern = _SCRIPTS[other]
    for word in _own_words(pairing.target):
        if pattern.search(word.text) and word.text in pairing.source:
            yield [word]


def _in_source_order(pairing: Pairing) -> Iterator[list[Word]]:
    """Words of the source in its order, common ones among them (a title or a name has none)."""
    places = _places(pairing.source)
    run: list[Word] = []
    ends: list[int] = []
    for each in _own_words(pairing.target):
        found = places.get(each.folded, [])
        after = {end + 1 for end in ends} if found else ()
        going_on = [place for place in found if place in after]
        if going_on:
            run, ends = [*run, each], going_on
            continue
        if _is_left(run, pairing):
            yield run
        run, ends = ([each], found) if found else ([], [])
    if _is_left(run, pairing):
        yield run


@lru_cache(maxsize=AT_HAND)
def _places(text: str) -> dict[str, list[int]]:
    """Which words, in order, are this one."""
    places: dict[str, list[int]] = {}
    for number, word in enumerate(_own_words(text)):
        places.setdefault(word.folded, []).append(number)
    return places


def _is_left(run: list[Word], pairing: Pairing) -> bool:
    if len(run) < _SHORT_RUN:
        return False
    small, own = small_words(pairing.source_language), small_words(pairing.target_language)
    common = [word for word in run if word.text.islower()]
    foreign = [word for word in common if word.folded in small and word.folded not in own]
    if len(run) - len(common) >= 2 and all(word.folded in small for word in common):
        return False  # "The Lord of the Rings"
    return (len(run) >= _RUN and len(common) >= 3) or (len(common) >= 2 and bool(foreign))


def _single(pairing: Pairing) -> Iterator[Word]:
    """Single common words of the source that are no words of the target's language."""
    own = _OWN_LETTERS.get(base(pairing.target_language))
    if own is None:
        return
    source = _spellings(pairing.source)
    each = _own_words(pairing.target)
    for number, word in enumerate(each):
        if word.text not in source or word.folded in AS_THEY_ARE or _is_quoted(word, pairing.target):
            continue
        beside = (*each[max(0, number - 1) : number], *each[number + 1 : number + 2])
        if not _in_a_name(word, beside, source, pairing) and _is_foreign(word, pairing, own):
            yield word


@lru_cache(maxsize=AT_HAND)
def _spellings(text: str) -> frozenset[str]:
    return frozenset(word.text for word in _own_words(text))


def _is_quoted(word: Word, text: str) -> bool:
    """Between marks alone, behind an apostrophe ("Prentiss'in"), or part of an address ("Aktuálně.cz")."""
    before = text[max(0, word.start - 1) : word.start]
    return before in ("'", "’", ".", "@", "/") or (
        before in _MARKS and text[word.end : word.end + 1] in _MARKS and before != ""
    )


def _in_a_name(word: Word, beside: Sequence[Word], source: Collection[str], pairing: Pairing) -> bool:
    """Whether it stands between names ("Ústí nad Labem"), or beside one and is small ("de Grèce")."""
    titled = [other.capital and other.start > 0 and other.text in source for other in beside]
    if word.folded in small_words(pairing.source_language):
        return any(titled)
    return len(titled) > 1 and all(titled)


def _is_foreign(word: Word, pairing: Pairing, own: str) -> bool:
    source, target = base(pairing.source_language), base(pairing.target_language)
    if not word.text.islower():
        return _is_noun(word, pairing) or _begins_foreign(word, pairing)
    here, there = zipf(word.folded, target), zipf(word.folded, source)
    if here is not None and there is not None and (here or there):
        shared = here or _share_words(source, target) or is_elsewhere(word.folded, source)
        least = _COMMON if shared or len(word.text) < _TELLING else _LISTED
        return len(word.text) > 2 and here < _USUAL and there - here >= _COMMONER and there >= least
    if word.folded in small_words(source) - small_words(target) and len(word.text) > 2:
        return True
    if any(not sign.isascii() and sign.isalpha() and sign not in own for sign in word.folded):
        return len(word.text) > 1 and _is_spelled(word.folded, source)
    return len(word.text) >= _TELLING and may_load() and _sounds_of(word.text, source, target)


def _is_spelled(word: str, language: str) -> bool:
    """Whether the language has its letters; a Czech word in a Spanish sentence is a name there."""
    own = _OWN_LETTERS.get(language)
    return own is None or all(sign.isascii() or sign in own for sign in word)


def _share_words(source: str, target: str) -> bool:
    return frozenset((source, target)) in _MANY_IN_COMMON


def _is_noun(word: Word, pairing: Pairing) -> bool:
    """A German noun, which has its capital everywhere: told from a name by its ending."""
    german = base(pairing.source_language) == "de" and len(word.text) > 5
    return german and _GERMAN_NOUN.search(word.folded) is not None


def _is_unknown(word: Word, pairing: Pairing) -> bool:
    """Whether frequencies are known and no language but the source's has it."""
    here = zipf(word.folded, pairing.target_language)
    return here == 0.0 and not is_elsewhere(word.folded, pairing.source_language)


def _begins_foreign(word: Word, pairing: Pairing) -> bool:
    """A small word of the source at the start, where the capital says nothing, or one that only it has, and often."""
    if pairing.target[: word.start].strip(_OPENING):
        return False
    here, there = zipf(word.folded, pairing.target_language), zipf(word.folded, pairing.source_language)
    if here is None or there is None:
        return False
    if word.folded in small_words(pairing.source_language):
        return here < _USUAL and there - here >= _COMMONER
    named = base(pairing.source_language) in _NAMED_BY_WORDS or word.text.isupper()
    return there >= _VERY_COMMON and not named and _is_unknown(word, pairing)


@lru_cache(maxsize=4096)
def _sounds_of(word: str, source: str, target: str) -> bool:
    """Whether its letters are those of the source's language. Loads the model of text.identify the first time."""
    said = identify(word, (source, target))
    alike = _share_words(source, target)
    return said.language == source and said.confidence >= (_SURE if alike else _LIKELY)


_INTRODUCED = re.compile(
    r"\s*[\"“«*_#]*(?:(?:sure|certainly|of course)\s*[!,.:]\s*)?"
    r"(?:here(?:['’]s| is| are)\s[^.:\n]{0,30}translat\w*[^.\n]{0,30}:"
    r"|(?:the |french |spanish |portuguese |russian |arabic |german |english )?translat(?:ion|ed text)[^:.\n]{0,25}:"
    r"|voici\s[^.:\n]{0,20}traduction[^:.\n]{0,25}:|traduction[^:.\n]{0,20}:"
    r"|(?:aquí|esta|ésta)\s[^.:\n]{0,20}traducción[^:.\n]{0,25}:|traducción[^:.\n]{0,20}:"
    r"|(?:aqui|esta|segue)\s[^.:\n]{0,20}tradução[^:.\n]{0,25}:|tradução[^:.\n]{0,20}:"
    r"|ecco\s[^.:\n]{0,20}traduzione[^:.\n]{0,25}:|traduzione[^:.\n]{0,20}:"
    r"|hier\s[^.:\n]{0,20}übersetzung[^:.\n]{0,25}:|übersetzung[^:.\n]{0,20}:"
    r"|вот\s[^.:\n]{0,20}перевод[^:.\n]{0,25}:|перевод[^:.\n]{0,20}:"
    r"|ось\s[^.:\n]{0,20}переклад[^:.\n]{0,25}:|переклад[^:.\n]{0,20}:"
    r"|(?:هذه|إليك)\s[^.:\n]{0,20}ترجمة[^:.\n]{0,25}:|الترجمة[^:.\n]{0,20}:"
    r"|(?:işte\s)?[^.:\n]{0,15}çeviri(?:si)?[^:.\n]{0,10}:)"
    r"|\s*(?:as an ai\b|i(?:['’]m| am) sorry,? but i (?:can|am)|i can(?:no|['’])t (?:help|assist|translate)"
    r"|je ne peux pas traduire|no puedo traducir|não posso traduzir|я не могу перевести|لا يمكنني ترجمة)",
    re.IGNORECASE,
)
_SPEAKS_OF_IT = re.compile(
    r"translat|traduc|traduz|tradu[çz]|übersetz|перев|перекл|ترجم|çevir|\bAI\b|翻译|翻訳|अनुवाद", re.IGNORECASE
)


class OnlyTranslated:
    """Does an engine talk about the translation instead of just giving it?"""

    name = "explained"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        found = _INTRODUCED.match(pairing.target)
        if found and not _SPEAKS_OF_IT.search(pairing.source):
            yield Finding(
                self.name,
                Severity.REFUSE,
                "The engine explains the translation or refuses to give it.",
                (),
                (found.span(),),
                "explained",
            )
