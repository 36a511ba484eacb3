"""Serving a desktop that comes back: welcome, what it missed page by page, then live.

A few readers serve everybody in turn, a page each, so that five hundred desktops after a restart
cost neither five hundred tasks nor five hundred pages in memory. A desktop that doesn't read gets
no next page. Reading and the pump run on one event loop: between the last look at what the pump
has sent and joining its recipients nothing is awaited, which leaves neither a hole nor a double.
"""

import asyncio
from collections.abc import Callable, Sequence

from relay.connection import Connection, text_frame
from relay.event import Published
from relay.fanout import FanOut
from relay.identity import Registry
from relay.journal.base import Journal
from relay.recent import Recent, Sent
from relay.session import Session, Standing, State, to_wire

PAGE = 200
"""Notifications read at a time."""
PAGE_BYTES = 128 * 1024
"""Written at a time: what a desktop on a slow line reads in a few seconds."""


class Replay:
    """The queue of connections that are catching up."""

    def __init__(
        self,
        journal: Journal,
        registry: Registry,
        recent: Recent,
        fanout: FanOut,
        *,
        clock: Callable[[], float],
        stored: Callable[[Session], None],
    ) -> None:
        """``clock`` gives Unix seconds; ``stored`` is told when a hello said what a desktop has."""
        self._journal, self._registry, self._clock = journal, registry, clock
        self._recent, self._fanout, self._stored = recent, fanout, stored
        self._queue: asyncio.Queue[Connection] = asyncio.Queue()
        self._planned: set[Connection] = set()

    def plan(self, connection: Connection) -> None:
        """Give a connection its next turn; one that doesn't read gets it when it does."""
        if connection.session.state is not State.CATCHING_UP or connection.paused:
            return
        if connection in self._planned:
            return
        self._planned.add(connection)
        self._queue.put_nowait(connection)

    async def next(self) -> Connection:
        """Return whose turn it is: :meth:`serve` it."""
        return await self._queue.get()

    async def serve(self, connection: Connection) -> None:
        """Give a connection its turn.

        Raises:
            StorageError: the journal couldn't be read.
        """
        try:
            more = await self._turn(connection)
        finally:
            self._planned.discard(connection)
        if more:
            self.plan(connection)

    async def _turn(self, connection: Connection) -> bool:
        """Welcome if that is still to be done, send a page; say whether there is more to do."""
        session = connection.session
        if not await self._welcome(connection, session):
            return False
        keys, after, head = connection.keys, session.position, self._recent.head
        frames, full = self._frames(await self._journal.notifications_for(keys, after, PAGE))
        end = frames[-1].seq if full else max([head, after, *(sent.seq for sent in frames[-1:])])
        missed = await self._missed(keys, after, end)
        # Awaiting has let others run: the socket may be closing, the device may have changed teams.
        if session.state is not State.CATCHING_UP or connection.keys is not keys:
            return session.state is State.CATCHING_UP
        # What the journal has, but the pump hasn't sent yet, comes from the pump.
        frames = [sent for sent in frames if sent.seq <= self._recent.head]
        if missed:
            connection.send([session.gap(missed, frames[0].seq - 1 if frames else end)])
        self._write(connection, session, frames)
        session.position = max(after, min(end, self._recent.head))
        if connection.paused or (full and end < self._recent.head):
            return True
        return not self._go_live(connection, session)

    async def _welcome(self, connection: Connection, session: Session) -> bool:
        """Answer the hello, once; False if the connection has meanwhile begun to close."""
        device = connection.device
        if device is not None and not session.welcomed and session.state is State.CATCHING_UP:
            standing = Standing(
                epoch=self._journal.epoch,
                latest=await self._journal.latest(),
                latest_for=await self._journal.latest_for(connection.keys),
                cursor=self._registry.cursor(device.id),
                agent=device.agent,
                teams=device.teams,
                time=self._clock(),
            )
            if session.state is State.CATCHING_UP:
                connection.send(session.resume(standing))
                self._stored(session)
        return session.state is State.CATCHING_UP

    async def _missed(self, keys: Sequence[str], after: int, end: int) -> int:
        """Return how many notifications in (after, end] were pruned.

        Asked after the page was read: what is pruned in between is reported rather than lost.
        """
        missed = await self._journal.missed(keys, after)
        return missed - await self._journal.missed(keys, end) if missed else 0

    def _frames(self, page: Sequence[Published]) -> tuple[list[Sent], bool]:
        """Return a page as frames, cut to what is written at a time; and whether there may be more."""
        frames: list[Sent] = []
        size = 0
        for stored in page:
            frame = self._recent.frame(stored.seq) or text_frame(to_wire(stored))
            size += len(frame)
            if frames and size > PAGE_BYTES:
                return frames, True
            frames.append(Sent(stored.seq, stored.audience, frame))
        return frames, len(page) == PAGE

    def _go_live(self, connection: Connection, session: Session) -> bool:
        """Send what the pump has sent meanwhile and join its recipients; False if that is too much."""
        if not self._recent.reaches(session.position):
            return False
        keys = frozenset(connection.keys)
        tail = [sent for sent in self._recent.after(session.position) if not keys.isdisjoint(sent.audience)]
        self._write(connection, session, tail)
        session.position = self._recent.head
        session.go_live()
        self._fanout.join(connection)
        return True

    def _write(self, connection: Connection, session: Session, frames: Sequence[Sent]) -> None:
        """Write notifications in one go."""
        if frames:
            connection.write(b"".join([sent.frame for sent in frames]))
            session.sent = frames[-1].seq
            self._fanout.delivered += len(frames)
