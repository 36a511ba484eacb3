"""What a link has to say besides its acks: requests, receipts, presence and pings, in one line.

It lives on the connection's thread and outlives single links: what waits is said again on the next.
Receipts outlive the desktop as well: they are kept in the inbox until the relay has them.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from websockets.asyncio.client import ClientConnection

from desktop.inbox import Inbox, InboxError
from desktop.requests import ANSWER_SECONDS, Answer, Receipts, Requests
from desktop.verdicts import Verdict
from relay.protocol import Availability, FromDesktop, Ping, Presence, Receipt, Request, Result, encode


class Outgoing:
    """Says one thing after the other, so that a pong proves everything that was said before its ping.

    ``on_answer`` is called once for each request; ``limit`` is how many seconds it may take. An inbox
    that cannot be used keeps no receipt from being said: it is only forgotten when the desktop ends.
    """

    def __init__(
        self,
        on_answer: Callable[[Answer], None],
        inbox: Inbox,
        *,
        limit: float = ANSWER_SECONDS,
        presence: Availability = Availability.AVAILABLE,
    ) -> None:
        self.presence = presence
        """What the next hello says."""
        self._on_answer, self._inbox, self._limit = on_answer, inbox, limit
        self._requests, self._receipts = Requests(), Receipts()
        self._line: asyncio.Queue[FromDesktop] | None = None

    async def speak(self, socket: ClientConnection, greeted: asyncio.Event) -> Verdict:
        """Say what waits, then what comes, until this is cancelled: it finds no reason to end a link."""
        await greeted.wait()
        line = self._line = asyncio.Queue[FromDesktop]()
        for request in self._requests.waiting():
            line.put_nowait(request)
        self._receipts.begin(self._kept())
        self._send_receipts()
        try:
            while True:
                await socket.send(encode(await line.get()), text=True)
        finally:
            self._line = None

    def ask(self, request: Request) -> None:
        """Ask the relay; without a link the answer is no."""
        refused = self._requests.ask(request, up=self._line is not None)
        if refused is not None:
            self._on_answer(refused)
            return
        self._say(request)
        asyncio.get_running_loop().call_later(self._limit, self._give_up, request.request)

    def answer(self, result: Result) -> None:
        """Take the relay's answer."""
        self._tell(self._requests.answer(result))

    def note(self, receipt: Receipt) -> None:
        """Tell what a person did, as soon as there is a link."""
        self._receipts.add(receipt)
        with suppress(InboxError):
            self._inbox.keep_receipt(receipt)
        self._send_receipts()

    def be(self, presence: Availability) -> None:
        """Tell whether somebody is there, if that is news."""
        if presence is not self.presence:
            self.presence = presence
            self._say(Presence(state=presence))

    def ping(self, ping: Ping) -> None:
        """Ask for a sign of life."""
        self._receipts.pinged()
        self._say(ping)

    def ponged(self) -> None:
        """Note that everything before the last ping has arrived."""
        proven = self._receipts.ponged()
        if proven:
            with suppress(InboxError):  # said once more some day, it changes nothing
                self._inbox.drop_receipts(proven)
        self._send_receipts()

    def _kept(self) -> list[Receipt]:
        try:
            return self._inbox.kept_receipts()
        except InboxError:
            return []

    def _send_receipts(self) -> None:
        if self._line is not None:
            for receipt in self._receipts.take():
                self._say(receipt)

    def _say(self, message: FromDesktop) -> None:
        if self._line is not None:
            self._line.put_nowait(message)

    def _give_up(self, request_id: str) -> None:
        self._tell(self._requests.give_up(request_id))

    def _tell(self, answer: Answer | None) -> None:
        if answer is not None:
            self._on_answer(answer)
