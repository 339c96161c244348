"""Addresses by name: upper packages register how theirs are built, lower ones ask."""

from collections.abc import Callable
from urllib.parse import urljoin

from django.conf import settings

Builder = Callable[..., str]
_builders: dict[str, Builder] = {}


def register(kind: str, builder: Builder) -> None:
    """Say how addresses of `kind` are built: `builder(language=…, **what)` → path."""
    _builders[kind] = builder


def address(kind: str, **what: object) -> str:
    """The path of something, from the site's root. Raises KeyError for a kind nobody registered, ValueError for an
    empty language."""
    if what.get("language", "-") == "":
        raise ValueError(f"the address of a {kind} needs a language")
    return _builders[kind](**what)


def absolute(path: str) -> str:
    """The full address of a path, for mails, feeds and hreflang."""
    return urljoin(settings.PUBLICATION_BASE_URL, path)
