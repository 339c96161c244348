"""What the translation core gives lower and upper packages: the address where readers report a translation."""

from dragoman.languages.addresses import register as register_address
from dragoman.translation import personal


def register() -> None:
    """Part of the wiring's round."""
    register_address("report_translation", report_translation)
    personal.register()


def report_translation(*, language: str, document: int) -> str:
    """Where one tells the desk about a translation."""
    return f"/{language}/translation/{document}/report/"
