"""What people give the packages below: addresses; and the chapters of the export that are the account's own."""

from urllib.parse import urlencode

from dragoman.languages.addresses import register as register_address
from dragoman.people import personal


def register() -> None:
    """Called once by the site's wiring."""
    register_address("profile", profile)
    register_address("verification", verification)
    register_address("settings", settings_page)
    register_address("sign_in", sign_in)
    register_address("sign_up", sign_up)
    register_address("sign_out", sign_out)
    register_address("own_data", own_data)
    register_address("own_data_file", own_data_file)
    register_address("close_account", close_account)
    register_address("reopen", reopen)
    personal.register()


def profile(*, language: str, person: int) -> str:
    """A person's public page."""
    return f"/{language}/people/{person}/"


def verification(*, language: str, person: int) -> str:
    """Where the staff say whose name is verified."""
    return f"/{language}/people/{person}/verification/"


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


def own_data(*, language: str) -> str:
    """Where one asks for one's own data, and fetches it."""
    return f"/{language}/account/data/"


def own_data_file(*, language: str, token: str) -> str:
    """The archive."""
    return f"/{language}/account/data/{token}/"


def close_account(*, language: str) -> str:
    """Where one closes one's account."""
    return f"/{language}/account/close/"


def reopen(*, language: str, token: str) -> str:
    """Where one takes that back."""
    return f"/{language}/account/reopen/{token}/"


def _and_then(path: str) -> str:
    return "?" + urlencode({"next": path}) if path else ""
