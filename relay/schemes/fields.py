"""Reading security headers strictly: one value, printable ASCII, bounded; anything else is refused."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery

MAX_LENGTH = 4096
"""Bytes. Sixteen signatures of the longest kind in use here need under two thousand."""

_VALUE = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]{0,%d}[\x21-\x7e])?" % (MAX_LENGTH - 2))
_TIME = re.compile(rb"[0-9]{1,16}")
_ISO = re.compile(
    rb"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})"
    rb"(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def sole(delivery: Delivery, name: bytes) -> bytes:
    """Return the only value of the header ``name`` (lower case).

    A repeated security header is ambiguous: the proxy in front may have checked the other one.

    Raises:
        BadSignature: the header is missing, repeated, empty, blank, too long, or has bytes that
            are not printable ASCII.
    """
    values = delivery.header_values(name)
    if len(values) != 1:
        raise BadSignature("repeated-header" if values else "missing-header", name.decode("ascii"))
    if not _VALUE.fullmatch(values[0]):
        raise BadSignature("malformed-header", name.decode("ascii"))
    return values[0]


def every(delivery: Delivery, name: bytes) -> list[bytes]:
    """Return every value of a header that its provider may repeat: one signature for each key.

    Raises:
        BadSignature: the header is missing, or one of its values is malformed, as with :func:`sole`.
    """
    values = delivery.header_values(name)
    if not values:
        raise BadSignature("missing-header", name.decode("ascii"))
    for value in values:
        if not _VALUE.fullmatch(value):
            raise BadSignature("malformed-header", name.decode("ascii"))
    return values


def unix_seconds(text: bytes, tick: float) -> float:
    """Return the time that ``text`` counts in ticks of ``tick`` seconds since 1970.

    Python's ``int`` would also take signs, underscores, blanks and the digits of other scripts.

    Raises:
        BadSignature: not one to sixteen ASCII digits.
    """
    if not _TIME.fullmatch(text):
        raise BadSignature("malformed-time", "not one to sixteen ASCII digits")
    return int(text) * tick


def iso_seconds(text: bytes) -> float:
    """Return the time of an RFC 3339 text, with up to nine digits of a second's fraction.

    Raises:
        BadSignature: anything else, or a date that there isn't.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise BadSignature("malformed-time", "not an RFC 3339 time")
    day, hour, fraction, zone = (part.decode() for part in match.groups(b""))
    offset = "+00:00" if zone == "Z" else zone
    try:
        whole = datetime.fromisoformat(f"{day}T{hour}{offset}").timestamp()
    except (ValueError, OverflowError):
        raise BadSignature("malformed-time", "no such time") from None
    return whole + (float(f"0.{fraction}") if fraction else 0.0)


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider writes a time: ``read`` gives Unix seconds or refuses, ``write`` is its inverse."""

    read: Callable[[bytes], float]
    write: Callable[[float], bytes]


SECONDS = Clock(read=lambda text: unix_seconds(text, 1.0), write=lambda now: b"%d" % int(now))
MILLISECONDS = Clock(read=lambda text: unix_seconds(text, 0.001), write=lambda now: b"%d" % int(now * 1000))
ISO = Clock(
    read=iso_seconds, write=lambda now: f"{datetime.fromtimestamp(int(now), UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
)
EITHER = Clock(
    # Eleven digits of seconds begin in the year 2286, eleven of milliseconds ended in 1973.
    read=lambda text: unix_seconds(text, 1.0 if len(text) <= 10 else 0.001),  # noqa: PLR2004 - as above
    write=MILLISECONDS.write,
)
"""Milliseconds, or seconds: for providers whose pages and requests don't agree."""
