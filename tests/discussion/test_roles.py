"""Who may do what: every cell of the table over HTTP, and the same table in `docs/roles.md`.

`yes`: it is done. `held`: it waits for a moderator. `sign in`: first. `no`: 403, and nothing has changed.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve
from django.utils import timezone
from pytest_django import Settings

from dragoman.discussion import actions, urls, wagtail_hooks
from dragoman.discussion.models import (
    Act,
    Appeal,
    Comment,
    Decision,
    HouseRules,
    ListedWord,
    PersonNote,
    Report,
    Thread,
    Vote,
)
from dragoman.people.models import User
from tests.discussion.conftest import draft, make_moderator, make_person, make_story

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "roles.md"
ROLES = (
    "anonymous",
    "newcomer",
    "reader",
    "author",
    "suspended",
    "banned",
    "staff",
    "moderator",
    "editor",
    "superuser",
)
TABLE = """
| read the discussion | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| read one comment | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| find the discussion | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| what is personal | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| what somebody wrote | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| the emoticons | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| write | sign in | held | yes | yes | no | no | yes | yes | yes | yes |
| write where it is closed | sign in | no | no | no | no | no | yes | yes | yes | yes |
| reply | sign in | held | yes | yes | no | no | yes | yes | yes | yes |
| edit the author's comment | sign in | no | no | yes | no | no | no | no | no | no |
| delete the author's comment | sign in | no | no | yes | no | no | no | no | no | no |
| see the author's comment and what one may do | sign in | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| vote for the author's comment | sign in | yes | yes | no | no | no | yes | yes | yes | yes |
| report the author's comment | sign in | yes | yes | no | no | no | yes | yes | yes | yes |
| correct the language of the author's comment | sign in | no | no | yes | no | no | yes | yes | yes | yes |
| follow the discussion | sign in | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| ignore somebody | sign in | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| read one's notifications | sign in | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| settings of notifications | sign in | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| decisions about oneself | sign in | yes | yes | yes | yes | yes | yes | yes | yes | yes |
| appeal against a decision on the author | sign in | no | no | yes | no | no | no | no | no | no |
| see what waits | sign in | no | no | no | no | no | yes | yes | yes | yes |
| read the log | sign in | no | no | no | no | no | yes | yes | yes | yes |
| read a person's history | sign in | no | no | no | no | no | yes | yes | yes | yes |
| write a note on a person | sign in | no | no | no | no | no | yes | yes | yes | yes |
| delete a note | sign in | no | no | no | no | no | yes | yes | yes | yes |
| approve | sign in | no | no | no | no | no | yes | yes | yes | yes |
| hide | sign in | no | no | no | no | no | yes | yes | yes | yes |
| restore | sign in | no | no | no | no | no | yes | yes | yes | yes |
| delete for good | sign in | no | no | no | no | no | yes | yes | yes | yes |
| settle reports | sign in | no | no | no | no | no | yes | yes | yes | yes |
| feature | sign in | no | no | no | no | no | yes | yes | yes | yes |
| feature no longer | sign in | no | no | no | no | no | yes | yes | yes | yes |
| pin | sign in | no | no | no | no | no | yes | yes | yes | yes |
| unpin | sign in | no | no | no | no | no | yes | yes | yes | yes |
| decide on several | sign in | no | no | no | no | no | yes | yes | yes | yes |
| close | sign in | no | no | no | no | no | yes | yes | yes | yes |
| open | sign in | no | no | no | no | no | yes | yes | yes | yes |
| rules of a discussion | sign in | no | no | no | no | no | yes | yes | yes | yes |
| warn | sign in | no | no | no | no | no | yes | yes | yes | yes |
| suspend | sign in | no | no | no | no | no | yes | yes | yes | yes |
| ban | sign in | no | no | no | no | no | yes | yes | yes | yes |
| reinstate | sign in | no | no | no | no | no | yes | yes | yes | yes |
| suspend an editor | sign in | no | no | no | no | no | no | no | no | yes |
| decide on an appeal | sign in | no | no | no | no | no | yes | yes | yes | yes |
| see the house rules | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| change the house rules | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| see the word lists | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| add words | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| remove words | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| try the word lists | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| export the word lists | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| see the figures | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| see a thread's figures | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
| take the figures | sign in | sign in | sign in | sign in | sign in | sign in | sign in | sign in | yes | yes |
"""


@dataclass
class World:
    """A discussion in which everything can be done that the table names."""

    people: dict[str, User]
    thread: Thread
    locked: Thread
    comment: Comment  # by the author
    other: Comment  # by somebody else, live, with an open report
    featured: Comment
    held: Comment
    hidden: Comment
    somebody: User
    suspended: User
    decision: Decision  # about the author
    appeal: Appeal
    note: PersonNote
    word: ListedWord


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    chief = make_moderator("Chief moderator")
    people = {role: make_person(f"The {role}".replace(" ", "-")) for role in ROLES[1:]}
    somebody, outcast = make_person("Somebody"), make_person("Outcast")
    thread = Thread.objects.get(document=make_story())
    locked = Thread.objects.get(document=make_story("Another"))
    said = {
        role: actions.post(thread, author=person, draft=draft("Here I am."))
        for role, person in people.items()
        if role != "newcomer"
    }
    other = actions.post(thread, author=somebody, draft=draft("Something else."))
    actions.report(other, reporter=outcast, reason="spam", language="en")  # type: ignore[arg-type]
    hidden = actions.post(thread, author=somebody, draft=draft("Something bad."))
    featured = actions.post(thread, author=somebody, draft=draft("Something good."))
    actions.hide(hidden, moderator=chief, reason="Bad.")
    actions.feature(featured, moderator=chief)
    actions.pin(featured, moderator=chief)
    actions.lock(locked, moderator=chief, reason="Enough.")
    actions.suspend_account(
        people["suspended"], moderator=chief, reason="Spam.", until=timezone.now() + timedelta(days=1)
    )
    actions.ban(people["banned"], moderator=chief, reason="Spam.")
    actions.suspend_account(outcast, moderator=chief, reason="Spam.")
    settings.DISCUSSION_PREMODERATE = True
    held = actions.post(thread, author=somebody, draft=draft("Something new."))
    settings.DISCUSSION_PREMODERATE = False
    settings.DISCUSSION_HOLD_FIRST_COMMENTS = 1
    settings.DISCUSSION_DUPLICATE_HOURS = 0
    _give_roles(people)
    warning = actions.warn(people["author"], moderator=chief, reason="Careful.")
    appeal = actions.appeal(
        Decision.objects.get(act=Act.HIDE), author=somebody, words="It was not bad.", language="en"
    )
    return World(
        people={role: User.objects.get(pk=person.pk) for role, person in people.items()},
        thread=thread,
        locked=locked,
        comment=said["author"],
        other=other,
        featured=featured,
        held=held,
        hidden=hidden,
        somebody=somebody,
        suspended=outcast,
        decision=warning,
        appeal=appeal,
        note=actions.write_note(somebody, moderator=chief, text="Watch."),
        word=ListedWord.objects.create(language="en", text="turnip", kind="suspect"),
    )


def _give_roles(people: dict[str, User]) -> None:
    people["moderator"].groups.add(Group.objects.get(name="Discussion moderators"))
    User.objects.filter(pk__in=[people[role].pk for role in ("staff", "editor", "superuser")]).update(
        is_staff=True
    )
    User.objects.filter(pk=people["superuser"].pk).update(is_superuser=True)
    for codename in ("set_house_rules", "access_admin"):
        people["editor"].user_permissions.add(Permission.objects.get(codename=codename))


Ask = Callable[[Client, World], Any]
REASON = {"reason": "Because.", "ground": "spam"}


def got(address: str) -> Ask:
    return lambda client, world: client.get(address.format(w=world))


def sent(address: str, **form: str) -> Ask:
    return lambda client, world: client.post(
        address.format(w=world), {name: value.format(w=world) for name, value in form.items()}
    )


def written(address: str) -> Ask:
    def ask(client: Client, world: World) -> Any:
        form = {"source": "What I think.", "language": "en", "submission": str(uuid.uuid4())}
        return client.post(address.format(w=world), form)

    return ask


def decided(on: str, act: str, **more: str) -> Ask:
    return sent(f"/en/moderation/{on}/{act}/", **REASON, **more)


ACTIONS: dict[str, Ask] = {
    "read the discussion": got("/en/threads/{w.thread.pk}/fragment/"),
    "read one comment": got("/en/comments/{w.comment.pk}/fragment/"),
    "find the discussion": got("/en/threads/{w.thread.pk}/"),
    "what is personal": got("/en/me.json"),
    "what somebody wrote": got("/en/people/{w.somebody.pk}/comments/"),
    "the emoticons": got("/en/emoticons.json"),
    "write": written("/en/threads/{w.thread.pk}/write/"),
    "write where it is closed": written("/en/threads/{w.locked.pk}/write/"),
    "reply": written("/en/comments/{w.other.pk}/reply/"),
    "edit the author's comment": sent("/en/comments/{w.comment.pk}/edit/", source="Better words."),
    "delete the author's comment": sent("/en/comments/{w.comment.pk}/delete/"),
    "see the author's comment and what one may do": got("/en/comments/{w.comment.pk}/"),
    "vote for the author's comment": sent("/en/comments/{w.comment.pk}/vote/", value="1"),
    "report the author's comment": sent("/en/comments/{w.comment.pk}/report/", reason="spam"),
    "correct the language of the author's comment": sent(
        "/en/comments/{w.comment.pk}/language/", language="pt"
    ),
    "follow the discussion": sent("/en/threads/{w.thread.pk}/follow/"),
    "ignore somebody": sent("/en/people/{w.somebody.pk}/ignore/"),
    "read one's notifications": got("/en/notifications/"),
    "settings of notifications": got("/en/account/notifications/"),
    "decisions about oneself": got("/en/decisions/"),
    "appeal against a decision on the author": sent(
        "/en/decisions/{w.decision.pk}/appeal/", words="It was not so."
    ),
    "see what waits": got("/en/moderation/"),
    "read the log": got("/en/moderation/decisions/"),
    "read a person's history": got("/en/moderation/people/{w.somebody.pk}/"),
    "write a note on a person": sent("/en/moderation/people/{w.somebody.pk}/notes/", text="Kind."),
    "delete a note": sent("/en/moderation/notes/{w.note.pk}/delete/"),
    "approve": decided("comments/{w.held.pk}", "approve"),
    "hide": decided("comments/{w.other.pk}", "hide"),
    "restore": decided("comments/{w.hidden.pk}", "restore"),
    "delete for good": decided("comments/{w.other.pk}", "remove"),
    "settle reports": decided("comments/{w.other.pk}", "dismiss"),
    "feature": decided("comments/{w.other.pk}", "feature"),
    "feature no longer": decided("comments/{w.featured.pk}", "unfeature"),
    "pin": decided("comments/{w.other.pk}", "pin"),
    "unpin": decided("comments/{w.featured.pk}", "unpin"),
    "decide on several": sent("/en/moderation/at-once/", do="approve", case="{w.held.pk}:"),
    "close": decided("threads/{w.thread.pk}", "lock"),
    "open": decided("threads/{w.locked.pk}", "unlock"),
    "rules of a discussion": sent("/en/moderation/threads/{w.thread.pk}/rules/", slow_seconds="60"),
    "warn": decided("people/{w.somebody.pk}", "warn"),
    "suspend": decided("people/{w.somebody.pk}", "suspend", days="7"),
    "ban": decided("people/{w.somebody.pk}", "ban", hide_comments="on"),
    "reinstate": decided("people/{w.suspended.pk}", "reinstate"),
    "suspend an editor": decided("people/{w.people[editor].pk}", "suspend", days="7"),
    "decide on an appeal": sent("/en/moderation/appeals/{w.appeal.pk}/", do="overturn", **REASON),
    "see the house rules": got("/admin/discussion/rules/"),
    "change the house rules": sent("/admin/discussion/rules/", links="4"),
    "see the word lists": got("/admin/discussion/words/"),
    "add words": sent("/admin/discussion/words/", language="en", kind="banned", words="nabo"),
    "remove words": sent("/admin/discussion/words/remove/", word="{w.word.pk}"),
    "try the word lists": sent("/admin/discussion/words/try/", text="nabo", language="en"),
    "export the word lists": got("/admin/discussion/words/words.tsv"),
    "see the figures": got("/admin/discussion/statistics/"),
    "see a thread's figures": got("/admin/discussion/statistics/{w.thread.pk}/"),
    "take the figures": got("/admin/discussion/statistics/days.csv"),
}
# Not in the table: what leads everybody to a public place, or is one's own by a key that nobody else has.
FOR_EVERYBODY_OR_BY_KEY = {
    "quote",
    "preview",
    "notifications_read",
    "notification",
    "unsubscribe",
    "seen",
}


def outcome(response: HttpResponse, held: bool) -> str:
    if response.status_code in (302, 303):
        place = response.headers["Location"]
        if "/account/login/" in place:
            return "sign in"
        if place == "/admin/":  # how the admin refuses
            return "no"
        return "held" if held else "yes"
    known = {200: "yes", 403: "no", 404: "none", 410: "gone"}
    return known.get(response.status_code, str(response.status_code))


class Undo(Exception):
    """Nothing of this stays."""


@contextmanager
def undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def everything() -> list[Any]:
    """Whatever an act of the table could change."""
    models = (Decision, Comment, Thread, Report, Vote, PersonNote, ListedWord, HouseRules, Appeal)
    suspended = list(User.objects.order_by("pk").values_list("pk", "suspended_at"))
    return [*(list(model.objects.order_by("pk").values()) for model in models), suspended]


def cell(world: World, role: str, ask: Ask) -> str:
    client = Client()
    person = world.people.get(role)
    if person is not None:
        client.force_login(person)
    with undone():
        before, newest = everything(), Comment.objects.latest("pk").pk
        response = ask(client, world)
        held = Comment.objects.filter(pk__gt=newest, state="held").exists()
        found = outcome(response, held)
        if found not in ("yes", "held"):
            assert everything() == before, (role, found)
    return found


def told() -> dict[str, list[str]]:
    lines = [line.strip().strip("|").split("|") for line in TABLE.strip().splitlines()]
    return {parts[0].strip(): [part.strip() for part in parts[1:]] for parts in lines}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_cell(world: World, action: str) -> None:
    assert [cell(world, role, ACTIONS[action]) for role in ROLES] == told()[action]


def test_every_address_is_in_the_table(world: World) -> None:
    """Of the discussion's views: a new one needs a row."""
    asked: list[str] = []

    class Note(Client):
        def request(self, **request: Any) -> Any:
            asked.append(request["PATH_INFO"])
            return super().request(**request)

    for ask in ACTIONS.values():
        with undone():
            ask(Note(), world)
    reached = {resolve(path).url_name for path in asked}
    every = {*names(urls.urlpatterns), *names(wagtail_hooks.admin_urls())}
    assert every - reached - FOR_EVERYBODY_OR_BY_KEY == set()


