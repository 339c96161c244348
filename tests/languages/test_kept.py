"""What is kept of a page stands there for what it was made of, and for nothing else."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import mark_safe
from pytest_django import Settings

from dragoman.languages.kept import Kept
from dragoman.languages.templatetags import languages


class Counted:
    """Counts how often it is written; one is like the other."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return "counted"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted)

    def __hash__(self) -> int:
        return 1


def template(source: str) -> Template:
    return Engine(
        builtins=["dragoman.languages.templatetags.languages"],
        libraries={"i18n": "django.templatetags.i18n"},
    ).from_string("{% load i18n %}" + source)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "_kept", Kept(100_000))


def test_what_is_made_of_the_same_is_made_once() -> None:
    shown = template("{% kept value=value %}[{{ value }}]{% endkept %}")
    first, second = Counted(), Counted()
    assert [shown.render(Context({"value": each})) for each in (first, second)] == ["[counted]"] * 2
    assert (first.times, second.times) == (1, 0)


def test_nothing_but_the_named_values_is_known_inside() -> None:
    shown = template("{% kept one=one %}{{ one }}{{ two }}{% endkept %}{{ two }}")
    assert shown.render(Context({"one": "1", "two": "2"})) == "12"


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("a", "b", "b"),
        (1, True, "True"),
        (mark_safe("<b>"), "<b>", "&lt;b&gt;"),
        (None, "", ""),
        ("a", None, "None"),
    ],
)
def test_other_values_are_written_otherwise(before: object, after: object, written: str) -> None:
    shown = template("{% kept value=value %}{{ value }}{% endkept %}")
    shown.render(Context({"value": before}))
    assert shown.render(Context({"value": after})) == written


def test_each_language_and_each_place_has_its_own() -> None:
    shown = template("{% kept n=n %}{{ n|localnumber }}{% endkept %} {% kept n=n %}{{ n }}{% endkept %}")
    said = []
    for language in ("en", "fr", "en"):
        with translation.override(language):
            said.append(shown.render(Context({"n": 1234})))
    assert said == ["1,234 1234", "1\u202f234 1234", "1,234 1234"]


def test_moments_are_written_in_the_zone_that_is_set(settings: Settings) -> None:
    shown = template("{% kept at=at %}{{ at|moment }}{% endkept %}")
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert "09:30:00+00:00" in shown.render(Context({"at": at}))
    settings.PUBLICATION_TIME_ZONE = "Asia/Kathmandu"
    assert "15:15:00+05:45" in shown.render(Context({"at": at}))


def test_what_was_written_without_escaping_stands_nowhere_else() -> None:
    shown = template("{% kept value=value %}{{ value }}{% endkept %}")
    assert shown.render(Context({"value": "<b>"}, autoescape=False)) == "<b>"
    assert shown.render(Context({"value": "<b>"})) == "&lt;b&gt;"


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Kept[object] = Kept(10_000)
    monkeypatch.setattr(languages, "_kept", kept)
    shown = template("{% kept value=value %}{{ value }}{% endkept %}")
    for number in range(100):
        assert shown.render(Context({"value": number})) == str(number)
    assert len(kept._young) + len(kept._old) < 15


def test_a_value_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        template("{% kept value %}{% endkept %}")
