"""Which numbers of one text are those of another."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from dragoman.fidelity.numerals.elsewise import without_elsewise
from dragoman.fidelity.numerals.figures import Figure, Reading, figures
from dragoman.fidelity.numerals.lexicon import knows
from dragoman.fidelity.numerals.words import Spelled, spelled
from dragoman.fidelity.words import AT_HAND

_Couple = tuple[Figure, Figure]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures of the source without counterpart, those of the target, and the odd pairs.

    `foreign_format`: the same only if one of them is not written as its language writes numbers.
    `other_scale`: "4 million" and "4 billion". `other_sign`: "-4" and "4". `other_word`: "three" and "cinq".
    """

    lost: tuple[Figure, ...]
    added: tuple[Figure, ...]
    foreign_format: tuple[_Couple, ...]
    other_scale: tuple[_Couple, ...]
    other_sign: tuple[_Couple, ...]
    other_word: tuple[tuple[Figure | Spelled, Figure | Spelled], ...] = ()


@lru_cache(maxsize=AT_HAND)
def compare(source: str, target: str, source_language: str, target_language: str) -> Comparison:
    """Pairs the figures of both texts, the surest first; then looks for what is left among the words.

    A figure that stands twice on one side and once on the other is not missed.
    """
    source, target = without_elsewise(source), without_elsewise(target)
    before, after = figures(source, source_language), figures(target, target_language)
    alike = _couples(before, after, attrgetter("strict"))
    lost, added = _single(before, alike, 0), _single(after, alike, 1)
    loosely = _couples(lost, added, attrgetter("readings"))
    lost, added = _single(lost, loosely, 0), _single(added, loosely, 1)
    lost, added = _unexplained(lost, added, target, target_language)
    added, lost = _unexplained(added, lost, source, source_language)
    found = [one for one in before if one not in lost]
    lost, added = _not_repeated(lost, after, ()), _not_repeated(added, before, found)
    return Comparison(
        lost,
        added,
        tuple(couple for couple in loosely if _is_foreign(*couple)),
        tuple((one, other) for one, other in loosely if one.scale and other.scale),
        tuple((one, other) for one, other in alike if one.negative != other.negative),
        _reworded(
            (*lost, *_strangers(source, source_language, target, target_language, after)),
            lambda: (*added, *_strangers(target, target_language, source, source_language, before)),
        ),
    )


def _reworded(
    ones: Sequence[Figure | Spelled], others: Callable[[], Sequence[Figure | Spelled]]
) -> tuple[tuple[Figure | Spelled, Figure | Spelled], ...]:
    """What has no counterpart on either side, where at least one of the two is a word. Most sentences have none, and
    then the others are not looked for."""
    couples = zip(ones, others(), strict=False) if ones else ()
    return tuple(
        (one, other) for one, other in couples if isinstance(one, Spelled) or isinstance(other, Spelled)
    )


def _strangers(
    text: str, language: str, other: str, other_language: str, figures_of_other: Iterable[Figure]
) -> tuple[Spelled, ...]:
    """Numbers in words that certainly are numbers, of whose value and parts the other text knows nothing."""
    own = [each for each in spelled(text, language) if each.certain and 1 < each.value < 1000]
    if not own:
        return ()
    known = {value for each in spelled(other, other_language) for value in each.values}
    known |= {value for figure in figures_of_other for reading in figure.readings for value in reading}
    return tuple(each for each in own if each.values.isdisjoint(known))


def may_be_spelled(figure: Figure, language: str) -> bool:
    """Whether the figure may be a word in a text of a language whose number words are not known here."""
    return not knows(language) and any(
        len(reading) == 1 and (reading[0] <= 20 or (reading[0] <= 100 and reading[0] % 10 == 0))
        for reading in figure.readings
    )


def _couples(
    ones: Sequence[Figure], others: Sequence[Figure], readings: Callable[[Figure], Iterable[Reading]]
) -> list[_Couple]:
    """Each figure with the first free one of the others that shares a reading."""
    waiting = _by_reading(others, readings)
    taken: set[int] = set()
    couples = []
    for one in ones:
        other = next(filter(None, (_first(waiting[reading], taken) for reading in readings(one))), None)
        if other:
            taken.add(other.start)
            couples.append((one, other))
    return couples


def _by_reading(
    ones: Iterable[Figure], readings: Callable[[Figure], Iterable[Reading]]
) -> defaultdict[Reading, deque[Figure]]:
    found: defaultdict[Reading, deque[Figure]] = defaultdict(deque)
    for one in ones:
        for reading in readings(one):
            found[reading].append(one)
    return found


def _first(waiting: deque[Figure], taken: set[int]) -> Figure | None:
    while waiting and waiting[0].start in taken:
        waiting.popleft()
    return waiting[0] if waiting else None


def _single(ones: Sequence[Figure], couples: Iterable[_Couple], side: int) -> tuple[Figure, ...]:
    coupled = {couple[side].start for couple in couples}
    return tuple(one for one in ones if one.start not in coupled)


def _unexplained(
    ones: Sequence[Figure], others: Sequence[Figure], text: str, language: str
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """What is left of both when the parts of `ones` are sought among `others` and the words of the other text.

    So "8.11.2020" finds "8", "ноября" and "2020".
    """
    if not ones:
        return (), tuple(others)
    words: set[Reading] = {(value,) for number in spelled(text, language) for value in number.values}
    waiting = _by_reading(others, attrgetter("readings"))
    taken: set[int] = set()
    left = tuple(one for one in ones if not _explain(one, words, waiting, taken))
    return left, tuple(other for other in others if other.start not in taken)


def _explain(
    one: Figure, words: set[Reading], waiting: dict[Reading, deque[Figure]], taken: set[int]
) -> bool:
    for reading in one.readings:
        found: set[int] = set()
        for value in reading:
            other = None if (value,) in words else _first(waiting[(value,)], taken | found)
            if other is None and (value,) not in words:
                break
            found |= {other.start} if other else set()
        else:
            taken |= found
            return True
    return False


def _not_repeated(
    ones: Iterable[Figure], others: Iterable[Figure], in_parts: Iterable[Figure]
) -> tuple[Figure, ...]:
    """Those that are not said on the other side; of what is there in parts ("2:0", "2-0") every part is."""
    seen = {reading for other in others for reading in other.readings}
    seen |= {(part,) for other in in_parts for reading in other.readings for part in reading}
    return tuple(one for one in ones if seen.isdisjoint(one.readings))


def _is_foreign(one: Figure, other: Figure) -> bool:
    """Whether separators are all that the two do not share: not a time, a score or a year cut short."""
    if one.scale or other.scale or one.on_the_clock or other.on_the_clock:
        return False
    shared = set(one.readings) & set(other.readings)
    return any(len(reading) == 1 for reading in shared) and not (one.whole and other.whole)
