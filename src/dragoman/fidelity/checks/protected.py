"""What must come through untouched: placeholders, links, markup, addresses, mentions, emoji."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from dragoman.fidelity.findings import Finding, Pairing, Severity
from dragoman.fidelity.words import protected
from dragoman.text.blocks import Range
from dragoman.text.spans import Span

_PLACEHOLDER = re.compile(r"[Xx]\s?[Qq]\s?[Zz]\s?\d+")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});")


class PlaceholdersIntact:
    """Is one of our own placeholders left over, or invented?"""

    name = "placeholders"

    def findings(self, pairing: Pairing) -> Iterator[Finding]:
        found = list(_PLACEHOLDER.finditer(pairing.target))
        own = {match[0] for match in _PLACEHOLDER.finditer(pairing.source)} if found else set()
        places = tuple(match.span() for match in found if match[0] not in own)
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
        found = list(_MARKUP.finditer(pairing.target))
        own = Counter(match[0] for match in _MARKUP.finditer(pairing.source)) if found else Counter[str]()
        places = []
        for match in found:
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
        before, after = protected(pairing.source), protected(pairing.target)
        lost, added = _without(before, after), _without(after, before)
        if not lost and not added:
            return
        named = all(_NAMED_LIKE_ADDRESS.fullmatch(span.text) for span in (*lost, *added))
        yield Finding(
            self.name,
            Severity.DOUBTFUL if named else Severity.REFUSE,
            "An address, mention, hashtag or emoji was lost, changed or added.",
            tuple((span.start, span.end) for span in lost),
            tuple((span.start, span.end) for span in added),
            "spans",
            {"lost": _told(lost), "added": _told(added)},
        )


_NAMED_LIKE_ADDRESS = re.compile(
    r"[\w-]+(?:\.[\w-]+)+"
)  # "Amazon.com" is also a name, and written otherwise elsewhere


def _without(ones: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Those of the ones that have no counterpart among the others; the case of letters is no difference."""
    waiting = Counter(span.text.casefold() for span in others)
    left = []
    for span in ones:
        if waiting[span.text.casefold()] > 0:
            waiting[span.text.casefold()] -= 1
        else:
            left.append(span)
    return left


def _told(spans: Iterable[Span]) -> str:
    return ", ".join(span.text for span in spans)
