"""Sentences: where they begin and end, clauses of overlong ones, and a text rebuilt from translated ones.

Splitting is sentencex's, line by line (a line break inside a block is a hard break: no sentence crosses it),
and then mended: boundaries at abbreviations and initials, before the tail of a quotation and inside tokens
are taken back, boundaries that it misses (after "…", after "No.") are added. Texts are taken in windows,
because the splitter's time grows with the square of the number of quotation marks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import sentencex

from dragoman.text.abbreviations import (
    BEFORE_NUMBER,
    INSIDE,
    MAY_END,
    NEEDS_WORDS_BEFORE,
    STARTERS,
    TITLES,
    compact,
)
from dragoman.text.graphemes import boundary_at_or_before

_WINDOW = 8_000
_TAIL = 64
"""How many characters beside a boundary are looked at; longer than any abbreviation with its neighbours."""

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CLOSERS = "\"'»”’›“)\\]」』】）"
_OPENERS = "\"'«“„‘‹([¿¡「『（"

_LAST_TOKEN = re.compile(r"(?:^|[\s\"'«“„‘(\[/])([^\s\"'«“„‘(\[/]{1,24})\.$")
_LAST_TWO_TOKENS = re.compile(r"(?:^|[\s\"'«“„‘(\[])([^\s\"'«“„‘(\[]{1,12}\.?\s[^\s\"'«“„‘(\[]{1,12})\.$")
_LAST_THREE_TOKENS = re.compile(r"(?:^|[\s\"'«“„‘(\[])([^\s.]{1,4}\.?\s[^\s.]{1,4}\.\s[^\s.]{1,4})\.$")
_INITIAL_BEFORE = re.compile(r"(?:^|[\s\"'«“„‘(\[]|\.|-)([^\W\d_])\.$")
_NAME_BEFORE_INITIAL = re.compile(r"(?:^|[^\W\d_]\.[\s-]?|(?:^|\s)([^\W\d_]+)\s)[^\W\d_]\.$")
_FIRST_ABBREVIATION = re.compile(r"([^\s.]{1,6})\.")
_ORDINAL_LANGUAGES = frozenset(
    ("cs", "da", "de", "et", "fi", "fo", "hr", "hu", "is", "lv", "nb", "nn", "no", "sk", "sl", "sr", "tr")
)
_MEASURED = re.compile(r"\d\s?[^\W\d_]\.$")
_ENDED = re.compile(r"[!?…]\s|\.\s(?=[A-ZА-ЯЁІЇЄҐ])")
_FIRST_WORD = re.compile(rf"[{_OPENERS}]*([^\W\d_]+(?:[’'][^\W\d_]+)?)")
_QUOTATION_END = re.compile(rf"[!?…؟.][{_CLOSERS}]$")
_EXCLAMATION_END = re.compile(rf"[!?…؟]\s?[{_CLOSERS}]*$")
_DIALOGUE_DASH = re.compile(r"[—–-]\s?([^\W\d_])")
_ORDINAL_END = re.compile(r"\d\.$")
_ENUMERATION = re.compile(r"\(?(?:\d{1,3}|[^\W\d_])[.)]")
_FULL_STOP_END = re.compile(r"\.$")
_JAPANESE_QUOTATIVE = re.compile(r"(?:と|って|という)")

_ELLIPSIS_GAP = re.compile(
    rf"(?:…|(?<!\.)\.{{3,}})(?:[^\S\n]?»)?[{_CLOSERS}]*[^\S\n]+(?=[{_OPENERS}]*[^\W\d_])"
)
_ABBREVIATION_GAP = re.compile(r"(?<!\w)(\w{1,6})\.[^\S\n]+(?=[^\W\d_])")

_LAST_PARTS = {
    language: frozenset(token.rsplit(".", 1)[-1] for token in tokens) for language, tokens in MAY_END.items()
}

_MARK_BREAK = re.compile(r"[;:,–—…،؛](?=\s)|[；：，、。]")
_STRONG_MARK_BREAK = re.compile(r"[;:–—…؛](?=\s)|[；：。]")
_SPACE_BREAK = re.compile(r"\S(?=\s)")


def split(text: str, language: str) -> tuple[tuple[int, int], ...]:
    """The sentences of `text` as half-open ranges of code points, ascending and disjoint.

    What lies between is white space only. A language unknown to the splitter is split by common rules.
    """
    clean = _SURROGATE.sub("\ufffd", text)
    base = language.replace("_", "-").split("-")[0].lower() or "en"
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(clean):
        found.extend(_sentences_of_line(clean, line.start(), line.end(), base))
    return tuple(found)


def _sentences_of_line(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    line = text[start:end]
    for first, last in pairwise(_mended(line, _breaks(line, language), language)):
        trimmed = _trim(line, first, last)
        if trimmed is not None:
            yield start + trimmed[0], start + trimmed[1]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if left < right else None


def _breaks(line: str, language: str) -> list[int]:
    """The splitter's own boundaries inside `line`, without both ends."""
    found: list[int] = []
    start = 0
    while start < len(line):
        window = line[start : start + _WINDOW]
        boundaries = sentencex.get_sentence_boundaries(language, window)
        ends = [start + boundary["end_index"] for boundary in boundaries]
        if start + _WINDOW >= len(line):
            found.extend(ends[:-1])
            break
        if len(ends) > 1:
            # The last sentence may go on behind the window: it is looked at again, whole.
            found.extend(ends[:-1])
            start = ends[-2]
        else:
            start += _WINDOW
    return found


