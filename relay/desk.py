"""Answers what desktops ask for: claim, release, done, pass on, press a button; and keeps receipts.

Reading the sockets never waits for the disk: what is asked stands in one queue. What waits is
served together, so that the journal stores it in one transaction; the requests of one socket keep
their order. Every request gets a ``result``, and the same one the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace
from structlog.typing import FilteringBoundLogger

from relay import requests
from relay.claims import Move, Work
from relay.connection import Connection
from relay.errors import StorageBroken, StorageBusy
from relay.event import Device
from relay.journal.base import Journal
from relay.people import Directory
from relay.presence import Presence
from relay.protocol import (
    Act,
    Availability,
    Claim,
    Done,
    FromDesktop,
    Pass,
    Receipt,
    Release,
    Request,
    Result,
    Role,
    Seen,
)
from relay.protocol import Presence as Says
from relay.session import State

MAX_WAITING = 10_000
"""Requests and receipts that wait: some seconds of the disk. Past that they are refused at once."""

TOGETHER = 200
"""Served at a time."""

ACTIVITY = frozenset({Seen.OPENED, Seen.COPIED})
"""What shows that a person is at work on it."""

_HEARD = frozenset({State.CATCHING_UP, State.LIVE})

Press = Callable[[Device, Act], Awaitable[str]]
"""Presses a button; returns an empty text, or a sentence that says why that can't be done."""


async def _no_button(_device: Device, _message: Act) -> str:
    return requests.NO_ACTION


Routed = Callable[[Work, Move, float], Move]


def _as_it_was(_work: Work, move: Move, _now: float) -> Move:
    return move


class _Asked(NamedTuple):
    """A message, with whom it came from at that moment."""

    connection: Connection
    device: Device
    message: Request | Receipt


