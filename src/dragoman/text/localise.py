"""What came back from an engine, rewritten to the target language's own forms.

Numbers, quantities, times and dates go to engines as written; here they are found again in the answer, aligned
with the source's by value, and written as the target writes them: only when certain, that is when the value is
the same and there is exactly one candidate. What is not certain stays, for the gate to see. Then the target's
typography. Doing it twice changes nothing more.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dragoman.text.blocks import Range
from dragoman.text.dates import (
    TimeOfDay,
    WrittenDate,
    broken_times,
    counts_twelve_hours,
    dates,
    follows_word_of_time,
    has_part_of_day,
    month_comes_first,
    times,
    write_date,
    write_date_in_figures,
    write_time,
)
from dragoman.text.edits import Edit, applied, disjoint, moved
from dragoman.text.figure_pairs import ranges, scores
from dragoman.text.figures import read, write
from dragoman.text.locales import NO_BREAK_SPACE, SPACES, base, locale, writing
from dragoman.text.ordinals import ordinals, write_ordinal
from dragoman.text.quantities import (
    CURRENCY_SIGNS,
    Quantity,
    currency_named_at,
    money_scale_ends,
    quantities,
    write_quantity,
)
from dragoman.text.spans import DESTROYED, find
from dragoman.text.typography import typeset
from dragoman.text.units import measure_at, run_at

_MASK = "\ufffc"


@dataclass(frozen=True, slots=True)
class Localised:
    """The target's text in its own forms, and the edits that made it, step after step."""

    text: str
    steps: tuple[tuple[Edit, ...], ...] = ()

    def moved(self, ranges: Sequence[Range]) -> tuple[Range, ...]:
        """Ranges of the text before, in the text after."""
        for edits in self.steps:
            ranges = moved(ranges, edits)
        return tuple(ranges)


@dataclass(frozen=True, slots=True)
class _Both:
    """A source and what its target is now."""

    source: str
    target: str
    source_language: str
    target_language: str
    kept: tuple[str, ...]

    def masked_source(self) -> str:
        return _masked(self.source, _locked(self.source, self.source_language, self.kept))

    def masked_target(self) -> str:
        return _masked(self.target, self.locked())

    def locked(self) -> tuple[tuple[int, int], ...]:
        """Addresses and what is kept in the target: nothing in them is touched."""
        return _locked(self.target, self.target_language, self.kept)


@lru_cache(maxsize=64)  # every rewriting asks, and few change the text
def _locked(text: str, language: str, kept: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    destroyed = ((span.start, span.end) for span in find(text, language) if span.kind in DESTROYED)
    return (*destroyed, *_occurrences(text, kept))


def localise(
    source: str, target: str, source_language: str, target_language: str, kept: Iterable[str] = ()
) -> Localised:
    """`target`, an engine's translation of `source`, in the forms of its language.

    `kept` are wordings that are left alone wherever they stand: code, approved terms.
    """
    both = _Both(source, target, source_language, target_language, tuple({*kept} - {""}))
    steps: list[tuple[Edit, ...]] = []
    for rewrite in _REWRITES:
        edits = tuple(
            each for each in disjoint(rewrite(both)) if each.text != both.target[each.start : each.end]
        )
        if edits:
            both = replace(both, target=applied(both.target, edits))
            steps.append(edits)
    clocks = [
        (each.start, each.end) for each in (*times(both.target, target_language), *broken_times(both.target))
    ]
    setting = typeset(both.target, target_language, [*both.locked(), *clocks])
    text = both.target
    for edits in setting:
        text = applied(text, edits)
    return Localised(text, (*steps, *setting))


def _masked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in stretches:
        characters[start:end] = _MASK * (end - start)
    return "".join(characters)


def _occurrences(text: str, wordings: Iterable[str]) -> Iterator[tuple[int, int]]:
    for wording in wordings:
        for found in re.finditer(re.escape(wording), text):
            yield found.span()


# --- entities --------------------------------------------------------------

_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|nbsp);")


