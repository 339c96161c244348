"""Is there a translation at all?"""

import re
from collections import Counter
from collections.abc import Iterator

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.lexicons.lengths import as_in_english, letters

_TOKEN = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_ECHOED = 4  # words; shorter sentences may well read the same in two languages
_REPEATED = 4
_BEGINNING = 5000  # characters that are looked through for it
_REPETITION = re.compile(r"\b(\w[\w' ’-]{0,40}?)(?:[\s,;.]+\1\b){3,}", re.IGNORECASE)
_LONG, _SHORT = 2.2, 0.5
"""Of 14,700 human pairs of the tuned half 0.12 % lie outside, of translations cut in half 47 %."""
_SETTLED = 40  # characters from which lengths say something


class Empty:
    """Does the target say anything where the source does?"""

    name = "empty"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        silent = not _says(pairing.target) if _says(pairing.source) else not pairing.target.strip()
        if silent and pairing.source.strip():
            yield Finding(self.name, Severity.REFUSE, "The translation is empty.", code="empty")


def _says(text: str) -> bool:
    """Whether there is more than punctuation."""
    return any(map(str.isalnum, text))


class Echoed:
    """Is the target the source all over again?"""

    name = "echoed"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if pairing.source_language.split("-")[0] == pairing.target_language.split("-")[0]:
            return
        first, other = _WORD.search(pairing.source), _WORD.search(pairing.target)
        if first is None or other is None or first[0].casefold() != other[0].casefold():
            return
        words = _WORD.findall(pairing.source.casefold())
        common = [word for word in _WORD.findall(pairing.source) if word.islower()]
        if (
            len(words) >= _FEWEST_ECHOED
            and len(common) >= 3
            and words == _WORD.findall(pairing.target.casefold())
        ):
            yield Finding(
                self.name,
                Severity.REFUSE,
                "The translation repeats the original.",
                ((0, len(pairing.source)),),
                ((0, len(pairing.target)),),
                "echoed",
            )


def _often(text: str) -> bool:
    """Whether any word is there as often as the engine would have to stammer it."""
    number = Counter(_TOKEN.findall(text[:_BEGINNING].casefold()))
    return max(number.values(), default=0) >= _REPEATED


class Repetition:
    """Does the engine stammer?"""

    name = "repetition"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if not _often(pairing.target):
            return
        found = _REPETITION.search(pairing.target[:_BEGINNING])
        if found and not _REPETITION.search(pairing.source[:_BEGINNING]):
            yield Finding(
                self.name,
                Severity.REFUSE,
                f"The translation repeats “{found[1]}”.",
                (),
                (found.span(),),
                "repetition",
                {"words": found[1]},
            )


class LengthSane:
    """Is the target wildly longer or shorter than the source?"""

    name = "length"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        before, after = pairing.source.strip(), pairing.target.strip()
        if not before or not after or max(letters(before), letters(after)) < _SETTLED:
            return
        ratio = as_in_english(after, pairing.target_language) / as_in_english(before, pairing.source_language)
        if not _SHORT <= ratio <= _LONG:
            much = "longer" if ratio > 1 else "shorter"
            yield Finding(
                self.name,
                Severity.DOUBTFUL,
                f"The translation is much {much} than the original.",
                code=f"length_{much}",
            )
