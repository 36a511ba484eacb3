"""Who sent a request: the address behind the proxies that the operator trusts. Pure.

Every proxy appends the address it saw. Whatever stands left of the first untrusted address, counted
from the right, is the sender's own claim, and is never looked at. Sources: RFC 7239 for
``Forwarded``, its section 5.3 and RFC 4291 for the ways to write an address.
"""

import re
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Headers = Sequence[tuple[bytes, bytes]]

X_FORWARDED_FOR = "x-forwarded-for"
FORWARDED = "forwarded"
FORWARDED_HEADERS = (X_FORWARDED_FOR, FORWARDED)
"""The headers by which proxies tell. Which of them ours writes is configured, never guessed."""

MAX_HOPS = 16
"""Entries that are looked at, from the right. A chain of more proxies is somebody's joke."""

_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\w{1,5})?|([0-9.]+)(?::\w{1,5})?", re.ASCII)
_FOR = re.compile(r"(?:^|;)\s*for\s*=\s*(?:\"([^\"]*)\"|([^;\s]*))\s*(?=;|$)", re.ASCII | re.IGNORECASE)
_OUTSIDE_QUOTES = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')


def network(text: str) -> Network:
    """Return a network from ``192.0.2.0/24``, or from a single address.

    Raises:
        ValueError: it is neither, or an address inside the network was given for the network.
    """
    return ip_network(text.strip())


def address(text: str) -> Address | None:
    """Return an address however a proxy may write it; None if it is none.

    A port, brackets and an IPv6 zone are dropped, and ``::ffff:192.0.2.1`` is ``192.0.2.1``.
    """
    found = _WITH_PORT.fullmatch(text.strip())
    bare = (found[1] or found[2] or "") if found else text.strip()
    try:
        parsed = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def within(known: Address | None, networks: Sequence[Network]) -> bool:
    """Say whether an address is in one of the networks; an unknown one is in none."""
    return known is not None and any(known.version == one.version and known in one for one in networks)


def sender(
    connection: str, headers: Headers, trusted: Sequence[Network], header: str = X_FORWARDED_FOR
) -> Address | None:
    """Return the right-most address that is not a trusted proxy; None if that cannot be told.

    ``connection`` is the other end of the socket. If all are trusted it is the left-most of them.
    """
    known = address(connection)
    if not within(known, trusted):
        return known
    for entry in _from_the_right(headers, header):
        known = address(entry)
        if not within(known, trusted):
            return known
    return known


def _from_the_right(headers: Headers, name: str) -> list[str]:
    """Return the addresses of a header, the last hop first, as they are written."""
    wanted = name.encode("ascii")
    values = ",".join(value.decode("latin-1") for key, value in headers if key == wanted)
    if not values:
        return []
    if name == FORWARDED:
        entries = [_for(element) for element in _OUTSIDE_QUOTES.split(values[-_LONGEST:])]
    else:
        entries = values.rsplit(",", MAX_HOPS)[-MAX_HOPS:]
    return entries[::-1][:MAX_HOPS]


_LONGEST = MAX_HOPS * 128
"""Characters of a Forwarded header that are looked at, so that a long one costs no more than a short one."""


def _for(element: str) -> str:
    found = _FOR.search(element)
    return (found[1] or found[2] or "") if found else ""
