"""What must come through untouched: placeholders, links, markup, addresses, mentions, emoji."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.text.blocks import Range
from dragoman.text.spans import DESTROYED, find

_PLACEHOLDER = re.compile(r"[Xx]\s?[Qq]\s?[Zz]\s?\d+")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});")


class PlaceholdersIntact:
    """Is one of our own placeholders left over, or invented?"""

    name = "placeholders"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        own = {match[0] for match in _PLACEHOLDER.finditer(pairing.source)}
        places = tuple(match.span() for match in _PLACEHOLDER.finditer(pairing.target) if match[0] not in own)
        if places:
            yield Finding(
                self.name,
                Severity.REFUSE,
                "A placeholder is left in the translation.",
                (),
                places,
                "placeholder",
            )


class LinksIntact:
    """Are the links of the target those of the source?"""

    name = "links"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        before, after = _links(pairing.source_ranges), _links(pairing.target_ranges)
        if before != after:
            places = tuple((each.start, each.end) for each in pairing.source_ranges if each.kind == "link")
            yield Finding(
                self.name, Severity.REFUSE, "A link was lost or changed in translation.", places, (), "links"
            )


def _links(ranges: Iterable[Range]) -> set[object]:
    return {each.attrs.get("href") for each in ranges if each.kind == "link"}


class MarkupBalanced:
    """Did the engine bring tags or entities the source does not have?"""

    name = "markup"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        own = Counter(match[0] for match in _MARKUP.finditer(pairing.source))
        places = []
        for match in _MARKUP.finditer(pairing.target):
            own[match[0]] -= 1
            if own[match[0]] < 0:
                places.append(match.span())
        if places:
            yield Finding(
                self.name,
                Severity.REFUSE,
                "The translation has tags or entities that the original does not have.",
                (),
                tuple(places),
                "markup",
            )


class SpansKept:
    """Are addresses, mentions, hashtags, emoticons and emoji all there, as often as in the source?"""

    name = "spans"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        before = [span for span in find(pairing.source, pairing.source_language) if span.kind in DESTROYED]
        after = [span for span in find(pairing.target, pairing.target_language) if span.kind in DESTROYED]
        if Counter(span.text for span in before) != Counter(span.text for span in after):
            yield Finding(
                self.name,
                Severity.REFUSE,
                "An address, mention, hashtag or emoji was lost, changed or added.",
                tuple((span.start, span.end) for span in before),
                tuple((span.start, span.end) for span in after),
                "spans",
            )
