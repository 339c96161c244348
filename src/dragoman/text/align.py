"""Which sentence of a new revision was which of the old one, and whether more than its spelling changed.

A human's translation is carried along over a *spelling-only* change and set aside as outdated over any other,
so calling a change of meaning "spelling" is the worse mistake: in doubt a change is "changed".
"""

import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dragoman.text.blocks import clean
from dragoman.text.graphemes import WORD_CHARACTERS, extends
from dragoman.text.spans import find

_MOST_CELLS = 250_000
"""Of a dynamic programme; longer stretches are compared in order only."""

_ALIKE = 0.4
"""The least share of common words for a sentence to be the successor of another."""

_MOST_WORDS = 400
_FEW_WORDS = 5
_LONGEST_COMPARED = 2_000
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence's index in the old and in the new list, None where it has none there.

    `kind`: "same", "spelling", "changed", "added" (no old) or "removed" (no new).
    """

    old: int | None
    new: int | None
    kind: str


def align(old: Sequence[str], new: Sequence[str]) -> tuple[Match, ...]:
    """Match two lists of sentences: each index of both occurs exactly once.

    In the order of the new list; what was removed stands where it stood. Equal sentences are "same" wherever
    they went; the others are paired, in order, with what stood between the same neighbours, when they are
    alike.
    """
    before, after = [_bare(text) for text in old], [_bare(text) for text in new]
    anchors = _anchors(before, after)
    pairs = dict(anchors) | _moved(before, after, anchors)
    kinds = dict.fromkeys(pairs, "same")
    vocabulary = frozenset(word for text in after for word in _WORD.findall(text.casefold())[:_MOST_WORDS])
    successors = _successors(before, after, anchors, pairs)
    for old_index, new_index in successors.items():
        spelling = is_spelling_only(before[old_index], after[new_index], vocabulary)
        kinds[old_index] = "spelling" if spelling else "changed"
    return tuple(_in_order(len(old), len(new), pairs | successors, kinds))


def _bare(text: str) -> str:
    return " ".join(clean(text).split())


# --- the same sentences ----------------------------------------------------


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Equal sentences in the same order on both sides, ascending."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < min(len(before), len(after)) - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old_end, new_end = len(before) - tail, len(after) - tail
    if (old_end - start) * (new_end - start) <= _MOST_CELLS:
        middle = _common(before[start:old_end], after[start:new_end])
    else:
        middle = _common_once(before[start:old_end], after[start:new_end])
    head = [(index, index) for index in range(start)]
    foot = [(old_end + index, new_end + index) for index in range(tail)]
    return head + [(one + start, other + start) for one, other in middle] + foot


def _common(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence."""
    lengths = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for one in range(len(before) - 1, -1, -1):
        for other in range(len(after) - 1, -1, -1):
            lengths[one][other] = (
                lengths[one + 1][other + 1] + 1
                if before[one] == after[other]
                else max(lengths[one + 1][other], lengths[one][other + 1])
            )
    found, one, other = [], 0, 0
    while one < len(before) and other < len(after):
        if before[one] == after[other]:
            found.append((one, other))
            one, other = one + 1, other + 1
        elif lengths[one + 1][other] >= lengths[one][other + 1]:
            one += 1
        else:
            other += 1
    return found


