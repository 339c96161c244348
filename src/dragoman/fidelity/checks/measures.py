"""Are units, dates and quotation marks of the source those of the target?"""

from collections.abc import Iterator

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.numerals.figures import Figure, figures
from dragoman.text.dates import dates
from dragoman.text.units import Measure, measure_at

_OPENING = frozenset('"«„“「『‹')
_Quantity = tuple[Figure, Measure]


class UnitsKept:
    """Does the same figure measure in the same unit? Nothing is ever converted, "km" is not "miles"."""

    name = "units"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        before = list(_quantities(pairing.source, pairing.source_language))
        after = list(_quantities(pairing.target, pairing.target_language)) if before else []
        units = {measure.unit for _, measure in after}
        for one, measure in before:
            for other, changed in after:
                if measure.unit not in units and not set(one.readings).isdisjoint(other.readings):
                    yield self._finding(pairing, (one, measure), (other, changed))
                    break

    def _finding(self, pairing: Pairing, one: _Quantity, other: _Quantity) -> Finding:
        source, target = (one[0].start, one[1].end), (other[0].start, other[1].end)
        before, after = pairing.source[slice(*source)], pairing.target[slice(*target)]
        message = f"The unit differs: {before} became {after}."
        params = {"source": before, "target": after}
        return Finding(self.name, Severity.DOUBTFUL, message, (source,), (target,), "unit_changed", params)


def _quantities(text: str, language: str) -> Iterator[_Quantity]:
    for figure in figures(text, language):
        measure = measure_at(text, figure.start + len(figure.written), language)
        if measure and measure.unit:
            yield figure, measure


class DatesKept:
    """Is a complete date the same day, in figures or in words?"""

    name = "dates"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if not figures(pairing.source, pairing.source_language):
            return
        before = list(dates(pairing.source, pairing.source_language))
        after = list(dates(pairing.target, pairing.target_language)) if before else []
        lost = [each for each in before if each.value not in {other.value for other in after}]
        added = [each for each in after if each.value not in {other.value for other in before}]
        for one, other in zip(lost, added, strict=False):
            written = pairing.source[one.start : one.end], pairing.target[other.start : other.end]
            yield Finding(
                self.name,
                Severity.REFUSE,
                f"The date differs: {written[0]} became {written[1]}.",
                ((one.start, one.end),),
                ((other.start, other.end),),
                "date_changed",
                {"source": written[0], "target": written[1]},
            )


class QuotationsMarked:
    """Is what the source quotes still marked as quoted? Noted only: others quote without marks, too."""

    name = "quotation_marks"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if _OPENING.isdisjoint(pairing.source) or not _OPENING.isdisjoint(pairing.target):
            return
        places = tuple((place, place + 1) for place, sign in enumerate(pairing.source) if sign in _OPENING)
        yield Finding(
            self.name,
            Severity.MINOR,
            "The quotation marks of the original are missing.",
            places,
            (),
            "quotation_marks",
        )
