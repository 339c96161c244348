"""Two figures that are one thing: a score (2:1), a range (10-15, 2010–2012). Their order and sign are their meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.text.locales import SPACES

_LETTER = r"A-Za-zÀ-ɏͰ-ϿЀ-ԯ_\d"  # of scripts that write words apart
_SCORE = re.compile(
    rf"(?<![{_LETTER}.,:/])(\d{{1,3}})[{SPACES}]{{0,2}}(:)[{SPACES}]{{0,2}}(\d{{1,3}})(?![{_LETTER}:/]|[.,]\d)"
)
_RANGE = re.compile(
    rf"(?<![{_LETTER}.,:/–-])(\d{{1,4}})[{SPACES}]{{0,2}}([-–—])[{SPACES}]{{0,2}}(\d{{1,4}})(?![{_LETTER}:/–-]|[.,]\d)"
)


@dataclass(frozen=True, slots=True)
class FigurePair:
    """At [start, end): `first`, a sign, `second`; `torn` where spaces stand around the sign."""

    start: int
    end: int
    first: str
    sign: str
    second: str
    torn: bool

    @property
    def values(self) -> tuple[int, int]:
        """The numbers, whatever the digits."""
        return int(self.first), int(self.second)

    @property
    def whole(self) -> str:
        """Without spaces."""
        return self.first + self.sign + self.second


def scores(text: str) -> Iterator[FigurePair]:
    """ "2:1", torn ones too; what may be a time of day is none."""
    for pair in _pairs(_SCORE, text):
        if len(pair.second) != 2 or pair.values[0] > 24 or pair.values[1] > 59:
            yield pair


def ranges(text: str) -> Iterator[FigurePair]:
    """ "10-15" and "2010–2012", and scores with a dash; torn ones too, which may be two things."""
    return _pairs(_RANGE, text)


def _pairs(pattern: re.Pattern[str], text: str) -> Iterator[FigurePair]:
    for found in pattern.finditer(text):
        first, sign, second = found.groups()
        yield FigurePair(
            found.start(), found.end(), first, sign, second, len(found[0]) > len(first + sign + second)
        )
