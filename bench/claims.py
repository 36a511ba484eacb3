"""From a claim to everybody who had the toast: 500 desktops, one of them says "I'm on it".

The time begins before the claim is written and ends when the change arrives at a socket; a claim is
through when the last of them has it. All sockets are read: each is a desktop that would take its
toast away.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop

from bench import servers, webhooks
from bench.client import Desk, Poster, connect, hello, masked, upgrade
from bench.devices import Paired, pair
from bench.figures import quantile
from bench.servers import Address
from relay.protocol import Claim, encode

DEVICES = 500
CLAIMS = 250
WARM_CLAIMS = 20
RACES = 30
RATE = 50
"""Events a second to everybody, while claims are made in the second scene."""
POSTERS = 8
PATIENCE = 30.0

_NOTIFICATION = b'{"kind":"notification"'
_UPDATE = b'{"kind":"update"'
_RESULT = b'{"kind":"result"'
_ID = b'"id":"'
_OK = b'"ok":true'


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Milliseconds: to the answer, to a socket, and to the last of all sockets."""

    count: int
    answer_p50: float
    answer_p99: float
    socket_p50: float
    socket_p99: float
    last_p50: float
    last_p99: float
    last_worst: float


@dataclass(frozen=True, kw_only=True)
class Claiming:
    """One claim at a time, the same with other traffic, and everybody at once."""

    alone: Claims
    busy: Claims
    races: Claims


def run(folder: Path, load: Executor) -> Claiming:
    """Measure with a real relay and its own library of playbooks."""
    paired = pair(folder, DEVICES)
    with servers.running(servers.whole_relay, folder) as address:
        return load.submit(measure, address, paired).result()


def measure(address: Address, paired: list[Paired]) -> Claiming:
    """Connect all desktops and claim, from this process."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Office(address, paired).go())


class _Round:
    """One notification and what came of it."""

    def __init__(self, number: int, desks: int) -> None:
        loop = asyncio.get_running_loop()
        self.number, self.mark = number, webhooks.MARK + b"%d" % number
        self.id = b""
        self.begun = 0.0
        self.updates: list[float] = []
        self.answers: list[float] = []
        self.won = 0
        self._there, self._desks, self._claims = 0, desks, 1
        self.arrived: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()

    def claimed(self, claims: int) -> None:
        """Begin the time; so many claims are about to be written."""
        self._claims, self.begun = claims, time.monotonic()

    def shown(self, id_: bytes) -> None:
        """Note that a desktop has the notification."""
        self.id = id_
        self._there += 1
        if self._there == self._desks:
            self.arrived.set_result(None)

    def told(self, now: float) -> None:
        """Note that a desktop knows who has it."""
        self.updates.append(now - self.begun)
        self._look()

    def answered(self, now: float, *, won: bool) -> None:
        """Note an answer."""
        self.answers.append(now - self.begun)
        self.won += won
        self._look()

    def _look(self) -> None:
        if len(self.updates) == self._desks and len(self.answers) == self._claims:
            self.over.set_result(None)


class _Office:
    """All desktops, and the connections that post."""

    def __init__(self, address: Address, paired: Sequence[Paired]) -> None:
        self._address = address
        self._welcomes = 0
        self._welcomed: asyncio.Future[None]
        self._round: _Round | None = None
        self._number = webhooks.FIRST
        self._idle: deque[Poster] = deque()
        self._desks = [
            Desk(upgrade(address.port, one.token), hello(one.device), self._took) for one in paired
        ]

    async def go(self) -> Claiming:
        self._welcomed = asyncio.get_running_loop().create_future()
        posters = [Poster(lambda poster, _: self._idle.append(poster)) for _ in range(POSTERS)]
        await connect(self._address.port, posters)
        self._idle.extend(posters)
        await connect(self._address.port, self._desks)
        async with asyncio.timeout(PATIENCE):
            await self._welcomed
        await self._several(WARM_CLAIMS)
        alone = await self._several(CLAIMS)
        posting = asyncio.create_task(self._post_for_ever())
        busy = await self._several(CLAIMS)
        posting.cancel()
        races = await self._several(RACES, everybody=True)
        if any(desk.closed for desk in self._desks) or any(poster.refused for poster in posters):
            raise RuntimeError("a desktop was closed, or a webhook refused")
        for poster in posters:
            poster.close()
        for desk in self._desks:
            desk.transport.abort()
        return Claiming(alone=_claims(alone), busy=_claims(busy), races=_claims(races))

    async def _several(self, count: int, *, everybody: bool = False) -> list[_Round]:
        return [
            await self._one(self._desks if everybody else [random.choice(self._desks)]) for _ in range(count)
        ]

    async def _one(self, claimers: Sequence[Desk]) -> _Round:
        """Let one notification come to all, and be claimed."""
        self._number += 1
        this = self._round = _Round(self._number, len(self._desks))
        self._post(this.number)
        async with asyncio.timeout(PATIENCE):
            await this.arrived
            frame = masked(encode(Claim(id=this.id.decode(), request=f"claim-{this.number}")))
            this.claimed(len(claimers))
            for desk in claimers:
                desk.transport.write(frame)
            await this.over
        if this.won != 1:
            raise RuntimeError(f"{this.won} desktops have the same claim")
        return this

    def _post(self, number: int) -> None:
        self._idle.popleft().post(webhooks.request(number, webhooks.signature(number)), number)

    async def _post_for_ever(self) -> None:
        """Post other events at the rate."""
        begun = time.monotonic()
        for place in range(10**6):
            await asyncio.sleep(max(0.0, begun + place / RATE - time.monotonic()))
            if len(self._idle) > 1:
                self._post(2 * webhooks.FIRST + place)

    def _took(self, data: bytes, at: int, now: float) -> None:
        """Take a text message."""
        this = self._round
        if this is None or data.startswith(b'{"kind":"welcome"', at):
            self._welcomes += 1
            if self._welcomes == len(self._desks):
                self._welcomed.set_result(None)
        elif data.startswith(_UPDATE, at):
            if this.id and _id(data, at) == this.id:
                this.told(now)
        elif data.startswith(_RESULT, at):
            this.answered(now, won=data.find(_OK, at, at + 100) > 0)
        elif data.startswith(_NOTIFICATION, at) and _titled(data, at, this.mark):
            this.shown(_id(data, at))


def _id(data: bytes, at: int) -> bytes:
    begin = data.find(_ID, at) + len(_ID)
    return data[begin : data.find(b'"', begin)]


def _titled(data: bytes, at: int, mark: bytes) -> bool:
    """Say whether the message that begins there has this mark; more messages may follow it."""
    first = data.find(webhooks.MARK, at)
    return first > 0 and data.startswith(mark, first)


def _claims(rounds: Sequence[_Round]) -> Claims:
    answers, sockets, last = (
        sorted(1000 * one for one in values)
        for values in (
            [answer for this in rounds for answer in this.answers],
            [update for this in rounds for update in this.updates],
            [max(*this.updates, *this.answers) for this in rounds],
        )
    )
    half, most = partial(quantile, share=0.5), partial(quantile, share=0.99)
    return Claims(
        count=len(rounds),
        answer_p50=half(answers),
        answer_p99=most(answers),
        socket_p50=half(sockets),
        socket_p99=most(sockets),
        last_p50=half(last),
        last_p99=most(last),
        last_worst=last[-1],
    )
