"""From the HTTP request to the sockets: 500 desktops, 200 events a second, everyone gets each.

The clock starts before the POST is written and stops when the frame arrives at a socket. The client
would cost more than the server if it read every frame: it reads those of some sockets chosen at
random, and only counts the bytes of the others.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import servers, webhooks
from bench.client import Control, Counted, Desk, Poster, ack, connect, hello, upgrade
from bench.devices import Paired, pair
from bench.figures import Spread, quantile
from bench.servers import Address

DEVICES = 500
READ = 50
"""Sockets whose frames are read."""
RATE = 200
ROUNDS = 3
SECONDS = 5.0
WARM_SECONDS = 1.0
POSTERS = 16
ACK_SECONDS = 1.0
OFTEN_SECONDS = 0.1
"""How often each desktop says what it has stored: seldom, and often."""
SURE_SECONDS = 1.0

_SEQ = b'"seq":'


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round, in milliseconds; the cores as shares of one; ``arrived`` of what was expected."""

    ack_p50: float
    ack_p99: float
    p50: float
    p99: float
    p999: float
    server_core: float
    client_core: float
    arrived: float


@dataclass(frozen=True, kw_only=True)
class Latency:
    """All rounds."""

    ack_p50: Spread
    ack_p99: Spread
    p50: Spread
    p99: Spread
    p999: Spread
    server_core: Spread
    client_core: Spread
    arrived: Spread


def run(folder: Path, load: Executor, *, rounds: int = ROUNDS, pause: float = ACK_SECONDS) -> Latency:
    """Measure; every desktop acks each ``pause`` seconds what has come."""
    paired = pair(folder, DEVICES)
    with servers.running(servers.whole_relay, folder) as address:
        taken = load.submit(measure, address, paired, rounds, pause).result()
    names = Latency.__dataclass_fields__
    return Latency(**{name: Spread.of(getattr(one, name) for one in taken) for name in names})


def measure(address: Address, paired: list[Paired], rounds: int, pause: float) -> list[Round]:
    """Connect all desktops and post, from this process."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Run(address, paired, pause=pause).go(rounds))


class _Run:
    """All desktops and all posting connections."""

    def __init__(self, address: Address, paired: list[Paired], *, pause: float) -> None:
        self._address, self._pause = address, pause
        read = set(random.sample(range(len(paired)), READ))
        self._desks = [
            (Desk if place in read else Counted)(
                upgrade(address.port, one.token), hello(one.device), self._took
            )
            for place, one in enumerate(paired)
        ]
        self._idle: deque[Poster] = deque()
        self._due: deque[tuple[int, bytes]] = deque()
        self._sent: dict[int, float] = {}
        self._acks: list[float] = []
        self._arrivals: list[float] = []
        self._seq = self._surely_sent = 0
        self._seen: deque[tuple[float, int]] = deque()
        self._welcomes = 0
        self._number = webhooks.FIRST

    async def go(self, rounds: int) -> list[Round]:
        self._control = await Control.open(self._address.control)
        posters = [Poster(self._answered) for _ in range(POSTERS)]
        await connect(self._address.port, posters)
        self._idle.extend(posters)
        await connect(self._address.port, self._desks)
        await self._until(lambda: self._welcomes == len(self._desks))
        for desk in self._desks:
            if isinstance(desk, Counted):
                desk.welcomed = True
        acking = asyncio.create_task(self._ack_for_ever())
        await self._post(WARM_SECONDS)
        taken = [await self._round() for _ in range(rounds)]
        acking.cancel()
        if any(desk.closed for desk in self._desks) or any(poster.refused for poster in posters):
            raise RuntimeError("a desktop was closed, or a webhook refused")
        for poster in posters:
            poster.close()
        for desk in self._desks:
            desk.transport.abort()
        return taken

    async def _round(self) -> Round:
        self._acks.clear()
        self._arrivals.clear()
        before, busy, begun = await self._control.ask("cpu"), time.process_time(), time.monotonic()
        events = await self._post(SECONDS)
        seconds = time.monotonic() - begun
        busy = time.process_time() - busy
        after = await self._control.ask("cpu")
        acks, arrivals = sorted(self._acks), sorted(self._arrivals)
        return Round(
            ack_p50=1000 * quantile(acks, 0.5),
            ack_p99=1000 * quantile(acks, 0.99),
            p50=1000 * quantile(arrivals, 0.5),
            p99=1000 * quantile(arrivals, 0.99),
            p999=1000 * quantile(arrivals, 0.999),
            server_core=(after["cpu"] - before["cpu"]) / seconds,
            client_core=busy / seconds,
            arrived=len(arrivals) / (events * READ),
        )

    async def _post(self, seconds: float) -> int:
        """Post at the rate, each at its time; return how many, after all have arrived or 5 s."""
        events = round(seconds * RATE)
        ready = [(self._number + n, webhooks.signature(self._number + n)) for n in range(events)]
        self._number += events
        expected = len(self._arrivals) + events * READ
        begun = time.monotonic()
        for place, (number, signed) in enumerate(ready):
            if (wait := begun + place / RATE - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self._sent[number] = time.monotonic()
            self._due.append((number, webhooks.request(number, signed)))
            self._post_due()
        await self._until(lambda: len(self._arrivals) >= expected, limit=5.0)
        return events

    def _post_due(self) -> None:
        while self._due and self._idle:
            number, request = self._due.popleft()
            self._idle.popleft().post(request, number)

    def _answered(self, poster: Poster, now: float) -> None:
        self._acks.append(now - self._sent[poster.number])
        self._idle.append(poster)
        self._post_due()

    def _took(self, data: bytes, at: int, now: float) -> None:
        """Take a text message: a notification of ours, or the welcome."""
        title = data.find(webhooks.MARK, at)
        if title < 0:
            self._welcomes += 1
            return
        number = title + len(webhooks.MARK)
        self._arrivals.append(now - self._sent[int(data[number : number + webhooks.DIGITS])])
        seq = data.find(_SEQ, at) + len(_SEQ)
        self._seq = int(data[seq : data.find(b",", seq)])

    async def _ack_for_ever(self) -> None:
        """Ack again and again what came more than a second ago: all have been sent that, for sure."""
        acked = 0
        while True:
            await asyncio.sleep(self._pause)
            self._seen.append((time.monotonic(), self._seq))
            while self._seen[0][0] < time.monotonic() - SURE_SECONDS:
                self._surely_sent = self._seen.popleft()[1]
            if self._surely_sent > acked:
                acked = self._surely_sent
                frame = ack(acked)
                for desk in self._desks:
                    desk.transport.write(frame)

    async def _until(self, condition: Callable[[], bool], limit: float = 30.0) -> None:
        end = time.monotonic() + limit
        while not condition() and time.monotonic() < end:  # noqa: ASYNC110 - asked rarely, costs less than an event
            await asyncio.sleep(0.01)
