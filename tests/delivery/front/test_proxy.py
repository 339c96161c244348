"""Between client, store and Django."""

import asyncio
import gzip
import re
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, cast

import brotli
import pytest

from dragoman.delivery.front import protocol, proxy
from dragoman.delivery.front.changes import Told
from dragoman.delivery.front.encodings import Effort, encode
from dragoman.delivery.front.entries import Sharing
from dragoman.delivery.front.filling import best_moment
from dragoman.delivery.front.proxy import Proxy
from dragoman.delivery.front.store import (
    GRACE_SECONDS,
    SPARE_SECONDS,
    ResponseStore,
)
from dragoman.delivery.front.upstream import BrokenAnswer, MalformedRequest, Unreachable, Upstream
from tests.delivery.front.asgi import Exchange, run, scope

Headers = Iterable[tuple[bytes, bytes]]
PAGE = "/fr/a/1-b/"


def storable(
    names: bytes = b"document:7", parameters: bytes = b"sort", **more: bytes
) -> list[tuple[bytes, bytes]]:
    told = [
        (b"content-type", b"text/html"),
        (b"x-dragoman-dependencies", names),
        (b"x-dragoman-parameters", parameters),
    ]
    return [*told, *((name.replace("_", "-").encode(), value) for name, value in more.items())]


class FakeAnswer:
    def __init__(self, parts: Iterable[bytes | Exception], headers: Headers = (), status: int = 200) -> None:
        self.status, self.headers, self._parts = status, list(headers), parts

    async def parts(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part


class FakeUpstream:
    """Answers, or raises; remembers what it was asked. `during`: what happens while it renders."""

    def __init__(self, outcome: FakeAnswer | Exception) -> None:
        self.outcome = outcome
        self.asked: list[tuple[str, bytes, dict[bytes, bytes], bytes]] = []
        self.during: Callable[[], object] = lambda: None
        self.gate: asyncio.Event | None = None

    @asynccontextmanager
    async def ask(
        self, method: str, target: bytes, headers: Any, body: Iterable[bytes] = ()
    ) -> AsyncIterator[FakeAnswer]:
        self.asked.append((method, target, dict(headers), b"".join(body)))
        outcome = self.outcome
        if self.gate is not None:
            await self.gate.wait()
        self.during()
        if isinstance(outcome, Exception):
            raise outcome
        yield outcome


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Site:
    """A proxy with its store before a fake upstream."""

    def __init__(self, outcome: FakeAnswer | Exception) -> None:
        self.clock = Clock()
        self.store = ResponseStore(clock=self.clock)
        self.store.blind_since = None
        self.upstream = FakeUpstream(outcome)
        self.heard: list[bytes] = []
        self.proxy = Proxy(
            cast(Upstream, self.upstream), self.store, sharing=Sharing(3, 9), heard=self.heard.append
        )

    async def ask(
        self, path: str = PAGE, *, method: str = "GET", query: str = "", body: bytes = b"", **headers: str
    ) -> Exchange:
        exchange = Exchange(body=[body])
        told = [("Host", "x"), *((name.replace("_", "-"), value) for name, value in headers.items())]
        if body:
            told.append(("Content-Length", str(len(body))))
        request = scope(path, method=method, query=query, headers=told)
        await self.proxy.serve(request, exchange.receive, exchange.send)
        return exchange

    def change(self, *topics: str, withdraws: bool = False, language: str | None = None) -> None:
        self.store.hear(Told("comment", frozenset(topics), language, "{}", withdraws))

    async def settled(self) -> None:
        """Whatever was rendered in the background is there."""
        while self.proxy._filling._tasks:
            await asyncio.wait(self.proxy._filling._tasks)

    def words(self, words: bytes, **more: Any) -> None:
        self.upstream.outcome = FakeAnswer([words], storable(**more))


def served(upstream: FakeAnswer | Exception, path: str = "/", **more: Any) -> Exchange:
    return cast(Exchange, run(Site(upstream).ask(path, **more)))


def test_an_answer_is_passed_back_without_what_is_ours() -> None:
    answer = served(FakeAnswer([b"a", b"b"], storable()))
    assert (answer.status, answer.text, answer.complete) == (200, "ab", True)
    assert answer.headers == {"content-type": "text/html"}


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [("GET", b"", None), ("POST", b"", b"0"), ("POST", b"ab", b"2"), ("GET", b"ab", b"2")],
)
def test_a_length_is_declared_where_there_can_be_a_body(
    method: str, body: bytes, length: bytes | None
) -> None:
    site = Site(FakeAnswer([]))
    run(site.ask("/", method=method, body=body))
    assert site.upstream.asked[0][2].get(b"content-length") == length
    assert site.upstream.asked[0][3] == body


