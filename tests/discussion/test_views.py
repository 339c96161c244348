"""The discussion over HTTP: full pages without script, fragments with htmx, nothing personal in public pages."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dragoman.discussion import actions
from dragoman.discussion.models import Comment, CommentState, Decision, Report, Thread
from dragoman.discussion.views import writing
from dragoman.languages import addresses
from dragoman.people.models import User
from dragoman.translation import actions as translation

from .conftest import Say, draft, make_person

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(db: None) -> Client:
    """A browser: it says where a form was."""
    return Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})


def sign_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def form_values(client: Client, address: str) -> dict[str, str]:
    """What a browser would send from the form there."""
    form = client.get(address).context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def test_addresses_are_those_of_the_views(thread: Thread) -> None:
    wanted: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("own_comment", {"comment": 7}, {"comment_id": 7}),
        ("comment_fragment", {"comment": 7}, {"comment_id": 7}),
        ("reply", {"comment": 7}, {"comment_id": 7}),
        ("edit", {"comment": 7}, {"comment_id": 7}),
        ("delete", {"comment": 7}, {"comment_id": 7}),
        ("vote", {"comment": 7}, {"comment_id": 7}),
        ("report", {"comment": 7}, {"comment_id": 7}),
        ("language", {"comment": 7}, {"comment_id": 7}),
        ("thread", {"thread": 7}, {"thread_id": 7}),
        ("thread_fragment", {"thread": 7}, {"thread_id": 7}),
        ("write", {"thread": 7}, {"thread_id": 7}),
        ("me", {}, {}),
        ("quote", {}, {}),
        ("moderation", {}, {}),
        ("decisions", {}, {}),
        ("decide_comment", {"comment": 7, "act": "hide"}, {"comment_id": 7, "act": "hide"}),
        ("decide_thread", {"thread": 7, "act": "lock"}, {"thread_id": 7, "act": "lock"}),
        ("decide_person", {"person": 7, "act": "suspend"}, {"person_id": 7, "act": "suspend"}),
    ]
    for kind, what, arguments in wanted:
        built = addresses.address(kind, language="en", **what)
        assert built == reverse(f"discussion:{kind}", kwargs=arguments), kind
    assert addresses.address("comment_finder", comment=7) == reverse("find_comment", args=[7])


def test_posting_without_script(client: Client, thread: Thread, ana: User) -> None:
    address = f"/pt/threads/{thread.pk}/write/"
    values = form_values(sign_in(client, ana), address)
    assert values["language"] == "pt"
    response = client.post(address, values | {"source": "Olá."})
    comment = Comment.objects.get()
    assert response.status_code == 303
    assert response.headers["Location"] == f"/pt/city/{thread.document_id}/#c{comment.pk}"
    client.post(address, values | {"source": "Olá."})
    assert Comment.objects.count() == 1


def test_where_a_story_is_read_is_asked_once_a_second(
    client: Client, thread: Thread, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def place(*, language: str, document: int) -> str:
        asked.append(language)
        return f"/{language}/{len(asked)}/{document}/"

    monkeypatch.setitem(addresses._builders, f"document:{thread.document.kind}", place)
    monkeypatch.setattr(writing, "_places", {})
    sign_in(client, ana)

    def led_to(language: str, words: str) -> str:
        form = {"source": words, "language": "pt"}
        return client.post(f"/{language}/threads/{thread.pk}/write/", form).headers["Location"]

    assert [led_to("pt", "Um.")[:6], led_to("pt", "Dois.")[:6], led_to("en", "Três.")[:6]] == [
        "/pt/1/", "/pt/1/", "/en/2/",
    ]  # fmt: skip
    monkeypatch.setattr(writing, "PLACE_SECONDS", 0.0)
    assert led_to("pt", "Quatro.").startswith("/pt/3/")
    assert asked == ["pt", "en", "pt"]


def test_posting_in_the_open_page_tells_it_so(client: Client, thread: Thread, ana: User) -> None:
    address = f"/en/threads/{thread.pk}/write/"
    values = form_values(sign_in(client, ana), address)
    response = client.post(address, values | {"source": "Hello."}, headers=HTMX)
    comment = Comment.objects.get()
    assert (response.status_code, response.content) == (200, b"")
    assert json.loads(response.headers["HX-Trigger"]) == {"comment-stored": {"comment": comment.pk}}


def test_the_script_hears_that_words_are_here_and_nothing_else_says_so(
    client: Client, thread: Thread, ana: User, settings: Settings
) -> None:
    address = f"/en/threads/{thread.pk}/write/"
    values = form_values(sign_in(client, ana), address)
    for refused in (
        {"source": "x" * 10_001},
        {"source": "  "},
        {"source": "Hello.", "preview": "1", "preview_in": "pt"},
    ):
        assert "HX-Trigger" not in client.post(address, values | refused, headers=HTMX).headers
    assert not Comment.objects.exists()
    settings.DISCUSSION_PREMODERATE = True
    response = client.post(address, values | {"source": "Hello."}, headers=HTMX)
    held = Comment.objects.get(state="held")
    assert json.loads(response.headers["HX-Trigger"]) == {"comment-held": {"comment": held.pk}}


@pytest.mark.parametrize(("source", "status"), [("x" * 10_001, 422), ("  ", 422)])
def test_what_is_refused_is_not_lost(
    client: Client, thread: Thread, ana: User, source: str, status: int
) -> None:
    address = f"/en/threads/{thread.pk}/write/"
    values = form_values(sign_in(client, ana), address)
    response = client.post(address, values | {"source": source})
    assert response.status_code == status
    assert response.context["form"]["source"].value() == source
    assert response.context["form"].errors["source"]
    assert not Comment.objects.exists()


def test_typed_words_survive_signing_in(client: Client, thread: Thread, ana: User) -> None:
    address = f"/en/threads/{thread.pk}/write/"
    values = form_values(client, address)
    response = client.post(address, values | {"source": "My thought.", "language": "fr"})
    assert response.status_code == 303
    assert response.headers["Location"] == addresses.address("sign_in", language="en", next=address)
    assert not Comment.objects.exists()
    client.post("/en/account/login/", {"login": ana.email, "password": "s3cret-words", "next": address})
    values = form_values(sign_in(client, ana), address)
    assert (values["source"], values["language"]) == ("My thought.", "fr")
    assert form_values(client, address)["source"] == ""


def test_answering_and_quoting(client: Client, say: Say, ana: User, boris: User) -> None:
    comment = say("The mayor knew it.\n\nHe said so.", author=boris)
    address = f"/en/comments/{comment.pk}/reply/?quote=comment"
    values = form_values(sign_in(client, ana), address)
    assert "> The mayor knew it." in values["source"]
    assert "> He said so." in values["source"]
    client.post(address, values | {"source": values["source"] + "Really?"})
    answer = Comment.objects.get(parent=comment)
    assert answer.quotations.count() == 2


def test_quoting_the_article_by_a_link(client: Client, thread: Thread, ana: User) -> None:
    ref = f"{thread.document_id}.1.body.1.0-1"
    values = form_values(sign_in(client, ana), f"/en/threads/{thread.pk}/write/?quote={ref}")
    assert values["source"] == f"> The bridge is closed. It will open again in May.\n> [↑{ref}]\n\n"


def test_a_selection_becomes_a_quotation(client: Client, thread: Thread, say: Say) -> None:
    asked = {"document": str(thread.document_id), "field": "body", "block": "0", "start": "2", "end": "5"}
    told = client.get("/en/quote/", asked).json()
    assert told["quote"] == f"{thread.document_id}.1.body.0.0-0"
    assert told["markdown"].startswith("> The river rose by two metres.")
    said = say("The keeper slept.")
    told = client.get("/en/quote/", {"comment": str(said.pk), "text": "keeper"}).json()
    assert told["quote"] == f"{said.document_id}.1.body.0.0-0"
    for wrong in (
        {},
        {"document": "x"},
        {"document": "999999"},
        {"comment": "999999"},
        asked | {"block": "99"},
        asked | {"end": "-1"},
    ):
        assert client.get("/en/quote/", wrong).status_code in (200, 404)
    assert client.get("/en/quote/", asked | {"block": "99"}).status_code == 404


def test_the_finder_leads_to_the_reader_s_language(
    client: Client, say: Say, ana: User, moderator: User
) -> None:
    comment = say("Here.")
    address = f"/c/{comment.pk}"
    response = client.get(address, headers={"Accept-Language": "fr"})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/fr/city/{comment.thread.document_id}/#c{comment.pk}"
    assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response.headers["Vary"].split(",")}
    assert client.get("/c/999999").status_code == 404
    actions.hide(comment, moderator=moderator, reason="Rude.")
    assert client.get(address).status_code == 410
    actions.restore(comment, moderator=moderator)
    translation.set_visibility(comment.thread.document, visible=False)
    assert client.get(address).status_code == 410
    translation.set_visibility(comment.thread.document, visible=True)
    actions.delete(comment, author=ana)
    assert client.get(address).status_code == 410


def unmoved(page: bytes) -> bytes:
    """The page but for the moment it was rendered at."""
    return re.sub(rb' data-rendered="\d+"', b"", page)


def test_languages_are_named_in_the_page_s_language(
    client: Client, say: Say, run_jobs: Callable[[], int]
) -> None:
    comment = say("Well.")
    run_jobs()
    assert "inglês" in client.get(f"/pt/comments/{comment.pk}/fragment/").content.decode()
    assert "английск" in client.get(f"/ru/comments/{comment.pk}/fragment/").content.decode()


def test_fragments_are_the_same_for_everybody(client: Client, thread: Thread, say: Say, ana: User) -> None:
    comment = say("Well.")
    for address in (
        f"/en/threads/{thread.pk}/fragment/",
        f"/en/comments/{comment.pk}/fragment/",
        f"/en/people/{ana.pk}/",
    ):
        client.logout()
        anonymous = client.get(address)
        signed = sign_in(client, ana).get(address)
        assert anonymous.status_code == 200
        assert unmoved(signed.content) == unmoved(anonymous.content)
        for personal in (b"csrf", ana.email.encode(), b"aria-pressed"):
            assert personal not in signed.content
        assert not signed.cookies
        assert "Cookie" not in signed.headers.get("Vary", "")


def test_the_fragment_of_a_thread_holds_its_comments(client: Client, thread: Thread, say: Say) -> None:
    comment = say("Well :smile:")
    text = client.get(f"/ar/threads/{thread.pk}/fragment/?sort=newest").content.decode()
    assert f'id="c{comment.pk}"' in text
    assert 'lang="en" dir="ltr"' in text
    assert "<bdi>Ana</bdi>" in text
    assert f'action="/ar/comments/{comment.pk}/"' in text


def test_the_buttons_of_a_comment_lead_from_its_own_address(client: Client, say: Say, boris: User) -> None:
    comment = say("Well.")
    address = f"/en/comments/{comment.pk}/"
    for do, path in (("reply", "reply/"), ("quote", "reply/?quote=comment"), ("report", "report/")):
        led = client.get(address, {"do": do})
        assert (led.status_code, led.headers["Location"]) == (303, address + path)
    sign_in(client, boris)
    assert client.get(address, {"do": "nothing"}).status_code == 200
    assert client.post(address, {"value": "1"}).status_code == 303
    comment.refresh_from_db()
    assert comment.score == 1
    assert client.post("/en/comments/999999/", {"value": "1"}).status_code == 404


def test_voting_without_script(client: Client, say: Say, boris: User) -> None:
    comment = say("Well.")
    address = f"/en/comments/{comment.pk}/vote/"
    response = client.post(address, {"value": "1"})
    assert "/account/login/" in response.headers["Location"]
    sign_in(client, boris)
    response = client.post(address, {"value": "1"})
    assert (response.status_code, response.headers["Location"][-len(f"#c{comment.pk}") :]) == (
        303,
        f"#c{comment.pk}",
    )
    comment.refresh_from_db()
    assert comment.score == 1
    assert 'aria-pressed="true"' in client.get(address).content.decode()
    client.post(address, {"value": "0"})
    comment.refresh_from_db()
    assert comment.score == 0
    assert client.post(address, {"value": "7"}).status_code == 400
    assert client.get(f"/en/comments/{comment.pk}/vote/", headers=HTMX).status_code == 200


def test_voting_with_htmx(client: Client, say: Say, ana: User, boris: User) -> None:
    comment = say("Well.")
    address = f"/en/comments/{comment.pk}/vote/"
    anonymous = client.post(address, {"value": "1"}, headers=HTMX)
    assert "/account/login/" in anonymous.headers["HX-Redirect"]
    text = sign_in(client, boris).post(address, {"value": "-1"}, headers=HTMX).content.decode()
    assert "\u22121" in text
    assert "<html" not in text
    assert (
        "your own comment"
        in sign_in(client, ana).post(address, {"value": "1"}, headers=HTMX).content.decode()
    )


def test_why_there_is_no_vote_is_said_beside_the_buttons(
    client: Client, say: Say, ana: User, boris: User, moderator: User
) -> None:
    """They stay where they are: what was hidden meanwhile, and one's own."""
    hidden, own = say("Well."), say("And so on.")
    actions.hide(hidden, moderator=moderator, reason="Rude.")
    for comment, voter, sentence in ((hidden, boris, "no longer available"), (own, ana, "your own comment")):
        address = f"/en/comments/{comment.pk}/vote/"
        answer = sign_in(client, voter).post(address, {"value": "1"}, headers=HTMX)
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("next .slot", "afterbegin")


