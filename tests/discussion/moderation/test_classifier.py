"""The classifier's hook, against a server on this machine: signed, never waited for, skipped when it fails."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import ValidationError
from pytest_django import Settings

from dragoman.discussion import actions
from dragoman.discussion.models import Act, Comment, Decision, HeldFor
from dragoman.languages.view import View
from dragoman.people.models import User
from dragoman.site.config import ClassifierConfig
from tests.discussion.conftest import Say

KEY = "a key for tests"


class Service:
    """What it was asked, and what it is to answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.answer: bytes = b'{"result": "allow"}'
        self.status = 200
        self.delay = threading.Event()
        self.delay.set()

    def say(self, result: str, reason: str = "") -> None:
        self.answer = json.dumps({"result": result, "reason": reason}).encode()


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
            told.delay.wait(10)
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.answer)))
            self.end_headers()
            self.wfile.write(told.answer)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/judge"
    settings.DISCUSSION_CLASSIFIER = ClassifierConfig(url=address, key=KEY, timeout_seconds=0.5)  # type: ignore[arg-type]
    yield told
    told.delay.set()
    server.shutdown()
    server.server_close()


def state(comment: Comment) -> tuple[str, str]:
    comment.refresh_from_db()
    return comment.state, comment.held_for


def test_it_is_asked_in_a_job_and_signed(
    say: Say, service: Service, run_jobs: Callable[[], int], settings: Settings, moderator: User
) -> None:
    comment = say("What do you **think**?")
    say("Mine.", author=moderator)
    assert service.asked == []
    run_jobs()
    ((headers, body),) = service.asked
    told = json.loads(body)
    assert told["comment"] == comment.pk
    assert told["text"] == "What do you **think**?"
    assert "author" not in told
    signed = headers["x-dragoman-timestamp"].encode() + b"." + body
    expected = "v1=" + hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-dragoman-signature"] == expected
    assert abs(int(headers["x-dragoman-timestamp"]) - time.time()) < 60
    settings.DISCUSSION_CLASSIFIER = settings.DISCUSSION_CLASSIFIER.model_copy(
        update={"send_text": False, "send_author": True}
    )
    second = say("Another.")
    run_jobs()
    told = json.loads(service.asked[-1][1])
    assert "text" not in told
    assert (told["comment"], told["author"]) == (second.pk, second.author_id)


@pytest.mark.parametrize(
    ("result", "shown", "held"),
    [("allow", "live", ""), ("hold", "held", "suspect"), ("refuse", "hidden", "")],
)
def test_verdicts(
    say: Say, ana: User, service: Service, run_jobs: Callable[[], int], result: str, shown: str, held: str
) -> None:
    service.say(result, "Looks like an\n advertisement.")
    comment = say("Buy now!")
    assert state(comment) == ("live", "")
    run_jobs()
    assert state(comment) == (shown, held)
    log = [(each.act, each.rule, each.concerned) for each in Decision.objects.all()]
    assert (
        log
        == {
            "allow": [],
            "hold": [(Act.HOLD, "classifier", ana)],
            "refuse": [(Act.HIDE, "classifier", ana)],
        }[result]
    )


def test_it_may_hold_until_it_has_answered_and_a_failure_is_as_if_there_were_none(
    say: Say, service: Service, run_jobs: Callable[[], int], settings: Settings
) -> None:
    settings.DISCUSSION_HOLD_UNTIL_CLASSIFIED = True
    comment = say("One.")
    assert state(comment) == ("held", HeldFor.CLASSIFIER)
    run_jobs()
    assert state(comment) == ("live", "")
    service.say("hold")
    comment = say("Two.")
    run_jobs()
    assert state(comment) == ("held", HeldFor.SUSPECT)
    for status, answer in (
        (500, b'{"result": "refuse"}'),
        (302, b""),
        (200, b"[]"),
        (200, b"not json"),
        (200, b'{"result": "explode"}'),
        (200, b"x" * 200_000),
    ):
        service.status, service.answer = status, answer
        comment = say(f"Answered with {status} and {len(answer)}.")
        run_jobs()
        assert state(comment) == ("live", ""), (status, answer[:30])
    service.status = 200
    service.say("refuse")
    service.delay.clear()
    comment = say("Too slow.")
    run_jobs()
    service.delay.set()
    assert state(comment) == ("live", "")


def test_a_verdict_on_words_that_changed_or_that_people_judged_does_nothing(
    say: Say, ana: User, moderator: User, service: Service, run_jobs: Callable[[], int], settings: Settings
) -> None:
    settings.DISCUSSION_HOLD_UNTIL_CLASSIFIED = True
    comment = say("One.")
    assert comment.document is not None
    old = comment.document.current_id
    actions.edit(comment, author=ana, source="One, better.", view=View("en"))
    from dragoman.discussion.moderation.classifier import Result, Verdict

    actions.apply_verdict(comment, revision=old or 0, verdict=Verdict(Result.REFUSE))
    assert state(comment) == ("held", HeldFor.CLASSIFIER)
    actions.hide(comment, moderator=moderator, reason="Rude.")
    run_jobs()
    assert state(comment)[0] == "hidden"


def test_a_classifier_needs_a_key_and_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (
        {"url": "https://judge.example/"},
        {"url": "ftp://judge.example/", "key": KEY},
        {"url": "https://a:b@c/", "key": KEY},
    ):
        with pytest.raises(ValidationError) as fault:
            ClassifierConfig(**wrong)  # type: ignore[arg-type]
        assert KEY not in str(fault.value)
    monkeypatch.setenv("JUDGE_KEY", KEY)
    assert ClassifierConfig(url="https://judge.example/", key_variable="JUDGE_KEY").secret() == KEY


def test_a_language_found_later_brings_its_lists(
    say: Say, run_jobs: Callable[[], int], fake_engine: object
) -> None:
    chief = User.objects.create_superuser("chief@example.org", display_name="Chief")
    actions.add_words([("pt", "nabo", "banned")], by=chief)  # type: ignore[list-item]
    comment = say("Este presidente da câmara é um grande nabo e toda a gente sabe disso.", language="en")
    assert state(comment)[0] == "live"
    run_jobs()
    assert comment.document is not None
    comment.document.refresh_from_db()
    assert comment.document.source_language == "pt"
    assert state(comment) == ("held", HeldFor.SUSPECT)