class Desk:
    """The one queue of requests and receipts of this process."""

    def __init__(
        self,
        journal: Journal,
        log: FilteringBoundLogger,
        *,
        clock: Callable[[], float],
        people: Callable[[], Directory],
        presence: Presence,
        moved: Callable[[], None] = lambda: None,
        press: Press = _no_button,
        routed: Routed = _as_it_was,
        limit: int = MAX_WAITING,
    ) -> None:
        """``clock`` gives Unix seconds, ``people`` who is known now.

        ``moved`` is called when somebody has come, left, or is available in another way; ``routed`` adds to
        a move how those get the notification to whom it goes.
        """
        self._journal, self._log, self._clock, self._people = journal, log, clock, people
        self._presence, self._moved = presence, moved
        self._press, self._routed = press, routed
        self._queue: asyncio.Queue[_Asked] = asyncio.Queue(limit)

    def note(self, connection: Connection, state: Availability | None) -> None:
        """Note how available the person at a desktop is; None: the desktop is gone."""
        agent, device = connection.agent, connection.session.device
        if state is None:
            changed = self._presence.leave(agent, device, self._clock())
        else:
            changed = self._presence.say(agent, device, state)
        if changed:
            self._moved()

    def take(self, connection: Connection, message: FromDesktop) -> None:
        """Take a message of a desktop that was heard; what wants an answer gets it later."""
        match message:
            case Says(state=state):
                self.note(connection, state)
            case Claim() | Release() | Done() | Pass() | Act() | Receipt():
                self._queue_up(connection, message)

    def _queue_up(self, connection: Connection, message: Request | Receipt) -> None:
        if connection.device is None or connection.session.state not in _HEARD:
            return
        try:
            self._queue.put_nowait(_Asked(connection, connection.device, message))
        except asyncio.QueueFull:
            if not isinstance(message, Receipt):
                _answer(connection, Result(request=message.request, ok=False, error=requests.BUSY))

    async def run(self) -> None:
        """Answer until cancelled.

        Raises:
            ExceptionGroup: with the :class:`relay.errors.StorageBroken` that stopped it.
        """
        while True:
            batch = [await self._queue.get()]
            while len(batch) < TOGETHER and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._serve(batch)

    async def _serve(self, batch: Sequence[_Asked]) -> None:
        """Serve what was asked: each connection's requests in their order, all connections at once."""
        receipts: list[tuple[Device, Receipt]] = []
        by_connection: dict[Connection, list[tuple[Device, Request]]] = {}
        for connection, device, message in batch:
            if isinstance(message, Receipt):
                receipts.append((device, message))
            else:
                by_connection.setdefault(connection, []).append((device, message))
        async with asyncio.TaskGroup() as tasks:
            for connection, mine in by_connection.items():
                tasks.create_task(self._in_turn(connection, mine))
            if receipts:
                tasks.create_task(self._keep(receipts))

    # Requests

    async def _in_turn(self, connection: Connection, mine: Sequence[tuple[Device, Request]]) -> None:
        for device, message in mine:
            _answer(connection, await self._result(device, message))

    async def _result(self, device: Device, message: Request) -> Result:
        """Do what is asked; whatever happens, there is an answer."""
        try:
            if isinstance(message, Act):
                return await self._act(device, message)
            return await self._move(device, message)
        except StorageBroken:
            raise
        except StorageBusy as error:
            self._log.warning("request-waits", device=device.id, reason=str(error))
        except Exception as error:  # noqa: BLE001 - the named edge of the desk: one request must not stop the others
            self._log.error("request-failed", device=device.id, error=type(error).__name__)
        return Result(request=message.request, ok=False, error=requests.BUSY)

    async def _move(self, device: Device, message: Claim | Release | Done | Pass) -> Result:
        now, people = self._clock(), self._people()
        wanted = requests.move(message, device, people, now)
        if isinstance(wanted, str):
            return Result(request=message.request, ok=False, error=wanted)
        if isinstance(message, Pass) or device.role is not Role.AGENT:
            work = (await self._journal.work([message.id])).get(message.id)
            if work is not None:
                wanted = self._routed(work, requests.overruling(wanted, device, work, people), now)
        (moved,) = await self._journal.move([wanted], now, request=message.request)
        return requests.result(message.request, moved, wanted, people)

    async def _act(self, device: Device, message: Act) -> Result:
        error = await self._press(device, message)
        if not error:
            await self._renew({(message.id, device.agent.casefold())})
        return Result(request=message.request, ok=not error, error=error)

    # Receipts and activity

    async def _keep(self, receipts: Sequence[tuple[Device, Receipt]]) -> None:
        """Store receipts of whom the notification is addressed to; they are worth no second try."""
        now = self._clock()
        try:
            works = await self._journal.work(list({message.id for _, message in receipts}))
            kept = [
                # Nobody has done anything in the future.
                (device.agent.casefold(), device.id, replace(message, at=min(message.at, now)))
                for device, message in receipts
                if message.id in works and requests.concerns(works[message.id], device.audience_keys())
            ]
            if kept:
                await self._journal.receipts(kept)
            await self._renew({(what.id, agent) for agent, _, what in kept if what.what in ACTIVITY}, works)
        except StorageBusy as error:
            self._log.warning("receipts-lost", count=len(receipts), reason=str(error))

    async def _renew(
        self, active: Collection[tuple[str, str]], works: Mapping[str, Work] | None = None
    ) -> None:
        """Let claims hold longer on which their holders, beside the notification, are at work."""
        if not active:
            return
        now = self._clock()
        known = works or await self._journal.work([id_ for id_, _ in active])
        wanted = [requests.renewal(known[id_], agent, now) for id_, agent in active if id_ in known]
        if moves := [move for move in wanted if move is not None]:
            await self._journal.move(moves, now)


def _answer(connection: Connection, result: Result) -> None:
    """Send a result, if anybody is still there; a desktop that is not asks again."""
    if connection.session.state in _HEARD:
        connection.send([result])
