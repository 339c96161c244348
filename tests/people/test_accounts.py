"""Sign-up, sign-in and mails over HTTP, without script."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from dragoman.people.adapter import AccountAdapter
from dragoman.people.models import User

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar")


@pytest.fixture(autouse=True)
def forgotten_rates() -> None:
    """allauth counts attempts in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})


def make(name: str = "Ana", language: str = "en") -> User:
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(
        f"{name.lower()}@example.org", "s3cret-words", display_name=name, language=language
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def code_in(message: mail.EmailMessage) -> str:
    found = re.search(r"^([A-Z0-9-]{5,12})$", message.body, re.MULTILINE)
    assert found is not None, message.body
    return found[1]


def sign_up(client: Client, language: str = "pt", **fields: str) -> None:
    given = {"email": "eva@example.org", "display_name": "Eva"} | fields
    client.post(f"/{language}/account/signup/", given)


def test_sign_up_with_a_code_and_without_password(client: Client) -> None:
    response = client.post(
        "/pt/account/signup/",
        {"email": "Eva@Example.org", "display_name": "  Eva  B ", "next": "/pt/somewhere/"},
    )
    assert response.headers["Location"].startswith("/pt/account/confirm-email/")
    user = User.objects.get()
    assert (user.email, user.display_name, user.language) == ("eva@example.org", "Eva B", "pt")
    assert not user.has_usable_password()
    assert client.get("/pt/account/").status_code == 302
    response = client.post(response.headers["Location"], {"code": code_in(mail.outbox[0])})
    assert response.headers["Location"] == "/pt/somewhere/"
    assert client.get("/pt/account/").status_code == 200


@pytest.mark.parametrize("name", ["", "Admin", "Ev\u202ea", "\u3164"])
def test_sign_up_refuses_unfit_names(client: Client, name: str) -> None:
    response = client.post("/en/account/signup/", {"email": "eva@example.org", "display_name": name})
    assert response.status_code == 200
    assert response.context["form"].errors["display_name"]
    assert not User.objects.exists()


def test_sign_up_twice_tells_the_owner_only(client: Client) -> None:
    make("Eva", "ru")
    fresh = client.post("/en/account/signup/", {"email": "new@example.org", "display_name": "Neu"})
    client.logout()
    other = Client(headers={"Sec-Fetch-Site": "same-origin"})
    taken = other.post("/en/account/signup/", {"email": "eva@example.org", "display_name": "Neu"})
    assert (taken.status_code, taken.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
    message = mail.outbox[-1]
    assert message.to == ["eva@example.org"]
    assert message.extra_headers["Content-Language"] == "ru"
    assert "/ru/account/password/reset/" in message.body


def test_sign_in_by_code(client: Client) -> None:
    make("Ana", "fr")
    response = client.post("/en/account/login/code/", {"email": "ana@example.org"})
    message = mail.outbox[0]
    assert message.extra_headers["Content-Language"] == "fr"
    response = client.post(response.headers["Location"], {"code": code_in(message)})
    assert response.headers["Location"] == "/en/"
    assert client.get("/en/account/").status_code == 200


def test_sign_in_by_password_and_out(client: Client) -> None:
    make("Ana")
    wrong = client.post("/es/account/login/", {"login": "ana@example.org", "password": "no"})
    assert (wrong.status_code, bool(wrong.context["form"].errors)) == (200, True)
    right = client.post("/es/account/login/", {"login": "ANA@example.org", "password": "s3cret-words"})
    assert right.headers["Location"] == "/es/"
    assert client.get("/es/account/logout/").status_code == 200
    assert client.post("/es/account/logout/").headers["Location"] == "/es/"
    assert client.get("/es/account/").status_code == 302


def test_nobody_is_led_to_another_site(client: Client) -> None:
    make("Ana")
    given = {"login": "ana@example.org", "password": "s3cret-words", "next": "https://evil.example/"}
    assert client.post("/en/account/login/", given).headers["Location"] == "/en/"


def test_a_new_password_by_link_on_our_own_host(client: Client, settings: Settings) -> None:
    """The link names the publication's host, whatever Host the request claims, and keeps the reader's language."""
    settings.PUBLICATION_BASE_URL = "https://news.example"
    settings.ALLOWED_HOSTS = ["*"]  # as an operator may have it behind a careless proxy
    make("Ana", "ar")
    client.post("/en/account/password/reset/", {"email": "ana@example.org"}, headers={"Host": "evil.example"})
    found = re.search(r"https://news\.example(/ar/account/password/reset/key/\S+)", mail.outbox[0].body)
    assert found is not None, mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body
    form = client.get(found[1])
    given = {"password1": "quite-another-1", "password2": "quite-another-1"}
    assert client.post(form.headers["Location"], given).status_code == 302
    assert User.objects.get().check_password("quite-another-1")
    assert client.get(found[1]).status_code == 200  # used: the page says so


def test_rule_of_reading_12_mails_are_in_their_reader_s_language(client: Client) -> None:
    for language in LANGUAGES:
        mail.outbox.clear()
        cache.clear()
        sign_up(Client(headers={"Sec-Fetch-Site": "same-origin"}), language, email=f"{language}@example.org")
        (message,) = mail.outbox
        assert message.extra_headers["Content-Language"] == language
        assert f"/{language}/" in message.body
        assert "\n" not in message.subject


def test_mail_templates_exist_for_every_notice(client: Client) -> None:
    """Each notice allauth may send has our own words, and times carry the zone."""
    from allauth.account.adapter import get_adapter
    from allauth.core import context as allauth_context
    from django.test import RequestFactory

    user = make("Ana", "fr")
    request = RequestFactory().get("/en/")
    request.user = user  # type: ignore[assignment]
    extra = {"from_email": "a@example.org", "to_email": "b@example.org", "deleted_email": "c@example.org"}
    notices = (
        "email_changed",
        "email_confirm",
        "email_deleted",
        "password_changed",
        "password_reset",
        "password_set",
    )
    passkeys = ("webauthn_added", "webauthn_removed")
    with allauth_context.request_context(request):
        for notice in notices:
            import django.utils.timezone as zone

            moment = {"timestamp": zone.now(), "ip": "127.0.0.1", "user_agent": "x"}
            get_adapter().send_mail(f"account/email/{notice}", user.email, extra | moment)
        for notice in passkeys:
            get_adapter().send_mail(f"mfa/email/{notice}", user.email, extra | moment)
    assert len(mail.outbox) == len(notices) + len(passkeys)
    for message in mail.outbox:
        assert re.search(r"\([^)]*[+-]?\d|\(UTC|\(GMT", message.body), message.body
        assert "{{" not in message.body


def test_settings(client: Client) -> None:
    user = make("Ana")
    client.force_login(user)
    assert client.post("/en/account/", {"display_name": "Anna", "language": "ru"}).status_code == 302
    assert "saved" in client.get("/en/account/").content.decode()
    user.refresh_from_db()
    assert (user.display_name, user.language) == ("Anna", "ru")
    response = client.post("/en/account/", {"display_name": "Admin", "language": "ru"})
    assert response.status_code == 422
    user.refresh_from_db()
    assert user.display_name == "Anna"


def test_the_public_page_of_a_person(client: Client) -> None:
    user = make("Ana")
    text = client.get(f"/fr/people/{user.pk}/").content.decode()
    assert "<bdi>Ana</bdi>" in text
    assert user.email not in text
    User.objects.update(is_active=False)
    assert client.get(f"/fr/people/{user.pk}/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_accounts_renders_plainly(client: Client, language: str) -> None:
    outside = ("login/", "signup/", "login/code/", "password/reset/", "password/reset/done/", "inactive/")
    inside = ("", "logout/", "email/", "password/change/", "passkeys/")
    texts = [client.get(f"/{language}/account/{page}").content.decode() for page in outside]
    client.force_login(make("Ana"))
    texts += [client.get(f"/{language}/account/{page}").content.decode() for page in inside]
    for text in texts:
        assert f'<html lang="{language}"' in text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", text)
        main = text[text.index("<main") : text.index("</main>")]
        for field in re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*>', main):
            identifier = re.search(r'\bid="([^"]+)"', field)
            assert identifier is not None, field
            assert f'for="{identifier[1]}"' in main, field


def test_two_sign_ups_at_once_with_one_address_make_one_account(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_user = AccountAdapter.new_user

    def overtaken(adapter: AccountAdapter, request: HttpRequest) -> User:
        make("Eva", "ru")  # the other one, between the check of the form and the row
        user: User = new_user(adapter, request)
        return user

    fresh = client.post("/en/account/signup/", {"email": "new@example.org", "display_name": "Neu"})
    client.logout()
    mail.outbox.clear()
    monkeypatch.setattr(AccountAdapter, "new_user", overtaken)
    late = client.post("/en/account/signup/", {"email": "Eva@example.org", "display_name": "Eva Due"})
    assert (late.status_code, late.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
    assert User.objects.get(email="eva@example.org").display_name == "Eva"
    assert [message.to for message in mail.outbox] == [["eva@example.org"]]
    assert client.get("/en/account/").status_code == 302
