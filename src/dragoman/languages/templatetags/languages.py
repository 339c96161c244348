"""Template tags: names, directions, dates, numbers and addresses in the page's language."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dragoman.languages import addresses, formats, registry

register = template.Library()


def _language() -> str:
    return get_language() or registry.default_language()


@register.filter
def direction(code: str) -> str:
    """`dir` of a language code."""
    return registry.direction(code)


@register.filter
def native_name(code: str) -> str:
    """ "Русский"."""
    return registry.native_name(code)


@register.filter
def name_of_language(code: str) -> str:
    """The language's name within a sentence of the page's language. (Django's own `language_name` is English.)"""
    return registry.language_name(code, _language())


@register.filter
def localnumber(value: float) -> str:
    """A number in the page's language."""
    return formats.number(value, _language())


@register.filter
def score(value: int) -> str:
    """A signed score in the page's language."""
    return formats.signed(value, _language())


@register.filter
def moment(value: datetime) -> SafeString:
    """A `<time>` with the full date, in the publication's zone; script localises it."""
    text = formats.date_and_time(value, _language())
    local = value.astimezone(formats.publication_zone())
    return format_html('<time datetime="{}" data-moment>{}</time>', local.isoformat(timespec="seconds"), text)


@register.filter
def day(value: datetime) -> SafeString:
    """A `<time>` with the date only."""
    text = formats.date(value, _language())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text)


@register.simple_tag
def address(kind: str, **what: object) -> str:
    """A registered address."""
    return addresses.address(kind, **what)


@register.simple_tag
def absolute_address(kind: str, **what: object) -> str:
    """A registered address with scheme and host."""
    return addresses.absolute(addresses.address(kind, **what))
