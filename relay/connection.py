"""One desktop's WebSocket: bytes in, messages out. Thin: it decides nothing.

Given to uvicorn as its WebSocket class by :meth:`relay.gateway.Gateway.protocol`. Inside is
``websockets``' ``ServerProtocol``, which does handshake, framing and closing (RFC 6455) without
I/O. There is no task, no queue and no timer per socket: what is written goes straight to the
transport, and the gateway's one wheel keeps the time.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from relay import protocol
from relay.errors import DeviceError, ProtocolViolation
from relay.event import Device
from relay.handshake import MALFORMED, Refusal
from relay.protocol import Close, FromDesktop, MalformedMessage, Message
from relay.session import Session

BUFFER = 256 * 1024
"""Bytes that may wait for one desktop: about 250 notifications. Past it, the journal is the buffer."""

SLICE = 4096
"""Bytes parsed at a time: a hundred thousand tiny frames must not hold up everybody else."""

PING_FRAME = Frame(Opcode.PING, b"").serialize(mask=False)

_quiet = logging.getLogger("relay.connection.frames")
# ServerProtocol would log each open and close, and at debug level the token and every message.
_quiet.setLevel(logging.CRITICAL)


def text_frame(message: Message) -> bytes:
    """Return the WebSocket text frame of a message, the same bytes for whoever gets it."""
    return Frame(Opcode.TEXT, protocol.encode(message)).serialize(mask=False)


class Hub(Protocol):
    """What a connection needs of the gateway."""

    @property
    def now(self) -> int:
        """Return the seconds since the gateway began, as counted by its wheel."""
        ...

    @property
    def buffer(self) -> int:
        """Return how many bytes may wait for one desktop."""
        ...

    def arrived(self, connection: "Connection") -> None:
        """Begin to keep the time for a connection."""
        ...

    def admit(self, connection: "Connection", request: Request) -> Device | Refusal:
        """Say whose connection it is, or why it is refused."""
        ...

    def opened(self, connection: "Connection") -> None:
        """Note that the handshake is done."""
        ...

    def said(self, connection: "Connection", message: FromDesktop) -> None:
        """Take a message."""
        ...

    def partly(self, connection: "Connection") -> None:
        """Keep the time for a message of which only the beginning is here."""
        ...

    def failed(self, connection: "Connection", error: DeviceError | MalformedMessage) -> None:
        """Close a connection that broke the rules."""
        ...

    def leaving(self, connection: "Connection") -> None:
        """Note that a connection is about to end: nothing more is sent on it."""
        ...

    def writable(self, connection: "Connection") -> None:
        """Note that a slow reader has caught up with what was written."""
        ...

    def lost(self, connection: "Connection") -> None:
        """Forget a connection."""
        ...


class Connection(asyncio.Protocol):
    """One socket from its upgrade request to its end."""

    __slots__ = (
        "_hub",
        "_outdated",
        "_part",
        "_peers",
        "_wire",
        "agent",
        "came_from",
        "device",
        "heard",
        "keys",
        "part_since",
        "paused",
        "session",
        "transport",
        "write",
    )

    transport: asyncio.Transport
    write: Callable[[bytes], None]

    def __init__(self, hub: Hub, peers: set[asyncio.Protocol]) -> None:
        """``peers`` is uvicorn's set of open connections: it asks each to shut down, and waits."""
        self._hub = hub
        self._peers = peers
        self._wire = ServerProtocol(
            subprotocols=[Subprotocol(protocol.SUBPROTOCOL)],
            max_size=protocol.MAX_CLIENT_FRAME,
            logger=_quiet,
        )
        self._part: bytearray | None = None
        self._outdated = False
        self.device: Device | None = None
        self.session = Session("")
        self.keys: tuple[str, ...] = ()
        self.agent = ""
        self.came_from = ""
        """The address at the other end, if the socket doesn't know it."""
        self.paused = False
        self.heard = hub.now
        self.part_since: int | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the socket from the HTTP side."""
        self.transport = cast(asyncio.Transport, transport)
        self.write = self.transport.write
        self.transport.set_write_buffer_limits(high=self._hub.buffer)
        # uvicorn rewrites the request line; only its own protocol still knows the version.
        scope = getattr(self.transport.get_protocol(), "scope", None) or {}
        self._outdated = scope.get("http_version", "1.1") != "1.1"
        self._peers.add(self)
        self._hub.arrived(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes off the socket."""
        self.heard = self._hub.now
        for start in range(0, len(data), SLICE):
            self._wire.receive_data(data[start : start + SLICE])
            try:
                for event in self._wire.events_received():
                    if isinstance(event, Request):
                        self._shake_hands(event)
                    elif isinstance(event, Frame):
                        self._take(event)
            except (DeviceError, MalformedMessage) as error:
                self._hub.failed(self, error)
            self._flush()
            if self._wire.eof_sent:
                return

    def eof_received(self) -> None:
        """Let the transport close: a desktop that has stopped sending isn't there any more."""

    def pause_writing(self) -> None:
        """Note that the desktop doesn't read as fast as it is written to."""
        self.paused = True

    def resume_writing(self) -> None:
        """Note that it has caught up with what was written."""
        self.paused = False
        self._hub.writable(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """Forget everything; break the circle between parser and protocol at once."""
        self._peers.discard(self)
        self._hub.lost(self)
        self._wire.parser.close()

    def shutdown(self) -> None:
        """Be asked by uvicorn to end."""
        self.close(Close.RESTART)

    # What the gateway calls

    def belong(self, device: Device) -> None:
        """Be the connection of a device, and from now on get what is addressed to it."""
        self.device, self.keys, self.agent = device, device.audience_keys(), device.agent.casefold()

    def send(self, messages: Iterable[Message]) -> None:
        """Write messages in one go."""
        if data := b"".join(map(text_frame, messages)):
            self.write(data)

    def ping(self) -> None:
        """Ask for a sign of life (RFC 6455 section 5.5.2)."""
        if not self.paused:
            self.write(PING_FRAME)

    def close(self, code: Close) -> None:
        """Begin to close with ``code``; a second call does nothing."""
        if self._wire.state is State.OPEN:
            self._wire.send_close(code)
            self._flush()
            self._hub.leaving(self)
        elif self._wire.state is State.CONNECTING:
            self.transport.close()

    def code(self) -> int:
        """Return the code with which the connection was closed, by whichever side began."""
        close = self._wire.close_sent or self._wire.close_rcvd
        return CloseCode.ABNORMAL_CLOSURE if close is None else close.code

    def peer(self) -> str:
        """Return the address at the other end, for the log."""
        address = self.transport.get_extra_info("peername")
        return str(address[0]) if isinstance(address, tuple) else self.came_from

    def abort(self) -> None:
        """End the socket without further words."""
        self.transport.abort()

    # The WebSocket

    def _shake_hands(self, request: Request) -> None:
        """Answer the upgrade request."""
        verdict: Device | Refusal = MALFORMED if self._outdated else self._hub.admit(self, request)
        if isinstance(verdict, Refusal):
            self._wire.send_response(verdict.response())
            self._flush()
            return
        self._wire.send_response(self._wire.accept(request))
        self._flush()
        if self._wire.state is State.OPEN:
            self.session = Session(verdict.id)
            self.belong(verdict)
            self._hub.opened(self)

    def _take(self, frame: Frame) -> None:
        """Take one frame. Pings were answered and closes were echoed by the wire itself."""
        self.session.count(self._hub.now)
        if frame.opcode is Opcode.BINARY:
            raise ProtocolViolation(Close.PROTOCOL, "expected text, got a binary frame")
        if frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._join(frame)

    def _join(self, frame: Frame) -> None:
        """Put the parts of a message together (their sum is limited by the wire) and hand it on."""
        data = bytes(frame.data)
        if not frame.fin or self._part is not None:
            if self._part is None:
                self._part, self.part_since = bytearray(), self._hub.now
                self._hub.partly(self)
            self._part += data
            if not frame.fin:
                return
            data, self._part, self.part_since = bytes(self._part), None, None
        try:
            data.decode()
        except UnicodeDecodeError:
            # RFC 6455 section 8.1
            self._wire.fail(CloseCode.INVALID_DATA, "not UTF-8")
            self._flush()
            return
        self._hub.said(self, protocol.decode_from_desktop(data))

    def _flush(self) -> None:
        """Write what the wire has to say."""
        writes = self._wire.data_to_send()
        if writes == [SEND_EOF] and self._wire.state is State.CONNECTING:
            writes.insert(0, MALFORMED.response().serialize())  # the wire gave up without a word
        for data in writes:
            if data == SEND_EOF:
                self._end()
            else:
                self.write(data)

    def _end(self) -> None:
        """Say that nothing follows, and let the peer close; it may still be reading.

        A socket closed with unread bytes in it is reset, and the close frame is lost with it.
        """
        self._hub.leaving(self)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()
