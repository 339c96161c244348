"""What can be seen in a translated text without its original: broken times and units, emoticon codes read as words."""

import re
from collections.abc import Callable, Iterator

from dragoman.fidelity.findings import Finding, Severity
from dragoman.fidelity.words import base

_TIME = re.compile(r"(?<![\d:.,])(?:[01]?\d|2[0-3])(?:\s+:\s*|\s*:\s+)[0-5]\d(?![\d:])")
_UNIT = r"(?:[kmcd]?m|ha|k?g|t|l|км|см|мм|м|га|кг|كم)[²³23]?"
_SQUARE = r"(?:carr|cuadr|quadr|square|sq|cubi|cúbi|cub|kare|кв|куб|квадрат|مربع|мет|met|mètr|mét)\w*"
_BROKEN_UNIT = re.compile(
    rf"(?<![\w.,])\d[\d\s.,\u00a0\u202f]*(?:\w+\.?\s+){{0,3}}?{_SQUARE}[^\d.\n]{{0,60}}\.\s+{_UNIT}(?=[\s.,;:!?)]|$)",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|(?:quot|amp|lt|gt|apos|nbsp|laquo|raquo|hellip|mdash|ndash));"
)
_PLACEHOLDER = re.compile(r"\bX\s?Q\s?Z\s?\d+\b", re.IGNORECASE)
_STAMMER = re.compile(r"\b(\w[\w'’-]{1,40})(?:[\s,]+\1\b){3,}", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?P<before>[^\s.!?…])?(?P<stop>[.!?…]+[\"»”)]?)?\s+(?P<word>[^\W\d_]{2,24})\s*$")
_CODES = frozenset(
    "am wassat bully belay recourse fellow feel tongue lol wink crying laughing request".split()
)
"""Emoticon codes of forums: what an engine leaves of ":am:" when the colons are lost."""
_ALSO_WORDS = {
    "en": frozenset("am bully belay recourse fellow feel tongue wink crying laughing request".split()),
    "de": frozenset({"am"}),
    "ro": frozenset({"am"}),
    "nl": frozenset({"am"}),
}
_LEAST_BEFORE = 3  # words on a line before one may be stray at its end


def lint(text: str, language: str) -> tuple[Finding, ...]:
    """Findings in the order of their places; these are in `target`, in code points of `text`."""
    found = [finding for look in _LOOKS for finding in look(text, language)]
    return tuple(sorted(found, key=lambda finding: finding.target))


def _times(text: str, _language: str) -> Iterator[Finding]:
    for match in _TIME.finditer(text):
        yield _finding("times", "broken_time", "A time of day is broken: {}.", match)


def _units(text: str, _language: str) -> Iterator[Finding]:
    for match in _BROKEN_UNIT.finditer(text):
        yield _finding("units", "broken_unit", "A quantity is torn from its unit: {}.", match)


def _entities(text: str, _language: str) -> Iterator[Finding]:
    for match in _ENTITY.finditer(text):
        yield _finding("markup", "entity", "An HTML entity stands in the text: {}.", match)


def _placeholders(text: str, _language: str) -> Iterator[Finding]:
    for match in _PLACEHOLDER.finditer(text):
        yield _finding("placeholders", "placeholder", "A placeholder is left in the text: {}.", match)


def _stammers(text: str, _language: str) -> Iterator[Finding]:
    for match in _STAMMER.finditer(text):
        yield _finding("repetition", "stammer", "Words are repeated over and over: {}.", match)


def _stray_words(text: str, language: str) -> Iterator[Finding]:
    """A word by itself at the end of a line: behind the sentence's end, or one that is a code and no word."""
    own = _ALSO_WORDS.get(base(language), frozenset())
    start = 0
    for line in text.splitlines(keepends=True):
        match = _LAST_WORD.search(line.rstrip())
        if match and len(line[: match.start("word")].split()) >= _LEAST_BEFORE:
            word = match["word"]
            code = word in _CODES and word not in own
            if code or (match["stop"] and word.islower()):
                yield Finding(
                    "emoticons",
                    Severity.DOUBTFUL,
                    f"A word stands by itself at the end, an emoticon's code perhaps: {word}.",
                    (),
                    ((start + match.start("word"), start + match.end("word")),),
                    "stray_word",
                    {"written": word},
                )
        start += len(line)


def _finding(check: str, code: str, sentence: str, match: "re.Match[str]") -> Finding:
    written = " ".join(match[0].split())
    return Finding(
        check, Severity.DOUBTFUL, sentence.format(written), (), (match.span(),), code, {"written": written}
    )


_LOOKS: tuple[Callable[[str, str], Iterator[Finding]], ...] = (
    _times,
    _units,
    _entities,
    _placeholders,
    _stammers,
    _stray_words,
)
