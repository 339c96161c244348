"""Are the numbers of the source those of the target?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.fidelity.findings import Finding, Pairing, Severity

_NUMBER = re.compile(
    r"(?<!\w)\d{1,2}[ \u00a0\u202f]?h[ \u00a0\u202f]?\d{2}(?!\w)|"  # 19 h 30
    r"(?<![\w])\d+(?:[.,:'’\u00a0\u202f\u2009\u066b\u066c ]\d+)*|\d+"
)
_SEPARATORS = re.compile("[h.,:'’\u00a0\u202f\u2009\u066b\u066c ]")
# Small numbers may be spelled out on either side; scale words shift the digits.
_SPELLED = 20
_SCALE = re.compile(
    r"million|billion|thousand|mille|milli|mil\b|milh|millón|billón|тыс|млн|млрд|милли|миллиард|трлн|ألف|آلاف|مليون|مليار|dozen|hundred",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Number:
    digits: str  # of any script, separators and leading zeros gone: 4,400 = 4 400 = ٤٤٠٠
    place: tuple[int, int]


class NumbersKept:
    """The digits of every number, whatever the separators and the script."""

    name = "numbers"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        before, after = _numbers(pairing.source), _numbers(pairing.target)
        lost, added = _difference(before, after), _difference(after, before)
        if not lost and not added:
            return
        scaled = bool(_SCALE.search(pairing.source) or _SCALE.search(pairing.target))
        certain = bool(lost) and bool(added) and not scaled
        unlikely = [each for each in (*lost, *added) if not _may_be_spelled(each.digits)]
        if not unlikely and not certain:
            return
        severity = Severity.REFUSE if certain or (unlikely and not scaled) else Severity.DOUBTFUL
        told = ", ".join(pairing.source[slice(*each.place)] for each in lost) or ", ".join(
            pairing.target[slice(*each.place)] for each in added
        )
        yield Finding(
            self.name,
            severity,
            f"The numbers differ: {told}.",
            tuple(each.place for each in lost),
            tuple(each.place for each in added),
            "numbers",
            {"numbers": told},
        )


def _may_be_spelled(digits: str) -> bool:
    return len(digits) <= 2 and int(digits or 0) <= _SPELLED


def _numbers(text: str) -> list[_Number]:
    found = []
    for match in _NUMBER.finditer(text):
        found += _parts(match[0], match.start())
    return found


def _parts(written: str, start: int) -> list[_Number]:
    """One number, digit by digit; "11:40" and "1 234,5" compare by all their digits together."""
    bare = "".join(str(unicodedata.digit(each, 0)) for each in _SEPARATORS.sub("", written))
    return [_Number(bare.lstrip("0") or "0", (start, start + len(written)))]


def _difference(one: list[_Number], other: list[_Number]) -> list[_Number]:
    left = Counter(each.digits for each in other)
    missing = []
    for each in one:
        if left[each.digits]:
            left[each.digits] -= 1
        else:
            missing.append(each)
    return missing
