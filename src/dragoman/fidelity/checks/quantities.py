"""Are the numbers of the source those of the target?"""

from collections.abc import Iterable, Iterator

from dragoman.fidelity.findings import Finding, Pairing, Places, Severity
from dragoman.fidelity.numerals.figures import Figure
from dragoman.fidelity.numerals.matching import Comparison, compare, may_be_spelled

_MANY_DIGITS = 3


class NumbersKept:
    """The values of what is written in digits, whatever the script, the separators, and whether spelled out.

    Refused: a figure replaced, and one of three digits or more lost. Doubted: a shorter one lost, one added
    (translators convert units, and say "fortnight" as 15 days: docs/measurements.md), one that may be a word in
    a language whose number words are not known here, another number word, another scale ("million" for
    "billion") or another sign. Noted: separators of another language.
    """

    name = "numbers"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        compared = compare(pairing.source, pairing.target, pairing.source_language, pairing.target_language)
        yield from self._missing(pairing, compared)
        yield from self._reworded(pairing, compared)
        for severity, code, couples, sentence in (
            (
                Severity.DOUBTFUL,
                "number_scale",
                compared.other_scale,
                "The scale of a number differs: {} and {}.",
            ),
            (
                Severity.DOUBTFUL,
                "number_sign",
                compared.other_sign,
                "The sign of a number differs: {} and {}.",
            ),
            (
                Severity.MINOR,
                "number_format",
                compared.foreign_format,
                "A number reads otherwise: {} and {}.",
            ),
        ):
            for one, other in couples:
                before, after = _written(pairing.source, [one]), _written(pairing.target, [other])
                yield Finding(
                    self.name,
                    severity,
                    sentence.format(before, after),
                    _places([one]),
                    _places([other]),
                    code,
                    {"source": before, "target": after},
                )

    def _missing(self, pairing: Pairing, compared: Comparison) -> Iterator[Finding]:
        lost, added = compared.lost, compared.added
        if not lost and not added:
            return
        unsure = all(may_be_spelled(each, pairing.target_language) for each in lost) and all(
            may_be_spelled(each, pairing.source_language) for each in added
        )
        before, after = _written(pairing.source, lost), _written(pairing.target, added)
        code, message = _told(before, after)
        yield Finding(
            self.name,
            Severity.DOUBTFUL if unsure or not (added or _telling(lost)) or not lost else Severity.REFUSE,
            message,
            _places(lost),
            _places(added),
            code,
            {"lost": before, "added": after},
        )

    def _reworded(self, pairing: Pairing, compared: Comparison) -> Iterator[Finding]:
        for one, other in compared.other_word:
            before, after = pairing.source[one.start : one.end], pairing.target[other.start : other.end]
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                f"The numbers differ: {before} became {after}.",
                ((one.start, one.end),),
                ((other.start, other.end),),
                "numbers_replaced",
                {"lost": before, "added": after},
            )


def _telling(figures: Iterable[Figure]) -> bool:
    """Whether one has too many digits to be left out in other words."""
    return any(sum(map(str.isdecimal, figure.written)) >= _MANY_DIGITS for figure in figures)


def _told(lost: str, added: str) -> tuple[str, str]:
    if lost and added:
        return "numbers_replaced", f"The numbers differ: {lost} became {added}."
    if lost:
        return "numbers_lost", f"The numbers differ: {lost} is missing."
    return "numbers_added", f"The numbers differ: {added} is not in the original."


def _written(text: str, figures: Iterable[Figure]) -> str:
    return ", ".join(text[each.start : each.end] for each in figures)


def _places(figures: Iterable[Figure]) -> Places:
    return tuple((each.start, each.end) for each in figures)
