"""The disk tier: what is written comes back whole, and nothing withdrawn comes back at all."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dragoman.delivery.front import disk as module
from dragoman.delivery.front.changes import Told
from dragoman.delivery.front.disk import Disk, all_filed
from dragoman.delivery.front.entries import Entry
from dragoman.delivery.front.position import Position, recalled
from dragoman.delivery.front.questions import Question
from dragoman.delivery.front.store import SETTLED_SECONDS, SPARE_SECONDS, ResponseStore
from tests.delivery.front.asgi import run

POSITION = Position("10:10:", 1.0, "here")
MEGABYTE = 1024 * 1024


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class Host:
    """A store with its disk; made anew after each restart."""

    def __init__(
        self, folder: Path, *, build: str = "1", memory: int = MEGABYTE, most: int = MEGABYTE
    ) -> None:
        self.clock = Clock()
        self.disk = Disk(folder, build, bytes_at_most=most)
        self.store = ResponseStore(bytes_at_most=memory, clock=self.clock, disk=self.disk)

    async def start(self) -> Position | None:
        entries, position, age = await self.disk.open()
        if position is not None:
            self.store.adopt(entries, age)
        return position

    def see(self) -> None:
        self.store.blind_since = None

    def put(self, path: str = "/fr/", body: bytes = b"words", **more: Any) -> Entry:
        question = Question(path, "fr", (("sort", "new"),) if "?" in path else (), more.pop("preference", ""))
        entry = Entry(
            question=question, key=question.key(frozenset({"sort"})), parameters=frozenset({"sort"}),
            target=path.encode(), origin=((b"host", b"x"),), status=200, headers=((b"content-type", b"text/html"),),
            body=body, names=frozenset({"thread:7"}), complete=True, begun=self.store.changes.number,
            begun_at=self.clock(), begun_ms=5, **more,
        )  # fmt: skip
        assert self.store.keep(entry)
        return entry

    def settle(self) -> None:
        self.clock.ahead += SETTLED_SECONDS * 2
        self.store.settle()

    async def read(self, path: str = "/fr/", preference: str = "") -> bytes | None:
        question = Question(path, "fr", (("sort", "new"),) if "?" in path else (), preference)
        entry = self.store.find(question)
        if entry is not None and entry.asleep:
            await self.store.wake(entry)
            entry = self.store.find(question)
        return entry.body if entry is not None else None

    def withdraw(self) -> None:
        self.store.hear(Told("comment", frozenset({"thread:7"}), None, "{}", withdraws=True))

    def end(self, position: Position | None = POSITION) -> None:
        if position is not None:
            self.disk.reach(position)
        self.disk.close()


def restarted(folder: Path, before: Callable[[Host], object], **more: Any) -> Host:
    """A host after a restart; `before`: what the one before it did."""

    async def first() -> None:
        host = Host(folder)
        await host.start()
        host.see()
        before(host)
        host.settle()
        host.end()

    run(first())
    host = Host(folder, **more)
    run(host.start())
    return host


def test_it_survives_a_restart(tmp_path: Path) -> None:
    host = restarted(
        tmp_path, lambda one: (one.put(), one.put("/fr/a/?", b"sorted"), one.put(preference="en"))
    )
    host.see()
    assert run(host.read()) == b"words"
    assert run(host.read("/fr/a/?")) == b"sorted"
    assert run(host.read(preference="en")) == b"words"
    entry = next(iter(host.store))
    assert (entry.status, entry.headers, entry.names) == (
        200,
        ((b"content-type", b"text/html"),),
        {"thread:7"},
    )
    assert [found.path for found in all_filed(tmp_path)].count("/fr/") == 2


def test_what_happened_meanwhile_is_heard_before_it_is_read(tmp_path: Path) -> None:
    host = restarted(tmp_path, lambda one: one.put())
    host.withdraw()  # as the listener does, catching up
    host.see()
    assert run(host.read()) is None
    host.end()
    assert list(all_filed(tmp_path)) == []


def test_what_was_withdrawn_is_gone_from_the_disk(tmp_path: Path) -> None:
    def before(host: Host) -> None:
        host.put()
        host.settle()
        host.withdraw()

    assert run(restarted(tmp_path, before).read()) is None


def test_what_only_changed_is_not_on_disk_either(tmp_path: Path) -> None:
    def before(host: Host) -> None:
        host.put()
        host.settle()
        host.store.hear(Told("comment", frozenset({"thread:7"}), None, "{}"))

    assert run(restarted(tmp_path, before).read()) is None


def test_one_that_replaced_another_and_was_withdrawn_at_once_leaves_nothing(tmp_path: Path) -> None:
    def before(host: Host) -> None:
        host.put()
        host.settle()
        host.put(body=b"newer")
        host.withdraw()

    assert run(restarted(tmp_path, before).read()) is None


def test_another_build_begins_with_nothing(tmp_path: Path) -> None:
    host = restarted(tmp_path, lambda one: one.put(), build="2")
    assert run(host.read()) is None
    assert [folder.name for folder in tmp_path.iterdir()] == ["2"]


def test_without_a_position_nothing_is_believed(tmp_path: Path) -> None:
    restarted(tmp_path, lambda one: one.put())
    (tmp_path / "1" / "position.json").write_text("{")
    host = Host(tmp_path)
    assert run(host.start()) is None
    assert run(host.read()) is None


@pytest.mark.parametrize("damage", ["end", "middle", "line", "all", "swapped"])
def test_damage_is_noticed(tmp_path: Path, damage: str) -> None:
    restarted(tmp_path, lambda one: (one.put(body=b"words " * 100), one.put("/fr/b/", b"other words")))
    one, other = sorted((tmp_path / "1").glob("*.response"))
    whole = one.read_bytes()
    if damage == "swapped":
        other.write_bytes(whole)
    else:
        cut = whole.index(b"\n") + 8
        one.write_bytes(
            {
                "end": whole[:-3],
                "middle": whole[:cut] + b"XX" + whole[cut + 2 :],
                "line": whole[5:],
                "all": b"",
            }[damage]
        )
    host = Host(tmp_path)
    run(host.start())
    host.see()
    found = {path: run(host.read(path)) for path in ("/fr/", "/fr/b/")}
    assert None in found.values()
    assert found["/fr/"] in (None, b"words " * 100)
    assert found["/fr/b/"] in (None, b"other words")


def test_a_host_that_starts_cut_off_reads_for_ten_minutes_at_most(tmp_path: Path) -> None:
    host = restarted(tmp_path, lambda one: one.put())
    assert run(host.read()) == b"words"
    host.clock.ahead += SPARE_SECONDS + 1
    assert run(host.read()) is None


def test_what_memory_has_no_room_for_is_read_from_disk(tmp_path: Path) -> None:
    async def story() -> None:
        host = Host(tmp_path, memory=200_000)
        await host.start()
        host.see()
        bodies = {f"/fr/{number}/": bytes([65 + number]) * 30_000 for number in range(12)}
        for path, body in bodies.items():
            host.put(path, body)
            host.settle()
            await asyncio.wrap_future(host.disk._thread.submit(lambda: None))
        assert host.store.size <= 200_000
        assert len(host.store) == 12
        assert {path: await host.read(path) for path in bodies} == bodies
        assert host.store.size <= 200_000
        host.withdraw()
        assert [await host.read(path) for path in bodies] == [None] * 12

    run(story())


def test_a_full_disk_is_no_reason_not_to_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async def story() -> None:
        host = Host(tmp_path, memory=100_000)
        await host.start()
        host.see()
        monkeypatch.setattr(Path, "write_bytes", full)
        for number in range(5):
            host.put(f"/fr/{number}/", b"x" * 30_000)
            host.settle()
            await asyncio.wrap_future(host.disk._thread.submit(lambda: None))
        assert await host.read("/fr/4/") == b"x" * 30_000
        assert await host.read("/fr/0/") is None  # no room for it anywhere: it is made anew
        assert not list(tmp_path.glob("*/*.new"))

    run(story())


def test_the_disk_is_not_filled(tmp_path: Path) -> None:
    restarted(tmp_path, lambda one: one.put(body=b"x"))
    host = Host(tmp_path, most=100)
    run(host.start())
    host.see()
    host.put("/fr/large/", b"words")
    host.settle()
    host.end()
    assert [found.path for found in all_filed(tmp_path)] == ["/fr/"]


def test_what_cannot_be_removed_holds_the_position_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    async def story() -> None:
        host = Host(tmp_path)
        await host.start()
        host.see()
        host.disk.reach(POSITION)
        host.put()
        host.settle()
        await asyncio.wrap_future(host.disk._thread.submit(lambda: None))
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", refused)
            host.withdraw()
            host.end(Position("99:99:", 2.0, "here"))
        assert recalled(tmp_path / "1" / "position.json") == POSITION

    run(story())


def test_nobody_else_may_look(tmp_path: Path) -> None:
    restarted(tmp_path / "responses", lambda one: one.put())
    assert (tmp_path / "responses" / "1").stat().st_mode & 0o077 == 0
    assert module.all_filed(tmp_path / "nowhere")
