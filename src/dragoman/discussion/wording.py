"""What script says in the open page: whole sentences from the catalogues, with every plural form of the language."""

from collections.abc import Callable, Mapping

from django.utils.translation import get_language, gettext, ngettext, pgettext

from dragoman.languages.registry import default_language, locale

_SAMPLES = (0, 1, 2, 3, 6, 11, 100, 1_000_000)
"""Whole numbers that between them need every plural form CLDR knows of whole numbers."""


def script_words() -> Mapping[str, str | Mapping[str, str]]:
    """By the name script knows them by; `{number}` is put in there. Counted ones by category of CLDR."""
    return {
        "quote": pgettext("button", "Quote"),
        "fresh": counted(
            lambda number: ngettext("%(number)s new comment", "%(number)s new comments", number)
        ),
        "answers": counted(lambda number: ngettext("%(number)s reply", "%(number)s replies", number)),
        "edit": pgettext("button", "Change"),
        "remove": pgettext("button", "Delete"),
        "copied": gettext("The link was copied."),
        "copy": gettext("The link to this comment:"),
    }


def counted(sentence: Callable[[int], str]) -> Mapping[str, str]:
    """A counted sentence in each plural form of the active language: `{"one": "…", "other": "…"}`."""
    plural = locale(get_language() or default_language()).plural_form
    forms = {plural(sample): sentence(sample) % {"number": "{number}"} for sample in _SAMPLES}
    return {"other": sentence(_SAMPLES[-2]) % {"number": "{number}"}} | forms


def writing_words() -> Mapping[str, str]:
    """What script says beside the form of a comment."""
    return {
        "restored": gettext("What you had begun is here again."),
        "discard": gettext("Discard it"),
        "unkept": gettext("This browser cannot keep what you type. Please send it before you leave."),
        "emoticons": gettext("Emoticons"),
        "search": gettext("Search by name"),
    }
