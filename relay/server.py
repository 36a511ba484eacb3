"""uvicorn's HTTP protocol with limits on the part before the body, which uvicorn 0.54 does not have.

httptools collects a header of any size, and a connection that never finishes its headers is never
closed. Both are limited here; the body is limited in ``intake``.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_SECONDS = 10.0
"""From the connection, or from a request's first byte, to the end of its headers."""

MAX_HEAD = 32 * 1024
"""Bytes of all header lines. Browsers and providers stay below 8 KiB."""

MAX_HEADERS = 100
"""Header lines. Providers send about fifteen, and a chain of proxies adds ten."""

MAX_URL = 8 * 1024
"""Bytes, as RFC 9110 section 4.1 asks a server to take at least."""

LINGER_SECONDS = 1.0
"""How long a refused connection is still read from."""


class HeadRefused(Exception):  # stops the parser; never leaves this file
    """The head of a request is over a limit."""


class GuardedProtocol(HttpToolsProtocol):
    """To be given to :class:`uvicorn.Config` as ``http``."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open = False
        """A head has begun and is not complete."""
        self._begun = 0
        """Bytes of the packets that brought it, but for one that also brought the end of another request."""
        self._refusal = 0
        """The status of the limit that stopped the parser."""
        self._refused = False
        self._upgraded = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Give a new connection some time to send its first request."""
        super().connection_made(transport)
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._clear_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes for an open head: the parser says nothing of a header that is half there."""
        if self._refused:
            return
        if self._open:
            self._begun += len(data)
        elif self._idle():
            self._begun = len(data)
        super().data_received(data)
        if self._open and self._begun > MAX_HEAD:
            self._refuse(414 if len(self.url) > MAX_URL else 431)
        if self._deadline is None and (self._open or self._idle()):
            self._set_deadline()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket's protocol."""
        self._upgraded = True
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        super().on_message_begin()
        self._open = True

    def on_headers_complete(self) -> None:
        """Judge the head; if it is within its limits, the rest is the application's."""
        self._open = False
        self._refusal = self._over_limit()
        if self._refusal:
            raise HeadRefused
        self._begun = 0
        self._clear_deadline()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser stopped at; if a limit stopped it, with that limit's status."""
        if self._refusal:
            self._refuse(self._refusal)
        else:
            super().send_400_response(msg)

    def _idle(self) -> bool:
        """Say whether no request is under way, so that what comes is a new head, or empty lines."""
        return not self._upgraded and (
            self.cycle is None  # type: ignore[redundant-expr] # uvicorn begins with None and says it does not
            or self.cycle.response_complete
        )

    def _over_limit(self) -> int:
        """Return the status with which a complete head is refused, 0 if it is good."""
        if len(self.url) > MAX_URL:
            return 414
        if len(self.headers) > MAX_HEADERS:
            return 431
        # What came in one small packet cannot be too long, and need not be measured.
        if self._begun > MAX_HEAD and sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            return 431
        return 0

    def _refuse(self, status: int) -> None:
        """Answer and close; what still comes is thrown away for a moment, or a reset may lose the answer."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._clear_deadline()
        self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self._refuse, 408)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
