"""What a stored response answers."""

import pytest

from dragoman.delivery.front.questions import Parameters, query_of, question_of
from tests.delivery.front.asgi import scope


def key(path: str, query: str = "", *, parameters: str = "", **headers: str) -> object:
    question = question_of(scope(path, query=query, headers=list(headers.items())))
    return None if question is None else question.key(frozenset(parameters.split()))


@pytest.mark.parametrize("path", ["/", "/admin/", "/live", "/fr", "/c/7", "/readyz"])
def test_only_pages_in_a_language_are_asked_for(path: str) -> None:
    assert key(path) is None


@pytest.mark.parametrize("query", ["%ff=%fe&" * 60, "a=%ff", "\xff"])
def test_what_cannot_be_read_is_django_s(query: str) -> None:
    request = scope("/fr/", headers=[])
    request["query_string"] = query.encode("latin-1")
    assert question_of(request) is None


def test_an_address_has_one_key_however_it_is_written() -> None:
    assert key("/fr/%63oast/") == key("/fr/coast/")
    assert key("/fr/", "a=1&sort=x", parameters="sort") == key("/fr/", "sort=x&b=2", parameters="sort")
    assert key("/fr/", "sort=x&sort=y", parameters="sort") != key("/fr/", "sort=y&sort=x", parameters="sort")


@pytest.mark.parametrize(
    ("cookie", "preference"),
    [
        ("", ""),
        ("sessionid=abc", ""),
        ("dragoman_reads=fr", ""),  # read anyhow
        ("dragoman_reads=es.en", "en.es"),
        ("a=b; dragoman_reads=en.o; c=d", "en.o"),
        ('dragoman_reads="en"', "en"),
        ("dragoman_reads=<script>", ""),
        ("xdragoman_reads=en", ""),
        ("dragoman_reads=en; dragoman_reads=es", "es"),
    ],
)
def test_the_preference_is_in_normal_form(cookie: str, preference: str) -> None:
    question = question_of(scope("/fr/", headers=[("cookie", cookie)]))
    assert question is not None
    assert question.preference == preference


def test_a_query_is_asked_again_as_it_was_meant() -> None:
    assert query_of((("sort", "a b"), ("x", "é&"))) == b"sort=a+b&x=%C3%A9%26"


def test_parameters_are_forgotten_with_the_path_unseen_for_longest() -> None:
    known = Parameters(paths_at_most=2)
    for path in ("/a", "/b", "/a", "/c"):
        known.learn(path, frozenset({"sort"}))
    assert [known.of(path) for path in ("/a", "/b", "/c")] == [{"sort"}, set(), {"sort"}]
