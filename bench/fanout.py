"""One notification to many sockets: the relay beside a plain ``websockets`` server with ``broadcast()``.

Both get the same client, the same 1 KB of text and the same event loop, in turns. ``relay`` begins
in the gateway, where ``broadcast`` begins; ``http`` begins before the POST is written, and so has
verifying, storing, rendering and reading back in it, which is the same for any number of sockets.
"""

import asyncio
import time
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import servers, webhooks
from bench.client import Control, Desk, Poster, connect, hello, upgrade
from bench.devices import Paired, pair
from bench.figures import Spread
from bench.servers import Address

SOCKETS = (1_000, 5_000)
ROUNDS = 15
WARM_ROUNDS = 3
PATIENCE = 60.0
SETTLE_SECONDS = 0.5
"""After the last handshake, before memory is read: what was only needed for it is given back by then."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One message to everybody: milliseconds to the last byte, server's µs of CPU per delivery."""

    last_byte: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class FanOut:
    """What ``sockets`` sockets of each server took. ``memory`` is in KiB per idle connection."""

    sockets: int
    shots: dict[str, list[Shot]]
    memory: dict[str, float]

    def last_byte(self, name: str) -> Spread:
        """Return the milliseconds to the last byte."""
        return Spread.of(shot.last_byte for shot in self.shots[name])

    def cpu(self, name: str) -> Spread:
        """Return the µs of CPU per delivery."""
        return Spread.of(shot.cpu for shot in self.shots[name])

    def ratios(self) -> Spread:
        """Return by how much less time per delivery the relay's gateway takes, of each round."""
        rounds = zip(self.shots["broadcast"], self.shots["relay"], strict=True)
        return Spread.of(theirs.last_byte / ours.last_byte for theirs, ours in rounds)


def run(folder: Path, load: Executor, sockets: int, *, rounds: int = ROUNDS) -> FanOut:
    """Measure with ``sockets`` sockets to each server."""
    paired = pair(folder / "relay", sockets)
    with ExitStack() as stack:
        relay = stack.enter_context(servers.running(servers.whole_relay, folder / "relay"))
        broadcast = stack.enter_context(servers.running(servers.broadcasting, folder / "broadcast"))
        return load.submit(measure, relay, broadcast, paired, rounds).result()


def measure(relay: Address, broadcast: Address, paired: list[Paired], rounds: int) -> FanOut:
    """Connect everybody and wait for what comes, from this process."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(relay, broadcast, paired, rounds))


async def _measure(relay: Address, broadcast: Address, paired: list[Paired], rounds: int) -> FanOut:
    ours = _Crowd(relay, paired)
    theirs = _Crowd(broadcast, [None] * len(paired))
    memory = {"relay": await ours.gather(), "broadcast": await theirs.gather()}
    post = _Post(relay, ours)
    await post.open()
    ways = {"http": post.shoot, "relay": ours.shoot, "broadcast": theirs.shoot}
    shots: dict[str, list[Shot]] = {name: [] for name in ways}
    for turn in range(WARM_ROUNDS + rounds):
        for name, shoot in ways.items():
            shot = await shoot()
            if turn >= WARM_ROUNDS:
                shots[name].append(shot)
    ours.leave()
    theirs.leave()
    return FanOut(sockets=len(paired), shots=shots, memory=memory)


class _Crowd:
    """All the sockets to one server."""

    def __init__(self, address: Address, paired: "list[Paired] | list[None]") -> None:
        self._address = address
        self._greeted = paired[0] is not None
        self._desks = [
            Desk(
                upgrade(address.port, "" if one is None else one.token),
                b"" if one is None else hello(one.device),
                self._took,
            )
            for one in paired
        ]
        self._left = 0
        self._last: asyncio.Future[float]

    async def gather(self) -> float:
        """Connect everybody; return the KiB that the server took for each."""
        self.control = await Control.open(self._address.control)
        before = await self.control.ask("memory")
        self.expect()
        await connect(self._address.port, self._desks)
        if self._greeted:
            await self.last()
        while not all(desk.opened for desk in self._desks):  # noqa: ASYNC110 - five thousand have no common event
            await asyncio.sleep(SETTLE_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        after = await self.control.ask("memory")
        return (after["memory"] - before["memory"]) / 1024 / len(self._desks)

    def expect(self) -> None:
        """Begin to wait for one message to everybody."""
        self._left = len(self._desks)
        self._last = asyncio.get_running_loop().create_future()

    async def last(self) -> float:
        """Return when the last of them came."""
        async with asyncio.timeout(PATIENCE):
            return await self._last

    def _took(self, _data: bytes, _at: int, now: float) -> None:
        self._left -= 1
        if self._left == 0:
            self._last.set_result(now)

    async def shoot(self) -> Shot:
        """Let the server send one message, at once."""
        self.expect()
        before = await self.control.ask("send")
        return await self.shot(before, before["began"])

    async def shot(self, before: dict[str, float], began: float) -> Shot:
        """Wait for the message that is on its way."""
        last = await self.last()
        after = await self.control.ask("cpu")
        cpu = after["cpu"] - before["cpu"]
        return Shot(last_byte=1e3 * (last - began), cpu=1e6 * cpu / len(self._desks))

    def leave(self) -> None:
        """Let go of everybody."""
        if any(desk.closed for desk in self._desks):
            raise RuntimeError("a socket was closed by its server")
        for desk in self._desks:
            desk.transport.abort()


class _Post:
    """One webhook at a time, for everybody."""

    def __init__(self, address: Address, crowd: _Crowd) -> None:
        self._address, self._crowd = address, crowd
        self._number = webhooks.FIRST
        self._poster = Poster(lambda _poster, _now: None)

    async def open(self) -> None:
        await connect(self._address.port, [self._poster])

    async def shoot(self) -> Shot:
        """Post one, and wait until it has arrived everywhere."""
        self._number += 1
        request = webhooks.request(self._number, webhooks.signature(self._number))
        self._crowd.expect()
        before = await self._crowd.control.ask("cpu")
        began = time.monotonic()
        self._poster.post(request)
        return await self._crowd.shot(before, began)
