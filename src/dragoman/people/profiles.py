"""What stands on a person's public page: upper packages add sections, such as what the person wrote."""

from collections.abc import Callable

from django.utils.safestring import SafeString

from dragoman.languages.view import View
from dragoman.people.models import User

Section = Callable[[User, View], SafeString]
_sections: list[Section] = []


def register(section: Section) -> None:
    """Add a section below those already there: `section(person, view)` → markup, empty for none. Idempotent."""
    if section not in _sections:
        _sections.append(section)


def sections(person: User, view: View) -> list[SafeString]:
    """The sections of a person's page that have something to say."""
    return [markup for section in _sections if (markup := section(person, view))]