def test_what_is_done_in_the_open_page_stays_in_it(
    client: Client, say: Say, ana: User, boris: User, moderator: User
) -> None:
    """A change, its language, a moderator's decision, a deletion: no part of a page, no other page."""
    comment = say("Well.")
    for person, path, values in (
        (ana, f"/en/comments/{comment.pk}/edit/", {"source": "Well, well."}),
        (ana, f"/en/comments/{comment.pk}/language/", {"language": "fr"}),
        (moderator, f"/en/moderation/comments/{comment.pk}/feature/", {"reason": ""}),
        (moderator, f"/en/moderation/comments/{comment.pk}/hide/", {"ground": "insult"}),
        (ana, f"/en/comments/{comment.pk}/delete/", {}),
    ):
        form = sign_in(client, person).get(path, headers=HTMX).content.decode()
        assert f'hx-post="{path}" hx-target="closest .slot"' in form
        assert "hx-post" not in client.get(path).content.decode()
        answer = client.post(path, values, headers=HTMX)
        assert (answer.status_code, answer.content) == (200, b""), path
        assert json.loads(answer.headers["HX-Trigger"]) == {"comment-stored": {"comment": comment.pk}}
    comment.refresh_from_db()
    assert comment.state == "deleted"
    reported = say("Indeed.", author=ana)
    report = f"/en/comments/{reported.pk}/report/"
    assert "hx-post" in sign_in(client, boris).get(report, headers=HTMX).content.decode()
    assert 'role="status"' in client.post(report, {"reason": "spam"}, headers=HTMX).content.decode()


