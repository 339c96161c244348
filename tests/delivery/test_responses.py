"""Looking after stored responses: from the command line and in the admin."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.contrib.auth.models import Permission
from django.test import Client

from dragoman.delivery import actions, queries
from dragoman.delivery.errors import NotAnAddress, NotATopic, PurgeNotPermitted
from dragoman.delivery.models import Change
from dragoman.people.models import User
from dragoman.site.cli import dragoman
from tests.delivery.front.test_disk import Host, restarted
from tests.delivery.site import Front
from tests.newsroom.stories import article, editor

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(tmp_path: Path, settings: object) -> Path:
    """A `var` in which three responses are stored."""
    settings.VAR = tmp_path  # type: ignore[attr-defined]

    def before(host: Host) -> None:
        host.put("/fr/", b"home")
        host.put("/fr/", b"home", preference="en")
        host.put("/fr/coast/", b"section")

    restarted(tmp_path / "responses", before)
    return tmp_path


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(dragoman, ["store", *arguments])


class TestCommandLine:
    def test_what_is_stored_is_listed(self, stored: Path) -> None:
        told = [json.loads(line) for line in ran("list", "--json").stdout.splitlines()]
        assert [(one["address"], one["preference"], one["size"]) for one in told] == [
            ("/fr/", "", 4),
            ("/fr/", "en", 4),
            ("/fr/coast/", "", 7),
        ]
        assert told[0]["depends_on"] == ["thread:7"]
        assert len(ran("list", "/fr/c").stdout.splitlines()) == 1
        nothing = ran("list", "/pt/")
        assert (nothing.exit_code, nothing.stdout, nothing.stderr) == (0, "", "Nothing is stored there.\n")

    def test_one_is_shown_in_all_its_variants(self, stored: Path) -> None:
        shown = ran("show", "/fr/")
        assert shown.stdout.count("depends_on  thread:7") == 2
        missing = ran("show", "/fr/hills/")
        assert missing.exit_code == 2
        assert "/fr/hills/" in missing.stderr

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            ((), "Say what"),
            (("coast",), "/en/coast/"),
            (("/en/", "coast"), "/en/coast/"),
            (("--topic", "x y"), "thread:7"),
        ],
    )
    def test_nonsense_is_refused_and_nothing_purged(self, arguments: tuple[str, ...], word: str) -> None:
        refused = ran("purge", *arguments)
        assert (refused.exit_code, Change.objects.filter(payload__contains="purge").count()) == (2, 0)
        assert word in refused.stderr
        assert refused.stderr.count("\n") == 1


class TestPurging:
    @pytest.fixture
    def front(self) -> Iterator[Front]:
        article()
        with closing(Front()) as one:
            for path in ("/en/", "/en/coast/", "/pt/coast/"):
                one.get(path)
            yield one

    def paths(self, front: Front) -> set[str]:
        return {entry.question.path for entry in front.store}

    def test_an_address(self, front: Front) -> None:
        with front.listening():
            actions.purge_address("https://news.example/en/coast/?page=2#x")
        assert self.paths(front) == {"/en/", "/pt/coast/"}

    def test_a_topic(self, front: Front) -> None:
        with front.listening():
            actions.purge_topics(["language:pt"])
        assert self.paths(front) == {"/en/", "/en/coast/"}

    def test_everything(self, front: Front) -> None:
        with front.listening():
            actions.purge_all()
        assert self.paths(front) == set()

    @pytest.mark.parametrize("address", ["", "en", "mailto:x", "//[", "/" * 3000])
    def test_what_is_no_address(self, address: str) -> None:
        with pytest.raises(NotAnAddress):
            actions.purge_address(address)

    def test_what_is_no_topic(self) -> None:
        with pytest.raises(NotATopic):
            actions.purge_topics([])

    def test_only_who_may(self) -> None:
        person = User.objects.create_user("ana@example.org", display_name="Ana")
        with pytest.raises(PurgeNotPermitted):
            actions.purge_by(person, address="/en/")
        assert not Change.objects.filter(payload__contains="purge").exists()


class TestAdmin:
    def test_it_lists_and_throws_away(self, stored: Path) -> None:
        client = Client()
        client.force_login(editor())
        page = client.get("/admin/responses/").content.decode()
        assert page.count('<a href="/fr/') == 3
        told = client.post("/admin/responses/", {"what": "address", "address": "/fr/coast/"}, follow=True)
        assert "Thrown away" in told.content.decode()
        assert '"path":"/fr/coast/"' in Change.objects.latest("pk").payload
        client.post("/admin/responses/", {"what": "all"})
        assert '"path"' not in Change.objects.latest("pk").payload

    @pytest.mark.parametrize(("address", "word"), [("", "Write the address"), ("coast", "/en/coast/")])
    def test_a_mistake_is_told_and_kept(self, stored: Path, address: str, word: str) -> None:
        client = Client()
        client.force_login(editor())
        page = client.post("/admin/responses/", {"what": "address", "address": address}).content.decode()
        assert word in page
        assert f'value="{address}"' in page

    def test_it_is_for_those_who_may(self, stored: Path) -> None:
        client, person = (
            Client(),
            User.objects.create_user("ana@example.org", display_name="Ana", is_staff=True),
        )
        person.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(person)
        assert "stored-responses" not in client.get("/admin/").content.decode()
        assert client.get("/admin/responses/").status_code in (302, 403)
        person.user_permissions.add(Permission.objects.get(codename="purge_responses"))
        assert client.get("/admin/responses/").status_code == 200


def test_on_disk_are_only_those_of_this_host(tmp_path: Path) -> None:
    assert list(queries.stored_responses(tmp_path)) == []
