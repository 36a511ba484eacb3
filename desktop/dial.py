"""The socket of a link: open it, read what is there, close it, and judge how it ended."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyStatus,
    InvalidStatus,
    ProxyError,
)
from websockets.typing import Subprotocol

from desktop import verdicts
from desktop.address import RelayAddress
from desktop.certificate import Unreadable
from desktop.chain import read_all
from desktop.i18n import tr
from desktop.inbox import InboxError
from desktop.lineage import trace
from desktop.proxies import BadProxy, Network, Route, endpoint
from desktop.session import read_frame
from desktop.trust import BadAuthority, tls_context
from desktop.tunnel import ProxyFailed, open_tunnel, peer_chain, refused
from desktop.verdicts import Verdict
from relay.protocol import MAX_RELAY_FRAME, SUBPROTOCOL, Close, FromRelay, MalformedMessage

BRANCH_SECONDS = 0.25
"""When an address doesn't answer by then, the next one is tried beside it (RFC 8305)."""

LOOK_SECONDS = 3.0
"""How long naming the issuer of a certificate that isn't trusted may take."""

BATCH = 200
"""Frames that are taken together, and so stored in one transaction."""

_log = logging.getLogger(__name__)

# At DEBUG the library logs the upgrade's headers, and the token is one of them (promise P8).
_wire_log = logging.getLogger("desktop.wire")
_wire_log.setLevel(logging.INFO)


class Dial(connect):
    """A connect that knows its way, and follows no redirect: the token is for one address and no other."""

    address: RelayAddress
    network: Network
    limit: float
    route: Route | None = None
    """The way that was taken, as soon as it is known."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Take a redirect for a refusal."""
        return exc

    async def open_tcp_connection(self) -> ClientConnection:
        """Choose the way, in a thread because the system may take its time, and go it."""
        loop = asyncio.get_running_loop()
        self.route = await loop.run_in_executor(None, self.network.route, self.address)
        proxy = self.route.proxy
        self.proxy = proxy.url if proxy else None
        host = proxy.host if proxy else endpoint(self.address)[0]
        self.create_connection_kwargs["happy_eyeballs_delay"] = _branch_after(host)
        if proxy is None:
            return await super().open_tcp_connection()
        if proxy.scheme == "https":
            self.create_connection_kwargs["proxy_ssl"] = tls_context(self.network.authority)
        if proxy.socks:
            self.create_connection_kwargs["sock"] = await self._tunnel(self.route)
        try:
            return await super().open_tcp_connection()
        except InvalidProxyStatus as error:
            answer = error.response
            raise refused(answer.status_code, proxy, answer.headers.get_all("Proxy-Authenticate")) from error
        except (ssl.SSLError, TimeoutError, ConnectionResetError):
            raise  # these come from behind the proxy
        except OSError as error:
            raise ProxyFailed(tr("cannot be reached")) from error

    async def _tunnel(self, route: Route) -> socket.socket:
        """Open a tunnel, in a thread; if nobody waits for it any more, it is closed when it is there."""
        opening = Resolver().submit(open_tunnel, *endpoint(self.address), route, self.limit)
        try:
            opened: socket.socket = await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise
        finally:
            del opening  # as in _settle
        opened.setblocking(False)
        return opened


def _close_unwanted(opening: Future[socket.socket]) -> None:
    if opening.exception() is None:
        opening.result().close()


def _branch_after(host: str) -> float | None:
    """Return when a name's next address is tried; None for an address, which has no other.

    If a race is cancelled just as it is won, asyncio leaves its socket to the garbage collector.
    """
    try:
        ip_address(host)
    except ValueError:
        return BRANCH_SECONDS
    return None


_Dial = TypeVar("_Dial", bound=Dial)


def dial(
    address: RelayAddress,
    token: str,
    *,
    open_limit: float,
    close_limit: float,
    network: Network | None = None,
) -> Dial:
    """Prepare the WebSocket; enter what is returned to open it. Limits are in seconds.

    Raises:
        desktop.trust.BadAuthority: the file with added authorities cannot be used.
    """
    return prepare(
        Dial, address.socket, address, token, open_limit=open_limit, close_limit=close_limit, network=network
    )


def prepare(
    kind: type[_Dial],
    uri: str,
    address: RelayAddress,
    token: str,
    *,
    open_limit: float,
    close_limit: float,
    network: Network | None,
) -> _Dial:
    """Prepare a WebSocket of a kind of dial.

    Raises:
        desktop.trust.BadAuthority: the file with added authorities cannot be used.
    """
    network = network or Network()
    prepared = kind(
        uri,
        additional_headers={"Authorization": f"Bearer {token}"},
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        compression=None,
        max_size=MAX_RELAY_FRAME,
        max_queue=BATCH,
        open_timeout=open_limit,
        close_timeout=close_limit,
        ping_interval=None,  # our own heartbeat says more, see relay.protocol.Pong
        user_agent_header="Deskbell",
        ssl=tls_context(network.authority) if uri.startswith("wss:") else None,
        logger=_wire_log,
    )
    prepared.address, prepared.network, prepared.limit = address, network, open_limit
    return prepared


