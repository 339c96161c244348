"""The target language's own typography: quotation marks, spaces, dashes, ellipses, apostrophes, ¿ and ،.

A rule changes only signs and spaces, never a letter or digit, and nothing inside the stretches it is told to
leave alone. Applied twice it does what it does once. What is doubtful (quotation marks that do not pair, marks
of feet and inches) stays as it is. Sources: CLDR's delimiters, the Imprimerie nationale for French, the RAE for
Spanish; where newspapers differ among themselves, nothing is changed.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from dragoman.text.edits import Edit, applied, disjoint
from dragoman.text.locales import NARROW_SPACE, NO_BREAK_SPACE, base, writing

Stretches = Sequence[tuple[int, int]]

_MOST_ROUNDS = 5
_ANY_SPACE = " \u00a0\u202f\u2009"


def typeset(text: str, language: str, locked: Stretches = ()) -> tuple[tuple[Edit, ...], ...]:
    """The edits that bring `text` to the typography of `language`, step after step.

    `locked` stretches (addresses, code, times) are left alone. Each step counts from the text that the one
    before left.
    """
    steps: list[tuple[Edit, ...]] = []
    kept = _Locked(locked)
    for _ in range(_MOST_ROUNDS):
        round_, after, kept_after = _round(text, language, kept)
        if after == text:
            break
        steps += round_
        text, kept = after, kept_after
    return tuple(steps)


def _round(text: str, language: str, kept: "_Locked") -> tuple[list[tuple[Edit, ...]], str, "_Locked"]:
    """Every rule once. A space that one puts in may be what another was waiting for."""
    steps: list[tuple[Edit, ...]] = []
    for rule in _RULES:
        edits = tuple(
            edit
            for edit in disjoint(rule(text, language))
            if edit.text != text[edit.start : edit.end] and kept.free(edit)
        )
        if edits:
            text, kept = applied(text, edits), kept.moved(edits)
            steps.append(edits)
    return steps, text, kept


class _Locked:
    def __init__(self, stretches: Stretches) -> None:
        self._stretches = sorted(stretches)
        self._starts = [start for start, _ in self._stretches]

    def free(self, edit: Edit) -> bool:
        """Whether the edit touches no locked character; at the edge of one it may put something in."""
        at = bisect_right(self._starts, edit.start) - 1
        inside = at >= 0 and edit.start < self._stretches[at][1]
        if inside and edit.start == edit.end == self._stretches[at][0]:
            inside = False
        return not inside and (at + 1 == len(self._starts) or self._starts[at + 1] >= edit.end)

    def moved(self, edits: Sequence[Edit]) -> "_Locked":
        placed, shift, waiting = [], 0, 0
        for start, end in self._stretches:
            while waiting < len(edits) and edits[waiting].end <= start:
                shift += len(edits[waiting].text) - (edits[waiting].end - edits[waiting].start)
                waiting += 1
            placed.append((start + shift, end + shift))
        return _Locked(placed)


# --- spaces before punctuation ---------------------------------------------

_BEFORE_MARK = re.compile(rf"(?<=[^\s(\[«“„‘.…])[{_ANY_SPACE}]+(?=[,.;:!?…]+(?:\s|$))")
_FRENCH_HIGH = re.compile(rf"(?<=[^\s!?;:(\[«{_ANY_SPACE}])[{_ANY_SPACE}]*(?=[;!?]+(?:[\s»)”\"’]|$))")
_FRENCH_COLON = re.compile(rf"(?<=[\w)»”%])[{_ANY_SPACE}]*(?=:(?:[{_ANY_SPACE}\n»]|$))")
_FRENCH_OPEN = re.compile(rf"(?<=(?<!\w)«)[{_ANY_SPACE}]*(?=[^\s{_ANY_SPACE}])")
_FRENCH_CLOSE = re.compile(rf"(?<=[^\s«{_ANY_SPACE}])[{_ANY_SPACE}]*(?=»(?!\w))")
_QUIET_CLOSERS = frozenset("([«“")


def _spaces_before_marks(text: str, language: str) -> Iterator[Edit]:
    """ "Hello !" is French; " ..." after a word is an ellipsis left standing."""
    if base(language) == "fr":
        return
    for found in _BEFORE_MARK.finditer(text):
        if not text.startswith((". .", "..", "…"), found.end()):
            yield Edit(found.start(), found.end(), "")


def _french_spaces(text: str, language: str) -> Iterator[Edit]:
    if base(language) != "fr":
        return
    tag = language.replace("_", "-").lower()
    if tag != "fr-ca":  # Canadian French: none before ; ! ?
        for found in _FRENCH_HIGH.finditer(text):
            yield Edit(found.start(), found.end(), NARROW_SPACE)
    inner = NARROW_SPACE if tag == "fr-ch" else NO_BREAK_SPACE
    for pattern in (_FRENCH_COLON, _FRENCH_OPEN, _FRENCH_CLOSE):
        for found in pattern.finditer(text):
            yield Edit(found.start(), found.end(), inner)


_PERCENT = re.compile(rf"(?<=\d)[{_ANY_SPACE}]?(?=%(?![\w%]))")


def _percent(text: str, language: str) -> Iterator[Edit]:
    style = writing(language)
    if style is None or style.percent_first:
        return
    for found in _PERCENT.finditer(text):
        yield Edit(found.start(), found.end(), style.percent_space)


# --- ellipses and dashes ---------------------------------------------------

_DOTS = re.compile(r"(?<![.…])\.\.\.(?![.…])")
_HYPHEN_FOR_DASH = re.compile(rf"(?<=[^\s\d])([{_ANY_SPACE}])(?:-|--)([{_ANY_SPACE}])(?=[^\s\d-])")
_EM_DASH_LANGUAGES = frozenset({"ru", "uk", "be", "bg", "es", "pt", "hy", "ar"})


def _ellipses(text: str, _language: str) -> Iterator[Edit]:
    for found in _DOTS.finditer(text):
        yield Edit(found.start(), found.end(), "…")


def _dashes(text: str, language: str) -> Iterator[Edit]:
    """A hyphen between spaces and words is a dash; between figures it may be minus."""
    sign = "—" if base(language) in _EM_DASH_LANGUAGES else "–"
    before = NO_BREAK_SPACE if base(language) in ("ru", "uk", "be", "fr") else " "
    for found in _HYPHEN_FOR_DASH.finditer(text):
        yield Edit(found.start(), found.end(), before + sign + " ")


# --- apostrophes -----------------------------------------------------------

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def _apostrophes(text: str, _language: str) -> Iterator[Edit]:
    for found in _APOSTROPHE.finditer(text):
        yield Edit(found.start(), found.end(), "’")


# --- quotation marks -------------------------------------------------------

_MARKS: Mapping[str, tuple[str, str, str, str]] = {
    "en": ("“", "”", "‘", "’"),
    "fr": ("«", "»", "“", "”"),
    "es": ("«", "»", "“", "”"),
    "pt": ("“", "”", "‘", "’"),
    "pt-pt": ("«", "»", "“", "”"),
    "ru": ("«", "»", "„", "“"),
    "uk": ("«", "»", "„", "“"),
    "be": ("«", "»", "„", "“"),
    "bg": ("„", "“", "«", "»"),
    "ar": ("«", "»", "“", "”"),
    "fa": ("«", "»", "‹", "›"),
    "hy": ("«", "»", "“", "”"),
    "de": ("„", "“", "‚", "‘"),
    "de-ch": ("«", "»", "‹", "›"),
    "it": ("«", "»", "“", "”"),
    "ca": ("«", "»", "“", "”"),
    "el": ("«", "»", "“", "”"),
    "tr": ("“", "”", "‘", "’"),
    "pl": ("„", "”", "«", "»"),
    "cs": ("„", "“", "‚", "‘"),
    "sk": ("„", "“", "‚", "‘"),
    "hu": ("„", "”", "»", "«"),
    "ro": ("„", "”", "«", "»"),
    "sr": ("„", "”", "‘", "’"),
    "hr": ("„", "“", "‚", "‘"),
    "nl": ("“", "”", "‘", "’"),
    "sv": ("”", "”", "’", "’"),
    "fi": ("”", "”", "’", "’"),
    "da": ("“", "”", "‘", "’"),
    "nb": ("«", "»", "‘", "’"),
    "nn": ("«", "»", "‘", "’"),
    "no": ("«", "»", "‘", "’"),
    "he": ("”", "”", "’", "’"),
    "hi": ("“", "”", "‘", "’"),
    "zh": ("“", "”", "‘", "’"),
    "zh-hant": ("「", "」", "『", "』"),
    "zh-tw": ("「", "」", "『", "』"),
    "ja": ("「", "」", "『", "』"),
    "ko": ("“", "”", "‘", "’"),
}
_QUOTES = re.compile('["“”„‟«»「」『』]')
_BEFORE_OPENING = frozenset('([{¿¡—–-/«“„「『‘‚‹:"')
_FRENCH_INNER = (NO_BREAK_SPACE, NARROW_SPACE)
_NEVER_AFTER_OPENING = frozenset(".,;:!?)]}،؛؟。，、")
_NEVER_BEFORE_CLOSING = frozenset("([{¿¡")
_AFTER_CLOSING = frozenset('.,;:!?…)]}—–-/»”“،؛؟。，、」』’›"')


def quotation_marks(language: str) -> tuple[str, str, str, str] | None:
    """Opening and closing marks, outer and inner; None for a language not listed."""
    tag = language.replace("_", "-").lower()
    return _MARKS.get(tag) or _MARKS.get(base(tag))


def _quotations(text: str, language: str) -> Iterator[Edit]:
    """Marks that pair become the language's, by depth; if any is doubtful, all stay.

    One mark may be without its other: a quotation goes on in the next sentence.
    """
    marks = quotation_marks(language)
    if marks is None:
        return
    for at, opens, depth in _pointed(text):
        opening, closing = marks[:2] if depth % 2 == 0 else marks[2:]
        if opens:
            yield Edit(at, _behind_spaces(text, at + 1) if opening != "«" else at + 1, opening)
        else:
            yield Edit(_before_spaces(text, at) if closing != "»" else at, at + 1, closing)


def _pointed(text: str) -> list[tuple[int, bool, int]]:
    """(place, whether it opens, depth) of every mark; none where one points both ways or two stand alone."""
    pending: list[int] = []
    found: list[tuple[int, bool, int]] = []
    alone = 0
    for match in _QUOTES.finditer(text):
        at = match.start()
        opens, closes = _may_open(text, at), _may_close(text, at)
        if opens == closes:
            opens = not pending
            if not _points_by_itself(text, at):
                return []
        if opens:
            pending.append(at)
            found.append((at, True, len(pending) - 1))
        elif pending:
            pending.pop()
            found.append((at, False, len(pending)))
        elif alone or text[at - 1].isdecimal():  # inches, perhaps
            return []
        else:
            alone = 1
            found = [(place, direction, depth + 1) for place, direction, depth in found]
            found.append((at, False, 0))
    return found if alone + len(pending) <= 1 else []


def _behind_spaces(text: str, at: int) -> int:
    """French spaces inside guillemets go with them."""
    while text[at - 1] in "«" + _ANY_SPACE and text[at : at + 1] in tuple(_ANY_SPACE):
        at += 1
    return at


def _before_spaces(text: str, at: int) -> int:
    while text[at] in "»" + _ANY_SPACE and text[at - 1] in _ANY_SPACE:
        at -= 1
    return at


def _may_open(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "»" and before in _FRENCH_INNER:
        return False
    spaced = text[at] == "«" and text[at + 1 :].strip() != ""
    return (not before or before.isspace() or before in _BEFORE_OPENING) and (
        spaced or (bool(after) and not after.isspace() and after not in _NEVER_AFTER_OPENING)
    )


def _may_close(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "«" and after in _FRENCH_INNER:
        return False
    spaced = text[at] == "»" and text[:at].strip() != ""
    return (not after or after.isspace() or after in _AFTER_CLOSING) and (
        spaced or (bool(before) and not before.isspace() and before not in _NEVER_BEFORE_CLOSING)
    )


def _points_by_itself(text: str, at: int) -> bool:
    """Scripts without spaces put marks between letters."""
    return text[at] in "「」『』" or any(
        "\u3040" <= sign <= "\u9fff" for sign in text[max(0, at - 1) : at + 2]
    )


# --- Spanish ---------------------------------------------------------------

_SPANISH_SENTENCE = re.compile(r"(?:^|(?<=[.!?…\n]))[^.!?…\n]*+[!?]+")
_SPANISH_ASKING = "qué|cómo|cuándo|a?dónde|quién(?:es)?|cuál(?:es)?|cuánt[oa]s?|por qué|para qué|acaso"
_ASKING_CLAUSE = re.compile(rf"[,;:]\s+(?=(?:{_SPANISH_ASKING})(?!\w))", re.IGNORECASE)
_LEAD = re.compile(r"[\s\"'«“„‘(\[—–-]*")


def _spanish_openings(text: str, language: str) -> Iterator[Edit]:
    """¿ and ¡ before what asks or exclaims: its own clause where that begins with a word that asks."""
    if base(language) != "es":
        return
    for found in _SPANISH_SENTENCE.finditer(text):
        sentence = found[0]
        ends = sentence[len(sentence.rstrip("!?")) :]
        missing = "".join(
            opening
            for closing, opening in (("?", "¿"), ("!", "¡"))
            if closing in ends and opening not in sentence
        )
        lead = _LEAD.match(text, found.start())
        start = lead.end() if lead else found.start()
        if len(set(ends)) > 1 or not missing or not any(sign.isalpha() for sign in sentence):
            continue
        clauses = list(_ASKING_CLAUSE.finditer(text, start, found.end())) if missing == "¿" else []
        at = clauses[-1].end() if clauses else start
        yield Edit(at, at, missing)


# --- Arabic and East Asian punctuation -------------------------------------

_ARABIC_LETTER = "\u0620-\u064a\u064b-\u0652\u0670-\u06d3\u06fa-\u06ff"
_ARABIC_MARK = re.compile(rf"(?<=[{_ARABIC_LETTER}»”)])[,;?](?=[\s»”!?)]|$)")
_ARABIC_AFTER_FIGURE = re.compile(rf"(?<=[\d%])[,;?](?=\s+[{_ARABIC_LETTER}]|$)")
_ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}
_URDU_STOP = re.compile(rf"(?<=[{_ARABIC_LETTER}])\.(?=\s|$)")
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_HAN_MARK = re.compile(rf"(?<=[{_HAN}」』”）])([,.;:!?])[ ]?(?=[{_HAN}「『“（]|$)")
_HAN_SIGNS = {
    "zh": {",": "，", ".": "。", ";": "；", ":": "：", "!": "！", "?": "？"},
    "ja": {",": "、", ".": "。", ";": "；", ":": "：", "!": "！", "?": "？"},
}


def _arabic_marks(text: str, language: str) -> Iterator[Edit]:
    if base(language) not in ("ar", "fa", "ur", "ps", "ckb"):
        return
    for pattern in (_ARABIC_MARK, _ARABIC_AFTER_FIGURE):
        for found in pattern.finditer(text):
            yield Edit(found.start(), found.end(), _ARABIC_SIGNS[found[0]])
    if base(language) == "ur":
        for found in _URDU_STOP.finditer(text):
            yield Edit(found.start(), found.end(), "۔")


def _east_asian_marks(text: str, language: str) -> Iterator[Edit]:
    signs = _HAN_SIGNS.get(base(language), {})
    for found in _HAN_MARK.finditer(text) if signs else ():
        yield Edit(found.start(), found.end(), signs[found[1]])


_RULES: tuple[Callable[[str, str], Iterator[Edit]], ...] = (
    _ellipses,
    _apostrophes,
    _quotations,
    _spaces_before_marks,
    _dashes,
    _arabic_marks,
    _east_asian_marks,
    _spanish_openings,
    _french_spaces,
    _percent,
)
