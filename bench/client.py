"""The lean other end: keep-alive HTTP connections and WebSockets as bare protocols on uvloop.

Written so that it costs less than any of the servers: it reads only as much of an answer as it needs.
"""

import asyncio
import base64
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Self, cast

from relay.protocol import PATH, SUBPROTOCOL, VERSION, Ack, Hello, Message, encode

HOST = "127.0.0.1"
CONNECTS_AT_ONCE = 100

_CLOSE, _PING = 0x8, 0x9
_TEXT = 0x1


class Poster(asyncio.Protocol):
    """One keep-alive HTTP connection with at most one request under way."""

    def __init__(self, answered: "Callable[[Poster, float], None]") -> None:
        """``answered`` is told when the answer to a request is complete, in monotonic seconds."""
        self._answered = answered
        self._got = b""
        self.begun = 0.0
        self.number = 0
        self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def post(self, request: bytes, number: int = 0) -> None:
        """Send a request."""
        self.number = number
        self.begun = time.monotonic()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take an answer; those of the relay are JSON objects and end with a brace."""
        now = time.monotonic()
        self._got += data
        if self._got.endswith(b"}"):
            self.refused += not self._got.startswith(b"HTTP/1.1 200")
            self._got = b""
            self._answered(self, now)

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.abort()


class Desk(asyncio.Protocol):
    """One desktop's WebSocket: shakes hands, says hello, takes what comes, answers pings."""

    def __init__(self, request: bytes, hello: bytes, take: Callable[[bytes, int, float], None]) -> None:
        """``take`` is told of each text message: the bytes, where it begins in them, and when it came."""
        self._request, self._hello, self._take = request, hello, take
        self._rest = b""
        self.opened = False
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing follows."""
        del exc
        self.closed = True

    def data_received(self, data: bytes) -> None:
        """Cut what came into frames."""
        now = time.monotonic()
        if self._rest:
            data = self._rest + data
        self._rest = b""
        at = 0 if self.opened else self._shake_hands(data)
        end = len(data)
        while end - at >= 2:
            length, head = data[at + 1], 2
            if length == 126:
                head = 4
                length = data[at + 2] << 8 | data[at + 3] if end - at >= head else end
            if at + head + length > end:
                break
            if data[at] & 0x0F == _TEXT:
                self._take(data, at + head, now)
            else:
                self._control(data[at] & 0x0F, data[at + head : at + head + length])
            at += head + length
        if at < end:
            self._rest = data[at:]

    def _shake_hands(self, data: bytes) -> int:
        """Return where the frames begin."""
        head, mark, _ = data.partition(b"\r\n\r\n")
        if not mark:
            return 0
        if b" 101 " not in head[:20]:
            raise ConnectionError(head[:200].decode("latin-1"))
        self.opened = True
        if self._hello:
            self.transport.write(self._hello)
        return len(head) + len(mark)

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self.transport.write(masked(payload, 0xA))
        elif opcode == _CLOSE:
            self.closed = True


class Counted(Desk):
    """A desktop whose bytes are only counted, once it was welcomed."""

    got = 0
    welcomed = False

    def data_received(self, data: bytes) -> None:
        """Count."""
        if self.welcomed:
            self.got += len(data)
        else:
            super().data_received(data)


def masked(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Return a client's frame of fewer than 126 bytes; the mask of zeros leaves the bytes as they are."""
    return bytes((0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0)) + payload


def upgrade(port: int, token: str) -> bytes:
    """Return the request for a WebSocket."""
    key = base64.b64encode(b"sixteen bytes ok").decode()
    lines = [
        f"GET {PATH} HTTP/1.1",
        f"Host: {HOST}:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        *([f"Sec-WebSocket-Protocol: {SUBPROTOCOL}", f"Authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def hello(device: str) -> bytes:
    """Return the frame with which a new desktop begins."""
    return masked(encode(Hello(version=VERSION, device=device)))


def ack(seq: int) -> bytes:
    """Return the frame that says that everything up to ``seq`` is stored."""
    message: Message = Ack(seq=seq)
    return masked(encode(message))


async def connect(port: int, protocols: Sequence[asyncio.Protocol]) -> None:
    """Connect each protocol, a hundred at a time."""
    loop = asyncio.get_running_loop()
    left = deque(protocols)
    while left:
        some = [left.popleft() for _ in range(min(CONNECTS_AT_ONCE, len(left)))]
        await asyncio.gather(
            *(loop.create_connection(lambda one=one: one, HOST, port) for one in some)  # type: ignore[misc]
        )


class Control:
    """The second port of a server: asks what it has used."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect."""
        return cls(*await asyncio.open_connection(HOST, port))

    async def ask(self, word: str) -> dict[str, float]:
        """Return ``cpu`` (seconds) and ``began`` (monotonic) as they were before it did what was asked."""
        self._writer.write(f"{word}\n".encode())
        answer: dict[str, float] = json.loads(await self._reader.readline())
        return answer
