"""Proof that whoever is signed in is the person: the password, or a code by mail for accounts without one."""

import secrets
import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dragoman.people.errors import PeopleError
from dragoman.people.models import User

VALID_SECONDS = 900
ATTEMPTS_AT_MOST = 5
LENGTH = 8
SENT_AT_MOST = 3  # codes in the time one is valid
_KEY = "people_confirming"
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none is taken for another


class NotConfirmed(PeopleError):
    """The password or the code is wrong, or its time is over."""

    code = "not_confirmed"
    sentence = _("That is not right. Nothing was changed.")


class TooManyAttempts(PeopleError):
    """Somebody is guessing."""

    code = "too_many_attempts"
    sentence = _("Too many attempts. Wait a quarter of an hour.")


class TooManyCodes(PeopleError):
    """Codes were sent already."""

    code = "too_many_codes"
    sentence = _("Several codes were sent already. Use the newest one, or wait a quarter of an hour.")


def send_code(request: HttpRequest, person: User) -> None:
    """Send a code to the account's address; the newest one counts. Raises TooManyCodes."""
    state = _state(request)
    if len(sent := _recent(state, "sent")) >= SENT_AT_MOST:
        raise TooManyCodes
    code = "".join(secrets.choice(_SIGNS) for _place in range(LENGTH))
    state |= {"person": person.pk, "code": make_password(code), "sent": [*sent, time.time()]}
    request.session[_KEY] = state
    get_adapter().send_mail("account/email/confirm_closing", person.email, {"user": person, "code": code})


def code_was_sent(request: HttpRequest) -> bool:
    """Whether there is a code to ask for."""
    return bool(_recent(_state(request), "sent"))


def confirm(request: HttpRequest, person: User, said: str) -> None:
    """Check what was typed: the password where the account has one, else the code. Raises NotConfirmed, and
    TooManyAttempts without looking."""
    state = _state(request)
    if len(tried := _recent(state, "tried")) >= ATTEMPTS_AT_MOST:
        raise TooManyAttempts
    request.session[_KEY] = state | {"tried": [*tried, time.time()]}
    right = person.check_password(said) if person.has_usable_password() else _is_code(state, person, said)
    if not right:
        raise NotConfirmed


def _is_code(state: dict[str, Any], person: User, said: str) -> bool:
    if not _recent(state, "sent") or state.get("person") != person.pk:
        return False
    return check_password("".join(said.split()).replace("-", "").upper(), state["code"])


def _recent(state: dict[str, Any], what: str) -> list[float]:
    """When it was done within the time a code is valid."""
    return [moment for moment in state.get(what, []) if moment > time.time() - VALID_SECONDS]


def _state(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(_KEY, {}))
