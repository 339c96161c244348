"""The whole product on a full disk, and under a clock that is set: reading goes on, nothing acknowledged is lost."""

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from dragoman.site.bench.product import Product
from tests.delivery.processes import wait_until

pytestmark = pytest.mark.db

ARTICLE = {
    "headline": "The keeper slept",
    "standfirst": "All was well.",
    "source": "",
    "body": ["The sea was calm."],
}
FAKE = {"DRAGOMAN_TRANSLATION__FAKE_ENGINE": "true"}
# Loaded before the C library: what tells the time of day adds what a file says, as if somebody had set the clock.
CLOCK = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile const int64_t *ahead;
__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("TEST_CLOCK");
    int file = name ? open(name, O_RDONLY) : -1;
    void *mapped = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) ahead = mapped;
    if (file >= 0) close(file);
}
int clock_gettime(clockid_t which, struct timespec *told) {
    int failed = syscall(SYS_clock_gettime, which, told);
    if (!failed && ahead && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) told->tv_sec += *ahead;
    return failed;
}
int gettimeofday(struct timeval *told, void *zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    told->tv_sec = now.tv_sec;
    told->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
"""
DISK_MB = 700
HOUR = 3600


class Story:
    """An article with a discussion, and somebody who writes in it."""

    def __init__(self, product: Product) -> None:
        self.product = product
        said = product.tell(
            "content", key="faults", language="en", content={"article": ARTICLE, "comments": []}
        )
        self.thread: int = said["thread"]
        cookie = product.tell("writers", count=1)["cookies"][0]
        headers = {"Origin": product.address, "Cookie": cookie}
        self._client = httpx.Client(base_url=product.address, headers=headers, timeout=30)
        self._number = 0

    def post(self) -> httpx.Response:
        self._number += 1
        words = f"The keeper of lamp {self._number} rowed out alone at dusk."
        form = {"source": words, "language": "en", "submission": str(uuid.uuid4())}
        return self._client.post(f"/en/threads/{self.thread}/write/", data=form)

    def write(self) -> int | None:
        """The comment's number, when the site said that it is stored."""
        with suppress(httpx.HTTPError):
            answer = self.post()
            stored = re.search(r"#c(\d+)$", answer.headers.get("Location", ""))
            return int(stored[1]) if answer.status_code == 303 and stored else None
        return None

    def read(self) -> str:
        answer = httpx.get(f"{self.product.address}/en/threads/{self.thread}/fragment/", timeout=10)
        assert answer.status_code == 200
        return answer.text

    def translated(self) -> int:
        """Editions of comments in Portuguese that are ready."""
        rows = self.product.ask(
            "SELECT count(*) FROM discussion_comment c JOIN translation_edition e ON e.document_id = c.document_id"
            " WHERE c.thread_id = %s AND e.language = 'pt' AND e.state = 'ready'",
            self.thread,
        )
        return int(rows[0][0])

    def stored(self) -> set[int]:
        rows = self.product.ask("SELECT id FROM discussion_comment WHERE thread_id = %s", self.thread)
        return {int(row[0]) for row in rows}

    def seconds(self) -> int:
        """What PostgreSQL's clock says."""
        return int(self.product.ask("SELECT extract(epoch FROM now())::bigint")[0][0])

    def close(self) -> None:
        self._client.close()


@contextmanager
def telling(product: Product) -> Iterator[Story]:
    product.start()
    try:
        story = Story(product)
        yield story
        story.close()
    except BaseException:
        for file in [product.folder / "bench.log", *sorted((product.folder / "log").glob("*.log"))]:
            print(f"{file.name}: {file.read_text(errors='replace')[-1500:]}")
        raise
    finally:
        product.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with little room."""
    if os.geteuid():
        pytest.skip("needs the rights of root")
    place = tmp_path / "disk"
    place.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(place)]
    subprocess.run(made, check=True, timeout=20)
    try:
        yield place
    finally:
        wait_until(
            lambda: subprocess.run(["umount", str(place)], check=False).returncode == 0, "it to be given back"
        )


def fill(place: Path) -> Path:
    """Not one byte is left."""
    filler = place / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * (1 << 20))
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 512)
    return filler


def test_on_a_full_disk_reading_goes_on_and_writing_says_so(small_disk: Path) -> None:
    with telling(Product(FAKE, small_disk / "var")) as story:
        acknowledged = {comment for _ in range(5) if (comment := story.write())}
        assert len(acknowledged) == 5
        wait_until(lambda: f'id="c{max(acknowledged)}"' in story.read(), "the comments to be read")
        filler = fill(small_disk)
        refused: list[Any] = []
        limit = time.monotonic() + 120
        while len(refused) < 3:
            assert time.monotonic() < limit, "nothing was ever refused"
            answer = story.post()
            stored = re.search(r"#c(\d+)$", answer.headers.get("Location", ""))
            if answer.status_code == 303 and stored:
                acknowledged.add(int(stored[1]))
            else:
                refused.append(answer)
            story.read()
        assert {answer.status_code for answer in refused} == {503}
        assert all("Nothing was stored" in answer.text for answer in refused)
        # Long enough for everything that starts again to have tried.
        until = time.monotonic() + 15
        while time.monotonic() < until:
            assert 'id="c' in story.read()
            time.sleep(0.5)
        filler.unlink()
        later: list[int] = []

        def succeeds() -> bool:
            comment = story.write()
            later.extend([comment] if comment else [])
            return comment is not None

        wait_until(succeeds, "writing to succeed again", 60)
        assert acknowledged | set(later) <= story.stored()
        wait_until(lambda: f'id="c{later[-1]}"' in story.read(), "what was written to be read")


class Clock:
    """The wall clock of everything that was started under it; time that only runs (monotonic) is the machine's."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library = folder / "clock", folder / "clock.so"
        self._file.write_bytes(bytes(8))
        (folder / "clock.c").write_text(CLOCK)
        made = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(self._library), str(folder / "clock.c")]
        subprocess.run(made, check=True, timeout=60)

    def set(self, seconds: int) -> None:
        """So far from the machine's own."""
        with self._file.open("r+b") as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))

    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "TEST_CLOCK": str(self._file)}


def test_when_the_clock_is_set_everything_goes_on(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed (Debian: apt-get install gcc libc6-dev)")
    clock = Clock(tmp_path)
    with telling(Product(FAKE | clock.environment(), tmp_path / "var")) as story:
        acknowledged = [story.write() for _ in range(3)]
        for step in (-HOUR, HOUR, 0, 40 * HOUR, 0):
            wait_until(lambda: story.translated() >= len(acknowledged), f"translations, {step}", 60)  # noqa: B023
            before, then = story.read(), story.seconds()
            clock.set(step)
            # PostgreSQL's clock was set, too.
            assert abs(story.seconds() - then) > HOUR / 2
            assert story.read() == before
            acknowledged += [story.write() for _ in range(2)]
            assert None not in acknowledged
            newest = f'id="c{acknowledged[-1]}"'
            wait_until(lambda: newest in story.read(), f"what was written at {step}", 5)  # noqa: B023
        wait_until(lambda: story.translated() >= len(acknowledged), "the last translations", 60)
        assert set(acknowledged) <= story.stored()
