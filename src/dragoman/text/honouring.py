"""A term in an engine's answer: its own rendering replaced by the approved target, where that is certain.

Engines translate a term alone as they translate it in a sentence, often enough: so its own rendering is found in
the answer and replaced. Certain is a replacement that leaves the sentence's agreement as it was: the rendering
stands there as often as the term is lacking, an approved form with the same ending is known, and what stands before
it does not depend on a gender that the approved target may not have. Where it is not certain nothing is touched;
the gate says what it misses.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.text.gender import gender_of, gender_of_determiner
from dragoman.text.spans import DESTROYED, find
from dragoman.text.terms import Found, Term, base, fold, places, stems, words_of

_SHORTEST_RENDERING = 3  # letters: shorter ones stand everywhere
_AGREEING: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "fr": "le la l un une du au d de qu ce cet cette mon ma ton ta son sa tout toute nouveau nouvelle",
        "es": "el la los las un una unos unas del al este esta estos estas ese esa esos esas todo toda nuestro nuestra",
        "pt": "o a os as um uma uns umas do da dos das no na nos nas ao à aos às pelo pela pelos pelas num numa este "
        "esta esse essa deste desta neste nesta todo toda nosso nossa",
        "it": "il lo la l i gli le un uno una del dello della dei degli delle al alla nel nella questo questa",
    }.items()
}
_ARTICLES: Mapping[str, frozenset[str]] = {
    **_AGREEING,
    "en": frozenset({"the", "a", "an"}),
    "de": frozenset({"der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer"}),
    "fr": _AGREEING["fr"] | {"les", "des", "aux"},
}
_WITHOUT_GENDER = frozenset(
    {"en", "tr", "az", "kk", "fi", "et", "hu", "fa", "ka", "hy", "zh", "ja", "ko", "vi", "id"}
)
_PLURAL_BY_S = frozenset({"en", "fr", "es", "pt"})
_ELIDING = frozenset({"fr", "it"})  # "du", "de l'": what stands before a noun depends on its first sound
_LEAST_ENDING = 2  # letters that a form's ending must share with what it replaces
_PUNCTUATION = " \t\n.,;:!?…\"'«»“”„’()[]"


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the engine makes of a term by itself: of its dictionary form, or as it stands in the sentence.
    `plural`: the wording is known to be the plural of the dictionary form."""

    text: str
    of_dictionary_form: bool
    plural: bool = False


def honour(target: str, term: Term, count: int, renderings: Sequence[Rendering], language: str) -> str:
    """`target` with `count` occurrences of the term as approved; unchanged where it has them, or where it is not
    certain what to replace. Idempotent."""
    language = base(language)
    approved = places(target, term.targets, language)
    lacking = count - len(approved)
    if lacking <= 0 or not term.targets:
        return target
    own = [replace(each, text=_bare(each.text, language)) for each in renderings]
    own += [Rendering(text, at == 0) for at, text in enumerate(term.forbidden)]
    spots = _spots(target, [each.text for each in own], language, approved)
    if len(spots) != lacking:
        return target
    for start, end in reversed(spots):
        form = _form(target[start:end], own, term, language)
        if form is None or not _agrees(target, start, end, form, language):
            return target
    for start, end in reversed(spots):
        form = _form(target[start:end], own, term, language)
        assert form is not None
        target = _put(target, start, end, form, language)
    return target


def occurrences(found: Iterable[Found]) -> dict[Term, list[Found]]:
    """Terms with an approved target, each with where it stands."""
    by_term: dict[Term, list[Found]] = {}
    for each in found:
        if each.term.targets and not each.term.keep:
            by_term.setdefault(each.term, []).append(each)
    return by_term


def is_plural_of(wording: str, dictionary_form: str, language: str) -> bool:
    """Whether a wording is the plural of a term's dictionary form, in languages that tell it by an "s"."""
    if base(language) not in _PLURAL_BY_S:
        return False
    return _is_plural(wording, base(language)) and not _is_plural(dictionary_form, base(language))


