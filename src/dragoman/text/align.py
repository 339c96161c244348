"""Two revisions' sentences, aligned: which are the same, which only spelled otherwise, which changed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_COMPARED = 200  # sentences of one changed stretch that are compared pair by pair
LONGEST_COMPARED = 2_000  # characters
_ALIKE = 0.5
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# A changed negation changes what is said, however small the difference on the page.
NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor cannot ne pas jamais rien personne aucun aucune nunca nada nadie "
    "ningún ninguno ninguna tampoco não nem ninguém nenhum nenhuma jamais не ни нет никогда никто ничего нельзя "
    "لا لم لن ليس ليست ما غير بدون".split()
)


@dataclass(frozen=True, slots=True)
class Match:
    """Indexes in the old and new list; kind is same, spelling, changed, added or removed."""

    old: int | None
    new: int | None
    kind: str


def align(old: Sequence[str], new: Sequence[str]) -> tuple[Match, ...]:
    """Every index of both lists exactly once, in the order of the new list, removed ones last."""
    pairs = dict(_same(old, new))
    for old_stretch, new_stretch in _stretches(old, new, pairs):
        pairs.update(_alike(old, new, old_stretch, new_stretch))
    taken = set(pairs.values())
    matches = [
        Match(pairs[index], index, _kind(old[pairs[index]], text)) if index in pairs else Match(None, index, "added")
        for index, text in enumerate(new)
    ]
    return (*matches, *(Match(index, None, "removed") for index in range(len(old)) if index not in taken))


def _same(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(new, old) of equal sentences: those in order first, then moved ones."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    used_old, used_new = set(), set()
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            used_old.add(block.a + step)
            used_new.add(block.b + step)
            yield block.b + step, block.a + step
    left: dict[str, list[int]] = {}
    for index, text in enumerate(old):
        if index not in used_old:
            left.setdefault(text, []).append(index)
    for index, text in enumerate(new):
        if index not in used_new and left.get(text):
            yield index, left[text].pop(0)


def _stretches(
    old: Sequence[str], new: Sequence[str], pairs: dict[int, int]
) -> Iterator[tuple[list[int], list[int]]]:
    """What stands between equal sentences on both sides."""
    free_old = set(range(len(old))) - set(pairs.values())
    gap: list[int] = []
    low = 0
    for index in range(len(new) + 1):
        if index < len(new) and index not in pairs:
            gap.append(index)
            continue
        high = pairs[index] if index < len(new) else len(old)
        inside = [place for place in range(low, max(high, low)) if place in free_old]
        if gap and inside:
            yield inside[:MOST_COMPARED], gap[:MOST_COMPARED]
        gap, low = [], max(low, high)


def _alike(
    old: Sequence[str], new: Sequence[str], olds: list[int], news: list[int]
) -> Iterator[tuple[int, int]]:
    """(new, old) of sentences alike enough to be one another's successor, the most alike first, none crossing."""
    scored = sorted(
        ((_likeness(old[a], new[b]), b, a) for a in olds for b in news), key=lambda one: (-one[0], one[1], one[2])
    )
    chosen: list[tuple[int, int]] = []
    for score, b, a in scored:
        if score < _ALIKE:
            break
        if all((b < other_b) == (a < other_a) and b != other_b and a != other_a for other_b, other_a in chosen):
            chosen.append((b, a))
    if len(olds) == len(news) == 1 and not chosen:
        chosen.append((news[0], olds[0]))
    yield from chosen


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, _words(one), _words(other), autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE:
        return 0.0
    by_words = matcher.ratio()
    short = max(len(one), len(other)) <= LONGEST_COMPARED // 10
    letters = SequenceMatcher(None, one, other, autojunk=False).ratio() if short else by_words
    return max(by_words, letters * 0.9)


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:LONGEST_COMPARED].casefold())


def _kind(old: str, new: str) -> str:
    if old == new:
        return "same"
    return "spelling" if is_spelling_only(old, new) else "changed"


def is_spelling_only(old: str, new: str) -> bool:
    """Whether only typing mistakes, case, punctuation or white space differ: the same number of words (or one
    joined or split), no number, negation or name another, each word at most a slip away from the other."""
    if max(len(old), len(new)) > LONGEST_COMPARED:
        return False
    before, after = _WORD.findall(old), _WORD.findall(new)
    if "".join(before).casefold() == "".join(after).casefold():
        return _marks_of_meaning(old) == _marks_of_meaning(new)
    if len(before) != len(after) or _marks_of_meaning(old) != _marks_of_meaning(new):
        return False
    differing = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    return len(differing) <= max(1, len(before) // 4) and all(_is_slip(one, other) for one, other in differing)


def _marks_of_meaning(text: str) -> tuple[str, ...]:
    """What ends the sentence as a question, and signs that change a number."""
    return tuple(sign for sign in text if sign in "?؟%‰€$£+−")


def _is_slip(one: str, other: str) -> bool:
    """One word for the other by a slip of the fingers: few letters differ, and neither is a number or negation."""
    low, high = one.casefold(), other.casefold()
    if low == high:
        return True
    if any(character.isdigit() for character in one + other):
        return False
    if low in NEGATIONS or high in NEGATIONS or _negated(low) != _negated(high):
        return False
    if _bare(low) == _bare(high):
        return True
    shorter = min(len(low), len(high))
    allowed = 0 if shorter < 3 else 1 if shorter < 8 else 2
    return low[:1] == high[:1] and _distance(low, high, allowed + 1) <= allowed


def _negated(word: str) -> bool:
    return word.endswith(("n't", "n’t"))


def _bare(word: str) -> str:
    """Without diacritics."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _distance(one: str, other: str, limit: int) -> int:
    """Damerau–Levenshtein distance (adjacent letters exchanged count once), at most `limit`."""
    if abs(len(one) - len(other)) >= limit or max(len(one), len(other)) > 60:
        return limit
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return min(rows[-1][-1], limit)