def _entities(both: _Both) -> Iterator[Edit]:
    """Some engines escape what they say; a source with entities of its own is about them."""
    if _ENTITY.search(both.source):
        return
    for found in _ENTITY.finditer(both.masked_target()):
        said = html.unescape(f"&{found[1]};")
        if len(said) == 1 and said != "\ufffd" and (said.isprintable() or said == NO_BREAK_SPACE):
            yield Edit(found.start(), found.end(), said)


# --- times -----------------------------------------------------------------

_WRITE_H = frozenset({"fr", "pt", "ca"})
_SAID_BOTH_WAYS = "es"  # 21:00 in Spain, 9 p. m. in America


def _times(both: _Both) -> Iterator[Edit]:
    said = list(times(both.masked_source(), both.source_language))
    if not said:
        return
    text = both.masked_target()
    values = {each.value for each in said}
    for broken in broken_times(text):
        if broken.value in values:
            yield Edit(
                broken.start,
                broken.end,
                text[broken.start : broken.end].translate(dict.fromkeys(map(ord, SPACES))),
            )
    for told in times(text, both.target_language):
        meant = [value for value in values if _may_be(told, value)]
        if len(meant) == 1 and _is_foreign(told, meant[0], text, both.target_language):
            written = write_time(*meant[0], both.target_language)
            if written is not None:
                yield Edit(told.start, told.end, written)


def _may_be(told: TimeOfDay, value: tuple[int, int]) -> bool:
    """Whether a time in the target may stand for one of the source; without its half it may be either."""
    if told.half or told.hours > 12:
        return told.value == value
    return (told.hours % 12, told.minutes) == (value[0] % 12, value[1])


def _is_foreign(told: TimeOfDay, value: tuple[int, int], text: str, language: str) -> bool:
    """Whether the target would not write it so, or would be understood otherwise."""
    twelve = counts_twelve_hours(language)
    if told.half:
        return base(language) != _SAID_BOTH_WAYS and not (base(language) == "en" and twelve)
    if told.sign == "h" and base(language) not in _WRITE_H:  # without such a word it may be how long it took
        return follows_word_of_time(text, told.start, language)
    if has_part_of_day(text, told.end):
        return False
    if not twelve:
        return told.value != value
    late = told.value == value and value[0] > 12
    return base(language) == "en" and late and follows_word_of_time(text, told.start, language)


# --- dates -----------------------------------------------------------------


def _dates(both: _Both) -> Iterator[Edit]:
    source, text = both.masked_source(), both.masked_target()
    said = list(dates(source, both.source_language))
    copied = {source[each.start : each.end]: each for each in said if each.form != "iso"}
    values = {each.value for each in said}
    if not said:
        return
    own = list(dates(text, both.target_language))
    others = [each for each in dates(text, both.source_language) if not _overlaps(each, own)]
    for told in (*own, *others):
        same = copied.get(text[told.start : told.end])
        if same is not None and same.form == "figures":
            yield from _figures_of_date(same, told, both.target_language)
        elif told.form == "words" and told.value in values:
            yield from _words_of_date(told, same is not None and told in others, both.target_language)


def _overlaps(date: WrittenDate, others: Sequence[WrittenDate]) -> bool:
    return any(each.start < date.end and date.start < each.end for each in others)


def _figures_of_date(said: WrittenDate, told: WrittenDate, language: str) -> Iterator[Edit]:
    written = write_date_in_figures(said.value, language)
    if written is None:
        return
    order = re.fullmatch(r"\W*(\d+)\W*([./-])\W*(\d+)\W*[./-]\W*\d{4}", written)
    month = said.value.month
    if order is None or (order[2], int(order[1]) == month) != (
        said.sign,
        said.month_first or said.value.day == month,
    ):
        yield Edit(told.start, told.end, written)


def _words_of_date(told: WrittenDate, foreign: bool, language: str) -> Iterator[Edit]:
    """A date left in the source's words, or with the month where only the source has it."""
    turned = told.month_first and not month_comes_first(language)
    written = write_date(told.value, language) if foreign or turned else None
    if written is not None:
        yield Edit(told.start, told.end, written)


# --- quantities and numbers ------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Couple:
    """A quantity of the target with the one of the source that it stands for.

    `only`: neither has a second candidate. `copied`: written as the source writes it.
    """

    told: Quantity
    said: Quantity
    copied: bool
    only: bool