def _common_once(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Sentences that occur once on either side, as far as their order agrees; for lists too long for
    `_common`.
    """
    old_counts, new_counts = Counter(before), Counter(after)
    places = {text: index for index, text in enumerate(after)}
    found: list[tuple[int, int]] = []
    for index, text in enumerate(before):
        once = old_counts[text] == 1 and new_counts.get(text) == 1
        if once and (not found or places[text] > found[-1][1]):
            found.append((index, places[text]))
    return found


def _moved(before: Sequence[str], after: Sequence[str], anchors: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Equal sentences that stand elsewhere now."""
    old_anchored, new_anchored = {one for one, _ in anchors}, {other for _, other in anchors}
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for index, text in enumerate(after):
        if index not in new_anchored:
            waiting[text].append(index)
    return {
        index: waiting[text].popleft()
        for index, text in enumerate(before)
        if index not in old_anchored and waiting.get(text)
    }


# --- successors ------------------------------------------------------------


def _successors(
    before: Sequence[str], after: Sequence[str], anchors: Sequence[tuple[int, int]], pairs: dict[int, int]
) -> dict[int, int]:
    """Pairs of unequal sentences between the same anchors, in order, of which one is made from the other."""
    taken = set(pairs.values())
    found: dict[int, int] = {}
    old_start = new_start = 0
    for old_end, new_end in [*anchors, (len(before), len(after))]:
        gone = [index for index in range(old_start, old_end) if index not in pairs]
        come = [index for index in range(new_start, new_end) if index not in taken]
        found.update(_paired(before, after, gone, come))
        old_start, new_start = old_end + 1, new_end + 1
    return found


def _paired(
    before: Sequence[str], after: Sequence[str], gone: Sequence[int], come: Sequence[int]
) -> Iterator[tuple[int, int]]:
    old_words, new_words = (
        [_profile(before[index]) for index in gone],
        [_profile(after[index]) for index in come],
    )
    if len(gone) * len(come) * 16 > _MOST_CELLS:
        steps = zip(range(len(gone)), range(len(come)), strict=False)
        yield from (
            (gone[one], come[other])
            for one, other in steps
            if _likeness(old_words[one], new_words[other]) >= _ALIKE
        )
        return
    likeness = [[_likeness(one, other) for other in new_words] for one in old_words]
    for one, other in _best_path(likeness, len(gone), len(come)):
        yield gone[one], come[other]


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a sentence is compared by: its words' first letters, so that a typo rarely makes another word of
    them, and its pairs of letters, for sentences of few words and scripts that do not separate words.
    """

    words: Counter[str]
    pairs: Counter[str]


def _profile(text: str) -> _Profile:
    words = [_plain(word) for word in _WORD.findall(text[:_LONGEST_COMPARED])]
    letters = "".join(words)
    return _Profile(
        Counter(word[:4] for word in words),
        Counter(letters[index : index + 2] for index in range(max(1, len(letters) - 1))),
    )


def _likeness(one: _Profile, other: _Profile) -> float:
    """Between 0 and 1: twice what is common over all there is (Dice)."""
    if min(one.words.total(), other.words.total()) < _FEW_WORDS:
        return _common_share(one.pairs, other.pairs)
    return _common_share(one.words, other.words)


def _common_share(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _best_path(likeness: Sequence[Sequence[float]], rows: int, columns: int) -> list[tuple[int, int]]:
    """The pairs, ascending in both, with the greatest sum of likeness."""
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for one in range(rows - 1, -1, -1):
        for other in range(columns - 1, -1, -1):
            gain = likeness[one][other] if likeness[one][other] >= _ALIKE else float("-inf")
            best[one][other] = max(
                best[one + 1][other + 1] + gain, best[one + 1][other], best[one][other + 1]
            )
    found, one, other = [], 0, 0
    while one < rows and other < columns:
        if best[one][other] == best[one + 1][other]:
            one += 1
        elif best[one][other] == best[one][other + 1]:
            other += 1
        else:
            found.append((one, other))
            one, other = one + 1, other + 1
    return found


def _in_order(olds: int, news: int, pairs: dict[int, int], kinds: dict[int, str]) -> Iterator[Match]:
    sources = {new: old for old, new in pairs.items()}
    position = 0
    for new in range(news):
        old = sources.get(new)
        if old is None:
            yield Match(None, new, "added")
            continue
        while position <= old:
            if position not in pairs:
                yield Match(position, None, "removed")
            position += 1
        yield Match(old, new, kinds[old])
    for rest in range(position, olds):
        if rest not in pairs:
            yield Match(rest, None, "removed")


# --- spelling --------------------------------------------------------------

_WORD = re.compile(rf"[{WORD_CHARACTERS}]+(?:['’][{WORD_CHARACTERS}]+)*")
_LETTERS = re.compile(rf"[{WORD_CHARACTERS}]+")
_FIGURES = re.compile(r"\d+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)

_NEGATIONS_BY_LANGUAGE = {
    # Contractions are told by their ending too, see _negation.
    "en": "no not none nor neither never nobody nothing nowhere without cannot cant dont doesnt didnt isnt "
    "arent wasnt werent wont wouldnt couldnt shouldnt havent hasnt hadnt hardly barely unless",
    "fr": "non ne pas point jamais rien personne aucun aucune nul nulle sans ni guère",
    "es": "no nunca jamás nada nadie ningún ninguno ninguna sin ni tampoco",
    "pt": "não nunca jamais nada ninguém nenhum nenhuma sem nem tampouco",
    "ru": "не нет ни никогда ничего ничто никто никого никому нигде никуда без нельзя вовсе",
    "ar": "لا لم لن ليس ليست ليسوا لست ما غير بدون دون أبدا أبدًا كلا بلا",
}
NEGATIONS = frozenset(word for words in _NEGATIONS_BY_LANGUAGE.values() for word in words.split())
"""Words that turn a statement round, in the languages of the demo publication, in lower case."""

_ENGLISH_CONTRACTION = re.compile(r"n't$")
_FRENCH_ELISION = re.compile(r"^n'")
_RUSSIAN_NEGATIVE_PREFIX = re.compile(r"^(?:не|без|бес)(?=\w{3})")
_VOWELS = frozenset("aeiouyаеёиоуыэюя")
_ARABIC_VARIANTS = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None})


def is_spelling_only(old: str, new: str, vocabulary: Collection[str] = frozenset()) -> bool:
    """Whether `new` says what `old` said, better spelt: only typos, case, accents, punctuation and spaces
    differ.

    Not so, whatever else is alike, when one of these changed:

    - a number, or an address, mention, emoticon, emoji (anything `spans.find` knows);
    - a negation: the words of `NEGATIONS`, English "n't", French "n'";
    - the number of words, except where a word was split or joined ("alot", "a lot") or had stood twice;
    - a word by more than a typo (`is_typo`); a word that still stands elsewhere in `vocabulary`, the words of
      the new revision in lower case, was a real word and no typo;
    - a name (a word with a capital, not at the start) by more than a single slip: "Washingtn" and
      "Washington" are one name, "Iran" and "Iraq", "Maria" and "Mario" are two.
    """
    old, new = _bare(old), _bare(new)
    if _figures(old) != _figures(new):
        return False
    before, after = _words(old), _words(new)
    if _negations(before) != _negations(after):
        return False
    if _plain("".join(before)) == _plain("".join(after)):
        return True
    before, after = _without_doubles(before), _without_doubles(after)
    if len(before) != len(after) or len(before) > _MOST_WORDS:
        return False
    changed = [index for index in range(len(before)) if _plain(before[index]) != _plain(after[index])]
    return len(changed) * 2 <= len(before) + 1 and all(
        before[index].casefold() not in vocabulary
        and is_typo(before[index], after[index])
        and (
            not (_is_name(before, index) or _is_name(after, index))
            or _is_same_name(before[index], after[index])
        )
        for index in changed
    )


def _is_name(words: Sequence[str], index: int) -> bool:
    return index > 0 and words[index][0].isupper()


def _is_same_name(old: str, new: str) -> bool:
    one, other = _plain(old), _plain(new)
    return min(len(one), len(other)) >= 4 and _slips(one, other) <= 1


def _figures(text: str) -> list[str]:
    """Everything with a rule of its own, digits by value, in order."""
    found = [span.text for span in find(text)]
    return found + [str(int(digits[:4000])) for digits in _FIGURES.findall(text)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _negations(words: Sequence[str]) -> Counter[str]:
    return Counter(negation for negation in map(_negation, words) if negation)


def _negation(word: str) -> str:
    """The negation that a word is or contains, spelt one way ("don't", "dont"; "n'aime", "ne"), or ""."""
    bare = word.casefold().replace("’", "'")
    if _FRENCH_ELISION.match(bare) and not _ENGLISH_CONTRACTION.search(bare):
        return "ne"
    bare = bare.replace("'", "")
    return bare if bare in NEGATIONS or (bare != word.casefold() and bare.endswith("nt")) else ""


def _without_doubles(words: Sequence[str]) -> list[str]:
    """ "the the" is a slip of the pen."""
    return [
        word
        for index, word in enumerate(words)
        if index == 0 or word.casefold() != words[index - 1].casefold()
    ]


def _plain(word: str) -> str:
    """Without case, accents, vowel signs and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(char for char in decomposed if char.isalnum() or (extends(char) and _is_letter_part(char)))
    return bare.translate(_ARABIC_VARIANTS)


def _is_letter_part(mark: str) -> bool:
    """Marks of Indic and South East Asian scripts are vowels, not accents."""
    return "\u0900" <= mark <= "\u109f" or "\u1780" <= mark <= "\u17ff"


def is_typo(old: str, new: str) -> bool:
    """Whether one word is the other with a slip of the pen.

    A slip leaves the first letter and, beyond swapped neighbours, the last: endings carry number, person and
    tense, and another first letter usually makes another word. It is two neighbours swapped, a letter doubled
    or halved, in a word of five letters one put in or left out, in one of six one vowel for another or one
    consonant for another, in one of nine two of these. Scripts that write no spaces have none: one sign there
    is a word.
    """
    one, other = _plain(old), _plain(new)
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter < 3 or longer > _LONGEST_WORD or longer - shorter > 2 or _UNSPACED.search(one + other):
        return False
    if _is_negated(one) != _is_negated(other):
        return False
    if _swapped(one, other) or _halved(one) == _halved(other):
        return one[0] == other[0]
    if one[0] != other[0] or one[-1] != other[-1] or shorter < 4:
        return False
    return _slips(one, other) <= (2 if shorter >= 9 else 1)


def _is_negated(word: str) -> bool:
    return bool(_RUSSIAN_NEGATIVE_PREFIX.match(word))


def _swapped(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    differing = [index for index in range(len(one)) if one[index] != other[index]]
    if len(differing) != 2 or differing[1] != differing[0] + 1:
        return False
    first, second = differing
    return one[first] == other[second] and one[second] == other[first]


def _halved(word: str) -> str:
    """Every doubled letter once."""
    return "".join(char for index, char in enumerate(word) if index == 0 or char != word[index - 1])


def _slips(one: str, other: str) -> int:
    """Edits between two words of at most `_LONGEST_WORD` letters (restricted Damerau and Levenshtein).

    A vowel for a consonant, and any letter for another in a word under six letters, counts as three: too
    many.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            cost = 0 if char == wanted else _cost(char, wanted, min(len(one), len(other)))
            best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
            swapped = row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == wanted
            current.append(min(best, before[column - 2] + 1) if swapped else best)
        before, last = last, current
    return last[-1]


def _cost(char: str, wanted: str, length: int) -> int:
    return 1 if length >= 6 and (char in _VOWELS) == (wanted in _VOWELS) else 3
