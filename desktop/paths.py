"""By which of this computer's addresses the outside is reached: it changes when the network does.

A UDP socket that is "connected" sends nothing; the system only chooses the way. So Wi-Fi, cable and
VPN are noticed on every system alike, for some microseconds.
"""

import socket
from collections.abc import Iterable

OUTSIDE = ("192.0.2.1", "2001:db8::1")
"""Addresses kept for documentation (RFC 5737, RFC 3849): nobody has them, the usual way leads there."""

Paths = tuple[str, ...]
"""Our own address towards each goal, empty if there is no way."""


def paths(goals: Iterable[str] = OUTSIDE) -> Paths:
    """Return our own address on the way to each goal."""
    return tuple(_towards(goal) for goal in goals)


def _towards(goal: str) -> str:
    family = socket.AF_INET6 if ":" in goal else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((goal, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""
