"""What a model's vocabulary cannot spell, written so that it can, and put back into what it answers.

A model loses every character that its vocabulary lacks, and often what stands around it: the one for English to
Portuguese makes "M'nch" of Münch, "51 a 2" of 5½, and nothing at all of “ ” and of Cyrillic (measured; the
vocabulary has 101 characters). So quotation marks and dashes are asked in their plain form, which typography undoes;
words with strange letters in plain letters ("Yildiz"), and what has no plain form as a placeholder.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from dragoman.engines.errors import MalformedAnswer
from dragoman.engines.faithful import PLACEHOLDER, wordless
from dragoman.text.graphemes import WORD_CHARACTERS

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛‹›ʼʻ′", "'"),
        **dict.fromkeys("‐‑‒–−", "-"),
    }
)
_LONG_DASH = re.compile(r"[ \u00a0\u2009\u202f]*[—―][ \u00a0\u2009\u202f]*")
_LETTERS = {
    "ı": "i",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ħ": "h",
    "ə": "a",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_SUM = r"\d[\d.,]*\s*[×÷±≈≤≥≠]\s*\d[\d.,]*"
_TOKEN = re.compile(rf"{_SUM}|[{WORD_CHARACTERS}]+|[^\s{WORD_CHARACTERS}]")
_WORD = re.compile(rf"[{WORD_CHARACTERS}]+")
_WORD_BEFORE = re.compile(rf"[{WORD_CHARACTERS}]+\Z")
_BETWEEN = re.compile(r"[\s.,'’:;-]{0,3}")  # hidden words with no more between them are hidden as one
_LETTERS_AS_SIGNS = frozenset("™℠")  # would become letters of the word before
_KEPT_CATEGORIES = frozenset(
    {"Sc", "Cf", "Cc"}
)  # signs of currencies, which the figures tell; what is not seen


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text as it is asked. `folded`: words as asked and as written; `hidden[n]` stands in for `XQZ<first + n>`."""

    text: str
    folded: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
    first: int = 1


def spelled(text: str, alphabet: Set[str] | None) -> Spelled:
    """`text` in characters of `alphabet`; with None, which can spell anything, as it is."""
    if alphabet is None or all(map(alphabet.__contains__, text)):
        return Spelled(text)
    plain = _in_plain_signs(text, alphabet)
    folded, hidden = _strange(plain, alphabet)
    if not folded and not hidden:
        return Spelled(plain)
    first = 1 + max((int(number) for number in PLACEHOLDER.findall(plain)), default=0)
    parts, position = [], 0
    for number, (start, end) in enumerate(hidden, first):
        parts += [_folded_in(plain[position:start], folded), f"XQZ{number}"]
        position = end
    parts.append(_folded_in(plain[position:], folded))
    return Spelled("".join(parts), tuple(folded.items()), tuple(plain[s:e] for s, e in hidden), first)


def pieces(asked: Spelled) -> tuple[str, ...]:
    """The text cut around what is hidden: to ask when a placeholder was lost."""
    own = "|".join(f"XQZ{asked.first + number}(?![0-9])" for number in range(len(asked.hidden)))
    return tuple(re.split(own, asked.text)) if own else (asked.text,)


def restored(asked: Spelled, answer: str) -> str:
    """An answer with everything put back. Raises MalformedAnswer when a placeholder of ours is lost or doubled."""
    own = set(range(asked.first, asked.first + len(asked.hidden)))
    found = [int(number) for number in PLACEHOLDER.findall(answer)]
    if sorted(number for number in found if number in own) != sorted(own):
        raise MalformedAnswer("The engine lost or doubled what it cannot spell.")
    for plain, written in asked.folded:
        answer = re.sub(
            rf"(?<![{WORD_CHARACTERS}]){re.escape(plain)}(?![{WORD_CHARACTERS}])", written, answer
        )
    return PLACEHOLDER.sub(
        lambda match: asked.hidden[int(match[1]) - asked.first] if int(match[1]) in own else match[0], answer
    )