def test_a_form_of_another_site_is_refused(say: Say, boris: User) -> None:
    comment = say("Well.")
    address = f"/en/comments/{comment.pk}/vote/"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(boris)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {},
    ):
        assert browser.post(address, {"value": "1"}, headers=headers).status_code == 403
    assert browser.post(address, {"value": "1"}, headers={"Origin": "http://testserver"}).status_code == 303


def test_editing_and_deleting_without_script(client: Client, say: Say, ana: User, boris: User) -> None:
    comment = say("Old **words**.")
    edit, delete = f"/en/comments/{comment.pk}/edit/", f"/en/comments/{comment.pk}/delete/"
    assert "/account/login/" in client.get(edit).headers["Location"]
    sign_in(client, boris)
    assert client.get(edit).status_code == 403
    assert client.get(delete).status_code == 403
    assert client.post(delete).status_code == 403
    sign_in(client, ana)
    assert form_values(client, edit) == {"source": "Old **words**."}
    assert client.post(edit, {"source": ""}).status_code == 422
    assert client.post(edit, {"source": "New words."}).status_code == 303
    assert "New words." in client.get(f"/en/comments/{comment.pk}/fragment/").content.decode()
    assert client.get(delete).status_code == 200
    assert client.post(delete).status_code == 303
    comment.refresh_from_db()
    assert comment.state == CommentState.DELETED
    assert client.get(f"/en/comments/{comment.pk}/reply/").status_code == 410