def _mended(line: str, breaks: Iterable[int], language: str) -> list[int]:
    """All boundaries of `line`, both ends included: the wrong taken back, the missed added."""
    missed = set(_missed_breaks(line, language))
    kept = [0]
    for index in sorted(missed.union(breaks)):
        if not 0 < index < len(line):
            continue
        left = line[max(kept[-1], index - _TAIL) : index].rstrip()
        right = line[index : index + _TAIL].lstrip()
        if not _is_wrong(left, right, line, index, language) or index in missed:
            kept.append(index)
    return [*kept, len(line)]


def _missed_breaks(line: str, language: str) -> Iterator[int]:
    for gap in _ELLIPSIS_GAP.finditer(line):
        word = _first_word(line[gap.end() : gap.end() + _TAIL])
        if word[:1].isupper() and not (language == "en" and word.split("’")[0].split("'")[0] == "I"):
            yield gap.end()
    last_parts = _LAST_PARTS.get(language, frozenset())
    for gap in _ABBREVIATION_GAP.finditer(line) if last_parts else ():
        if gap.group(1).lower() in last_parts and line[gap.end()].isupper():
            stop = gap.end(1) + 1
            if _ends_here(line[max(0, stop - _TAIL) : stop], language):
                yield gap.end()


def _ends_here(left: str, language: str) -> bool:
    """Whether the abbreviation at the end of `left` closes its sentence, a capital following."""
    ending = next((token for token in _endings(left) if token in MAY_END[language]), None)
    if ending is None:
        return False
    if ending not in NEEDS_WORDS_BEFORE.get(language, frozenset()):
        return True
    words = _ENDED.split(left)[-1].split()
    return len(words) >= 6 and any(char.isdigit() or char in "IVXХ" for char in "".join(words[-3:-1]))


def _endings(left: str) -> Iterator[str]:
    """The last three, two and one tokens before the full stop that ends `left`, as the tables spell them."""
    for pattern in (_LAST_THREE_TOKENS, _LAST_TWO_TOKENS, _LAST_TOKEN):
        token = pattern.search(left)
        if token is not None:
            yield compact(token.group(1))


def _first_word(right: str) -> str:
    word = _FIRST_WORD.match(right)
    return word.group(1) if word is not None else ""


def _is_wrong(left: str, right: str, line: str, index: int, language: str) -> bool:
    """Whether the boundary between `left` and `right` (both trimmed; at `index` of `line`) is none."""
    if not left or not right:
        return False
    return (
        _is_only_punctuation(left)
        or _is_only_punctuation(right)
        or bool(_ENUMERATION.fullmatch(left))
        or _is_inside_token(line, index)
        or _is_abbreviation(left, right, language)
        or _is_initial(left, right, language)
        or _is_quotation_tail(left, right, language)
    )


def _is_only_punctuation(side: str) -> bool:
    return len(side) < _TAIL and not any(char.isalnum() or ord(char) > 0x2190 for char in side)


def _is_inside_token(line: str, index: int) -> bool:
    """`a.C.`, `J.-C.`: a full stop with neither white space nor a quotation mark behind it."""
    return line[index - 1] == "." and (line[index].isalnum() or line[index] == "-")


def _is_abbreviation(left: str, right: str, language: str) -> bool:
    if not _FULL_STOP_END.search(left):
        return False
    first = right.lstrip(_OPENERS)[:1]
    if _ORDINAL_END.search(left):
        return first.islower() and language in _ORDINAL_LANGUAGES
    if _is_halved_abbreviation(left, right, language):
        return True
    for token in _endings(left):
        if token in TITLES.get(language, ()):
            return not _MEASURED.search(left)
        if token in BEFORE_NUMBER.get(language, ()) and (first.isdigit()):
            return True
        if token in INSIDE.get(language, ()) and not first.isupper():
            return True
    return False


