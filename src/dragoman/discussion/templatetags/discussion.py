"""What templates ask of the discussion."""

from django import template
from django.utils.safestring import SafeString

from dragoman.discussion.kept import Place, comment_markup
from dragoman.discussion.readings import Nested, ThreadReading

register = template.Library()


@register.simple_tag
def comment_in(place: Nested, thread: ThreadReading, whole_thread: bool) -> SafeString:
    """A comment at its place in the page of a thread."""
    page = Place(thread.view, place.opens, place.stray, whole_thread, thread.sort_query)
    return comment_markup(place.comment, page)