def test_reporting(client: Client, say: Say, boris: User) -> None:
    comment = say("Buy now!")
    address = f"/en/comments/{comment.pk}/report/"
    sign_in(client, boris)
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "nothing"}).status_code == 422
    assert client.post(address, {"reason": "spam", "note": "Look."}).status_code == 200
    assert (Report.objects.get().reason, Report.objects.get().language) == ("spam", "en")


def test_correcting_the_language(client: Client, say: Say, ana: User, boris: User) -> None:
    comment = say("Bom dia.")
    address = f"/en/comments/{comment.pk}/language/"
    assert sign_in(client, boris).get(address).status_code == 403
    assert sign_in(client, ana).get(address).status_code == 200
    assert client.post(address, {"language": "nope"}).status_code == 422
    assert client.post(address, {"language": "pt"}).status_code == 303
    comment.refresh_from_db()
    assert comment.document is not None
    assert comment.document.source_language == "pt"


def test_a_held_comment_says_so_to_its_author(
    client: Client, thread: Thread, ana: User, boris: User, settings: Settings
) -> None:
    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 1
    address = f"/en/threads/{thread.pk}/write/"
    values = form_values(sign_in(client, ana), address)
    response = client.post(address, values | {"source": "Hello."})
    comment = Comment.objects.get()
    own = f"/en/comments/{comment.pk}/"
    assert response.headers["Location"] == own
    assert "once a moderator has read it" in client.get(own).content.decode()
    assert sign_in(client, boris).get(own).status_code == 410
    assert client.get(f"/c/{comment.pk}").status_code == 404
    assert client.get(f"/en/comments/{comment.pk}/fragment/").status_code == 404