def _is_halved_abbreviation(left: str, right: str, language: str) -> bool:
    """`p. | ex.`: the last token of `left` and the first of `right` make one abbreviation."""
    last, first = _LAST_TOKEN.search(left), _FIRST_ABBREVIATION.match(right)
    if last is None or first is None:
        return False
    whole = compact(f"{last.group(1)}.{first.group(1)}")
    return any(whole in table.get(language, ()) for table in (TITLES, INSIDE))


def _is_initial(left: str, right: str, language: str) -> bool:
    """A person's initial: after a name, another initial or nothing, and before a name."""
    initial = _INITIAL_BEFORE.search(left)
    if initial is None or not initial.group(1).isupper():
        return False
    word = _first_word(right)
    if not word[:1].isupper() or word.lower() in STARTERS.get(language, ()):
        return False
    before = _NAME_BEFORE_INITIAL.search(left)
    return before is not None and (before.group(1) is None or before.group(1)[:1].isupper())


def _is_quotation_tail(left: str, right: str, language: str) -> bool:
    """`«Да!» — сказал он.`, `“Hello!” she said.`: what follows tells who spoke."""
    dashed = _DIALOGUE_DASH.match(right)
    if dashed is not None and dashed.group(1).islower():
        return _EXCLAMATION_END.search(left) is not None or _QUOTATION_END.search(left) is not None
    if language == "ja" and left[-1] in "」』":
        return _JAPANESE_QUOTATIVE.match(right) is not None
    return right[0].islower() and _QUOTATION_END.search(left) is not None


def clauses(text: str, limit: int) -> tuple[tuple[int, int], ...]:
    """An overlong sentence cut into pieces of at most `limit` code points, without surrounding white space.

    Cuts are made after ; : – …, else after a comma, else at white space, else between characters. Nothing but
    white space is lost between two pieces. Raises ValueError when `limit` is below 1.
    """
    if limit < 1:
        raise ValueError("a clause needs a limit of at least 1 character")
    found: list[tuple[int, int]] = []
    start = _behind_space(text, 0)
    while start < len(text):
        end = _clause_end(text, start, limit)
        found.append((start, start + len(text[start:end].rstrip())))
        start = _behind_space(text, end)
    return tuple(found)


def _behind_space(text: str, index: int) -> int:
    while index < len(text) and text[index].isspace():
        index += 1
    return index


def _clause_end(text: str, start: int, limit: int) -> int:
    if len(text) - start <= limit:
        return len(text)
    # One more character is shown, so that a mark at the very limit sees its white space.
    window = text[start : start + limit + 1]
    for pattern in (_STRONG_MARK_BREAK, _MARK_BREAK, _SPACE_BREAK):
        ends = [cut.end() for cut in pattern.finditer(window) if limit // 3 < cut.end() <= limit]
        if ends:
            return start + ends[-1]
    cut = boundary_at_or_before(text, start + limit, lowest=start)
    return cut if cut > start else start + limit


def join(
    text: str, sentences: Sequence[tuple[int, int]], targets: Sequence[str]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text` with each of its `sentences` replaced by its target; returns it and the targets' ranges.

    Gaps are kept as they are, with one exception: scripts that write no space between sentences (Chinese,
    Japanese) gain one where the target's script needs it, and lose it the other way. An empty target goes
    with the gap before it, or after it where nothing precedes. The source's own sentences as targets give the
    source back. Raises ValueError when the numbers of sentences and targets differ.
    """
    if len(sentences) != len(targets):
        raise ValueError(f"{len(sentences)} sentences cannot take {len(targets)} targets")
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    length = position = 0
    said = ""
    for (start, end), target in zip(sentences, targets, strict=True):
        gap = text[position:start] if target and (said or not position) else ""
        if said and target:
            gap = _gap(gap, text[position - 1 : position], said[-1])
        said = target or said
        parts += (gap, target)
        length += len(gap)
        ranges.append((length, length + len(target)))
        length += len(target)
        position = end
    parts.append(text[position:])
    return "".join(parts), tuple(ranges)


def _gap(gap: str, source_end: str, target_end: str) -> str:
    if gap == "" and _is_unspaced(source_end) and target_end and not _is_unspaced(target_end):
        return " "
    if gap == " " and not _is_unspaced(source_end) and _is_unspaced(target_end):
        return ""
    return gap


def _is_unspaced(char: str) -> bool:
    """Whether `char` is of a script that writes no space after it: han, kana and their full-width
    punctuation.
    """
    return "\u3000" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"
