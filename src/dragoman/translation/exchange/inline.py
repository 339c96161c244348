"""Formatting as the inline codes of XLIFF 2.1: ranges become `pc` (or `sc` and `ec` where they cross), what is never
translated (code, addresses, mentions, emoticons) `ph`. The numbers are the source's own: 1, 2, … in its order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, SubElement

from dragoman.text.blocks import Range
from dragoman.text.projection import NEVER_LOST, project
from dragoman.text.spans import DESTROYED, Span, find

# XLIFF's own kinds and, for the rest, subtypes with our prefix (XLIFF 2.1, 4.7.4.2, type and subType).
_TYPES = {"bold": ("fmt", "xlf:b"), "italic": ("fmt", "xlf:i"), "link": ("link", "dragoman:link")}


@dataclass(frozen=True, slots=True)
class Codes:
    """The inline codes of a source sentence: formatted stretches and protected ones, each by its number."""

    text: str
    ranges: Mapping[str, Range]
    protected: Mapping[str, str]
    places: Mapping[str, tuple[int, int]]  # of all, in the source

    @property
    def behind(self) -> dict[str, str]:
        """What stands behind a code: the protected words, a link's address."""
        links = {n: str(each.attrs["href"]) for n, each in self.ranges.items() if each.attrs.get("href")}
        return dict(sorted({**self.protected, **links}.items(), key=lambda item: int(item[0])))

    @property
    def needed(self) -> tuple[str, ...]:
        """What no translation may leave out."""
        return (*self.protected, *(n for n, each in self.ranges.items() if each.kind in NEVER_LOST))


def codes_of(text: str, ranges: Sequence[Range], language: str) -> Codes:
    """The codes of a sentence; `ranges` count from its start."""
    spans = [span for span in find(text, language, ranges) if span.kind in DESTROYED]
    formatted = [_outside(each, spans) for each in ranges if each.kind != "code"]
    found: list[tuple[int, int, Range | str]] = [
        *((each.start, each.end, each) for each in formatted if each.start < each.end),
        *((span.start, span.end, span.text) for span in spans),
    ]
    found.sort(key=lambda each: (each[0], -each[1], isinstance(each[2], str)))
    numbered = {str(number): each for number, each in enumerate(found, 1)}
    return Codes(
        text,
        {number: each for number, (_, _, each) in numbered.items() if isinstance(each, Range)},
        {number: each for number, (_, _, each) in numbered.items() if isinstance(each, str)},
        {number: (start, end) for number, (start, end, _) in numbered.items()},
    )


def _outside(each: Range, spans: Sequence[Span]) -> Range:
    """The range with ends that cut no protected stretch."""
    start, end = each.start, each.end
    for span in spans:
        first, last = span.start, span.end
        start = first if first < start < last else start
        end = last if first < end < last else end
    return replace(each, start=start, end=end)


