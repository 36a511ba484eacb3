"""The WebSocket endpoint: who is connected, what they say, and when a socket ends.

A wake from the journal makes :meth:`Gateway.pump` read what is new once and hand it to the
:class:`relay.fanout.FanOut`; a desktop that comes back is served by :class:`relay.replay.Replay`.
Acks are collected and stored once a second. One wheel keeps every socket's time.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from structlog.typing import FilteringBoundLogger
from websockets.http11 import Request

from relay import handshake
from relay.connection import BUFFER, Connection
from relay.desk import Desk
from relay.errors import BadToken, DeviceError, ProtocolViolation, StorageBusy
from relay.event import Device
from relay.fanout import FanOut
from relay.filterwatch import FilterWatch
from relay.handshake import Refusal
from relay.identity import Registry
from relay.journal.base import Journal
from relay.protocol import Ack, Close, FromDesktop, Hello, MalformedMessage
from relay.recent import Recent
from relay.replay import Replay
from relay.session import Names, Session, State, unnamed
from relay.wheel import Wheel

_DICE = random.Random()  # noqa: S311 - spreads retries, and keeps no secret
"""Our own: threads draw from it, and others count on nobody changing what they have seeded."""
MAX_CONNECTIONS = 10_000
HELLO_SECONDS = 10
PART_SECONDS = 10
"""How long a message may take from its first fragment to its last."""
PING_SECONDS = 20
SILENT_SECONDS = 45
"""Without any sign of life for two pings and a bit, nobody is there."""
CLOSE_SECONDS = 2
"""How long a closing handshake may take before the socket is cut."""
PUMP_BATCH = 100
READERS = 4


def close_code(error: Exception) -> Close:
    """Return what a desktop is told about ``error``: the only table of its kind."""
    match error:
        case ProtocolViolation():
            return error.code
        case MalformedMessage():
            return Close.PROTOCOL
        case BadToken():
            return Close.BAD_TOKEN
        case DeviceError():
            return Close.NOT_ALLOWED
        case _:
            return Close.RESTART


def _close(connections: Iterable[Connection], code: Close) -> None:
    for connection in connections:
        connection.close(code)


class Gateway:
    """Every open socket of this process, and the counters that say how it goes."""

    def __init__(
        self,
        journal: Journal,
        registry: Registry,
        desk: Desk,
        log: FilteringBoundLogger,
        *,
        clock: Callable[[], float],
        origins: Iterable[str] = (),
        max_connections: int = MAX_CONNECTIONS,
        buffer: int = BUFFER,
        foreign: Callable[[], None] = lambda: None,
        names: Names = unnamed,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = _DICE.random,
    ) -> None:
        """``clock`` gives Unix seconds; ``foreign`` is called when another process wrote to the journal.

        A desktop for which more than ``buffer`` bytes wait is told to come back.
        """
        self._journal, self._registry, self._log = journal, registry, log
        self._desk = desk
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._origins = frozenset(origins)
        self._max_connections = max_connections
        self._foreign = foreign
        self.buffer = buffer
        """Bytes that may wait for one desktop."""
        self.now = 0
        """Seconds since the wheel began to turn."""
        self.accepting = False
        """Nobody is let in before the devices are known, and nobody after :meth:`drain`."""
        self.refused: Counter[str] = Counter()
        """Upgrade requests refused, by reason."""
        self.closed: Counter[int] = Counter()
        """Sockets that have ended, by close code."""
        self._open: set[Connection] = set()
        self._by_device: dict[str, Connection] = {}
        self._wheel: Wheel[Connection] = Wheel()
        self._acks: dict[str, int] = {}
        self._stale = False
        self._filters = FilterWatch(journal)
        self._recent = Recent()
        self._fanout = FanOut(self._recent, buffer=buffer, names=names)
        self._replay = Replay(
            journal,
            registry,
            self._recent,
            self._fanout,
            clock=clock,
            stored=self._stored,
            filters=lambda: self._filters.revision,
            names=names,
        )
        self._woken = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def connections(self) -> int:
        """How many desktops are connected."""
        return len(self._by_device)

    @property
    def delivered(self) -> int:
        """How many notifications were written, counted per socket."""
        return self._fanout.delivered

    # Life

    def protocol(self, config: Any = None, server_state: Any = None, app_state: Any = None) -> Connection:
        """Make the protocol of one socket: what uvicorn is given as its ``ws`` class."""
        del config, app_state
        return Connection(self, set() if server_state is None else server_state.connections)

    async def run(self) -> None:
        """Serve until cancelled. Whatever ends one of the tasks ends them all.

        Raises:
            ExceptionGroup: with the :class:`relay.errors.StorageBroken` or the bug that stopped it.
        """
        self._recent.restart(await self._journal.latest())
        self._journal.watch(self.wake)
        self.wake()
        await self._filters.look()
        await self.reload()
        self.accepting = True
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pump_for_ever(), name="gateway-pump")
            tasks.create_task(self._turn_for_ever(), name="gateway-wheel")
            tasks.create_task(self._flush_for_ever(), name="gateway-flush")
            tasks.create_task(self._desk.run(), name="gateway-desk")
            for number in range(READERS):
                tasks.create_task(self._serve_for_ever(), name=f"gateway-reader-{number}")

    def wake(self) -> None:
        """Say that there may be new notifications."""
        self._woken.set()

    def drain(self) -> None:
        """Let nobody in any more."""
        self.accepting = False

    async def close_all(self, code: Close = Close.RESTART, *, limit: float = 5.0) -> None:
        """Close every socket, wait for at most ``limit`` seconds, cut the rest, and store the last acks."""
        _close(list(self._open), code)
        try:
            async with asyncio.timeout(limit):
                await self._empty.wait()
        except TimeoutError:
            for connection in list(self._open):
                connection.abort()
            await self._empty.wait()
        await self.flush()

    async def pump(self) -> None:
        """Send what the journal has gained to those it is addressed to and who are live."""
        while batch := await self._journal.notifications_after(self._recent.head, PUMP_BATCH):
            if batch[0].seq != self._recent.head + 1:
                # Every live desktop has to be told of the hole: it is, when it resumes.
                self._log.error("notifications-missing", after=self._recent.head, next=batch[0].seq)
                self._recent.restart(batch[0].seq - 1)
                _close(self._fanout.live(), Close.SLOW)
            _close(self._fanout.send(batch), Close.SLOW)

    def turn(self) -> None:
        """Let a second pass for every socket."""
        self.now += 1
        for connection in self._wheel.turn():
            self._due(connection)

    async def flush(self) -> None:
        """Store what desktops have acked, and follow what another process did to the journal.

        Raises:
            StorageError: the acks are kept for the next time.
        """
        acks, self._acks = self._acks, {}
        try:
            if acks:
                await self._journal.ack(acks, self._clock())
            await self.tell_filters()
            if await self._journal.foreign_change():
                self._stale = True
                self.wake()
                self._foreign()
            if self._stale:
                await self.reload()
                self._stale = False
        except BaseException:
            self._acks = {**acks, **self._acks}
            raise

    async def tell_filters(self) -> None:
        """Tell those who are concerned that filters have changed, without waiting for the next second."""
        await self._filters.tell(list(self._by_device.values()))

    async def reload(self) -> None:
        """Read the devices anew: close those that were revoked, address the others by their teams."""
        self._registry.load(await self._journal.devices())
        for connection in list(self._by_device.values()):
            known = self._registry.entitled(connection.session.device)
            if known is None:
                connection.close(Close.BAD_TOKEN)
            elif known.audience_keys() != connection.keys:
                self._address(connection, known)

    # What connections ask (relay.connection.Hub)

    def arrived(self, connection: Connection) -> None:
        """Keep the time for a socket whose upgrade request is being read."""
        self._open.add(connection)
        self._empty.clear()
        self._wheel.schedule(connection, HELLO_SECONDS)

    def admit(self, connection: Connection, request: Request) -> Device | Refusal:
        """Say whose connection it is, or why it is refused."""
        verdict = self._judge(request)
        if isinstance(verdict, Refusal):
            self.refused[verdict.reason] += 1
            self._log.info("device-refused", reason=verdict.reason, peer=connection.peer())
        return verdict

    def opened(self, connection: Connection) -> None:
        """Take in a desktop; its older connection, if any, is superseded."""
        device = connection.device
        if device is None:
            return
        older = self._by_device.get(device.id)
        self._by_device[device.id] = connection
        self._wheel.schedule(connection, HELLO_SECONDS)
        self._log.info("device-connected", device=device.id, peer=connection.peer())
        if older is not None:
            older.close(Close.SUPERSEDED)

    def said(self, connection: Connection, message: FromDesktop) -> None:
        """Take a message."""
        session = connection.session
        connection.send(session.receive(message))
        match message:
            case Hello():
                self._wheel.schedule(connection, 1 + int(self._chance() * (PING_SECONDS - 1)))
                self._replay.plan(connection)
                self._desk.note(connection, message.presence)
            case Ack():
                self._stored(session)
            case _:
                self._desk.take(connection, message)

    def partly(self, connection: Connection) -> None:
        """Look again when a message in fragments has to be complete; a hello has its own limit."""
        if connection.session.state is not State.HELLO:
            self._wheel.schedule(connection, PART_SECONDS)

    def failed(self, connection: Connection, error: DeviceError | MalformedMessage) -> None:
        """Close a connection that broke the rules."""
        self._log.warning("device-failed", device=connection.session.device, reason=str(error))
        connection.close(close_code(error))

    def leaving(self, connection: Connection) -> None:
        """Send nothing more on a connection, and cut it if it doesn't end soon."""
        if connection.session.close():
            self._fanout.leave(connection)
            self._replay.forget(connection)
            self._wheel.schedule(connection, CLOSE_SECONDS)

    def writable(self, connection: Connection) -> None:
        """Go on with a desktop that has read what it was sent."""
        self._replay.plan(connection)

    def lost(self, connection: Connection) -> None:
        """Forget a connection."""
        self._fanout.leave(connection)
        self._replay.forget(connection)
        self._wheel.forget(connection)
        self._open.discard(connection)
        connection.session.state = State.CLOSED
        device = connection.device
        if device is not None:
            if self._by_device.get(device.id) is connection:
                del self._by_device[device.id]
                self._desk.note(connection, None)
            self.closed[connection.code()] += 1
            self._log.info("device-gone", device=device.id, code=connection.code())
        if not self._open:
            self._empty.set()

    # Inside

    def _judge(self, request: Request) -> Device | Refusal:
        """Decide about an upgrade request."""
        token = handshake.judge(request, self._origins)
        if isinstance(token, Refusal):
            return token
        if not self.accepting:
            return handshake.DRAINING
        try:
            device = self._registry.by_token(token)
        except BadToken:
            return handshake.UNKNOWN
        if len(self._by_device) >= self._max_connections and device.id not in self._by_device:
            return handshake.FULL
        return device

    def _due(self, connection: Connection) -> None:
        """Decide what a connection's time has come for, and when to look again."""
        session = connection.session
        if connection.device is None or session.state in (State.CLOSING, State.CLOSED):
            connection.abort()
            return
        silent = self.now - connection.heard
        part = 0 if connection.part_since is None else self.now - connection.part_since
        if session.state is State.HELLO or silent > SILENT_SECONDS or part >= PART_SECONDS:
            connection.close(Close.SILENT)
            return
        connection.ping()
        limits = [PING_SECONDS, SILENT_SECONDS + 1 - silent]
        if connection.part_since is not None:
            limits.append(PART_SECONDS - part)
        self._wheel.schedule(connection, min(limits))

    def _address(self, connection: Connection, device: Device) -> None:
        """Send a connection from now on what its device's new agent or teams are to get."""
        live = connection.session.state is State.LIVE
        self._fanout.leave(connection)
        self._replay.forget(connection)
        connection.belong(device)
        if live:
            self._fanout.join(connection)

    def _stored(self, session: Session) -> None:
        """Remember how far a desktop has come; the journal is told once a second."""
        self._registry.raise_cursor(session.device, session.acked)
        self._acks[session.device] = session.acked

    async def _pump_for_ever(self) -> None:
        while True:
            await self._woken.wait()
            # Cleared first: what is published while we read must wake the next round.
            self._woken.clear()
            try:
                await self.pump()
            except StorageBusy as error:
                self._log.warning("gateway-waits", reason=str(error))
                await self._sleep(1.0)
                self._woken.set()

    async def _turn_for_ever(self) -> None:
        while True:
            await self._sleep(1.0)
            self.turn()

    async def _flush_for_ever(self) -> None:
        while True:
            await self._sleep(1.0)
            try:
                await self.flush()
            except StorageBusy as error:
                self._log.warning("gateway-waits", reason=str(error))

    async def _serve_for_ever(self) -> None:
        while True:
            connection = await self._replay.next()
            try:
                await self._replay.serve(connection)
            except StorageBusy as error:
                self._log.warning("replay-failed", device=connection.session.device, reason=str(error))
                connection.close(close_code(error))
