"""A desktop's socket without a desktop: it says and hears the messages of the wire."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import TypeVar

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from relay import protocol
from relay.journal.base import Journal
from relay.protocol import FromRelay, Hello, Welcome
from tests.relay_process import PATIENCE, Paired, RelayProcess

T = TypeVar("T")


class Desk:
    """A desktop's socket, plain."""

    def __init__(self, relay: RelayProcess, paired: Paired) -> None:
        self.paired = paired
        self._relay = relay
        self._stack = ExitStack()
        self._socket: ClientConnection

    def open(self) -> Welcome:
        """Connect, as soon as the relay lets desktops in, and say hello, from the beginning of the journal."""
        self._relay.wait_until(self._connected)
        self.say(Hello(version=1, device=self.paired.device))
        return self.next(Welcome)

    def _connected(self) -> bool:
        try:
            socket = connect(
                f"ws://127.0.0.1:{self._relay.port}{protocol.PATH}",
                additional_headers={"Authorization": f"Bearer {self.paired.token}"},
                subprotocols=[Subprotocol(protocol.SUBPROTOCOL)],
                compression=None,
                proxy=None,
            )
            self._socket = self._stack.enter_context(socket)
        except InvalidStatus:
            return False
        return True

    def say(self, message: protocol.Message) -> None:
        """Send a message."""
        self._socket.send(protocol.encode(message).decode())

    def next(self, kind: type[T], *, so_that: Callable[[T], bool] = lambda _: True) -> T:
        """Read on to the next message of a kind that is as it should be."""
        while not (isinstance(message := self._hear(), kind) and so_that(message)):
            pass
        return message

    def _hear(self) -> FromRelay:
        return protocol.decode_from_relay(self._socket.recv(timeout=PATIENCE, decode=False))

    def close(self) -> None:
        """Leave."""
        self._stack.close()


def post(relay: RelayProcess) -> None:
    """Send a webhook."""
    headers, body = relay.request()
    assert (
        httpx.post(relay.hook(), content=body, headers=headers, timeout=PATIENCE, trust_env=False).status_code
        == 200
    )


def ask(relay: RelayProcess, question: Callable[[Journal], Awaitable[T]]) -> T:
    """Ask the journal beside the relay."""

    async def whole() -> T:
        async with relay.journal() as journal:
            return await question(journal)

    return asyncio.run(whole())