def test_locked_and_suspended_get_a_sentence(
    client: Client, thread: Thread, ana: User, moderator: User
) -> None:
    address = f"/en/threads/{thread.pk}/write/"
    actions.lock(thread, moderator=moderator, reason="Enough.")
    assert client.get(address).status_code == 403
    response = sign_in(client, ana).get(address)
    assert (response.status_code, "closed" in response.content.decode()) == (403, True)
    actions.unlock(thread, moderator=moderator)
    values = form_values(client, address)
    actions.suspend_account(ana, moderator=moderator, reason="Spam.")
    response = client.post(address, values | {"source": "Hello."})
    assert (response.status_code, "suspended" in response.content.decode()) == (403, True)
    assert response.context["form"]["source"].value() == "Hello."


def test_me(client: Client, thread: Thread, say: Say, ana: User, boris: User) -> None:
    comment = say("Well.")
    actions.vote(comment, voter=boris, value=1)
    anonymous = client.get(f"/en/me.json?thread={thread.pk}")
    assert anonymous.json() == {"signed_in": False}
    assert not anonymous.cookies
    response = sign_in(client, boris).get(f"/en/me.json?thread={thread.pk}")
    told = json.loads(response.content)
    assert told["votes"] == {str(comment.pk): 1}
    assert told["csrf"]
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get("/en/me.json?thread=nonsense").json()["signed_in"]


