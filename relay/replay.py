"""Serving a desktop that comes back: welcome, what it missed page by page, then live.

What it missed comes as it stands now (:mod:`relay.catchup`). What is left out at the end of a page
is told as a gap of none, so that the desktop's cursor moves on.

A few readers serve everybody in turn, a page each, so that five hundred desktops after a restart
cost neither five hundred tasks nor five hundred pages in memory. A desktop that doesn't read gets
no next page. Reading and the pump run on one event loop: between the last look at what the pump
has sent and joining its recipients nothing is awaited, which leaves neither a hole nor a double.
"""

import asyncio
from collections.abc import Callable, Sequence

from relay.catchup import CatchUp, Line
from relay.connection import Connection, text_frame
from relay.event import Published, StoredChange
from relay.fanout import FanOut
from relay.identity import Registry
from relay.journal.base import Journal
from relay.recent import Recent
from relay.session import Names, Session, Standing, State, unnamed

PAGE = 200
"""Notifications read at a time."""
PAGE_BYTES = 128 * 1024
"""Written at a time: what a desktop on a slow line reads in a few seconds."""

Frame = tuple[int, bytes]
"""A number and what is sent under it; nothing, if it is left out."""


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
        filters: Callable[[], int] = lambda: 0,
        names: Names = unnamed,
    ) -> None:
        """``clock`` gives Unix seconds; ``stored`` is told when a hello said what a desktop has.

        ``filters`` returns the revision of the filters that hold now.
        """
        self._journal, self._registry, self._clock = journal, registry, clock
        self._recent, self._fanout, self._stored = recent, fanout, stored
        self._filters, self._names = filters, names
        self._ways: dict[Connection, CatchUp] = {}
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
        way = self._ways.setdefault(connection, CatchUp(connection.agent, self._names, connection.keys))
        lines, frames, full = await self._page(way, keys, after)
        end = lines[-1].seq if full else max([head, after, *(line.seq for line in lines[-1:])])
        missed = await self._missed(keys, after, end)
        # Awaiting has let others run: the socket may be closing, the device may have changed teams.
        if session.state is not State.CATCHING_UP or connection.keys is not keys:
            return session.state is State.CATCHING_UP
        # What the journal has, but the pump hasn't sent yet, comes from the pump.
        lines = [line for line in lines if line.seq <= self._recent.head]
        if missed:
            connection.send([session.gap(missed, lines[0].seq - 1 if lines else end)])
        self._write(connection, session, frames[: len(lines)])
        way.sent(lines)
        if lines and lines[-1].message is None:
            connection.send([session.gap(0, lines[-1].seq)])
        session.position = max(after, min(end, self._recent.head))
        if connection.paused or (full and end < self._recent.head):
            return True
        return not self._go_live(connection, session)

    def forget(self, connection: Connection) -> None:
        """Let go of what was kept for a connection that is live now, or gone."""
        self._ways.pop(connection, None)

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
                name=self._names(connection.agent),
                role=device.role,
                leads=device.leads,
                filters=self._filters(),
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

    async def _page(
        self, way: CatchUp, keys: Sequence[str], after: int
    ) -> tuple[list[Line], list[Frame], bool]:
        """Read a page and cut it to what is written at a time; say whether there may be more.

        The frames belong to the lines one by one; those that are left out have none.
        """
        page = await self._journal.notifications_for(keys, after, PAGE)
        works = await self._journal.work(list({_id(stored) for stored in page})) if page else {}
        lines = way.lines(page, works, self._clock())
        frames: list[Frame] = []
        size = 0
        for line in lines:
            frame = b"" if line.message is None else text_frame(line.message)
            size += len(frame)
            if frames and size > PAGE_BYTES:
                return lines[: len(frames)], frames, True
            frames.append((line.seq, frame))
        return lines, frames, len(page) == PAGE

    def _go_live(self, connection: Connection, session: Session) -> bool:
        """Send what the pump has sent meanwhile and join its recipients; False if that is too much."""
        head = self._recent.head
        if not self._recent.reaches(session.position):
            return False
        keys = frozenset(connection.keys)
        tail = [sent for sent in self._recent.after(session.position) if not keys.isdisjoint(sent.audience)]
        self._write(connection, session, [(sent.seq, sent.frame_for(connection.agent)) for sent in tail])
        if session.waiting and session.target <= head:
            connection.send([session.gap(0, session.target)])
        session.position = head
        session.go_live()
        self.forget(connection)
        self._fanout.join(connection)
        return True

    def _write(self, connection: Connection, session: Session, frames: Sequence[Frame]) -> None:
        """Write what there is in one go."""
        if frames := [(seq, frame) for seq, frame in frames if frame]:
            connection.write(b"".join([frame for _, frame in frames]))
            session.sent = frames[-1][0]
            self._fanout.delivered += len(frames)


def _id(stored: Published) -> str:
    return stored.change.id if isinstance(stored, StoredChange) else stored.draft.id
