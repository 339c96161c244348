"""Comments as HTML, kept by this process while they read the same: after a change in a thread of two hundred, one of
them is made anew, and what stands above it in its branch.

What is kept is found by everything that `place.html` is given. Nothing personal is ever in it.
"""

from collections.abc import Hashable, Mapping
from dataclasses import fields
from operator import attrgetter

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dragoman.discussion.readings import CommentReading, Nested, ThreadReading
from dragoman.languages.kept import Kept
from dragoman.translation.readings import Reading

CHARACTERS_AT_MOST = 16_000_000

_kept: Kept[SafeString] = Kept(CHARACTERS_AT_MOST)
_of_place = attrgetter(*(each.name for each in fields(Nested) if each.name != "comment"))
_of_comment = attrgetter(
    *(each.name for each in fields(CommentReading) if each.name not in ("reading", "parts"))
)
_of_reading = attrgetter(
    *(each.name for each in fields(Reading) if each.name != "fields"), "is_doubtful", "is_pending"
)


def comments_markup(thread: ThreadReading) -> SafeString:
    """The comments of a page of a thread, each as `discussion/place.html` shows it at its place."""
    told = {
        "view": thread.view,
        "whole_thread": thread.is_whole,
        "thread": {"sort_query": thread.sort_query, "page_query": thread.page_query},
    }
    page = (get_language(), thread.view.language, thread.is_whole, thread.sort)
    return SafeString("".join(_markup(place, page, told) for place in thread.nested))


def _markup(place: Nested, page: Hashable, told: Mapping[str, object]) -> SafeString:
    key = _key(place, page)
    found = _kept.get(key) if key is not None else None
    if found is None:
        found = SafeString(get_template("discussion/place.html").render({**told, "place": place}))
        if key is not None:
            _kept.put(key, found, len(found))
    return found


def _key(place: Nested, page: Hashable) -> Hashable | None:
    """None where a quotation stands in it: that reads as the quoted text does by now."""
    comment = place.comment
    if any(part.quotation is not None for part in comment.parts):
        return None
    parts = tuple((part.markup, part.language) for part in comment.parts)
    reading = _of_reading(comment.reading) if comment.reading is not None else None
    return page, _of_place(place), _of_comment(comment), parts, reading