def test_moderation_pages(client: Client, say: Say, ana: User, boris: User, moderator: User) -> None:
    comment = say("Rude words.")
    actions.report(comment, reporter=boris, reason="insult", language="en")  # type: ignore[arg-type]
    for address in ("/en/moderation/", "/en/moderation/decisions/"):
        client.logout()
        assert "/account/login/" in client.get(address).headers["Location"]
        assert sign_in(client, ana).get(address).status_code == 403
        assert sign_in(client, moderator).get(address).status_code == 200
    assert "Rude words." in client.get("/en/moderation/").content.decode()
    hide = f"/en/moderation/comments/{comment.pk}/hide/"
    assert client.get(hide).status_code == 200
    assert client.post(hide, {"reason": ""}).status_code == 422
    assert client.post(hide, {"reason": "An insult."}).status_code == 303
    assert client.post(hide, {"reason": "An insult."}).status_code == 409
    assert client.post(f"/en/moderation/comments/{comment.pk}/explode/", {}).status_code == 404
    lock = f"/en/moderation/threads/{comment.thread_id}/lock/"
    assert client.post(lock, {"reason": "Enough."}).status_code == 303
    suspend = f"/en/moderation/people/{ana.pk}/suspend/"
    assert client.get(suspend).status_code == 200
    assert client.post(suspend, {"reason": "Insults.", "days": "7"}).status_code == 303
    ana.refresh_from_db()
    assert ana.suspended_until is not None
    log = client.get("/en/moderation/decisions/").content.decode()
    assert "An insult." in log
    assert Decision.objects.count() == 3
    sign_in(client, boris)
    assert client.post(f"/en/moderation/comments/{comment.pk}/restore/", {"reason": ""}).status_code == 403
    comment.refresh_from_db()
    assert comment.state == CommentState.HIDDEN


def test_a_person_s_page_shows_what_they_wrote(client: Client, say: Say, ana: User, thread: Thread) -> None:
    say("What I think.")
    other = say("Gone.")
    actions.delete(other, author=ana)
    text = client.get(f"/fr/people/{ana.pk}/").content.decode()
    assert "What I think." in text
    assert "Gone." not in text
    translation.set_visibility(thread.document, visible=False)
    assert "What I think." not in client.get(f"/fr/people/{ana.pk}/").content.decode()


def test_every_page_renders_in_every_language(client: Client, say: Say, ana: User, moderator: User) -> None:
    comment = say("Well.")
    mine = actions.post(comment.thread, author=moderator, draft=draft("Mine."))
    sign_in(client, moderator)
    pages = [f"comments/{comment.pk}/{page}" for page in ("", "reply/", "report/", "vote/", "language/")]
    pages += [f"comments/{mine.pk}/{page}" for page in ("", "edit/", "delete/")]
    pages += [f"threads/{comment.thread_id}/write/", "moderation/", "moderation/decisions/"]
    for language in ("en", "fr", "es", "pt", "ru", "ar"):
        for page in pages:
            response = client.get(f"/{language}/{page}")
            text = response.content.decode()
            assert response.status_code == 200, page
            assert f'<html lang="{language}"' in text
            assert "<script>" not in text
            assert " style=" not in text
            assert " onclick" not in text


def test_hostile_names_and_words_are_escaped(client: Client, thread: Thread) -> None:
    villain = make_person("Villain")
    User.objects.filter(pk=villain.pk).update(display_name="<script>alert(1)</script>")
    villain.refresh_from_db()
    comment = actions.post(thread, author=villain, draft=draft("<img src=x onerror=alert(1)>"))
    for address in (f"/en/comments/{comment.pk}/fragment/", f"/en/people/{villain.pk}/"):
        text = client.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img" not in text
