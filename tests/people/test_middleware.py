"""Which forms come from our own pages."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from dragoman.people.middleware import SameOriginCsrfMiddleware, is_same_origin


def request(**headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestFactory().post("/en/", headers=named)


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, True),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Sec_Fetch_Site": "none"}, False),
        ({"Sec_Fetch_Site": ""}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_same_origin(headers: dict[str, str], own: bool) -> None:
    assert is_same_origin(request(**headers)) is own


def test_django_s_token_still_counts() -> None:
    from django.middleware.csrf import get_token

    form = RequestFactory().get("/en/")
    token = get_token(form)
    sent = RequestFactory().post("/en/", {"csrfmiddlewaretoken": token})
    sent.COOKIES["csrftoken"] = form.META["CSRF_COOKIE"]
    middleware = SameOriginCsrfMiddleware(lambda _: None)  # type: ignore[arg-type, return-value]
    middleware.process_request(sent)
    assert middleware.process_view(sent, lambda _: None, (), {}) is None  # type: ignore[arg-type, return-value]
