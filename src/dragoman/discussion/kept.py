"""Comments as HTML, kept by this process while they read the same: after a change in a thread of two hundred, one of
them is made anew, and what stands above it in its branch.

What is kept is found by everything that `place.html` is given: a reading is the same value for as long as it is made of
the same (`queries`). Nothing personal is ever in it.
"""

from collections.abc import Hashable, Mapping

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dragoman.discussion.readings import CommentReading, Nested, ThreadReading
from dragoman.languages.kept import Kept
from dragoman.languages.stretches import stretch

BYTES_AT_MOST = 16_000_000

_kept: Kept[tuple[CommentReading, bytes]] = Kept(BYTES_AT_MOST)
"""By the very value that was shown (its `id`, which nothing else has while it is kept) and its place."""


def comments_markup(thread: ThreadReading) -> SafeString:
    """The comments of a page of a thread, each as `discussion/place.html` shows it at its place."""
    is_whole = thread.is_whole
    told = {
        "view": thread.view,
        "whole_thread": is_whole,
        "thread": {"sort_query": thread.sort_query, "page_query": thread.page_query},
    }
    page = (get_language(), thread.view.language, is_whole, thread.sort)
    return stretch([_markup(place, page, told) for place in thread.nested])


def _markup(place: Nested, page: Hashable, told: Mapping[str, object]) -> bytes:
    comment, below, ends, stray = place
    key = page, below, ends, stray, id(comment)
    found = _kept.get(key)
    if found is not None:
        return found[1]
    made = get_template("discussion/place.html").render({**told, "place": place}).encode()
    if not any(part.quotation for part in comment.parts):  # it is another value each time
        _kept.put(key, (comment, made), len(made))
    return made
