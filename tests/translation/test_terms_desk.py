"""The glossary's pages in the newsroom's admin."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dragoman.people.models import User
from dragoman.translation.models import TargetStatus, Term, TermChange, TermStatus
from dragoman.translation.terms.actions import import_terms
from dragoman.translation.terms.entries import Entry, TargetEntry, entry_of

pytestmark = pytest.mark.django_db
FORMAT = Entry(
    "ru",
    "нормандский формат",
    targets=(
        TargetEntry("fr", "format Normandie", ("formats Normandie",)),
        TargetEntry("fr", "quatuor", status="proposed"),
        TargetEntry("fr", "format normand", status="forbidden"),
    ),
)


def client_of(*codenames: str) -> Client:
    person = User.objects.create_user("editor@example.org", display_name="Ed", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk() -> Client:
    return client_of("edit_terms")


@pytest.fixture
def term() -> Term:
    import_terms([FORMAT], editor=None)
    return Term.objects.get()


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def sent(**changed: str) -> dict[str, str]:
    """What the form of `FORMAT` sends."""
    return {
        "source_language": "ru",
        "source": "нормандский формат",
        "inflected": "on",
        "status": "approved",
        "approved-fr": "format Normandie | formats Normandie",
        "forbidden-fr": "format normand",
    } | changed


def test_only_those_who_may_are_let_in(term: Term) -> None:
    reviewer = client_of("review_editions")
    for name, args in (("desk_terms", ()), ("desk_term_new", ()), ("desk_term", (term.pk,))):
        assert reviewer.get(reverse(name, args=args)).status_code in (302, 403)
    assert reviewer.post(reverse("desk_term_remove", args=[term.pk])).status_code in (302, 403)
    assert reviewer.post(reverse("desk_terms_import")).status_code in (302, 403)
    assert Term.objects.exists()
    assert reverse("desk_terms") not in reviewer.get(reverse("desk")).content.decode()


def test_listed_and_searched(desk: Client, term: Term) -> None:
    import_terms([Entry("en", "truce", targets=(TargetEntry("pt", "trégua"),))], editor=None)
    shown = page(desk, "desk_terms")
    assert "нормандский формат" in shown
    assert "trégua" in shown
    for query in ({"words": "НОРМАНДСКИЙ"}, {"words": "quatuor"}, {"language": "fr"}, {"status": "proposed"}):
        found = page(desk, "desk_terms", **query)
        assert "нормандский формат" in found
        assert "trégua" not in found
    assert "There is no such term." in page(
        desk, "desk_terms", words="'\"><script>alert(1)</script>", page="x"
    )
    assert "<script>alert(1)" not in page(desk, "desk_terms", words="'\"><script>alert(1)</script>")


def test_added(desk: Client) -> None:
    response = desk.post(reverse("desk_term_new"), sent(variants="нормандская четвёрка\n", keep=""))
    assert response.status_code == 302
    stored = entry_of(Term.objects.get())
    assert stored.variants == ("нормандская четвёрка",)
    assert stored.targets == (
        TargetEntry("fr", "format Normandie", ("formats Normandie",)),
        TargetEntry("fr", "format normand", status="forbidden"),
    )
    assert TermChange.objects.count() == 1


def test_the_form_as_it_is_changes_nothing(desk: Client, term: Term) -> None:
    shown = page(desk, "desk_term", term.pk)
    assert "format Normandie | formats Normandie" in shown
    desk.post(reverse("desk_term", args=[term.pk]), sent())
    assert entry_of(Term.objects.get()) == FORMAT
    assert TermChange.objects.count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Client) -> None:
    response = desk.post(reverse("desk_term_new"), sent(source=" ", note="Keep this."))
    assert response.status_code == 422
    assert "A term needs some words." in response.content.decode()
    assert "Keep this." in response.content.decode()
    assert not Term.objects.exists()


def test_removed(desk: Client, term: Term) -> None:
    desk.post(reverse("desk_term_remove", args=[term.pk]))
    assert not Term.objects.exists()
    assert desk.get(reverse("desk_term", args=[term.pk])).status_code == 404


@pytest.mark.parametrize(("answer", "status"), [("approve", "approved"), ("dismiss", "dismissed")])
def test_a_proposal_is_decided_upon(desk: Client, term: Term, answer: str, status: str) -> None:
    assert "quatuor" in page(desk, "desk_term", term.pk)
    proposed = term.targets.get(status=TargetStatus.PROPOSED)
    before = TermChange.objects.count()
    desk.post(reverse("desk_term_decide", args=[proposed.pk]), {answer: "1"})
    assert term.targets.get(pk=proposed.pk).status == status
    assert TermChange.objects.count() == before + (answer == "approve")


def test_a_proposed_term_is_approved_with_its_translation(desk: Client) -> None:
    proposal = Entry(
        "en", "truce", targets=(TargetEntry("pt", "trégua", status="proposed"),), status="proposed"
    )
    import_terms([proposal], editor=None)
    target = Term.objects.get().targets.get()
    desk.post(reverse("desk_term_decide", args=[target.pk]), {"approve": "1"})
    assert Term.objects.get().status == TermStatus.APPROVED


def test_a_file_is_imported_after_a_rehearsal(desk: Client) -> None:
    content = b"source_language,source,target_language,target\nen,truce,pt,tr\xc3\xa9gua\n"
    for rehearsal, stored in (("on", 0), ("", 1)):
        file = SimpleUploadedFile("terms.csv", content)
        answer = desk.post(reverse("desk_terms_import"), {"file": file, "rehearsal": rehearsal}, follow=True)
        assert "New: 1" in answer.content.decode()
        assert Term.objects.count() == stored


def test_a_broken_file_is_refused_with_its_line(desk: Client) -> None:
    file = SimpleUploadedFile("terms.tbx", b"<tbx>\n<oops>")
    answer = desk.post(reverse("desk_terms_import"), {"file": file}, follow=True)
    assert "Line 2: " in answer.content.decode()
    assert "Line 1: " in desk.post(reverse("desk_terms_import"), follow=True).content.decode()


@pytest.mark.parametrize("kind", ["tbx", "csv"])
def test_exported(desk: Client, term: Term, kind: str) -> None:
    response = desk.get(reverse("desk_terms_export", args=[kind]))
    assert f"terms.{kind}" in response["Content-Disposition"]
    assert "format Normandie" in response.content.decode()
    assert desk.get(reverse("desk_terms_export", args=["exe"])).status_code == 404
