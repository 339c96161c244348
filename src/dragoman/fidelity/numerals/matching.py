"""Which numbers of one text are those of another."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from dragoman.fidelity.numerals.figures import Figure, Reading, figures
from dragoman.fidelity.numerals.lexicon import knows
from dragoman.fidelity.numerals.words import Spelled, spelled

_LARGEST_WORD = 20  # integers up to here, and tens up to a hundred, are often spelled out


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures that found no counterpart, and the pairs that found an odd one.

    `unsure`: lost or added, but perhaps spelled out in a language whose number words are not known here.
    """

    lost: tuple[Figure, ...]
    added: tuple[Figure, ...]
    unsure_lost: tuple[Figure, ...]
    unsure_added: tuple[Figure, ...]
    foreign_format: tuple[tuple[Figure, Figure], ...]
    other_scale: tuple[tuple[Figure, Figure], ...]
    other_sign: tuple[tuple[Figure, Figure], ...]


def compare(source: str, target: str, source_language: str, target_language: str) -> Comparison:
    """Pairs the figures of both texts, the surest first; then looks for what is left among the words."""
    before, after = list(figures(source, source_language)), list(figures(target, target_language))
    all_before, all_after = tuple(before), tuple(after)
    alike = _pair_off(before, after, lambda one, other: bool(one.strict & other.strict))
    loosely = _pair_off(before, after, lambda one, other: not set(one.readings).isdisjoint(other.readings))
    _explain(before, after, _words(source, target, target_language, before, after))
    _explain(after, before, _words(target, source, source_language, after, before))
    lost = _not_repeated(before, all_after)
    added = _not_repeated(after, all_before)
    return Comparison(
        *_sorted_out(lost, added, source_language, target_language),
        tuple(pair for pair in loosely if not _scaled_both(pair)),
        tuple(pair for pair in loosely if _scaled_both(pair)),
        tuple((one, other) for one, other in alike if one.negative != other.negative),
    )
