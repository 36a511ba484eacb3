"""Packed bodies: unpacked within limits, or refused."""

import contextlib
import gzip
import random
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import BodyTooLarge, MalformedBody, SenderError, UnsupportedEncoding
from relay.inflate import RATIO_FREE, coding, inflate

BODY = b'{"id": "evt_1", "type": "order.paid"}'
LIMIT = 1024 * 1024


@pytest.mark.parametrize(
    ("packed", "name"),
    [
        (gzip.compress(BODY, mtime=0), b"gzip"),
        (gzip.compress(BODY, mtime=0), b"x-gzip"),
        (zlib.compress(BODY), b"deflate"),
        (zlib.compress(BODY, 0), b"deflate"),
    ],
)
def test_a_packed_body_is_unpacked(packed: bytes, name: bytes) -> None:
    """What was packed comes back."""
    assert inflate(packed, name, LIMIT) == BODY


@pytest.mark.parametrize("size", [0, 1, RATIO_FREE, LIMIT])
def test_b3_the_limit_is_exact(size: int) -> None:
    """A decoded body at the limit passes and one byte more does not."""
    body = random.Random(4711).randbytes(size)
    assert inflate(gzip.compress(body, 1), b"gzip", max(size, 1)) == body
    with pytest.raises(BodyTooLarge):
        inflate(gzip.compress(body + b"xy", 1), b"gzip", max(size, 1))


def test_b3_a_bomb_is_refused_without_being_unpacked() -> None:
    """A gigabyte packed into a megabyte costs neither its memory nor its time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(packer.compress(b"\0" * 2**20) for _ in range(1024)), packer.flush()])
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(BodyTooLarge):
        inflate(bomb, b"gzip", LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * LIMIT
    assert time.perf_counter() - begun < 2


def test_b3_an_unlikely_ratio_is_refused() -> None:
    """Below the limit, too, a body may not grow a hundredfold."""
    body = b"\0" * (RATIO_FREE * 4)
    with pytest.raises(BodyTooLarge):
        inflate(gzip.compress(body, mtime=0), b"gzip", LIMIT)
    assert inflate(gzip.compress(body[:RATIO_FREE]), b"gzip", LIMIT) == body[:RATIO_FREE]


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(BODY, mtime=0)[:-8] + b"\0" * 8,
        gzip.compress(BODY, mtime=0) + b"junk",
        gzip.compress(BODY, mtime=0) + gzip.compress(BODY, mtime=0),
        gzip.compress(BODY, mtime=0)[:-1],
        gzip.compress(BODY, mtime=0)[:20],
        BODY,
        b"",
    ],
)
def test_b3_a_damaged_body_is_refused(packed: bytes) -> None:
    """A wrong checksum, a cut or something behind the end makes a body unreadable."""
    with pytest.raises(MalformedBody):
        inflate(packed, b"gzip", LIMIT)


@pytest.mark.parametrize(
    "value", [b"br", b"br, gzip", b"gzip, gzip", b"zstd", b"identity;q=0", b"", b"gzip;q=1", b"compress"]
)
def test_b4_other_codings_are_refused(value: bytes) -> None:
    """Only one coding, and only one that is known."""
    with pytest.raises(UnsupportedEncoding):
        coding([value])


def test_b4_known_codings() -> None:
    """None and identity mean plain; two header lines are two codings."""
    assert [coding([]), coding([b"Identity"]), coding([b" GZIP "])] == [b"", b"", b"gzip"]
    with pytest.raises(UnsupportedEncoding):
        coding([b"gzip", b"gzip"])


@given(st.binary(max_size=300), st.sampled_from([b"gzip", b"deflate"]))
def test_hostile_bytes_are_refused_in_our_words(body: bytes, name: bytes) -> None:
    """Whatever bytes come, the answer is a body or a refusal of ours."""
    for candidate in (body, gzip.compress(body, mtime=0)[: len(body)], b"\x1f\x8b\x08" + body):
        with contextlib.suppress(SenderError):
            inflate(candidate, name, LIMIT)
