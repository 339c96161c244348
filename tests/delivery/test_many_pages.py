"""Two thousand open pages in one process: each hears what it asked for, and nothing else."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.delivery.processes import wait_until
from tests.delivery.stack import Stack

pytestmark = pytest.mark.db

PAGES = 2_000
PATIENCE = 60.0


@pytest.fixture
def _many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < PAGES + 500:
        pytest.skip(f"this machine allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def heard(page: socket.socket, word: bytes) -> bytes:
    """What comes, up to a word; nothing when it does not come."""
    received, limit = b"", time.monotonic() + PATIENCE
    while word not in received and time.monotonic() < limit:
        received += page.recv(65_536)
    return received if word in received else b""


def memory(pid: int) -> int:
    """Proportional set size, in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024


@pytest.mark.usefixtures("_many_files")
def test_two_thousand_pages_hear_what_is_theirs(stack: Stack) -> None:
    wait_until(stack.answers, "the listener")
    front = stack.leader("front")
    assert front is not None
    before = memory(front)
    with ExitStack() as opened:
        pages = []
        for number in range(PAGES):
            page = opened.enter_context(socket.create_connection(("127.0.0.1", stack.port), timeout=PATIENCE))
            request = f"GET /live?topics=thread:{9000 + number % 2} HTTP/1.1\r\nHost: localhost\r\n\r\n"
            page.sendall(request.encode())
            pages.append(page)
        assert all(heard(page, b"retry:") for page in pages)
        print(f"{PAGES} open pages: {(memory(front) - before) / PAGES / 1024:.1f} kB each")
        for thread, word in ((9000, "even"), (9001, "odd")):
            stack.notify(
                f'{{"topics": ["thread:{thread}"], "event": "{word}", "language": null, "data": {{}}}}'
            )
        for number, page in enumerate(pages):
            mine, others = (b"event: odd", b"event: even") if number % 2 else (b"event: even", b"event: odd")
            received = heard(page, mine)
            assert received, number
            assert others not in received, number
    wait_until(stack.answers, "the front to answer after they left")