async def drain(socket: ClientConnection) -> list[FromRelay]:
    """Wait for a message; return it with those that have arrived behind it, in order.

    Raises:
        MalformedMessage: one of them cannot be read.
        ConnectionClosed: the end of the link, after everything before it was returned.
    """
    frames = [await socket.recv(decode=False)]
    # recv() returns at once while something is there, and a time-out of zero ends the first real wait.
    with suppress(TimeoutError, ConnectionClosed):
        async with asyncio.timeout(0):
            while len(frames) < BATCH:
                frames.append(await socket.recv(decode=False))
    return [read_frame(frame) for frame in frames]


async def hang_up(socket: ClientConnection, code: Close, limit: float) -> None:
    """Close politely, and after ``limit`` seconds anyhow."""
    closing = asyncio.create_task(socket.close(code), name="close")
    done, _ = await asyncio.wait([closing], timeout=limit)
    if not done:
        socket.transport.abort()
        await closing


async def explain(error: Exception, address: RelayAddress, network: Network) -> Verdict:
    """Judge as :func:`judge` does; of a certificate that isn't trusted find out who issued it."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return judge(error)
    issuer = ""
    with suppress(OSError, ProxyFailed, BadProxy, Unreadable, TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            issuer = await asyncio.get_running_loop().run_in_executor(None, _issuer, address, network)
    return verdicts.after_certificate(error, issuer)


def _issuer(address: RelayAddress, network: Network) -> str:
    chain = read_all(peer_chain(*endpoint(address), network.route(address), LOOK_SECONDS))
    return trace(chain, [], public=frozenset(), added=frozenset()).issuer


def judge(error: Exception) -> Verdict:
    """Say what the end of a link by an exception means."""
    for kind, verdict_on in _JUDGES:
        if isinstance(error, kind):
            return verdict_on(error)
    _log.error("the link failed", exc_info=error)
    return verdicts.BROKEN


def _closed(error: Any) -> Verdict:
    return verdicts.after_close(error.rcvd.code if error.rcvd else None)


def _refused(error: Any) -> Verdict:
    headers = error.response.headers
    return verdicts.after_refusal(
        error.response.status_code,
        html=headers.get("Content-Type", "").startswith("text/html"),
        retry_after=headers.get("Retry-After"),
    )


def _proxy_failed(error: Any) -> Verdict:
    if error.unspoken:
        reason = tr("The proxy {error}. Please ask your IT.", error=error)
        return Verdict(retry=True, reason=reason, at_least=5.0)
    if error.sign_in:
        return verdicts.PROXY_SIGN_IN
    return Verdict(
        retry=True, reason=tr("The proxy of this network {error}. Please ask your IT.", error=error)
    )


def _misset(error: Any) -> Verdict:
    return Verdict(retry=True, reason=str(error), at_least=5.0)


def _cannot_store(error: Any) -> Verdict:
    _log.error("the inbox failed: %s", error)
    return verdicts.CANNOT_STORE


_JUDGES: tuple[tuple[type[Exception], Callable[[Any], Verdict]], ...] = (
    (ConnectionClosed, _closed),
    (InvalidStatus, _refused),
    (ProxyError, lambda _: verdicts.PROXY),
    (ProxyFailed, _proxy_failed),
    (BadProxy, _misset),
    (BadAuthority, _misset),
    (InvalidMessage, lambda _: verdicts.BROKEN_OFF),
    (InvalidHandshake, lambda _: verdicts.NOT_A_RELAY),
    (MalformedMessage, lambda _: verdicts.MISUNDERSTOOD),
    (InboxError, _cannot_store),
    (OSError, verdicts.after_error),  # TimeoutError and ssl.SSLError among them
)
"""The first that fits counts."""


class Resolver(ThreadPoolExecutor):
    """Runs what asyncio hands out, the resolving of names, in daemon threads.

    A name server that doesn't answer takes many seconds, and quitting must not wait for it.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run ``fn`` in a thread of its own."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        work = partial(fn, *args, **kwargs)
        threading.Thread(target=_settle, args=(future, work), name="resolver", daemon=True).start()
        return future


def _settle(future: Future[Any], work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
        future.set_exception(error)
    finally:
        del future  # a failure has this frame in its traceback: they would hold each other
