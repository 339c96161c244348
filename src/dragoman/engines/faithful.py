"""What engines break without meaning to, mended where it is certain and refused where it is not.

A placeholder may change its place, never its number: each of the source's stands in the target as often as in the
source, and no other does.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dragoman.engines.errors import EngineError, MalformedAnswer
from dragoman.engines.protocol import Answer, Refusal

PLACEHOLDER = re.compile(r"XQZ\s?(\d{1,9})", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
# A longer answer holds something else than a translation: an explanation, or the same thing many times.
# English takes four letters and more for a Chinese one.
_LONGER, _ALLOWANCE = 8, 80
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DIRECTING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # turns what follows around, other texts too
_HALVES = re.compile(r"[\ud800-\udfff]")


def wordless(text: str) -> bool:
    """Whether a text says the same in every language: engines make things up for it."""
    return not any(map(str.isalnum, text))


def mended(source: str, target: str) -> str:
    """The target with the source's placeholders as they were written, and no entity that the source has not.

    Raises MalformedAnswer when it is empty, far too long or marked up, or lost, doubled or made up a placeholder.
    """
    whole = _UNSEEN.sub("", _plain(source, target))
    if not _DIRECTING.search(source):
        whole = _DIRECTING.sub("", whole)
    if _HALVES.search(whole):
        raise MalformedAnswer("The engine's translation holds code points that are not characters.")
    if wordless(PLACEHOLDER.sub("", whole)) and not wordless(PLACEHOLDER.sub("", source)):
        raise MalformedAnswer("The engine gave an empty translation.")
    if len(whole) > _LONGER * len(source) + _ALLOWANCE:
        raise MalformedAnswer(f"The engine made {len(whole)} characters of {len(source)}.")
    if len(_TAG.findall(whole)) > len(_TAG.findall(source)):
        raise MalformedAnswer("The engine put markup into its translation.")
    if _numbers(source) != _numbers(whole):
        raise MalformedAnswer("The engine lost, doubled or made up a placeholder.")
    return PLACEHOLDER.sub(lambda found: _as_written(source, found), whole)


def settled(answer: Answer, sources: Sequence[str], refused: Iterable[Refusal] = ()) -> Answer:
    """The answer with each text mended, or refused by itself: one bad text does not take the others along."""
    already = {refusal.place: refusal for refusal in refused}
    texts: list[str] = []
    for place, (source, target) in enumerate(zip(sources, answer.texts, strict=True)):
        try:
            texts.append("" if place in already else _mended_or_same(source, target))
        except EngineError as error:
            texts.append("")
            already[place] = Refusal(place, error)
    return replace(answer, texts=tuple(texts), refusals=tuple(already[place] for place in sorted(already)))


def _mended_or_same(source: str, target: str) -> str:
    return source if wordless(source) else mended(source, target)


def _plain(source: str, target: str) -> str:
    """Entities are read unless the source has the very same: then they are what somebody wrote."""
    written = set(_ENTITY.findall(source))
    while True:  # escaped twice, too; each round makes it shorter
        read = _ENTITY.sub(lambda found: found[0] if found[0] in written else html.unescape(found[0]), target)
        if read == target:
            return target
        target = read


def _numbers(text: str) -> Counter[str]:
    return Counter(number.lstrip("0") for number in PLACEHOLDER.findall(text))


def _as_written(source: str, found: re.Match[str]) -> str:
    number = found.group(1).lstrip("0")
    same = (own[0] for own in PLACEHOLDER.finditer(source) if own.group(1).lstrip("0") == number)
    return next(same, found[0])
