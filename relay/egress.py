"""The way out: requests to addresses that playbooks and events name, without becoming anybody's tunnel.

Whoever can make us call an address could else reach what only this machine can reach: the company's
inner systems, the cloud's metadata service, ourselves (OWASP, server-side request forgery). So each
name is resolved here, all of its addresses are checked, and one of those is connected to: between
check and connection a name can't change its mind. No redirects, no proxies, no connection that is
kept for another call; limits for time and size.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpcore
import msgspec

from relay.calls import Reply, retry_after
from relay.log import escape
from relay.peer import Address, Network, within

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that are read: the status is what counts, the rest is a sentence for a person."""

QUOTE_LIMIT = 300
"""Characters that are quoted of it."""

QUOTE_SECONDS = 2.0
"""For reading it."""

CALL_SECONDS = 15.0
"""For one call, from resolving the name to the last byte, if nothing else is configured."""

METADATA = tuple(
    map(ip_network, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
"""Where clouds hand out credentials to whoever asks: never called, whatever is allowed."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
_SPECIAL = tuple(map(ip_network, ("192.88.99.0/24", "3fff::/20")))
"""In IANA's registries of special-purpose addresses, but not in Python's: the former relays of 6to4
(RFC 7526), through which one would reach what 6to4 hides, and documentation (RFC 9637)."""
_FIRST_ERROR = 400


class Refused(Exception):
    """An address that must not be called; trying again would not help. The text goes on after the host."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is sent. ``hidden`` are the secrets in it, which are never quoted back."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    hidden: tuple[str, ...] = ()


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in found]


def is_public(address: Address) -> bool:
    """Say whether an address is on the internet, and not another name for one that isn't."""
    if within(address, _SPECIAL):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address in _NAT64:
        return is_public(IPv4Address(address.packed[12:]))
    if address.ipv4_mapped or address.sixtofour or address.teredo:
        return False
    return address in _UNICAST and address.is_global


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or itself."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(address.packed[12:])
        return address.ipv4_mapped or address.sixtofour or address
    return address


class Guard(httpcore.AsyncNetworkBackend):
    """Connects by TCP to addresses that are allowed, and to nothing else.

    Names in ``networks`` are allowed although they aren't public; ``public`` says whether the
    internet is.
    """

    def __init__(self, resolver: Resolve, networks: Sequence[Network], *, public: bool) -> None:
        self._resolve, self._networks, self._public = resolver, networks, public
        self._below = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is the library's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve a name, check all of its addresses, and connect to the first that answers.

        Raises:
            Refused: one of them is not allowed.
            OSError: the name is not known.
            httpcore.ConnectError: none of them answers.
        """
        for address in (addresses := await self._checked(host, port)):
            try:
                return await self._below.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise AssertionError("there is an address, and the last one returns or raises")  # pragma: no cover

    async def sleep(self, seconds: float) -> None:
        """Wait, as the library's pool wants it before a retry; we make none."""
        await self._below.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[str]:
        found = [ip_address(one.partition("%")[0]) for one in await self._resolve(host, port)]
        if not found or not all(map(self._allowed, found)):
            listed = ", ".join(sorted(map(str, found))) or "nothing"
            raise Refused(f"leads to {listed}, where the relay may not call; see [actions] in its settings.")
        # Where the network has no IPv6, a name often has an address of it all the same.
        found.sort(key=lambda one: isinstance(one, IPv6Address))
        return list(dict.fromkeys(map(str, found)))

    def _allowed(self, address: Address) -> bool:
        if within(address, METADATA) or within(_inner(address), METADATA):
            return False
        return within(address, self._networks) or (self._public and is_public(address))


class Egress:
    """Sends requests, within limits.

    ``hosts`` are patterns (``*.example.com``) of the hosts that may be called, any if it is empty;
    ``networks`` may be called although they aren't public, and only there is plain http allowed.
    ``resolver`` and ``context`` are for tests with a server of their own.
    """

    def __init__(
        self,
        *,
        hosts: Sequence[str] = (),
        networks: Sequence[Network] = (),
        seconds: float = CALL_SECONDS,
        resolver: Resolve = resolve,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts, self._seconds = [host.lower() for host in hosts], seconds
        self._guards = {
            "https": Guard(resolver, networks, public=True),
            "http": Guard(resolver, networks, public=False),
        }
        self._context = context or ssl.create_default_context()

    async def send(self, request: Request) -> Reply:
        """Make one request; whatever happens is told in the reply."""
        try:
            async with asyncio.timeout(self._seconds) as limit:
                guard = self._guard(request.url)
                async with self._answer(guard, request) as response:
                    # From here on the call counts as answered, whatever becomes of the rest.
                    limit.reschedule(None)
                    return await _reply(response, request.hidden)
        except Refused as error:
            return Reply(problem=str(error), final=True)
        except (TimeoutError, httpcore.TimeoutException):
            return Reply(problem=f"did not answer within {self._seconds:g} seconds.")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            return Reply(problem=_broken(error))

    def _guard(self, url: str) -> Guard:
        """Return the guard for an address.

        Raises:
            Refused: it is no address to call, or its host is not among those that may be called.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise Refused("is no host that can be called.") from None
        if not host or parts.scheme not in self._guards or "@" in parts.netloc:
            raise Refused("can't be called: only http and https addresses with a host and no user name.")
        if self._hosts and not any(fnmatchcase(host, pattern) for pattern in self._hosts):
            raise Refused("is not among the hosts that the relay may call; see [actions] in its settings.")
        return self._guards[parts.scheme]

    @contextlib.asynccontextmanager
    async def _answer(self, guard: Guard, request: Request) -> AsyncIterator[httpcore.Response]:
        """Yield the answer once its headers are there; the connection is of this request alone."""
        host = urlsplit(request.url).netloc
        headers = {"host": host, "accept-encoding": "identity", "connection": "close", **request.headers}
        if request.body or request.method not in {"GET", "DELETE"}:
            headers["content-length"] = str(len(request.body))
        async with (
            httpcore.AsyncConnectionPool(ssl_context=self._context, network_backend=guard) as pool,
            pool.stream(
                request.method, request.url, headers=list(headers.items()), content=request.body or None
            ) as response,
        ):
            yield response


async def _reply(response: httpcore.Response, hidden: Sequence[str]) -> Reply:
    """Return what an answer says; only of a refusal more than the status is of interest."""
    headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
    body = await _beginning(response) if response.status >= _FIRST_ERROR else b""
    asked = retry_after(headers.get(b"retry-after", ""), headers.get(b"date", ""), time.time())
    return Reply(status=response.status, retry_after=asked, quote=_quote(body, hidden))


async def _beginning(response: httpcore.Response) -> bytes:
    """Return as much of a body as is read of one, and as comes in a short time."""
    body = bytearray()
    with contextlib.suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        async with asyncio.timeout(QUOTE_SECONDS):
            async for part in response.aiter_stream():
                body += part
                if len(body) >= ANSWER_LIMIT:
                    break
    return bytes(body[:ANSWER_LIMIT])


def _quote(body: bytes, hidden: Sequence[str]) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    for secret in hidden:
        text = text.replace(secret, "…")
    return escape(text[:QUOTE_LIMIT])


def _broken(error: BaseException) -> str:
    """Return what happened to a connection; the telling cause stands at the bottom."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"has a certificate that is not trusted: {escape(cause.verify_message, 200)}."
            case ssl.SSLError():
                return "does not speak TLS as it should."
            case socket.gaierror():
                return "is not known to DNS."
            case ConnectionRefusedError():
                return "refused the connection."
    return f"broke the connection ({type(error).__name__})."


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
