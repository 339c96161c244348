"""Comments as HTML, kept by this process while they read the same: after a change in a thread of two hundred, one of
them is made anew.

What is kept is found by everything that `comment.html` is given, so that nothing has to be thrown away when something
changes: it is not asked for any more, and goes when room is needed. Nothing personal is ever in it.
"""

from dataclasses import dataclass, fields

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dragoman.discussion.readings import CommentReading
from dragoman.languages.view import View
from dragoman.translation.readings import Reading

CHARACTERS_AT_MOST = 16_000_000
"""Of markup, in two generations: what was not asked for while one filled goes with the other."""

_OWN = tuple(each.name for each in fields(CommentReading) if each.name not in ("reading", "parts", "more"))
_OF_READING = tuple(each.name for each in fields(Reading) if each.name != "fields")


@dataclass(frozen=True, slots=True)
class Place:
    """What a comment's markup takes from the page it stands on."""

    view: View
    opens: bool = False  # its answers follow in a list
    stray: bool = False  # what it answers stands on another page, and its branch is continued here
    whole_thread: bool = False  # every comment stands on the page
    sort_query: str = ""


class _Kept:
    """Two generations, each up to half of the room."""

    def __init__(self) -> None:
        self._young: dict[object, SafeString] = {}
        self._old: dict[object, SafeString] = {}
        self._characters = 0

    def get(self, key: object) -> SafeString | None:
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: object, markup: SafeString) -> None:
        if self._characters > CHARACTERS_AT_MOST // 2:
            self._old, self._young, self._characters = self._young, {}, 0
        self._young[key] = markup
        self._characters += len(markup)


_kept = _Kept()


def comment_markup(comment: CommentReading, place: Place) -> SafeString:
    """The comment as `discussion/comment.html` shows it there."""
    key = _key(comment, place)
    found = _kept.get(key) if key is not None else None
    if found is None:
        found = _rendered(comment, place)
        if key is not None:
            _kept.put(key, found)
    return found


def _rendered(comment: CommentReading, place: Place) -> SafeString:
    own = {"sort_query": place.sort_query}
    told = {"comment": comment, "view": place.view, "opens": place.opens, "stray": place.stray}
    told |= {"whole_thread": place.whole_thread, "thread": own}
    return SafeString(get_template("discussion/comment.html").render(told))


def _key(comment: CommentReading, place: Place) -> object | None:
    """None where a quotation stands in it: that reads as the quoted text does by now."""
    if any(part.quotation is not None for part in comment.parts):
        return None
    parts = tuple((part.markup, part.language) for part in comment.parts)
    own = tuple(getattr(comment, name) for name in _OWN)
    page = (
        get_language(),
        place.view.language,
        place.opens,
        place.stray,
        place.whole_thread,
        place.sort_query,
    )
    return own, parts, _of_reading(comment.reading), page


def _of_reading(reading: Reading | None) -> object:
    if reading is None:
        return None
    return (*(getattr(reading, name) for name in _OF_READING), reading.is_doubtful, reading.is_pending)
