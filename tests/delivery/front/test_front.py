"""The front as it runs: under uvicorn, before the tiny site, with a real database."""

import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.delivery.processes import wait_until
from tests.delivery.stack import Reader, Stack

pytestmark = pytest.mark.db


def test_the_front_imports_no_django() -> None:
    code = (
        "import sys, dragoman.delivery.front.app\n"
        "found = [name for name in sys.modules if name.partition('.')[0] in ('django', 'wagtail', 'procrastinate')]\n"
        "sys.exit(' '.join(found) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_health_and_readiness(stack: Stack) -> None:
    assert httpx.get(stack.url("/healthz")).text == "ok\n"
    wait_until(stack.answers, "the stack to answer")
    assert httpx.get(stack.url("/readyz")).text == "ok\n"


def test_a_request_arrives_as_it_was_sent(stack: Stack) -> None:
    headers = {"X-Forwarded-For": "10.9.9.9", "X_Forwarded_Host": "evil.example", "Accept-Language": "fr"}
    answer = httpx.post(stack.url("/a%20b?x=%C3%A9"), content="words", headers=headers)
    told = answer.json()
    assert told["PATH_INFO"] == "/a b"
    assert told["QUERY_STRING"] == "x=%C3%A9"
    assert told["body"] == "words"
    assert told["HTTP_ACCEPT_LANGUAGE"] == "fr"
    assert told["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert told["HTTP_X_FORWARDED_HOST"] == told["HTTP_HOST"] == f"127.0.0.1:{stack.port}"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert not any(name.startswith("x-dragoman") for name in answer.headers)


def test_a_body_without_declared_length_arrives(stack: Stack) -> None:
    told = httpx.post(stack.url("/"), content=iter([b"one ", b"two"])).json()
    assert told["body"] == "one two"
    assert told["CONTENT_LENGTH"] == "7"


def test_large_answers_and_empty_ones_pass(stack: Stack) -> None:
    assert httpx.get(stack.url("/large")).content == b"x" * 65_536 * 80
    nothing = httpx.get(stack.url("/nothing"))
    assert (nothing.status_code, nothing.content) == (204, b"")
    head = httpx.head(stack.url("/x"))
    assert (head.status_code, head.content) == (200, b"")


def test_many_at_once_are_all_answered(stack: Stack) -> None:
    def ask(number: int) -> str:
        return str(httpx.get(stack.url(f"/page/{number}"), timeout=30).json()["PATH_INFO"])

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(100))) == [f"/page/{number}" for number in range(100)]


def test_too_large_a_body_is_refused(stack: Stack) -> None:
    before = stack.asked()
    answer = httpx.post(stack.url("/upload"), content=iter([b"x" * 1_048_576] * 13), timeout=30)
    assert answer.status_code == 413
    assert stack.asked() == before


def test_a_broken_answer_is_seen_to_be_broken(stack: Stack) -> None:
    wait_until(stack.answers, "the site to be back")
    with pytest.raises(httpx.HTTPError):
        httpx.get(stack.url("/broken"))
    wait_until(stack.answers, "the site to be back")


def test_a_request_that_kills_the_site_is_not_sent_again(stack: Stack) -> None:
    wait_until(stack.answers, "the site to be back")
    answer = httpx.post(stack.url("/dies"), content="once", timeout=30)
    assert answer.status_code == 503
    assert stack.asked().count("POST /dies") == 1
    wait_until(stack.answers, "the site to be back")


def test_static_and_media_come_from_disk(stack: Stack) -> None:
    (stack.directory / "static" / "site.css").write_text("p{}")
    (stack.directory / "media" / "page.html").write_text("<script>")
    assert httpx.get(stack.url("/static/site.css")).text == "p{}"
    media = httpx.get(stack.url("/media/page.html"))
    assert media.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "path", ["/static/../word", "/static/%2e%2e/word", "/static/..%2fword", "/static//../word"]
)
def test_no_path_leads_out_of_the_folder(stack: Stack, path: str) -> None:
    (stack.directory / "word").write_text("what nobody may read")
    answer = raw(stack, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"what nobody may read" not in answer


def raw(stack: Stack, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as connection:
        connection.sendall(request.encode())
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        return answer


def test_an_event_reaches_every_page_it_is_for(stack: Stack) -> None:
    wait_until(stack.answers, "the listener")
    with (
        Reader(stack, "topics=thread:12,document:7&language=pt") as portuguese,
        Reader(stack, "topics=thread:12&language=fr") as french,
        Reader(stack, "topics=thread:13&language=pt") as elsewhere,
    ):
        assert portuguese.greeting["retry"] == "2000"
        stack.notify('{"topics":["thread:12"],"event":"comment","language":null,"data":{"comment":5}}')
        stack.notify('{"topics":["thread:12"],"event":"edition","language":"pt","data":{}}')
        stack.notify("nonsense")
        stack.notify('{"topics":["thread:12","thread:13"],"event":"end","language":null,"data":{}}')
        told = [portuguese.block() for _ in range(3)]
        assert [block["event"] for block in told] == ["comment", "edition", "end"]
        assert told[0]["data"] == '{"comment":5}'
        assert int(portuguese.greeting["id"]) < int(told[0]["id"]) < int(told[1]["id"])
        assert [french.block()["event"] for _ in range(2)] == ["comment", "end"]
        assert elsewhere.block()["event"] == "end"


def test_who_comes_back_gets_what_it_missed(stack: Stack) -> None:
    wait_until(stack.answers, "the listener")
    with Reader(stack, "topics=thread:21") as reader:
        seen = reader.greeting["id"]
        stack.notify('{"topics":["thread:21"],"event":"comment","language":null,"data":{}}')
        assert reader.block()["event"] == "comment"
    with Reader(stack, "topics=thread:21", f"Last-Event-ID: {seen}\r\n") as again:
        assert again.block()["event"] == "comment"
    with Reader(stack, "topics=thread:21", "Last-Event-ID: 1\r\n") as stranger:
        assert stranger.block()["event"] == "reload"


def test_a_slow_reader_does_not_hold_up_the_others(stack: Stack) -> None:
    wait_until(stack.answers, "the listener")
    filler = "x" * 7000
    with Reader(stack, "topics=thread:31"), Reader(stack, "topics=thread:31,thread:32") as quick:
        heard: list[str] = []
        listening = threading.Thread(target=lambda: _until_end(quick, heard))
        listening.start()
        for _ in range(300):
            stack.notify(
                f'{{"topics":["thread:31"],"event":"comment","language":null,"data":{{"t":"{filler}"}}}}'
            )
        stack.notify('{"topics":["thread:32"],"event":"end","language":null,"data":{}}')
        listening.join(60)
        assert heard[-1] == "end"


def _until_end(reader: Reader, heard: list[str]) -> None:
    while (block := reader.block()) and (not heard or heard[-1] != "end"):
        heard.append(block["event"])
        if block["event"] == "end":
            return


def test_questions_that_make_no_sense_are_refused(stack: Stack) -> None:
    assert httpx.get(stack.url("/live?topics=x")).status_code == 400
    assert httpx.post(stack.url("/live?topics=thread:1")).status_code == 405


def test_what_is_no_http_does_not_hurt(stack: Stack) -> None:
    raw(stack, "nonsense\r\n\r\n")
    raw(stack, "GET /a\x01b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert httpx.get(stack.url("/healthz")).text == "ok\n"


def test_the_folder_of_sockets_is_private(stack: Stack) -> None:
    assert (stack.directory / "web.sock").stat().st_mode & 0o077 == 0
    assert Path(stack.directory / "postgres").stat().st_mode & 0o077 == 0
