"""What templates ask of the discussion."""

import json
from collections.abc import Mapping

from django import template
from django.utils.translation import pgettext

from dragoman.discussion.kept import comments_markup
from dragoman.discussion.readings import Sort
from dragoman.discussion.wording import script_words

register = template.Library()
register.simple_tag(comments_markup, name="comments_of")


@register.simple_tag
def orders() -> Mapping[Sort, str]:
    """The orders one may choose from, named."""
    return {
        Sort.BEST: pgettext("order of comments", "best first"),
        Sort.OLDEST: pgettext("order of comments", "oldest first"),
        Sort.NEWEST: pgettext("order of comments", "newest first"),
        Sort.DISCUSSED: pgettext("order of comments", "most discussed first"),
    }


@register.simple_tag(name="script_words")
def words_of_script() -> str:
    """What script says in the page's language, as JSON."""
    return json.dumps(script_words(), ensure_ascii=False)
