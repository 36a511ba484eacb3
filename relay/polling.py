"""The link by requests, for desktops behind something that doesn't let WebSockets through.

What the WebSocket would carry, from the upgrade request on, is carried by HTTP requests instead: one
that waits for what comes down, and short ones for what goes up. So there is one protocol, with the
same checks, limits and close codes (docs/wire.md, "Where WebSockets are not let through").

.. code-block:: text

    POST /v1/link                 201 {"link": …}         begin
    POST /v1/link/ID/up/N         204                     the N-th part of what the desktop sends
    POST /v1/link/ID/down         200 bytes, 204 nothing  what there is, or comes within 20 seconds
    DELETE /v1/link/ID            204                     end

A part that is lost or comes twice ends the link: the desktop begins another, and resumes there.
"""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

from relay.answers import Answer
from relay.asgi import Receive, Scope, Send, answer, refuse
from relay.connection import Connection
from relay.identity import Registry
from relay.protocol import MAX_CLIENT_FRAME, Close
from relay.rest.door import NO_STORE, NOT_READY, UNKNOWN, find_device, refusal, take_body

LINK = "/v1/link"
WAIT_SECONDS = 20.0
"""How long a request waits for something to come down; proxies end silent ones after 30 s or more."""
SILENT_SECONDS = 45.0
"""Without a request for so long nobody is there."""
LOOK_SECONDS = 5.0
PAUSE_SECONDS = 0.025
"""Between two answers with something in them: what comes meanwhile goes together."""
MAX_UP = 2 * MAX_CLIENT_FRAME
"""Bytes of one part: the largest message, its frame, and small ones before it."""
MAX_DOWN = 256 * 1024

_DONE = Answer(start={"type": "http.response.start", "status": 204, "headers": [NO_STORE]}, body=b"")
_METHOD = refusal(405, "This is not how a link is asked.")
_GONE = refusal(410, "This link has ended.")


class Stream:
    """The bytes of one link. Its other end is a :class:`relay.connection.Connection`, as any socket's."""

    def __init__(
        self,
        device: str,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        now: float,
    ) -> None:
        self.device, self.heard = device, now
        self._connection, self._reader, self._writer = connection, reader, writer
        self._parts = 0
        self._waiting = False
        self._answered = float("-inf")

    @property
    def waiting(self) -> bool:
        """Say whether a request waits for what comes down."""
        return self._waiting

    def take(self, number: str, data: bytes) -> bool:
        """Take the next part of what goes up; False if it is not the next."""
        if number != str(self._parts) or not data or self._writer.is_closing():
            return False
        self._parts += 1
        self._writer.write(data)
        return True

    async def give(self, clock: Callable[[], float]) -> bytes | None:
        """Return what has come down, as soon as there is something; empty: nothing yet, None: it is over."""
        if self._waiting:
            return None  # two who wait would share the bytes between them
        self._waiting = True
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await asyncio.sleep(max(0.0, self._answered + PAUSE_SECONDS - clock()))
                data = await self._reader.read(MAX_DOWN)
        except TimeoutError:
            return b""
        finally:
            self._waiting = False
            self.heard = self._answered = clock()
        return data or None

    def leave(self) -> None:
        """Begin to close, and say so to the desktop."""
        self._connection.close(Close.RESTART)

    def end(self) -> None:
        """Close it; a second call does nothing."""
        self._writer.close()


