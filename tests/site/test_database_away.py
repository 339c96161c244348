"""The database does not answer: it is said, nothing typed is lost, and no secret is shown again."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from dragoman.discussion.models import Thread
from dragoman.people.models import User
from tests.newsroom.stories import article

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    thread = Thread.objects.get(document=article().document_id)
    return f"/fr/threads/{thread.pk}/write/"


@pytest.fixture
def client(db: None) -> Client:
    one = Client(headers={"Origin": "http://testserver"})
    one.force_login(User.objects.create_user("ana@example.org", display_name="Ana"))
    return one


@pytest.fixture(params=[OperationalError, InterfaceError])
def _away(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, address: str, client: Client
) -> None:
    def away(*_: object, **__: object) -> None:
        raise request.param("the server closed the connection")

    monkeypatch.setattr("dragoman.discussion.actions.post", away)


WORDS = {
    "source": "Une remarque <b>sur</b> la lampe",
    "language": "fr",
    "submission": "6f1d3c1e-8a44-4a5c-9a3b-2f6f7d8e9a10",
    "csrfmiddlewaretoken": "t",
}


@pytest.mark.usefixtures("_away")
def test_what_was_typed_comes_back_to_be_sent_again(client: Client, address: str) -> None:
    answer = client.post(address, WORDS)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "no-store" in answer.headers["Cache-Control"]
    page = answer.content.decode()
    assert "Une remarque &lt;b&gt;sur&lt;/b&gt; la lampe</textarea>" in page
    assert f'action="{address}"' in page
    assert 'name="language" value="fr"' in page
    assert "csrfmiddlewaretoken" not in page
    assert "base de données" in page


def test_a_page_says_that_others_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("dragoman.newsroom.views.queries.home_page", away)
    answer = Client().get("/en/")
    assert answer.status_code == 503
    assert "Others can be read" in answer.content.decode()
    assert "X-Dragoman-Dependencies" not in answer.headers


def test_no_password_is_written_into_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("allauth.account.forms.LoginForm.clean", away)
    answer = Client(headers={"Origin": "http://testserver"}).post(
        "/en/account/login/", {"login": "ana@example.org", "password": "very secret"}
    )
    assert answer.status_code == 503
    assert "very secret" not in answer.content.decode()
    assert "ana@example.org" not in answer.content.decode()