def target_places(codes: Codes, target: str, fragments: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Where each code stands in a target; what is not there is left out."""
    numbered = [replace(each, attrs={**each.attrs, "number": n}) for n, each in codes.ranges.items()]
    placed, _lost = project(codes.text, numbered, target, fragments)
    places: dict[str, tuple[int, int]] = {}
    taken: list[tuple[int, int]] = []
    for number, text in codes.protected.items():
        start = _first_free(target, text, taken)
        if start >= 0:
            taken.append((start, start + len(text)))
            places[number] = taken[-1]
    for each in placed:
        place = _around(each.start, each.end, taken)
        if place[0] < place[1]:
            places[str(each.attrs["number"])] = place
    return dict(sorted(places.items(), key=lambda item: int(item[0])))


def _around(start: int, end: int, taken: Sequence[tuple[int, int]]) -> tuple[int, int]:
    for first, last in taken:
        start = first if first < start < last else start
        end = last if first < end < last else end
    return start, end


def _first_free(text: str, words: str, taken: Sequence[tuple[int, int]]) -> int:
    start = text.find(words)
    while start >= 0 and any(start < last and first < start + len(words) for first, last in taken):
        start = text.find(words, start + 1)
    return start


# --- as elements -----------------------------------------------------------------------------------------------------


def write_inline(
    element: Element, text: str, codes: Codes, places: Mapping[str, tuple[int, int]], namespace: str
) -> None:
    """Put a text with its codes at `places` into an element."""
    _Writer(element, text, codes, places, namespace).write()


class _Writer:
    def __init__(
        self,
        element: Element,
        text: str,
        codes: Codes,
        places: Mapping[str, tuple[int, int]],
        namespace: str,
    ) -> None:
        self.text, self.codes, self.places, self.namespace = text, codes, places, namespace
        self.open: list[tuple[Element, int]] = [(element, len(text))]
        self.at = 0
        self.crossing: dict[str, int] = {}  # number → end of what is written as sc … ec

    def write(self) -> None:
        for number, (start, end) in sorted(self.places.items(), key=self._rank):
            self._close_until(start)
            self._say(start)
            if number in self.codes.protected:
                self._sub("ph", id=number, disp=self.codes.protected[number], **self._data(number, "dataRef"))
                self.at = max(self.at, end)
            elif end > self.open[-1][1]:
                self._sub("sc", id=number, **self._data(number, "dataRef"), **self._attributes(number))
                self.crossing[number] = end
            else:
                own = self._data(number, "dataRefStart") | self._attributes(number)
                child = self._sub("pc", id=number, **own)
                self.open.append((child, end))
        self._close_until(len(self.text))
        self._say(len(self.text))

    def _rank(self, item: tuple[str, tuple[int, int]]) -> tuple[int, int, bool, int]:
        """The outer first; of equal stretches what is formatted stands around what is protected."""
        number, (start, end) = item
        return start, -end, number in self.codes.protected, int(number)

    def _sub(self, name: str, **attributes: str) -> Element:
        return SubElement(self.open[-1][0], f"{self.namespace}{name}", attributes)

    def _data(self, number: str, name: str) -> dict[str, str]:
        return {name: f"d{number}"} if number in self.codes.behind else {}

    def _attributes(self, number: str) -> dict[str, str]:
        kind = self.codes.ranges[number].kind
        attributes = {"canCopy": "no", "canDelete": "no" if number in self.codes.needed else "yes"}
        own = _TYPES.get(kind, ("fmt" if kind == "strike" else "other", f"dragoman:{kind}"))
        return attributes | {"type": own[0], "subType": own[1]}

    def _close_until(self, place: int) -> None:
        """End whatever ends at or before `place`, in the order of the ends."""
        while True:
            inner = self.open[-1][1] if len(self.open) > 1 else len(self.text) + 1
            number = min(self.crossing, key=lambda n: self.crossing[n], default="")
            if number and self.crossing[number] <= min(inner, place):
                self._say(self.crossing.pop(number))
                self._sub("ec", startRef=number)
            elif inner <= place:
                self._say(inner)
                self.open.pop()
            else:
                return

    def _say(self, until: int) -> None:
        if until <= self.at:
            return
        words, self.at = self.text[self.at : until], until
        element = self.open[-1][0]
        if len(element):
            element[-1].tail = (element[-1].tail or "") + words
        else:
            element.text = (element.text or "") + words


# --- back from what was read -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """A stretch begins (`pc`, `sc`) or a protected one stands here (`ph`)."""

    number: str
    line: int
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """A stretch ends."""

    number: str
    line: int


Item = str | Opened | Closed


class CodesBroken(Exception):
    """Inline codes that are not the source's. `reason`: unknown, twice, missing, open; with the line."""

    def __init__(self, reason: str, number: str, line: int) -> None:
        super().__init__(f"{reason} {number} in line {line}")
        self.reason, self.number, self.line = reason, number, line


def read_inline(items: Sequence[Item], codes: Codes, line: int) -> tuple[str, dict[str, str]]:
    """The text of a target, and what each formatted stretch of the source became. Raises CodesBroken."""
    pieces: list[str] = []
    length = 0
    opened: dict[str, int] = {}
    stretches: dict[str, tuple[int, int]] = {}
    seen: set[str] = set()
    for item in items:
        if isinstance(item, str):
            pieces.append(item)
            length += len(item)
        elif isinstance(item, Closed):
            if item.number not in opened:
                raise CodesBroken("unknown", item.number, item.line)
            stretches[item.number] = (opened.pop(item.number), length)
        else:
            _refuse_strange(item, codes, seen)
            if item.protected:
                pieces.append(codes.protected[item.number])
                length += len(pieces[-1])
            else:
                opened[item.number] = length
    if opened:
        raise CodesBroken("open", min(opened, key=int), line)
    for number in codes.needed:
        if number not in seen:
            raise CodesBroken("missing", number, line)
    text = "".join(pieces)
    return text, dict(_fragments(text, codes, stretches))


def _refuse_strange(item: Opened, codes: Codes, seen: set[str]) -> None:
    known = codes.protected if item.protected else codes.ranges
    if item.number not in known:
        raise CodesBroken("unknown", item.number, item.line)
    if item.number in seen:
        raise CodesBroken("twice", item.number, item.line)
    seen.add(item.number)


def _fragments(
    text: str, codes: Codes, stretches: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[str, str]]:
    for number, (start, end) in stretches.items():
        words = " ".join(text[start:end].split())
        if words:
            first, last = codes.places[number]
            yield codes.text[first:last], words
