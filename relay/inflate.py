"""Unpacking a compressed body without being swamped by it. Pure.

Sources: RFC 9110 section 8.4.1 (``gzip``, ``deflate``), RFC 1952 and RFC 1950 for the formats.
"""

import zlib

from relay.errors import BodyTooLarge, MalformedBody, UnsupportedEncoding

MAX_RATIO = 100
"""A decoded body may be so many times as large as it came. JSON, repetitive as it is, stays below 30."""

RATIO_FREE = 64 * 1024
"""Bytes of a decoded body for which the ratio doesn't count: small ones may be very regular."""

_FORMATS = {b"gzip": 16 + zlib.MAX_WBITS, b"x-gzip": 16 + zlib.MAX_WBITS, b"deflate": zlib.MAX_WBITS}

_IDENTITY = b"identity"


def coding(values: list[bytes]) -> bytes:
    """Return how a body is packed, from its Content-Encoding headers; empty if it is not.

    Raises:
        UnsupportedEncoding: several codings, or one that is not known.
    """
    if not values:
        return b""
    name = values[0].strip().lower()
    if len(values) > 1 or (name != _IDENTITY and name not in _FORMATS):
        raise UnsupportedEncoding("the body may be packed once, with gzip or deflate, or not at all")
    return b"" if name == _IDENTITY else name


def inflate(body: bytes, packed: bytes, limit: int) -> bytes:
    """Return what a body packed by ``packed`` holds.

    No more than ``limit`` bytes are ever produced, whatever the body says of itself.

    Raises:
        BodyTooLarge: more than ``limit`` bytes, or an unlikely many for so few.
        MalformedBody: it is cut off, damaged, or followed by something else.
    """
    most = min(limit, max(RATIO_FREE, len(body) * MAX_RATIO))
    unpacker = zlib.decompressobj(_FORMATS[packed])
    try:
        found = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise MalformedBody(f"the body is not {packed.decode()}: {error}") from None
    if len(found) > most:
        raise BodyTooLarge(most)
    if not unpacker.eof:
        raise MalformedBody("the packed body is cut off")
    if unpacker.unused_data:
        raise MalformedBody("something follows the packed body")
    return found
