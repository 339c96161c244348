"""What people give the packages below: addresses; and the chapters of the export that are the account's own."""

from urllib.parse import urlencode

from dragoman.languages.addresses import register as register_address
from dragoman.people import personal


def register() -> None:
    """Called once by the site's wiring."""
    register_address("profile", profile)
    register_address("settings", settings_page)
    register_address("sign_in", sign_in)
    register_address("sign_up", sign_up)
    register_address("sign_out", sign_out)
    personal.register()


def profile(*, language: str, person: int) -> str:
    """A person's public page."""
    return f"/{language}/people/{person}/"


def settings_page(*, language: str) -> str:
    """One's own settings."""
    return f"/{language}/account/"


def sign_in(*, language: str, next: str = "") -> str:
    """Where one signs in; afterwards one is led to `next`."""
    return f"/{language}/account/login/" + _and_then(next)


def sign_up(*, language: str, next: str = "") -> str:
    """Where one makes an account."""
    return f"/{language}/account/signup/" + _and_then(next)


def sign_out(*, language: str) -> str:
    """Where one signs out."""
    return f"/{language}/account/logout/"


def _and_then(path: str) -> str:
    return "?" + urlencode({"next": path}) if path else ""
