"""The link by requests, where something on the way doesn't let WebSockets through.

The WebSocket is spoken as always, over a pair of sockets within this program; what it says is carried
to the relay by requests, and what the relay says comes back in the answers (docs/wire.md). So there is
one protocol, one heartbeat and one way to resume. httpx is only imported here when it is needed.
"""

import asyncio
import re
import socket
from contextlib import aclosing, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection, connect

from desktop.address import RelayAddress
from desktop.dial import Dial, prepare
from desktop.proxies import Network
from desktop.trust import tls_context

if TYPE_CHECKING:
    import httpx

WAIT_SECONDS = 20.0
"""How long the relay waits for something to say (relay.polling)."""
PART = 64 * 1024
"""Bytes of one request at most."""
PAUSE_SECONDS = 0.025
"""Between two requests that carry something: what is said meanwhile goes together."""
GOODBYE_SECONDS = 1.0
MAX_ANSWER = 256 * 1024
"""Bytes that a relay says at once."""
_BEGUN = re.compile(rb'\{"link":"([A-Za-z0-9_-]{8,64})"\}')


class NotCarried(Exception):
    """Requests lead no further than the WebSocket. The text is for the log.

    ``status`` is that of the relay's refusal; 0: there was none that is worth telling.
    """

    def __init__(self, what: str, *, status: int = 0) -> None:
        super().__init__(what)
        self.status = status


class PolledDial(Dial):
    """A connect whose socket is carried by requests."""

    token: str
    _carrier: "Carrier | None" = None

    async def open_tcp_connection(self) -> ClientConnection:
        """Begin a link at the relay, and speak over it as over any socket."""
        loop = asyncio.get_running_loop()
        self.route = await loop.run_in_executor(None, self.network.route, self.address)
        near, far = socket.socketpair()
        for end in (near, far):
            end.setblocking(False)
        try:
            self._carrier = await Carrier.begin(self._client(), self.address.link, far)
        except BaseException:
            near.close()
            far.close()
            raise
        self.proxy = None
        self.create_connection_kwargs["sock"] = near
        return await connect.open_tcp_connection(self)

    def _client(self) -> "httpx.AsyncClient":
        import httpx

        proxy = self.route.proxy if self.route is not None else None
        return httpx.AsyncClient(
            headers={"Authorization": f"Bearer {self.token}"},
            verify=tls_context(self.network.authority),
            proxy=None if proxy is None else proxy.url,
            trust_env=False,  # the route has asked the environment
            timeout=httpx.Timeout(self.limit, read=WAIT_SECONDS + self.limit),
            follow_redirects=False,  # the token is for one address and no other
        )


class Carrier:
    """Carries what is said on one end of a pair of sockets, until that or the link at the relay ends."""

    def __init__(self, client: "httpx.AsyncClient", url: str, far: socket.socket) -> None:
        self._client, self._url, self._far = client, url, far
        self._task = asyncio.create_task(self._run(), name="carrier")

    @classmethod
    async def begin(cls, client: "httpx.AsyncClient", url: str, far: socket.socket) -> "Carrier":
        """Begin a link.

        Raises:
            NotCarried: there is no relay, or none that takes requests.
        """
        try:
            key = await _begin(client, url)
        except BaseException:
            await client.aclose()
            raise
        return cls(client, f"{url}/{key}", far)

    async def _run(self) -> None:
        async with aclosing(self._client):
            await self._carry()
            with suppress(Exception):  # the relay finds out by itself
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self._client.delete(self._url)

    async def _carry(self) -> None:
        loop = asyncio.get_running_loop()
        both = loop.create_task(self._up(loop)), loop.create_task(self._down(loop))
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            self._far.close()

    async def _up(self, loop: asyncio.AbstractEventLoop) -> None:
        number = 0
        while data := await loop.sock_recv(self._far, PART):
            status, _, _ = await post(self._client, f"{self._url}/up/{number}", data)
            if status != HTTPStatus.NO_CONTENT:
                return
            number += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _down(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            status, _, body = await post(self._client, f"{self._url}/down")
            if status == HTTPStatus.OK:
                await loop.sock_sendall(self._far, body)
            elif status != HTTPStatus.NO_CONTENT:
                return


async def _begin(client: "httpx.AsyncClient", url: str) -> str:
    import httpx

    try:
        status, headers, body = await post(client, url)
    except (httpx.HTTPError, OSError) as error:
        raise NotCarried(type(error).__name__) from error
    if status == HTTPStatus.CREATED and (begun := _BEGUN.fullmatch(body)):
        return begun[1].decode()
    # A refusal of anything else says nothing: a 401 of it must not send people to pair again.
    ours = headers.get("WWW-Authenticate") == "Bearer"
    raise NotCarried(f"HTTP {status}", status=status if ours else 0)


async def post(
    client: "httpx.AsyncClient", url: str, data: bytes = b""
) -> tuple[int, "httpx.Headers", bytes]:
    """Ask once; return status, headers and body.

    Raises:
        NotCarried: the answer is longer than any of a relay's.
        httpx.HTTPError: there was none.
    """
    body = b""
    async with client.stream("POST", url, content=data) as answer:
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > MAX_ANSWER:
                raise NotCarried("a very long answer")
        return answer.status_code, answer.headers, body


def dial_by_requests(
    address: RelayAddress,
    token: str,
    *,
    open_limit: float,
    close_limit: float,
    network: Network | None = None,
) -> PolledDial:
    """Prepare a WebSocket that is carried by requests; otherwise as :func:`desktop.dial.dial`.

    Entering it raises :class:`NotCarried`, too.
    """
    inside = address.socket.replace("wss:", "ws:", 1)  # the requests are protected, each by itself
    prepared = prepare(
        PolledDial, inside, address, token, open_limit=open_limit, close_limit=close_limit, network=network
    )
    prepared.token = token
    return prepared
