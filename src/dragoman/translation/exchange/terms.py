"""A glossary out of a file and into one, whatever the format."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from dragoman.translation.errors import MalformedExchange
from dragoman.translation.exchange.tbx import read_tbx, write_tbx
from dragoman.translation.exchange.terms_csv import read_terms_csv, write_terms_csv
from dragoman.translation.terms.entries import Entry
from dragoman.translation.terms.queries import entries

LARGEST = 20_000_000  # bytes
MOST = 50_000  # terms
FORMATS: Mapping[str, tuple[str, Callable[[list[Entry]], str]]] = {
    "tbx": ("application/x-tbx", write_tbx),
    "csv": ("text/csv; charset=utf-8", write_terms_csv),
}


def read_terms(content: bytes) -> list[Entry]:
    """The entries of a TBX or CSV file, told apart by their first character. Raises MalformedExchange, with the
    line where there is one."""
    if len(content) > LARGEST:
        raise MalformedExchange(_("The file is too large."))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        found = read_tbx(content)
    else:
        found = read_terms_csv(_decoded(content))
    if len(found) > MOST:
        raise MalformedExchange(_("The file is too large."))
    return found


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise MalformedExchange(
            _("Line %(line)d: %(fault)s") % {"line": line, "fault": _("these characters cannot be read.")}
        ) from fault


def write_terms(kind: str) -> str:
    """The whole glossary in a format of `FORMATS`."""
    return FORMATS[kind][1](entries())
