"""Log files that do not grow for ever, and a console that nobody has to read."""

import os
from pathlib import Path

from dragoman.delivery.logs import LONGEST_LINE, Console, Lines, LogFile


def test_every_line_carries_its_moment(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs" / "web.log")
    log.write(b"hello")
    log.close()
    moment, _, said = log.path.read_text().rstrip("\n").partition(" ")
    assert said == "hello"
    assert moment.endswith("Z")


def test_a_log_that_grew_is_moved_aside_and_the_oldest_is_forgotten(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "web.log", most=10, kept=2)
    for number in range(5):
        log.write(b"%d" % number)
    log.close()
    said = {path.name: path.read_text().split()[-1] for path in tmp_path.iterdir()}
    assert said == {"web.log": "4", "web.log.1": "3", "web.log.2": "2"}


def test_a_closed_file_costs_lines_and_nothing_else(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "web.log", most=0)
    log.write(b"one")
    (tmp_path / "web.log").unlink()
    tmp_path.rmdir()
    log.write(b"two")


def test_lines_are_put_together_from_pieces_and_cut_when_endless() -> None:
    lines = Lines()
    assert lines.feed(b"he") == []
    assert lines.feed(b"llo\nwor") == [b"hello"]
    assert lines.feed(b"ld\n\n") == [b"world", b""]
    assert lines.feed(b"x" * (LONGEST_LINE + 1)) == [b"x" * LONGEST_LINE]
    assert lines.end() == [b"x"]
    assert lines.end() == []


def test_the_console_says_what_it_is_told() -> None:
    reading, writing = os.pipe()
    Console(writing).say("ready")
    assert os.read(reading, 100) == b"ready\n"
    os.close(reading)
    os.close(writing)


def test_a_console_that_nobody_reads_is_not_waited_for() -> None:
    reading, writing = os.pipe()
    console = Console(writing)
    for _ in range(40):
        console.write(b"x" * 4096)  # a pipe holds 64 KiB: the rest is dropped, and this returns
    os.close(reading)
    console.say("gone")
    os.close(writing)