def names(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str | None]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name


def rendered() -> str:
    head = f"| | {' | '.join(ROLES)} |\n|---|{'---|' * len(ROLES)}\n"
    rows = "".join(f"| {action} | {' | '.join(cells)} |\n" for action, cells in told().items())
    return f"""# Who may do what in the discussion

Every cell is tested over HTTP (`tests/discussion/test_roles.py`, which holds this table).

`yes`: it is done. `held`: it waits for a moderator, as a newcomer's first comments do here. `sign in`: first (so the
admin answers whoever may not enter it). `no`: refused with a sentence, and nothing has changed.

*newcomer*: nothing of theirs stands yet. *author*: who wrote the comment in question. *staff*: an account of the
newsroom, the writer of the story among them. *moderator*: a member of the group "Discussion moderators". *editor*:
staff that may change the rules of the discussion. A suspended moderator moderates nothing.

{head}{rows}"""


def test_the_table_is_documented() -> None:
    assert DOCUMENT.read_text("utf-8") == rendered()


def test_a_suspended_moderator_moderates_nothing(world: World) -> None:
    moderator = world.people["moderator"]
    actions.suspend_account(moderator, moderator=world.people["superuser"], reason="Spam.")
    for action in ("see what waits", "hide", "decide on several", "ban"):
        assert cell(world, "moderator", ACTIONS[action]) == "no"
