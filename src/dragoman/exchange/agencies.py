"""News agencies named in running text: "écrit l'agence turque Anadolu" names Anadolu."""

import re
from collections.abc import Iterator

_WORD = r"[^\W\d_][^\s.,;:!?()«»\"“”„]*"
_NAME = rf"[«\"“„]?(?P<name>{_WORD}(?:\s+{_WORD})*)"
# After the noun: what kind of agency, and at most one adjective; both in lower case.
_NOUNS: dict[str, str] = {
    "en": r"\b(?:news\s+)?agency",
    "fr": r"\bagence(?:\s+de\s+presse|\s+d['’]informations?)?",
    "es": r"\bagencia(?:\s+de\s+(?:noticias|prensa))?",
    "pt": r"\bagência(?:\s+de\s+(?:notícias|imprensa))?",
    "ru": r"\b(?:информ)?агентств[оаеу]м?(?:\s+новостей)?",
    "ar": r"\bوكالة(?:\s+(?:ال)?أنباء)?",
}
_WITHOUT_CASE = frozenset({"ar"})
_OWN_NAME = re.compile(r"\b((?:[^\W\d_a-z][\w’'-]*\s+){1,3}Agency)\b")


def agencies(text: str, language: str) -> tuple[str, ...]:
    """The agencies a text names, in order, each once. () for a language without a rule."""
    return tuple(dict.fromkeys(_found(text, language)))


def _found(text: str, language: str) -> Iterator[str]:
    noun = _NOUNS.get(language)
    if noun is None:
        return
    for found in re.finditer(rf"{noun}\s+{_NAME}", text):
        name = _name(found["name"].split(), has_case=language not in _WITHOUT_CASE)
        if name:
            yield name
    if language == "en":
        yield from (found[1] for found in _OWN_NAME.finditer(text) if _is_name(found[1].split()))


def _name(words: list[str], *, has_case: bool) -> str:
    if not has_case:
        return words[0]
    start = 0 if words[0][:1].isupper() else 1
    taken: list[str] = []
    for word in words[start:]:
        if not word[:1].isupper():
            break
        taken.append(word)
    return " ".join(taken)


def _is_name(words: list[str]) -> bool:
    return all(word[:1].isupper() for word in words)
