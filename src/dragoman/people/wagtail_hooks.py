"""What Wagtail's own form for accounts changes is announced like what our actions change."""

from django.http import HttpRequest
from wagtail import hooks

from dragoman.people.actions import announce
from dragoman.people.models import User


@hooks.register("after_edit_user")
def after_edit_user(_request: HttpRequest, person: User) -> None:
    """The mark of the staff, or the right to sign in, may be another now."""
    announce(person)
