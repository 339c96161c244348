"""What is read often and does not change becomes as small as it gets, and nobody notices."""

import asyncio
import random

import pytest

from dragoman.delivery.front.encodings import ENCODINGS, Effort
from dragoman.delivery.front.entries import Entry
from dragoman.delivery.front.protocol import Remembered
from dragoman.delivery.front.settling import LONGEST, SETTLED_HITS, SETTLED_SECONDS, Settling
from tests.delivery.front.asgi import run
from tests.delivery.front.test_encodings import DECODE
from tests.delivery.front.test_proxy import FakeAnswer, Site, storable

_DICE = random.Random(7)
WORDS = " ".join(
    _DICE.choice(("bridge", "river", "keeper", "lamp", "gull", "tide")) for _ in range(9000)
).encode()


async def read_often(site: Site, times: int = SETTLED_HITS, coding: str = "br") -> Entry:
    for _ in range(times):
        await site.ask(Accept_Encoding=coding)
    (entry,) = site.store
    return entry


async def tended(site: Site) -> None:
    settling = Settling(site.store)
    settling.tend()
    if settling._task is not None:
        await settling._task
    settling.close()


@pytest.mark.parametrize("coding", ENCODINGS)
def test_what_is_read_often_and_stays_becomes_smaller(coding: bytes) -> None:
    async def story() -> None:
        site = Site(FakeAnswer([WORDS], storable()))
        entry = await read_often(site, coding=coding.decode())
        before = entry.bodies[coding]
        site.clock.now += SETTLED_SECONDS
        size = site.store.size
        await tended(site)
        after = await site.ask(Accept_Encoding=coding.decode())
        assert DECODE[coding](after.content) == WORDS
        assert len(after.content) < len(before)
        assert site.store.size == size - len(before) + len(after.content)
        assert set(entry.bodies) == {b"", coding}

    run(story())


def test_it_becomes_smaller_in_every_coding_that_was_asked_for() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([WORDS], storable()))
        await read_often(site, coding="gzip")
        entry = await read_often(site)
        site.clock.now += SETTLED_SECONDS
        await tended(site)
        assert entry.made == {b"gzip": Effort.UTMOST, b"br": Effort.UTMOST}

    run(story())


def test_what_was_made_in_a_hurry_and_rests_is_made_as_usual_however_seldom_it_is_read() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([WORDS], storable()))
        await read_often(site, 1, "gzip")
        site.clock.now += 0.5
        site.change("document:7")
        await site.settled()
        entry = await read_often(site, 1, "gzip")
        assert entry.made == {b"gzip": Effort.QUICK}
        quick = await site.ask(Accept_Encoding="gzip")
        site.clock.now += SETTLED_SECONDS
        await tended(site)
        assert entry.made == {b"gzip": Effort.USUAL}
        usual = await site.ask(Accept_Encoding="gzip")
        assert DECODE[b"gzip"](usual.content) == WORDS
        assert len(usual.content) < len(quick.content)
        assert usual.headers["etag"] != quick.headers["etag"]

    run(story())


def test_its_tag_changes_with_its_bytes_and_the_old_one_is_still_right() -> None:
    async def story() -> None:
        site = Site(FakeAnswer([WORDS], storable()))
        entry = await read_often(site)
        old = (await site.ask(Accept_Encoding="br")).headers["etag"]
        (ready,) = entry.ready.values()
        memory = Remembered()
        memory.remember({"dragoman.head": b"GET"}, ready, False)
        site.clock.now += SETTLED_SECONDS
        await tended(site)
        memory.forget_stale()
        assert memory.answers == {}
        assert (await site.ask(Accept_Encoding="br")).headers["etag"] != old
        assert (await site.ask(Accept_Encoding="br", If_None_Match=old)).status == 304

    run(story())


@pytest.mark.parametrize("reason", ["young", "seldom", "changed", "changed meanwhile", "long"])
def test_what_is_not_worth_it_or_changes_stays_as_it_is(reason: str) -> None:
    async def story() -> None:
        words = WORDS * (LONGEST // len(WORDS) + 1) if reason == "long" else WORDS
        site = Site(FakeAnswer([words], storable()))
        entry = await read_often(site, 2 if reason == "seldom" else SETTLED_HITS)
        site.clock.now += 0.0 if reason == "young" else SETTLED_SECONDS
        if reason == "changed":
            site.change("document:7")
        if reason == "changed meanwhile":
            asyncio.get_running_loop().call_soon(site.change, "document:7")
        await tended(site)
        await site.settled()
        assert entry.made == {b"br": Effort.USUAL}

    run(story())