def _couples(both: _Both) -> Iterator[_Couple]:
    source, target = _without_clocks(both)
    said = _Said(list(quantities(source, both.source_language)), both.source_language)
    matched = [(each, *said.candidates(each)) for each in quantities(target, both.target_language)]
    counted = Counter(_value(candidates) for _, candidates, _ in matched)
    for told, candidates, copied in matched:
        value = _value(candidates)
        if value is not None:
            yield _Couple(told, candidates[0], copied, len(candidates) == 1 and counted[value] == 1)


class _Said:
    """The quantities of the source, by what they say and by how they are written."""

    def __init__(self, said: Sequence[Quantity], language: str) -> None:
        self._style = writing(language)
        self._by_value: dict[object, list[Quantity]] = {}
        self._by_amount: dict[object, list[Quantity]] = {}
        self._by_digits: dict[object, list[Quantity]] = {}
        for each in said:
            if each.number is not None:
                self._by_value.setdefault(each.number.value, []).append(each)
                self._by_amount.setdefault(each.amount, []).append(each)
                self._by_digits.setdefault((each.number.integer, each.number.fraction), []).append(each)

    def candidates(self, told: Quantity) -> tuple[list[Quantity], bool]:
        """What a quantity of the target may stand for, as the target reads it or else as the source would; and
        whether it is written as the source writes it."""
        if told.number is not None:
            own = self._by_value.get(told.number.value) or self._by_amount.get(told.amount)
            if own:
                return own, False
        copied = read(told.figure.written, self._style) if self._style else None
        return (self._by_digits.get((copied.integer, copied.fraction), []), True) if copied else ([], False)


def _without_clocks(both: _Both) -> tuple[str, str]:
    source, target = both.masked_source(), both.masked_target()
    return (
        _masked(source, _clocks(source, both.source_language)),
        _masked(target, _clocks(target, both.target_language)),
    )


def _clocks(text: str, language: str) -> list[tuple[int, int]]:
    figures = [each for each in dates(text, language) if each.form != "words"]
    return [
        *((each.start, each.end) for each in times(text, language)),
        *((each.start, each.end) for each in figures),
    ]


def _value(candidates: Sequence[Quantity]) -> tuple[str, str] | None:
    """The number that all of them say."""
    values = {each.number.value for each in candidates if each.number}
    return values.pop() if len(values) == 1 else None


def _quantities(both: _Both) -> Iterator[Edit]:
    for couple in _couples(both):
        yield from _raised_digit(both.target, couple.told)
        if couple.only:
            yield from _measure(both, couple)


def _raised_digit(text: str, told: Quantity) -> Iterator[Edit]:
    """km2 is km²."""
    raised = {"2": "²", "3": "³"}.get(text[told.end - 1])
    if told.unit and raised:
        yield Edit(told.end - 1, told.end, raised)


def _measure(both: _Both, couple: _Couple) -> Iterator[Edit]:
    """Scale and unit as a whole, where they did not come through as the target writes them."""
    said, told, text = couple.said, couple.told, both.target
    start, figure_end = told.figure.start, told.figure.end
    if not (said.power or said.unit):
        return
    languages = (both.target_language, both.source_language, "en")
    end, units = run_at(text, figure_end, languages)
    if money := money_scale_ends(text, told) if base(both.target_language) != "en" else 0:
        end, units = money, frozenset()
    own = None if money else measure_at(text, figure_end, both.target_language)
    if end == figure_end or (own is not None and own.end == end) or not _of_one_kind(said.unit, units):
        return
    written = write_quantity(said, both.target_language, told.figure.zero)
    if written is not None:
        yield Edit(start, _behind_abbreviation(text, end), written)


def _of_one_kind(unit: str, units: frozenset[str]) -> bool:
    """Whether units found behind a figure may be the remains of `unit`: km and m² are of km²."""
    if not unit or not units:
        return not unit and not units
    return unit in units or any(each.rpartition("-")[2] == unit.rpartition("-")[2] for each in units)


def _behind_abbreviation(text: str, end: int) -> int:
    """Behind the full stop of an abbreviation, where the sentence goes on."""
    return (
        end + 1
        if re.compile(rf"\.[{SPACES}](?=[^\W\d_])").match(text, end) and text[end + 2].islower()
        else end
    )


