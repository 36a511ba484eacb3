"""The network's far end for tests of the desktop: a WebSocket server that speaks the relay's protocol.

It runs on its own thread with its own loop, remembers what it was told, and can misbehave on demand.
"""

import asyncio
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Upgrade
from websockets.http11 import Response
from websockets.typing import Subprotocol

from relay.protocol import (
    SUBPROTOCOL,
    Ack,
    FromDesktop,
    Hello,
    Message,
    Notification,
    Ping,
    Pong,
    Presence,
    Priority,
    Receipt,
    Request,
    Result,
    Update,
    Welcome,
    decode_from_desktop,
    encode,
)

LIMIT = 20.0
"""Seconds after which a test stops waiting."""


def note(seq: int, **fields: object) -> Notification:
    """Make a notification."""
    usual: dict[str, object] = {
        "seq": seq,
        "id": f"n-{seq}",
        "source": "billing",
        "provider": "stripe",
        "type": "invoice.payment_failed",
        "priority": Priority.NORMAL,
        "title": f"Number {seq}",
        "at": 50.0,
    }
    return Notification(**(usual | fields))  # type: ignore[arg-type]  # fields of several types


class Watched:
    """Something that changes on another thread, and can be waited for."""

    def __init__(self) -> None:
        self.changed = threading.Condition()

    def tell(self, change: Callable[[], object]) -> None:
        """Make a change, and wake whoever waits."""
        with self.changed:
            change()
            self.changed.notify_all()

    def wait(self, condition: Callable[[], bool], limit: float = LIMIT) -> None:
        """Wait until ``condition`` holds; fail if that takes too long."""
        with self.changed:
            assert self.changed.wait_for(condition, limit), "it did not happen in time"


class FarEnd(Watched):
    """A relay of one device, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[Notification | Update] = []
        self.epoch = "e1"
        self.time: float | None = None
        """What the relay's clock says, if it is wrong."""
        self.hellos: list[Hello] = []
        self.acks: list[int] = []
        self.requests: list[Request] = []
        self.receipts: list[Receipt] = []
        self.presences: list[Presence] = []
        self.answer: Callable[[Request], list[Message]] = lambda request: [
            Result(request=request.request, ok=True)
        ]
        """What is said to a request; nothing, if the list is empty."""
        self.upgrades: list[Headers] = []
        self.paths: list[str] = []
        """What the upgrades asked for."""
        self.closes: list[int | None] = []
        self.pings = 0
        self.refusal: tuple[int, dict[str, str], bytes] | None = None
        self.deaf = False
        """Pings get no pong."""
        self.extra_latest = 0
        """Added to what a pong says: a hole."""
        self.greeting: Callable[[Hello], list[Message | bytes]] = self.usual_greeting
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="far-end", daemon=True)
        self.tls: ssl.SSLContext | None = None
        """If set before the start, it is spoken to over TLS."""
        self._server: Server | None = None
        self._open: set[ServerConnection] = set()
        self._thread.start()

    # From the test

    @property
    def url(self) -> str:
        """Return the address as a person types it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._do(self._listen)

    def kill(self) -> None:
        """Vanish without a word: no close frame, and nobody listens any more."""
        self._do(self._vanish)

    def close_all(self, code: int) -> None:
        """Close every socket with a code; go on listening."""

        async def close() -> None:
            for socket in list(self._open):
                await socket.close(code)

        self._do(close)

    def publish(self, *notes: Notification | Update) -> None:
        """Add notifications and updates, and send them to whoever is connected."""
        self._do(lambda: self._publish(notes))

    def say(self, *messages: Message) -> None:
        """Send messages that have no number to whoever is connected."""
        self._do(lambda: self._send(messages))

    def finish(self) -> None:
        """End the thread."""
        self.kill()
        self._do(_end_tasks)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT)
        self._loop.close()

    def usual_greeting(self, hello: Hello) -> list[Message | bytes]:
        """Return the welcome, and everything after the cursor."""
        latest = max((each.seq for each in self.notes), default=0)
        now = time.time() if self.time is None else self.time
        welcome = Welcome(epoch=self.epoch, latest=latest, agent="mira@example.com", teams=(), time=now)
        return [welcome, *(each for each in self.notes if each.seq > (hello.after or 0))]

    def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await work()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(LIMIT)

    # On the server's thread

    async def _publish(self, notes: Sequence[Notification | Update]) -> None:
        self.notes.extend(notes)
        await self._send(notes)

    async def _send(self, messages: Sequence[Message]) -> None:
        for socket in list(self._open):
            with suppress(ConnectionClosed):
                for each in messages:
                    await socket.send(encode(each), text=True)

    async def _listen(self) -> None:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self.port,
            process_request=self._upgrade,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            ping_interval=None,
            close_timeout=1,
            ssl=self.tls,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def _vanish(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        for socket in list(self._open):
            socket.transport.abort()
        server.close(close_connections=False)
        await server.wait_closed()

    async def _upgrade(self, connection: ServerConnection, request: Upgrade) -> Response | None:
        self.paths.append(request.path)
        self.tell(lambda: self.upgrades.append(request.headers))
        if self.refusal is None:
            return None
        status, headers, body = self.refusal
        return Response(status, "refused", Headers(headers | {"Content-Length": str(len(body))}), body)

    async def _serve(self, socket: ServerConnection) -> None:
        try:
            await self._talk(socket)
        except ConnectionClosed:
            pass
        finally:
            self._open.discard(socket)
            self.tell(lambda: self.closes.append(socket.close_code))

    async def _talk(self, socket: ServerConnection) -> None:
        async for frame in socket:
            assert isinstance(frame, str)
            await self._hear(socket, decode_from_desktop(frame.encode()))

    async def _hear(self, socket: ServerConnection, message: FromDesktop) -> None:
        match message:
            case Hello():
                self.tell(lambda: self.hellos.append(message))
                for each in self.greeting(message):
                    await socket.send(each if isinstance(each, bytes) else encode(each), text=True)
                self._open.add(socket)
            case Ack(seq=seq):
                self.tell(lambda: self.acks.append(seq))
            case Ping():
                self.tell(self._count_ping)
                latest = max((each.seq for each in self.notes), default=0)
                if not self.deaf:
                    await socket.send(encode(Pong(latest=latest + self.extra_latest)), text=True)
            case Receipt():
                self.tell(lambda: self.receipts.append(message))
            case Presence():
                self.tell(lambda: self.presences.append(message))
            case _:
                self.tell(lambda: self.requests.append(message))
                for answer in self.answer(message):
                    await self._publish_or_say(socket, answer)

    async def _publish_or_say(self, socket: ServerConnection, answer: Message) -> None:
        if isinstance(answer, Notification | Update):
            await self._publish([answer])
        else:
            await socket.send(encode(answer), text=True)

    def _count_ping(self) -> None:
        self.pings += 1


async def _end_tasks() -> None:
    """End what is still under way on this loop, such as a connection that came at the last moment."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
