"""A page with stretches put in at the end is the page that was written through."""

import pytest
from django.template import engines
from django.test import RequestFactory

from dragoman.languages import stretches
from dragoman.languages.stretches import StretchedResponse, stretch

FIRST, SECOND = ("<li>ä</li>".encode(), "<li>ع🙂</li>".encode()), (b"<b>&</b>",)


def written(source: str, **context: object) -> str:
    """As a response shows it."""
    template = engines["django"].from_string(source)
    response = StretchedResponse(RequestFactory().get("/"), template, context).render()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return bytes(response.content).decode()


def test_they_stand_where_they_were_put_as_they_are() -> None:
    page = written("é{{ one }}{% if one %}<i>{{ two }}{{ one }}</i>{% endif %}{{ three }}…",
                   one=lambda: stretch(FIRST), two=lambda: stretch(SECOND), three=lambda: stretch(()))  # fmt: skip
    assert page == "é<li>ä</li><li>ع🙂</li><i><b>&</b><li>ä</li><li>ع🙂</li></i>…"


def test_a_page_without_any_is_itself() -> None:
    assert written("{{ text }}123456", text="<[0]>") == "&lt;[0]&gt;123456"


def test_elsewhere_they_are_the_text() -> None:
    assert stretch(FIRST) == "<li>ä</li><li>ع🙂</li>"
    assert stretch(SECOND).__html__() == "<b>&</b>"


def test_what_could_not_be_written_leaves_nothing_behind() -> None:
    def fails() -> str:
        stretch(FIRST)
        raise LookupError

    with pytest.raises(LookupError):
        written("{{ text }}", text=fails)
    assert stretches._waiting.get() is None