def _numbers(both: _Both) -> Iterator[Edit]:
    style = writing(both.target_language)
    if style is None:
        return
    for couple in _couples(both):
        number = couple.said.number if couple.copied else couple.told.number
        figure = couple.told.figure
        spaced = any(sign in SPACES for sign in figure.written)
        if number is None or not (couple.copied or spaced) or _is_doubtful(couple) or _is_name(both, couple):
            continue
        if not (couple.copied and _is_time(both, couple)):
            yield Edit(figure.start, figure.end, write(number, style, figure.zero))


def _is_doubtful(couple: _Couple) -> bool:
    """Decimals that another language would call thousands: people write "22,900" in French too."""
    number = couple.said.number
    return couple.copied and couple.said.figure.ambiguous and number is not None and number.fraction != ""


_TIME_WITH_STOP = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")


def _is_time(both: _Both, couple: _Couple) -> bool:
    """ "At 20.00" """
    figure = couple.said.figure
    return bool(_TIME_WITH_STOP.fullmatch(figure.written)) and follows_word_of_time(
        both.source, figure.start, both.source_language
    )


_NAME_BEFORE = re.compile(rf"(?<!\w)([^\W\d_][\w-]*)[{SPACES}]$")
_VERSION = re.compile(r"vers(?:ion|ión|ão|ione)|верси[яию]|الإصدار", re.IGNORECASE)


def _is_name(both: _Both, couple: _Couple) -> bool:
    """ "Web 2.0", "version 3.11": the figure belongs to a name that came through with it."""
    said, told = couple.said.figure, couple.told.figure
    before = _NAME_BEFORE.search(both.source[max(0, said.start - 40) : said.start])
    after = _NAME_BEFORE.search(both.target[max(0, told.start - 40) : told.start])
    if not before or not after:
        return False
    return bool(_VERSION.fullmatch(before[1])) or (before[1] == after[1] and before[1][0].isupper())


# --- ordinals --------------------------------------------------------------

_PLURAL_OF_ORDINAL = re.compile(r"[ºªoa]s$", re.IGNORECASE)


def _ordinals(both: _Both) -> Iterator[Edit]:
    """ "11o" and "11th" in Portuguese are 11º, where the source has an ordinal of that value."""
    source, text = both.masked_source(), both.masked_target()
    values = {each.value for each in ordinals(source, both.source_language)}
    if not values:
        return
    languages = dict.fromkeys((both.target_language, both.source_language))
    for told in (each for language in languages for each in ordinals(text, language)):
        written = write_ordinal(told, both.target_language) if told.value in values else None
        if written is not None and not _PLURAL_OF_ORDINAL.search(told.sign):
            yield Edit(told.start, told.end, written)


# --- scores and ranges ------------------------------------------------------


def _figure_pairs(both: _Both) -> Iterator[Edit]:
    """ "2 : 1" and "10 - 15" for 2:1 and 10-15: written as in the source, with the target's digits."""
    source, text = both.masked_source(), both.masked_target()
    for find_pairs in (scores, ranges):
        said = {each.values: each for each in find_pairs(source) if not each.torn}
        for told in find_pairs(text) if said else ():
            own = said.get(told.values)
            if own is not None and told.torn:
                yield Edit(told.start, told.end, told.first + own.sign + told.second)


# --- what stands between sentences and words --------------------------------

_JOINED = re.compile(r"(?<=[^\W\d_]{2})([.!?…]{1,3})(?=[^\W\d_]{2})")
_FULL_STOP_TWICE = re.compile(r"(?<![.…])\.\.(?![.…])")
_AMPERSAND = re.compile(r"(\w+)&(\w+)")


def _joined_sentences(both: _Both) -> Iterator[Edit]:
    """Sentences inside quotation marks go to the engine together; some lose the space between them."""
    text = both.masked_target()
    inside = len(re.findall(r"[.!?…][\s\"”’»)]+\w", both.source))
    found = [each for each in _JOINED.finditer(text) if _ends_a_sentence(text, each)]
    if len(found) <= inside:
        for each in found:
            yield Edit(each.end(), each.end(), " ")


