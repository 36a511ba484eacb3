"""A whole gateway on a free port: real uvicorn, real journal, real sockets; only time is ours."""

import asyncio
import contextlib
import itertools
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
import pytest
import uvicorn
import uvloop
from structlog.typing import FilteringBoundLogger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from relay import identity, protocol
from relay.connection import Connection
from relay.desk import Desk
from relay.event import EVERYONE, Device, Dispatched, Draft, Event, EventState
from relay.gateway import Gateway
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.people import Directory, People
from relay.polling import Polling
from relay.presence import Presence
from relay.protocol import Ack, FromRelay, Hello, Message, Notification, Priority, Result, Welcome
from relay.session import State

M = TypeVar("M", bound=Message)

PATIENCE = 60.0
"""Seconds after which a test that waits gives up."""


class Log:
    """What the gateway logs, and a way to wait for it."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []
        self._added = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def _add(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))
        task = asyncio.get_running_loop().create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    info = warning = error = _add

    async def _tell(self) -> None:
        async with self._added:
            self._added.notify_all()

    def of(self, event: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.lines if name == event]

    async def wait_for(self, event: str, count: int = 1) -> dict[str, Any]:
        """Return the ``count``-th line of that name, when it is there."""
        async with asyncio.timeout(PATIENCE), self._added:
            await self._added.wait_for(lambda: len(self.of(event)) >= count)
        return self.of(event)[count - 1]


class Desktop:
    """A client that speaks the wire."""

    def __init__(self, socket: ClientConnection, device: Device) -> None:
        self.socket, self.device = socket, device
        self.seen: list[FromRelay] = []

    async def say(self, message: Message) -> None:
        await self.socket.send(protocol.encode(message).decode())

    async def hello(self, epoch: str | None = None, after: int | None = None, **changes: Any) -> None:
        fields: dict[str, Any] = {"version": protocol.VERSION, "device": self.device.id} | changes
        await self.say(Hello(epoch=epoch, after=after, **fields))

    async def hear(self) -> FromRelay:
        async with asyncio.timeout(PATIENCE):
            message = protocol.decode_from_relay(await self.socket.recv(decode=False))
        self.seen.append(message)
        return message

    async def next(self, kind: type[M]) -> M:
        """Read on to the next message of a kind; what comes before it is in ``seen``."""
        while not isinstance(message := await self.hear(), kind):
            pass
        return message

    async def ask(self, message: Message) -> Result:
        """Say a request, and read on to its answer."""
        await self.say(message)
        return await self.next(Result)

    async def greet(self, epoch: str | None = None, after: int | None = None) -> Welcome:
        await self.hello(epoch, after)
        welcome = await self.hear()
        assert isinstance(welcome, Welcome)
        return welcome

    async def notifications(self, count: int) -> list[int]:
        """Return the numbers of the next ``count`` messages, which have to be notifications."""
        seqs = []
        for _ in range(count):
            message = await self.hear()
            assert isinstance(message, Notification), message
            seqs.append(message.seq)
        return seqs

    async def until(self, seq: int) -> list[int]:
        """Return the numbers of all notifications up to ``seq``."""
        seqs = [0]
        while seqs[-1] < seq:
            seqs += await self.notifications(1)
        return seqs[1:]

    async def ack(self, seq: int) -> None:
        await self.say(Ack(seq=seq))

    async def code(self) -> int:
        """Read to the end; return the code with which the relay closed the socket."""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.socket.recv(decode=False)
        return self.socket.close_code or 0


class House:
    """The relay's half of a test."""

    polling: Polling
    ticks: list[float]
    """Seconds of the clock that the links by requests go by."""

    def __init__(
        self, journal: SqliteJournal, gateway: Gateway, registry: Registry, log: Log, port: int
    ) -> None:
        self.journal, self.gateway, self.registry, self.log, self.port = journal, gateway, registry, log, port
        self._numbers = itertools.count(1)
        self.tokens: dict[str, str] = {}

    @property
    def presence(self) -> Presence:
        """Who is there, as the desk has noted it."""
        return self.gateway._desk._presence

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{protocol.PATH}"

    async def pair(self, agent: str = "mira@example.com", *teams: str, **rights: Any) -> Device:
        """Pair a device as the API does."""
        code, record = identity.invite(agent, teams, now=0.0, random_bytes=secrets.token_bytes)
        record = msgspec.structs.replace(record, **rights)
        await self.journal.add_code(record)
        token = identity.new_token(secrets.token_bytes)
        wanted = identity.new_device("test", token, now=0.0, random_bytes=secrets.token_bytes)
        device = await self.journal.redeem(code.id, record.secret_hash, wanted, 0.0)
        assert device is not None
        self.registry.add(device)
        self.tokens[device.id] = token
        return device

    async def publish(
        self,
        count: int = 1,
        *,
        audience: tuple[str, ...] = (EVERYONE,),
        body: str = "text",
        at: float = 0.0,
        **fields: Any,
    ) -> list[str]:
        """Publish notifications in one transaction; return their ids."""
        event = Event(source="s", provider="p", id=f"e{next(self._numbers)}", type="t", time=at, data=b"{}")
        stored = await self.journal.append(event)
        drafts = tuple(
            Draft(
                id=f"{event.id}/{number}",
                source="s",
                provider="p",
                type="t",
                priority=Priority.NORMAL,
                title="Title",
                body=body,
                at=at,
                playbook="p",
                audience=audience,
                **fields,
            )
            for number in range(count)
        )
        result = Dispatched(event_seq=stored.seq, state=EventState.NOTIFIED, drafts=drafts)
        await self.journal.publish([result])
        return [draft.id for draft in drafts]

    @contextlib.asynccontextmanager
    async def dial(self, device: Device, **options: Any) -> AsyncIterator[Desktop]:
        """Open a device's socket, without a hello."""
        fields = {
            "additional_headers": {"Authorization": f"Bearer {self.tokens[device.id]}"},
            "subprotocols": [Subprotocol(protocol.SUBPROTOCOL)],
            "compression": None,
            "ping_interval": None,
            "proxy": None,
            "max_queue": None,  # a client whose queue is full can't even close in time
        }
        async with connect(self.url, **(fields | options)) as opened:
            yield Desktop(opened, device)

    @contextlib.asynccontextmanager
    async def live(self, device: Device, **options: Any) -> AsyncIterator[Desktop]:
        """Open a device's socket with a hello that has nothing to fetch."""
        async with self.dial(device, **options) as desktop:
            await desktop.greet(self.journal.epoch, await self.journal.latest())
            async with asyncio.timeout(PATIENCE):
                while self.connection(device).session.state is not State.LIVE:
                    await self.journal.latest()
            yield desktop

    def connection(self, device: Device) -> Connection:
        """Return the relay's end of a device's socket."""
        return self.gateway._by_device[device.id]

    def pass_time(self, seconds: int) -> None:
        """Let seconds go by for every socket."""
        for _ in range(seconds):
            self.gateway.turn()


