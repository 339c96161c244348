"""The configurations in deploy/, each before the tiny site, where the server is installed."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.delivery.processes import free_port, wait_until
from tests.delivery.stack import ROOT, Reader, Stack

pytestmark = pytest.mark.db

DEPLOY = ROOT / "deploy"
WITHDRAWN = '{"topics": ["thread:7"], "event": "comment", "language": null, "data": {}, "withdraws": true}'
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class Proxied:
    """A server before the stack; `port` and `url` as the stack has them."""

    def __init__(self, stack: Stack, port: int) -> None:
        self.stack, self.port, self.directory = stack, port, stack.directory

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def text(self, **headers: str) -> str:
        return httpx.get(self.url("/fr/page/"), headers=headers).text

    def say(self, words: str) -> None:
        (self.directory / "words").write_text(words)
        with Reader(self.stack, "topics=thread:7") as page:
            self.stack.notify(WITHDRAWN)
            assert page.block()["event"] == "comment"


def nginx(stack: Stack, port: int, folder: Path) -> list[str]:
    told = (DEPLOY / "nginx.conf").read_text()
    told = told.replace("127.0.0.1:8000", f"127.0.0.1:{stack.port}").replace(
        "listen 80;", f"listen 127.0.0.1:{port};"
    )
    told = told.replace("/var/cache/nginx/dragoman", str(folder / "cache"))
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} pid {folder / 'pid'}; error_log {folder / 'errors'};"
        f"events {{}} http {{ access_log off; {temporary} {told} }}"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(stack: Stack, port: int, folder: Path) -> list[str]:
    told = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{stack.port}")
    told = told.replace("news.example {", f"http://:{port} {{")
    told = told.replace("grace_period 3s", f"grace_period 3s\n\tadmin off\n\tstorage file_system {folder}")
    (folder / "Caddyfile").write_text(told)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def varnish(stack: Stack, port: int, folder: Path) -> list[str]:
    told = (DEPLOY / "varnish.vcl").read_text().replace('.port = "8000"', f'.port = "{stack.port}"')
    (folder / "varnish.vcl").write_text(told)
    return [
        "varnishd", "-F", "-j", "none", "-n", str(folder / "work"), "-a", f"127.0.0.1:{port}",
        "-f", str(folder / "varnish.vcl"), "-s", "malloc,16m",
    ]  # fmt: skip


SERVERS: dict[str, Callable[[Stack, int, Path], list[str]]] = {
    "nginx": nginx,
    "caddy": caddy,
    "varnishd": varnish,
}


@contextmanager
def before(stack: Stack, name: str, folder: Path) -> Iterator[Proxied]:
    if shutil.which(name, path=SBIN) is None:
        pytest.skip(
            f"{name} is not installed (Debian: apt-get install {name.replace('varnishd', 'varnish')})"
        )
    port = free_port()
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        SERVERS[name](stack, port, folder), stdout=log, stderr=log, env=os.environ | {"PATH": SBIN}
    )
    try:
        proxied = Proxied(stack, port)

        def answers() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            with suppress(httpx.HTTPError):
                return httpx.get(proxied.url("/healthz")).status_code == 200
            return False

        wait_until(answers, f"{name} to answer")
        yield proxied
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture(scope="module", params=list(SERVERS))
def proxied(
    request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    wait_until(stack.answers, "the stack to answer")
    with before(stack, request.param, tmp_path_factory.mktemp(request.param)) as one:
        yield one


def test_pages_pass_with_what_readers_need(proxied: Proxied) -> None:
    answer = httpx.get(proxied.url("/fr/page/"), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "surrogate-key" not in answer.headers
    assert "max-age=0" in answer.headers["cache-control"]
    same = httpx.get(
        proxied.url("/fr/page/"), headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["etag"]}
    )
    assert same.status_code == 304


def test_what_was_withdrawn_is_gone_within_the_seconds_that_caches_may_keep_it(proxied: Proxied) -> None:
    proxied.say("a secret")
    wait_until(lambda: "a secret" in proxied.text(), "the page", 5)
    proxied.say("nothing")
    wait_until(lambda: "a secret" not in proxied.text(), "the cache to let go", 5)
    assert "nothing" in proxied.text()


def test_who_is_signed_in_sees_at_once_what_they_wrote(proxied: Proxied) -> None:
    for number in range(3):
        proxied.text()
        proxied.say(f"remark {number}")
        assert f"remark {number}" in proxied.text(Cookie="a=b; sessionid=x")
        assert f"remark {number}" in proxied.text(**{"Cache-Control": "no-cache"})


def test_preferences_are_not_mixed(proxied: Proxied) -> None:
    plain = httpx.get(proxied.url("/fr/page/"))
    preferring = httpx.get(proxied.url("/fr/page/"), headers={"Cookie": "x=y; dragoman_reads=en.es"})
    again = httpx.get(proxied.url("/fr/page/"))
    assert "private" not in plain.headers["cache-control"]
    assert "private" in preferring.headers["cache-control"]
    assert "private" not in again.headers["cache-control"]


def test_live_events_pass_as_they_come(proxied: Proxied) -> None:
    with Reader(proxied, "topics=thread:77") as page:  # type: ignore[arg-type]
        assert page.status.endswith("200 OK")
        for number in range(3):
            proxied.stack.notify(
                f'{{"topics": ["thread:77"], "event": "comment", "language": null, "data": {{"comment": {number}}}}}'
            )
            assert page.block()["data"] == f'{{"comment":{number}}}'


def test_who_asked_is_told_on(proxied: Proxied) -> None:
    told = httpx.get(proxied.url("/echo"), headers={"X-Forwarded-For": "198.51.100.7"}).json()
    assert f"127.0.0.1:{proxied.port}" in (told["HTTP_HOST"], told.get("HTTP_X_FORWARDED_HOST"))
    assert "198.51.100.7" not in told["HTTP_X_FORWARDED_FOR"] or re.search(
        r"127\.0\.0\.1$", told["HTTP_X_FORWARDED_FOR"]
    )
    posted = httpx.post(proxied.url("/echo"), content=b"words" * 1000)
    assert posted.json()["body"] == "words" * 1000


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_a_host_that_is_gone_is_noticed_by_nobody(
    stack: Stack, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))  # nobody listens
        monkeypatch.setitem(SERVERS, name, partial(with_another, SERVERS[name], gone.getsockname()[1]))
        with before(stack, name, tmp_path) as one:
            for number in range(20):
                assert httpx.get(one.url(f"/echo?{number}")).status_code == 200
                assert httpx.post(one.url("/echo"), content=b"words").json()["body"] == "words"


def with_another(
    command: Callable[[Stack, int, Path], list[str]], other: int, stack: Stack, port: int, folder: Path
) -> list[str]:
    """The same server, told of one host more in the way its configuration says."""
    told = command(stack, port, folder)
    file = Path(told[-1])
    one, text = f"127.0.0.1:{stack.port}", file.read_text()
    for line in [line for line in text.splitlines() if one in line]:
        more = line.replace(one, f"127.0.0.1:{other}")
        text = text.replace(
            line, f"{more}\n{line}" if "server" in line else line.replace(one, f"{one} 127.0.0.1:{other}")
        )
    file.write_text(text)
    return told


def test_varnish_throws_away_by_surrogate_key(stack: Stack, tmp_path: Path) -> None:
    with before(stack, "varnishd", tmp_path) as one:
        one.say("one")
        assert "one" in one.text()
        assert httpx.request("BAN", one.url("/"), headers={"Surrogate-Key": "thread:7"}).status_code == 200
        assert httpx.request("BAN", one.url("/"), headers={"Surrogate-Key": ".*"}).status_code == 400
