"""The rules and the lists in the newsroom's admin: for those who may, and for nobody else."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dragoman.discussion.models import Act, Decision, HouseRules, ListedWord
from dragoman.discussion.moderation.rules import NAMES, in_force
from dragoman.people.models import User

PAGES = ("rules/", "words/", "words/words.tsv")
FORMS = ("rules/", "words/", "words/remove/", "words/try/")


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("chief@example.org", display_name="Chief"))
    return client


def test_only_for_those_who_may(client: Client, ana: User, moderator: User) -> None:
    editor = User.objects.create_user("editor@example.org", display_name="Editor", is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for person in (ana, moderator, editor):
        client.force_login(person)
        for page in PAGES:
            assert client.get(f"/admin/discussion/{page}").status_code in (302, 403)
        for form in FORMS:
            assert client.post(f"/admin/discussion/{form}", {"words": "x", "kind": "banned"}).status_code in (
                302,
                403,
            )
    assert not ListedWord.objects.exists()
    assert not HouseRules.objects.exists()


def test_rules(desk: Client) -> None:
    address = "/admin/discussion/rules/"
    text = desk.get(address).content.decode()
    assert all(f'name="{name}"' in text for name in NAMES)
    form = dict.fromkeys(NAMES, "") | {
        "links": "4",
        "premoderate": "yes",
        "blocked_hosts": "Spam.example\nb.example",
    }
    assert desk.post(address, form | {"links": "many"}).status_code == 422
    assert desk.post(address, form).status_code == 302
    rules = in_force()
    assert (rules.links, rules.premoderate, rules.blocked_hosts) == (4, True, ("b.example", "spam.example"))
    assert 'value="4"' in desk.get(address).content.decode()
    desk.post(address, form)
    assert Decision.objects.filter(act=Act.HOUSE_RULES).count() == 1
    desk.post(address, dict.fromkeys(NAMES, ""))
    assert not in_force().premoderate


def test_words_are_added_tried_exported_imported_and_removed(desk: Client) -> None:
    address = "/admin/discussion/words/"
    desk.post(
        address,
        {"language": "en", "kind": "banned", "words": "turnip\n\n# a note\nrotten  egg\npt\tsuspect\tnabo"},
    )
    listed = {(word.language, word.text, word.kind) for word in ListedWord.objects.all()}
    assert listed == {("en", "turnip", "banned"), ("en", "rotten egg", "banned"), ("pt", "nabo", "suspect")}
    text = desk.post(f"{address}try/", {"language": "en", "text": "You t.u.r.n.i.p"}).content.decode()
    assert "<bdi>turnip</bdi></b>" in text
    assert (
        "Nothing was found."
        in desk.post(f"{address}try/", {"language": "pt", "text": "turnip"}).content.decode()
    )
    exported = desk.get(f"{address}words.tsv").content
    assert exported.decode().splitlines() == [
        "en\tbanned\trotten egg",
        "en\tbanned\tturnip",
        "pt\tsuspect\tnabo",
    ]
    desk.post(f"{address}remove/", {"word": [*(str(word.pk) for word in ListedWord.objects.all()), "x"]})
    assert not ListedWord.objects.exists()
    more = b"xx-nothing\tbanned\tword\nen\texplode\tword\n*\tbanned\tcasino\n"
    file = SimpleUploadedFile("words.tsv", exported + more)
    text = desk.post(address, {"language": "", "kind": "banned", "file": file}, follow=True).content.decode()
    assert "4, 5" in text
    assert {(word.language, word.text, word.kind) for word in ListedWord.objects.all()} == listed | {
        ("", "casino", "banned")
    }
    assert "casino" in desk.get(f"{address}?language=*").content.decode()
    broken = SimpleUploadedFile("words.tsv", b"\xff\xfe")
    assert "UTF-8" in desk.post(address, {"kind": "banned", "file": broken}, follow=True).content.decode()


def test_hostile_entries_are_shown_as_text(desk: Client) -> None:
    desk.post(
        "/admin/discussion/words/", {"language": "", "kind": "banned", "words": "<script>alert(1)</script>"}
    )
    text = desk.get("/admin/discussion/words/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
