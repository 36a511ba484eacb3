"""A plain connection to the relay along a route, and a look at the certificate at its end.

These calls block, each within its limit: they run in threads. Over SOCKS5 (RFC 1928) the link
itself comes this way too; over HTTP the WebSocket library makes its own tunnel.
"""

import re
import socket
import ssl
import struct
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address

from desktop.chain import shown
from desktop.i18n import mark, tr
from desktop.proxies import Proxy, Route

_VERSION, _LOGIN_VERSION = 5, 1
_NO_LOGIN, _LOGIN = 0, 2
_CONNECT, _BY_NAME = 1, 3
_ADDRESS_BYTES = {1: 4, 4: 16}
_REPLIES = {
    1: mark("has failed"),
    2: mark("does not allow it"),
    3: mark("cannot reach that network"),
    4: mark("cannot reach the relay"),
    5: mark("was refused by the relay"),
    6: mark("got no answer in time"),
}
"""RFC 1928 section 6."""

HTTP_AUTHENTICATION_REQUIRED = 407

_KNOWN = ("Basic", "Digest", "Negotiate", "NTLM", "Kerberos", "Bearer")
_SPOKEN = "Basic"
_OFFER = re.compile(r"(?:^|,)\s*([\w-]+)(?!\s*=|[\w-])")
"""A name begins an item; what has an equals sign behind it is a parameter of the name before."""


class ProxyFailed(Exception):
    """The proxy did not let us through. The text goes on after "The proxy …"."""

    def __init__(self, what: str, *, sign_in: bool = False, unspoken: tuple[str, ...] = ()) -> None:
        """``sign_in``: it asks who we are, and what we said was not enough.

        ``unspoken`` are the ways to sign in that it offers, if Deskbell speaks none of them.
        """
        super().__init__(what)
        self.sign_in, self.unspoken = sign_in, unspoken


def open_tunnel(host: str, port: int, route: Route, limit: float) -> socket.socket:
    """Connect to a host along a route; each step may take ``limit`` seconds.

    Raises:
        ProxyFailed: the proxy cannot be reached, or refuses.
        OSError: the host cannot be reached.
    """
    proxy = route.proxy
    if proxy is None:
        return socket.create_connection((host, port), limit)
    if proxy.scheme == "https":
        raise ProxyFailed(tr("speaks TLS itself, which only the link can do"))
    try:
        return _through(proxy, host, port, limit)
    except TimeoutError as error:
        raise ProxyFailed(tr("does not answer")) from error
    except OSError as error:
        raise ProxyFailed(tr("cannot be reached")) from error


def peer_chain(host: str, port: int, route: Route, limit: float) -> list[bytes]:
    """Return the certificates (DER) that are shown at the end of a route, whoever signed them.

    Only the greeting of TLS is exchanged: nothing is sent over a connection that isn't trusted.

    Raises:
        ProxyFailed, OSError: there is no TLS at the end.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        open_tunnel(host, port, route, limit) as plain,
        context.wrap_socket(plain, server_hostname=host) as protected,
    ):
        return shown(protected)


def _through(proxy: Proxy, host: str, port: int, limit: float) -> socket.socket:
    """Connect to a proxy, and have it connect us on."""
    sock = socket.create_connection((proxy.host, proxy.port), limit)
    try:
        if proxy.socks:
            _log_in(sock, proxy)
            _ask_for(sock, _named(host, port, proxy), port)
        else:
            _knock(sock, proxy, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    except BaseException:
        sock.close()
        raise
    return sock


def _knock(sock: socket.socket, proxy: Proxy, target: str) -> None:
    """Ask for a tunnel (RFC 9110 section 9.3.6)."""
    sock.sendall(_request(proxy, target))
    # It has a file of its own on the socket, which stays open for as long as that is.
    with closing(HTTPResponse(sock, method="CONNECT")) as answer:
        try:
            answer.begin()
        except HTTPException as error:
            raise ProxyFailed(tr("does not speak HTTP")) from error
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3
            raise refused(answer.status, proxy, answer.headers.get_all("Proxy-Authenticate", []))


def _request(proxy: Proxy, target: str) -> bytes:
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.user:
        login = b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {login}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def refused(status: int, proxy: Proxy, offers: Iterable[str]) -> ProxyFailed:
    """Say what an HTTP proxy's status means; ``offers`` are its ``Proxy-Authenticate`` headers."""
    if status != HTTP_AUTHENTICATION_REQUIRED:
        return ProxyFailed(tr("does not allow it (HTTP {status})", status=status))
    offered = schemes(offers)
    if not offered or _SPOKEN in offered:
        return ProxyFailed(tr("asks for a sign-in"), sign_in=True)
    what = tr(
        "{proxy} asks for a sign-in by {schemes}, which Deskbell cannot do",
        proxy=f"{proxy.host}:{proxy.port}",
        schemes="/".join(offered),
    )
    return ProxyFailed(what, sign_in=True, unspoken=offered)


def schemes(offers: Iterable[str]) -> tuple[str, ...]:
    """Return the ways to sign in that ``Proxy-Authenticate`` headers name (RFC 9110 section 11.7.1).

    Only known ones: the rest of such a header is a stranger's text.
    """
    bare = [re.sub(r'"[^"]*"', "", offer) for offer in offers]
    found = {each.casefold() for offer in bare for each in _OFFER.findall(offer)}
    return tuple(name for name in _KNOWN if name.casefold() in found)


def _named(host: str, port: int, proxy: Proxy) -> str:
    """Return what a SOCKS proxy is asked for: an address, or with "socks5h" a name that it resolves."""
    if proxy.scheme != "socks5":
        return host
    return str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])


def _ask_for(sock: socket.socket, host: str, port: int) -> None:
    """Ask for a connection (RFC 1928 section 4)."""
    sock.sendall(bytes([_VERSION, _CONNECT, 0]) + _destination(host) + struct.pack("!H", port))
    version, reply, _, kind = _exactly(sock, 4)
    if version != _VERSION or reply:
        raise ProxyFailed(tr(_REPLIES.get(reply, mark("says {reply}")), reply=reply))
    _exactly(sock, (_ADDRESS_BYTES.get(kind) or _exactly(sock, 1)[0]) + 2)


def _log_in(sock: socket.socket, proxy: Proxy) -> None:
    """Agree how to sign in, and do (RFC 1929)."""
    sock.sendall(bytes([_VERSION, 2, _NO_LOGIN, _LOGIN] if proxy.user else [_VERSION, 1, _NO_LOGIN]))
    version, method = _exactly(sock, 2)
    if version != _VERSION:
        raise ProxyFailed(tr("does not speak SOCKS5"))
    if method == _LOGIN and proxy.user:
        user, password = proxy.user.encode()[:255], proxy.password.encode()[:255]
        sock.sendall(bytes([_LOGIN_VERSION, len(user)]) + user + bytes([len(password)]) + password)
        if _exactly(sock, 2)[1]:
            raise ProxyFailed(tr("does not accept the sign-in"), sign_in=True)
    elif method != _NO_LOGIN:
        raise ProxyFailed(tr("asks for a sign-in"), sign_in=True)


def _destination(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        return bytes([_BY_NAME, len(name)]) + name
    return bytes([1 if address.version == 4 else 4]) + address.packed  # noqa: PLR2004 - IPv4


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise ProxyFailed(tr("ended the connection"))
        data += piece
    return data
