"""Content codings."""

import gzip
import random

import brotli
import pytest
import zstandard

from dragoman.delivery.front.encodings import ENCODINGS, Effort, encode, negotiated

DECODE = {
    b"br": brotli.decompress,
    b"gzip": gzip.decompress,
    b"zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    b"": lambda body: body,
}


@pytest.mark.parametrize("effort", Effort)
@pytest.mark.parametrize("encoding", [*ENCODINGS, b""])
@pytest.mark.parametrize("body", [b"", b"words " * 1000, bytes(range(256)) * 100])
def test_what_is_encoded_is_decoded(encoding: bytes, body: bytes, effort: Effort) -> None:
    assert DECODE[encoding](encode(body, encoding, effort)) == body


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_more_effort_makes_it_smaller(encoding: bytes) -> None:
    dice = random.Random(7)
    words = " ".join(dice.choice(("bridge", "river", "keeper", "lamp", "gull")) for _ in range(9000)).encode()
    sizes = [len(encode(words, encoding, effort)) for effort in Effort]
    assert sizes == sorted(set(sizes), reverse=True)


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (b"", b""),
        (b"gzip, deflate, br, zstd", b"br"),
        (b"gzip, deflate", b"gzip"),
        (b"GZIP", b"gzip"),
        (b"x-gzip", b"gzip"),
        (b"gzip;q=1.0, br;q=0.5", b"gzip"),
        (b"br;q=0, gzip", b"gzip"),
        (b"br ; q=0 , *", b"zstd"),
        (b"*;q=0", b""),
        (b"identity, gzip;q=0.5", b""),
        (b"gzip;q=nonsense", b""),
        (b"gzip;q=0.001", b"gzip"),
        (b"deflate", b""),
        (b"," * 5000, b""),
    ],
)
def test_the_reader_s_weights_decide_and_then_ours(accepted: bytes, chosen: bytes) -> None:
    assert negotiated(accepted) == chosen
