"""Is the target a translation of this sentence, or of another one?"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.knowledge import meaning
from dragoman.fidelity.lexicons.lengths import as_in_english, letters
from dragoman.fidelity.numerals.figures import figures
from dragoman.fidelity.numerals.matching import compare
from dragoman.fidelity.sounds import skeleton
from dragoman.fidelity.words import AT_HAND, UNSPACED, words

_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_QUOTES = frozenset('"«»“”„「」『』')
_BRACKETS = frozenset("(（")
_ASKS = frozenset("?？؟;")
_COMMAS = re.compile("[,、，،]")
_CLOSING = " \"'»”」』)）"
_STEM = 3  # classes of consonants that make two words cognate
_DOUBTED, _REFUSED = 4.5, 8.0
"""Log-odds. Fitted by logistic regression on the tuned half of the corpora (docs/measurements.md): above 4.5 are
0.2 % of human pairs, above 8 none in ten thousand."""

_ASKED = -2.2
"""Log-odds from which the encoder is asked: two fifths of human pairs, nearly all unrelated ones."""
_ASKED_UNSPACED = -5.5  # hardly a word of Chinese and Japanese sounds like one elsewhere
_STRANGE, _UNLIKE = 0.12, 0.28
"""Of 960 human pairs that were asked about, none is under 0.16 and 1 % under 0.29; of unrelated ones 95 % are under
0.16 and none over 0.27."""
_HARDLY, _ENOUGH = 20, 40  # letters: "Oui, bien sûr." says little

_BESIDES_LENGTH = 2.0  # a short answer alone is doubted, not refused


class Related:
    """Do meaning, numbers, words that sound alike, lengths and punctuation speak for the same sentence?

    What all languages share is cheap to compare and tells most; where it leaves a doubt and the encoder knows both
    languages, their meaning decides. Short sentences share too little to tell.
    """

    name = "relation"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        if not pairing.source.strip() or not pairing.target.strip():
            return
        severity = _severity(pairing)
        if severity:
            yield Finding(
                self.name,
                severity,
                "This seems to be the translation of another sentence.",
                (),
                ((0, len(pairing.target)),),
                "unrelated",
            )


def _severity(pairing: Pairing) -> Severity | None:
    odds, enough = _odds(pairing), min(letters(pairing.source), letters(pairing.target))
    if enough >= _ENOUGH and meaning.is_known(pairing.source_language, pairing.target_language):
        unspaced = UNSPACED.search(pairing.source + pairing.target) is not None
        return _by_meaning(pairing) if odds > (_ASKED_UNSPACED if unspaced else _ASKED) else None
    if odds <= (_DOUBTED if enough >= _HARDLY else _REFUSED):
        return None
    refused = odds > _REFUSED and odds - _lengths(pairing) > _BESIDES_LENGTH and enough >= _HARDLY
    return Severity.REFUSE if refused else Severity.DOUBTFUL


def _by_meaning(pairing: Pairing) -> Severity | None:
    likeness = meaning.likeness(pairing.source, pairing.target)
    if likeness < _STRANGE:
        return Severity.REFUSE
    return Severity.DOUBTFUL if likeness < _UNLIKE else None


def _odds(pairing: Pairing) -> float:
    source, target = pairing.source, pairing.target
    return (
        -2.7
        + _numbers(pairing)
        + _lengths(pairing)
        + _cognates(pairing)
        + 2.5 * (_asks(source) != _asks(target))
        + 2.2 * (_has(source, _QUOTES) != _has(target, _QUOTES))
        + 1.9 * (_has(source, _BRACKETS) != _has(target, _BRACKETS))
        + 0.4 * min(abs(len(_COMMAS.findall(source)) - len(_COMMAS.findall(target))), 4)
    )


def _lengths(pairing: Pairing) -> float:
    before = as_in_english(pairing.source, pairing.source_language)
    ratio = abs(math.log(as_in_english(pairing.target, pairing.target_language) / before))
    return 4.7 * ratio + 2.1 * ratio * ratio


def _numbers(pairing: Pairing) -> float:
    compared = compare(pairing.source, pairing.target, pairing.source_language, pairing.target_language)
    lost, added = len(compared.lost), len(compared.added)
    kept = len(figures(pairing.source, pairing.source_language)) - lost
    differing = min(max(lost, added), 2)  # one number replaced is no other sentence
    return 4.0 * differing - 2.6 * min(kept, 2) + 2.4 * bool(compared.other_word)


def _cognates(pairing: Pairing) -> float:
    """Related sentences share names and loans; the more words, the likelier."""
    if pairing.source_language.startswith("ja"):
        before = frozenset(skeleton(word)[:_STEM] for word in _KATAKANA.findall(pairing.source))
    else:
        before = _stems(pairing.source)
    after = _stems(pairing.target)
    fewer = min(len(before), len(after))
    if not fewer:
        return -2.0
    shared = len(before & after)
    return -6.7 * shared / fewer + 0.3 * (not shared and fewer >= _STEM) + 1.5 * min(fewer, 8) / 8


@lru_cache(maxsize=AT_HAND)
def _stems(text: str) -> frozenset[str]:
    skeletons = (skeleton(word.text) for word in words(text) if len(word.text) > _STEM)
    return frozenset(each[:_STEM] for each in skeletons if len(each) >= _STEM)


def _asks(text: str) -> bool:
    return text.rstrip(_CLOSING)[-1:] in _ASKS and bool(text.rstrip(_CLOSING))


def _has(text: str, signs: frozenset[str]) -> bool:
    return not signs.isdisjoint(text)
