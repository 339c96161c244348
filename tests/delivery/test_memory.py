"""What is given back is not held any more, and is there again when it is needed."""

import subprocess
import sys

import pytest

from dragoman.delivery.memory import _as_in_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

GIVING = """
import re, ssl, unicodedata
from pathlib import Path
from dragoman.delivery.memory import give_back
def held():
    return int(re.search(r"^RssFile:\\s+(\\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)[1])
before = held()
give_back()
after = held()
assert unicodedata.name("é").endswith("ACUTE") and ssl.create_default_context().protocol
print(before, after)
"""

FREED = """
import re
from pathlib import Path
from dragoman.delivery.memory import give_back_freed
def held():
    return int(re.search(r"^RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)[1])
pieces = [bytes(4_000) for _ in range(10_000)]
last = pieces[-1]
full = held()
del pieces
before = held()
give_back_freed()
print(full, before, held(), len(last))
"""

MAPPINGS = """\
55d0c8400000-55d0c8401000 r-xp 00001000 fe:00 7 /usr/bin/python with a space
Rss:                   4 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
55d0c8600000-55d0c8603000 r--p 00002000 fe:00 7 /usr/lib/relocated.so
Anonymous:            12 kB
55d0c8603000-55d0c8604000 rw-p 00003000 fe:00 7 /usr/lib/relocated.so
Anonymous:             0 kB
55d0c9000000-55d0c9009000 r--p 00000000 fe:00 9 /usr/lib/locale
Anonymous:             0 kB
7ffd1f7a0000-7ffd1f7c1000 r--p 00000000 00:00 0
Anonymous:             0 kB
7ffd1f7fe000-7ffd1f800000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
"""


def test_pages_of_files_are_given_back_and_come_again() -> None:
    done = subprocess.run([sys.executable, "-c", GIVING], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < before / 2


def test_only_what_is_as_in_its_file_is_given_back() -> None:
    assert list(_as_in_files(MAPPINGS)) == [
        (0x55D0C8400000, 0x55D0C8401000),
        (0x55D0C9000000, 0x55D0C9009000),
    ]


def test_what_was_freed_below_what_is_kept_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    full, before, after, _ = map(int, done.stdout.split())
    assert before > full - 4_000  # kB: left to itself it stays
    assert after < full - 36_000