def _ends_a_sentence(text: str, stop: "re.Match[str]") -> bool:
    before, after = text[stop.start() - 1], text[stop.end()]
    return before.islower() and after.isupper() and text[stop.end() + 1].islower()


def _full_stops(both: _Both) -> Iterator[Edit]:
    """ "323 a.C.." """
    if not _FULL_STOP_TWICE.search(both.source):
        for found in _FULL_STOP_TWICE.finditer(both.masked_target()):
            yield Edit(found.start(), found.end(), ".")


def _ampersands(both: _Both) -> Iterator[Edit]:
    """ "AT & T" for AT&T."""
    for said in _AMPERSAND.finditer(both.source):
        torn = rf"(?<!\w){re.escape(said[1])}[{SPACES}]?&[{SPACES}]?{re.escape(said[2])}(?!\w)"
        for found in re.finditer(torn, both.masked_target()):
            yield Edit(found.start(), found.end(), said[0])


# --- currencies ------------------------------------------------------------

_PREFIXED_BY_HABIT = frozenset({("es", "$"), ("pt", "$"), ("it", "$")})


def _currencies(both: _Both) -> Iterator[Edit]:
    """The sign of the source's currency, where the target's language puts it."""
    for couple in _couples(both):
        told, said = couple.told, couple.said
        if couple.only and told.currency and said.currency and told.start < told.figure.start:
            yield from _currency_before(both, told, said)
        elif couple.only and said.currency and not told.currency:
            yield from _currency_named(both, told, said)


_SIGN_BEHIND = re.compile(rf"[{SPACES}]?[$€£¥₽₴₹]")


def _currency_before(both: _Both, told: Quantity, said: Quantity) -> Iterator[Edit]:
    sign = said.currency
    if _SIGN_BEHIND.match(both.target, told.end):
        return
    if told.currency == said.currency:
        sign = re.sub(f"[{SPACES}]", "", both.target[told.start : told.figure.start])
    known = locale(both.target_language)
    pattern = known.currency_formats["standard"].pattern if known else ""
    behind = (
        pattern.strip("\u200e\u200f").startswith("#")
        and (base(both.target_language), said.currency) not in _PREFIXED_BY_HABIT
    )
    figure = both.target[told.figure.start : told.figure.end]
    alone = not _goes_on(both.target, told.figure.end) and both.target[told.start - 1 : told.start] not in (
        "-",
        "–",
        "/",
    )
    if behind and alone and not (told.power or told.unit):
        yield Edit(told.start, told.figure.end, figure + NO_BREAK_SPACE + sign)
        return
    space = NO_BREAK_SPACE if f"¤{NO_BREAK_SPACE}" in pattern else ""
    if told.currency != said.currency or sign == "US$":
        yield Edit(told.start, told.figure.start, sign + space)


def _currency_named(both: _Both, told: Quantity, said: Quantity) -> Iterator[Edit]:
    """ "20 euros" for £20: the sign of the source. The same currency by its name stays."""
    end = told.figure.end if told.unit else told.end  # pounds are a weight, too
    named = currency_named_at(both.target, end, both.target_language)
    if named is None or said.currency not in CURRENCY_SIGNS or CURRENCY_SIGNS[said.currency] in named[0]:
        return
    known = locale(both.target_language)
    amount = both.target[told.figure.start : end]
    if known is not None and known.currency_formats["standard"].pattern.startswith("¤"):
        space = NO_BREAK_SPACE if "¤" + NO_BREAK_SPACE in known.currency_formats["standard"].pattern else ""
        yield Edit(told.figure.start, named[1], said.currency + space + amount)
    elif not told.power:
        yield Edit(told.figure.start, named[1], amount + NO_BREAK_SPACE + said.currency)


def _goes_on(text: str, end: int) -> bool:
    """Whether a word or sign sticks to the figure ("$5bn", "€5-10")."""
    return text[end : end + 1] in tuple("-–/") or text[end : end + 1].isalpha()


_REWRITES: tuple[Callable[[_Both], Iterator[Edit]], ...] = (
    _entities,
    _times,
    _dates,
    _quantities,
    _numbers,
    _ordinals,
    _figure_pairs,
    _currencies,
    _joined_sentences,
    _full_stops,
    _ampersands,
)
