"""A site in a hundred lines, in Django's place behind the front."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    page = PAGES.get(environ["PATH_INFO"], echo)
    return page(environ, start_response)


def echo(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """What arrived, as JSON."""
    told = {
        name: value for name, value in environ.items() if isinstance(value, str) and name not in os.environ
    }
    told["body"] = environ["wsgi.input"].read().decode("latin-1")
    note_request(environ)
    text = json.dumps(told).encode()
    headers = [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    headers += [("X-Dragoman-Dependencies", "document:7 thread:3"), ("X-Dragoman-Valid-Until", "2030-01-01")]
    start_response("200 OK", headers)
    return [text]


def note_request(environ: Environ) -> None:
    """Counts what was really asked, where a test wants to know."""
    if "TINY_SITE_COUNT" in os.environ:
        with Path(os.environ["TINY_SITE_COUNT"]).open("a") as file:
            file.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}\n")


def page(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """A page like those of the publication: shared by all, and made of what a file says."""
    note_request(environ)
    words = Path(os.environ["TINY_SITE_COUNT"]).with_name("words")
    text = words.read_text() if words.exists() else "nothing yet"
    headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Dragoman-Dependencies", "thread:7")]
    headers += [("X-Dragoman-Parameters", "sort")]
    start_response("200 OK", headers)
    return [f"<p>{text}</p>".encode() * 100]


def large(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Five megabytes in pieces."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return Pieces(b"x" * 65_536 for _ in range(80))


def broken(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Dies in the middle of its answer."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "100000")])

    def parts() -> Iterator[bytes]:
        yield b"x" * 50_000
        time.sleep(0.5)  # for the front to pass it on: an answer that broke off before is another case
        os._exit(1)

    return Pieces(parts())


def dies(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Dies before its answer."""
    note_request(environ)
    os._exit(1)


def slow(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answers when the file that the query names is there."""
    note_request(environ)
    gate = Path(environ["QUERY_STRING"])
    while not gate.exists():
        time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"at last"]


def nothing(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("204 No Content", [])
    return []


def mail(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Prints a mail, as Django's console backend does."""
    print("Subject: Your code is 123456", flush=True)
    return nothing(environ, start_response)


class Pieces:
    """Granian wants an iterable with `close`."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        """Nothing to close."""


PAGES: dict[str, Callable[[Environ, StartResponse], Iterable[bytes]]] = {
    "/fr/page/": page,
    "/large": large,
    "/broken": broken,
    "/dies": dies,
    "/slow": slow,
    "/nothing": nothing,
    "/mail": mail,
}