class Polling:
    """ASGI for all links by requests. Each belongs to a device, and a device has one."""

    def __init__(
        self,
        connection: Callable[[], Connection],
        registry: Registry,
        accepting: Callable[[], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``connection`` makes the gateway's end of a link."""
        self._connection, self._registry, self._accepting = connection, registry, accepting
        self._clock = clock
        self._streams: dict[str, Stream] = {}

    @property
    def links(self) -> int:
        """How many there are."""
        return len(self._streams)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if not self._accepting():
            await refuse(NOT_READY, receive, send)
            return
        device = find_device(scope["headers"], self._registry)
        if device is None:
            await refuse(UNKNOWN, receive, send)
            return
        body = await take_body(scope, receive, send, MAX_UP)
        if body is not None:
            parts = scope["raw_path"].decode("latin-1").removeprefix(LINK).split("/")[1:]
            await answer(await self._serve(scope, device.id, parts, body, receive), send)

    async def _serve(
        self, scope: Scope, device: str, parts: list[str], body: bytes, receive: Receive
    ) -> Answer:
        match scope["method"], parts:
            case "POST", []:
                return await self._begin(device, scope)
            case "POST", [key, "up", number]:
                stream = self._stream(key, device)
                return _DONE if stream is not None and self._up(key, stream, number, body) else _GONE
            case "POST", [key, "down"]:
                stream = self._stream(key, device)
                return _GONE if stream is None else await self._down(key, stream, receive)
            case "DELETE", [key]:
                if self._stream(key, device) is not None:
                    self._end(key)
                return _DONE
        return _METHOD

    def sweep(self) -> None:
        """End what nobody has asked after for long."""
        now = self._clock()
        for key, stream in list(self._streams.items()):
            if not stream.waiting and now - stream.heard > SILENT_SECONDS:
                self._end(key)

    async def run(self) -> None:
        """Keep the time of all links until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.sweep()

    def drain(self) -> None:
        """Let every desktop know that the relay is about to stop: whoever waits is answered."""
        for stream in self._streams.values():
            stream.leave()

    def close(self) -> None:
        """End what is left."""
        for key in list(self._streams):
            self._end(key)

    async def _begin(self, device: str, scope: Scope) -> Answer:
        near, far = socket.socketpair()
        client: Any = scope.get("client") or ("",)
        connection = self._connection()
        connection.came_from = str(client[0])
        await _adopt(connection, near)
        reader, writer = await _streams(far)
        # Nothing is awaited from here on: of several that are begun at once, the last is left.
        for key, stream in list(self._streams.items()):
            if stream.device == device:
                self._end(key)
        key = secrets.token_urlsafe(16)
        self._streams[key] = Stream(device, connection, reader, writer, self._clock())
        return Answer.make(201, {"link": key}, NO_STORE)

    def _up(self, key: str, stream: Stream, number: str, body: bytes) -> bool:
        stream.heard = self._clock()
        taken = stream.take(number, body)
        if not taken:
            self._end(key)
        return taken

    async def _down(self, key: str, stream: Stream, receive: Receive) -> Answer:
        """Answer with what comes; who leaves while waiting has left the link."""
        giving = asyncio.create_task(stream.give(self._clock))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait([giving, leaving], return_when=asyncio.FIRST_COMPLETED)
            data = giving.result() if giving.done() else None
        finally:
            for task in (giving, leaving):
                task.cancel()
            await asyncio.gather(giving, leaving, return_exceptions=True)
        if data is None:
            self._end(key)
            return _GONE
        if not data:
            return _DONE
        fields = [
            (b"content-type", b"application/octet-stream"),
            (b"content-length", b"%d" % len(data)),
            NO_STORE,
        ]
        return Answer(start={"type": "http.response.start", "status": 200, "headers": fields}, body=data)

    def _stream(self, key: str, device: str) -> Stream | None:
        stream = self._streams.get(key)
        return stream if stream is not None and stream.device == device else None

    def _end(self, key: str) -> None:
        stream = self._streams.pop(key, None)
        if stream is not None:
            stream.end()


async def _left(receive: Receive) -> None:
    """Return when the one who asked has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _adopt(connection: Connection, end: socket.socket) -> None:
    """Give a connection its socket."""
    loop = asyncio.get_running_loop()
    end.setblocking(False)
    if end.family == socket.AF_INET:  # a pair of sockets on Windows
        await loop.create_connection(lambda: connection, sock=end)
    else:
        await loop.create_unix_connection(lambda: connection, sock=end)


async def _streams(end: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    end.setblocking(False)
    if end.family == socket.AF_INET:
        return await asyncio.open_connection(sock=end)
    return await asyncio.open_unix_connection(sock=end)
