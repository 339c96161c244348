"""A copy of one's own data: asked for, made by a job, fetched by its person alone, gone after some days."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dragoman.people import exporting
from dragoman.people.models import Export, User
from tests.people.test_accounts import make

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
HOSTILE = "</dd><script>alert(1)</script> ‮gnol"


@pytest.fixture(autouse=True)
def forgotten_rates() -> None:
    cache.clear()


def client_of(user: User) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(user)
    return client


def ready(client: Client, run_jobs: RunJobs, language: str = "en") -> str:
    """The address of an archive just made."""
    assert client.post(f"/{language}/account/data/").status_code == 302
    run_jobs()
    page = client.get(f"/{language}/account/data/").content.decode()
    (address,) = re.findall(rf'href="(/{language}/account/data/[^"]+/)" download', page)
    return address


def files(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_asked_for_and_fetched(run_jobs: RunJobs) -> None:
    ana = make(language="fr")
    client = client_of(ana)
    answer = client.get(ready(client, run_jobs))
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    held = files(answer.content)
    assert sorted(held) == ["data.json", "index.html"]
    told = json.loads(held["data.json"])
    assert (told["format"], told["version"], told["account"]) == ("dragoman-personal-data", 1, ana.pk)
    assert told["chapters"]["account"][0]["display_name"] == "Ana"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["made_at"])
    assert '<html lang="fr" dir="ltr">' in held["index.html"]
    assert "Votre compte" in held["index.html"]
    (message,) = mail.outbox
    assert message.extra_headers["Content-Language"] == "fr"
    assert "/fr/account/data/" in message.body
    assert exporting.token_of(Export.objects.get()) not in message.body


def test_nobody_else_fetches_it(run_jobs: RunJobs) -> None:
    address = ready(client_of(make()), run_jobs)
    stranger = client_of(make("Boris"))
    assert stranger.get(address).status_code == 404
    anonymous = Client().get(address)
    assert anonymous.status_code == 302
    assert "/account/login/" in anonymous.headers["Location"]


def test_a_forged_or_expired_address(run_jobs: RunJobs) -> None:
    client = client_of(make())
    address = ready(client, run_jobs)
    assert client.get(address[:-3] + "xx/").status_code == 404
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(address).status_code == 404
    assert exporting.delete_expired() == 1
    assert not Export.objects.exists()


def test_not_again_at_once(run_jobs: RunJobs) -> None:
    client = client_of(make())
    ready(client, run_jobs)
    answer = client.post("/en/account/data/")
    assert answer.status_code == 429
    assert "You can ask again from" in answer.content.decode()
    Export.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert client.post("/en/account/data/").status_code == 302


def test_made_once(run_jobs: RunJobs) -> None:
    client = client_of(make())
    ready(client, run_jobs)
    before = Export.objects.get()
    exporting.make(before.pk)
    assert Export.objects.get().made_at == before.made_at
    assert len(mail.outbox) == 1


def test_the_page_runs_nothing(run_jobs: RunJobs) -> None:
    ana = make()
    User.objects.filter(pk=ana.pk).update(display_name=HOSTILE)
    client = client_of(ana)
    page = files(client.get(ready(client, run_jobs)).content)["index.html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)


def test_in_arabic_the_page_goes_from_right_to_left(run_jobs: RunJobs) -> None:
    client = client_of(make(language="ar"))
    page = files(client.get(ready(client, run_jobs, "ar")).content)["index.html"]
    assert 'dir="rtl"' in page
    assert "حسابك" in page


def test_passkeys_are_named_without_their_keys(run_jobs: RunJobs) -> None:
    ana = make(language="en")
    credential = {"attestation_object": "SECRET-PART", "client_data": "SECRET-PART"}
    Authenticator.objects.create(
        user=ana, type=Authenticator.Type.WEBAUTHN, data={"name": "My <b>phone</b>", "credential": credential}
    )
    client = client_of(ana)
    held = files(client.get(ready(client, run_jobs)).content)
    (told,) = json.loads(held["data.json"])["chapters"]["passkeys"]
    assert (told["name"], told["used_at"]) == ("My <b>phone</b>", None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["made_at"])
    assert "My &lt;b&gt;phone&lt;/b&gt;" in held["index.html"]
    assert "SECRET-PART" not in "".join(held.values())


def test_the_shape_is_documented(run_jobs: RunJobs) -> None:
    """docs/personal-data.md names every chapter and every field."""
    from dragoman.people.exports import chapters
    from tests.shared import ROOT

    document = (ROOT / "docs" / "personal-data.md").read_text("utf-8")
    told = dict(re.findall(r"^### `(\w+)`\n\n(.*?)(?=\n#|\Z)", document, re.MULTILINE | re.DOTALL))
    for chapter in chapters():
        assert chapter.key in told
        assert set(re.findall(r"^- `(\w+)`", told[chapter.key], re.MULTILINE)) == set(chapter.labels)