def joined(asked: Spelled, answers: Sequence[str]) -> str:
    """The answers to `pieces`, with everything put back. Raises MalformedAnswer where one is empty: the rest would pass
    for the whole."""
    if any(
        not answer.strip() and not wordless(cut) for cut, answer in zip(pieces(asked), answers, strict=True)
    ):
        raise MalformedAnswer("The engine gave an empty translation of a part.")
    hidden = (*asked.hidden, "")
    whole = "".join(part for pair in zip(answers, hidden, strict=True) for part in pair)
    return restored(Spelled(asked.text, asked.folded), whole)


def with_capitals(source: str, answer: str, alphabet: Set[str] | None) -> str:
    """`answer` with the capitals that the vocabulary lacks: "índia" where the source has India."""
    if alphabet is None:
        return answer
    names = {_bare(word) for word in _WORD.findall(source) if word[:1].isupper()}

    def capital(match: re.Match[str]) -> str:
        word = match[0]
        lacking = word[:1].islower() and word[:1].upper() not in alphabet and not word[0].isascii()
        return word[0].upper() + word[1:] if lacking and _bare(word) in names else word

    return _WORD.sub(capital, answer)


def _bare(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _in_plain_signs(text: str, alphabet: Set[str]) -> str:
    dashed = text if "—" in alphabet else _LONG_DASH.sub(" - ", text)
    plain = dashed.translate(_PLAIN)
    return "".join(
        own if own in alphabet or substitute not in alphabet else substitute
        for own, substitute in zip(dashed, plain, strict=True)
    )


def _strange(text: str, alphabet: Set[str]) -> tuple[dict[str, str], list[tuple[int, int]]]:
    """Words to ask in plain letters (as asked → as written), and the stretches to hide."""
    words = set(_WORD.findall(text))
    folded: dict[str, str] = {}
    hidden: list[tuple[int, int]] = []
    for start, end in _unspeakable(text, alphabet):
        written = text[start:end]
        plain = _plain_word(written, alphabet)
        if plain is not None and plain not in words and folded.get(plain, written) == written:
            folded[plain] = written
        else:
            hidden.append((start, end))
    return folded, _joined_stretches(text, hidden)


def _joined_stretches(text: str, hidden: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """With the words they touch, for a placeholder must stand alone; and as one where little is between them."""
    whole: list[tuple[int, int]] = []
    for start, end in hidden:
        before, after = _WORD_BEFORE.search(text, 0, start), _WORD.match(text, end)
        start, end = before.start() if before else start, after.end() if after else end
        if whole and (start <= whole[-1][1] or _BETWEEN.fullmatch(text, whole[-1][1], start)):
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _unspeakable(text: str, alphabet: Set[str]) -> Iterator[tuple[int, int]]:
    for found in _TOKEN.finditer(text):
        if not all(_can_be_read(character, alphabet) for character in found[0]):
            yield found.span()


def _can_be_read(character: str, alphabet: Set[str]) -> bool:
    """As it is, or as the model's normaliser (NFKC) makes it. A fraction is not: "5½" would become "51/2"."""
    if character in alphabet or character.isspace():
        return True
    if character in _LETTERS_AS_SIGNS:
        return False
    if unicodedata.category(character) in _KEPT_CATEGORIES:
        return True
    normal = unicodedata.normalize("NFKC", character)
    return "\u2044" not in normal and normal != character and all(each in alphabet for each in normal)


def _plain_word(word: str, alphabet: Set[str]) -> str | None:
    """The word in letters of the alphabet; None when there is no such form."""
    plain = "".join(_plain_letter(letter, alphabet) for letter in unicodedata.normalize("NFC", word))
    known = plain and all(letter in alphabet for letter in plain)
    return plain if known and any(map(str.isalpha, plain)) and not PLACEHOLDER.search(plain) else None


def _plain_letter(letter: str, alphabet: Set[str]) -> str:
    if letter in alphabet or not letter.isalpha():
        return letter
    own = _LETTERS.get(letter.lower(), "")
    if own:
        return own.capitalize() if letter.isupper() else own
    marks = unicodedata.normalize("NFD", letter)
    return "".join(each for each in marks if not unicodedata.combining(each))


def _folded_in(text: str, folded: dict[str, str]) -> str:
    as_asked = {written: plain for plain, written in folded.items()}
    return _WORD.sub(lambda match: as_asked.get(match[0], match[0]), text) if folded else text
