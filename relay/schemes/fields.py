"""Reading security headers strictly: one value, printable ASCII, bounded; anything else is refused."""

import re

from relay.errors import BadSignature
from relay.event import Delivery

MAX_LENGTH = 4096
"""Bytes. Sixteen signatures of the longest kind in use here need under two thousand."""

_VALUE = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]{0,%d}[\x21-\x7e])?" % (MAX_LENGTH - 2))
_TIME = re.compile(rb"[0-9]{1,16}")


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


def unix_seconds(text: bytes, tick: float) -> float:
    """Return the time that ``text`` counts in ticks of ``tick`` seconds since 1970.

    Python's ``int`` would also take signs, underscores, blanks and the digits of other scripts.

    Raises:
        BadSignature: not one to sixteen ASCII digits.
    """
    if not _TIME.fullmatch(text):
        raise BadSignature("malformed-time", "not one to sixteen ASCII digits")
    return int(text) * tick
