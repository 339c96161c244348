"""Template tags: names, directions, dates, numbers and addresses in the page's language; and what is kept of a page."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dragoman.languages import addresses, formats, registry
from dragoman.languages.kept import Kept

CHARACTERS_AT_MOST = 8_000_000
_OVERHEAD = 1_000  # characters that something kept takes beside its own

register = template.Library()
_kept: Kept[SafeString] = Kept(CHARACTERS_AT_MOST)
"""By the place in a template, how its language is written, and the values."""


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


class KeptNode(template.Node):
    """What stands between `kept` and `endkept`."""

    def __init__(self, values: Mapping[str, FilterExpression], nodelist: NodeList) -> None:
        self.values, self.nodelist = values, nodelist

    def render(self, context: Context) -> SafeString:
        """From what was kept, where it was made of the same. Values are the same where they are of one type, too: what
        is marked as safe is written otherwise than what is not."""
        values = {name: each.resolve(context, ignore_failures=True) for name, each in self.values.items()}
        typed = tuple((type(value), value) for value in values.values())
        key = self, formats.ways(_language()), context.autoescape, typed
        found = _kept.get(key)
        if found is None:
            found = self.nodelist.render(context.new(values))
            _kept.put(key, found, _OVERHEAD + 2 * len(found))  # what it was made of is kept with it
        return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept name=value … %}…{% endkept %}`: made once for the same values, which stand by their names inside, where
    there is nothing else but the page's language. Nothing inside may ask the database, or note what it depends on."""
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"'kept' takes name=value, not {bits[0]!r}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(values, nodelist)