@pytest.mark.parametrize(
    ("path", "language", "word"),
    [
        ("/fr/", "fr", "redémarre"),
        ("/ar/x/1-y/", "ar", "الموقع"),
        ("/admin/", "en", "restarting"),
        ("/pt", "pt", "reiniciando"),
    ],
)
@pytest.mark.parametrize("fault", [Unreachable(), BrokenAnswer()])
def test_without_an_answer_there_is_a_page_in_the_language_of_the_address(
    path: str, language: str, word: str, fault: Exception
) -> None:
    answer = served(fault, path)
    assert answer.status == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in answer.text
    assert word in answer.text


@pytest.mark.parametrize(("method", "comes_again"), [("GET", True), ("POST", False)])
def test_that_page_is_styled_within_its_policy_and_comes_again_unless_something_was_sent(
    method: str, *, comes_again: bool
) -> None:
    answer = served(Unreachable(), method=method)
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    allowed = b64encode(sha256(style[1].encode()).digest()).decode()
    assert answer.headers["content-security-policy"] == f"default-src 'none'; style-src 'sha256-{allowed}'"
    assert ('http-equiv="refresh"' in answer.text) == comes_again


@pytest.mark.parametrize("headers", [[], storable()])
@pytest.mark.parametrize("path", ["/", PAGE])
def test_an_answer_that_breaks_off_is_not_made_to_look_whole(path: str, headers: Headers) -> None:
    site, exchange = Site(FakeAnswer([b"half", BrokenAnswer()], headers)), Exchange()

    async def ask() -> None:
        await site.proxy.serve(scope(path), exchange.receive, exchange.send)

    if path == PAGE and headers:  # kept back until it was whole: nothing has been sent
        run(ask())
        assert exchange.status == 503
    else:
        with pytest.raises(BrokenAnswer):
            run(ask())
        assert not exchange.complete
    assert len(site.store) == 0


def test_an_answer_that_breaks_off_before_its_first_part_is_a_page_like_none_at_all() -> None:
    answer = served(FakeAnswer([BrokenAnswer()]), "/ar/")
    assert answer.status == 503
    assert answer.headers["content-language"] == "ar"


def test_what_cannot_be_written_as_http_is_a_400() -> None:
    assert served(MalformedRequest()).status == 400


def test_a_body_too_large_is_a_413_and_never_sent() -> None:
    site = Site(FakeAnswer([]))
    answer = run(site.ask("/", method="POST", body=b"x" * (12 * 1024 * 1024 + 1)))
    assert (answer.status, answer.text) == (413, "More than 12 MB cannot be sent here.\n")
    assert site.upstream.asked == []


def test_what_a_post_changed_is_heard_before_its_answer_goes_out() -> None:
    site = Site(FakeAnswer([b"a"], [(b"x-dragoman-changes", b"[{}]")]))
    answer = run(site.ask(PAGE, method="POST"))
    assert site.heard == [b"[{}]"]
    assert answer.headers == {}


