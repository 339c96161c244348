"""Hostile sizes and signs over HTTP: refused with a sentence that gives the text back, or shown within bounds."""

import re
import unicodedata
import uuid
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from dragoman.discussion import actions
from dragoman.discussion.models import Comment, Report, Thread
from dragoman.people.models import User
from dragoman.text.render import MOST_MARKS
from tests.discussion.conftest import Say, make_person

pytestmark = pytest.mark.django_db
MEGABYTE = "All work and no play. " * (1_048_576 // 22 + 1)
CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def client_of(person: User) -> Client:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(person)
    return client


def sent(client: Client, thread: Thread, source: str, **headers: str) -> HttpResponse:
    given = {"source": source, "language": "en", "submission": str(uuid.uuid4()), "taken": "keep"}
    return client.post(f"/en/threads/{thread.pk}/write/", given, headers=headers)


def kept(answer: HttpResponse, name: str = "source") -> str:
    """What stands in the field that came back."""
    found = re.search(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return unescape(found[1])


def thread_page(thread: Thread, language: str = "en") -> str:
    return Client().get(f"/{language}/threads/{thread.pk}/fragment/").content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_megabyte_comes_back_whole_with_a_sentence(
    thread: Thread, ana: User, headers: dict[str, str]
) -> None:
    answer = sent(client_of(ana), thread, MEGABYTE, **headers)
    assert answer.status_code == (200 if headers else 422)
    assert "10,000" in answer.content.decode()
    assert kept(answer).split() == MEGABYTE.split()
    assert not Comment.objects.exists()


def test_a_megabyte_in_other_fields(say: Say, ana: User, boris: User, moderator: User) -> None:
    comment = say("Well.")
    reported = client_of(boris).post(
        f"/en/comments/{comment.pk}/report/", {"reason": "spam", "note": MEGABYTE}
    )
    assert reported.status_code == 422
    assert kept(reported, "note").split() == MEGABYTE.split()
    assert not Report.objects.exists()
    hidden = client_of(moderator).post(
        f"/en/moderation/comments/{comment.pk}/hide/", {"reason": MEGABYTE, "ground": "insult"}
    )
    assert hidden.status_code in (302, 303, 422)
    named = client_of(ana).post("/en/account/", {"display_name": MEGABYTE, "language": "en"})
    assert named.status_code == 422
    edited = client_of(ana).post(f"/en/comments/{comment.pk}/edit/", {"source": MEGABYTE})
    assert edited.status_code == 422
    assert kept(edited).split() == MEGABYTE.split()
    assert client_of(ana).get("/en/quote/", {"document": "1", "text": "x" * 20_000}).status_code == 404


def test_thousands_of_fields_are_a_bad_request(thread: Thread, ana: User) -> None:
    answer = client_of(ana).post(
        f"/en/threads/{thread.pk}/write/", {f"field{number}": "x" for number in range(5_000)}
    )
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize(
    "source",
    [
        ">" * 9_900 + "x",
        "> " * 4_900 + "x",
        "- " * 4_900 + "x",
        "1. " * 3_000 + "x",
        "[" * 9_900,
        "![" * 4_900,
        "*" * 9_900 + "x",
        "`" * 9_900,
        "<" * 9_900,
        "&" * 9_900,
        "\\" * 9_900,
        "a\u0301" * 4_900,
        "\u202e" * 9_900 + "x",
        "|" * 9_900,
        "https://" * 1_200,
        "@" * 9_900,
        ":" * 9_900,
        "\u200b" * 9_900 + "x",
    ],
    ids=lambda source: f"{source[:4]!r}",
)
def test_the_longest_of_anything_is_shown_or_refused(thread: Thread, ana: User, source: str) -> None:
    answer = sent(client_of(ana), thread, source)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert kept(answer)
        return
    page = thread_page(thread)
    assert len(page) < 400_000
    assert page.count("<blockquote") < 50
    for language in ("pt", "ar"):
        assert '<li class="comment' in thread_page(thread, language)


def test_a_flood_of_marks_is_bounded_wherever_words_stand(
    thread: Thread, say: Say, ana: User, boris: User, moderator: User
) -> None:
    flood = "Z" + "\u0335\u0327\u0301" * 300
    comment = say(f"{flood} said it.")
    say(f"> {flood} said it.\n\nIndeed.", author=boris, under=comment)
    pages = [
        thread_page(thread),
        Client().get(f"/en/people/{ana.pk}/").content.decode(),
        client_of(moderator).get("/en/moderation/").content.decode(),
    ]
    for page in pages:
        assert most_marks(page) <= MOST_MARKS


def most_marks(text: str) -> int:
    """The longest run of combining marks."""
    longest = run = 0
    for sign in text:
        run = run + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest


def test_no_control_of_direction_leaves_its_place(thread: Thread, say: Say, ana: User) -> None:
    """An override that is left open would turn round what follows it; code that reads otherwise than it runs is the
    trick of CVE-2021-42574."""
    say(f"\u202eevil `if x:\u2066 # \u202e return\u2069` \u202dand {CONTROLS} the rest.")
    page = thread_page(thread)
    assert not set(page) & set(CONTROLS)


def test_names_that_got_in_some_other_way_are_contained(thread: Thread, say: Say, ana: User) -> None:
    """Imported, or stored before the rules: the name stays within its element."""
    User.objects.filter(pk=ana.pk).update(display_name='\u202eEve</bdi><script>alert(1)</script>"')
    say("Well.")
    for page in (thread_page(thread), Client().get(f"/en/people/{ana.pk}/").content.decode()):
        assert "<script>alert" not in page
        body = page.rpartition("</title>")[2]  # a tab's title holds nothing else
        for found in re.finditer("\u202e", body):
            opened = body.rfind("<bdi", 0, found.start())
            assert opened > body.rfind("</bdi>", 0, found.start())


def test_a_comment_whose_author_left_bears_no_name(thread: Thread, say: Say, boris: User) -> None:
    person = make_person("Imogen")
    first = say("Something.", author=person)
    say("Quite.", author=boris, under=first)
    actions.erase_person(person)
    page = thread_page(thread)
    assert "Imogen" not in page
    assert "Something" not in page
    assert "deleted account" in page
