"""Content codings: made once for each response, chosen for each reader."""

import gzip
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import lru_cache

import brotli
import zstandard

IDENTITY = b""


class Effort(IntEnum):
    """QUICK: for what is made anew before long. USUAL: for what somebody waits for, once. UTMOST: for what is read
    often and rests; nobody waits for it."""

    QUICK = 0
    USUAL = 1
    UTMOST = 2


# Measured on an article with 200 comments (323 kB), CPU time, best of 40. kB in ms, by level:
#   br    2: 33.1 in 1.0   3: 32.8 in 1.1   4: 31.6 in 1.7   5: 29.9 in 2.8   6: 29.6 in 2.9   9: 29.2 in 16
#        11: 27.0 in 250
#   zstd  1: 34.8 in 0.4   3: 33.3 in 0.5   5: 32.3 in 1.1   6: 30.8 in 1.5   12: 30.0 in 2.6   19: 29.0 in 70
#   gzip  1: 42.0 in 1.1   3: 40.0 in 1.3   4: 37.5 in 1.9   5: 35.9 in 2.5   6: 35.5 in 3.1   9: 34.6 in 4.3
# zlib's other strategies and memory levels gain nothing. A busy thread is made anew seven times a second, so that each
# ms is 0.7% of a core; to send 5 kB more costs 0.3 µs of 21.
_LEVELS: Mapping[bytes, tuple[int, int, int]] = {b"br": (3, 6, 11), b"zstd": (3, 6, 19), b"gzip": (3, 6, 9)}
_MAKE: Mapping[bytes, Callable[[bytes, int], bytes]] = {
    b"br": lambda body, level: brotli.compress(body, mode=brotli.MODE_TEXT, quality=level),
    b"zstd": lambda body, level: zstandard.ZstdCompressor(level=level).compress(body),
    b"gzip": lambda body, level: gzip.compress(body, level, mtime=0),
}
ENCODINGS = (b"br", b"zstd", b"gzip")
"""In our order of preference, where the reader has none."""
SMALLEST = 256
"""Bytes; below that a coding costs more than it saves."""


def encode(body: bytes, encoding: bytes, effort: Effort = Effort.USUAL) -> bytes:
    """The body in this coding. Milliseconds for a page, for the UTMOST up to a third of a second: not for the event
    loop."""
    return _MAKE[encoding](body, _LEVELS[encoding][effort]) if encoding else body


@lru_cache(maxsize=1024)
def negotiated(accepted: bytes) -> bytes:
    """The coding for an Accept-Encoding (RFC 9110, 12.5.3): the one with the greatest weight, ours first among equals.

    IDENTITY also where all are refused: a page that cannot be refused is better than none.
    """
    weights = _weights(accepted.lower()[:1000])
    everything = weights.get(b"*", 0.0)
    best, chosen = 0.0, IDENTITY
    for encoding in ENCODINGS:
        weight = weights.get(encoding, everything)
        if weight > best:
            best, chosen = weight, encoding
    return chosen if best >= weights.get(b"identity", 0.0) else IDENTITY


def _weights(accepted: bytes) -> dict[bytes, float]:
    found = {}
    for choice in accepted.split(b","):
        name, _, parameters = choice.partition(b";")
        if name.strip():
            found[name.strip().replace(b"x-gzip", b"gzip")] = _weight(parameters)
    return found


def _weight(parameters: bytes) -> float:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.strip().partition(b"=")
        if name.strip() == b"q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