class TestStored:
    """A page is rendered once."""

    def test_a_stored_response_is_sent_without_asking(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a", b"b"], storable()))
            first, second = await site.ask(), await site.ask()
            assert first.text == second.text == "ab"
            assert len(site.upstream.asked) == 1
            head = await site.ask(method="HEAD")
            assert (head.content, head.headers["content-length"]) == (b"", "2")
            assert head.headers["etag"] == second.headers["etag"]

        run(story())

    @pytest.mark.parametrize(
        "headers",
        [
            [(b"content-type", b"text/html")],
            storable(set_cookie=b"a=1"),
            storable(cache_control=b"private"),
            storable(cache_control=b"max-age=5, no-store"),
            storable(vary=b"Cookie"),
            storable(vary=b"Accept-Language"),
            storable(content_encoding=b"gzip"),
            [header for header in storable() if header[0] != b"x-dragoman-parameters"],
        ],
    )
    def test_what_is_for_one_reader_is_not_kept(self, headers: Headers) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], headers))
            assert (await site.ask()).text == (await site.ask()).text == "a"
            assert len(site.upstream.asked) == 2
            assert len(site.store) == 0

        run(story())

    @pytest.mark.parametrize("status", [302, 404, 410, 500])
    def test_only_pages_are_kept(self, status: int) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable(), status))
            assert (await site.ask()).status == (await site.ask()).status == status
            assert len(site.store) == 0

        run(story())

    def test_a_post_neither_comes_from_the_store_nor_goes_there(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            assert (await site.ask(method="POST")).text == "b"
            assert (await site.ask()).text == "a"

        run(story())

    @pytest.mark.parametrize("header", ["Authorization", "HX-Request"])
    def test_some_requests_are_never_answered_from_it(self, header: str) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            assert (await site.ask(**{header: "x"})).text == "b"

        run(story())

    def test_who_is_signed_in_gets_the_same(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask(cookie="sessionid=abc")
            assert (await site.ask(cookie="sessionid=def; csrftoken=x")).text == "a"
            assert (await site.ask()).text == "a"
            assert len(site.upstream.asked) == 1

        run(story())

    def test_a_preference_has_its_own(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            assert (await site.ask(cookie="dragoman_reads=en.es")).text == "b"
            assert (await site.ask(cookie="x=1; dragoman_reads=es.en.fr; y=2")).text == "b"
            assert (await site.ask(cookie="dragoman_reads=fr")).text == "a"
            assert len(site.upstream.asked) == 2

        run(story())

    def test_parameters_that_were_not_looked_at_do_not_matter(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            assert (await site.ask(query="utm_source=x&utm_medium=y")).text == "a"
            assert (await site.ask(query="sort=new&utm_source=x")).text == "b"
            assert (await site.ask(query="utm_source=z&sort=new")).text == "b"
            assert len(site.upstream.asked) == 2

        run(story())

    def test_a_parameter_first_looked_at_later_is_known_from_then_on(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable(parameters=b"")))
            await site.ask(query="sort=new")
            site.change("document:7", withdraws=True)
            await site.settled()
            site.words(b"b", parameters=b"sort")
            site.change("document:7", withdraws=True)
            await site.ask(query="sort=old")
            site.words(b"c", parameters=b"sort")
            assert (await site.ask(query="sort=new")).text == "c"
            assert (await site.ask(query="sort=old")).text == "b"

        run(story())

    def test_many_at_once_ask_once(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            site.upstream.gate = asyncio.Event()
            asking = [asyncio.create_task(site.ask()) for _ in range(50)]
            await asyncio.sleep(0)
            site.upstream.gate.set()
            assert {answer.text for answer in await asyncio.gather(*asking)} == {"a"}
            assert len(site.upstream.asked) == 1

        run(story())

    def test_personal_answers_are_not_shared_by_those_who_wait(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"mine"], [(b"cache-control", b"private")]))
            site.upstream.gate = asyncio.Event()
            asking = [asyncio.create_task(site.ask("/fr/me.json")) for _ in range(5)]
            await asyncio.sleep(0)
            site.upstream.gate.set()
            await asyncio.gather(*asking)
            assert len(site.upstream.asked) == 5

        run(story())

    def test_it_is_refilled_without_anything_personal(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask(cookie="sessionid=abc; dragoman_reads=en", query="sort=new&utm=1")
            site.change("document:7")
            site.clock.now += 1
            await site.ask(cookie="dragoman_reads=en", query="sort=new")
            method, target, headers, _ = site.upstream.asked[1]
            assert (method, target) == ("GET", b"/fr/a/1-b/?sort=new")
            assert headers[b"cookie"] == b"dragoman_reads=en"
            assert headers[b"host"] == b"x"

        run(story())


class TestCodings:
    """Made once, and by nobody who waits where that can be avoided."""

    def test_however_many_ask_at_once_a_body_is_encoded_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = []

        def counted(body: bytes, coding: bytes, effort: Effort) -> bytes:
            made.append(coding)
            return encode(body, coding, effort)

        monkeypatch.setattr(proxy, "encode", counted)

        async def story() -> None:
            site = Site(FakeAnswer([b"words " * 1000], storable()))
            await site.ask()
            answers = await asyncio.gather(*(site.ask(Accept_Encoding="gzip") for _ in range(9)))
            assert len({answer.content for answer in answers}) == 1
            assert made == [b"gzip"]

        run(story())

    def test_what_is_made_anew_comes_in_the_codings_that_were_read(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"words " * 1000], storable()))
            await site.ask(Accept_Encoding="gzip")
            await site.ask(Accept_Encoding="br")
            site.words(b"other " * 1000)
            site.change("document:7")
            await site.settled()
            (entry,) = site.store
            assert set(entry.bodies) == {b"", b"gzip", b"br"}
            assert gzip.decompress(entry.bodies[b"gzip"]) == b"other " * 1000

        run(story())

    @pytest.mark.parametrize(("after", "effort"), [(0.5, Effort.QUICK), (5.0, Effort.USUAL)])
    def test_what_is_made_anew_soon_after_the_one_before_is_encoded_quickly(
        self, after: float, effort: Effort
    ) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"words " * 1000], storable()))
            first = await site.ask(Accept_Encoding="gzip")
            site.clock.now += after
            site.change("document:7")
            await site.settled()
            (entry,) = site.store
            assert entry.made == {b"gzip": effort}
            second = await site.ask(Accept_Encoding="gzip")
            later = await site.ask(Accept_Encoding="br")
            assert entry.made == {b"gzip": effort, b"br": effort}
            assert gzip.decompress(second.content) == brotli.decompress(later.content) == b"words " * 1000
            tags = {answer.headers["etag"] for answer in (first, second, later)}
            assert len(tags) == len({answer.content for answer in (first, second, later)})

        run(story())