def _bare(text: str, language: str) -> str:
    """A rendering without the article and full stop that engines like to add."""
    text = text.strip(_PUNCTUATION)
    articles = _ARTICLES.get(language, frozenset())
    words = words_of(text)
    while len(words) > 1 and fold(words[0][0]) in articles:
        text = text[words[1][1] :]
        words = words_of(text)
    return text if sum(map(str.isalpha, text)) >= _SHORTEST_RENDERING else ""


def _spots(
    target: str, renderings: Sequence[str], language: str, approved: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    taken = [
        *approved,
        *((span.start, span.end) for span in find(target, language) if span.kind in DESTROYED),
    ]
    return [
        (start, end)
        for start, end in places(target, [each for each in renderings if each], language)
        if not any(start < behind and before < end for before, behind in taken)
    ]


def _form(found: str, renderings: Sequence[Rendering], term: Term, language: str) -> str | None:
    """The approved form for what stands there; None when none is sure to fit."""
    same = [each for each in renderings if fold(each.text) == fold(found)]
    if any(each.of_dictionary_form for each in same) and not any(each.plural for each in same):
        return term.targets[0]
    if language in _PLURAL_BY_S and any(each.plural for each in same):
        return next((form for form in term.targets if _is_plural(form, language)), None)
    if language in _PLURAL_BY_S:
        return next(
            (form for form in term.targets if _is_plural(form, language) == _is_plural(found, language)), None
        )
    ends = [(_shared_ending(form, found), form) for form in term.targets]
    most = max(length for length, _ in ends)
    best = [form for length, form in ends if length == most]
    return best[0] if most >= _LEAST_ENDING and len(best) == 1 else None


def _is_plural(text: str, language: str) -> bool:
    return _head(text, language).endswith(("s", "x"))


def _head(text: str, language: str) -> str:
    words = [word for word, _ in words_of(text)] or [text]
    return fold(words[-1] if language == "en" else words[0])


def _shared_ending(one: str, other: str) -> int:
    one, other, length = fold(one), fold(other), 0
    while length < min(len(one), len(other)) and one[-1 - length] == other[-1 - length]:
        length += 1
    return length


def _agrees(target: str, start: int, end: int, form: str, language: str) -> bool:
    if language in _WITHOUT_GENDER or _same_head(target[start:end], form, language):
        return True
    before = target[:start].rstrip()
    last = words_of(before[-40:])
    if not last or not before[-1].isalnum():
        return not before.endswith(("'", "’"))
    if language not in _AGREEING:
        return False
    shown = gender_of_determiner(last[-1][0], language)
    if shown is not None and shown == gender_of(form, language):
        return language not in _ELIDING or _has_vowel(target[start:end]) == _has_vowel(form)
    return shown is None and fold(last[-1][0]) not in _AGREEING[language]


def _has_vowel(text: str) -> bool:
    """Whether it begins with one: "del" and "dell'", "ce" and "cet" depend on that."""
    return unicodedata.normalize("NFD", fold(text.lstrip(_PUNCTUATION)))[:1] in tuple("aeiouyh")


def _same_head(one: str, other: str, language: str) -> bool:
    ones = [word for word, _ in words_of(one)]
    others = [word for word, _ in words_of(other)]
    if not ones or not others:
        return False
    ends = (0,) if language in _AGREEING else (0, -1)
    return any(not stems(ones[at], language).isdisjoint(stems(others[at], language)) for at in ends)


def _put(target: str, start: int, end: int, form: str, language: str) -> str:
    found = target[start:end]
    if len(found) > 3 and found.isupper() and target.isupper():
        form = form.upper()
    elif found[:1].isupper() and _begins_sentence(target[:start]):
        form = form[:1].upper() + form[1:]
    before = target[:start]
    if language == "en":
        before = _article(before, form)
    return before + form + target[end:]


def _begins_sentence(before: str) -> bool:
    return not before.strip(" \"'«“„‘‹([¿¡—–-")


def _article(before: str, form: str) -> str:
    for article in ("a", "an", "A", "An"):
        if before.endswith(f" {article} ") or before == f"{article} ":
            right = article[0] + ("n" if form[:1].lower() in "aeiou" else "")
            return before[: -len(article) - 1] + right + " "
    return before
