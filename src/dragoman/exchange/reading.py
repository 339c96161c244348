"""Files from outside: bytes to text to what a parser made of it. Needs no database."""

from pathlib import Path

from dragoman.exchange.errors import ImportRefused
from dragoman.exchange.page import LONGEST, ImportedPage, parse_page


def read_page(file: Path, language: str) -> ImportedPage:
    """A page with its thread. Raises ImportRefused; the sentence names the file."""
    text = read_text(file)
    try:
        return parse_page(text, language)
    except ImportRefused as refusal:
        raise ImportRefused(refusal.code, f"{file.name}: {refusal.sentence}") from None


def read_text(file: Path) -> str:
    """The text of a UTF-8 file. Raises ImportRefused: `unreadable`, `too_large`, `not_utf8`."""
    try:
        if file.stat().st_size > 4 * LONGEST:
            raise ImportRefused("too_large", f"{file.name} is larger than {4 * LONGEST // 1_000_000} MB.")
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as fault:
        raise ImportRefused(
            "not_utf8", f"{file.name} is not UTF-8: the byte at {fault.start} cannot be read."
        ) from None
    except OSError as fault:
        raise ImportRefused("unreadable", f"{file.name} cannot be read: {fault.strerror}.") from None