class TestChanges:
    """What happened is seen."""

    def test_what_was_overtaken_is_read_for_a_moment_after_the_first_change_it_misses(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))

            def meanwhile() -> None:
                for _ in range(2):
                    site.change("document:7")
                    site.clock.now += GRACE_SECONDS * 0.7

            site.upstream.during = meanwhile
            await site.ask()
            site.upstream.during = lambda: None
            site.words(b"b")
            assert (await site.ask()).text == "b"

        run(story())

    def test_a_crowd_reads_what_is_stale_for_no_longer_than_one_does(self) -> None:
        """However many they are and however slow the render is: one is made, and all wait for it."""

        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            for _ in range(500):
                await site.ask()
            site.words(b"b")
            site.upstream.gate = asyncio.Event()
            site.change("document:7")
            site.clock.now += GRACE_SECONDS * 0.9
            assert (await site.ask()).text == "a"
            site.clock.now += GRACE_SECONDS * 0.2
            reading = [asyncio.create_task(site.ask()) for _ in range(50)]
            await asyncio.sleep(0.01)
            assert not any(each.done() for each in reading)
            site.upstream.gate.set()
            assert {answer.text for answer in await asyncio.gather(*reading)} == {"b"}
            assert len(site.upstream.asked) == 2

        run(story())

    def test_a_render_on_its_way_is_new_enough_for_a_moment_after_a_change_it_misses(self) -> None:
        """In a busy thread something happens during every render: readers do not wait for one after the other."""

        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            site.upstream.gate = asyncio.Event()
            site.change("document:7")
            site.clock.now += GRACE_SECONDS * 2
            reading = [asyncio.create_task(site.ask())]
            await asyncio.sleep(0.01)
            site.words(b"c")
            site.change("document:7")
            reading += [
                asyncio.create_task(site.ask()),
                asyncio.create_task(site.ask(cache_control="no-cache")),
            ]
            await asyncio.sleep(0.01)
            site.clock.now += GRACE_SECONDS * 2
            reading.append(asyncio.create_task(site.ask()))
            await asyncio.sleep(0.01)
            site.upstream.gate.set()
            assert [answer.text for answer in await asyncio.gather(*reading)] == ["b", "b", "c", "c"]

        run(story())

    def test_the_short_way_reads_what_is_stale_for_a_moment_but_not_for_the_impatient(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            (entry,) = site.store
            ready = entry.make_ready(b"", entry.body, False, Sharing())
            remembered = protocol.remembered
            remembered.remember({"dragoman.head": b"patient"}, ready, False)
            remembered.remember({"dragoman.head": b"impatient"}, ready, True)
            entry.fresh, entry.stale_since = False, time.monotonic()
            assert protocol._in_grace(ready, b"patient")
            assert not protocol._in_grace(ready, b"impatient")
            site.store.drop(entry)
            assert not protocol._in_grace(ready, b"patient")
            remembered.forget_stale()
            assert not remembered.impatient

        run(story())

    def test_after_a_change_the_next_gets_what_is_new(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            site.change("document:7")
            site.clock.now += GRACE_SECONDS * 1.1
            assert (await site.ask()).text == "b"

        run(story())

    def test_what_concerns_others_changes_nothing(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            site.change("document:8")
            site.change("document:7", language="pt")
            site.clock.now += 1
            assert (await site.ask()).text == "a"
            site.change("document:7", language="fr")
            site.clock.now += 1
            assert (await site.ask()).text == "b"

        run(story())

    def test_for_a_moment_nobody_waits_but_who_may_have_written_it(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.words(b"b")
            site.upstream.gate = asyncio.Event()
            site.change("document:7")
            assert (await site.ask()).text == "a"
            writer = asyncio.create_task(site.ask(cookie="sessionid=abc"))
            page = asyncio.create_task(site.ask(cache_control="no-cache"))
            await asyncio.sleep(0.01)
            assert not writer.done()
            assert not page.done()
            site.upstream.gate.set()
            assert (await writer).text == (await page).text == "b"

        run(story())

    @pytest.mark.parametrize(
        ("cookie", "reads", "made"), [("", 1, 2), ("dragoman_reads=es", 1, 1), ("dragoman_reads=es", 2, 2)]
    )
    def test_it_is_made_anew_before_anybody_asks_where_others_read_it_too(
        self, cookie: str, reads: int, made: int
    ) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            for _ in range(reads):
                await site.ask(cookie=cookie)
            site.words(b"b")
            site.change("document:7")
            await site.settled()
            assert len(site.upstream.asked) == made
            site.clock.now += 1
            assert (await site.ask(cookie=cookie)).text == "b"

        run(story())

    def test_what_was_withdrawn_is_not_read_for_a_moment_longer(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.upstream.outcome = FakeAnswer([b"gone"], [], 410)
            site.change("document:7", withdraws=True)
            assert (await site.ask()).status == 410

        run(story())

    def test_what_is_withdrawn_while_it_is_rendered_is_rendered_again(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"secret"], storable()))

            def withdrawn() -> None:
                site.upstream.during = lambda: None
                site.change("document:7", withdraws=True)
                site.words(b"clean")

            site.upstream.during = withdrawn
            assert (await site.ask()).text == "clean"
            assert (await site.ask()).text == "clean"

        run(story())

    def test_what_changes_while_it_is_rendered_is_not_read_as_fresh(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))

            def changed() -> None:
                site.upstream.during = lambda: None
                site.change("document:7")
                site.words(b"b")

            site.upstream.during = changed
            assert (await site.ask()).text == "a"  # as it was when it was asked for
            assert (await site.ask(cookie="sessionid=abc")).text == "b"

        run(story())

    def test_who_comes_after_a_change_does_not_get_a_render_from_before_it(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            site.upstream.gate = asyncio.Event()
            early = asyncio.create_task(site.ask())
            await asyncio.sleep(0)
            site.change("document:7")
            site.words(b"b")
            told = asyncio.create_task(site.ask(cache_control="no-cache"))
            await asyncio.sleep(0)
            site.clock.now += GRACE_SECONDS * 1.1
            late = asyncio.create_task(site.ask())
            await asyncio.sleep(0)
            site.upstream.gate.set()
            assert ((await early).text, (await told).text, (await late).text) == ("a", "b", "b")

        run(story())

    def test_what_ends_by_itself_is_not_read_longer(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable(x_dragoman_valid_until=b"2001-01-01T00:00:00+00:00")))
            await site.ask()
            site.words(b"b")
            assert (await site.ask()).text == "b"

        run(story())


class TestFaults:
    """Reading goes on."""

    @pytest.mark.parametrize("fault", [Unreachable(), BrokenAnswer(), FakeAnswer([b"broken"], [], 500)])
    def test_what_cannot_be_made_anew_is_read_as_it_was(self, fault: FakeAnswer | Exception) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.upstream.outcome = fault
            site.change("document:7")
            site.clock.now += 30
            assert (await site.ask()).text == "a"
            assert (await site.ask(cookie="sessionid=abc")).text == "a"
            assert len(site.upstream.asked) == 2  # not asked again at once
            site.words(b"b")
            site.clock.now += 2
            assert (await site.ask()).text == "b"

        run(story())

    def test_but_not_for_ever(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.upstream.outcome = Unreachable()
            site.change("document:7")
            site.clock.now += SPARE_SECONDS + 1
            assert (await site.ask()).status == 503

        run(story())

    def test_what_was_withdrawn_is_no_spare(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.upstream.outcome = Unreachable()
            site.change("document:7")
            site.change("document:7", withdraws=True)
            assert (await site.ask()).status == 503

        run(story())

    def test_a_host_cut_off_reads_on_for_ten_minutes_and_keeps_nothing_new(self) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"a"], storable()))
            await site.ask()
            site.store.blind_since = site.clock.now
            site.words(b"b")
            site.clock.now += SPARE_SECONDS - 1
            assert (await site.ask()).text == "a"
            assert (await site.ask("/fr/")).text == "b"
            assert len(site.store) == 1
            site.clock.now += 2
            site.store.expire()
            assert (await site.ask()).text == "b"
            assert len(site.store) == 0

        run(story())


class TestHeaders:
    """What caches and browsers are told."""

    def answered(self, **more: Any) -> Exchange:
        async def story() -> Exchange:
            site = Site(
                FakeAnswer([b"words " * 200], storable(b"thread:3 document:7", **more.pop("told", {})))
            )
            return await site.ask(**more)

        return cast(Exchange, run(story()))

    def test_of_a_complete_page(self) -> None:
        headers = self.answered().headers
        assert headers["cache-control"] == "public, max-age=0, must-revalidate, s-maxage=3"
        assert headers["surrogate-control"] == "max-age=3, stale-while-revalidate=9"
        assert headers["surrogate-key"] == "document:7 thread:3"
        assert headers["vary"] == "Accept-Encoding, Cookie"

    @pytest.mark.parametrize(
        "more", [{"cookie": "dragoman_reads=en"}, {"told": {"x_dragoman_pending": b"1"}}]
    )
    def test_of_one_that_no_shared_cache_keeps(self, more: dict[str, Any]) -> None:
        headers = self.answered(**more).headers
        assert headers["cache-control"] == "private, no-cache"
        assert "surrogate-key" not in headers

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
    def test_a_tag_for_each_coding_and_a_304_for_any(self, encoding: str) -> None:
        async def story() -> None:
            site = Site(FakeAnswer([b"words " * 200], storable()))
            plain = await site.ask()
            coded = await site.ask(accept_encoding=encoding)
            assert coded.headers["content-encoding"] == encoding
            assert int(coded.headers["content-length"]) == len(coded.content) < len(plain.content)
            assert coded.headers["etag"] != plain.headers["etag"]
            for tag in (coded.headers["etag"], f'"x", W/{plain.headers["etag"]}', "*"):
                same = await site.ask(accept_encoding=encoding, if_none_match=tag)
                assert (same.status, same.content) == (304, b"")
                assert same.headers["etag"] == coded.headers["etag"]
                assert "content-length" not in same.headers
            other = await site.ask(if_none_match='"x"')
            assert other.status == 200

        run(story())

    def test_the_first_reader_gets_a_tag_and_a_coding_too(self) -> None:
        headers = self.answered(accept_encoding="gzip, br").headers
        assert headers["content-encoding"] == "br"
        assert re.fullmatch(r'"[0-9a-f]{32}-br-[0-9a-f]{8}"', headers["etag"])


# When it is asked for anew


def test_a_response_says_when_it_was_asked_for_and_how_long_that_took() -> None:
    async def scenario() -> None:
        site = Site(FakeAnswer([b"words"], storable()))
        site.upstream.during = lambda: setattr(site.clock, "now", site.clock.now + 0.25)
        asked_at = site.clock.now
        await site.ask()
        (entry,) = site.store
        assert entry.begun_at == asked_at
        assert entry.took == pytest.approx(0.25)

    run(scenario())


@pytest.mark.parametrize(
    ("took", "later", "rests"),
    [
        (0.0, 0.0, 0.1), (0.04, 0.0, 0.13), (0.04, 0.5, 0.63), (0.08, 0.0, 0.16), (0.08, 0.2, 0.31), (0.2, 0.1, 0.4),
        (0.2, 1.0, 1.05),
    ],
)  # fmt: skip
def test_a_page_is_asked_for_as_late_as_readers_allow_and_made_half_of_the_time(
    took: float, later: float, rests: float
) -> None:
    async def scenario() -> None:
        site = Site(FakeAnswer([b"words"], storable()))
        site.upstream.during = lambda: setattr(site.clock, "now", site.clock.now + took)
        asked_at = site.clock.now
        await site.ask()
        (entry,) = site.store
        site.clock.now += later
        site.change("document:7")
        assert best_moment(entry) - asked_at == pytest.approx(rests)

    run(scenario())
