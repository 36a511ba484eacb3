"""Where a relay is, from what a person typed; and who this desktop is there. Pure."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, quote, urlsplit

from desktop.i18n import tr
from relay.protocol import PATH

PAIR_PATH = "/v1/pair"
LINK_PATH = "/v1/link"

_SOCKET_SCHEMES = {"https": "wss", "http": "ws"}
_WEB_SCHEMES = {"https": "https", "http": "http", "wss": "https", "ws": "http"}
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,252}")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class BadAddress(ValueError):
    """What was typed is not the address of a relay; the text is a sentence for the agent."""


@dataclass(frozen=True, kw_only=True)
class RelayAddress:
    """The addresses of one relay. ``base`` has no slash at its end and is its name in the keyring."""

    base: str
    """For example ``https://apps.example/deskbell``."""
    socket: str
    """The WebSocket, ``wss://apps.example/deskbell/ws``."""
    link: str
    """Where the link goes by requests, ``https://apps.example/deskbell/v1/link``."""
    pair: str
    """Where pairing codes are exchanged, ``https://apps.example/deskbell/v1/pair``."""
    loopback: bool
    """The relay is on this computer: no proxy, and TLS may be missing."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who this desktop is at a relay: all that is remembered of a pairing, except the token."""

    relay: str
    """``RelayAddress.base``."""
    device: str
    agent: str
    teams: tuple[str, ...]


def parse_address(text: str) -> RelayAddress:
    """Read an address as a person types it: the scheme may be left out, a path before ours is kept.

    Raises:
        BadAddress: nothing usable, or unprotected HTTP to another computer.
    """
    typed = text.strip()
    if not typed:
        raise BadAddress(tr("Please enter the address of the relay, for example relay.example.com."))
    if any(character.isspace() or not character.isprintable() for character in typed):
        raise BadAddress(tr("The address must not contain spaces."))
    parts = _split(typed)
    scheme, host, path = _WEB_SCHEMES[parts.scheme], _host(parts), _path(parts)
    loopback = is_loopback(host.strip("[]"))
    if "://" not in typed and loopback:
        scheme = "http"
    if scheme == "http" and not loopback:
        raise BadAddress(
            tr("The way to {host} would not be protected. The address has to begin with https://.", host=host)
        )
    where = f"{host}{_port(parts, scheme)}{path}"
    base = f"{scheme}://{where}"
    return RelayAddress(
        base=base,
        socket=f"{_SOCKET_SCHEMES[scheme]}://{where}{PATH}",
        link=base + LINK_PATH,
        pair=base + PAIR_PATH,
        loopback=loopback,
    )


def is_loopback(host: str) -> bool:
    """Say whether ``host`` (a name, or an IP address without brackets) is this computer itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(typed: str) -> SplitResult:
    """Take the address apart, and refuse parts that an address of a relay does not have."""
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable:
        raise BadAddress(tr("This is not an address. It looks like relay.example.com."))
    if parts.scheme not in _WEB_SCHEMES:
        raise BadAddress(tr("The address has to begin with https://."))
    if parts.username is not None or parts.query or parts.fragment:
        raise BadAddress(tr("The address must not contain a user name, a question mark or a hash sign."))
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host in ASCII (RFC 3490 for names of other scripts), IPv6 in brackets."""
    host = parts.hostname or ""
    try:
        if ":" in host:
            return f"[{IPv6Address(host).compressed}]"
        name = host.encode("ascii" if host.isascii() else "idna").decode("ascii").lower()
    except ValueError:  # a UnicodeError is one too
        name = ""
    if not _NAME.fullmatch(name):
        raise BadAddress(tr("This name cannot be the name of a computer."))
    return name


def _port(parts: SplitResult, scheme: str) -> str:
    """Return the port with its colon, nothing for the usual one."""
    return "" if parts.port in {None, _DEFAULT_PORTS[scheme]} else f":{parts.port}"


def _path(parts: SplitResult) -> str:
    """Return the path before ours, without our own, which people paste along."""
    path = parts.path.rstrip("/")
    for ours in (PATH, PAIR_PATH):
        path = path.removesuffix(ours)
    return quote(path.rstrip("/"), safe="/%:@!$&'()*+,;=")  # RFC 3986 section 3.3