async def _never(_: float) -> None:
    await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _housed(path: Path, **options: Any) -> AsyncIterator[House]:
    journal = await SqliteJournal.open(path / "journal.db", clock=lambda: 0.0)
    registry, log = Registry(), Log()
    settings: dict[str, Any] = {"clock": lambda: 0.0, "sleep": _never, "chance": lambda: 0.5}
    desk = _desk(journal, registry, log, options)
    gateway = Gateway(journal, registry, desk, cast(FilteringBoundLogger, log), **(settings | options))
    listener = socket.create_server(("127.0.0.1", 0))
    ticks = [0.0]
    polling = Polling(gateway.protocol, registry, lambda: gateway.accepting, clock=lambda: ticks[0])
    config = uvicorn.Config(
        polling,
        ws=cast(Any, gateway.protocol),  # a factory is what uvicorn calls it as
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(_work(gateway, journal, ready))
        serving = tasks.create_task(server.serve(sockets=[listener]))
        async with asyncio.timeout(PATIENCE):
            await ready.wait()
        try:
            house = House(journal, gateway, registry, log, listener.getsockname()[1])
            house.polling, house.ticks = polling, ticks
            yield house
        finally:
            server.should_exit = True
            await gateway.close_all(limit=1.0)
            polling.close()
            await serving
            working.cancel()
    await journal.close()


def _desk(journal: SqliteJournal, registry: Registry, log: Log, options: dict[str, Any]) -> Desk:
    """Make a desk with those options that are for it."""
    names = ("moved", "press", "limit")
    mine: dict[str, Any] = {name: options.pop(name) for name in names if name in options}
    return Desk(
        journal,
        cast(FilteringBoundLogger, log),
        clock=options.get("clock", lambda: 0.0),
        people=lambda: Directory(People(), registry.all_entitled()),
        presence=Presence(0.0),
        **mine,
    )


async def _work(gateway: Gateway, journal: SqliteJournal, ready: asyncio.Event) -> None:
    # The gateway asks for the devices last before it lets anybody in.
    running = asyncio.ensure_future(gateway.run())
    try:
        while not gateway.accepting:
            await journal.latest()
        ready.set()
        await running
    finally:
        running.cancel()


Scene = Callable[[House], Awaitable[None]]


@pytest.fixture(params=["asyncio", "uvloop"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    """Give a function that plays a scene in a house of its own, on each kind of event loop."""

    def play(scene: Scene, **options: Any) -> None:
        async def whole() -> None:
            async with asyncio.timeout(2 * PATIENCE), _housed(tmp_path, **options) as house:
                await scene(house)

        factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(whole())

    return play
